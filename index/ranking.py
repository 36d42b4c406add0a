"""Papers in the order of an answer: those that satisfy every condition, near misses, then those that name no hardware.

Within a group the papers lead whose title or abstract says it, before those of which only the full text does. A simple
sum of the topic's nearness and of how sure, strong or close its figures are chooses the papers that are looked at;
their order is learned (`rank_model`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.answer import Understood
from index.columns import Columns, Mask
from index.conditions import Conditions, best_factors, conditions, wanted_hardware
from index.misses import Judge, missed, note
from index.rank_features import SIGNALS, kinds, signals
from index.rank_model import RankModel, load
from index.topic import Topic
from index.words import Words

__all__ = [
    "LEFT_OUT",
    "NEAR",
    "OTHER",
    "SATISFIES",
    "UNSTATED",
    "Conditions",
    "Judge",
    "Ranked",
    "conditions",
    "groups",
    "missed",
    "note",
    "ranked",
    "wanted_hardware",
]

SATISFIES, NEAR, UNSTATED, OTHER, LEFT_OUT = 3, 2, 1, 0, -1
NEARLY = 0.3  # papers that come this near are near misses
# What figures add to a topic's score of about 0 to 2; for coming near, less where the question has a topic.
STRENGTH, CONFIDENCE, STATED = 0.1, 0.3, 0.2
CLOSE, CLOSE_ON_TOPIC = 1.0, 0.2
RERANKED = 200  # so many of the first papers are ordered by what is learned (`rank_model`)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper with its place in the answer."""

    paper_no: int
    group: int  # SATISFIES, NEAR, UNSTATED or OTHER, never LEFT_OUT
    score: float


def groups(read: Understood, asked: Conditions, columns: Columns) -> NDArray[np.int8]:
    """int8 (papers,): the group of each paper."""
    if asked.on_claims:
        satisfying = columns.papers_of(asked.carrying & asked.on_wanted) & asked.papers
        near = ((asked.nearness >= NEARLY) | asked.topical) & asked.papers
        if asked.further:  # a paper that meets the first of several thresholds is near
            near |= satisfying
            satisfying = satisfying & asked.complete
        unstated = asked.unstated & asked.papers
        if unstated.any():
            unstated &= columns.papers_of(asked.carrying) & asked.complete
    else:
        satisfying, near, unstated = asked.papers, np.zeros_like(asked.papers), asked.papers & asked.unstated
    group = np.full(columns.papers, OTHER, np.int8)
    group[near] = NEAR
    group[unstated] = UNSTATED
    group[satisfying] = SATISFIES
    group[asked.left_out] = LEFT_OUT
    return group


@dataclass(frozen=True, slots=True)
class Likely:
    """The papers that are worth showing, and what their order is learned from.

    `places` are their numbers by group and simple score; `signals` and `kinds` as in `rank_features`, of the first of
    them: of none where a question asks nothing of claims, for it is about a topic alone and its order is the topic's.
    """

    places: NDArray[np.int64]
    score: NDArray[np.float64]  # float64 (papers,), by which they were chosen
    group: NDArray[np.int8]  # int8 (papers,)
    front: Mask  # see `up_front`
    signals: NDArray[np.float64]
    kinds: NDArray[np.float64]


def ranked(
    read: Understood,
    asked: Conditions,
    columns: Columns,
    topic: Topic,
    words: Words,
    *,
    top: int,
    apart: bool = False,
) -> list[Ranked]:
    """The first `top` papers.

    Papers that name no hardware come behind the near misses, and behind others only when these score better; with
    `apart` every group stands by itself.
    """
    return ordered(likely(read, asked, columns, topic, words, top=top), load(), top=top, apart=apart)


def likely(
    read: Understood, asked: Conditions, columns: Columns, topic: Topic, words: Words, *, top: int = 0
) -> Likely:
    """The papers worth showing, at least `RERANKED` or `top` of them where there are as many."""
    top = max(top, RERANKED)
    group = groups(read, asked, columns)
    front = up_front(asked, columns, group)
    bucket: NDArray[np.integer] = np.add(2 * group, front, dtype=np.int8)
    more = int(np.count_nonzero(group == SATISFIES)) < top  # else no near miss is shown, and none is looked at
    score = topic.relevance + _figures(read, asked, columns, group, near=more)
    order = first(bucket, score, top)
    places = order[(group[order] > OTHER) | ((group[order] == OTHER) & (score[order] > 0))]
    found = np.zeros((0, len(SIGNALS)))
    if asked.on_claims:
        looked_at = places[:RERANKED]
        found = signals(read, topic, asked, columns, words, near=group >= NEAR, chosen=score, papers=looked_at)
    return Likely(places, score, group, front, found, kinds(read, topic))


