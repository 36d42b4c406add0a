"""Two figures of which the first or the second is what the other is held against: `from A to B`, `A vs. B`,
`A (from B)`. Plain functions."""

import re
from dataclasses import replace

from extract.numbers import rounded
from extract.quantity import Quantity
from extract.units import Unit

_ABOUT = (
    r"(?:about|around|approximately|roughly|nearly|almost|only|just|merely|even|over|above|below|under|within|"
    r"up\s+to|(?:more|less|fewer|lower|higher)\s+than|at\s+(?:least|most)|"
    r"as\s+(?:low|high|little|much|few|many|fast|small|large)\s+as|an?\s+(?:minimum|maximum|mere|near-perfect)(?:\s+of)?|"
    r"an?|(?:an?\s+)?(?:average|mean)(?:\s+of)?|the)\s*"
)
TO = re.compile(
    rf"\s*(?:\([^()]{{0,30}}\))?\s*(?:to|→|up\s+to|down\s+to|to\s+(?:{_ABOUT}){{1,2}})\s*$",
    re.I,
)
VERSUS = re.compile(
    r"\s*(?:,|\()?\s*(?:v\.?\s?s\.?|versus|as\s+opposed\s+to|compared\s+(?:to|with)|against|"
    r"instead\s+of|rather\s+than|up\s+from|down\s+from)\s*"
    r"(?:(?:only|just|about|around|approximately|roughly|nearly|almost|over|more\s+than|at\s+least|up\s+to)\s+)?$",
    re.I,
)
FROM_LEVEL = re.compile(
    r"\bfrom\s+(?:(?:an?|the|about|around|approximately|over|nearly|roughly|only|just|average|mean|of|"
    r"below|under|more|than|original|baseline|up|to)\s+){0,4}$",
    re.I,
)
# words of what A is between it and `to`: `from 2.3 s with Alpha to 0.4 s`
_FAR_TO = re.compile(rf"[^;:,.\d]{{1,72}}\bto\s+(?:{_ABOUT}){{0,2}}$", re.I)
_ELSEWHERE = re.compile(r"\b(?:and|while|which|whereas|but|by|from|or|thanks|due|compared|up|back)\b", re.I)
_SPANS = re.compile(
    r"\b(?:rang|var(?:y|ie)|spann?|anywhere|speed-?ups?|accelerations?|gains?|improvements?|reductions?|savings?|sizes?|"
    r"scales?|scaling|between|by)\w*\s+(?:of\s+)?(?:anywhere\s+)?from\b[^;]{0,30}$",
    re.I,
)
_RATIO = re.compile(
    r"\b(?:increas|improv|rais|reduc|boost|lift|narrow|widen|grow|grew|drop|fall|fell|cut|lower|shrink|rais|rise|rose|"
    r"mov|go|chang|brought|bring)\w*\b[^;,.]{0,60}\b(?:speed-?ups?|slowdowns?|accelerations?|gaps?|ratios?|spreads?|"
    r"separations?|overheads?|factors?)\b[^;,.\d]{0,30}\bfrom\s+(?:[a-z]+\s+){0,2}$",
    re.I,
)
# the earlier state in a bracket: `reaches 88.1% on A (from 71.2%)`, `(previously 71.2%)`
_EARLIER = re.compile(
    r"(?P<on>[^().;,\d]{0,30})\(\s*(?:(?:up|down|improved|raised|increased|reduced|lowered)\s+)?"
    r"(?:from|previously|formerly|originally|was|baseline:?|vs\.?|versus)\s*(?:(?:about|around|approximately|only|an?)\s+)?$",
    re.I,
)
_CHANGED = re.compile(
    r"\b(?:improv|reduc|gain|increas|decreas|drop|higher|lower|fewer|less|more|better|worse|faster|smaller|sav|loss|lead)",
    re.I,
)
_BY = re.compile(
    r"\b(?:by|of\s+up\s+to|gains?\s+of|reductions?\s+of|improvements?\s+of|drops?\s+of)\s+(?:[a-z]+\s+){0,2}$", re.I
)
_ON = re.compile(
    r"(?P<lead>.*)\bfrom\s+[^\s\d]{0,3}\d[^;]{0,30}?(?:\bto\b|→)[^;\d]{1,20}\d[^;]{0,45}?(?:,|\band)\s*[$]?$",
    re.I | re.S,
)
_NEXT = re.compile(r"\s{0,3}(?:to\b|→|-+>)", re.I)
_LISTED = re.compile(r"\s*(?:,\s*and|,|and|/)\s*$", re.I)
_THING = re.compile(r"\s?-?(?P<thing>[A-Za-z°][\w°/^]{0,13})")
_NO_THING = frozenset(
    {
        "for",
        "of",
        "in",
        "on",
        "with",
        "by",
        "at",
        "from",
        "and",
        "to",
        "when",
        "as",
        "using",
        "under",
        "the",
        "while",
        "whereas",
        "which",
        "that",
        "without",
        "across",
        "over",
        "after",
        "during",
        "per",
        "is",
        "was",
    }
)

