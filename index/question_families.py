"""Which technique family a question in everyday words is about, by a linear model over its vector and its words.

Learned by index/learn/question_families.py from the catalogue's own descriptions and from data/paraphrases.toml. One
more class stands for no technique at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

import data
from index.words import tokens

MODEL = "question_families.safetensors"
WEIGHTS, RARITY, STEMS, FAMILIES, BESIDE = "weights", "rarity", "stems", "families", "beside"
FLOOR = 1e-3  # probabilities below this are all the same


@dataclass(frozen=True, slots=True)
class _Model:
    """`weights` (features, families + 1), `rarity` of the known stems, their `places`; `beside`: see `weighed`.

    `families` are the ids of the families, in the order of the catalogue.
    """

    weights: NDArray[np.float32]
    rarity: NDArray[np.float32]
    places: dict[str, int]
    beside: NDArray[np.float32]
    families: tuple[str, ...]


@cache
def _model() -> _Model:
    from safetensors.numpy import load_file

    arrays = load_file(data.path(MODEL))
    stems, families = (bytes(arrays[name]).decode("utf-8").split("\n") for name in (STEMS, FAMILIES))
    weights, rarity = arrays[WEIGHTS].astype(np.float32), arrays[RARITY].astype(np.float32)
    return _Model(weights, rarity, {stem: place for place, stem in enumerate(stems)}, arrays[BESIDE], tuple(families))


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


def by_model(text: str, vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (families + 1,): the probability of each family for a text with its vector as a question; the last is
    of none."""
    model = _model()
    dim = len(model.weights) - len(model.places)
    words = word_features([text], model.places, model.rarity)[0]
    return probabilities(vector @ model.weights[:dim] + words @ model.weights[dim:])


def utilities(
    said: NDArray[np.float32], near: NDArray[np.float32], learned: NDArray[np.float32]
) -> NDArray[np.float32]:
    """float32 (..., families + 1, 4): what is weighed for each family and, last, for none.

    Words, meaning, the logarithm of what the model has learned, and whether it is none.
    """
    found = np.zeros((*learned.shape, 4), np.float32)
    found[..., :-1, 0], found[..., :-1, 1] = said, near
    found[..., 2] = np.log(learned + FLOOR)
    found[..., -1, 3] = 1
    return found


def weighed(said: NDArray[np.float32], near: NDArray[np.float32], learned: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (families,): the probability of each family by words, by meaning and by `by_model`, weighed together.

    A conditional logit (McFadden 1974) with the same four weights for all families.
    """
    return probabilities(utilities(said, near, learned) @ _model().beside)[:-1]
