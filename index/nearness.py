"""How near papers come to what a question asks of claims: 1 where one claim meets all of it, 0 where none meets any.

Each thing asked for (metric, figure, hardware, baseline) counts the same; a figure counts by how close it comes.
"""

import numpy as np
from numpy.typing import NDArray

from index.answer import Further, Understood
from index.columns import Columns, Mask
from index.limits import scales, units_named

NAMED = 0.7  # for hardware that the paper names, but not for the claim
AKIN = 0.5  # for another device of the same series: an H200 where an H100 is asked for
DECADES = 2  # a level this many powers of ten from the limit is not near


def nearness(
    read: Understood,
    columns: Columns,
    *,
    right_metric: Mask,
    on_wanted: Mask,
    akin: Mask,
    compared: Mask,
    named: Mask,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Twice float64 (papers,): the largest share of what is asked for that one of the paper's own claims meets.

    First of all claims, then of those of title and abstract. The masks are of claims, `named` of papers whose text
    names the wanted hardware; a paper without such a claim counts for that alone. `akin` are claims on hardware much
    like the wanted.
    """
    figure = read.min_factor is not None or read.unit_threshold is not None or bool(units_named(read))
    asked = bool(read.metric) + figure + bool(read.hardware) + bool(read.baseline)
    some = right_metric.copy() if read.metric or figure else np.zeros_like(right_metric)
    some |= (on_wanted | akin) if read.hardware else False
    some |= compared if read.baseline else False
    rows = np.flatnonzero(some & columns.target.equal("own"))
    papers = columns.paper[rows]
    met = right_metric[rows].astype(np.float64) if read.metric else np.zeros(len(rows))
    if figure:
        met += closeness(read, columns, rows) * right_metric[rows]
    if read.hardware:
        met += np.where(on_wanted[rows], 1.0, np.maximum(NAMED * named[papers], AKIN * akin[rows]))
    if read.baseline:
        met += compared[rows]
    front = NAMED * named if read.hardware else np.zeros(columns.papers)
    if columns.front_only():
        np.maximum.at(front, papers, met)
        share = front / max(asked, 1)
        return share, share
    behind = front.copy()
    in_front = columns.front[rows]
    np.maximum.at(front, papers[in_front], met[in_front])
    np.maximum.at(behind, papers[~in_front], met[~in_front])
    return np.maximum(front, behind) / max(asked, 1), front / max(asked, 1)


def closeness(read: Understood | Further, columns: Columns, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """float64 (rows,): how close the figures of these claims come to the one asked for, 1 at it and beyond.

    Factors by their logarithms, levels in a unit by the powers of ten that lie between.
    """
    if read.min_factor is not None:
        factors = np.nan_to_num(columns.factor[rows], nan=1.0)
        if read.min_factor <= 1:
            return (factors >= read.min_factor).astype(np.float64)
        close: NDArray[np.float64] = np.clip(np.log(np.maximum(factors, 1)) / np.log(read.min_factor), 0, 1)
        return close
    found = np.zeros(len(rows))
    units = columns.unit.numbers[rows]
    is_level = columns.kind.equal("level")[rows]
    if read.unit_threshold is None:
        assert isinstance(read, Understood)
        return (is_level & columns.unit.among(units_named(read).__contains__)[rows]).astype(np.float64)
    limit = read.unit_threshold
    is_level |= columns.kind.equal("fraction")[rows]
    for name, size in scales(limit.unit).items():
        if name not in columns.unit.words:
            continue
        here = np.flatnonzero(is_level & (units == columns.unit.words.index(name)))
        one, other = columns.value[rows[here]] * size, columns.value_max[rows[here]] * size
        far = np.zeros(len(here))
        with np.errstate(invalid="ignore", divide="ignore"):
            if limit.min is not None:
                far = np.maximum(far, np.log10(limit.min / np.fmax(one, other)))
            if limit.max is not None:
                far = np.maximum(far, np.log10(np.fmin(one, other) / limit.max))
        found[here] = np.clip(1 - np.nan_to_num(far, nan=np.inf, posinf=np.inf) / DECADES, 0, 1)
    return found
