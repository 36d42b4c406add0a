"""Written figures that make more than one claim: said of two things measured (`reduces token use and latency by 50%`),
or held against several rivals, each with its own figure (`X (91%), Y (83%)`)."""

from extract.context import FIGURE, Sentence
from extract.frame import Frame
from extract.lexicon import Phrase
from extract.lists import listed_with
from extract.measure import Choice

_FAMILIES = frozenset({"percent", "factor"})
_OTHER_VERB = frozenset({"up", "down", "good", "bad", "keep"})
_MARKS = frozenset({",", ";", ":", "(", ")", "[", "]", "/", "-", ".", FIGURE})
_BREAKS = frozenset(
    {
        "in",
        "of",
        "on",
        "for",
        "by",
        "with",
        "to",
        "at",
        "than",
        "from",
        "as",
        "while",
        "which",
        "that",
        "over",
        "via",
        "or",
        "per",
    }
)
_HEADS = frozenset(
    {"use", "usage", "consumption", "cost", "costs", "footprint", "requirements", "overhead", "count", "load"}
)
_WIDEST = 5  # words between the two measures at most, the `and` included


def second_measure(s: Sentence, k: int, choice: Choice, tied: Frame) -> Phrase | None:
    """The other measure that the sentence's k-th figure is said of, beside the chosen one; None where there is only
    one."""
    chosen = choice.phrase
    if chosen is None or not chosen.strong or s.figures[k].unit.family not in _FAMILIES:
        return None
    if tied.how not in ("by", "right", "of") or tied.place < 0 or len(listed_with(s, k)) > 1:
        return None
    i = next(j for j, p in enumerate(s.measures) if p.first == chosen.first and p.end == chosen.end)
    for a, b, other in ((i - 1, i, i - 1), (i, i + 1, i + 1)):
        if a >= 0 and b < len(s.measures) and _joined(s, s.measures[a], s.measures[b]):
            first, last = s.measures[a], s.measures[b]
            if first.cls != last.cls and last.strong and first.strong and _both(s, s.places[k], tied, first, last):
                return s.measures[other]
    return None


def _joined(s: Sentence, first: Phrase, last: Phrase) -> bool:
    """Whether two measures are joined by `and` with nothing between but words that describe the second."""
    between = s.lows[first.end : last.first]
    if between[:1] and between[0] in _HEADS:
        between = between[1:]
    return (
        between[:1] == ["and"]
        and len(between) <= _WIDEST
        and not _BREAKS.intersection(between)
        and not _MARKS.difference("-").intersection(between)
        and not any(s.cue_at(j) & _OTHER_VERB for j in range(last.first - len(between), last.first))
        and not any(last.end <= p.first <= last.end + 1 for p in s.measures)
        and s.lows[last.end : last.end + 1] not in (["is"], ["are"], ["was"], ["were"])
    )


def _both(s: Sentence, place: int, tied: Frame, first: Phrase, last: Phrase) -> bool:
    """Whether the word of change that governs the figure governs both measures."""
    if first.first <= tied.place < last.end:
        return False  # `a speedup and memory reduction of 3x`
    low, high = min(place, tied.place, first.first), max(place, tied.place, last.end - 1)
    if any(s.lows[j] in (";", "while", "whereas", "but") for j in range(low, high)):
        return False
    if sum(s.lows[j] == FIGURE for j in range(low, high + 1)) > 1:
        return False
    if tied.how == "by":
        return (tied.place < first.first and last.end <= place) or (last.end <= tied.place < place)
    if tied.how == "right":
        return place < first.first and (tied.place >= last.end or tied.place < first.first)
    return tied.place < first.first and last.end <= place


_OPENS = ("outperform", "surpass", "exceed", "beat")


def rival_name(s: Sentence, rival: int) -> tuple[int, int] | None:
    """The name before a rival's figure in a row of rivals, `Y` of `X (91%), Y (83%)`, or after it, `Y` of `54 for Y`;
    None where there is none."""
    place = s.places[rival]
    if s.lows[place + 1 : place + 2] in (["for"], ["with"], ["by"]):
        first = end = place + 2
        while end < len(s.lows) and end < first + 7 and s.lows[end] not in _MARKS - {"-", "."} and s.lows[end] != "and":
            end += 1
        end -= s.lows[end - 1] == "."
        return (first, end) if end > first else None
    end = place
    while end > 0 and s.lows[end - 1] != "(" and end > place - 6:
        end -= 1
    end -= 1
    first = end
    while (
        first > 0
        and first > end - 8
        and s.lows[first - 1] not in _MARKS - {"-", "."}
        and s.lows[first - 1] not in ("and", "or", "over", "to", "with", "than")
        and not s.lows[first - 1].startswith(_OPENS)
    ):
        first -= 1
    return (first, end) if 0 < first < end else None
