"""What a topic and a near miss are made of: phrases, units of a size, names of baselines, closeness of figures."""

import numpy as np
import pytest

from index.answer import Understood, UnitThreshold
from index.conditions import alternatives, names_baseline
from index.limits import units_named
from index.nearness import closeness
from index.question import understand
from index.topic import Concept, _families_asked, _likely, _on_domains
from index.topic_phrases import pairs, together


def test_pairs_are_of_neighbours_without_stop_words() -> None:
    assert pairs("generation of videos for robots") == [("generat", "video"), ("video", "robot")]
    assert pairs("video") == []


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Video generation for everyone", 1.0),
        ("video scene generation", 1.0),  # one word between
        ("a generation of new video", 0.0),  # the other way round
        ("video without any hope of a quick generation", 0.0),
        ("", 0.0),
    ],
)
def test_phrases_stand_together(text: str, share: float) -> None:
    assert together({("video", "generat"): 2.0}, [text])[0] == share


def test_rarer_phrases_weigh_more() -> None:
    weights = {("video", "generat"): 3.0, ("fast", "video"): 1.0}
    assert together(weights, ["video generation", "fast video"]).tolist() == [0.75, 0.25]
    assert together({}, ["anything"]).tolist() == [0.0]


def test_units_of_a_size() -> None:
    units = units_named(Understood(metric="memory", text="GB of VRAM"))
    assert {"GB", "MB", "GiB"} <= units
    assert not {"KB", "bytes"} & units
    assert units_named(Understood(metric="memory", text="GB", min_factor=2)) == frozenset()


@pytest.mark.parametrize(
    ("baseline", "names"),
    [
        ("autoregressive decoding", ("autoregressive",)),
        ("ViT and DeiT", ("vit", "deit")),
        ("dense models or LoRA", ("dense", "lora")),
        ("full fine-tuning", ("fullfinetuning",)),
        ("code", ("code",)),
    ],
)
def test_essential_names(baseline: str, names: tuple[str, ...]) -> None:
    assert alternatives(baseline) == names


def test_varied_nouns_of_a_baseline() -> None:
    named = names_baseline("autoregressive decoding")
    assert named("their autoregressive counterparts")
    assert named("auto-regressive models")
    assert not named("greedy decoding")


class _Columns:
    """The few columns that closeness reads."""

    def __init__(self, factors: list[float]) -> None:
        self.factor = np.array(factors)


@pytest.mark.parametrize(
    ("least", "factor", "close"), [(4, 2, 0.5), (4, 4, 1), (4, 16, 1), (4, 0.5, 0), (4, np.nan, 0), (0.5, 0.6, 1)]
)
def test_factors_are_close_by_their_logarithm(least: float, factor: float, close: float) -> None:
    columns = _Columns([factor])
    found = closeness(Understood(metric="speed", min_factor=least), columns, np.array([0]))  # type: ignore[arg-type]
    assert found[0] == pytest.approx(close)


SAID = [
    ("less than a fifth of the compute", Understood(metric="compute", min_factor=5.0, strict=True)),
    ("throughput gains of at least 50%", Understood(metric="speed", min_factor=1.5)),
    ("detectors at <= 5 W", None),
    ("speedups of two or more", Understood(metric="speed", min_factor=2.0)),
    ("twice as fast as vLLM", Understood(metric="speed", min_factor=2.0, baseline="vLLM")),
]


@pytest.mark.parametrize(("question", "read"), SAID)
def test_more_ways_of_asking(question: str, read: Understood | None) -> None:
    got = understand(question)
    if read is None:
        assert got.unit_threshold == UnitThreshold("W", max=5.0)
    else:
        assert got == read


def test_a_multiple_does_not_join_the_words_around_it() -> None:
    assert understand("a search that costs 100x less compute").metric == "compute"
    assert understand("models that are 10 times smaller").metric == "parameters"


def test_hardware_joined_by_or_is_all_kept() -> None:
    assert understand("fast detectors on phones or embedded boards").hardware == ("mobile", "edge")
    assert understand("speedups on an A100 GPU").hardware == ("A100",)


@pytest.mark.parametrize("question", ["approaches that shrink what is kept on disk", "speedup over plain PyTorch code"])
def test_words_of_measures_and_baselines_are_no_family(question: str) -> None:
    assert understand(question).family is None


PEFT = [("peft", 0.6), ("distillation", 0.2)]
WORD = [Concept(np.array([0], np.int32))]


@pytest.mark.parametrize(
    ("read", "meant", "concepts", "family"),
    [
        (Understood(metric="memory", text="graphics card"), PEFT, WORD, "peft"),
        (Understood(hardware=("mobile",), text="graphics card"), PEFT, WORD, "peft"),
        (Understood(metric="memory"), PEFT, [], None),  # words of measuring alone must be surer
        (Understood(metric="memory"), [("peft", 0.8)], [], "peft"),
        (Understood(metric="memory", text="GB"), [("peft", 0.8)], [], None),  # "how many GB" asks for levels
        (Understood(hardware=("A100",)), [("peft", 0.8)], [], None),
        (Understood(metric="memory", min_factor=2, text="card"), PEFT, WORD, None),  # figures are asked for
        (Understood(baseline="LoRA", text="card"), PEFT, WORD, None),
        (Understood(text="card"), PEFT, WORD, None),  # nothing but a topic: the papers nearest to it
        (Understood(metric="memory", text="card"), [("peft", 0.4)], WORD, None),
        (Understood(metric="memory", text="card"), [], WORD, None),
    ],
)
def test_a_family_that_is_likely_meant(
    read: Understood, meant: list[tuple[str, float]], concepts: list[Concept], family: str | None
) -> None:
    assert _likely(read, meant, concepts) == family


def test_papers_on_the_domains_of_a_question_where_any_are() -> None:
    papers = np.array([True, True, False])
    on = lambda *numbers: Concept(np.array(numbers, np.int32), domain=True)  # noqa: E731
    assert _on_domains(papers, [on(1, 2)]).tolist() == [False, True, False]
    assert _on_domains(papers, [on(2)]).tolist() == [True, True, False]
    assert _on_domains(papers, [Concept(np.array([1], np.int32))]).tolist() == [True, True, False]


def test_maps_are_no_accuracy() -> None:
    assert understand("drawing maps of coasts").metric is None
    assert understand("detectors with mAP above 40").metric == "quality"


@pytest.mark.parametrize(
    ("read", "papers"),
    [
        (Understood(hardware=("mobile",), family="quantization", text="quantization"), ["quantization"]),
        (Understood(family="quantization", text="quantization on phones"), ["quantization", "tinyml-and-edge"]),
        (
            Understood(hardware=("A100",), family="quantization", text="quantization or pruning"),
            ["quantization", "unstructured-pruning"],
        ),
    ],
)
def test_a_family_that_only_the_hardware_tells_is_not_asked_for(read: Understood, papers: list[str]) -> None:
    """Quantization on phones was answered with any paper on small devices."""
    meant = [("quantization", 0.9), ("tinyml-and-edge", 0.99), ("unstructured-pruning", 0.9)]
    meant = [(family, score) for family, score in meant if family in papers or family == "tinyml-and-edge"]
    assert _families_asked(read, meant) == set(papers)
