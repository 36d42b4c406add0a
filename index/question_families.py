"""Which technique family a question in everyday words is about, by a linear model over its vector and its words.

Learned by index/learn/question_families.py from the catalogue's own descriptions and from data/paraphrases.toml. One
more class stands for no technique at all.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

import data
from index.words import tokens

MODEL = "question_families.safetensors"
WEIGHTS, RARITY, STEMS, FAMILIES = "weights", "rarity", "stems", "families"


@cache
def _model() -> tuple[NDArray[np.float32], NDArray[np.float32], dict[str, int], tuple[str, ...]]:
    """Weights (features, families + 1), rarity of the known stems, their places, and the ids of the families."""
    from safetensors.numpy import load_file

    arrays = load_file(data.path(MODEL))
    listed = {name: bytes(arrays[name]).decode("utf-8").split("\n") for name in (STEMS, FAMILIES)}
    places = {stem: place for place, stem in enumerate(listed[STEMS])}
    return arrays[WEIGHTS].astype(np.float32), arrays[RARITY].astype(np.float32), places, tuple(listed[FAMILIES])


def word_features(texts: Sequence[str], places: dict[str, int], rarity: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (texts, stems): the rarity of each known stem that a text has, each row of length 1."""
    found = np.zeros((len(texts), len(places)), np.float32)
    for row, text in enumerate(texts):
        for stem in set(tokens(text)) & places.keys():
            found[row, places[stem]] = rarity[places[stem]]
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def probabilities(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax over the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
    return found


def by_model(text: str, vector: NDArray[np.float32]) -> dict[str, float]:
    """The probability of each family for a text with its vector of the fast encoder; what is left is for none."""
    weights, rarity, places, families = _model()
    dim = len(weights) - len(places)
    scores = vector @ weights[:dim] + word_features([text], places, rarity)[0] @ weights[dim:]
    return dict(zip(families, probabilities(scores)[: len(families)].tolist(), strict=True))
