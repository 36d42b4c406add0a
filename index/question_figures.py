"""The figures of a question: how many times better, limits in a unit, the largest loss; and which metric they speak of.

Figures are read with the quantity grammar that reads the papers, and made factors by the same arithmetic.
"""

import re
from dataclasses import dataclass, replace

from extract import quantities
from extract.factors import factors
from index import question_words as lexicon
from index.answer import MaxLoss, UnitThreshold
from index.question_bounds import Bounded, bounded, clause_around
from index.question_loss import largest_loss
from index.question_settings import adds, got_right, is_clock, is_score, is_sparsity, of_content
from index.question_shares import COMPARED, is_share, takes_away
from index.question_words import Said

_COMPARED_RATE = re.compile(r"\s*(?:higher|better|improvement|gain|increase)\b", re.I)
_BETTER_QUALITY = re.compile(
    r"\s*(?:quality|accuracy|performance|score) (?:improvement|gain|increase|boost)s?\b", re.I
)  # "a 5 % quality improvement"
_IN_USE = re.compile(r"\b(?:(?:fine-?)?tun|train|run|serv|infer|generat|fit|host|load|execut)\w*\b", re.I)
# Bytes of these lie on disk.
_FILES = re.compile(r"\b(?:models?|networks?|files?|index(?:es)?|checkpoints?|download|weights)\b", re.I)
_BLANKED = re.compile(r"\s{4}")  # hardware stood here: "a 16 GB GPU"
_PEAK = re.compile(
    r"\b(?:mfu|hfu|utili[sz]ation|peak (?!memory|vram|ram|gpu|power)\w+|theoretical peak|occupancy|of the theoretical|"
    r"roofline|scaling efficiency)\b",
    re.I,
)
_AS_IT_IS = re.compile(r"\b(?:takes?|took|costs?|needs?) (?:us|me|them) (?:about |some |now )?$", re.I)  # no wish
_COUNTS = frozenset({"bare", "bits", "count", "area"})  # settings of what is asked about, not limits
# What is to be few of, where a bound says so: "under 50 demonstrations", "four steps or fewer".
_FEW = {"samples": "data", "steps": None, "iterations": None, "epochs": None, "NFE": None}
_BY = re.compile(r"\bby\s+$", re.I)
_OR_LESS = re.compile(r"\bor (?:fewer|less|lower|smaller)\b", re.I)  # of another figure
_LEVEL_METRICS = frozenset({"quality"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What one figure asks for: a factor, a level in a unit, or neither where it can be made none."""

    item: Bounded
    min_factor: float | None = None
    unit_threshold: UnitThreshold | None = None
    metric: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the figures of a question ask for."""

    min_factor: float | None = None
    strict: bool = False
    unit_threshold: UnitThreshold | None = None
    max_loss: MaxLoss | None = None
    metric: str | None = None
    used: tuple[tuple[int, int], ...] = ()  # places of the figures with their bounds
    first: tuple[Asked, ...] = ()  # the factor and the level of these fields
    spare: tuple[Bounded, ...] = ()  # figures that came behind a first of their kind: `question_further`
    lost: tuple[Bounded, ...] = ()  # the figure of the largest loss


def nearest(said: list[Said], start: int, end: int, clause: tuple[int, int]) -> Said | None:
    """The metric words nearest to a figure: in its clause first, those behind it before those ahead."""

    def far(word: Said) -> tuple[bool, bool, int, bool]:
        outside = not (clause[0] <= word.start and word.end <= clause[1])
        gap = word.start - end if word.start >= end else start - word.end + 2
        return word.rank == 2, outside, gap + 6 * word.rank, word.start < end

    best = min(said, key=far) if said else None
    if best and best.what == "quality" and far(best)[1]:  # "shrink indexes 16-fold while recall stays above 95 %"
        best = min((word for word in said if not far(word)[1]), key=far, default=best)
        if best.what == "quality":
            best = min((word for word in said if word.what != "quality" and not word.rank), key=far, default=best)
    if best and (best.start >= clause[1] or best.what == "quality"):  # "2x smaller and 3x faster"
        return next((word for word in said if word.rank == 2 and 0 <= word.start - end <= 1), best)
    return best


def _is_level(text: str, item: Bounded, clause: str) -> bool:
    """Whether a percentage is a utilisation that is reached, not a change of it: "raised by 50 %"."""
    figure, behind = item.figure, text[item.figure.end :]
    changed = figure.spelled or figure.mark == "-" or COMPARED.match(behind) or _COMPARED_RATE.match(behind)
    return not changed and not _BY.search(text[: item.start]) and _PEAK.search(clause) is not None


def _times_better(text: str, item: Bounded, said: Said | None) -> float | None:
    """How many times better a multiple, a percentage or a part asks for."""
    figure = item.figure
    clause = text[slice(*clause_around(text, item.start, item.end))]
    if figure.unit.name == "x":
        return figure.value if figure.value >= 1 else (1 / figure.value if figure.value else None)
    kind = "fraction" if is_share(text, figure) else "change"
    saving = kind == "fraction" or takes_away(clause)
    metric = said.what if said else "compute" if saving else "speed"  # less of anything unknown is a saving
    measure = said.words if said and metric != "communication" else ""  # bandwidth that is needed is no rate
    # A paper's "cost of 4 %" may be an overhead; a share that a question asks for is of what was needed before.
    words = clause if kind == "change" else ""
    found = factors(
        kind=kind, metric=metric, measure=measure, value=figure.value, unit="%", direction="better", quote=words
    )
    if found.best is not None and 0 < found.best < 1 and kind == "fraction":
        return round(1 / found.best, 2)  # nobody asks for less speed: it is less of something that no word measures
    if found.best is not None and figure.spelled == "part":
        return round(found.best, 2)  # a third is 3, not 100/33.33
    return found.best


def _limit(item: Bounded, side: str) -> UnitThreshold:
    """The limit that a figure sets: the least ("min") or the most ("max"), or both: "between 3 and 10 ms"."""
    figure = item.figure
    if not item.side and figure.value_max is not None and figure.value < figure.value_max and figure.unit.name != "%":
        return UnitThreshold(figure.unit.name, min=figure.value, max=figure.value_max)
    value = figure.value_max if side == "max" and figure.value_max is not None else figure.value
    return UnitThreshold(figure.unit.name, min=value if side == "min" else None, max=value if side == "max" else None)


def _unit_metric(item: Bounded, near: Said | None, text: str) -> str | None:
    """What a figure in a unit measures: its unit says so, or for bytes the words around."""
    unit = item.figure.unit
    table = lexicon.table()
    _, _, per = unit.name.partition("/")
    if near is not None and near.what == "data" and near.start < item.figure.end <= near.end:
        return "data"  # "10 hours of speech"
    if per in table["per_unit"]:
        return str(table["per_unit"][per])
    family = "rate" if per else unit.family
    metric = unit.metric or table["unit_metric"].get(family)
    clause = clause_around(text, item.start, item.end)
    around = text[slice(*clause)]
    if unit.family in ("bytes", "size") and near is not None and near.what in ("memory", "storage", "communication"):
        of_another = near.start >= clause[1] and _FILES.search(around)  # "model < 500 KB, RAM < 256 KB"
        return "storage" if of_another and near.what == "memory" else near.what
    if not near and not _IN_USE.search(text):
        around = text
    of_device = _BLANKED.match(text, item.end) is not None
    if (
        metric == "memory"
        and not of_device
        and _FILES.search(around)
        and ((near and near.rank < 2) or not _IN_USE.search(around))
    ):
        return "storage"
    return metric


def _few(text: str, item: Bounded) -> bool:
    """Whether a count is to be small: "under 50 demonstrations", while "in 4 steps" is how something is done."""
    ahead = text[item.start : item.figure.start].strip().lower()
    how = r"(?:with)?in\b" if item.figure.unit.name == "samples" else r"(?:with)?in\b|only\b|just\b"
    said = item.end > item.figure.end or not re.match(how, ahead)
    return said and item.side == "max" and item.figure.unit.family == "count" and item.figure.unit.name in _FEW


def _places(text: str, item: Bounded) -> list[tuple[int, int]]:
    """Where a figure and its bound stand; what is counted is left to the topic: "8 denoising steps"."""
    if item.figure.unit.family != "count":
        return [(item.start, item.end)]
    number = re.match(r"\S+", text[item.figure.start :])
    return [(item.start, item.figure.start + (number.end() if number else 0)), (item.figure.end, item.end)]


def asked(text: str, item: Bounded, near: Said | None) -> Asked | None:
    """What a figure asks for, `near` being the words of what it measures; None where it is a setting and no limit."""
    figure = item.figure
    family = figure.unit.family
    of_quality = near is not None and near.what in _LEVEL_METRICS
    if _few(text, item):
        return Asked(item, unit_threshold=_limit(item, "max"), metric=_FEW[figure.unit.name])
    if family in _COUNTS or (family == "points" and not of_quality):
        if family == "bare" and near and of_quality and item.side and not near.rank:
            return Asked(item, unit_threshold=_limit(item, item.side), metric="quality")
        return None
    clause = text[slice(*clause_around(text, item.start, item.end))]
    if figure.unit.name == "%" and _is_level(text, item, clause):
        return Asked(item, unit_threshold=_limit(item, item.side or "min"), metric="compute")
    if of_content(text, figure) or is_clock(item) or (figure.unit.name == "%" and is_sparsity(text, item)):
        return None
    if figure.unit.name in ("%", "x") and item.side == "max" and adds(text, item):
        return Asked(item)  # "with less than 10 % overhead": what is given up, of which nothing is asked of claims
    taken = takes_away(_OR_LESS.sub("", clause))
    if figure.unit.name == "%" and (got_right(text, figure) or is_score(text, item, near, taken=taken)):
        return Asked(item, unit_threshold=_limit(item, item.side or "min"), metric="quality")
    better = _COMPARED_RATE.match(text, figure.end) or _BETTER_QUALITY.match(text, figure.end)
    if figure.unit.name in ("%", "points", "dB") and of_quality and (text[figure.start] in "+-" or better):
        return Asked(item)  # "accuracy +1%": by how much it changes is no level
    if figure.unit.name in ("%", "points", "dB") and of_quality and figure.spelled != "part":
        return Asked(item, unit_threshold=_limit(item, item.side or "min"), metric="quality")
    if figure.unit.name in ("x", "%"):
        times = _times_better(text, item, near)
        if times in (None, 1.0):
            return Asked(item)
        return Asked(item, min_factor=times, metric=near.what if near else None)
    if family == "params" and not item.side:
        return None
    side = item.side or (
        "min" if family in lexicon.table()["bounds"]["more_is_better"] or "/" in figure.unit.name else "max"
    )
    metric = _unit_metric(item, near, text)
    limit = _limit(item, side)
    if metric == "memory" and limit.min is not None and limit.max is not None:
        limit = replace(limit, min=None)  # "cards of 8-16 GB": less would do
    return Asked(item, unit_threshold=limit, metric=metric)


def read(text: str, said: list[Said]) -> Figures:
    """What the figures of a question (spelling mended, hardware blanked) ask for; `said` are its metric words."""
    loss: MaxLoss | None = None
    lost: list[Bounded] = []
    factor: Asked | None = None
    level: Asked | None = None
    used: list[tuple[int, int]] = []
    spare: list[Bounded] = []
    items = [bounded(text, figure) for figure in quantities.find(text)]
    items = [item for item in items if item.side or not _AS_IT_IS.search(text[: item.start])]
    for item in items:
        if loss is None and (loss := largest_loss(text, item, items, said)):
            lost.append(item)
            used.append((item.start, item.end))
            said = [s for s in said if s.what != "quality"]
    for item in items:
        if (item.start, item.end) in used:
            continue
        words = [s for s in said if s.what != "quality"] if item.figure.unit.family == "bytes" else said
        near = nearest(words, item.start, item.end, clause_around(text, item.start, item.end))
        found = asked(text, item, near)
        if found is None or (level and item.figure.unit.family == "bare" and found.metric != "quality"):
            continue
        if found.min_factor is not None and factor is None:
            factor = found
        elif found.unit_threshold is not None and level is None:
            level = found
        else:
            spare.append(item)
        used += _places(text, item)
    if factor and level and level.metric == "quality" != factor.metric:
        spare.append(level.item)  # "keep 90 % recall with a quarter of the memory": no claim of memory has both
        level = None
    return Figures(
        min_factor=round(factor.min_factor, 4) if factor and factor.min_factor else None,
        strict=factor.item.strict if factor else False,
        unit_threshold=level.unit_threshold if level else None,
        max_loss=loss,
        metric=factor.metric if factor else level.metric if level else None,
        used=tuple(used),
        first=tuple(one for one in (factor, level) if one),
        spare=tuple(spare),
        lost=tuple(lost),
    )
