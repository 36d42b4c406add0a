"""Readings of single figures are kept as places in a text, without its words, and teach what they say."""

import json

import pytest

from extract.learn import figure_labels
from extract.learn.figure_labels import claims_of, examples, marked, packed, read_answers, unpacked

KEY, TITLE = "2601.00001", "Finch: 3x faster decoding, tested for 5 days"
ABSTRACT = "Finch is 3x faster than vLLM on an A100. It cuts memory and energy by 4x and reaches 71.2% accuracy."
ANSWERS = {1: "C+s", 2: "-", 3: "C+s", 4: "C+m,C+e", 5: "L0q"}


def test_marks_stand_behind_the_figures() -> None:
    assert marked(TITLE, ABSTRACT).split("\n")[1] == (
        "Finch is 3x⟦3⟧ faster than vLLM on an A100. It cuts memory and energy by 4x⟦4⟧ and reaches 71.2%⟦5⟧ accuracy."
    )


def test_round_trip_without_words() -> None:
    row = packed(KEY, TITLE, ABSTRACT, ANSWERS)
    assert "Finch" not in json.dumps(row)
    paper = unpacked(row, TITLE, ABSTRACT)
    assert [answer for _, _, answer in paper["figures"]] == list(ANSWERS.values())
    with pytest.raises(ValueError, match="differ"):
        unpacked(row, TITLE, ABSTRACT + " More.")


def test_every_mark_needs_its_answer() -> None:
    with pytest.raises(ValueError, match="5 figures are marked"):
        packed(KEY, TITLE, ABSTRACT, {1: "C+s"})


def test_what_the_answers_teach() -> None:
    paper = unpacked(packed(KEY, TITLE, ABSTRACT, ANSWERS), TITLE, ABSTRACT)
    found = examples([paper])
    told = [(e.gold["kind"], e.gold["direction"], e.gold["metric"], e.gold["unit"]) for e in found if e.gold]
    assert told == [
        ("change", "better", "speed", "x"),
        ("change", "better", "speed", "x"),
        ("change", "better", "memory", "x"),
        ("change", "better", "energy", "x"),
        ("level", "none", "quality", "%"),
    ]
    assert sum(e.gold is None for e in found) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("-", []),
        ("C-q", [("change", "worse", "quality", "own")]),
        ("L0sto", [("level", "none", "storage", "other")]),
        ("F0$,L+n", [("fraction", "none", "cost", "own"), ("level", "better", "communication", "own")]),
    ],
)
def test_answers(answer: str, told: list[tuple[str, ...]]) -> None:
    assert [tuple(claim.values()) for claim in claims_of(answer)] == told


@pytest.mark.parametrize("answer", ["", "C", "C+", "X+s", "C+z", "C+s,", "--"])
def test_what_is_no_answer_is_said(answer: str) -> None:
    with pytest.raises(ValueError, match="is no answer"):
        claims_of(answer)


def test_the_paper_of_a_wrong_answer_is_named() -> None:
    with pytest.raises(ValueError, match=r"2601\.00002: 'C' is no answer"):
        read_answers([f"### {KEY}: 1 C+s", "### 2601.00002: 1 C"])


def test_letters_are_told_apart() -> None:
    codes = [f"{k}{d}{m}" for k in figure_labels.KINDS for d in figure_labels.DIRECTIONS for m in figure_labels.METRICS]
    told = [tuple(claims_of(code)[0].values()) for code in codes]
    assert len(set(told)) == len(codes)
