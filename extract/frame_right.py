"""The word of change behind a figure: `54% reduction`, `3x faster`, `2.4% performance drop`."""

from extract.context import FIGURE, Sentence
from extract.tied import CHANGES, NOUNS, SHARED, STOP_RIGHT, Frame


def word_after(s: Sentence, place: int) -> Frame:
    """The frame that the noun phrase behind a figure makes; one without `how` where no word of change is in it."""
    i = place + 1
    if (
        i + 1 < len(s.lows)
        and s.lows[i] == "of"
        and (s.lows[i + 1].startswith(NOUNS) or s.lows[i + 1] in ("added", "additional", "extra"))
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
            word in STOP_RIGHT
            and not glued
            and not (word == "relative" and s.lows[i + 1 : i + 2] != ["to"])
            and not (word == "and" and i + 1 < end and s.lows[i + 1].endswith(("er", "less", "more")) and i > place + 1)
        ):
            break
        if word == "of":
            break
        classes = s.cue_at(i) & CHANGES
        if (classes and not glued) or (classes and word.startswith(NOUNS)):
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
            return j if s.lows[j + 1].isalpha() and s.lows[j + 1] not in STOP_RIGHT else None
    return None


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
        if word == FIGURE or word in STOP_RIGHT:
            return None
        if s.cue_at(j) & CHANGES and word.startswith(SHARED):
            others = [p.cls for p in s.measures if i <= p.first < j]
            if j == i or (second and others[:1] != first[-1:]):
                return None
            return Frame("right", j, frozenset(s.cue_at(j) & CHANGES))
    return None


def _last_noun(s: Sentence, i: int, end: int) -> Frame:
    """The change noun that ends the phrase begun by a change word: `overhead reduction`, `lower`, `cost savings`."""
    for j in range(i + 1, min(end, i + 4)):
        word = s.lows[j]
        if word == FIGURE or word in STOP_RIGHT:
            break
        if (
            s.cue_at(j) & CHANGES
            and word.startswith(
                ("reduction", "saving", "decrease", "improvement", "drop", "loss", "degradation", "increase")
            )
            and s.cue_at(i) & {"bad"}
        ):
            return Frame("right", j, frozenset(s.cue_at(j) & CHANGES))
    return Frame("right", i, frozenset(s.cue_at(i) & CHANGES))
