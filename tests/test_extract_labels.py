"""Annotations are kept as places in a text and come back as the same words."""

import pytest

from extract.learn.labels import packed, unpacked

PAPER = {
    "key": "2601.00001",
    "title": "Finch: Fast Decoding",
    "abstract": "Finch decodes 2.5times faster than Wren on an A100. Finch also saves 30\\% of energy.",
    "claims": [
        {
            "quote": "decodes 2.5times faster",
            "metric": "speed",
            "measure": "faster",
            "kind": "change",
            "value": 2.5,
            "technique": "Finch",
            "baseline": "Wren",
            "hardware": ["A100"],
        }
    ],
}


def test_round_trip():
    again = unpacked(packed(PAPER), PAPER["title"], PAPER["abstract"])
    assert again == PAPER | {"source": "corpus"}


def test_no_words_of_the_text_are_kept():
    assert "decodes" not in str(packed(PAPER))


def test_another_version_of_the_text_is_noticed():
    with pytest.raises(ValueError, match="differ"):
        unpacked(packed(PAPER), PAPER["title"], PAPER["abstract"] + " More.")
