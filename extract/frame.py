"""How a figure is tied into its clause: which word of change governs it and how. The base of kind and direction.

Rules over a sentence's words. Ways in which a change word governs a figure:
    right   `54% reduction`, `3x faster`, `2.4% performance drop`
    of      `a reduction of 54%`, `speed-ups of up to 3x`
    by      `reduces latency by 54%`, `latency is reduced by 54%`
    object  `saves 54% of the energy`, `removes 25% of the weights`
    sign    `+7.9 AP`, `-82%`
    list    taken over from the figure that it is listed with
"""

from dataclasses import dataclass

from extract.context import FIGURE, Sentence
from extract.lexicon import words
from extract.lists import leans_on, listed_with

_CHANGES = frozenset({"up", "down", "good", "bad"})
# Words of bounds and articles that may stand between a preposition or verb and its figure.
LEAD = words("frame_lead")
_STOP_RIGHT = words("frame_stop_right")
_NOUNS = (
    "improvement",
    "reduction",
    "increase",
    "gain",
    "speedup",
    "speed",
    "acceleration",
    "drop",
    "loss",
    "saving",
    "boost",
    "decrease",
    "decline",
    "degradation",
    "enhancement",
    "overhead",
    "advantage",
    "lift",
    "uplift",
    "slowdown",
    "growth",
    "increment",
    "cut",
    "rise",
    "penalty",
    "jump",
    "margin",
    "deterioration",
    "up",
    "ups",
    "savings",
    "compression",
    "benefit",
    "lead",
    "shrinkage",
    "surge",
    "leap",
    "gap",
    "change",
    "difference",
    "pruning",
    "decay",
)


@dataclass(frozen=True, slots=True)
class Frame:
    """`how` is one of the ways above, "to" for `to 5% of`, "" for none; `place` is the change word's, `classes` its
    classes."""

    how: str
    place: int = -1
    classes: frozenset[str] = frozenset()


def frame(s: Sentence, k: int) -> Frame:
    """How the sentence's k-th figure is tied to a word of change."""
    own = _own(s, k)
    if own.how == "by" and k > 0 and s.lows[own.place].startswith(_LOSSES) and own.place == s.places[k] - 2:
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
        found = _right(s, place)
        if q.mark == "+" and not found.how and s.lows[place - 1 : place] == ["by"]:
            verb = _by(s, place - 1)
            if verb.place >= 0:
                return verb  # `beats X by +3%`
        return Frame("sign", found.place, found.classes | ({"up"} if q.mark == "+" else {"down"}))
    right = _right(s, place)
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
        and not s.cue_at(lead) & _CHANGES
    ):
        lead -= 2  # `by a controlled 1 dB`
    return _left(s, place, lead)


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
        return not _right(s, place).how and not any(w.startswith(_NOUNS) for w in s.lows[max(0, place - 5) : place])
    return unit in ("dB", "dBc", "dBm") or s.lows[place + 1 : place + 2] in (["db"], ["dbc"], ["dbm"], ["dbfs"])


def _right(s: Sentence, place: int) -> Frame:
    i = place + 1
    if (
        i + 1 < len(s.lows)
        and s.lows[i] == "of"
        and (s.lows[i + 1].startswith(_NOUNS) or s.lows[i + 1] in ("added", "additional", "extra"))
    ):
        i += 1
    if i < len(s.lows) and s.lows[i] == "(":
        close = next((j for j in range(i + 1, min(len(s.lows), i + 9)) if s.lows[j] == ")"), None)
        if close is not None and close + 1 < len(s.lows) and s.lows[close + 1] not in (",", ".", ";", "and", ")"):
            i = close + 1
    end = min(len(s.lows), i + 11)
    while i < end:
        word = s.lows[i]
        glued = (s.lows[i - 1] == "-" and s.starts[i] == s.ends[i - 1]) or (
            i + 1 < end and s.lows[i + 1] == "-" and s.starts[i + 1] == s.ends[i]
        )
        if word == "(" and i > place + 1 and (close := _short_bracket(s, i)) is not None:
            i = close + 1
            continue
        if word == "and" and i > place + 1 and (noun := _shared_noun(s, place, i)) is not None:
            return noun
        if word == FIGURE or (
            word in _STOP_RIGHT
            and not glued
            and not (word == "relative" and s.lows[i + 1 : i + 2] != ["to"])
            and not (word == "and" and i + 1 < end and s.lows[i + 1].endswith(("er", "less", "more")) and i > place + 1)
        ):
            break
        if word == "of":
            break
        classes = s.cue_at(i) & _CHANGES
        if (classes and not glued) or (classes and word.startswith(_NOUNS)):
            if (word.endswith("ing") and word != "saving") or word.startswith(("outperform", "surpass", "exceed")):
                break
            if i > place + 1 and word.endswith("es") and word not in ("losses", "increases", "decreases"):
                break
            return _last_noun(s, i, end)
        i += 1
    return Frame("")


