"""The learned order of papers: a linear score over `rank_features`, learned by `index.learn.ranking`.

A signal's weight is its own plus those of the kinds that the question is of. Stored as JSON; no text is in it.
"""

import json
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

import data
from index.rank_features import KINDS, SIGNALS

FILE = "ranking.json"


@dataclass(frozen=True, slots=True)
class RankModel:
    """weights: float64 (1 + len(KINDS), len(SIGNALS)), the first row for all questions."""

    weights: NDArray[np.float64]

    def scores(self, signals: NDArray[np.float64], kinds: NDArray[np.float64]) -> NDArray[np.float64]:
        """float64 (papers,): the higher the better; scores of different questions tell nothing about each other."""
        found: NDArray[np.float64] = signals @ (self.weights[0] + kinds @ self.weights[1:])
        return found


@cache
def load() -> RankModel:
    """The model of data/. Raises FileNotFoundError where the installation lacks it, ValueError when it is of other
    signals than this code's."""
    stored = json.loads(data.text(FILE))
    if stored["signals"] != list(SIGNALS) or stored["kinds"] != list(KINDS):
        raise ValueError(f"{FILE} is of other signals than index/rank_features.py: learn it again")
    return RankModel(np.array(stored["weights"], np.float64))
