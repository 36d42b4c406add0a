"""Readings of candidates for parity are kept as places in a text, without its words, and teach what they say."""

import json

import pytest

from extract.learn.parity_labels import examples, lines_of, packed, read_answers, unpacked

KEY, TITLE = "2601.00001", "Finch: a cache without loss of accuracy"
ABSTRACT = "Existing caches are said to come without loss of accuracy. Finch is 3x faster with no loss in accuracy."


def _answers(letters: str) -> dict[str, list[list[int | str]]]:
    heads = [line.partition(":")[0] for line in lines_of(KEY, TITLE, ABSTRACT)]
    return read_answers(f"{head}: {letter}" for head, letter in zip(heads, letters, strict=True))


def test_a_sheet_shows_the_sentences() -> None:
    said = [line.partition("] ")[2] for line in lines_of(KEY, TITLE, ABSTRACT)]
    assert said == [
        "Finch: a cache «without loss of accuracy»",
        "Existing caches are said to come «without loss of accuracy».",
        "Finch is 3x faster «with no loss in accuracy».",
    ]


def test_round_trip_without_words() -> None:
    row = packed(KEY, TITLE, ABSTRACT, _answers("yoy")[KEY])
    assert "Finch" not in json.dumps(row)
    found = examples([unpacked(row, TITLE, ABSTRACT)])
    assert [e.gold and e.gold["target"] for e in found] == ["own", "other", "own"]
    with pytest.raises(ValueError, match="differ"):
        unpacked(row, TITLE + "!", ABSTRACT)


def test_none_teaches_that_it_is_none_and_what_was_not_read_teaches_nothing() -> None:
    statements = _answers("nyy")[KEY]
    first = examples([unpacked(packed(KEY, TITLE, ABSTRACT, statements[:1]), TITLE, ABSTRACT)])
    assert [e.gold for e in first] == [None]


def test_a_place_outside_and_what_is_no_answer_are_said() -> None:
    with pytest.raises(ValueError, match="no place"):
        packed(KEY, TITLE, ABSTRACT, [[10, 900, "y"]])
    with pytest.raises(ValueError, match="is no answer"):
        read_answers([f"{KEY} 1 2: maybe"])