def _short_bracket(s: Sentence, opening: int) -> int | None:
    """Where a bracket of at most three words closes inside a noun phrase: `0.4 word error rate (WER) drop`."""
    for j in range(opening + 1, min(len(s.lows) - 1, opening + 5)):
        if s.lows[j] == FIGURE:
            return None
        if s.lows[j] == ")":
            return j if s.lows[j + 1].isalpha() and s.lows[j + 1] not in _STOP_RIGHT else None
    return None


_SHARED = ("reduction", "saving", "improvement", "increase", "decrease", "gain", "drop", "degradation", "speedup")


def _shared_noun(s: Sentence, place: int, joint: int) -> Frame | None:
    """The change noun that two coordinated measures share: `30% energy and area reduction`, `2% A and 3% B drop`."""
    first = [p.cls for p in s.measures if place < p.first < joint]
    i = joint + 1
    second = i < len(s.lows) and s.lows[i] == FIGURE
    if not first:
        return None
    i += second
    for j in range(i, min(len(s.lows), i + 5)):
        word = s.lows[j]
        if word == FIGURE or word in _STOP_RIGHT:
            return None
        if s.cue_at(j) & _CHANGES and word.startswith(_SHARED):
            others = [p.cls for p in s.measures if i <= p.first < j]
            if j == i or (second and others[:1] != first[-1:]):
                return None
            return Frame("right", j, frozenset(s.cue_at(j) & _CHANGES))
    return None


def _last_noun(s: Sentence, i: int, end: int) -> Frame:
    """The change noun that ends the phrase begun by a change word: `overhead reduction`, `lower`, `cost savings`."""
    for j in range(i + 1, min(end, i + 4)):
        word = s.lows[j]
        if word == FIGURE or word in _STOP_RIGHT:
            break
        if (
            s.cue_at(j) & _CHANGES
            and word.startswith(
                ("reduction", "saving", "decrease", "improvement", "drop", "loss", "degradation", "increase")
            )
            and s.cue_at(i) & {"bad"}
        ):
            return Frame("right", j, frozenset(s.cue_at(j) & _CHANGES))
    return Frame("right", i, frozenset(s.cue_at(i) & _CHANGES))


def _left(s: Sentence, place: int, lead: int) -> Frame:
    """The change word before a figure: `of`, `by`, `object`, or "to"."""
    i = lead
    before = s.lows[i] if i >= 0 else ""
    if before in ("of", "=", ":", "is", "was", "reaches", "reaching", "from", "between") or (
        before == "to" and i > 0 and s.lows[i - 1] in ("up", "down")
    ):
        if before == "to":
            i -= 1
            if s.lows[i] == "down":
                return Frame("to", i)
            i -= 1
            while i >= 0 and s.lows[i] in LEAD and s.lows[i] not in ("of", "by"):
                i -= 1
            before = s.lows[i] if i >= 0 else ""
        if before in ("of", "=", ":", "is", "was", "from", "between"):
            if (
                before == "of"
                and i > 1
                and s.lows[i - 1] in ("factor", "factors", "average", "margin", "total", "maximum", "mean", "minimum")
            ):
                j = i - 2
                while j >= 0 and s.lows[j] in LEAD and s.lows[j] != "by":
                    j -= 1
                if j >= 0 and s.lows[j] == "by":
                    return _by(s, j)
            return _noun(s, i)
    if before == "by":
        return _by(s, i)
    if before == "to":
        return Frame("to", i) if s.lows[i + 1] != "within" else Frame("")
    if i >= 0:
        classes = s.cue_at(i) & _CHANGES
        if classes and place - i <= 6 and not s.lows[i].startswith(("exceed", "surpass", "outperform")):
            word = s.lows[i]
            if s.lows[i + 1] == "at" and word.startswith(_NOUNS):
                return Frame("")  # `the gains at only 1.2x the cost`
            if (
                word.startswith(_NOUNS)
                and not word.endswith(("s", "ing", "ed"))
                and i > 0
                and s.lows[i - 1]
                not in ("to", "can", "could", "will", "further", "and", "we", "also", "that", "may", "would")
            ):
                return (
                    Frame("of", i, frozenset(classes))
                    if s.lows[i + 1 : i + 2] in (["("], [":"])
                    else Frame("object", i, frozenset(classes))
                )
            return Frame("object", i, frozenset(classes))
    if i < place - 1 and (verb := _distant(s, lead)) is not None:
        return verb
    if (verb := _bracketed(s, place, i)) is not None:
        return verb
    if before in ("(", ":") or (i >= 0 and s.lows[i + 1 : i + 2] == ["("]):
        j = i if before not in ("(", ":") else i - 1
        if j >= 0 and s.cue_at(j) & _CHANGES and s.lows[j].startswith(_NOUNS):
            return Frame("of", j, frozenset(s.cue_at(j) & _CHANGES))
    return Frame("")


