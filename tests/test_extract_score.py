"""The scoring of claims: small cases with known counts, and the same figures as the founders' own script."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from extract.agreement import pairs, same_device, same_number, same_thing, unit_form
from extract.score import errors, report, score

GOLD = Path(__file__).parents[2] / "shared" / "gold"
needs_gold = pytest.mark.skipif(not (GOLD / "open.jsonl").exists(), reason=f"no annotated papers at {GOLD}")


def claim(quote: str, **fields: Any) -> dict[str, Any]:
    made = {
        "quote": quote, "metric": "speed", "measure": "speed", "kind": "change", "value": 2, "value_max": None,
        "from_value": None, "unit": "x", "bound": "exact", "direction": "better", "target": "own", "technique": None,
        "baseline": None, "hardware": [],
    }  # fmt: skip
    return made | fields


def scored(tmp_path: Path, gold: list[dict[str, Any]], predicted: list[dict[str, Any]]) -> dict[str, Any]:
    abstract = "It is 2x faster than rivals on a GPU, needs 30% less memory, and is as accurate. Rivals need 5x more."
    paper = {"key": "k", "source": "pages", "title": "A title", "abstract": abstract, "claims": gold}
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(paper) + "\n", encoding="utf-8")
    return score(path, predict=lambda rows: [{"key": row["key"], "claims": predicted} for row in rows])


FASTER, LEANER = claim("2x faster than rivals"), claim("30% less memory", metric="memory", value=30, unit="%")
SAME = claim("as accurate", kind="parity", metric="quality", value=None, unit=None, direction="none")
THEIRS = claim("need 5x more", value=5, target="other")


@pytest.mark.parametrize(
    ("gold", "predicted", "found", "strict"),
    [
        ([FASTER, LEANER], [FASTER, LEANER], (2, 0, 0), (2, 0, 0)),
        ([FASTER, LEANER], [FASTER], (1, 0, 1), (1, 0, 1)),
        ([FASTER], [FASTER, LEANER], (1, 1, 0), (1, 1, 0)),
        ([FASTER], [{**FASTER, "metric": "cost"}], (1, 0, 0), (0, 1, 1)),
        ([FASTER], [{**FASTER, "value": 2.001}], (1, 0, 0), (1, 0, 0)),
        ([FASTER], [{**FASTER, "value": 2.1}], (0, 1, 1), (0, 1, 1)),
        ([FASTER], [{**FASTER, "quote": "on a GPU"}], (0, 1, 1), (0, 1, 1)),
        ([FASTER], [{**FASTER, "unit": "X"}], (1, 0, 0), (1, 0, 0)),
        ([THEIRS], [{**THEIRS, "target": "own"}], (0, 1, 0), (0, 1, 0)),
        ([THEIRS], [THEIRS], (0, 0, 0), (0, 0, 0)),
        ([FASTER], [{**FASTER, "target": "other"}], (0, 0, 1), (0, 0, 1)),
        ([FASTER, SAME], [FASTER], (1, 0, 0), (1, 0, 0)),
    ],
)
def test_counts(
    tmp_path: Path, gold: list[dict[str, Any]], predicted: list[dict[str, Any]], found: tuple[int, ...],
    strict: tuple[int, ...],
) -> None:  # fmt: skip
    figures = scored(tmp_path, gold, predicted)
    assert tuple(figures["found"][k] for k in ("tp", "fp", "fn")) == found
    assert tuple(figures["strict"][k] for k in ("tp", "fp", "fn")) == strict


def test_parity_and_hardware_are_counted_apart(tmp_path: Path) -> None:
    gold = [{**FASTER, "hardware": ["A100 GPU", "Xeon CPU"]}, SAME]
    figures = scored(tmp_path, gold, [{**FASTER, "hardware": ["NVIDIA A100", "iPhone 13"]}])
    assert [figures["parity"][k] for k in ("tp", "fp", "fn")] == [0, 0, 1]
    assert [figures["hardware"][k] for k in ("tp", "fp", "fn")] == [1, 1, 1]


def test_sources_are_told_apart_and_reported(tmp_path: Path) -> None:
    figures = scored(tmp_path, [FASTER], [FASTER])
    assert figures["by_source"]["pages"]["found"]["tp"] == 1
    assert "pages: 1 papers" in report(figures)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("NVIDIA A100 GPU", "A100", True),
        ("A100", "H100", False),
        ("Jetson Orin", "NVIDIA Jetson Orin board", True),
        ("GPU", "NVIDIA GPUs", False),
        ("Intel Xeon CPU", "Xeon", True),
        ("40GB A100 GPUs", "40GB V100", False),
    ],
)
def test_devices_are_told_apart_by_model_words(one: str, other: str, same: bool) -> None:
    assert same_device(one, other) is same


def test_small_comparisons() -> None:
    assert same_thing("the vLLM baseline", "vLLM baselines") is True
    assert same_thing(None, "vLLM") is False
    assert same_number(None, None)
    assert not same_number(None, 0)
    assert same_number(-82.3, 82.3)
    assert unit_form("GPU-hours") == unit_form("GPU-Hour")


def test_the_pair_that_agrees_most_is_made_first() -> None:
    text = "speed and memory improve by 2x"
    speed, memory = claim(text), claim(text, metric="memory")
    assert pairs(text, [speed, memory], [memory, speed]) == {0: 1, 1: 0}


def test_errors_are_grouped_and_closed_files_refused(tmp_path: Path) -> None:
    path = tmp_path / "open.jsonl"
    paper = {"key": "k", "title": "t", "abstract": "2x faster than rivals", "claims": [FASTER]}
    path.write_text(json.dumps(paper), encoding="utf-8")
    listing = errors(path, predict=lambda rows: [{"key": "k", "claims": [{**FASTER, "metric": "cost"}]} for _ in rows])
    assert listing.startswith("differs in metric: 1\n  k\n")
    assert 'gold     : metric "speed"' in listing
    closed = tmp_path / "closed.jsonl"
    closed.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ValueError, match="closed"):
        errors(closed, predict=lambda rows: [])


def test_bad_gold_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"key": "k"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"gold\.jsonl, line 1"):
        score(path, predict=lambda rows: [])


def test_predictions_for_unknown_papers_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks: stranger"):
        score(path, predict=lambda rows: [{"key": "stranger", "claims": []}])


def _perturbed(paper: dict[str, Any], chance: random.Random) -> list[dict[str, Any]]:
    """Claims that differ from the gold in every way that is counted."""
    made = []
    for gold in paper["claims"]:
        one = dict(gold)
        if chance.random() < 0.1:
            continue
        for name, values in (
            ("metric", ["speed", "memory", "quality"]), ("unit", ["x", "%", None]), ("bound", ["up_to", "exact"]),
            ("direction", ["better", "none"]), ("target", ["own", "other"]), ("kind", ["change", "level", "parity"]),
            ("baseline", [None, "the baseline"]), ("technique", [None, "X"]), ("from_value", [None, 3]),
            ("value_max", [None, 7]), ("hardware", [[], ["A100", "GPU"]]), ("value", [1, 2, None]),
            ("quote", [paper["title"], paper["abstract"][:90], ""]),
        ):  # fmt: skip
            if chance.random() < 0.08:
                one[name] = chance.choice(values)
        made.append(one)
        if chance.random() < 0.1:
            made.append(dict(one))
    return made


@needs_gold
@pytest.mark.parametrize("seed", [1, 2])
def test_the_founders_script_gives_the_same_figures(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    lines = (GOLD / "open.jsonl").read_text(encoding="utf-8").splitlines()
    predicted = [{"key": p["key"], "claims": _perturbed(p, chance)} for p in map(json.loads, lines)]
    path = tmp_path / "predicted.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in predicted), encoding="utf-8")
    call = [sys.executable, str(GOLD / "score.py"), str(GOLD / "open.jsonl"), str(path), "--json"]
    theirs = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    ours = score(GOLD / "open.jsonl", predict=lambda rows: predicted)
    assert {k: v for k, v in ours.items() if k != "by_source"} == theirs
    assert set(ours["by_source"]) == {"pages", "elsewhere"}
