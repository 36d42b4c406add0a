"""How a figure is bounded: at most, at least, about, on average or exactly. Rules over the words before and behind
it."""

import re

from extract.context import Sentence
from extract.lexicon import words
from extract.lists import leans, listed_with

_GAP = (
    r"(?:\s+(?:an?|the|only|just|additional|further|about|around|approximately|nearly|roughly|over|"
    r"average|overall|of|by|merely|even|well|significant|whopping|total|factor|impressive|remarkable|"
    r"staggering|substantial|extra|another)){0,3}\s*[(\"'~<>+-]?\s*$"
)
_UP_TO = re.compile(
    r"\b(?:up\s*to|upto|as\s+much\s+as|as\s+many\s+as|as\s+high\s+as|at\s+most|under|below|"
    r"less\s+than|fewer\s+than|lower\s+than|smaller\s+than|within|as\s+few\s+as|as\s+low\s+as|"
    r"as\s+little\s+as|no\s+more\s+than|not\s+more\s+than|maximum(?:\s+(?:[\w-]+\s+){0,3}of)?|"
    r"a\s+max\s+of|max|limited\s+to|at\s+best|sub)" + _GAP,
    re.I,
)
_AT_LEAST = re.compile(
    r"\b(?:at\s+least|at\s+minimum|over|more\s+than|above|beyond|greater\s+than|higher\s+than|"
    r"larger\s+than|exceed(?:s|ing|ed)?|surpass(?:es|ing|ed)?|no\s+less\s+than|not\s+less\s+than|"
    r"minimum\s+(?:[\w-]+\s+){0,3}of|upwards\s+of|in\s+excess\s+of|well\s+over)" + _GAP,
    re.I,
)
_ABOUT = re.compile(
    r"\b(?:about|around|nearly|approximately|approx\.?|roughly|almost|close\s+to|near|circa|ca\.|some|"
    r"an\s+estimated|estimated|order\s+of|close\s+to\s+maximum)" + _GAP,
    re.I,
)
_AVERAGE = re.compile(
    r"\b(?:an?\s+average|average|averaging|averages|averaged|mean|on\s+average,?|by\s+average|geomean|"
    r"geometric\s+mean)(?:\s+of)?(?:\s+(?:about|over|up\s+to|only|just))?\s*[(\"'~+-]?\s*$",
    re.I,
)
_AVERAGE_MEASURE = re.compile(
    r"\b(?:average|averaged|averaging|averages|mean(?!\s+(?:absolute|squared?|average|reciprocal|opinion|"
    r"iou)))\s+(?:[\w@./'-]+\s+){1,9}?(?:\([^()]{1,20}\)\s+)?(?:of|by|to|is|was|from|decreases\s+by|"
    r"increases\s+by|at|reaches)\s*(?:about|over|only|just|a|~)?\s*$",
    re.I,
)
_AVERAGE_AFTER = re.compile(
    r"^\s*(?:[\w'/-]+\s+){0,6}?on\s+average\b|^\s*\(?(?:on\s+average|in\s+average|average|averaged)\b|"
    r"^\s*average\s(?!precision)|^\s*mean\s(?!average|absolute|squared?|reciprocal|opinion|iou)",
    re.I,
)
_CHANGED_AVERAGE = re.compile(
    r"\b(?:reduc|decreas|lower|cut|surpass|outperform|improv|increas|boost|rais|accelerat|"
    r"speed)\w*\s+(?:the\s+|its\s+|their\s+)?(?:average|mean)\b",
    re.I,
)
_MORE_AFTER = re.compile(r"^\s*(?:or\s+(?:more|greater|higher|better|above)\b|and\s+(?:more|above|beyond)\b)", re.I)
_LESS_AFTER = re.compile(
    r"^\s*(?:or\s+(?:less|fewer|lower|below)\b|at\s+most\b|at\s+best\b|(?:at\s+)?(?:max|maximum)\b)", re.I
)
_LEAST_AFTER = re.compile(r"^\s*at\s+least\b", re.I)


