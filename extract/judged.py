"""Whether the words around a level judge it: `the lowest FID of 1.9`, `72% accuracy, outperforming all rivals`, `as few
as 4 steps`. Rules over words; a level whose gap to a rival has a figure of its own (`by 3%`) is not judged again."""

from itertools import pairwise

from extract.context import FIGURE, Sentence
from extract.frame import Frame, frame
from extract.lexicon import words
from extract.measure import Choice

_BEATS = ("outperform", "surpass", "exceed", "beat", "outscor")
_BEST = words("judged_best")
_COMPARED = words("judged_compared")
_STOPS = words("noun_phrases_stop")
_NO_ROW = frozenset({";", "while", "whereas", "but", "compared", "than", "vs", "by", "with"})
_THINGS = frozenset(
    {"model", "models", "agent", "agents", "system", "variant", "configuration", "performing", "strategy"}
)
_LITTLE = frozenset({"few", "little", "low", "fast", "small", "short"})
_BETTER = frozenset({"better", "stronger", "superior", "faster"})
_MORE = frozenset(
    {"additional", "more", "less", "extra", "added", "up", "down", "efficiency", "efficient", "rising", "growing"}
)
_LEADS = frozenset({"led", "leads", "leading"})
_BEFORE, _AFTER, _ROW = 28, 22, 44  # how many words away a judgement may stand, and along a row of levels


def judged(s: Sentence, k: int, tied: Frame, choice: Choice, metric: str) -> bool:
    """Whether words of judgement go with the sentence's k-th figure, a level."""
    place = s.places[k]
    if s.figures[k].link == "vs" or _as_few_as(s, place) or (tied.how == "to" and _changed(s, tied.place)):
        return True
    if _crowned(s, place) or _in_judged_bracket(s, k):
        return True
    for i in range(max(0, place - _ROW), min(len(s.lows), place + _AFTER)):
        word = s.lows[i]
        if word.startswith(_BEATS) and not word.endswith(("ance", "ment")):
            if i >= place - _BEFORE and _beaten(s, i, place, metric):
                return not _gap_after(s, place)
        elif word in _BEST or _record(s, i):
            if _praised(s, i, place, metric):
                return not _gap_after(s, place)
        elif word in _COMPARED and i < place and i >= place - _BEFORE and _compared(s, i, place, choice):
            return True
    return False


def _as_few_as(s: Sentence, place: int) -> bool:
    """`in as few as 4 steps`, `errors as low as 0.02`."""
    if place < 3 or not s.lows[place - 1] == s.lows[place - 3] == "as" or s.lows[place - 2] not in _LITTLE:
        return False
    return s.lows[place - 2] != "few" or (s.lows[place - 4] in ("to", "or") and _changed(s, place - 4))


def _changed(s: Sentence, to: int) -> bool:
    """Whether something is said to be changed to the level: `cuts the error to 4%`."""
    crossed = False
    for j in range(to - 1, max(-1, to - 14), -1):
        word = s.lows[j]
        if word in ("and", ",") and (before := _changed_before(s, j)) >= 0:
            return _changed(s, before)
        if word == FIGURE and not crossed and (s.lows[j + 1].isalpha() or s.lows[j + 1] == "-"):
            crossed = True  # a size in a name: `compresses the 8B hybrid down to 4B`
            continue
        if word in (FIGURE, ";", ","):
            return False
        if s.cue_at(j) & {"up", "down", "good"} and word not in _MORE:
            return True
    return False


def _changed_before(s: Sentence, joint: int) -> int:
    """Where the `to` before a joint stands, `reduces A to 4 (5% less) and B to 3`; -1 for none."""
    for k, p in enumerate(s.places):
        if joint - 8 < p < joint and s.figures[k].link == "" and (tied := frame(s, k)).how == "to":
            return tied.place
    return -1


def _crowned(s: Sentence, place: int) -> bool:
    """`..., making it the fastest system`, `leads with 4 ms`, `sets new records on A (0.7)`."""
    lows = s.lows
    for i in range(place + 1, min(len(lows) - 3, place + _AFTER)):
        if lows[i] == ";":
            break
        if lows[i : i + 3] == ["making", "it", "the"] and (lows[i + 3] in _BEST or lows[i + 3] == "first"):
            return True
    left = lows[max(0, place - 3) : place]
    return any(a in _LEADS and b == "with" for a, b in pairwise(left))


def _in_judged_bracket(s: Sentence, k: int) -> bool:
    """`better hit rates (P@1 24%, Hit@5 59%)`, `at real-time speed (15 FPS)`: the words before the bracket judge."""
    place = s.places[k]
    opening = next((j for j in range(place - 1, max(-1, place - 16), -1) if s.lows[j] in ("(", ")")), -1)
    if opening < 2 or s.lows[opening] != "(":
        return False
    for j in range(opening - 1, max(-1, opening - 8), -1):
        word = s.lows[j]
        if word in _STOPS or word == FIGURE:
            return False
        if word in _BETTER or s.lows[j : j + 4] == ["real", "-", "time", "speed"]:
            return True
    return False


