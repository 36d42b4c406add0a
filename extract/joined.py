"""Figures that belong together: ranges, deviations, units handed back along lists. Pairs: `paired`. Plain functions."""

import re
from dataclasses import replace

from extract.numbers import rounded
from extract.numerals import scale_of
from extract.paired import FROM_LEVEL, IN_SECONDS, TO, VERSUS, alike, continues, converted, paired, rises_from
from extract.quantity import Quantity

_SEPARATOR = re.compile(r"\s*(?:,\s*and|,\s*or|,|/|and|or|&|\\&)\s*$", re.I)
_RANGE = re.compile(r"\s*(?:-{1,3}|~|;{1}(?=\s?\d)|\s-\s)\s*$")
_TO_MORE = re.compile(r"\s*(?:to|and)\s+(?:over|more\s+than|nearly|up\s+to|about|around)\s*", re.I)
_RANGE_WORD = re.compile(
    r"\b(?:rang(?:ing|es|ed|e)|var(?:ying|ies|ied|y)|spann?(?:ing|s|ed)?|anywhere)\s+(?:of\s+|"
    r"in\s+)?(?:from|between)?\s+(?:[a-z]+\s+){0,2}$",
    re.I,
)
_GROWS = re.compile(r"\b(?:increas|scal|grow|expand|rais|boost|enlarg|extend|up)\w*\b", re.I)
_AND = re.compile(r"\s*and\s*$", re.I)
_RANGING = re.compile(
    r"\b(?:rang(?:ing|es|ed|e)|var(?:ying|ies|ied|y)|spann?(?:ing|s|ed)?|anywhere|speed-?ups?|"
    r"accelerations?|gains?|improvements?|reductions?|by|sizes?|"
    r"scales?)\s+(?:of\s+)?(?:anywhere\s+)?(?:from|between)\s+(?:[a-z]+\s+){0,2}$",
    re.I,
)
_IMPROVED = re.compile(r"\bimprovement\s+from\s+$", re.I)  # `a gain from 1.2 to 3.4` is a range, this is not
_BETWEEN = re.compile(r"\b(?:between|in\s+the\s+range\s+of|range\s+of)\s+(?:[a-z~]+\s+)?$", re.I)


def join(text: str, found: list[Quantity]) -> list[Quantity]:
    """Ranges become one figure, `from A to B` and `A vs. B` one with `from_value`; units are handed back along
    lists."""
    out: list[Quantity] = []
    for q in found:
        if out and q.start < out[-1].end:
            if q.spelled == "part" and q.start == out[-1].start and out[-1].unit.family != "time":
                out[-1] = q  # `1/5 tokens` is a fifth
            elif q.unit.family != "bare" and (
                out[-1].unit.family == "bare" or q.end - q.start > out[-1].end - out[-1].start
            ):
                out[-1] = q
            continue
        out.append(q)
    out = _hand_back_units(text, out)
    for pair in (_spread, _range):
        joined: list[Quantity] = []
        for q in out:
            if joined and (both := pair(text, joined[-1], q)) is not None:
                joined[-1] = both
            else:
                joined.append(q)
        out = joined
    out = paired(text, out)
    return [q for q in out if not (q.spelled == "number" and q.unit.family == "bare")]


def _hand_back_units(text: str, found: list[Quantity]) -> list[Quantity]:
    out = list(found)
    for i in range(len(out) - 2, -1, -1):
        a, b = out[i], out[i + 1]
        if (
            a.unit.family != "bare"
            or b.unit.family in ("bare", "bits")
            or (a.magnitude and b.unit.family in ("factor", "percent"))
        ):
            continue
        gap = text[a.end : b.start]
        if _VERSION.search(text, max(0, a.start - 24), a.end) or text[b.start] in "xX×":  # a sign in front is b's own
            continue
        between = gap + text[b.start : b.start + 1].replace("-", "-") if b.mark == "-" else gap
        if (
            _SEPARATOR.fullmatch(gap)
            or _RANGE.fullmatch(gap)
            or (b.mark in ("-", "~") and not gap.strip())
            or TO.fullmatch(gap)
            or VERSUS.fullmatch(gap)
            or _AND.fullmatch(between)
        ):
            same_magnitude = (
                b.magnitude and not a.magnitude and not b.spelled and (_RANGE.fullmatch(gap) or b.mark in ("-", "~"))
            )
            scale = scale_of(text, b) if same_magnitude else 1.0
            out[i] = replace(a, unit=b.unit, value=rounded(a.value * scale))
    return out


