"""The learned order of papers: what it looks at, that it is learned, and what it may not change."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from index import KnowledgeBase, ranking
from index.learn import ranking as learning
from index.learn.general_words import general
from index.rank_features import KINDS, SIGNALS, shares
from index.rank_model import RankModel, load
from index.topic import Concept, coverage

QUESTIONS = [
    "at least 3x faster decoding on an A100",
    "less memory on a Jetson without losing accuracy",
    "kernels that beat cuDNN",
    "below 10 W on an FPGA",
    "speedups of detectors on GPUs",
]
_SUBJECTS = ("decoding of language models", "detection of ships", "rendering of rooms", "retrieval of recipes")
_DEVICES = ("an A100 GPU", "a Jetson Nano", "an Alveo U280 FPGA", "")


@pytest.fixture(scope="module")
def base(home_of):
    texts = []
    for place, (subject, device, factor) in enumerate(itertools.product(_SUBJECTS, _DEVICES, (1.5, 4, 9))):
        on = f" on {device}" if device else ""
        text = f"We study {subject}. Our method is {factor} times faster than the dense baseline{on}."
        texts.append((f"Method {place}: Quicker {subject.title()}", text))
    with KnowledgeBase.open(home_of(texts)) as found:
        yield found


def parts(base, question):
    read = base.understood(question)
    topic = base.topic(read, question)
    asked = ranking.conditions(read, base.columns, about=topic.about)
    return read, asked, topic


@pytest.mark.parametrize("question", QUESTIONS)
def test_signals_are_small_numbers_one_row_a_paper(base, question):
    read, asked, topic = parts(base, question)
    likely = ranking.likely(read, asked, base.columns, topic, base.words)
    places, found = likely.places, likely.signals
    assert found.shape == (len(places), len(SIGNALS))
    assert len(places) > 1
    assert np.isfinite(found).all()
    assert found.min() >= -1
    assert found.max() < 6
    assert set(likely.kinds) <= {0.0, 1.0}
    assert len(likely.kinds) == len(KINDS)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("apart", [False, True])
def test_no_weight_puts_a_paper_before_those_that_satisfy_or_one_without_hardware_before_near_misses(
    base, question, apart
):
    read, asked, topic = parts(base, question)
    for sign in (1, -1):
        model = RankModel(sign * load().weights)
        found = ranking.likely(read, asked, base.columns, topic, base.words, top=48)
        order = ranking.ordered(found, model, top=48, apart=apart)
        group = [place.group for place in order]
        assert len({place.paper_no for place in order}) == len(order)
        known = [g for g in group if apart or g != ranking.OTHER]
        assert known == sorted(known, reverse=True)
        if ranking.SATISFIES in group:
            assert group.index(ranking.SATISFIES) == 0


def test_papers_that_were_not_looked_at_follow_with_lower_scores(base, monkeypatch):
    read, asked, topic = parts(base, QUESTIONS[0])
    whole = ranking.ranked(read, asked, base.columns, topic, base.words, top=30)
    monkeypatch.setattr(ranking, "RERANKED", 5)
    order = ranking.ranked(read, asked, base.columns, topic, base.words, top=30)
    assert len(order) == len(whole) == 30
    assert len({place.paper_no for place in order}) == 30
    assert min(place.score for place in order[:5]) >= max(place.score for place in order[5:])


def test_a_page_of_an_answer_is_a_part_of_a_longer_one(base):
    read, asked, topic = parts(base, QUESTIONS[4])
    first, more = (ranking.ranked(read, asked, base.columns, topic, base.words, top=top) for top in (10, 40))
    assert more[:10] == first


def test_shares_of_some_papers_are_those_of_all():
    rng = np.random.default_rng(1)
    concepts = [Concept(np.sort(rng.choice(50, size, replace=False)).astype(np.int32)) for size in (3, 10, 30)]
    papers = np.array([7, 3, 49, 0])
    assert shares(concepts, papers, 50) == pytest.approx(coverage(concepts, 50)[papers])
    assert shares([], papers, 50).tolist() == [0, 0, 0, 0]


def test_the_weights_learn_which_signal_tells(monkeypatch):
    rng = np.random.default_rng(3)

    def question(on_claims=True):
        found = rng.random((20, len(SIGNALS)))
        gains = np.where(found[:, 4] > 0.7, 3.0, 0.0)
        learned_from = found if on_claims else found[:0]
        likely = SimpleNamespace(places=np.arange(20), signals=learned_from, kinds=np.zeros(len(KINDS)))
        return learning.Asked(likely, gains, [3.0])

    many = [question() for _ in range(30)]
    model = learning.fitted(many)
    assert np.argmax(np.abs(model.weights[0])) == 4
    assert model.weights[0, 4] > 0
    assert not model.weights[1:].any()  # of kinds that no question is of nothing is learned
    again = learning.fitted([*many, question(on_claims=False)])
    assert (again.weights == model.weights).all()
    unseen = [question() for _ in range(10)]
    best = [np.argmax(model.scores(q.likely.signals, q.likely.kinds)) for q in unseen]
    assert np.mean([place in np.flatnonzero(q.gains) for place, q in zip(best, unseen, strict=True)]) > 0.9


@pytest.mark.parametrize(
    ("gains", "best", "figure"),
    [([3, 1], [3, 1], 1.0), ([0, 0], [3], 0.0), ([0, 3], [3], 1 / np.log2(3)), ([1, 3], [3, 1], 0.7967)],
)
def test_ndcg_of_gains(gains, best, figure):
    assert learning.ndcg(gains, best) == pytest.approx(figure, abs=1e-4)


def test_a_model_of_other_signals_is_refused(monkeypatch):
    monkeypatch.setattr("index.rank_model.SIGNALS", ("words",))
    load.cache_clear()
    with pytest.raises(ValueError, match="of other signals"):
        load()
    monkeypatch.undo()
    load.cache_clear()


def test_words_of_abstracts_that_no_title_has_are_general():
    told = [("Herons over Water", "We thereby watch herons over water and give results. Gannet2 is thereby seen.")] * 30
    assert general(told) == ["give", "result", "seen", "therebi", "watch"]
    assert general(told[:10]) == []  # too few to tell


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("at least 3x faster on a Jetson without losing accuracy", "quality is not said to be kept"),
        ("at least 3x faster with at most 1% accuracy lost", "no loss within the limit is told"),
        ("4x faster rendering since 2030", "not of those years"),
        ("at least 3x faster detection of ships", "not surely on this topic"),
    ],
)
def test_a_paper_whose_figures_fit_says_what_it_misses_as_a_whole(base, question, words):
    found = base.ask(question, top=48)
    assert any(words in paper.missed for paper in found.answers if not paper.satisfies)
    assert not any(paper.missed for paper in found.answers if paper.satisfies)