def _beaten(s: Sentence, i: int, place: int, metric: str) -> bool:
    """Whether a verb such as `outperforms` tells of the level, without a gap of its own."""
    if FIGURE in s.lows[i + 1 : i + 3]:
        return False  # `F1 exceeding 90%` is a bound
    if s.lows[i - 2 : i] in (["to", "or"], ["or", "even"], ["with", "or"]):
        return False  # `comparable to or exceeding`
    near = i > place and FIGURE not in s.lows[place + 1 : i] and s.lows[i - 1] in (",", "significantly")
    return not _has_gap(s, i) and (metric == "quality" or (near and metric == "speed"))


_RECORDS = frozenset({"record", "records", "benchmark", "benchmarks", "best", "standard", "standards", "sota"})


def _record(s: Sentence, i: int) -> bool:
    """`state-of-the-art`, `sets new benchmarks`, `puts it at the top`."""
    word = s.lows[i]
    if word == "state":
        return s.lows[i : i + 5] == ["state", "-", "of", "-", "the"]
    if word == "new":
        return bool(_RECORDS.intersection(s.lows[i + 1 : i + 2]))
    return word == "top" and s.lows[i - 2 : i] == ["at", "the"] and s.lows[i + 1 : i + 2] != ["-"]


def _praised(s: Sentence, i: int, place: int, metric: str) -> bool:
    """Whether a word such as `best` or `impressive` tells of the level."""
    word, low, high = s.lows[i], min(i, place), max(i, place)
    figures = FIGURE in s.lows[low + 1 : high]
    if place - i > _BEFORE and not figures:
        return False
    if figures and not (i < place and _together(s, low + 1, high)):
        return False
    end = s.lows.index(FIGURE, low + 1, high) if figures else high
    if _parted(s, low, end) > (1 if metric == "quality" else 0) or (metric != "quality" and i > place):
        return False
    if "only" in s.lows[low:high] or ";" in s.lows[low:high]:
        return False
    if s.lows[i - 2].startswith(("match", "rival", "approaching")):
        return False  # `matching the best X` speaks of a rival
    if word == "best" and (s.lows[i - 1] == "our" or s.lows[i + 1 : i + 2] in [[t] for t in _THINGS]):
        return False  # `our best model` is only which
    return not (word == "leading" and s.lows[i + 1 : i + 2] == ["to"])


def _compared(s: Sentence, i: int, place: int, choice: Choice) -> bool:
    """Whether a comparative stands before the measure of the level: `a lower FID of 2.8`."""
    phrase = choice.phrase
    return (
        phrase is not None
        and 1 <= phrase.first - i <= 4
        and not _STOPS & set(s.lows[i + 1 : phrase.first])
        and phrase.first < place
        and s.clauses[place] - s.clauses[i] <= 1
    )


def _together(s: Sentence, first: int, end: int) -> bool:
    """Whether the figures between a word of judgement and a level are levels listed with it: `the best F1 of 81.2 on A
    and 79.4 on B`."""
    inside = [j for j, p in enumerate(s.places) if first <= p < end]
    if _NO_ROW.intersection(s.lows[s.places[inside[0]] : end]):
        return False
    last = inside[-1]
    return all(s.figures[j].from_value is None and not frame(s, j).how for j in inside) and (
        last + 1 < len(s.figures) and _alike(s, last, last + 1)
    )


def _alike(s: Sentence, a: int, b: int) -> bool:
    first, second = s.figures[a].unit.family, s.figures[b].unit.family
    return first == second or {first, second} <= {"bare", "points"}


def _parted(s: Sentence, low: int, high: int) -> int:
    """How many clauses lie between two words, those of brackets and of listed figures aside."""
    between = s.lows[low + 1 : high]
    marks = sum(1 for j, w in enumerate(between) if w in ("(", ")", ":") or (w == "," and FIGURE in between[:j]))
    return max(0, s.clauses[high] - s.clauses[low] - marks)


def _has_gap(s: Sentence, verb: int) -> bool:
    """Whether a verb like `outperforms` has a figure of its own: `outperforms X by 3%`."""
    for j in range(verb + 1, min(len(s.lows), verb + 26)):
        if s.lows[j] in (";", "while", "achieving", "reaching"):
            return False
        if s.lows[j] == "by":
            return FIGURE in s.lows[j + 1 : j + 6]
    return False


def _gap_after(s: Sentence, place: int) -> bool:
    if any(s.lows[j].startswith(_BEATS) and _has_gap(s, j) for j in range(place, min(len(s.lows), place + 24))):
        return True
    return any(
        place < p <= place + 30
        and ";" not in s.lows[place:p]
        and s.figures[j].unit.family in ("percent", "points", "bare")
        and (found := frame(s, j)).how in ("of", "right", "sign")
        and "good" in found.classes
        and s.lows[found.place].startswith("improvement")
        for j, p in enumerate(s.places)
    )
