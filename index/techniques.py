"""Papers to technique families. Neither torch nor spaCy; the fast encoder is used when there is one.

`families_of_many` is for builds, `families_of` for one paper. Questions are read in `index.family_questions`.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from index import encoder as encoders
from index import family_model
from index.encoder import Encoder
from index.family_questions import families_meant, family_in
from index.implementations import implementations
from index.technique_catalogue import Technique, ids, technique, techniques

__all__ = [
    "Technique",
    "families_meant",
    "families_of",
    "families_of_many",
    "family_in",
    "ids",
    "implementations",
    "paper_text",
    "technique",
    "techniques",
]

BATCH = 2_000


def paper_text(title: str, abstract: str) -> str:
    """What the fast encoder is given of a paper here; its vectors may be handed in where a build has them already."""
    return f"{title}. {abstract}"


def scores(
    papers: Sequence[tuple[str, str]], *, vectors: NDArray[np.float32] | None = None, encoder: Encoder | None = None
) -> NDArray[np.float32]:
    """float32 (papers, families): the calibrated probability of each family, in the order of `ids()`.

    `vectors` are the fast encoder's, (papers, dim), of `paper_text`; without them they are made here.
    Raises EncoderMissing when that is not possible.
    """
    used = encoder or encoders.load()
    if vectors is None:
        vectors = used.encode([paper_text(t, a) for t, a in papers])
    return family_model.predict(papers, vectors, used)


def families_of_many(
    papers: Iterable[tuple[str, str]], *, vectors: NDArray[np.float32] | None = None
) -> Iterator[list[tuple[str, float]]]:
    """For each (title, abstract), in order, its families and their probabilities, most probable first.

    Works in batches, so that memory does not grow with the papers.
    """
    names, learned = ids(), family_model.model()
    start, stream = 0, iter(papers)
    while batch := list(islice(stream, BATCH)):
        part = None if vectors is None else vectors[start : start + len(batch)]
        start += len(batch)
        rows = scores(batch, vectors=part)
        for row, has in zip(rows, family_model.chosen(rows, learned.threshold, learned.least), strict=True):
            yield [(names[i], round(float(row[i]), 4)) for i in np.argsort(-row) if has[i]]


def families_of(title: str, abstract: str) -> list[tuple[str, float]]:
    """The technique families of one paper with their probabilities, most probable first; empty when it has none.

    >>> families_of("KV cache eviction by attention scores", "We evict keys and values.")[0][0]
    'kv-cache-optimization'
    """
    return next(families_of_many([(title, abstract)]))
