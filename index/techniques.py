"""Papers to technique families. Neither torch nor spaCy; the fast encoder is used when there is one.

`families_of_many` is for builds, `families_of` for one paper. Questions are read in `index.family_questions`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

import data
from index import encoder as encoders
from index.encoder import Encoder, EncoderMissing
from index.family_features import NAMES, with_vector, word_features
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


@dataclass(frozen=True, slots=True)
class _Learned:
    """What index/learn/families.py learned."""

    weights: NDArray[np.float32]  # (features,)
    bias: float
    threshold: float
    vector_weights: NDArray[np.float32]  # (families, dim)
    vector_biases: NDArray[np.float32]  # (families,)


@cache
def _learned() -> _Learned:
    row: dict[str, Any] = json.loads(data.text("families.json"))
    tensors = load(data.path("families.safetensors").read_bytes())
    if row["features"] != list(NAMES) or row["families"] != list(ids()):
        raise ValueError(
            "data/families.json was learned for other features or families than index/family_features.py and "
            "techniques.toml have; learn again with: python -m index.learn.families"
        )
    return _Learned(
        weights=np.array(row["weights"], dtype=np.float32),
        bias=float(row["bias"]),
        threshold=float(row["threshold"]),
        vector_weights=tensors["weights"].astype(np.float32),
        vector_biases=tensors["biases"].astype(np.float32),
    )


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
    learned = _learned()
    if vectors is None:
        vectors = (encoder or encoders.load()).encode([paper_text(t, a) for t, a in papers])
    if vectors.shape[1] != learned.vector_weights.shape[1]:
        raise EncoderMissing(
            f"families were learned on vectors of {learned.vector_weights.shape[1]} numbers, got {vectors.shape[1]}: "
            "give the vectors of the fast encoder, or none"
        )
    # In float64, so that rounded scores are the same however many papers go together: BLAS sums in another order then.
    logits = (vectors.astype(np.float64) @ learned.vector_weights.T + learned.vector_biases).astype(np.float32)
    out = np.zeros((len(papers), len(ids())), dtype=np.float32)
    for number, (title, abstract) in enumerate(papers):
        rows = with_vector(word_features(title, abstract), logits[number])
        out[number] = 1 / (1 + np.exp(-(rows.astype(np.float64) @ learned.weights + learned.bias)))
    return out


def families_of_many(
    papers: Iterable[tuple[str, str]], *, vectors: NDArray[np.float32] | None = None
) -> Iterator[list[tuple[str, float]]]:
    """For each (title, abstract), in order, its families and their probabilities, most probable first.

    Works in batches, so that memory does not grow with the papers.
    """
    names, threshold = ids(), _learned().threshold
    start, stream = 0, iter(papers)
    while batch := list(islice(stream, BATCH)):
        part = None if vectors is None else vectors[start : start + len(batch)]
        start += len(batch)
        for row in scores(batch, vectors=part):
            yield [(names[i], round(float(row[i]), 4)) for i in np.argsort(-row) if row[i] > threshold]


def families_of(title: str, abstract: str) -> list[tuple[str, float]]:
    """The technique families of one paper with their probabilities, most probable first; empty when it has none.

    >>> families_of("KV cache eviction by attention scores", "We evict keys and values.")[0][0]
    'kv-cache-optimization'
    """
    return next(families_of_many([(title, abstract)]))
