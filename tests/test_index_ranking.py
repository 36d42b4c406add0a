"""Answers through the front door: what satisfies, what is near and why, what names no hardware, and the note."""

from datetime import date

import pytest

from index import KnowledgeBase, conditions, misses
from index.answer import Understood, UnitThreshold
from index.conditions import names_baseline, scales, within
from index.misses import Judge
from index.topic_words import topic_stems

PAPERS = [
    (
        "Larkspur: Paged Weights for Small GPUs",
        "Larkspur pages quantized weights of language models. On an NVIDIA A100 GPU, Larkspur decodes "
        "3.2x faster than FlexGen and cuts peak memory by 60%, without loss of accuracy.",
    ),
    (
        "Linnet: Batched Serving of Language Models",
        "Linnet serves language models with paged memory. It decodes 1.6x faster than FlexGen on an NVIDIA V100 GPU.",
    ),
    (
        "Heron: Pruned Detectors on FPGAs",
        "Heron prunes object detectors. On a Xilinx Alveo U280 FPGA it runs at 120 FPS, 5x faster than the dense "
        "detector, and draws 9 W. Accuracy drops by 0.8%.",
    ),
    (
        "Wagtail: Drawing Maps from Radar",
        "Wagtail draws maps from radar. It is 12x faster than earlier pipelines.",
    ),
    (
        "Siskin: Adapters for Translation",
        "Siskin adapts translation models with low-rank adapters. Compared to full fine-tuning, Siskin trains 50x "
        "fewer parameters and more than 2x faster.",
    ),
    ("On the Number of Birds", "A study of counting without any measured figure."),
    (
        "Plover: Sketching Storms",
        "Storms must be sketched on mobile phones, which are slow. Plover sketches them 1.4x faster than earlier work.",
    ),
    ("Dunlin: Tracing Coasts on Mobile Phones", "Dunlin traces coasts. It is 1.4x faster than earlier work."),
]


@pytest.fixture(scope="module")
def ranked_home(home_of):
    return home_of(PAPERS)


@pytest.fixture(scope="module")
def asked(ranked_home):
    with KnowledgeBase.open(ranked_home) as base:
        yield base.ask


def name(answer) -> str:
    return answer.title.split(":")[0]


SATISFYING = [
    ("at least 3x faster", {"Larkspur", "Heron", "Wagtail"}),
    ("more than 5x faster", {"Wagtail"}),
    ("5x faster or better", {"Heron", "Wagtail"}),
    ("more than 2x faster fine-tuning adapters", {"Siskin"}),
    ("3x faster on an A100", {"Larkspur"}),
    ("1.5x speedup on NVIDIA GPUs", {"Larkspur", "Linnet"}),
    ("speedups on GPUs", {"Larkspur", "Linnet"}),
    ("speedup over FlexGen", {"Larkspur", "Linnet"}),
    ("faster than full fine-tuning", {"Siskin"}),
    ("half the memory", {"Larkspur"}),
    ("half the memory during inference", {"Larkspur"}),
    ("half the memory during training", set()),  # quantized weights are of inference
    ("2x faster training", {"Siskin"}),  # adapters are of training
    ("above 100 FPS", {"Heron"}),
    ("what FPS is measured?", {"Heron"}),
    ("below 0.01 kW", {"Heron"}),
    ("3x faster without losing accuracy", {"Larkspur"}),
    ("3x faster with at most 1% accuracy loss", {"Larkspur", "Heron"}),
    ("radar mapping 10x faster", {"Wagtail"}),
    ("wine tasting", set()),  # nothing but a topic, of which no paper has a word
    ("sketches of storms", {"Plover"}),
]


@pytest.mark.parametrize(("question", "expected"), SATISFYING)
def test_satisfying_papers(asked, question, expected):
    assert {name(a) for a in asked(question).answers if a.satisfies} == expected


NOTHING = [
    ("3x faster with Cerebras wafer-scale engines", "hardware"),
    ("100x faster", "100x"),
    ("speedup over SGLang", "SGLang"),
    ("less than 1 W", "W"),
    ("10x faster since 2031", "years"),
    ("90% lower carbon footprint", "energy"),
    ("protein folding 3x faster", "topic"),
]


