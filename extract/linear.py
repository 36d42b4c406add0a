"""The learned parts: linear models over named features, that of figures with a hidden layer beside it; stored as JSON
and safetensors, evaluated with numpy. No text is in them."""

import json
import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import data

WEIGHT = 3.0  # how much more than others a feature that gives the rules' own answer counts, so that it is hardly shrunk
SCALE = 1000  # weights are stored as whole thousandths


def value(feature: str) -> float:
    """The value of a feature that holds."""
    return WEIGHT if feature.startswith("rule:") else 1.0


@dataclass(frozen=True, slots=True)
class Hidden:
    """A hidden layer beside the linear part (see `learn.net`): relu(x·h + b)·o + c is added to the first columns.

    h: float32 (features, units); b: (units,); o: (units, columns); c: (columns,).
    """

    h: np.ndarray
    b: np.ndarray
    o: np.ndarray
    c: np.ndarray

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """float32 (columns,)"""
        raised = np.maximum(np.add.reduce(self.h.take(rows, axis=0), axis=0) + self.b, 0)
        found: np.ndarray = raised @ self.o + self.c
        return found


@dataclass(frozen=True, slots=True)
class Linear:
    """Several linear models ("heads") over the same features.

    rows: feature name -> row of weights; weights: float64 (features, outputs); columns: head -> its outputs' names, in
    order of the columns of `weights`; shared: feature -> weight, the same for every output that it speaks for.
    """

    rows: dict[str, int]
    weights: np.ndarray
    columns: dict[str, tuple[str, ...]]
    shared: dict[str, float]
    trust: tuple[float, ...] = ()  # offset and weights of what makes an answer trustworthy (see `decide.signs`)
    knots: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())  # scores and probabilities of the calibration
    hidden: Hidden | None = None

    def calibrated(self, signs: tuple[float, ...]) -> float:
        """The probability that an answer is right, by the calibration: straight lines between its knots; the logistic
        function of the first sign where the model has none."""
        if not self.trust:
            return probability(signs[0])
        score = self.trust[0] + sum(w * x for w, x in zip(self.trust[1:], signs, strict=True))
        return _between(score, *self.knots) if self.knots[0] else probability(score)

    def scores(self, features: list[str]) -> dict[str, list[float]]:
        """For each head the scores of its outputs (log-odds for a head of one output)."""
        rows = [row for row in map(self.rows.get, features) if row is not None]
        total = self._columns(np.array(rows, dtype=np.intp)).tolist()
        out, at = {}, 0
        for head, names in self.columns.items():
            out[head] = total[at : at + len(names)]
            at += len(names)
        return out

    def _columns(self, rows: np.ndarray) -> np.ndarray:
        """The scores of all outputs, one head behind the other."""
        total: np.ndarray = np.add.reduce(self.weights.take(rows, axis=0), axis=0)  # take: twice as fast as [rows]
        if self.hidden is not None:
            found = self.hidden.scores(rows)
            total[: len(found)] += found
        return total

    def speaking(self, features: Iterable[str]) -> float:
        """What shared features add to the score of the output that they speak for."""
        shared = self.shared
        return sum([shared[f] for f in features if f in shared])

    def reasons(self, features: list[str], head: str, output: str, *, top: int = 6) -> list[tuple[str, float]]:
        """The features that weigh most for one output of a head, strongest first: by how much its score is lower
        without them. Raises KeyError for another head."""
        at = 0
        for name, names in self.columns.items():
            if name == head:
                column, known = at + names.index(output), [f for f in features if f in self.rows]
                rows = np.array([self.rows[f] for f in known], dtype=np.intp)
                whole = self._columns(rows)[column]
                without = [self._columns(np.delete(rows, i))[column] for i in range(len(rows))]
                weighed = [(f, round(float(whole - w), 4)) for f, w in zip(known, without, strict=True)]
                return sorted(weighed, key=lambda p: -abs(p[1]))[:top]
            at += len(names)
        raise KeyError(f"no head {head!r}; there are {', '.join(self.columns)}")


def _between(x: float, xs: tuple[float, ...], ys: tuple[float, ...]) -> float:
    """What `numpy.interp` gives for one number, without making arrays."""
    i = bisect_right(xs, x) - 1
    if i < 0 or i == len(xs) - 1 or xs[i] == x:
        return ys[max(i, 0)]
    return (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]) * (x - xs[i]) + ys[i]


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


def odds(p: float) -> float:
    """The log-odds of a probability, kept within -8 and 8."""
    p = min(max(p, 1e-9), 1 - 1e-9)
    return min(8.0, max(-8.0, math.log(p / (1 - p))))


@dataclass(frozen=True, slots=True)
class Models:
    """The learned parts together: `figures` says what a figure is, `parity` whether words state parity."""

    figures: Linear
    parity: Linear


FILE, ARRAYS, PARITY_FILE = "extraction_model.json", "extraction_model.safetensors", "parity_model.json"


@cache
def load() -> Models:
    """The trained models of data/. Raises FileNotFoundError when the installation lacks them."""
    from safetensors.numpy import load_file

    stored = json.loads(data.text(FILE))["models"]
    stored["figures"]["arrays"] = load_file(data.path(ARRAYS))
    return models(stored | json.loads(data.text(PARITY_FILE))["models"])


def models(stored: dict[str, Any]) -> Models:
    """The models from their stored form."""
    return Models(model(stored["figures"]), model(stored["parity"]))


def model(stored: dict[str, Any]) -> Linear:
    """One model from its stored form: with "arrays" (see `packed`), else of each feature's weights only those that are
    not nought, by column."""
    names = stored["features"]
    columns = {head: tuple(outputs) for head, outputs in stored["heads"].items()}
    arrays = stored.get("arrays")
    if arrays is None:
        weights = np.zeros((len(names), sum(map(len, columns.values()))), dtype=np.float64)
        for row, pairs in enumerate(stored["weights"]):
            weights[row, pairs[::2]] = pairs[1::2]
        weights *= np.array([value(name) / SCALE for name in names])[:, None]
    else:
        weights = _whole(arrays, "weights")
    calibration = stored.get("calibration", ())
    return Linear(
        {name: i for i, name in enumerate(names)},
        weights,
        columns,
        {name: weight * value(name) / SCALE for name, weight in stored.get("shared", {}).items()},
        tuple(stored.get("trust", ())),
        (tuple(k[0] for k in calibration), tuple(k[1] for k in calibration)),
        None if arrays is None else Hidden(_whole(arrays, "hidden"), arrays["bias"], arrays["out"], arrays["offset"]),
    )


def packed(weights: np.ndarray, hidden: Hidden) -> dict[str, np.ndarray]:
    """The arrays of a model with a hidden layer as they are stored, the two large ones by `packed_columns`."""
    out = {"bias": hidden.b, "out": np.ascontiguousarray(hidden.o), "offset": hidden.c}
    for name, large in (("weights", weights), ("hidden", hidden.h)):
        out[name], out[name + ".scale"] = packed_columns(large)
    return out


def packed_columns(large: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 (rows, columns) and float32 (columns,) whose product is nearly `large`."""
    scale = np.maximum(np.abs(large).max(axis=0), 1e-9) / 127
    return np.round(large / scale).astype(np.int8), scale.astype(np.float32)


def _whole(arrays: dict[str, np.ndarray], name: str) -> np.ndarray:
    found: np.ndarray = arrays[name].astype(np.float32) * arrays[name + ".scale"]
    return found
