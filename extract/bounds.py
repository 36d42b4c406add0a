"""How a figure is bounded: at most, at least, about, on average or exactly. Rules over the words before and behind it."""

import re

from extract.context import Sentence

_GAP = r"(?:\s+(?:an?|the|only|just|additional|further|about|around|approximately|nearly|roughly|over|average|overall|of|by|merely|even|well|significant|whopping|total|factor|impressive|remarkable|staggering|substantial|extra|another)){0,3}\s*[(\"'~<>+-]?\s*$"
_UP_TO = re.compile(
    r"\b(?:up\s*to|upto|as\s+much\s+as|as\s+many\s+as|as\s+high\s+as|at\s+most|under|below|less\s+than|fewer\s+than|lower\s+than|smaller\s+than|within|as\s+few\s+as|as\s+low\s+as|as\s+little\s+as|no\s+more\s+than|not\s+more\s+than|maximum(?:\s+of)?|a\s+max\s+of|limited\s+to|at\s+best|sub)" + _GAP,
    re.I,
)
_AT_LEAST = re.compile(
    r"\b(?:at\s+least|at\s+minimum|over|more\s+than|above|beyond|greater\s+than|higher\s+than|larger\s+than|exceed(?:s|ing|ed)?|surpass(?:es|ing|ed)?|no\s+less\s+than|not\s+less\s+than|minimum\s+of|upwards\s+of|in\s+excess\s+of|well\s+over)" + _GAP,
    re.I,
)
_ABOUT = re.compile(
    r"\b(?:about|around|nearly|approximately|approx\.?|roughly|almost|close\s+to|near|circa|ca\.|some|an\s+estimated|estimated|order\s+of|close\s+to\s+maximum)" + _GAP,
    re.I,
)
_AVERAGE = re.compile(r"\b(?:an?\s+average|average|averaging|averages|averaged|mean|on\s+average,?|by\s+average|geomean|geometric\s+mean)(?:\s+of)?(?:\s+(?:about|over|up\s+to|only|just))?\s*[(\"'~+-]?\s*$", re.I)
_AVERAGE_MEASURE = re.compile(
    r"\b(?:average|averaged|mean(?!\s+(?:absolute|squared?|average|reciprocal|opinion|iou)))\s+(?:[\w@./'-]+\s+){1,5}?(?:\([^()]{1,20}\)\s+)?(?:of|by|to|is|was|from|decreases\s+by|increases\s+by|at|reaches)\s*(?:about|over|only|just|a|~)?\s*$",
    re.I,
)
_AVERAGE_AFTER = re.compile(r"^\s*(?:[\w'/-]+\s+){0,6}?on\s+average\b|^\s*\(?(?:on\s+average|in\s+average|average|averaged)\b|^\s*average\s|^\s*mean\s", re.I)
_CHANGED_AVERAGE = re.compile(r"\b(?:reduc|decreas|lower|cut|improv|increas|boost|rais|accelerat|speed)\w*\s+(?:the\s+|its\s+|their\s+)?(?:average|mean)\b", re.I)
_MORE_AFTER = re.compile(r"^\s*(?:or\s+(?:more|greater|higher|better|above)\b|and\s+(?:more|above|beyond)\b)", re.I)
_LESS_AFTER = re.compile(r"^\s*(?:or\s+(?:less|fewer|lower|below)\b|at\s+most\b|at\s+best\b|(?:at\s+)?(?:max|maximum)\b)", re.I)
_LEAST_AFTER = re.compile(r"^\s*at\s+least\b", re.I)


def bound(plain: str, s: Sentence, k: int, leaders: list[int]) -> str:
    """The bound of the sentence's k-th figure; `leaders` are the figures before it whose `up to` governs it too, nearest last."""
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
        return bound(plain, s, leaders[-1], leaders[:-1])
    return found


def _own(before: str, after: str, mark: str, plus: bool) -> str:
    if mark == "<" or _UP_TO.search(before) or _LESS_AFTER.match(after):
        return "up_to"
    if mark == ">" or plus or _AT_LEAST.search(before) or _MORE_AFTER.match(after) or _LEAST_AFTER.match(after):
        return "at_least"
    if mark == "~" or _ABOUT.search(before):
        return "about"
    if _AVERAGE.search(before) or _AVERAGE_AFTER.match(after):
        return "average"
    if _AVERAGE_MEASURE.search(before) and not re.search(r"\bin\s+average\b", before):
        return "average"
    return "exact"


def leaders(plain: str, s: Sentence, k: int) -> list[int]:
    """The earlier figures of the pair or list that the k-th belongs to: `up to A on this and B on that`."""
    out: list[int] = []
    i = k
    while i > 0:
        a, b = s.figures[i - 1], s.figures[i]
        between = s.lows[s.places[i - 1] + 1 : s.places[i]]
        if a.unit.family != b.unit.family or len(between) > 9 or not between:
            break
        joined = between[-1] in ("and", "or", "/", "&") or between[0] in ("and", ",", "/") and len(between) < 3
        if not joined or any(w in (";", "while", "with", "which", "but", ":", "than", "(", "by", "of") for w in between):
            break
        own = [p for p in s.measures if s.places[i - 1] < p.first < s.places[i] and p.strong]
        later = [p for p in s.measures if s.places[i] < p.first <= s.places[i] + 3 and p.strong]
        if own and later or any(s.cue_at(j) & {"up", "down", "good", "bad"} for j in range(s.places[i - 1] + 1, s.places[i])) and later:
            break
        out.insert(0, i - 1)
        i -= 1
    return out
