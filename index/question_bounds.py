"""Which side of a question's figure is meant, by the words around it: "at least", "no more than"; and its clause."""

import re
from dataclasses import dataclass
from functools import cache

from extract.quantities import Quantity
from index import question_words as lexicon

_OF_NEXT = r"(?!\s*[$<>]?\d)"  # behind a bound: "5 W at least 10 FPS" bounds the second figure
_CLAUSE = re.compile(r"[,;.?!](?:\s|$)|\b(?:while|but|with|and|whilst|yet|at|for)\b", re.I)
_QUICKER = re.compile(r"(?:faster|quicker|better|sooner) than\b", re.I)  # "faster than 100 ms"


@dataclass(frozen=True, slots=True)
class Bounded:
    """A figure with the words that bound it."""

    figure: Quantity
    side: str  # "min", "max" or ""
    strict: bool
    start: int
    end: int


@cache
def _before() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    """Words that end where a figure begins, with the side they mean and whether it is strict."""
    sides = (
        ("strictly_more", "min", True),
        ("strictly_less", "max", True),
        ("at_most", "max", False),
        ("at_least", "min", False),
    )
    ahead = r"\s*(?:a|an|the|about|around|roughly|only|\s)*$"
    words = lexicon.table()["bounds"]
    return tuple((re.compile(lexicon.pattern(words[key]) + ahead, re.I), side, strict) for key, side, strict in sides)


@cache
def _after() -> tuple[tuple[re.Pattern[str], str], ...]:
    words = lexicon.table()["bounds"]
    return tuple(
        (re.compile(rf"[\s,]*(?:[a-z]+ ){{0,3}}?{lexicon.pattern(words[key])}{_OF_NEXT}", re.I), side)
        for key, side in (("after_least", "min"), ("after_most", "max"))
    )


def bounded(text: str, figure: Quantity) -> Bounded:
    """The figure with the bound before it ("more than"), behind it ("or better") or in it (">", "+")."""
    if figure.mark in "<>" and figure.mark:
        return Bounded(figure, "min" if figure.mark == ">" else "max", True, figure.start, figure.end)
    if figure.plus or text[figure.end : figure.end + 1] == "+":
        return Bounded(figure, "min", False, figure.start, figure.end + 1)
    left = text[max(0, figure.start - 40) : figure.start]
    best: Bounded | None = None
    for words, side, strict in _before():
        if match := words.search(left):
            start = figure.start - len(left) + match.start()
            if best is None or start < best.start:
                quicker = figure.unit.family == "time" and _QUICKER.match(left, match.start())
                best = Bounded(figure, "max" if quicker else side, strict, start, figure.end)
    right = text[figure.end : figure.end + 40]
    for words, side in _after():
        if (best is None or best.side == side) and (match := words.match(right)):
            start, strict = (best.start, best.strict) if best else (figure.start, False)
            return Bounded(figure, side, strict, start, figure.end + match.end())
    return best or Bounded(figure, "", False, figure.start, figure.end)


def clause_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause around a place."""
    first = max((m.end() for m in _CLAUSE.finditer(text, 0, start)), default=0)
    last = next((m.start() for m in _CLAUSE.finditer(text, end)), len(text))
    return first, last
