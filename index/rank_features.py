"""What the learned order of papers looks at: how near a paper is to a question's topic, and how much of it it meets.

A row a paper, a column a signal (`SIGNALS`), all of them between 0 and about 2. `kinds` tells what sort of question it
is: the same signal may count more where hardware is asked for.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.answer import Understood
from index.columns import Columns
from index.conditions import Conditions
from index.topic import Concept, Topic, rarity
from index.words import Words, tokens

SIGNALS = (
    "words",  # BM25, scaled
    "meaning",  # cosine, scaled
    "likeness",  # cosine
    "families",  # that the question may mean, related ones included
    "family",  # the one that it names
    "covered",  # share of the topic's words and fields of application
    "field",  # on a field of application that it names
    "rest",  # share of its other topic words
    "phrases",  # share of its phrases that stand in the text
    "about",  # on its topic, as judged by `topic`
    "relevance",  # of `topic`, as a share of the best paper's
    "whole",  # meets what is asked of the paper as a whole, thresholds behind the first included
    "carries",  # has a claim that meets all but the hardware
    "nearness",  # of its claims
    "stated",  # has such a claim that names the hardware itself
    "named",  # names the hardware somewhere
    "silent",  # names no hardware at all
    "compared",  # share of the baseline's words
    "sure",  # confidence of its surest claim that meets everything
    "strong",  # its largest factor, by logarithm
    "near",  # satisfies, or is a near miss
    "chosen",  # the simple score by which it was chosen to be looked at
    "place",  # its place by group and that score, discounted as in nDCG
)
KINDS = ("family", "field", "rest", "figure", "hardware", "baseline")

Floats = NDArray[np.float64]


def kinds(read: Understood, topic: Topic) -> Floats:
    """float64 (len(KINDS),): 1 for each sort that the question is of."""
    fields = [c.domain for c in topic.concepts]
    said = (
        bool(read.family),
        any(fields),
        not all(fields),
        read.min_factor is not None or read.unit_threshold is not None or bool(read.also),
        bool(read.hardware),
        bool(read.baseline),
    )
    return np.array(said, np.float64)


def signals(
    read: Understood,
    topic: Topic,
    asked: Conditions,
    columns: Columns,
    words: Words,
    *,
    near: NDArray[np.bool_],
    chosen: Floats,
    papers: NDArray[np.int64],
) -> Floats:
    """float64 (papers, len(SIGNALS)): of these papers, given by number in the order in which they were chosen, by the
    scores `chosen` of all papers. `near`: those that satisfy or nearly do. For questions that ask anything of claims.
    """
    rows, owner = columns.claims_of(papers)
    carrying = asked.carrying[rows]
    full = carrying & asked.on_wanted[rows]

    def largest(values: Floats, of: NDArray[np.bool_]) -> Floats:
        """The largest value over each paper's claims of the mask, 0 where it has none."""
        most = np.zeros(len(papers))
        np.maximum.at(most, owner[of], np.nan_to_num(values[rows[of]]))
        return most

    def some(of: NDArray[np.bool_]) -> Floats:
        return (np.bincount(owner[of], minlength=len(papers)) > 0).astype(np.float64)

    whole = [mask for name, mask in asked.parts.items() if name not in ("topic", "family")]
    whole += [asked.complete] if asked.further else []
    fields = [c for c in topic.concepts if c.domain]
    others = [c for c in topic.concepts if not c.domain]
    compared = [Concept(words.papers_with(stem)) for stem in dict.fromkeys(tokens(read.baseline or ""))]
    nought = np.zeros(len(papers))
    found = {
        "words": topic.words[papers],
        "meaning": topic.meaning[papers],
        "likeness": topic.likeness[papers],
        "families": topic.families[papers],
        "family": columns.family_scores(read.family)[papers] if read.family else nought,
        "covered": topic.covered[papers],
        "field": (shares(fields, papers, columns.papers) > 0) * 1.0,
        "rest": shares(others, papers, columns.papers),
        "phrases": topic.phrases[papers],
        "about": topic.about[papers] * 1.0 if topic.about is not None else nought + 1,
        "relevance": topic.relevance[papers] / max(float(topic.relevance.max(initial=0.0)), 1e-6),
        "whole": np.logical_and.reduce([nought == 0, *(mask[papers] for mask in whole)]) * 1.0,
        "carries": some(carrying),
        "nearness": asked.nearness[papers],
        "stated": some(carrying & asked.stated[rows]),
        "named": asked.named[papers] * 1.0,
        "silent": asked.unstated[papers] * 1.0,
        "compared": shares(compared, papers, columns.papers),
        "sure": largest(columns.confidence, full),
        "strong": np.clip(np.log(np.maximum(largest(columns.factor, full), 1)) / np.log(1000), 0, 1),
        "near": near[papers] * 1.0,
        "chosen": chosen[papers],
        "place": 1 / np.log2(np.arange(len(papers)) + 2),
    }
    return np.stack([np.nan_to_num(found[name]) for name in SIGNALS], axis=1)


def shares(concepts: Sequence[Concept], papers: NDArray[np.int64], count: int) -> Floats:
    """float64 (papers,): `coverage` of these papers, given by number, of so many in all."""
    if not concepts:
        return np.zeros(len(papers))
    weights = np.array([rarity(len(c.papers), count) for c in concepts])
    have = np.stack([among(papers, c.papers) for c in concepts])
    total = float(weights.sum())
    return weights @ have / total if total else np.zeros(len(papers))


def among(papers: NDArray[np.int64], numbers: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of the papers are among these numbers, which rise."""
    if not len(numbers):
        return np.zeros(len(papers), np.bool_)
    places = np.minimum(np.searchsorted(numbers, papers), len(numbers) - 1)
    found: NDArray[np.bool_] = numbers[places] == papers
    return found
