"""What a question asks of a figure: how many times better, a limit in a unit, or only the unit."""

import re

import numpy as np

import data
from index.answer import Further, Understood, UnitThreshold
from index.columns import Columns, Mask

OF_SIZE = 2000  # who asks for GB takes MB, but no KB


def threshold(read: Understood | Further, columns: Columns) -> Mask:
    """Claims whose factor, its better end, reaches the one asked for."""
    if read.min_factor is None:
        return np.ones(len(columns.factor), np.bool_)
    with np.errstate(invalid="ignore"):
        reached = columns.factor >= read.min_factor * (1 - 1e-3)
        if read.strict:  # a claim of "more than 2x" is more than 2x
            more = columns.bound.equal("at_least")
            reached &= (columns.factor > read.min_factor * (1 + 1e-3)) | more
    return np.asarray(reached, dtype=np.bool_)


def scales(unit: str) -> dict[str, float]:
    """Units that measure the same as this one, with how much of it each is: {"ms": 0.001} for "s"."""
    for table in data.table("questions.toml")["unit_scale"].values():
        if unit in table:
            return {name: size / table[unit] for name, size in table.items()}
    return {unit: 1.0}


def within(limit: UnitThreshold, low: float, high: float) -> bool:
    """Whether a figure in the limit's own unit, or the better end of a range, keeps within it."""
    return (limit.min is None or high >= limit.min) and (limit.max is None or low <= limit.max)


def unit_threshold(read: Understood | Further, columns: Columns) -> Mask:
    """Levels and shares in the unit asked for, or one of its kind, that keep within the limits."""
    limit = read.unit_threshold
    if limit is None:
        return np.ones(len(columns.factor), np.bool_)
    levels = columns.kind.equal("level") | columns.kind.equal("fraction")
    found = np.zeros_like(levels)
    for name, size in scales(limit.unit).items():
        rows = np.flatnonzero(levels & columns.unit.equal(name))  # few: arithmetic on all claims takes ten times longer
        one, other = columns.value[rows], columns.value_max[rows]
        fits = np.ones(len(rows), np.bool_)
        with np.errstate(invalid="ignore"):
            if limit.min is not None:
                fits &= np.fmax(one, other) * size >= limit.min
            if limit.max is not None:
                fits &= np.fmin(one, other) * size <= limit.max
        found[rows[fits]] = True
    if limit.unit == "%":
        found &= np.isnan(columns.factor)  # a share of what a rival needs is no level that is reached
    return found


def units_named(read: Understood) -> frozenset[str]:
    """Units that the words name without a figure ("how many GB"), and others of such size; none beside a figure."""
    if read.metric is None or read.min_factor is not None or read.unit_threshold is not None:
        return frozenset()
    kinds = (scales(word) for word in set(re.findall(r"[A-Za-z/-]+", read.text)))
    return frozenset(u for kind in kinds if len(kind) > 1 for u, size in kind.items() if 1 / OF_SIZE < size < OF_SIZE)
