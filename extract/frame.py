"""How a figure is tied into its clause: which word of change governs it and how. The base of kind and direction.

Rules over a sentence's words. Ways in which a change word governs a figure:
    right   `54% reduction`, `3x faster`, `2.4% performance drop`
    of      `a reduction of 54%`, `speed-ups of up to 3x`
    by      `reduces latency by 54%`, `latency is reduced by 54%`
    object  `saves 54% of the energy`, `removes 25% of the weights`
    sign    `+7.9 AP`, `-82%`
    list    taken over from the figure that it is listed with
"""

from extract.context import Sentence, once
from extract.frame_left import by_verb, word_before
from extract.frame_right import word_after
from extract.lists import leans_on, listed_with
from extract.tied import CHANGES, LEAD, LOSSES, NOUNS, Frame

__all__ = ["LEAD", "Frame", "frame", "of_speed"]


@once
def frame(s: Sentence, k: int) -> Frame:
    """How the sentence's k-th figure is tied to a word of change."""
    own = _own(s, k)
    if own.how == "by" and k > 0 and s.lows[own.place].startswith(LOSSES) and own.place == s.places[k] - 2:
        before = _own(s, k - 1)  # `cuts A by 4x, B by 3x, and the overhead by 2x`
        if before.how == "by" and "down" in before.classes and s.places[k] - s.places[k - 1] < 9:
            return before
    if own.how and own.how != "to":
        return own
    group = listed_with(s, k)
    if len(group) > 1:
        for g in reversed(group):
            if g != k and (other := _own(s, g)).how not in ("", "to"):
                return Frame("list", other.place, other.classes)
    elif not own.how and (source := leans_on(s, k)) is not None:
        other = frame(s, source)
        if other.how not in ("", "to"):
            return Frame("list", other.place, other.classes)
    if not own.how and len(group) == 1 and k > 0 and _next_of_many(s, k):
        other = frame(s, k - 1)
        if other.how in ("of", "list") and s.lows[other.place] in _MANY:
            return Frame("list", other.place, other.classes)
    return own


_MANY = frozenset({"gains", "improvements", "increases", "reductions", "savings", "drops", "losses", "speedups"})


def _next_of_many(s: Sentence, k: int) -> bool:
    """Whether a figure comes next to the one before it in a row: `gains of 3% AP on A and 4% mIoU on B`."""
    a, b = s.figures[k - 1].unit.family, s.figures[k].unit.family
    between = s.lows[s.places[k - 1] + 1 : s.places[k]]
    if (a != b and {a, b} != {"points", "bare"}) or not 0 < len(between) < 14:
        return False
    return between[-1] in ("and", ",") and not {"while", "with", "reaching", "achieving", ";"} & set(between)


def _own(s: Sentence, k: int) -> Frame:
    place, q = s.places[k], s.figures[k]
    if q.mark == "-" and (q.unit.family == "factor" or _scaled(s, place, q.unit.name)):
        pass  # a dash, or a level on a scale that runs below nought
    elif q.mark in ("+", "-") and q.unit.family in ("percent", "points", "bare", "factor"):
        found = word_after(s, place)
        if q.mark == "+" and not found.how and s.lows[place - 1 : place] == ["by"]:
            verb = by_verb(s, place - 1)
            if verb.place >= 0:
                return verb  # `beats X by +3%`
        return Frame("sign", found.place, found.classes | ({"up"} if q.mark == "+" else {"down"}))
    right = word_after(s, place)
    if right.how:
        return right
    lead = place - 1
    while (
        lead >= 0
        and s.lows[lead] in LEAD
        and s.lows[lead] not in ("of", "to", "from", "(")
        and not (s.lows[lead] == "between" and s.lows[lead - 1] in ("of", "is"))
    ):
        lead -= 1
    if (
        lead > 1
        and s.lows[lead - 1] in ("a", "an")
        and s.lows[lead - 2] in ("by", "of")
        and s.lows[lead].isalpha()
        and not s.cue_at(lead) & CHANGES
    ):
        lead -= 2  # `by a controlled 1 dB`
    return word_before(s, place, lead)


def _scaled(s: Sentence, place: int, unit: str) -> bool:
    """Whether a figure is on a logarithmic scale, where a minus is no change: `reaches -48 dB`."""
    if s.figures[s.places.index(place)].unit.family == "bare" and s.lows[place - 1] in (
        "of",
        "=",
        ":",
        "is",
        "was",
        "to",
    ):
        return not word_after(s, place).how and not any(w.startswith(NOUNS) for w in s.lows[max(0, place - 5) : place])
    return unit in ("dB", "dBc", "dBm") or s.lows[place + 1 : place + 2] in (["db"], ["dbc"], ["dbm"], ["dbfs"])


_SPEED = ("speedup", "speed", "sped", "accelerat", "faster", "slower", "quicker", "slowdown", "fast")


def of_speed(s: Sentence, tied: Frame) -> bool:
    """Whether the word of change itself says that speed is measured: `speed-up`, `faster`, `accelerates`."""
    return (tied.place >= 0 and s.lows[tied.place].startswith(_SPEED) and s.lows[tied.place] != "speed") or (
        tied.place >= 0
        and s.lows[tied.place] == "speed"
        and s.lows[tied.place + 1 : tied.place + 3] in (["-", "up"], ["-", "ups"], ["up"])
    )
