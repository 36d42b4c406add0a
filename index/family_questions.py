"""Which technique family a question means: by its names, by everyday words, by meaning; spelling mended."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from index import encoder as encoders
from index import question_encoder
from index.encoder import EncoderMissing
from index.lay_words import meanings
from index.phrases import plain, within, words
from index.question_families import by_model, weighed
from index.question_words import metrics
from index.spelling import mended
from index.technique_catalogue import Cue, Hit, cues, hits, hits_in, ids, techniques

SAID = {
    "alias": 0.9,
    "broad": 0.65,
    "method": 0.9,
    "lay": 0.9,
    "asked": 0.9,
    "strong": 0.6,
    "ambiguous": 0.4,
    "weak": 0.12,
}
NEAR, SURE = 0.42, 0.75  # cosine to a lay phrasing or description at which meaning begins to count, and counts fully
TERM = 0.7  # how far the field's words for everyday words of the question are believed
BY_MEANING = 0.7  # how far meaning is believed beside words
_OR = re.compile(r"(?:(?:models?|networks?|methods?) )?or(?: (?:large|small|big|other))?", re.I)
MEANT = 0.6  # a family with this score is taken for meant


@cache
def _vocabulary() -> frozenset[str]:
    phrases = (c.phrase for c in cues() if c.kind in ("alias", "broad", "method"))
    return frozenset(plain(w) for p in phrases for w in words(p) if len(w) > 4)


@cache
def _examples() -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Vectors of every description, lay phrasing and alias, and the place of its family."""
    texts, owners = [], []
    for place, family in enumerate(techniques()):
        for text in (family.name, family.plain, *family.lay, *family.aliases, *family.broad):
            texts.append(text)
            owners.append(place)
    return encoders.load().encode(texts), np.array(owners)


def _by_meaning(wordings: list[str]) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """By meaning alone, nothing without an encoder.

    float32 (families,): how near a wording comes to what describes a family, 0 to 1; and the first one's vector as a
    question.
    """
    nearest = np.zeros(len(ids()), dtype=np.float32)
    try:
        vectors, owners = _examples()
    except EncoderMissing:
        return nearest, None
    encoded = encoders.load().encode(list(dict.fromkeys(wordings)))
    np.maximum.at(nearest, owners, (vectors @ encoded.T).max(axis=1))
    return np.clip((nearest - NEAR) / (SURE - NEAR), 0, 1), question_encoder.load().encode(wordings[:1])[0]


def _covers(longer: Hit, hit: Hit) -> bool:
    """Whether a cue is part of a longer one; what names a family in questions still does within one that says less."""
    less = longer.cue.family == hit.cue.family and SAID[longer.cue.kind] < SAID[hit.cue.kind]
    return within(hit, longer) and not (less and hit.cue.kind == "asked")


def _by_words(found: list[Hit]) -> dict[int, float]:
    """The score that the cues give to each family: a longer cue covers the shorter ones within it."""
    kept = [h for h in found if not any(_covers(o, h) for o in found)]
    said: dict[int, float] = defaultdict(float)
    for place in {h.cue.family for h in kept}:
        kinds = {(h.start, h.cue.kind) for h in kept if h.cue.family == place}
        doubt = 1.0
        for _, kind in kinds:
            doubt *= 1 - SAID[kind]
        said[place] = 1 - doubt
    return said


def _in_question(found: list[Hit], tokens: Sequence[str]) -> list[Hit]:
    """The cues as they count in a question.

    One that only measures ("real time", although perception is known for it) adds to its family and does not say it;
    one whose gap runs from one alternative to the other is none: "diffusion or language models".
    """
    kept = [h for h in found if not _alternatives(h, tokens)]
    return [replace(h, cue=replace(h.cue, kind="weak")) if h.cue in _measures() else h for h in kept]


@cache
def _measures() -> frozenset[Cue]:
    """Broad cues that are words of measuring."""
    broad = (c for c in cues() if c.kind == "broad")
    return frozenset(c for c in broad if any(not s.rank and s.words == c.phrase for s in metrics(c.phrase)))


def _alternatives(hit: Hit, tokens: Sequence[str]) -> bool:
    first, gap, last = (part.strip() for part in hit.cue.phrase.partition("~"))
    if not gap or "~" in last:
        return False
    between = tokens[hit.start + len(first.split()) : hit.end - len(last.split())]
    return _OR.fullmatch(" ".join(between)) is not None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each family in a question: float32 (families,) each, 0 to 1."""

    said: NDArray[np.float32]  # its names and everyday words
    near: NDArray[np.float32]  # nearness in meaning to what describes it
    words: str  # the question in plain words, spelling mended
    vector: NDArray[np.float32] | None  # of these words, as a question; None without an encoder


def evidence(question: str) -> Evidence:
    """What speaks for each family in a question."""
    tokens = mended(question, _vocabulary())
    plainly = " ".join(tokens)
    by_words = _by_words(_in_question(hits(tokens, lay=True), tokens))
    terms = meanings(plainly, measures=False)
    for term in terms:
        told = [h for h in hits_in(term, lay=True) if h.cue.kind != "asked"]  # words of papers
        for place, score in _by_words(told).items():
            by_words[place] = 1 - (1 - by_words[place]) * (1 - TERM * score)
    said = np.zeros(len(ids()), np.float32)
    for place, score in by_words.items():
        said[place] = score
    near, vector = _by_meaning([plainly, " ".join([plainly, *terms])])
    return Evidence(said, near, plainly, vector)


@lru_cache(maxsize=256)
def _meant(question: str, everyday: bool = False) -> tuple[tuple[str, float], ...]:
    found = evidence(question)
    if everyday and found.vector is not None:
        scores = weighed(found.said, found.near, by_model(found.words, found.vector))
    else:
        scores = 1 - (1 - found.said) * (1 - BY_MEANING * found.near)
    ranked = sorted(zip(ids(), scores.tolist(), strict=True), key=lambda x: (-x[1], x[0]))
    return tuple((name, round(score, 3)) for name, score in ranked if score > 0.05)


def families_meant(question: str, *, everyday: bool = False) -> list[tuple[str, float]]:
    """Technique families that a question may mean, with a score from 0 to 1, best first.

    `everyday`: the question is about nothing but a technique, so what was learned of everyday words counts too; the
    scores are probabilities then, and what they lack to 1 is for none.

    >>> families_meant("speculatve decoding on phones")[0][0]
    'speculative-decoding'
    """
    return list(_meant(question, everyday))


def named_alike(question: str, family: str) -> set[str]:
    """Families that words of a question name just as they name this one, which is not among them.

    >>> named_alike("pruning of transformers", "structured-pruning")
    {'unstructured-pruning'}
    """
    tokens = mended(question, _vocabulary())
    naming = [h for h in _in_question(hits(tokens, lay=True), tokens) if SAID[h.cue.kind] >= SAID["alias"]]
    naming = [h for h in naming if not any(_covers(o, h) for o in naming)]
    mine = {(h.start, h.end) for h in naming if ids()[h.cue.family] == family}
    return {ids()[h.cue.family] for h in naming if (h.start, h.end) in mine} - {family}


def family_in(question: str) -> str | None:
    """The one family that the words of a question name or describe, or None.

    >>> family_in("what was measured on an A100?")
    """
    ranked = _meant(question)
    return ranked[0][0] if ranked and ranked[0][1] >= MEANT else None
