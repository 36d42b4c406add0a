"""Figures that are listed together (`1.7%, 1.1% and 0.5%`) or lean on the one before (`3x on A and 2x on B`)."""

from extract.context import FIGURE, Sentence, once
from extract.lexicon import words

_SEPARATORS = frozenset({",", "and", "or", "/", "&", "+"})
_FOLLOWS = words("lists_follows")
_LEADS = words("lists_leads")


@once
def listed_with(s: Sentence, k: int) -> list[int]:
    """The figures that are listed together with the k-th, only commas and `and` between them; k among them, in
    order."""
    first = last = k
    while first > 0 and listed(s, first - 1, first):
        first -= 1
    while last + 1 < len(s.places) and listed(s, last, last + 1):
        last += 1
    return list(range(first, last + 1))


def listed(s: Sentence, a: int, b: int) -> bool:
    between = s.lows[s.places[a] + 1 : s.places[b]]
    if s.figures[a].unit.family != s.figures[b].unit.family or s.figures[b].spelled in ("part", "multiple"):
        return False
    return bool(between) and len(between) < 4 and all(w in _SEPARATORS for w in between)


def leans(s: Sentence, k: int) -> bool:
    """Whether the k-th figure has nothing of its own and takes over from the one before: `3x on A, 2.4x on B and 4x
    in C`."""
    return leans_on(s, k) is not None


@once
def leans_on(s: Sentence, k: int) -> int | None:
    """The figure that the k-th takes over from (see `leans`), sizes of models in between aside: `3% for 2B and 4% for
    7B`; None where there is none."""
    source = k - 1
    while source > 0 and _size(s, source) and not _size(s, k):
        source -= 1
    return source if source >= 0 and _leans(s, source, k) else None


def _size(s: Sentence, k: int) -> bool:
    return s.figures[k].unit.family == "params" or s.figures[k].magnitude


def _leans(s: Sentence, source: int, k: int) -> bool:
    a, b = s.figures[source], s.figures[k]
    if a.unit.family != b.unit.family and {a.unit.family, b.unit.family} != {"points", "bare"}:
        return False
    between = s.lows[s.places[source] + 1 : s.places[k]]
    if not between or len(between) > 18 or between.count(FIGURE) != k - source - 1:
        return False
    i = len(between) - 1
    while i >= 0 and between[i] in _LEADS:
        i -= 1
    if i < 0 or between[i] not in (",", "and", "or", ";", "/") or "while" in between:
        return False
    following = s.lows[s.places[k] + 1] if s.places[k] + 1 < len(s.lows) else "."
    return following in _FOLLOWS