def ordered(found: Likely, model: RankModel, *, top: int, apart: bool = False) -> list[Ranked]:
    """The first `top` of the likely papers in the order that a model gives them; see `ranked`."""
    looked_at, behind = found.places[: len(found.signals)], found.places[len(found.signals) : top]
    learned = model.scores(found.signals, found.kinds)
    lead = _leads(found.group[looked_at], learned, apart=apart)
    order = np.lexsort((-learned, -(2 * lead + found.front[looked_at])))
    scores = np.concatenate([learned[order], found.score[behind] + _step(learned, found.score[behind])])
    numbers = np.concatenate([looked_at[order], behind])
    return [Ranked(int(n), int(found.group[n]), float(s)) for n, s in zip(numbers[:top], scores[:top], strict=True)]


def _leads(group: NDArray[np.int8], learned: NDArray[np.float64], *, apart: bool) -> NDArray[np.int8]:
    """int8 (papers,): the group of each paper, of others that of near misses where they score better than all papers
    that name no hardware."""
    if apart:
        return group
    least = learned[group == UNSTATED].max(initial=-np.inf)
    return np.where((group == OTHER) & (learned >= least), NEAR, group).astype(np.int8)


def _step(learned: NDArray[np.float64], behind: NDArray[np.float64]) -> float:
    """What puts scores of papers that were not ordered by what is learned below those of the others."""
    return float(learned.min() - behind.max()) if len(learned) and len(behind) else 0.0


def first(bucket: NDArray[np.integer], score: NDArray[np.float64], top: int) -> NDArray[np.int64]:
    """The first `top` places by bucket (the largest first), then score (the best first), then place.

    What `np.lexsort` gives without sorting all: of each bucket, only those no worse than the last one wanted.
    """
    found: list[NDArray[np.int64]] = []
    for number in range(int(bucket.max(initial=-1)), int(bucket.min(initial=0)) - 1, -1):
        if top <= 0:
            break
        places = np.flatnonzero(bucket == number)
        worse = -score[places]
        if len(places) > top:
            likely = np.flatnonzero(~(worse > np.partition(worse, top - 1)[top - 1]))
            places, worse = places[likely], worse[likely]
        found.append(places[np.argsort(worse, kind="stable")[:top]])
        top -= len(found[-1])
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def up_front(asked: Conditions, columns: Columns, group: NDArray[np.int8]) -> Mask:
    """Papers that are in their group by what title and abstract say, and not only by their full text."""
    found = np.ones(columns.papers, np.bool_)
    if not asked.on_claims or columns.front_only():
        return found
    front = columns.front & asked.carrying
    for number, claims in ((SATISFIES, front & asked.on_wanted), (UNSTATED, front)):
        if (members := group == number).any():
            found[members] = columns.papers_of(claims)[members]
            for further in asked.further:
                found[members] &= columns.papers_of(columns.front & further)[members]
    found[group == NEAR] = ((asked.near_in_front >= NEARLY) | (asked.nearness < NEARLY))[group == NEAR]
    return found


def _figures(
    read: Understood, asked: Conditions, columns: Columns, group: NDArray[np.int8], *, near: bool
) -> NDArray[np.float64]:
    """float64 (papers,): what a paper's figures add to its score; only of those that satisfy unless `near` is set."""
    if not asked.on_claims:
        return np.zeros(columns.papers)
    full = asked.carrying & asked.on_wanted
    added = STRENGTH * np.clip(_logarithms(best_factors(columns, full)) / np.log(1000), 0, 1)
    added += CONFIDENCE * _surest(columns, full)
    if read.hardware:
        added += STATED * columns.papers_of(asked.carrying & asked.stated)
    if near:
        closest = (CLOSE_ON_TOPIC if asked.topical or read.text else CLOSE) * asked.nearness
        added += np.where(group == SATISFIES, 0, closest)
    result: NDArray[np.float64] = added
    return result


def _logarithms(factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithms of factors, most of them 1, whose logarithm is known."""
    found = np.zeros(len(factors))
    rows = np.flatnonzero(factors != 1)
    found[rows] = np.log(factors[rows])
    return found


def _surest(columns: Columns, claims: Mask) -> NDArray[np.float64]:
    """float64 (papers,): the confidence of each paper's surest claim of the mask."""
    return columns.largest(columns.confidence, claims, least=0.0)