# the number of a version or a device: `Foo 2.1`, `RTX 3090`
_VERSION = re.compile(r"(?<![A-Za-z])(?:[A-Z][A-Za-z-]*\s\d\.\d|[A-Z]{2,}\s\d{3,4})$")


_DEVIATION = re.compile(
    r"(?:\s|,|\(|\bwith\b|\ban?\b)*(?:SD|s\.d\.|std\.?|standard\s+deviations?(?:\s*\(SD\))?)(?:\s|\bof\b|[=:])*", re.I
)


def _spread(text: str, a: Quantity, b: Quantity) -> Quantity | None:
    """A value with its deviation, `92 ± 3`, `0.72(0.04)`, `89.1 SD 7.7`, or two units of one time, `12 min 47 s`; None
    where the two are neither."""
    gap = text[a.end : b.start]
    if a.value_max is not None or b.value_max is not None or len(gap) > 40:
        return None
    unit = b.unit if a.unit.family == "bare" else a.unit
    if a.unit.family in ("bare", "percent", "points", b.unit.family):
        if b.mark == "±" and not gap.strip():
            return replace(a, end=b.end, unit=unit)
        if gap == "(" and text[b.end : b.end + 1] == ")" and b.unit.family == "bare" and b.value < a.value:
            return replace(a, end=b.end + 1)
        if "d" in gap.lower() and _DEVIATION.fullmatch(gap):
            return replace(a, end=b.end, unit=unit)
    if a.unit.name in IN_SECONDS and b.unit.name in IN_SECONDS and gap.strip() in ("", "and") and not b.mark:
        ratio = IN_SECONDS[a.unit.name] / IN_SECONDS[b.unit.name]
        if b.value < ratio and a.value == int(a.value):
            return replace(a, end=b.end, value=rounded(round(a.value + b.value / ratio, 2)))
    return None


_BRACKET = re.compile(r"(?:\b(?:in|∈|range|within|between|of|from)|[=∈])\s*\[\s*$")


def _range(text: str, a: Quantity, b: Quantity) -> Quantity | None:
    """Two figures that are the ends of one range; None where they are not."""
    gap = text[a.end : b.start]
    if a.value_max is not None or b.value_max is not None or len(gap) > 40 or not alike(a, b):
        return None
    before = text[max(0, a.start - 60) : a.start]
    unit = b.unit if a.unit.family == "bare" else a.unit
    whole = replace(
        b, start=a.start, unit=unit, mark=a.mark, value=a.value, value_max=converted(b, unit), spelled=a.spelled
    )
    dash = _RANGE.fullmatch(gap) or (b.mark in ("-", "~") and not gap.strip())
    if dash:
        if a.mark == "-" and b.mark == "+":
            return replace(whole, value=-a.value, mark="")  # `-2% - +2%`
        if (b.value <= a.value and b.unit.name == unit.name) or (a.unit.family == "bare" and b.hyphen):
            return None
        return whole
    if gap.strip() == "," and text[b.end : b.end + 3].lstrip()[:1] == "]" and _BRACKET.search(before):
        return whole if a.value < b.value else None
    if _BETWEEN.search(before) and (_AND.fullmatch(gap) or TO.fullmatch(gap) or _TO_MORE.fullmatch(gap)):
        return replace(whole, plus="more" in gap or "over" in gap)
    if TO.fullmatch(gap):
        if a.mark == "+" != b.mark:
            return None  # `by +5% to 93%`
        arrow = "→" in gap
        if unit.family == "factor" and not arrow and rises_from(before, gap, a, b):
            return None
        if (unit.family == "factor" and not arrow) or (a.mark == b.mark == "+" and not arrow):
            return whole
        if unit.family == "params" and a.value < b.value and not arrow and not _GROWS.search(before):
            return whole  # sizes of models: `from 1B to 7B parameters`
        if _RANGING.search(before) and not arrow and unit.family in ("percent", "bare", "points", "params"):
            falls = a.value > b.value and a.unit.name == b.unit.name
            return None if falls or (unit.family == "bare" and _IMPROVED.search(before)) else whole
        if _RANGE_WORD.search(before) or re.search(r"\bby\s+(?:[a-z]+\s+){0,2}$", before):
            return whole
        if not (arrow or FROM_LEVEL.search(before) or _parenthesis(text, a.start) or continues(text, a.start)):
            return whole
    return None


def _parenthesis(text: str, position: int) -> bool:
    """Whether the position follows an opening parenthesis within a few words."""
    left = text[max(0, position - 25) : position]
    return left.rfind("(") > left.rfind(")")
