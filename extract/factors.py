"""How many times better a figure is than its baseline, and by how much it changes quality: arithmetic on its fields.

Which way a measure goes when things get better is read from its words (data/measures.toml), never from the paper.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from math import isfinite

import data

_CUT = re.compile(r"\b(?:in|of|for|on|during|when|under|by|to|with|at|from|over|and|while|than|across)\b|[,;()]")
_RATE = re.compile(r"^(?P<what>.*?)(?:\s+per\s+|\s*(?<=\w)/\s*(?!o\b))(?P<unit>[\w$ -]+)", re.I)
# Metrics whose measures fall unless their words say otherwise: fewer bytes, operations, joules are better.
_FALLING = frozenset(
    {"memory", "storage", "parameters", "compute", "energy", "cost", "communication", "data", "tokens"}
)


@dataclass(frozen=True, slots=True)
class Factors:
    """How many times better (below 1: worse): both ends of a range, and the better end. None: cannot be told."""

    min: float | None = None
    max: float | None = None
    best: float | None = None


def _pattern(words: list[str]) -> str:
    """One alternative a phrase, longest first; a space or hyphen matches either or none, plurals match too."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.sub(r"(?:\\ |\\-)", r"[\\s-]*", re.escape(w.lower())) + "(?:s|es)?" for w in longest_first)


@cache
def _words(section: str, key: str = "words") -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_pattern(data.table('measures.toml')[section][key])})(?!\w)", re.I)


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, bool]]:
    """All known words of measures as one pattern, longest first, and for each (squeezed) whether it falls."""
    way = {_squeezed(w): g["falls"] for g in data.table("measures.toml")["group"] for w in g["words"]}
    every = [w for g in data.table("measures.toml")["group"] for w in g["words"]]
    return re.compile(rf"(?<![\w@])(?:{_pattern(every)})(?![\w@])", re.I), way


def _squeezed(word: str) -> str:
    return re.sub(r"[\s-]+", "", word.lower())


def _way(found: str) -> bool:
    _, way = _phrases()
    squeezed = _squeezed(found)
    for form in (squeezed, squeezed.removesuffix("s"), squeezed.removesuffix("es")):
        if form in way:
            return way[form]
    raise KeyError(f"measure word {found!r} matched a pattern of data/measures.toml but is none of its words")


@lru_cache(maxsize=16384)
def falls_by_words(measure: str) -> bool | None:
    """Whether a measure's words say that it falls (True) or rises (False) when things get better; None: they do not."""
    rate = _RATE.match(measure)
    if rate and _words("per").fullmatch(rate["unit"].strip()) and not _words("per", "unless").search(rate["what"]):
        return False
    text = measure if rate is None else rate["what"]
    pattern, _ = _phrases()
    for piece in _CUT.split(text):
        if known := pattern.findall(piece):
            return _way(known[-1])
    return None


def falls(measure: str, metric: str, *, quote: str = "") -> bool | None:
    """Whether the measure falls when things get better (time, bytes, energy, cost, error) or rises (rates, accuracy).

    The measure's own words decide; then the words around the figure, where `quote` is given; then the metric.
    None where nothing tells.
    """
    if (said := falls_by_words(measure)) is not None:
        return said
    if quote:
        up, down = bool(_words("around", "rising").search(quote)), bool(_words("around", "falling").search(quote))
        if up != down:
            return down
    if metric in _FALLING:
        return True
    if metric in ("speed", "quality"):
        return False
    return None


def of_limit(text: str) -> bool:
    """Whether the words speak of a share of a peak or limit, or of an extra on top, and not of a baseline's share."""
    if _words("limit").search(_words("limit", "not_limit").sub(" ", text)):
        return True
    return _extra().search(text) is not None and not _MONEY.search(text)


_MONEY = re.compile(r"\b(?:price|cost of|costs of|budget|dollars?|money)\b|\$", re.I)


@cache
def _extra() -> re.Pattern[str]:
    """A word of `extra`, then the share: `costs about 4 % of`."""
    verbs = "|".join(re.escape(word) for word in data.table("measures.toml")["limit"]["extra"])
    return re.compile(rf"\b(?:{verbs})\s+(?:\w+\s+){{0,2}}?~?\d[\d.]*\s*(?:\\?%|percent)", re.I)