def test_a_claim_that_tells_no_phase_is_of_that_of_its_papers_families():
    silent = claim(metric="memory")
    reasons = Judge(Understood(phase="training")).reasons(silent, paper_on_wanted=False, families=["quantization"])
    assert reasons == ["a technique of inference, asked for training"]


@pytest.mark.parametrize(("question", "word"), NOTHING)
def test_nothing_satisfies_and_the_note_says_which_condition_fails(asked, question, word):
    answer = asked(question)
    assert not any(a.satisfies for a in answer.answers)
    assert word in answer.note


def test_satisfying_papers_come_first_then_near_misses_with_the_reason(asked):
    answers = asked("language models decoded 2x faster than FlexGen").answers
    assert name(answers[0]) == "Larkspur"
    near = next(a for a in answers if name(a) == "Linnet")
    assert not near.satisfies
    assert near.near[0]["why"] == "1.6x, asked for 2x"


def test_hardware_of_the_same_series_is_a_near_miss(asked):
    """A V100 is no A100, but another data-centre GPU of NVIDIA; an FPGA is none."""
    answers = {name(a): a for a in asked("what was measured on an A100?").answers}
    assert answers["Larkspur"].satisfies
    assert not answers["Linnet"].satisfies
    assert answers["Linnet"].near[0]["why"] == "on V100, asked for A100"


def test_only_hardware_of_the_same_series_comes_near(ranked_home):
    read = Understood(hardware=("A100",))
    with KnowledgeBase.open(ranked_home) as base:
        titles = [row["title"].split(":")[0] for row in base.rows("SELECT title FROM papers ORDER BY paper_no")]
        found = conditions.conditions(read, base.columns).nearness
    assert {title for title, near in zip(titles, found, strict=True) if near > 0} == {"Larkspur", "Linnet"}


def test_papers_that_state_no_hardware_are_marked(asked):
    answers = {name(a): a for a in asked("10x faster on an A100").answers}
    assert not answers["Wagtail"].satisfies
    assert not answers["Wagtail"].hardware_stated
    assert answers["Larkspur"].hardware_stated


def test_a_class_that_a_paper_names_in_passing_is_not_what_it_measured_on(asked):
    """Only where the title names it, or a claim does."""
    answers = {name(a): a for a in asked("1.3x faster on phones").answers}
    assert answers["Dunlin"].satisfies
    assert not answers["Plover"].satisfies
    assert {near["why"] for near in answers["Plover"].near} == {"hardware not stated, asked for mobile"}


def test_what_was_understood_can_be_corrected_by_hand(ranked_home):
    with KnowledgeBase.open(ranked_home) as base:
        plain = base.ask("3x faster on an A100")
        loose = base.ask("3x faster on an A100", hardware=None)
    assert plain.understood.hardware == ("A100",)
    assert loose.understood.hardware == ()
    assert {name(a) for a in loose.answers if a.satisfies} == {"Larkspur", "Heron", "Wagtail"}


def test_a_date_leaves_older_and_undated_papers_out_of_the_answer(ranked_home, home):
    with KnowledgeBase.open(ranked_home) as base:  # none of these has a day of publication
        answer = base.ask("3x faster", since=date(2020, 1, 1))
        assert answer.answers == ()
        assert "since the day" in answer.note
    with KnowledgeBase.open(home) as base:
        days = {row["title"]: row["published"] for row in base.rows("SELECT title, published FROM papers")}
        since = max(day for day in days.values() if day)
        answers = base.ask("faster", since=since, top=1000).answers
        assert answers
        assert all(days[a.title] and days[a.title] >= since for a in answers)
        assert len(answers) < len(base.ask("faster", top=1000).answers)


def test_a_confirmed_claim_counts_however_unsure_its_reading(home, base, monkeypatch):
    for module in (conditions, misses):
        monkeypatch.setattr(module, "SURE_ENOUGH", 0.9999)
    question = "at least 3x faster on an A100"
    unsure = base.ask(question)
    assert not any(a.satisfies for a in unsure.answers)
    claim = next(c["claim_id"] for a in unsure.answers for c in a.near if c["why"] == "may be misread")
    base.curate(claim, "confirm")
    with KnowledgeBase.open(home) as again:
        assert [c["claim_id"] for a in again.ask(question).answers if a.satisfies for c in a.claims] == [claim]
    base.curate(claim, "reject")
    with KnowledgeBase.open(home) as again:
        found = again.ask(question).answers
        assert not any(a.satisfies for a in found)
        assert claim not in [c["claim_id"] for a in found for c in (*a.claims, *a.near)]


