"""Where the noun phrase around a figure begins and ends, and which phrases for measures lie in it. Rules over words."""

from extract.context import FIGURE, Sentence
from extract.lexicon import Phrase, words

_STOP = words("noun_phrases_stop")
_BLANK = words("noun_phrases_blank")


def is_change(s: Sentence, p: Phrase) -> bool:
    """Whether a phrase is only a word of change, such as `gain`, that names no measure."""
    return p.end == p.first + 1 and bool(s.cue_at(p.first) & {"up", "down", "good", "bad"}) and not p.strong


def strong_in(s: Sentence, first: int, end: int) -> list[Phrase]:
    """The phrases that begin in the words [first, end) and say by themselves what is measured."""
    return [p for p in s.measures if first <= p.first < end and p.strong]


def weak_in(s: Sentence, first: int, end: int) -> list[Phrase]:
    """All phrases that begin in the words [first, end)."""
    return [p for p in s.measures if first <= p.first < end]


def phrase_end(s: Sentence, first: int, *, limit: int = 9, past: frozenset[str] = frozenset()) -> int:
    """Where the noun phrase that begins at a word ends: at a preposition, mark, conjunction or figure."""
    i = first
    while i < len(s.lows) and i < first + limit:
        word = s.lows[i]
        glued = (i > 0 and s.lows[i - 1] == "-" and s.starts[i] == s.ends[i - 1]) or (
            i + 1 < len(s.lows) and s.lows[i + 1] == "-" and s.starts[i + 1] == s.ends[i]
        )
        if word == FIGURE or (word in _STOP and not glued and word not in past):
            break
        i += 1
    return i


def phrase_start(s: Sentence, end: int, *, limit: int = 6) -> int:
    """Where the noun phrase that ends before a word begins."""
    i = end
    while i > 0 and i > end - limit:
        word = s.lows[i - 1]
        if (
            word == FIGURE
            or word in _STOP
            or word in ("achieving", "achieves", "with", "yields", "yielding", "delivers", "demonstrates", "shows")
        ):
            break
        i -= 1
    return i


def last_in(s: Sentence, first: int, end: int) -> Phrase | None:
    """The last strong phrase in the words [first, end)."""
    found = strong_in(s, first, end)
    return found[-1] if found else None


def first_in(s: Sentence, first: int, end: int) -> Phrase | None:
    """The first strong phrase in the words [first, end) that no mark or figure parts from them."""
    for p in strong_in(s, first, end):
        if not any(s.lows[i] in (",", ";", FIGURE, "while", "(") for i in range(first, p.first)):
            return p
    return None


def noun_words(s: Sentence, first: int, end: int) -> tuple[int, int] | None:
    """The words [first, end) without words of change and empty ones at either end; None where nothing is left."""
    while first < end and (s.lows[first] in _BLANK or s.cue_at(first) & {"up", "down", "good", "bad"}):
        first += 1
    if (
        end - first == 1
        and s.lows[first] in ("number", "amount", "count", "quantity", "length", "degree")
        and s.lows[first + 1 : first + 2] == ["of"]
    ):
        end = phrase_end(s, first + 2)
    while end > first and (s.lows[end - 1] in _BLANK or s.cue_at(end - 1) & {"up", "down", "good", "bad"}):
        end -= 1
    return (
        (first, end)
        if end > first and any(s.lows[i].isalpha() and len(s.lows[i]) > 2 for i in range(first, end))
        else None
    )