def _one(
    *, kind: str, value: float, from_value: float | None, unit: str | None, direction: str, falling: bool | None
) -> float | None:
    """How many times better one figure is; the rules of DESIGN.md, "Rooms and records"."""
    value = abs(value)
    if kind == "level":
        if not from_value or not value:
            return None
        up = value / abs(from_value)
        if not up or not isfinite(up):  # beyond what numbers hold
            return None
        if direction == "none":
            return None if falling is None else (1 / up if falling else up)
        return max(up, 1 / up) if direction == "better" else min(up, 1 / up)
    if kind == "fraction":
        share = value / 100 if unit == "%" else value if unit == "x" else 0.0
        if not share:
            return None
        return share if falling is False else 1 / share
    if direction == "none" or unit not in ("x", "%"):
        return None
    better = direction == "better"
    if unit == "x":
        # "0.4x the memory, better" can only mean the share that is left
        if not value:
            return None
        times = max(value, 1 / value)
        return times if better else 1 / times
    if falling is None:
        return None
    change = value / 100
    if falling:
        if better:
            return 1 / (1 - change) if change < 1 else None
        return 1 / (1 + change)
    if better:
        return 1 + change
    return 1 - change if change < 1 else None


def factors(
    *,
    kind: str,
    metric: str,
    measure: str,
    value: float | None,
    value_max: float | None = None,
    from_value: float | None = None,
    unit: str | None = None,
    direction: str = "none",
    quote: str = "",
    baseline: str | None = None,
) -> Factors:
    """How many times better the figure of a claim is, by the rules of DESIGN.md, "Rooms and records".

    Better: v x is v, p % of a falling measure 1/(1-p/100) (none for p >= 100), p % of a rising one 1+p/100.
    Worse: v x is 1/v, p % of a falling one 1/(1+p/100), p % of a rising one 1-p/100.
    A fraction of f %: 100/f of a falling, f/100 of a rising measure; none for a share of a limit, or an overhead.
    A level with `from_value`: their ratio in the direction of better.
    Quality, plain levels, parity and physical amounts: none.
    `quote` and `baseline` only tell shares of a limit, and the way of a measure whose own words do not say it.
    """
    if metric == "quality" or kind == "parity" or value is None:
        return Factors()
    falling = falls(measure, metric, quote=quote)
    if kind == "fraction":
        if of_limit(f"{measure} {quote} {baseline or ''}"):
            return Factors()
        if metric == "compute" and falling is False:  # FLOPs/s, utilisation: a share of the peak in any words
            return Factors()
    ends = [
        _one(kind=kind, value=v, from_value=from_value, unit=unit, direction=direction, falling=falling)
        for v in (value, value_max)
        if v is not None
    ]
    known = [end for end in ends if end is not None and isfinite(end)]
    if not known:
        return Factors()
    if len(known) < len(ends):  # "saves 90 to 100 %": the far end has no ratio, the near one holds for all of them
        return Factors(known[0], None, known[0])
    return Factors(min(known), max(known), max(known))


def delta(
    *,
    kind: str,
    metric: str,
    measure: str,
    value: float | None,
    value_max: float | None = None,
    from_value: float | None = None,
    unit: str | None = None,
    direction: str = "none",
) -> float | None:
    """The change in quality in the unit written, above 0: better, below 0: worse; None where the claim tells none.

    Of a range the end farther from 0 counts: it is what a gain reaches and what a loss must be allowed for. A share
    that is kept, `96 %` of a score, is -4.
    """
    if metric != "quality" or value is None or kind == "parity" or unit == "x":
        return None
    farthest = max(abs(value), abs(value_max)) if value_max is not None else abs(value)
    if kind == "change":
        return None if direction == "none" else farthest if direction == "better" else -farthest
    falling = falls(measure, metric)
    if kind == "fraction":
        if unit != "%":
            return None
        least = min(abs(value), abs(value_max)) if value_max is not None else abs(value)
        return 100 - abs(value) if falling else least - 100
    if from_value is None:
        return None
    change = value - from_value
    if direction == "none":
        return -change if falling else change
    return abs(change) if direction == "better" else -abs(change)
