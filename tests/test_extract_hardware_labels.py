"""Annotations of devices are kept as places in a text, without its words."""

import json
from typing import Any

import pytest

from extract.learn.hardware_labels import packed, unpacked

PAPER: dict[str, Any] = {
    "key": "2601.00001",
    "title": "Finch",
    "abstract": "Finch is 2x faster on an A100, 3x on a Pi and 9x elsewhere.",
    "figures": [[15, 17, [[[31, 35]]]], [37, 39, [[[45, 47]]]], [52, 54, None]],
}


def test_round_trip_without_words() -> None:
    row = packed(PAPER)
    assert unpacked(row, PAPER["title"], PAPER["abstract"]) == PAPER
    assert "A100" not in json.dumps(row)


def test_another_text_or_a_place_outside_is_noticed() -> None:
    with pytest.raises(ValueError, match="differ"):
        unpacked(packed(PAPER), PAPER["title"], PAPER["abstract"] + " More.")
    with pytest.raises(ValueError, match="no place"):
        packed(PAPER | {"figures": [[15, 17, [[[60, 90]]]]]})
