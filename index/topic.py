"""What a question is about, apart from figures and hardware: how near each paper is to it, and which papers are on it.

Three signals are added, each from 0 to 1: words (BM25), meaning (cosine), and technique families. The rare words and
the families that a question names tell its topic; a paper without them is off it, however good its figures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import question_words as lexicon
from index.answer import Understood
from index.columns import Columns, Mask
from index.topic_phrases import pairs, together
from index.topic_words import topic_stems
from index.words import Words, tokens

WORDS, MEANING, FAMILIES, COVERED = 0.6, 0.4, 0.6, 0.2  # weights of the signals
FAMILIES_ALONE = 1.6  # where a question is about nothing but a topic
COMPARED = 0.5  # for all words of the baseline that is asked for, wherever the paper has them
TERMS = 0.7  # how far the field's words for everyday words count beside the question's own
SAID = 0.85  # a family with this score is named by the question and not only near to it
RARE = 0.05  # a word in fewer than this share of the papers tells the topic
ENOUGH = 0.5  # share of the topic's words, weighted by how rare they are, that a paper on it has
ALL = 0.99
RELATED, LEAST = 0.7, 0.3  # how far families related to one that is meant are believed, and from which score on
LIKE_BEST, LIKE_SAID = 0.6, 0.5  # papers on a topic have this share of the best score; less where its family is said
LIKE_COVERED = 0.45  # of papers that have all its words
LIKE_BARE = 0.7  # where of figures only a metric is asked for, so that the topic tells more
PHRASES, LOOKED_AT = 0.4, 50  # for all phrases of the question, looked for in this many of the first papers


@dataclass(frozen=True, slots=True)
class Topic:
    """`relevance`: float64 (papers,), 0 or more. `about`: papers on the topic; None when the question names none."""

    relevance: NDArray[np.float64]
    about: Mask | None


def scaled(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Stretched to 0..1. Adding normalised scores keeps how far papers lie apart, which adding ranks throws away."""
    low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 0.0)
    return (scores.astype(np.float64) - low) / (high - low) if high > low else np.zeros(len(scores))


def coverage(words: Words, stems: Sequence[str], papers: int) -> NDArray[np.float64]:
    """float64 (papers,): the share of the stems that each paper has, weighted by their inverse document frequency."""
    total, found = 0.0, np.zeros(papers)
    for stem in stems:
        has = words.papers_with(stem)
        weight = float(np.log((papers + 1) / (len(has) + 0.5)))
        total += weight
        found[has] += weight
    return found / total if total else found


def of_families(meant: Sequence[tuple[str, float]], columns: Columns) -> NDArray[np.float64]:
    """float64 (papers,): how sure each paper is of a family that the question means, times how sure the question is."""
    found = np.zeros(columns.papers)
    for family, score in meant:
        papers, scores = columns.family_members(family)
        found[papers] = np.maximum(found[papers], score * scores)
    return found