def _distant(s: Sentence, lead: int) -> Frame | None:
    """`reduces the memory footprint up to 7 times`: a verb whose object stands between it and the bound."""
    far = s.lows[lead + 1 : lead + 3] == ["up", "to"] or s.lows[lead - 1 : lead + 1] == ["up", "to"]
    if s.lows[lead - 1 : lead + 1] == ["up", "to"]:
        lead -= 2
    for j in range(lead, max(-1, lead - (14 if far else 7)), -1):
        word = s.lows[j]
        if word == FIGURE or (word in _STOP_RIGHT and not (far and word in ("of", "on", "in", "for", "at", "from"))):
            return None
        classes = s.cue_at(j) & {"up", "down", "good"}
        if (
            classes
            and word.startswith(
                (
                    "reduc",
                    "improv",
                    "increas",
                    "decreas",
                    "lower",
                    "cut",
                    "accelerat",
                    "boost",
                    "sav",
                    "enhanc",
                    "outperform",
                    "surpass",
                    "speed",
                    "shrink",
                )
            )
            and not word.endswith(("tion", "ment", "ments", "tions", "speed", "up", "ups"))
            and not (j == lead and word.startswith(("outperform", "surpass")))
        ):
            return Frame("by", j, frozenset(classes))
    return None


def _bracketed(s: Sentence, place: int, lead: int) -> Frame | None:
    """`a reduction in token usage (up to 40%)`, `cutting memory (by 40%)`: the change is before the bracket."""
    opening = next((j for j in range(place - 1, max(-1, place - 5), -1) if s.lows[j] == "("), None)
    k = s.places.index(place)
    if opening is None or s.figures[k].unit.family not in ("percent", "factor", "points") or lead > opening:
        return None
    if any(s.lows[j] not in LEAD for j in range(opening, place)):
        return None
    bounded = place - opening > 1
    for j in range(opening - 1, max(-1, opening - 8), -1):
        word = s.lows[j]
        if word in (FIGURE, ",", ";", ")", "while", "with", "and", "to", "by"):
            return None
        classes = s.cue_at(j) & _CHANGES
        if not classes:
            continue
        if word.startswith(_SHARED) and not word.endswith(("ed", "ing")):
            return Frame("of", j, frozenset(classes))
        if word.startswith(("reduc", "lower", "cut", "sav", "decreas")) or (
            bounded and word.startswith(("improv", "increas", "boost", "enhanc"))
        ):
            return Frame("by", j, frozenset(classes)) if not word.endswith(("er", "tion")) else None
    return None


def _noun(s: Sentence, of: int) -> Frame:
    """The change noun before an `of` or `is`: `a reduction in latency of 54%`."""
    if s.lows[of - 1] in ("cost", "expense") and s.lows[of - 3 : of - 1] in (["at", "a"], ["at", "the"]):
        return _expense(s, of)
    for j in range(of - 1, max(-1, of - 9), -1):
        word = s.lows[j]
        if word in (FIGURE, ",", ";", "while", "and", "with", "achieving", "achieves"):
            break
        classes = s.cue_at(j) & _CHANGES
        if word == "up" and s.lows[j + 1 : j + 2] == ["to"]:
            continue
        if classes and word.startswith(_NOUNS) and not word.endswith(("ed", "ing", "es")):
            if (
                word.startswith("loss")
                and j == of - 1
                and s.lows[of] == "of"
                and s.lows[j - 1] in ("training", "validation", "test", "eval", "cross")
            ):
                break
            return Frame("of", j, frozenset(classes))
    return Frame("")


