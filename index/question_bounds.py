"""Which side of a question's figure is meant, by the words around it: "at least", "no more than"; and its clause."""

import re
from dataclasses import dataclass
from functools import cache

from extract.quantities import Quantity
from index import question_words as lexicon

_OF_NEXT = r"(?!\s*[$<>]?\d)"  # behind a bound: "5 W at least 10 FPS" bounds the second figure
_CLAUSE = re.compile(r"[,;.?!](?:\s|$)|\b(?:while|but|with|and|whilst|yet|at|for)\b", re.I)
_QUICKER = re.compile(r"(?:faster|quicker|better|sooner|n(?:o|ot) worse) than\b", re.I)  # "faster than 100 ms"
_LITTLE = frozenset({"time", "bytes", "power", "energy", "money"})  # of which less is better
_NOT = (
    r"(?:\b(?:without|never|not|cannot|nor)|n't)\b(?:\s+(?!(?:but|and|or|only|just|while|yet)\b)[a-z][\w'-]*){0,4}?\s+"
)
_KEPT_FROM = r"(?:(?:keep|prevent|stop)\w*(?:\s+[\w-]+){1,4}?\s+from|avoid\w*)\s+"
_GROW = r"(?:grow|go|ris|climb|get|us|need|tak|exceed|spend|draw|consum|pull|requir|burn|eat|occupy|cost|allocat)\w*"
_FALL = r"(?:fall|drop|dip|sink|slip|go|get|declin)\w*"
# "without growing past 16 GB", "never exceeds 5 W"; "without dropping below 30 FPS".
_NOT_GROWING = re.compile(rf"(?:{_NOT}|{_KEPT_FROM})(?:{_GROW}\s+)(?:(?:any|to|up|much|its|the)\s+)*$", re.I)
_NOT_OVER = re.compile(rf"(?:{_NOT}|{_KEPT_FROM})(?:(?:go|goes|going|to|ever)\s+)*$", re.I)
_NEVER = re.compile(
    r"(?:\b(?:without|never|not|cannot|nothing|nor)|n't)\s+(?:ever\s+)?(?:(?:be|have|get)\s+)?$", re.I
)  # "never more than 20 W"
_NOT_FALLING = re.compile(rf"(?:{_NOT}|{_KEPT_FROM}){_FALL}\s+$", re.I)
_NO_WORSE = re.compile(r"n(?:o|ot) worse than\b", re.I)
_ERRORS = re.compile(r"\b(?:perplexity|ppl|wer|cer|fid|fvd|lpips|errors?|rmse|mae)\b[^,;]*$", re.I)
_OVER = re.compile(r"(?:exceed|surpass|topping|beyond)", re.I)


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
                quicker = figure.unit.family in _LITTLE and _QUICKER.match(left, match.start())
                quicker = quicker or (_NO_WORSE.match(left, match.start()) and _ERRORS.search(left[: match.start()]))
                best = Bounded(figure, "max" if quicker else side, strict, start, figure.end)
    best = _turned(text, best) if best else None
    right = text[figure.end : figure.end + 40]
    for words, side in _after():
        if (best is None or best.side == side) and (match := words.match(right)):
            start, strict = (best.start, best.strict) if best else (figure.start, False)
            return Bounded(figure, side, strict, start, figure.end + match.end())
    return best or Bounded(figure, "", False, figure.start, figure.end)


def _turned(text: str, one: Bounded) -> Bounded:
    """A bound that is denied means the other side: "without growing past 16 GB" is at most that."""
    left = text[max(0, one.start - 60) : one.start]
    if one.strict and one.side == "min":
        denied = (
            _NOT_GROWING.search(left)
            or _NEVER.search(left)
            or (_OVER.match(text, one.start) and _NOT_OVER.search(left))
        )
    else:
        denied = _NOT_FALLING.search(left) if one.strict else None
    if not denied:
        return one
    other = "max" if one.side == "min" else "min"
    return Bounded(one.figure, other, False, one.start, one.end)


def clause_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause around a place."""
    first = max((m.end() for m in _CLAUSE.finditer(text, 0, start)), default=0)
    last = next((m.start() for m in _CLAUSE.finditer(text, end)), len(text))
    return first, last
