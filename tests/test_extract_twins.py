"""Written figures that make more than one claim: of two things measured, against several rivals."""

import pytest

from extract.features import paper_features
from extract.figures import Figure, candidates, sentences_of
from extract.plain import plain
from extract.reader import claims
from extract.twins import rival_name


def figures(text: str, value: float) -> list[Figure]:
    found = [f for s in sentences_of(plain(text)) for f in candidates(s, paper_features(text))]
    return [f for f in found if f.quantity.value == value]


@pytest.mark.parametrize(
    ("text", "value", "metrics"),
    [
        ("It reduces both token usage and inference time by 45%.", 45, {"tokens", "speed"}),
        ("The pruner gives a 35% parameter and FLOPs reduction.", 35, {"parameters", "compute"}),
        ("We see a reduction in both memory use and latency by over 21%.", 21, {"memory", "speed"}),
        ("It needs 6x fewer computational costs and energy than before.", 6, {"compute", "energy"}),
        ("Latency and memory use are reduced by 30%.", 30, {"speed", "memory"}),
    ],
)
def test_a_figure_of_two_measures_is_two_candidates(text, value, metrics):
    found = figures(text, value)
    assert [f.twin for f in found] == [0, 1]
    assert {f.metric for f in found} == {f.settled for f in found} == metrics


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It cuts latency and memory by 2x and 3x, respectively.", 2),
        ("It gives a speedup and memory reduction of 3x.", 3),
        ("It runs at 2x faster speed and the energy use is reduced by 1.5x.", 2),
        ("It has 2x higher throughput and preserves image quality.", 2),
        ("It improves accuracy and F1 by 3%.", 3),
        ("It saves 40% memory while latency and cost stay.", 40),
        ("It reduces latency by 30% and memory by 20%.", 30),
        ("It reduces time-to-first-token and token latency by 80%.", 80),
    ],
)
def test_a_figure_of_one_measure_is_one_candidate(text, value):
    assert [f.twin for f in figures(text, value)] == [0]


@pytest.mark.parametrize(
    ("text", "value", "rivals", "names"),
    [
        (
            "It has an F1 of 96%, outperforming Alpha (91%), Beta (83%), and Gamma-4 (79%).",
            96,
            [91, 83, 79],
            ["beta", "gamma - 4"],
        ),
        ("It finds 82% of the bugs compared to 74% for Alpha and 54% for plain Beta.", 82, [74, 54], ["plain beta"]),
        ("It reaches 0.64 mIoU, beating Alpha (0.24) and Beta (0.35).", 0.64, [0.24, 0.35], ["beta"]),
        (
            "It has 93% recall, beating the 27M-parameter Alpha (55%) and 5M-parameter Beta (87%).",
            93,
            [55, 87],
            ["beta"],
        ),
        # pairs in order, rival after rival
        ("It has 61% recall and 62% F1, beating Alpha (43%, 46%) and Beta (36%, 47%).", 61, [43, 36], ["beta"]),
        ("It has 61% recall and 62% F1, beating Alpha (43%, 46%) and Beta (36%, 47%).", 62, [46, 47], ["beta"]),
    ],
)
def test_a_level_is_held_against_each_rival(text, value, rivals, names):
    found = figures(text, value)
    assert [f.quantity.from_value for f in found] == rivals
    spans = [rival_name(f.sentence, f.rival) for f in found if f.rival is not None]
    assert [" ".join(f.sentence.lows[a:b]) for f, (a, b) in zip(found[1:], spans, strict=True)] == names


def test_a_test_of_significance_is_no_rival():
    (found,) = figures("It has an F1 of 96%, outperforming Alpha (91%, p < 0.05).", 96)
    assert found.quantity.from_value == 91


def test_a_twins_id_leaves_other_ids_as_they_are():
    tail = "On the last set it cuts the cost by 45%."
    one = claims("", f"Our net reduces token usage by 45%. {tail}", key="k")
    two = claims("", f"Our net reduces token usage and inference time by 45%. {tail}", key="k")
    assert [c.metric for c in two] == ["tokens", "speed", "cost"]
    assert len({c.claim_id for c in two}) == 3
    assert {c.claim_id for c in one} < {c.claim_id for c in two}