def _expense(s: Sentence, of: int) -> Frame:
    """`at a cost of 2 AP`: what is lost in quality; other costs are levels."""
    for p in s.measures:
        if of < p.first <= of + 6 and p.cls == "quality" and p.strong:
            return Frame("of", of - 1, frozenset({"bad"}))
    return Frame("")


_LOSSES = ("loss", "overhead", "gap", "drop", "degradation", "error", "penalty", "gain", "speedup")


def _verb_before(s: Sentence, noun: int) -> int | None:
    """The verb that a noun such as `overhead` is the object of: `cuts the overhead by`; None where there is none."""
    for j in range(noun - 1, max(-1, noun - 7), -1):
        word = s.lows[j]
        if word == FIGURE or word in (",", ";", "(", ")", "while", "and", "which", "that", "of", "with", "by", "in"):
            return None
        if s.cue_at(j) & {"up", "down", "good"} and word.endswith(
            ("e", "es", "ed", "ing", "s", "cut", "lower", "slash")
        ):
            if word.startswith(_NOUNS) and word.endswith("s") and not word.endswith("es"):
                return None
            return j if not word.endswith(("ss", "ments", "tions", "more")) else None
    return None


def _by(s: Sentence, by: int) -> Frame:
    """The change verb before a `by`: `reduces latency by 54%`, `latency is reduced by 54%`."""
    if s.lows[by - 1].startswith(_LOSSES) and (verb := _verb_before(s, by - 1)) is not None:
        return Frame("by", _begin(s, verb), frozenset(s.cue_at(verb) & _CHANGES))
    crossed = 0
    for j in range(by - 1, -1, -1):
        word = s.lows[j]
        if word == ";":
            break
        if word == FIGURE:
            crossed += s.lows[j - 1] != "by" and s.lows[j - 3 : j] != ["by", "up", "to"]
            if crossed > 1:
                break
        classes = s.cue_at(j) & _CHANGES
        if word in ("pruning", "pruned", "compressed", "compression", "quantized") or s.lows[j - 1] == "-":
            continue
        if (
            classes
            and not word.endswith(("er", "tion", "ment", "ss"))
            and word
            not in (
                "more",
                "less",
                "efficient",
                "efficiency",
                "better",
                "up",
                "down",
                "compression",
                "superior",
                "speedup",
            )
        ):
            return Frame("by", _begin(s, j), frozenset(classes))
        if classes and by - j <= 2:
            return Frame("by", j, frozenset(classes))
    for j in range(by - 1, max(-1, by - 12), -1):  # `a reduction in both A and B by 9%`
        word = s.lows[j]
        if word in (FIGURE, ",", ";", "while", "which", "that"):
            break
        if s.cue_at(j) & _CHANGES and word.startswith(_SHARED) and s.lows[j + 1] in ("in", "of"):
            return Frame("of", j, frozenset(s.cue_at(j) & _CHANGES))
    return Frame("by" if s.lows[by - 1 : by] else "")


def _begin(s: Sentence, place: int) -> int:
    """The first word of the cue that covers a word: `speeding` of `speeding up`."""
    return min((c.first for c in s.cues if c.first <= place < c.end and c.cls in _CHANGES), default=place)


_SPEED = ("speedup", "speed", "sped", "accelerat", "faster", "slower", "quicker", "slowdown", "fast")


def of_speed(s: Sentence, tied: Frame) -> bool:
    """Whether the word of change itself says that speed is measured: `speed-up`, `faster`, `accelerates`."""
    return (tied.place >= 0 and s.lows[tied.place].startswith(_SPEED) and s.lows[tied.place] != "speed") or (
        tied.place >= 0
        and s.lows[tied.place] == "speed"
        and s.lows[tied.place + 1 : tied.place + 3] in (["-", "up"], ["-", "ups"], ["up"])
    )