IN_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "days": 86400.0,
    "weeks": 604800.0,
}
_IN_BYTES = {"B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024.0, "MiB": 1024.0**2, "GiB": 1024.0**3}


def converted(q: Quantity, unit: Unit) -> float:
    """The value in another unit of the same family, so that the two ends of a figure can be compared."""
    for table in (IN_SECONDS, _IN_BYTES):
        if q.unit.name in table and unit.name in table:
            return rounded(q.value * table[q.unit.name] / table[unit.name])
    return q.value


def alike(a: Quantity, b: Quantity) -> bool:
    """Whether two figures can be of one thing: units of one family, or one without a unit."""
    return a.unit.family == b.unit.family or "bare" in (a.unit.family, b.unit.family)


def rises_from(before: str, gap: str, a: Quantity, b: Quantity) -> bool:
    """Whether `from Ax to Bx` is a change of a ratio and no range of factors: `raises the speed-up from 2x to 3x`."""
    if not FROM_LEVEL.search(before):
        return False
    return a.value > b.value or _RATIO.search(before) is not None


def continues(text: str, start: int) -> bool:
    """Whether a figure goes on with a row of pairs: `C to D` of `from A to B and C to D`."""
    before = text[max(0, start - 130) : start]
    if "from" not in before or (m := _ON.match(before)) is None:
        return False
    return not _SPANS.search(m["lead"][-40:] + "from")


def paired(text: str, found: list[Quantity]) -> list[Quantity]:
    """The figures with those that belong together as a pair made one, with `from_value`."""
    out: list[Quantity] = []
    for i, q in enumerate(found):
        both = None
        if out and not _in_two_lists(text, out, q, found[i + 1] if i + 1 < len(found) else None):
            both = _pair(text, out[-1], q)
        if both is None:
            out.append(q)
        else:
            out[-1] = both
    return out


def _in_two_lists(text: str, before: list[Quantity], q: Quantity, after: Quantity | None) -> bool:
    """Whether two lists of as many figures meet here, to be held against each other in order: `A and B vs. C and D`."""
    if after is None or len(before) < 2 or after.unit.name != q.unit.name != "x":
        return False
    a, z = before[-2], before[-1]
    if a.unit.name != z.unit.name or a.from_value is not None or z.from_value is not None or z.start - a.end > 60:
        return False
    if not _LISTED.fullmatch(text[q.end : after.start]) or not VERSUS.fullmatch(text[z.end : q.start]):
        return False
    gap = text[a.end : z.start]
    return "and" in gap or "/" in gap or "," in gap


def _pair(text: str, a: Quantity, b: Quantity) -> Quantity | None:
    gap = text[a.end : b.start]
    if a.from_value is not None or b.from_value is not None or len(gap) > 80 or not alike(a, b):
        return None
    unit = b.unit if a.unit.family == "bare" else a.unit
    if a.value_max is None and _to(text, a, b, gap):
        link = "from" if FROM_LEVEL.search(text[max(0, a.start - 60) : a.start]) else "to"
        if b.unit.family != "bare":
            unit = b.unit
        return replace(
            b,
            start=a.start,
            from_start=b.start,
            unit=unit,
            from_value=converted(a, unit),
            link=link,
            mark=b.mark or a.mark,
        )
    if unit.family == "factor" or (a.value_max is not None and b.value_max is not None):
        return None
    if VERSUS.fullmatch(gap) and _of_one(text, a, b):
        rival = None if b.value_max is not None else converted(b, unit)
        return replace(a, end=b.end, unit=unit, from_value=rival, link="vs")
    if b.value_max is None and (_earlier(text, a, b, gap) or _echoed(text, a, b, gap)):
        return replace(a, end=b.end, unit=unit, from_value=converted(b, unit), link="vs")
    return None


def _to(text: str, a: Quantity, b: Quantity, gap: str) -> bool:
    """Whether the gap between two figures leads from the first to the second."""
    if TO.fullmatch(gap):
        if a.mark == "+" != b.mark and not FROM_LEVEL.search(text[max(0, a.start - 60) : a.start]):
            return False  # `by +5% to 93%`
        return b.value_max is None or "→" in gap or bool(FROM_LEVEL.search(text[max(0, a.start - 60) : a.start]))
    before = text[max(0, a.start - 60) : a.start]
    if "to" not in gap or not FROM_LEVEL.search(before) or not _FAR_TO.fullmatch(gap) or _ELSEWHERE.search(gap):
        return False
    if (a.unit.name != b.unit.name and a.unit.family not in ("time", "bytes")) or _CHANGED.search(gap):
        return False  # `from a 2B teacher to 70%`, `from 5% lower to 3%`
    return not _SPANS.search(before) or a.value > b.value


def _of_one(text: str, a: Quantity, b: Quantity) -> bool:
    """Whether the second figure, where it has no unit, is not a number of other things: `2M weights vs. 3 rivals`."""
    if b.unit.family != "bare" or a.unit.family == "bare":
        return True
    m = _THING.match(text, b.end)
    return m is None or m["thing"].lower() in _NO_THING


def _earlier(text: str, a: Quantity, b: Quantity, gap: str) -> bool:
    """Whether the second figure is the state before the first, in a bracket behind it."""
    if "(" not in gap or a.unit.name != b.unit.name or (m := _EARLIER.fullmatch(gap)) is None:
        return False
    if a.mark in ("+", "-") or _CHANGED.search(m["on"]) or _NEXT.match(text, b.end):
        return False
    return not _BY.search(text[max(0, a.start - 40) : a.start])


def _echoed(text: str, a: Quantity, b: Quantity, gap: str) -> bool:
    """Whether two figures in the same unknown unit are held against each other: `21 kPa vs. 17 kPa`."""
    if a.unit.family != "bare" or b.unit.family != "bare" or (m := _THING.match(gap)) is None:
        return False
    return VERSUS.fullmatch(gap[m.end() :]) is not None and text.startswith(
        m[0].strip(), b.end + (text[b.end : b.end + 1] == " ")
    )
