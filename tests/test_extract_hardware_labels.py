"""Annotations of devices are kept as places in a text and come back as the same words."""

import json
from typing import Any

import pytest

from extract.learn.hardware_labels import packed, unpacked

PAPER: dict[str, Any] = {
    "key": "2601.00001",
    "title": "Finch",
    "abstract": "Finch is 2x faster on an A100, 3x on a Pi and 9x elsewhere.",
    "devices": {(15, 17): [["A100"]], (36, 38): [["Pi", "a Pi"]], (49, 51): None},
}


def test_round_trip_without_words() -> None:
    row = packed(PAPER)
    assert unpacked(row, PAPER["title"], PAPER["abstract"]) == PAPER
    assert "A100" not in json.dumps(row)


def test_another_text_or_another_name_is_noticed() -> None:
    with pytest.raises(ValueError, match="differ"):
        unpacked(packed(PAPER), PAPER["title"], PAPER["abstract"] + " More.")
    with pytest.raises(ValueError, match="not in the text"):
        packed(PAPER | {"devices": {(15, 17): [["H100"]]}})
