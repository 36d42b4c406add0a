"""The learned parts: linear models over named features, stored as JSON, evaluated with numpy. No text is in them."""

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import data

WEIGHT = 3.0  # how much more than others a feature that gives the rules' own answer counts, so that it is hardly shrunk


def value(feature: str) -> float:
    """The value of a feature that holds."""
    return WEIGHT if feature.startswith("rule:") else 1.0


@dataclass(frozen=True, slots=True)
class Linear:
    """Several linear models ("heads") over the same features.

    rows: feature name -> row of weights; weights: float32 (features, outputs); columns: head -> its outputs' names,
    in order
    of the columns of `weights`.
    """

    rows: dict[str, int]
    weights: np.ndarray
    columns: dict[str, tuple[str, ...]]
    knots: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())  # scores and probabilities of the calibration

    def calibrated(self, score: float) -> float:
        """The probability for a score by the calibration, straight lines between its knots; the logistic function
        without one."""
        xs, ys = self.knots
        return float(np.interp(score, xs, ys)) if xs else probability(score)

    def scores(self, features: list[str]) -> dict[str, list[float]]:
        """For each head the scores of its outputs (log-odds for a head of one output)."""
        rows = self.rows
        total = self.weights[[rows[f] for f in features if f in rows]].sum(axis=0).tolist()
        out, at = {}, 0
        for head, names in self.columns.items():
            out[head] = total[at : at + len(names)]
            at += len(names)
        return out

    def reasons(self, features: list[str], head: str, output: str, *, top: int = 6) -> list[tuple[str, float]]:
        """The features that weigh most for one output of a head, strongest first."""
        at = 0
        for name, names in self.columns.items():
            if name == head:
                column = at + names.index(output)
                weighed = [(f, float(self.weights[self.rows[f], column])) for f in features if f in self.rows]
                return sorted(weighed, key=lambda p: -abs(p[1]))[:top]
            at += len(names)
        raise KeyError(f"no head {head!r}; there are {', '.join(self.columns)}")


def best(names: tuple[str, ...], scores: list[float]) -> str:
    """The output with the highest score; the first of equal ones."""
    return names[max(range(len(names)), key=lambda i: (scores[i], -i))]


def probability(score: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-score)) if score > -700 else 0.0


def softmax(scores: list[float]) -> list[float]:
    top = max(scores)
    raised = [math.exp(s - top) for s in scores]
    total = sum(raised)
    return [r / total for r in raised]


@dataclass(frozen=True, slots=True)
class Models:
    """The learned parts together: `figures` says what a figure is, `parity` whether words state parity."""

    figures: Linear
    parity: Linear


@cache
def load() -> Models:
    """The trained models of data/extraction_model.json. Raises FileNotFoundError when the installation lacks it."""
    return models(json.loads(data.text("extraction_model.json"))["models"])


def models(stored: dict[str, Any]) -> Models:
    """The models from their stored form."""
    return Models(_linear(stored["figures"]), _linear(stored["parity"]))


def _linear(stored: dict[str, Any]) -> Linear:
    weights = np.zeros((len(stored["features"]), stored["outputs"]), dtype=np.float64)
    for row, pairs in enumerate(stored["weights"]):
        for column, weight in pairs:
            weights[row, column] = weight * value(stored["features"][row])
    return Linear(
        {name: i for i, name in enumerate(stored["features"])},
        weights,
        {head: tuple(names) for head, names in stored["heads"].items()},
        (tuple(k[0] for k in stored.get("calibration", ())), tuple(k[1] for k in stored.get("calibration", ()))),
    )
