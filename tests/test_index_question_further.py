"""Questions with more than one threshold: what is read of them."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.answer import Answer, Further, MaxLoss, UnitThreshold, as_json
from index.question import understand

TABLE = tomllib.loads(Path(__file__).with_name("questions_further.toml").read_text(encoding="utf-8"))


def threshold(metric, *rest) -> Further:
    """A row's threshold as the record."""
    if isinstance(rest[0], str):
        unit, side, value = rest
        return Further(metric, unit_threshold=UnitThreshold(unit, **{side: value}))
    return Further(metric, rest[0], strict=rest[1:] == ("more than",))


@pytest.mark.parametrize("row", TABLE["question"], ids=lambda row: row["ask"])
def test_each_threshold_is_read(row):
    got, first = understand(row["ask"]), threshold(*row["first"])
    assert (got.metric, got.min_factor, got.unit_threshold) == (first.metric, first.min_factor, first.unit_threshold)
    assert got.also == tuple(threshold(*one) for one in row["also"])
    assert got.baseline == row.get("baseline")


@pytest.mark.parametrize("question", TABLE["none"])
def test_what_is_no_further_threshold(question):
    assert understand(question).also == ()


def test_there_are_many_of_both():
    assert len(TABLE["question"]) >= 25
    assert len(TABLE["none"]) >= 15


def test_a_factor_and_a_level_are_both_the_first():
    """As they were before there were further ones; they are told apart where papers are matched."""
    got = understand("2x faster, below 5 W and half the memory")
    assert (got.metric, got.min_factor, got.unit_threshold) == ("speed", 2.0, UnitThreshold("W", max=5.0))
    assert got.also == (Further("memory", 2.0),)


def test_a_loss_beside_two_thresholds_stays_a_loss():
    got = understand("2x faster, at least 50% less memory and at most 1% accuracy loss")
    assert got.max_loss == MaxLoss(1.0, "%")
    assert got.also == (Further("memory", 2.0),)


def test_words_of_further_measures_are_no_topic():
    read = understand("language models decoded at 20 tokens/s with 12 GB of VRAM")
    assert read.also == (Further("memory", unit_threshold=UnitThreshold("GB", max=12.0)),)
    assert read.text == "language models decoded"


def test_as_json():
    read = understand("2x faster and half the memory")
    assert as_json(Answer("", "", read))["understood"]["also"] == [
        {"metric": "memory", "min_factor": 2.0, "strict": False, "unit_threshold": None}
    ]
    assert as_json(Answer("", "", understand("2x faster")))["understood"]["also"] == []


PARTS = "2x 4x 50% half third faster memory energy the of less fewer and or with at , below under 10 ms 5 W GB"


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(PARTS.split()), max_size=16).map(" ".join))
def test_no_two_thresholds_are_of_one_sort(question):
    """Whatever is asked: each of `also` has a measure and a figure, and none repeats another."""
    got = understand(question).also
    assert all(one.metric and (one.min_factor or one.unit_threshold) for one in got)
    sorts = [(one.metric, one.unit_threshold and one.unit_threshold.unit) for one in got]
    assert len(set(sorts)) == len(sorts)
