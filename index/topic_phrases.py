"""Words of a question that stand together in a paper: "video generation" is more than "video" and "generation"."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.words import tokens

Pair = tuple[str, str]


def pairs(text: str) -> list[Pair]:
    """Stems of neighbouring words, stop words aside, each pair once.

    >>> pairs("generation of videos")
    [('generat', 'video')]
    """
    stems = tokens(text)
    return list(dict.fromkeys(pairwise(stems)))


def together(weights: Mapping[Pair, float], texts: Sequence[str]) -> NDArray[np.float64]:
    """float64 (texts,): the share of the pairs, by weight, that stand together in each text.

    Together are neighbours in this order, with one word between them at most.
    """
    found, total = np.zeros(len(texts)), sum(weights.values())
    if not total:
        return found
    for place, text in enumerate(texts):
        stems = tokens(text)
        near = {*pairwise(stems), *zip(stems, stems[2:], strict=False)}
        found[place] = sum(weight for pair, weight in weights.items() if pair in near)
    return found / total
