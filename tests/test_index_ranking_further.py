"""Answers to questions with several thresholds: a paper meets each with a claim of its own."""

import pytest

from index import KnowledgeBase
from index.answer import Further, Understood, UnitThreshold
from index.misses import Judge

PAPERS = {
    "Both": "On an NVIDIA A100 GPU our decoder is 3x faster than FlexGen and reduces peak memory by 60%.",
    "Fast": "Our decoder is 4x faster than vLLM and reduces peak memory by 20%.",
    "Faster": "Our decoder is 6x faster than earlier decoders.",
    "Small": "Our decoder reduces peak memory by 75% and is 1.3x faster than earlier decoders.",
    "Split": "On an NVIDIA V100 GPU our decoder reduces peak memory by 60%. On an NVIDIA A100 GPU it is 3x faster.",
    "Three": "Our decoder is 2.5x faster, reduces energy by 70% and reduces peak memory by 50%.",
    "Camera": "Our accelerator runs at 60 FPS. Its power consumption is 4 W.",
    "Heater": "Our accelerator runs at 90 FPS. Its power consumption is 40 W.",
    "Station": "Our detector is 2x faster than earlier detectors. Its power consumption is 4 W.",
}


@pytest.fixture(scope="module")
def base(home_of):
    texts = [(f"{name}: A Study", text) for name, text in PAPERS.items()]
    with KnowledgeBase.open(home_of(texts)) as found:
        yield found


def answers(base, question, **overrides):
    return {a.title.split(":")[0]: a for a in base.ask(question, **overrides).answers}


SATISFYING = [
    ("2x faster", {"Both", "Fast", "Faster", "Split", "Three", "Station"}),
    ("2x faster and half the memory", {"Both", "Split", "Three"}),
    ("half the memory and 2x faster", {"Both", "Split", "Three"}),
    ("2x faster and half the memory on an A100", {"Both"}),  # Split saves its memory on another device
    ("2x faster than FlexGen and half the memory", {"Both"}),
    ("2x faster and more than 2x less memory", {"Both", "Split"}),
    ("2x faster, 2x less memory and 3x less energy", {"Three"}),
    ("2x faster and 10x less memory", set()),
    ("above 30 FPS and below 5 W", {"Camera"}),
    ("below 0.005 kW and at least 30 FPS", {"Camera"}),
    ("2x faster below 5 W", {"Station"}),  # a factor and a level are two claims as well
]


@pytest.mark.parametrize(("question", "expected"), SATISFYING)
def test_each_threshold_is_met(base, question, expected):
    assert {name for name, a in answers(base, question).items() if a.satisfies} == expected


def test_the_claims_of_a_paper_that_satisfies_meet_the_thresholds_in_turn(base):
    for question, metrics in (
        ("2x faster and half the memory", ["speed", "memory"]),
        ("half the memory and 2x faster", ["memory", "speed"]),
        ("2x faster, 2x less memory and 3x less energy", ["speed", "memory", "energy"]),
    ):
        found = answers(base, question)["Three"]
        assert [claim["metric"] for claim in found.claims] == metrics
        assert found.missed == ()


def test_a_paper_that_meets_only_the_first_is_near_and_says_what_it_lacks(base):
    found = answers(base, "2x faster and half the memory")
    assert not found["Fast"].satisfies
    assert [claim["metric"] for claim in found["Fast"].claims] == ["speed"]
    assert [near["why"] for near in found["Fast"].near] == ["1.25x, asked for 2x"]
    assert found["Fast"].missed == ("no memory at least 2x better; its best is 1.25x",)
    assert found["Faster"].missed == ("states no memory figure",)
    order = list(found)
    assert max(map(order.index, ("Both", "Three", "Split"))) < min(map(order.index, ("Fast", "Faster")))


def test_a_paper_that_meets_only_a_further_one_is_near_by_the_first(base):
    found = answers(base, "2x faster and half the memory")["Small"]
    assert not found.satisfies
    assert found.claims == ()
    assert "1.3x, asked for 2x" in [near["why"] for near in found.near]
    assert found.missed == ()


def test_a_level_that_is_lacked_is_told(base):
    found = answers(base, "above 30 FPS and below 5 W")
    assert found["Heater"].missed == ("no energy of 5 W or less; its best is 40 W",)
    assert answers(base, "2x faster and half the memory on an A100")["Split"].missed == (
        "no memory at least 2x better that counts: on V100, asked for A100",
    )


def test_the_note_names_the_threshold_that_nothing_meets(base):
    assert "memory at least 10x better" in base.ask("2x faster and 10x less memory").note


def test_a_further_threshold_is_dropped_or_set_by_hand(base):
    asked = "2x faster and half the memory"
    assert answers(base, asked, also=None)["Fast"].satisfies
    energy = Further("energy", 3)
    changed = answers(base, asked, also=(energy,))
    assert {name for name, a in changed.items() if a.satisfies} == {"Three"}
    alone = answers(base, asked, metric=None, min_factor=None)  # the further one is asked for without the first
    assert {name for name, a in alone.items() if a.satisfies} == {"Both", "Split", "Three", "Small"}
    with pytest.raises(ValueError, match="did you mean memory"):
        base.ask(asked, also=(Further("memry", 2),))
    with pytest.raises(ValueError, match="Further"):
        base.ask(asked, also=({"metric": "memory"},))


def test_a_question_with_one_threshold_costs_nothing_more():
    read = Understood(metric="speed", min_factor=2)
    assert Judge(read).read is read
    assert Judge(read).lacking([]) == ()
    assert Judge(Understood(min_factor=2, unit_threshold=UnitThreshold("W", max=5))).read.unit_threshold is None
