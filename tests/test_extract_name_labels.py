"""Readings of baselines and techniques are kept as places in a text, without its words, and teach what they name."""

import json

import pytest

from extract.learn.figure_labels import packed as packed_figures
from extract.learn.name_labels import examples, own_claims, packed, read_answers, unpacked

KEY, TITLE = "2601.00001", "Finch serves models"
ABSTRACT = "FlexGen is known to be 9x slower. Finch is 3x faster than FlexGen and needs 4 GB."
LINES = [f"### {KEY}", "2: b=FlexGen | t=Finch", "3: b=- | t=Finch"]


def test_own_claims_are_named() -> None:
    row = packed_figures(KEY, TITLE, ABSTRACT, {1: "C-so", 2: "C+s", 3: "L0m"})
    assert own_claims(row) == [2, 3]


def test_round_trip_without_words() -> None:
    row = packed(KEY, TITLE, ABSTRACT, read_answers(LINES)[KEY])
    assert "Finch" not in json.dumps(row)
    found = examples([unpacked(row, TITLE, ABSTRACT)])
    assert [(e.gold["baseline"], e.gold["technique"]) for e in found if e.gold] == [
        ("FlexGen", "Finch"),
        (None, "Finch"),
    ]
    with pytest.raises(ValueError, match="differ"):
        unpacked(row, TITLE, ABSTRACT + " More.")


def test_words_are_those_nearest_to_the_figure() -> None:
    row = packed(KEY, TITLE, ABSTRACT, read_answers(LINES)[KEY])
    start, end = row["claims"][0][2]
    assert (TITLE + "\n" + ABSTRACT)[start - 5 : end] == "than FlexGen"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([LINES[0], "2: FlexGen"], "2601.00001: '2: FlexGen' is no answer"),
        (LINES[1:], "is no answer"),
    ],
)
def test_what_is_no_answer_is_said(lines: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_answers(lines)


def test_words_and_marks_that_are_not_there_are_said() -> None:
    with pytest.raises(ValueError, match="'vLLM' is not in the text"):
        packed(KEY, TITLE, ABSTRACT, {2: ("vLLM", None)})
    with pytest.raises(ValueError, match="3 figures are marked, one answer is for 7"):
        packed(KEY, TITLE, ABSTRACT, {7: (None, None)})
