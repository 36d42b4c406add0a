"""Fitting of linear models over named features: multinomial logistic regression.

An answer's score is x·w[answer], where x are features of the example. An L2 penalty, L-BFGS from zero, so that the same
examples give the same weights.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp

from extract import linear

_STEPS, _CLOSE = 150, 1e-6


def rows(features: Sequence[Iterable[str]], papers: Sequence[str], *, least: int) -> dict[str, int]:
    """Feature -> row, for the features of at least `least` papers, in the order of their names."""
    seen: dict[str, set[str]] = {}
    for names, paper in zip(features, papers, strict=True):
        for name in names:
            seen.setdefault(name, set()).add(paper)
    return {name: i for i, name in enumerate(sorted(n for n, found in seen.items() if len(found) >= least))}


def matrix(features: Sequence[Iterable[str]], known: dict[str, int]) -> csr_matrix:
    """(examples, features) with the values of the features that hold."""
    values = [linear.value(name) for name in known]
    data: list[float] = []
    indices: list[int] = []
    pointers = [0]
    for names in features:
        ids = sorted({known[name] for name in names if name in known})
        indices.extend(ids)
        data.extend(values[i] for i in ids)
        pointers.append(len(indices))
    return csr_matrix((data, indices, pointers), shape=(len(features), len(known)))


def fit(x: csr_matrix, answers: Sequence[int], weights: np.ndarray, *, count: int, penalty: float) -> np.ndarray:
    """Weights (features, count). `answers` are numbers below `count`, `weights` say how much each example counts."""
    n, f = x.shape
    truth = np.zeros((n, count))
    truth[np.arange(n), list(answers)] = 1.0
    each = weights[:, None]
    x_back = x.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat.reshape(f, count)
        scores = x @ w
        logs = scores - logsumexp(scores, axis=1, keepdims=True)
        off = each * (np.exp(logs) - truth)
        value = -(each * truth * logs).sum() + 0.5 * penalty * (w * w).sum()
        return float(value), (x_back @ off + penalty * w).ravel()

    found = minimize(
        loss, np.zeros(f * count), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "ftol": _CLOSE}
    ).x
    return np.asarray(found.reshape(f, count))
