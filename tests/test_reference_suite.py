"""The suite as a whole: registry, records, clocks, the command. test_reference_families.py measures every family."""

import ast
import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
import torch

import reference
from reference import timing
from reference.__main__ import main
from reference.measurement import Case, Quality, Saving, counted
from reference.record import as_record, from_record
from reference.tasks import CLASSES, FEATURES, SLOTS, accuracy, classifier, sentences

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "reference").glob("*.py"))
QUALITY = Quality("accuracy (%)", 90.0, 89.0)
CASE = Case("quantization", "int8", "float32", "cpu")


# Registry and files


@pytest.mark.parametrize(("family", "module"), reference.families().items())
def test_each_family_names_its_file(family, module):
    assert family == import_module(module).FAMILY


def test_families_are_those_of_the_catalogue():
    catalogue = ROOT / "data" / "techniques.toml"
    if not catalogue.exists():
        pytest.skip("data/techniques.toml is not there yet")
    text = json.dumps(tomllib.loads(catalogue.read_text(encoding="utf-8")))
    assert not [family for family in reference.families() if f'"{family}"' not in text]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_a_bare_checkout_on_python_310_is_enough(path):
    """Nothing but torch, numpy, this package and what Python 3.10 has."""
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    later = {"tomllib"}  # in the standard library only since 3.11
    allowed = {"torch", "numpy", "reference"} | set(sys.stdlib_module_names) - later
    assert {name.split(".")[0] for name in names} <= allowed
    taken = {a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
    assert not taken & {"UTC", "StrEnum", "Self"}


def test_importing_the_package_loads_no_torch():
    """`claims` lists families without paying for torch."""
    code = "import sys, reference, reference.record; reference.families(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    ("family", "device", "said"),
    [
        ("alchemy", "cpu", "no reference implementation of 'alchemy'; there are: quantization"),
        ("quantization", "warp", "device 'warp' cannot be used here"),
        ("quantization", "cuda:99", "device 'cuda:99' cannot be used here"),
    ],
)
def test_what_is_not_there_is_refused(family, device, said):
    with pytest.raises(ValueError, match=said):
        reference.measure(family, device)


# Records


def test_a_record_comes_back_from_json():
    measurement = CASE.measured("storage", counted("bytes", 100, 25), QUALITY, "a layer")
    row = as_record(measurement, at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert row["date"] == "2026-01-02T03:04:05Z"
    assert (row["factor"], row["shows"], row["why"]) == (4.0, True, "")
    assert row["versions"]["torch"] == torch.__version__
    assert from_record(json.loads(json.dumps(row))) == measurement


@pytest.mark.parametrize(
    ("factor", "low", "shows", "why"),
    [
        (2.0, 1.8, True, ""),
        (1.04, 1.01, False, "because"),
        (0.5, 0.4, False, "because"),
        (1.5, 0.9, False, "The repeats of this run scatter from 0.90 to 2.00, too far to tell."),
    ],
)
def test_an_effect_shows_only_beyond_the_noise(factor, low, shows, why):
    measurement = CASE.measured("speed", Saving("ms", 1, 1, factor, low, 2.0), QUALITY, "x", otherwise="because")
    assert (measurement.shows, measurement.why) == (shows, why)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"metric": "beauty"}, "not one of speed, memory"),
        ({"value": 0.0}, "positive"),
        ({"why": "but it does show"}, "`why`"),
        ({"shows": False}, "`why`"),
    ],
)
def test_a_wrong_record_cannot_exist(change, said):
    with pytest.raises(ValueError, match=said):
        replace(CASE.measured("storage", counted("bytes", 100, 25), QUALITY, "a layer"), **change)


ROW = as_record(CASE.measured("storage", counted("bytes", 100, 25), QUALITY, "a layer"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"factor": "4"}, "factor must be a number, got '4'"),
        ({"factor": float("nan")}, "factor must be finite"),
        ({"factor_high": float("inf")}, "factor_high must be finite"),
        ({"value": True}, "value must be a number"),
        ({"value": -25}, "positive"),
        ({"factor_low": 5.0}, "not within 5.0"),
        ({"metric": "beauty"}, "not one of"),
        ({"device": 7}, "device must be a string"),
        ({"device": ""}, "device must not be empty"),
        ({"shows": "yes"}, "shows must be true or false"),
        ({"versions": ["torch"]}, "versions must be an object"),
        ({"date": "yesterday"}, "date must look like"),
        ({"machine": None}, "machine must be a string"),
    ],
)
def test_a_record_from_elsewhere_is_looked_at(change, said):
    with pytest.raises(ValueError, match=said):
        from_record(ROW | change)


