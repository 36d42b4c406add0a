"""The word lists of extraction: each entry's own examples, and its counter-examples."""

import pytest

import data
from extract.context import build
from extract.features import paper_features
from extract.figures import candidates, sentences_of
from extract.parity_rules import parity_rules
from extract.plain import plain
from extract.quantities import find

METRICS = {name: entry for name, entry in data.table("metrics.toml").items() if name != "capital"}


def metrics_in(text):
    return {f.metric for s in sentences_of(plain(text)) for f in candidates(s, paper_features(text))}


@pytest.mark.parametrize(("metric", "text"), [(m, t) for m, entry in METRICS.items() for t in entry["yes"]])
def test_metric_example_measures_it(metric, text):
    assert metrics_in(text) == {metric}


@pytest.mark.parametrize(("metric", "text"), [(m, t) for m, entry in METRICS.items() for t in entry.get("no", ())])
def test_metric_counter_example_measures_something_else(metric, text):
    assert metric not in metrics_in(text)


def units_in(text):
    return {q.unit.name for q in find(plain(text))}


@pytest.mark.parametrize(
    ("unit", "text"), [(u["name"], t) for u in data.table("units.toml")["unit"] for t in u.get("yes", ())]
)
def test_unit_example_has_it(unit, text):
    assert units_in(text) == {unit}


@pytest.mark.parametrize(
    ("unit", "text"), [(u["name"], t) for u in data.table("units.toml")["unit"] for t in u.get("no", ())]
)
def test_unit_counter_example_lacks_it(unit, text):
    assert unit not in units_in(text)


def cues_in(text):
    words = plain(text)
    return {c.cls for c in build(words, 0, len(words), []).cues}


@pytest.mark.parametrize(
    ("cue", "text"), [(c, t) for c, entry in data.table("cues.toml").items() for t in entry.get("yes", ())]
)
def test_cue_example_holds_it(cue, text):
    assert cue in cues_in(text)


@pytest.mark.parametrize(
    ("cue", "text"), [(c, t) for c, entry in data.table("cues.toml").items() for t in entry.get("no", ())]
)
def test_cue_counter_example_does_not(cue, text):
    assert cue not in cues_in(text)


@pytest.mark.parametrize(
    ("rule", "text"), [(r["name"], t) for r in data.table("parity.toml")["rule"] for t in r["yes"]]
)
def test_parity_rule_finds_its_example(rule, text):
    assert rule in {name for name, _, _ in parity_rules(text)}


@pytest.mark.parametrize(
    ("rule", "text"), [(r["name"], t) for r in data.table("parity.toml")["rule"] for t in r.get("no", ())]
)
def test_parity_rule_leaves_its_counter_example(rule, text):
    assert rule not in {name for name, _, _ in parity_rules(text)}