@pytest.mark.parametrize(
    ("baseline", "text", "expected"),
    [
        ("full fine-tuning", "full finetuning", True),
        ("full fine-tuning", "FFT", True),
        ("full fine-tuning", "an FFTW library", False),
        ("PyTorch or JAX", "plain JAX", True),
        ("PyTorch", "TensorFlow", False),
        ("FlashAttention-2", "FlashAttention 2 kernels", True),
        ("LoRA", None, False),
    ],
)
def test_baselines_are_matched_by_name_and_abbreviation(baseline, text, expected):
    assert names_baseline(baseline)(text) is expected


def test_units_of_one_kind_are_compared():
    assert scales("s")["ms"] == pytest.approx(1e-3)
    assert scales("FPS")["images/s"] == 1
    assert scales("furlongs") == {"furlongs": 1.0}
    assert within(UnitThreshold("W", max=10), 9, 12)
    assert not within(UnitThreshold("W", max=10), 11, 12)


def claim(**fields):
    made = {
        "claim_id": "c", "target": "own", "metric": "speed", "kind": "change", "factor": 2.0, "bound": "exact",
        "unit": "x", "value": 2.0, "value_max": None, "phase": None, "baseline": None, "devices": [], "confidence": 0.9,
    }  # fmt: skip
    return made | fields


REASONS = [
    (Understood(metric="memory", text="GB"), claim(metric="memory", kind="level", unit="MB"), []),
    (Understood(metric="speed", text="FPS of detectors", min_factor=2), claim(), []),
    (Understood(metric="memory"), claim(), ["about speed, asked for memory"]),
    (Understood(min_factor=3), claim(), ["2x, asked for 3x"]),
    (Understood(min_factor=2), claim(), []),
    (Understood(min_factor=2, strict=True), claim(), ["2x, asked for more than 2x"]),
    (Understood(min_factor=2, strict=True), claim(bound="at_least"), []),
    (Understood(min_factor=2), claim(factor=None), ["no factor can be told, asked for 2x"]),
    (Understood(unit_threshold=UnitThreshold("s", max=1)), claim(kind="level", unit="ms", value=200), []),
    (
        Understood(unit_threshold=UnitThreshold("s", max=1)),
        claim(kind="level", unit="ms", value=2000),
        ["2 s, asked for 1 or less"],
    ),
    (Understood(unit_threshold=UnitThreshold("W", max=1)), claim(), ["in x, asked for W"]),
    (Understood(), claim(target="other"), ["a result of other work"]),
    (Understood(), claim(confidence=0.1), ["may be misread"]),
    (Understood(phase="training"), claim(phase="inference"), ["in inference, asked for training"]),
    (Understood(phase="training"), claim(phase="fine-tuning"), []),
    (Understood(phase="training"), claim(), ["does not say in which phase, asked for training"]),
    (Understood(baseline="Adam"), claim(baseline="SGD"), ["against SGD, asked for Adam"]),
    (Understood(hardware=("A100",)), claim(), ["hardware not stated, asked for A100"]),
    (Understood(hardware=("GPU",)), claim(devices=[{"name": "A100"}]), []),
    (Understood(hardware=("A100",)), claim(devices=[{"name": "V100"}]), ["on V100, asked for A100"]),
]


@pytest.mark.parametrize(("read", "row", "reasons"), REASONS)
def test_reasons_in_words(read, row, reasons):
    assert Judge(read).reasons(row, paper_on_wanted=False) == reasons


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("faster protein folding", ["protein", "fold"]),
        ("which methods save memory", []),
        ("speedups of", []),
        ("cheaper reasoning", ["reason"]),  # "reasonable" is idle, and has the same stem
        ("tokenizers", ["token"]),
        ("reduced, reduces and reducing", []),
    ],
)
def test_topic_is_what_is_left(text, stems):
    assert topic_stems(text) == stems
