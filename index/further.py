"""What a question asks beside its first threshold: each further one is met by a claim of the paper's own.

"2x faster and half the memory" wants two claims. The further ones may be silent about hardware, baseline and phase, of
which papers speak once, but may not name others than those asked for.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.answer import Further, Understood
from index.columns import Columns, Mask
from index.limits import threshold, unit_threshold
from index.nearness import closeness


def apart(read: Understood) -> tuple[Understood, tuple[Further, ...]]:
    """The question with one threshold only, and all the others.

    Where a factor and a level are asked for, the level is another: "2x faster below 5 W" is no single claim. Its unit
    tells what it measures.

    >>> apart(Understood(metric="speed", min_factor=2, also=(Further("memory", 2),)))[1]
    (Further(metric='memory', min_factor=2, strict=False, unit_threshold=None),)
    """
    if read.min_factor is None or read.unit_threshold is None:
        return (replace(read, also=()), read.also) if read.also else (read, ())
    level = Further(unit_threshold=read.unit_threshold)
    return replace(read, unit_threshold=None, also=()), (level, *read.also)


def meeting(one: Further, columns: Columns, able: Mask) -> Mask:
    """The claims that meet a further threshold, of those that are able to."""
    right = able & columns.metric.equal(one.metric) if one.metric else able
    return right & threshold(one, columns) & unit_threshold(one, columns)


def nearer(
    first: tuple[NDArray[np.float64], NDArray[np.float64]], also: Sequence[Further], columns: Columns, able: Mask
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How near papers come to all thresholds, as `index.nearness` has it; `first` is that for the first one.

    Each threshold counts the same: a paper's own claim of the measure half, the other half by how close it comes.
    """
    met, front = first[0].copy(), first[1].copy()
    for one in also:
        rows = np.flatnonzero(able & columns.metric.equal(one.metric) if one.metric else able)
        close = closeness(one, columns, rows)
        told = 0.5 * (close > 0) if one.metric is None else 0.5
        for total, kept in ((met, np.ones(len(rows), np.bool_)), (front, columns.front[rows])):
            best = np.zeros(columns.papers)
            np.maximum.at(best, columns.paper[rows[kept]], (told + 0.5 * close)[kept])
            total += best
    return met / (1 + len(also)), front / (1 + len(also))