def bound(plain: str, s: Sentence, k: int, leaders: list[int]) -> str:
    """The bound of the sentence's k-th figure; `leaders` are the figures before it whose `up to` governs it too,
    nearest last."""
    q = s.figures[k]
    start = q.start
    before = plain[max(s.start, start - 70) : start]
    if k > 0:
        before = before[max(0, s.figures[k - 1].end - (start - len(before))) :]
    after = plain[q.end : min(s.end, q.end + 60)]
    found = _own(before, after, q.mark, q.plus)
    if q.from_start is not None and found == "exact":
        found = "about" if "~" in plain[q.start : q.end] else "exact"
        gap = plain[q.start : q.from_start]
        if found == "exact" and (inner := _own(gap, "", q.mark, q.plus)) != "exact":
            found = inner
    if q.value_max is not None and found == "exact" and re.search(r"more than|over", plain[q.start : q.end]):
        found = "at_least"
    if found == "exact" and leaders:
        led = bound(plain, s, leaders[-1], leaders[:-1])
        if led in ("up_to", "average") or _bare_pair(s, k):
            found = led
    if found == "exact" and k + 1 < len(s.figures) and _pair(s, k + 1):
        following = s.figures[k + 1]
        if _AVERAGE_AFTER.match(plain[following.end : min(s.end, following.end + 60)]):
            found = "average"
    if found == "exact" and _OPENS.match(plain[s.start : s.start + 40]):
        found = "average"
    return found


_OPENS = re.compile(r"on\s+average\b|averaged?\s+(?:over|across)\b|in\s+average\b", re.I)


def _bare_pair(s: Sentence, k: int) -> bool:
    return len(listed_with(s, k)) > 1 or leans(s, k)


def _own(before: str, after: str, mark: str, plus: bool) -> str:
    if mark == "<" or _UP_TO.search(before) or _LESS_AFTER.match(after):
        return "up_to"
    if mark == ">" or plus or _AT_LEAST.search(before) or _MORE_AFTER.match(after) or _LEAST_AFTER.match(after):
        return "at_least"
    if mark == "~" or _ABOUT.search(before):
        return "about"
    if _AVERAGE.search(before) or _AVERAGE_AFTER.match(after):
        return "average"
    if (
        _AVERAGE_MEASURE.search(before)
        and not _CHANGED_AVERAGE.search(before)
        and not re.search(r"\bin\s+average\b", before)
    ):
        return "average"
    return "exact"


def leaders(plain: str, s: Sentence, k: int) -> list[int]:
    """The earlier figures of the pair or list that the k-th belongs to: `up to A on this and B on that`."""
    out: list[int] = []
    i = k
    while i > 0 and _pair(s, i):
        out.insert(0, i - 1)
        i -= 1
    return out


_PARTS = words("bounds_parts")


def _pair(s: Sentence, k: int) -> bool:
    """Whether the k-th figure is joined to the one before by `and` or a comma, with nothing between that begins
    anew."""
    if len(listed_with(s, k)) > 1 and listed_with(s, k)[0] != k:
        return True
    a, b = s.figures[k - 1], s.figures[k]
    between = s.lows[s.places[k - 1] + 1 : s.places[k]]
    if a.unit.family != b.unit.family or len(between) > 10 or not between:
        return False
    if leans(s, k) and not {"while", "but", "whereas"} & set(between):
        return True
    if any(w in _PARTS for w in between) or ("(" in between and ")" not in between):
        return False
    joint = max((j for j, w in enumerate(between) if w in ("and", ",")), default=-1)
    own = between[joint + 1 :]
    if joint < 0 or ("and" not in between[-6:] and own):
        return False
    return not own or (own[-1] == "of" and len(own) < 6) or all(w in _EVEN for w in own)


_EVEN = frozenset(["about", "around", "nearly", "approximately", "roughly", "almost", "even", "further"])
