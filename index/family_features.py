"""What tells whether a paper belongs to a technique family, as numbers: one row a family of the catalogue."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.phrases import words
from index.technique_catalogue import Cue, hits, ids, technique

NAMES = (
    "strong in title",
    "more strong in title",
    "weak in title",
    "strong in abstract",
    "strong, all",
    "alias",
    "alias in title",
    "method in title",
    "method in abstract",
    "weak in abstract",
    "strong in own sentence",
    "share of own sentences",
    "strong in first two sentences",
    "strong in last two sentences",
    "share among families",
    "most of all families",
    "most of title",
    "families in title",
    "parent or child in title",
    "title, single family",
    "title phrase",
    "title phrase beside savings",
    "vector",
    "vector rank",
    "vector and strong",
    "vector and title",
)
CUES = NAMES.index("vector")  # the features before it come from the words alone
PRESENT = (  # of these features, whether they are there at all, for every family: the families of a paper go together
    "strong, all",
    "strong in title",
    "strong in own sentence",
    "weak in abstract",
    "weak in title",
)
_PRESENT = [NAMES.index(name) for name in PRESENT]
_OWN = re.compile(r"(?i)^(we|our|ours|this|propos\w*|introduc\w*|present\w*|develop\w*|design\w*|novel|new)$")
_OWN_SENTENCE = re.compile(
    r"(?i)\b(we|our|ours|this (paper|work|study|article)|propos\w*|introduc\w*|present\w*|develop\w*|novel)\b"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\\$*])")
_SAVING = re.compile(
    r"(?i)^(efficien\w*|cost\w*|latency|fast\w*|speed\w*|accelerat\w*|compress\w*|energy|lightweight)$"
)
_STRONG = ("alias", "method", "ambiguous", "strong")


@lru_cache(maxsize=100_000)
def _is_own(token: str) -> bool:
    return _OWN.match(token) is not None


def _relatives() -> list[tuple[int, ...]]:
    places = {t: i for i, t in enumerate(ids())}
    related: list[set[int]] = [set() for _ in ids()]
    for child, name in enumerate(ids()):
        parent = technique(name).parent
        if parent:
            related[child].add(places[parent])
            related[places[parent]].add(child)
    return [tuple(r) for r in related]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the cues of the catalogue say of a paper.

    `rows` float32 (families, len(NAMES)), the vector features zero; `cues`: each cue in title (True) or abstract, and
    how much it is there: 1 for once, growing with the logarithm of its number.
    """

    rows: NDArray[np.float32]
    cues: dict[tuple[Cue, bool], float]


def own_and_rest(abstract: str) -> tuple[str, str]:
    """The sentences in which a paper speaks of itself, and the others; together they are the abstract.

    >>> own_and_rest("Models are large. We prune them. They shrink.")
    ('We prune them.', 'Models are large. They shrink.')
    """
    sentences = _SENTENCE_END.split(" ".join(abstract.split()))
    own = [bool(_OWN_SENTENCE.search(s)) for s in sentences]
    return (
        " ".join(s for s, is_own in zip(sentences, own, strict=True) if is_own),
        " ".join(s for s, is_own in zip(sentences, own, strict=True) if not is_own),
    )


def presence(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (len(PRESENT) * families,): 1 where a feature of a family is there, for any family to weigh."""
    return (rows[:, _PRESENT] > 0).T.astype(np.float32).ravel()


def read_words(title: str, abstract: str) -> Reading:
    """What the cues say of a paper."""
    head, body = words(title), words(abstract)
    tokens = [*head, ".", *body]
    sentence, sentences, own = [], 0, set()
    for token in tokens:
        sentence.append(sentences)
        if token == ".":
            sentences += 1
        elif sentences and _is_own(token):
            own.add(sentences)
    out = np.zeros((len(ids()), len(NAMES)), dtype=np.float32)
    by_family = defaultdict(list)
    every = hits(tokens)
    title_words = len(head)
    counts: Counter[tuple[Cue, bool]] = Counter()
    for hit in every:
        if hit.cue.kind != "title":
            by_family[hit.cue.family].append(hit)
            counts[hit.cue, hit.start < title_words] += 1
    strong_count, title_count = np.zeros(len(ids())), np.zeros(len(ids()))
    for family, found in by_family.items():
        strong = [h for h in found if h.cue.kind in _STRONG]
        weak = [h for h in found if h.cue.kind in ("weak", "broad")]
        starts = {h.start for h in strong}
        in_title = {s for s in starts if s < title_words}
        in_body = starts - in_title
        phrases = {h.cue.phrase for h in strong if h.start >= title_words}
        places = {sentence[s] for s in in_body}
        own_places = places & own
        row = out[family]
        row[0] = bool(in_title)
        row[1] = min(len(in_title), 4) / 2
        row[2] = min(len({h.start for h in weak if h.start < title_words}), 3)
        row[3] = np.log1p(len(phrases))
        row[4] = np.log1p(len(in_body))
        row[5] = any(h.cue.kind == "alias" for h in found)
        row[6] = any(h.cue.kind == "alias" and h.start < title_words for h in found)
        row[7] = any(h.cue.kind in ("method", "ambiguous") and h.start < title_words for h in found)
        row[8] = np.log1p(len({h.start for h in found if h.cue.kind in ("method", "ambiguous")}))
        row[9] = np.log1p(len({h.start for h in weak}))
        row[10] = bool(own_places)
        row[11] = len(own_places) / max(len(own), 1)
        row[12] = bool(places & {1, 2})
        row[13] = bool(places & {sentences, sentences - 1})
        strong_count[family] = len(in_body) + 2 * len(in_title)
        title_count[family] = len(in_title)
    for family in {h.cue.family for h in every if h.cue.kind == "title" and h.start < title_words}:
        others = np.delete(strong_count, family) > 0
        titled = np.delete(title_count, family) > 0
        out[family, 20] = others.any()
        out[family, 21] = titled.any() or any(_SAVING.match(t) for t in head)
    if strong_count.sum():
        out[:, 14] = strong_count / strong_count.sum()
        out[:, 15] = strong_count >= strong_count.max()
    if title_count.sum():
        out[:, 16] = title_count >= title_count.max()
        out[:, 17] = (title_count > 0).sum() * (title_count > 0) / 4
        out[:, 18] = [bool(sum(title_count[list(r)])) for r in _RELATIVES]
        out[:, 19] = (title_count > 0) * ((title_count > 0).sum() == 1)
    return Reading(rows=out, cues={cue: 1 + 0.5 * float(np.log(n)) for cue, n in counts.items()})


_RELATIVES = _relatives()


def with_vector(rows: NDArray[np.float32], logits: NDArray[np.floating]) -> NDArray[np.float32]:
    """The same rows with what the meaning says: `logits` (families,) of the classifier over vectors."""
    rows = rows.copy()
    rank = np.argsort(np.argsort(-logits))
    rows[:, CUES] = logits
    rows[:, CUES + 1] = 1 / (1 + rank)
    rows[:, CUES + 2] = logits * (rows[:, 4] > 0)
    rows[:, CUES + 3] = logits * rows[:, 0]
    return rows