@pytest.mark.parametrize("field", sorted(set(ROW)))
def test_a_record_without_a_field_is_none(field):
    with pytest.raises(ValueError, match=f"lacks {field}"):
        from_record({name: value for name, value in ROW.items() if name != field})


@pytest.mark.parametrize("row", [None, [], "x", 3])
def test_what_is_no_object_is_no_record(row):
    with pytest.raises(ValueError, match="a record is a JSON object"):
        from_record(row)


# Clocks and counters


def test_times_taken_by_turns_cancel_a_machine_that_slows_down(monkeypatch):
    """On a clock of our own: the baseline takes thrice as long, and everything gets slower with every call."""
    now, slow = 0.0, 1.0

    def work(seconds):
        def call():
            nonlocal now, slow
            slow *= 1.02
            now += seconds * slow

        return call

    monkeypatch.setattr(timing.time, "perf_counter", lambda: now)
    saving = timing.compare(work(0.03), work(0.01), "cpu", repeats=9)
    assert saving.factor == pytest.approx(3, rel=0.05)
    assert saving.low <= saving.factor <= saving.high
    assert saving.shows
    assert saving.baseline > 2 * saving.method


def test_peak_bytes_counts_what_lives_at_once():
    x = torch.zeros(1000)

    def together():
        a, b = x + 1, x + 2
        return a + b

    def one_after_the_other():
        a = x + 1
        del a
        return x + 2

    def in_place():
        return (x + 1).add_(1).view(10, 100)

    assert [timing.peak_bytes(f, "cpu") for f in (together, one_after_the_other, in_place)] == [12000, 4000, 4000]


# The task


def test_the_language_keeps_its_rule():
    """After the name of a slot stands the symbol that the head of the sentence gave it, always."""
    text = sentences(20, 5)
    named = (text < SLOTS).nonzero()
    assert len(named) > 300
    for row, i in named.tolist():
        assert i >= SLOTS
        if i + 1 < text.shape[1]:
            assert text[row, i + 1] == text[row, text[row, i]]
    assert torch.equal(text, sentences(20, 5))
    assert not torch.equal(text, sentences(20, 6))


def test_a_seed_gives_the_same_model_again():
    again = [classifier.__wrapped__("cpu", seed, FEATURES, 24, CLASSES) for seed in (3, 3, 4)]
    same = [[torch.equal(p, q) for p, q in zip(m.parameters(), again[0].parameters(), strict=True)] for m in again]
    assert [all(s) for s in same] == [True, True, False]
    assert 100 / CLASSES < accuracy(again[0], "cpu", 3) < 100


# The command


@pytest.fixture
def prepared(monkeypatch):
    """The command without the minutes: two measurements that are ready."""
    made = [
        CASE.measured("parameters", counted("params", 100, 25), QUALITY, "a layer"),
        CASE.measured("speed", Saving("ms", 2, 4, 0.5, 0.4, 0.6), QUALITY, "a layer", otherwise="Too small to tell."),
    ]
    monkeypatch.setattr(reference, "measure", lambda family, device, seed: made)
    return made


def test_the_command_prints_records(prepared, capsys):
    assert main(["quantization", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [from_record(row) for row in rows] == prepared


def test_the_command_prints_a_table(prepared, capsys):
    assert main(["quantization"]) == 0
    head, count, time, why = capsys.readouterr().out.splitlines()
    assert head.startswith("quantization on ")
    assert "parameters 4.00x " in count
    assert "accuracy (%) 90 -> 89" in count
    assert "speed 0.50x (0.40-0.60)" in time
    assert why.strip() == "Too small to tell."


@pytest.mark.parametrize("arguments", [["alchemy"], ["distillation", "--device", "warp"]])
def test_the_command_refuses_what_is_not_there(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert arguments[-1] in capsys.readouterr().err


def test_a_family_that_fails_does_not_lose_the_others(prepared, monkeypatch, capsys):
    """On a small GPU one family runs out of memory; the figures of the next are still wanted."""

    def measure(family, device, seed):
        if family == "quantization":
            raise torch.OutOfMemoryError("out of memory.\nTried to allocate 3 GiB")
        return prepared

    monkeypatch.setattr(reference, "measure", measure)
    assert main(["quantization", "distillation", "--json"]) == 3
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == len(prepared)
    assert "quantization failed: OutOfMemoryError: out of memory." in shown.err