def with_related(meant: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The families that a question means, and, believed less, those that do the same work for the same use.

    >>> with_related([("few-step-diffusion", 1.0)])[1]
    ('diffusion-caching', 0.7)
    """
    found = dict(meant)
    for group in lexicon.table()["related"]["families"]:
        best = max((score for family, score in meant if family in group), default=0.0)
        for family in group:
            if RELATED * best > max(found.get(family, 0.0), LEAST):
                found[family] = RELATED * best
    return sorted(found.items(), key=lambda item: -item[1])


def _about(
    read: Understood,
    meant: Sequence[tuple[str, float]],
    words: Words,
    stems: Sequence[str],
    covered: NDArray[np.float64],
    columns: Columns,
) -> Mask | None:
    said = {family for family, score in meant if score >= SAID} if read.family else set()
    said |= {read.family} if read.family else set()
    if said:
        member = np.zeros(columns.papers, np.bool_)
        for family in said:
            papers, scores = columns.family_members(family)
            member[papers[scores > 0]] = True
        found: Mask = member | (covered >= ALL) if len(stems) > 1 else member
        return found
    if not stems or read.baseline or not asks_of_claims(read):
        return None
    counts = {stem: len(words.papers_with(stem)) for stem in stems}
    rare = [stem for stem, count in counts.items() if 0 < count < max(RARE * columns.papers, 2)]
    if rare:
        on_it: Mask = coverage(words, rare, columns.papers) >= ENOUGH
        return on_it
    if sum(count == 0 for count in counts.values()) > 1:  # a topic that these papers do not know; one odd word is none
        return np.zeros(columns.papers, np.bool_)
    return None


def topic(
    read: Understood,
    question: str,
    *,
    words: Words,
    meaning: NDArray[np.float32] | None,
    meant: Sequence[tuple[str, float]],
    terms: Sequence[str],
    columns: Columns,
    texts: Callable[[Sequence[int]], Sequence[str]] | None = None,
) -> Topic:
    """The topic of a question.

    `meaning` are the papers' cosines with it, `meant` the families that it may mean, `terms` the field's words for its
    everyday words; `texts` gives title and abstract of papers by number, without it phrases are not looked for.
    """
    by_words = words.scores(question)
    if terms:
        by_words = by_words + TERMS * words.scores(" ".join(terms))
    relevance = WORDS * scaled(by_words)
    if meaning is not None:
        relevance += MEANING * scaled(meaning)
    else:
        relevance /= WORDS
    meant = with_related(meant)
    weight = FAMILIES if asks_of_claims(read) else FAMILIES_ALONE
    relevance += weight * of_families(meant, columns)
    stems = topic_stems(read.text)
    covered = coverage(words, stems, columns.papers)
    about = _about(read, meant, words, stems, covered, columns)
    if stems and not read.baseline:
        relevance += COVERED * covered
    if read.baseline:
        relevance += COMPARED * coverage(words, tokens(read.baseline), columns.papers)
    if texts is not None and stems:
        _add_phrases(relevance, read.text, words, texts)
    if not stems and about is None and not read.baseline:
        relevance *= 0.5  # only words of measuring and asking: the figures tell more
    firm = len(stems) > 1 or bool(read.family)
    best = relevance.max(initial=0.0)
    if firm and stems and not read.baseline and asks_of_claims(read):
        share = LIKE_BARE if bare(read) else LIKE_SAID if read.family else LIKE_BEST
        like = (relevance >= share * best) | ((covered >= ALL) & (relevance >= LIKE_COVERED * best))
        about = like if about is None else about & like
    if about is None and not asks_of_claims(read) and not (read.parity or read.max_loss or read.years):
        about = relevance >= LIKE_BEST * best  # nothing but a topic: the papers nearest to it
    return Topic(relevance, about)


def _add_phrases(
    relevance: NDArray[np.float64], text: str, words: Words, texts: Callable[[Sequence[int]], Sequence[str]]
) -> None:
    """Adds to the first papers what they have of the question's phrases, the rarer ones weighing more."""
    papers = len(relevance)
    rarity = lambda stem: np.log((papers + 1) / (len(words.papers_with(stem)) + 0.5))  # noqa: E731
    weights = {pair: float(rarity(pair[0]) + rarity(pair[1])) for pair in pairs(text)}
    if weights and papers:
        first = np.argpartition(-relevance, min(LOOKED_AT, papers) - 1)[:LOOKED_AT]
        have = {stem: words.having(stem, first) for pair in weights for stem in pair}
        likely = first[np.logical_or.reduce([have[one] & have[other] for one, other in weights])]
        relevance[likely] += PHRASES * together(weights, texts(likely.tolist()))  # no phrase without both of its words


def bare(read: Understood) -> bool:
    """Whether a metric is all that is asked of claims."""
    figure = read.min_factor is not None or read.unit_threshold or read.baseline or read.hardware
    return bool(read.metric) and not figure


def asks_of_claims(read: Understood) -> bool:
    """Whether a question asks for anything that single claims tell."""
    return bool(read.metric or read.min_factor is not None or read.unit_threshold or read.baseline or read.hardware)
