"""From probabilities of families to families: the two thresholds of `family_model.chosen`, and the figures."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from index.family_model import chosen

# Of `threshold` and of `least`: a family of less than a fifth is wrong too often, whatever the mean says.
GRID = (np.arange(0.16, 0.42, 0.02), np.arange(0.2, 0.31, 0.02))

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


def f1(truth: Bools, said: Bools) -> tuple[float, float, float]:
    """Micro precision, recall and F1."""
    right = float((truth & said).sum())
    precision, recall = right / max(said.sum(), 1), right / max(truth.sum(), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def thresholds(probabilities: Floats, truth: Bools, samples: Sequence[Bools]) -> tuple[float, float]:
    """`threshold` and `least` whose micro F1, averaged over samples of the papers, is highest."""

    def mean(pair: tuple[float, float]) -> float:
        return float(np.mean([f1(truth[s], chosen(probabilities[s], *pair))[2] for s in samples]))

    threshold, least = max(product(*GRID), key=mean)
    return round(float(threshold), 3), round(float(least), 3)


def figures(said: Bools, truth: Bools, rounds: NDArray[np.str_], names: Sequence[str]) -> str:
    """Precision, recall and F1 by round and by family, a line each."""
    lines = []
    for name in (*dict.fromkeys(rounds.tolist()), "all"):
        part = np.ones(len(rounds), dtype=bool) if name == "all" else rounds == name
        told = "P {:.3f} R {:.3f} F1 {:.3f}".format(*f1(truth[part], said[part]))
        lines.append(f"  {name if name in ('gold', 'all') else 'round ' + name:8} {part.sum():5} papers  {told}")
    for family, name in enumerate(names):
        told = "P {:.2f} R {:.2f} F1 {:.2f}".format(*f1(truth[:, family], said[:, family]))
        lines.append(f"  {name:38} {truth[:, family].sum():4} papers  {told}")
    return "\n".join(lines)
