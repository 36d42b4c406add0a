"""The ways of finding claims that ours is held against."""

import json

import pytest

from extract.learn.compare import by_ours, by_regex, found_f1, rates

TITLE = "LeafCache: Smaller Caches"
ABSTRACT = "We present LeafCache. It cuts latency by 2.5x and saves 30\\% of the memory of a 7B model on 12 GB."


def test_a_regex_takes_every_number_with_a_unit():
    assert [(c["quote"], c["value"]) for c in by_regex(TITLE, ABSTRACT)] == [
        ("2.5x", 2.5),
        ("30\\%", 30.0),
        ("12 GB", 12.0),
    ]


def test_ways_are_scored_alike(tmp_path):
    quotes = {"latency by 2.5x": (2.5, "x"), "saves 30\\% of the memory": (30, "%")}
    known = {
        "metric": "speed",
        "measure": "",
        "kind": "change",
        "direction": "better",
        "target": "own",
        "bound": "exact",
    }
    empty = dict.fromkeys(("value_max", "from_value", "technique", "baseline"))
    golds = [{**known, **empty, "quote": q, "value": v, "unit": u, "hardware": []} for q, (v, u) in quotes.items()]
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"key": "a", "title": TITLE, "abstract": ABSTRACT, "claims": golds}), encoding="utf-8")
    assert found_f1(by_regex, gold)["precision"] == pytest.approx(2 / 3, abs=1e-3)
    assert found_f1(by_regex, gold)["recall"] == 1
    assert found_f1(by_ours, gold)["recall"] == 1


def test_rates_are_of_all_ways():
    found = rates({"regex": by_regex, "ours": by_ours}, [(TITLE, ABSTRACT)])
    assert set(found) == {"regex", "ours"}
    assert min(found.values()) > 0
