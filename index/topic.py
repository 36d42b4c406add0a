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
from index.domains import Domain, domains, papers_on
from index.topic_phrases import pairs, together
from index.topic_words import topic_stems
from index.words import Words, tokens

WORDS, MEANING, FAMILIES, COVERED = 0.6, 0.8, 0.6, 0.2  # weights of the signals
# Where a question is about nothing but a topic, often in words that no paper uses.
WORDS_ALONE, MEANING_ALONE, FAMILIES_ALONE = 0.2, 1.0, 1.75
COMPARED = 0.5  # for all words of the baseline that is asked for, wherever the paper has them
TERMS = 0.7  # how far the field's words for everyday words count beside the question's own
SAID = 0.85  # a family with this score is named by the question and not only near to it
LIKELY, SURE = 0.5, 0.7  # probability of a family that a question means beside what is measured: see _likely
SAID_BESIDE = 0.5  # the same for one related to the family that is named
RARE = 0.05  # a word in fewer than this share of the papers tells the topic
ENOUGH = 0.5  # share of the topic's words, weighted by how rare they are, that a paper on it has
ALL = 0.99
RELATED, LEAST = 0.7, 0.3  # how far families related to one that is meant are believed, and from which score on
LIKE_BEST, LIKE_SAID = 0.6, 0.5  # papers on a topic have this share of the best score; less where its family is said
LIKE_COVERED = 0.45  # of papers that have all its words
LIKE_BARE = 0.7  # where of figures only a metric is asked for, so that the topic tells more
PHRASES, PHRASES_ALONE, LOOKED_AT = 0.4, 0.6, 50  # for all phrases of the question, looked for in so many papers


@dataclass(frozen=True, slots=True)
class Topic:
    """`relevance`: float64 (papers,), 0 or more. `about`: papers on the topic; None when the question names none.

    What made the relevance, each float64 (papers,): `words` and `meaning` scaled to 0..1, `likeness` the cosine itself
    (both 0 without vectors), `families` and `covered` as `of_families` and `coverage` tell, `phrases` the share of the
    question's phrases. `concepts` are those of the question.
    """

    relevance: NDArray[np.float64]
    about: Mask | None
    words: NDArray[np.float64]
    meaning: NDArray[np.float64]
    likeness: NDArray[np.float64]
    families: NDArray[np.float64]
    covered: NDArray[np.float64]
    phrases: NDArray[np.float64]
    concepts: tuple["Concept", ...]


