"""How questions are read: a table of our own questions, the lexicon's examples, and any text whatever."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import question_words as lexicon
from index.answer import MaxLoss, Understood, UnitThreshold
from index.question import understand, years
from index.question_baseline import baseline
from index.question_spelling import spelt

QUESTIONS = [
    row
    for name in ("questions.toml", "questions_wordings.toml", "questions_authors.toml")
    for row in tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))["question"]
]
TABLE = lexicon.table()
GOLD = Path(__file__).parents[2] / "shared" / "gold"


def limit(row: dict[str, Any]) -> UnitThreshold | None:
    if "limit" not in row:
        return None
    unit, *ends = row["limit"]
    return UnitThreshold(unit, **dict(zip(ends[::2], ends[1::2], strict=True)))


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row["ask"] or "nothing")
def test_questions(row: dict[str, Any]) -> None:
    got = understand(row["ask"])
    assert (got.metric or "") == row.get("metric", "")
    assert got.min_factor == (pytest.approx(row["min"], rel=1e-3) if "min" in row else None)
    assert got.strict is row.get("strict", False)
    assert got.unit_threshold == limit(row)
    assert got.max_loss == (MaxLoss(*row["loss"]) if "loss" in row else None)
    assert got.hardware == tuple(row.get("hardware", ()))
    assert got.parity is row.get("parity", False)
    assert got.baseline == row.get("baseline")
    assert got.years == (tuple(y or None for y in row["years"]) if "years" in row else None)
    for name in ("family", "phase", "text"):
        if name in row:
            assert (getattr(got, name) or "") == row[name]


def test_there_are_many_questions() -> None:
    assert len({row["ask"] for row in QUESTIONS}) >= 150


@pytest.mark.parametrize(("question", "metric"), [(y, m["name"]) for m in TABLE["metric"] for y in m.get("yes", ())])
def test_metric_examples(question: str, metric: str) -> None:
    assert understand(question).metric == metric


@pytest.mark.parametrize(("question", "metric"), [(n, m["name"]) for m in TABLE["metric"] for n in m.get("no", ())])
def test_metric_counter_examples(question: str, metric: str) -> None:
    assert understand(question).metric != metric


@pytest.mark.parametrize("question", TABLE["hardware"]["yes"])
def test_lay_words_for_hardware_that_mean_something_else(question: str) -> None:
    assert understand(question).hardware == ()


@pytest.mark.parametrize("question", TABLE["hardware"]["denied"])
def test_hardware_that_is_denied_is_not_asked_for(question: str) -> None:
    got = understand(question)
    assert got.hardware == ()
    assert not {"gpu", "gpus", "graphics", "card"} & set(got.text.lower().split())


@pytest.mark.parametrize(("written", "read"), [pair for row in TABLE["rewrite"] for pair in row["yes"]])
def test_rewrites(written: str, read: str) -> None:
    assert lexicon.rewritten(written) == read


@pytest.mark.parametrize(("written", "meant"), TABLE["misspelt"]["yes"])
def test_words_of_number_are_mended(written: str, meant: str) -> None:
    assert spelt(written) == meant


@pytest.mark.parametrize("question", TABLE["parity"]["yes"])
def test_parity_is_asked(question: str) -> None:
    assert understand(question).parity


@pytest.mark.parametrize("question", TABLE["parity"]["no"])
def test_parity_is_not_asked(question: str) -> None:
    assert not understand(question).parity


@pytest.mark.parametrize(("question", "value", "unit"), TABLE["loss"]["yes"])
def test_largest_loss(question: str, value: float, unit: str) -> None:
    assert understand(question).max_loss == MaxLoss(value, unit)


@pytest.mark.parametrize("question", TABLE["loss"]["no"])
def test_no_largest_loss(question: str) -> None:
    assert understand(question).max_loss is None


@pytest.mark.parametrize(("written", "meant"), TABLE["misspelt"]["mends"])
def test_common_words_are_mended(written: str, meant: str) -> None:
    assert spelt(written) == meant


@pytest.mark.parametrize(("question", "phase"), [(y, p["name"]) for p in TABLE["phase"] for y in p["yes"]])
def test_phases(question: str, phase: str) -> None:
    assert understand(question).phase == phase


@pytest.mark.parametrize(("question", "phase"), [(n, p["name"]) for p in TABLE["phase"] for n in p["no"]])
def test_no_phase(question: str, phase: str) -> None:
    assert understand(question).phase != phase


@pytest.mark.parametrize(("question", "name"), TABLE["baseline"]["yes"])
def test_baselines(question: str, name: str) -> None:
    found = baseline(question)
    assert found is not None
    assert found[0] == name
    assert question[found[1] : found[2]].endswith(name.split()[-1])


@pytest.mark.parametrize("question", TABLE["baseline"]["no"])
def test_no_baseline(question: str) -> None:
    assert understand(question).baseline is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("since 2022", (2022, None)),
        ("after 2022", (2023, None)),
        ("2021-2023", (2021, 2023)),
        ("until 2020", (None, 2020)),
        ("2024 papers", (2024, 2024)),
        ("1024 tokens", None),
        ("2000 FPS", None),
    ],
)
def test_years(question: str, expected: tuple[int | None, int | None] | None) -> None:
    found = years(question)
    assert (found[0] if found else None) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a speeduo", "a speedup"),
        ("memroy", "memory"),
        ("SGLang", "SGLang"),
        ("quick brown foxes", "quick brown foxes"),
    ],
)
def test_spelling(written: str, meant: str) -> None:
    assert spelt(written) == meant


WORDS = "2x 50% faster memory half of the over than vs A100 without losing accuracy 10 ms W less more at least GB"
words = st.sampled_from(WORDS.split())


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200) | st.lists(words, max_size=14).map(" ".join))
def test_any_text_is_read(question: str) -> None:
    got = understand(question)
    assert isinstance(got, Understood)
    assert got.min_factor is None or got.min_factor > 0
    assert got.metric is None or isinstance(got.metric, str)


def test_questions_load_neither_torch_nor_spacy() -> None:
    code = (
        "import sys; from index.question import understand; understand('2x faster on an A100'); "
        "print([m for m in ('torch', 'spacy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not (GOLD / "questions_open.jsonl").exists(), reason="the open questions are not on this machine")
def test_readings_of_the_open_questions_are_accepted() -> None:
    sys.path.insert(0, str(GOLD))
    try:
        from score_questions import FIELDS, accepted  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(GOLD))
    from index.answer import Answer, as_json

    rows = [json.loads(line) for line in (GOLD / "questions_open.jsonl").read_text(encoding="utf-8").splitlines()]
    wrong = []
    for row in rows:
        got = as_json(Answer(row["question"], "", understand(row["question"])))["understood"]
        wrong += [(row["id"], f, got[f]) for f in FIELDS if not accepted(f, row["filters"][f], got[f])]
    assert not wrong


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("give me a 3x speedup on an H100", ""),
        ("Which papers run 2x faster than FlexGen on GPUs?", ""),
        ("how much memory is saved?", ""),
        ("on what?", ""),
        ("faster object tracking on phones or FPGAs", "object tracking"),
        ("token merging with less than 1% accuracy loss since 2023", "token merging"),
        ("show me speech synthesis below 5 watts", "speech synthesis"),
        ("how many GB do I need for video models", "GB for video models"),
        ("decide per word how much of the network is run", "decide per word of network"),
    ],
)
def test_text_is_what_is_left_when_all_conditions_are_taken_away(question: str, text: str) -> None:
    assert understand(question).text == text


@pytest.mark.parametrize(("question", "metric"), TABLE["asking"]["asides"])
def test_what_a_question_is_not_about_is_not_read(question: str, metric: str) -> None:
    assert understand(question).metric == metric
