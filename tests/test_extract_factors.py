"""The unit arithmetic: tables of rules, properties that hold for every figure, and the cases decided by hand."""

import csv
import math
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import data
from extract.factors import Factors, delta, factors, falls, falls_by_words, of_limit

DECIDED = Path(__file__).parents[2] / "shared" / "gold" / "factors.csv"
MEASURES = data.table("measures.toml")


@pytest.mark.parametrize(
    ("measure", "expected"),
    [(m, g["falls"]) for g in MEASURES["group"] for m in g["yes"]]
    + [(e["measure"], e["falls"]) for part in ("neutral", "per") for e in MEASURES[part]["examples"]],
)
def test_measure_words_tell_which_way_is_better(measure: str, expected: bool) -> None:
    assert falls_by_words(measure) is expected


@pytest.mark.parametrize(("measure", "not_expected"), [(m, g["falls"]) for g in MEASURES["group"] for m in g["no"]])
def test_measure_words_of_another_group_decide(measure: str, not_expected: bool) -> None:
    assert falls_by_words(measure) is not not_expected


@pytest.mark.parametrize("example", MEASURES["around"]["examples"], ids=lambda e: e["quote"])
def test_words_around_decide_when_the_measure_is_silent(example: dict) -> None:
    assert falls_by_words(example["measure"]) is None
    assert falls(example["measure"], "speed", quote=example["quote"]) is example["falls"]


@pytest.mark.parametrize("example", MEASURES["limit"]["examples"], ids=lambda e: e["text"])
def test_limit(example: dict) -> None:
    assert of_limit(example["text"]) is example["limit"]


# kind, metric, measure, value, value_max, from_value, unit, direction -> min, max (3 decimals)
CASES = [
    ("change", "speed", "latency", 54, None, None, "%", "better", 2.174, 2.174),
    ("change", "speed", "throughput", 54, None, None, "%", "better", 1.54, 1.54),
    ("change", "speed", "throughput", 2, 4, None, "x", "better", 2, 4),
    ("change", "speed", "training speed", 8, None, None, "x", "worse", 0.125, 0.125),
    ("change", "speed", "throughput", 20, None, None, "%", "worse", 0.8, 0.8),
    ("change", "memory", "memory", 25, None, None, "%", "worse", 0.8, 0.8),
    ("change", "memory", "KV cache", 100, None, None, "%", "better", None, None),
    ("change", "memory", "peak memory", 120, None, None, "%", "better", None, None),
    ("change", "energy", "energy efficiency", 120, None, None, "%", "better", 2.2, 2.2),
    ("change", "speed", "latency", 10, 50, None, "%", "worse", 0.667, 0.909),
    ("change", "memory", "memory", 50, 100, None, "%", "better", 2, None),
    ("change", "memory", "memory", 3, None, None, "GB", "better", None, None),
    ("change", "speed", "latency", 0.5, None, None, "x", "better", 2, 2),
    ("change", "speed", "latency", 30, None, None, "%", "none", None, None),
    ("fraction", "storage", "index size", 5, None, None, "%", "none", 20, 20),
    ("fraction", "storage", "index size", 10, 20, None, "%", "none", 5, 10),
    ("fraction", "speed", "throughput", 90, None, None, "%", "none", 0.9, 0.9),
    ("fraction", "memory", "memory", 0.25, None, None, "x", "none", 4, 4),
    ("fraction", "compute", "model FLOPs utilization", 40, None, None, "%", "none", None, None),
    ("fraction", "speed", "latency overhead", 3, None, None, "%", "none", None, None),
    ("fraction", "memory", "memory", 0, None, None, "%", "none", None, None),
    ("level", "speed", "latency", 20, None, 80, "ms", "better", 4, 4),
    ("level", "speed", "FPS", 80, None, 20, "FPS", "better", 4, 4),
    ("level", "speed", "FPS", 80, None, 20, "FPS", "none", 4, 4),
    ("level", "speed", "latency", 80, None, 20, "ms", "none", 0.25, 0.25),
    ("level", "speed", "latency", 80, None, 20, "ms", "worse", 0.25, 0.25),
    ("level", "speed", "latency", 10, 20, 80, "ms", "better", 4, 8),
    ("level", "speed", "latency", 20, None, None, "ms", "better", None, None),
    ("change", "quality", "accuracy", 3, None, None, "x", "better", None, None),
    ("level", "quality", "accuracy", 80, None, 70, "%", "better", None, None),
    ("parity", "quality", "accuracy", None, None, None, None, "none", None, None),
    ("change", "other", "batch size", 50, None, None, "%", "better", 1.5, 1.5),
    ("change", "other", "chip area", 50, None, None, "%", "better", 2, 2),
    ("change", "other", "vividness", 50, None, None, "%", "better", None, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "metric", "measure", "value", "value_max", "from_value", "unit", "direction", "least", "most"), CASES
)
def test_cases(
    kind: str, metric: str, measure: str, value: float | None, value_max: float | None, from_value: float | None,
    unit: str | None, direction: str, least: float | None, most: float | None,
) -> None:  # fmt: skip
    got = factors(
        kind=kind, metric=metric, measure=measure, value=value, value_max=value_max, from_value=from_value, unit=unit,
        direction=direction,
    )  # fmt: skip
    assert got.min == (None if least is None else pytest.approx(least, abs=5e-4))
    assert got.max == (None if most is None else pytest.approx(most, abs=5e-4))
    assert got.best == (got.max if got.max is not None else got.min)