def scaled(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Stretched to 0..1. Adding normalised scores keeps how far papers lie apart, which adding ranks throws away."""
    low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 0.0)
    return (scores.astype(np.float64) - low) / (high - low) if high > low else np.zeros(len(scores))


@dataclass(frozen=True, slots=True)
class Concept:
    """A word of the question that tells its topic, or the field of application that some of them name."""

    papers: NDArray[np.int32]  # numbers of the papers on it, in order and each once
    domain: bool = False

    def mask(self, papers: int) -> Mask:
        """The papers on it as bool (papers,)."""
        found = np.zeros(papers, np.bool_)
        found[self.papers] = True
        return found


def _concepts(stems: Sequence[str], named: Sequence[Domain], words: Words, papers: int) -> list[Concept]:
    """A field of application stands for the words that name it: papers may call it otherwise."""
    taken = frozenset[str]().union(*(domain.stems for domain in named))
    rest = [Concept(words.papers_with(stem)) for stem in stems if stem not in taken]
    return [*(Concept(papers_on(domain, words, papers), domain=True) for domain in named), *rest]


def coverage(concepts: Sequence[Concept], papers: int) -> NDArray[np.float64]:
    """float64 (papers,): the share of the concepts that each paper has, rare ones weighing more."""
    total, found = 0.0, np.zeros(papers)
    for concept in concepts:
        weight = rarity(len(concept.papers), papers)
        total += weight
        found[concept.papers] += weight
    return found / total if total else found


def rarity(having: int, papers: int) -> float:
    """The inverse document frequency of what so many of the papers have."""
    return float(np.log((papers + 1) / (having + 0.5)))


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


def _related(family: str) -> set[str]:
    """The families that do the same work for the same use as this one."""
    return {other for group in lexicon.table()["related"]["families"] if family in group for other in group}


def _likely(read: Understood, meant: Sequence[tuple[str, float]], concepts: Sequence[Concept]) -> str | None:
    """The family that a question without a figure most likely means in everyday words, beside what is measured.

    Where nothing but words of measuring tell of it, it must be surer.
    """
    if compares(read) or not meant or not asks_of_claims(read) or (not concepts and (read.hardware or read.text)):
        return None
    family, score = meant[0]
    return family if score >= (LIKELY if concepts else SURE) else None


def _on_domains(papers: Mask, concepts: Sequence[Concept]) -> Mask:
    """Those of the papers that are on the fields of application of the question, where any are."""
    for concept in concepts:
        if concept.domain and (both := papers & concept.mask(len(papers))).any():
            papers = both
    return papers


def _families_asked(read: Understood, meant: Sequence[tuple[str, float]]) -> set[str]:
    """The families that a question with a named one asks for, those of the same work included; none without one.

    One that only its words of hardware tell is not asked for: "quantization on phones".
    """
    if not read.family:
        return set()
    from index.family_questions import families_meant, named_alike

    said = {family for family, score in meant if score >= SAID}
    if said and read.hardware and read.text:
        by_text = dict(families_meant(read.text))
        said = {family for family in said if by_text.get(family, 0.0) >= SAID_BESIDE}
    near = _related(read.family)
    said |= named_alike(read.text, read.family)
    return said | {read.family, *(family for family, score in meant if family in near and score >= SAID_BESIDE)}


def _about(
    read: Understood,
    meant: Sequence[tuple[str, float]],
    concepts: Sequence[Concept],
    covered: NDArray[np.float64],
    columns: Columns,
) -> Mask | None:
    if not read.family and (family := _likely(read, meant, concepts)):
        return _on_domains(columns.family_scores(family) > 0, concepts)
    said = _families_asked(read, meant)
    if said:
        member = np.zeros(columns.papers, np.bool_)
        for family in said:
            papers, scores = columns.family_members(family)
            member[papers[scores > 0]] = True
        return _on_domains(member | (covered >= ALL) if len(concepts) > 1 else member, concepts)
    if not concepts or read.baseline or not asks_of_claims(read):
        return None
    rare = [c for c in concepts if c.domain or 0 < len(c.papers) < max(RARE * columns.papers, 2)]
    if rare:
        on_it: Mask = coverage(rare, columns.papers) >= ENOUGH
        return on_it
    if sum(not len(c.papers) for c in concepts) > 1:  # a topic that these papers do not know; one odd word is none
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
    of_words, of_meaning, weight, of_phrases = WORDS_ALONE, MEANING_ALONE, FAMILIES_ALONE, PHRASES_ALONE
    if asks_of_claims(read):
        of_words, of_meaning, weight, of_phrases = WORDS, MEANING, FAMILIES, PHRASES
    by_words = words.scores(question)
    if terms:
        by_words = by_words + TERMS * words.scores(" ".join(terms))
    scaled_words, none = scaled(by_words), np.zeros(columns.papers)
    scaled_meaning = none if meaning is None else scaled(meaning)
    families = of_families(with_related(meant), columns)
    relevance = (of_words if meaning is not None else 1.0) * scaled_words + of_meaning * scaled_meaning
    relevance += weight * families
    stems = topic_stems(read.text)
    named = domains(question)
    concepts = _concepts(stems, named, words, columns.papers)
    covered = coverage(concepts, columns.papers)
    about = _about(read, meant, concepts, covered, columns)
    if concepts and not read.baseline:
        relevance += COVERED * covered
    if read.baseline:
        relevance += COMPARED * coverage(_concepts(tokens(read.baseline), (), words, columns.papers), columns.papers)
    phrases = none if texts is None or not stems else _phrases(relevance, read.text, words, texts)
    relevance += of_phrases * phrases
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
        if not any(score >= SAID for _, score in meant):  # a family that is only likely says less than a named field
            about = _on_domains(about, concepts)
        if concepts and not any(score >= LEAST for _, score in meant):  # only its words tell the topic
            about &= bool(covered.max(initial=0.0) >= ENOUGH)  # else no paper has even half of them
    likeness = none if meaning is None else meaning.astype(np.float64)
    return Topic(relevance, about, scaled_words, scaled_meaning, likeness, families, covered, phrases, tuple(concepts))


def _phrases(
    relevance: NDArray[np.float64], text: str, words: Words, texts: Callable[[Sequence[int]], Sequence[str]]
) -> NDArray[np.float64]:
    """float64 (papers,): what the first papers have of the question's phrases, the rarer ones weighing more."""
    papers, found = len(relevance), np.zeros(len(relevance))
    rare = lambda stem: rarity(len(words.papers_with(stem)), papers)  # noqa: E731
    weights = {pair: rare(pair[0]) + rare(pair[1]) for pair in pairs(text)}
    if weights and papers:
        first = np.argpartition(-relevance, min(LOOKED_AT, papers) - 1)[:LOOKED_AT]
        have = {stem: words.having(stem, first) for pair in weights for stem in pair}
        likely = first[np.logical_or.reduce([have[one] & have[other] for one, other in weights])]
        found[likely] = together(weights, texts(likely.tolist()))  # no phrase without both of its words
    return found


def bare(read: Understood) -> bool:
    """Whether a metric is all that is asked of claims."""
    return bool(read.metric) and not (read.hardware or compares(read))


def asks_of_claims(read: Understood) -> bool:
    """Whether a question asks for anything that single claims tell."""
    return bool(read.metric or read.hardware or compares(read))


def compares(read: Understood) -> bool:
    """Whether a question asks for a figure, or for one against a baseline."""
    return read.min_factor is not None or read.unit_threshold is not None or bool(read.also or read.baseline)
