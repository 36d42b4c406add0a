"""The word of change before a figure: `a reduction of 54%`, `reduces latency by 54%`, `saves 54% of it`."""

from extract.context import FIGURE, Sentence
from extract.tied import CHANGES, LEAD, LOSSES, NOUNS, SHARED, STOP_RIGHT, Frame


def word_before(s: Sentence, place: int, lead: int) -> Frame:
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
                    return by_verb(s, j)
            return _noun(s, i)
    if before == "by":
        return by_verb(s, i)
    if before == "to":
        return Frame("to", i) if s.lows[i + 1] != "within" else Frame("")
    if i >= 0:
        classes = s.cue_at(i) & CHANGES
        if classes and place - i <= 6 and not s.lows[i].startswith(("exceed", "surpass", "outperform")):
            word = s.lows[i]
            if s.lows[i + 1] == "at" and word.startswith(NOUNS):
                return Frame("")  # `the gains at only 1.2x the cost`
            if (
                word.startswith(NOUNS)
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
        if j >= 0 and s.cue_at(j) & CHANGES and s.lows[j].startswith(NOUNS):
            return Frame("of", j, frozenset(s.cue_at(j) & CHANGES))
    return Frame("")


def _distant(s: Sentence, lead: int) -> Frame | None:
    """`reduces the memory footprint up to 7 times`: a verb whose object stands between it and the bound."""
    far = s.lows[lead + 1 : lead + 3] == ["up", "to"] or s.lows[lead - 1 : lead + 1] == ["up", "to"]
    if s.lows[lead - 1 : lead + 1] == ["up", "to"]:
        lead -= 2
    for j in range(lead, max(-1, lead - (14 if far else 7)), -1):
        word = s.lows[j]
        if word == FIGURE or (word in STOP_RIGHT and not (far and word in ("of", "on", "in", "for", "at", "from"))):
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
        classes = s.cue_at(j) & CHANGES
        if not classes:
            continue
        if word.startswith(SHARED) and not word.endswith(("ed", "ing")):
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
        classes = s.cue_at(j) & CHANGES
        if word == "up" and s.lows[j + 1 : j + 2] == ["to"]:
            continue
        if classes and word.startswith(NOUNS) and not word.endswith(("ed", "ing", "es")):
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


def _verb_before(s: Sentence, noun: int) -> int | None:
    """The verb that a noun such as `overhead` is the object of: `cuts the overhead by`; None where there is none."""
    for j in range(noun - 1, max(-1, noun - 7), -1):
        word = s.lows[j]
        if word == FIGURE or word in (",", ";", "(", ")", "while", "and", "which", "that", "of", "with", "by", "in"):
            return None
        if s.cue_at(j) & {"up", "down", "good"} and word.endswith(
            ("e", "es", "ed", "ing", "s", "cut", "lower", "slash")
        ):
            if word.startswith(NOUNS) and word.endswith("s") and not word.endswith("es"):
                return None
            return j if not word.endswith(("ss", "ments", "tions", "more")) else None
    return None


def by_verb(s: Sentence, by: int) -> Frame:
    """The change verb before a `by`: `reduces latency by 54%`, `latency is reduced by 54%`."""
    if s.lows[by - 1].startswith(LOSSES) and (verb := _verb_before(s, by - 1)) is not None:
        return Frame("by", _begin(s, verb), frozenset(s.cue_at(verb) & CHANGES))
    crossed = 0
    for j in range(by - 1, -1, -1):
        word = s.lows[j]
        if word == ";":
            break
        if word == FIGURE:
            crossed += s.lows[j - 1] != "by" and s.lows[j - 3 : j] != ["by", "up", "to"]
            if crossed > 1:
                break
        classes = s.cue_at(j) & CHANGES
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
        if s.cue_at(j) & CHANGES and word.startswith(SHARED) and s.lows[j + 1] in ("in", "of"):
            return Frame("of", j, frozenset(s.cue_at(j) & CHANGES))
    return Frame("by" if s.lows[by - 1 : by] else "")


def _begin(s: Sentence, place: int) -> int:
    """The first word of the cue that covers a word: `speeding` of `speeding up`."""
    return min((c.first for c in s.cues if c.first <= place < c.end and c.cls in CHANGES), default=place)