@pytest.mark.skipif(not DECIDED.exists(), reason="the cases decided by hand (../shared/gold) are not on this machine")
def test_all_cases_decided_by_hand() -> None:
    number = lambda text: float(text) if text else None  # noqa: E731
    rows = list(csv.DictReader(DECIDED.open(encoding="utf-8")))
    assert len(rows) > 50
    for row in rows:
        got = factors(
            kind=row["kind"], metric=row["metric"], measure=row["measure"], value=number(row["value"]),
            value_max=number(row["value_max"]), from_value=number(row["from_value"]), unit=row["unit"],
            direction=row["direction"], quote=row["quote"],
        )  # fmt: skip
        for end, want in ((got.min, number(row["factor_min"])), (got.max, number(row["factor_max"]))):
            assert (end is None) == (want is None), (row["quote"], got)
            assert end is None or want is None or math.isclose(end, want, rel_tol=1e-3), (row["quote"], got)


figures = st.floats(min_value=1e-3, max_value=1e6)
kinds = st.sampled_from(["change", "level", "fraction", "parity"])
metrics = st.sampled_from(["speed", "memory", "energy", "cost", "other", "quality"])
measures = st.sampled_from(["latency", "throughput", "memory", "energy efficiency", "FLOPs/s", "whatever", ""])
units = st.sampled_from(["x", "%", "points", "ms", None])


directions = st.sampled_from(["better", "worse", "none"])
maybe = st.none() | figures


@given(kinds, metrics, measures, maybe, maybe, maybe, units, directions)
def test_every_claim_has_factors_or_none(
    kind: str, metric: str, measure: str, value: float | None, value_max: float | None, from_value: float | None,
    unit: str | None, direction: str,
) -> None:  # fmt: skip
    got = factors(
        kind=kind, metric=metric, measure=measure, value=value, value_max=value_max, from_value=from_value, unit=unit,
        direction=direction,
    )  # fmt: skip
    if metric == "quality" or kind == "parity" or value is None:
        assert got == Factors()
    for end in (got.min, got.max, got.best):
        assert end is None or (math.isfinite(end) and end > 0)
    if got.min is not None and got.max is not None:
        assert got.min <= got.max == got.best
    if kind in ("change", "level") and got.best is not None and got.min is not None:
        if direction == "better":
            assert got.min >= 1
        if direction == "worse":
            assert got.best <= 1


@given(figures, st.sampled_from(["latency", "throughput"]))
def test_worse_by_a_factor_is_the_inverse_of_better(value: float, measure: str) -> None:
    better, worse = (
        factors(kind="change", metric="speed", measure=measure, value=value, unit="x", direction=d)
        for d in ("better", "worse")
    )
    assert better.best
    assert worse.best
    assert math.isclose(better.best * worse.best, 1, rel_tol=1e-9)


@given(figures, figures, st.sampled_from(["latency", "throughput"]))
def test_a_change_between_two_levels_is_undone_by_going_back(a: float, b: float, measure: str) -> None:
    there = factors(kind="level", metric="speed", measure=measure, value=a, from_value=b, unit="ms")
    back = factors(kind="level", metric="speed", measure=measure, value=b, from_value=a, unit="ms")
    assert there.best
    assert back.best
    assert math.isclose(there.best * back.best, 1, rel_tol=1e-9)


@given(st.floats(min_value=0.1, max_value=99))
def test_saving_a_share_is_keeping_the_rest(percent: float) -> None:
    saved = factors(kind="change", metric="memory", measure="memory", value=percent, unit="%", direction="better")
    kept = factors(kind="fraction", metric="memory", measure="memory", value=100 - percent, unit="%")
    assert saved.best
    assert kept.best
    assert math.isclose(saved.best, kept.best, rel_tol=1e-9)


@given(st.floats(min_value=0.1, max_value=98), st.floats(min_value=0.1, max_value=98))
def test_bigger_savings_are_bigger_factors(a: float, b: float) -> None:
    assume(a < b)
    factor = lambda p: factors(kind="change", metric="speed", measure="latency", value=p, unit="%", direction="better")  # noqa: E731
    assert (factor(a).best or 0) < (factor(b).best or 0)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_words_whatever_make_it_fail(measure: str, quote: str) -> None:
    factors(kind="change", metric="other", measure=measure, value=5, unit="%", direction="better", quote=quote)


@pytest.mark.parametrize(
    ("kind", "measure", "value", "value_max", "from_value", "unit", "direction", "expected"),
    [
        ("change", "accuracy", 1.9, None, None, "%", "better", 1.9),
        ("change", "accuracy", 0.5, 1, None, "points", "worse", -1),
        ("change", "FID", 2.3, None, None, "points", "better", 2.3),
        ("change", "accuracy", 1.6, None, None, "x", "better", None),
        ("change", "accuracy", 1.6, None, None, "%", "none", None),
        ("level", "FID", 3.5, None, 10, "points", "better", 6.5),
        ("level", "accuracy", 77, None, 75, "%", "none", 2),
        ("level", "word error rate", 7, None, 9, "%", "none", 2),
        ("level", "accuracy", 77, None, None, "%", "better", None),
        ("fraction", "accuracy", 96, None, None, "%", "none", -4),
        ("fraction", "error", 60, None, None, "%", "none", 40),
        ("parity", "accuracy", None, None, None, None, "none", None),
    ],
)
def test_delta(
    kind: str, measure: str, value: float | None, value_max: float | None, from_value: float | None, unit: str | None,
    direction: str, expected: float | None,
) -> None:  # fmt: skip
    got = delta(
        kind=kind, metric="quality", measure=measure, value=value, value_max=value_max, from_value=from_value,
        unit=unit, direction=direction,
    )  # fmt: skip
    assert got == (None if expected is None else pytest.approx(expected))


def test_delta_is_for_quality_only() -> None:
    assert delta(kind="change", metric="speed", measure="latency", value=5, unit="%", direction="better") is None
