"""The thresholds of a question behind its first: "2x faster and half the memory", "under 10 ms at less than 5 W".

A figure is one when words join it to the figure before, and it says itself what it measures: something else than the
others do. A figure that tells a setting ("at 50 % sparsity", "with 4x longer inputs") is none.
"""

import re
from itertools import pairwise

from index import question_words as lexicon
from index.answer import Further
from index.question_bounds import Bounded, clause_around
from index.question_figures import Asked, Figures, asked, nearest
from index.question_words import Said

# What stands between two figures of which both are asked for. "at", "for" and "using" lead to a share or to less of
# something ("at half the cost"), or to a bound ("at less than 5 W"); else to a setting.
_JOINED = re.compile(
    r"[,;&+]|\bw/(?!o)|\b(?:and|with|plus|while|whilst|but|yet|also|that|which|as well as|together with|"
    r"at the same time)\b",
    re.I,
)
_LEADS = re.compile(r"\b(?:at|for|using|in|within|on|needing|taking|consuming|drawing)\b", re.I)
_EITHER = re.compile(r"\bor\b(?:\s*,[^,]*,)?[\s,]*(?:else[\s,]*)?", re.I)
_BOUND = re.compile(
    r"\b(?:or (?:even )?(?:more|better|greater|higher|above|faster|over|less|fewer|lower|below|under|smaller|further|"
    r"cheaper)|and (?:more|up|above|better|less|below|beyond))\b"
    r"(?!\s*(?:than\b|an?\b|the\b|about\b|only\b|by\b|\d|$))",
    re.I,
)
# One figure of two measures: "half the memory and energy", "40 % less memory and time", "memory and time cut by half".
_PAIR = re.compile(r"\s+(?:and|&|as well as)\s+(?:of\s+)?(?:the\s+|its\s+)?$", re.I)
_OF_BOTH = re.compile(
    r"\s*(?:(?:less|fewer|lower|(?:savings?|reductions?|cuts?) (?:in|of))\s+(?:both\s+)?|(?:in|of)\s+both\s+)"
    r"(?:the\s+)?$",
    re.I,
)
_COMPARING = re.compile(r"faster|quicker|cheap|small|short|speed.?up|sav|efficien|compress|fewer|less", re.I)
_SHARE_OF_BOTH = re.compile(r"\s*(?:of\s+)?(?:both\s+)?(?:the\s+)?$", re.I)
_BOTH_BY = re.compile(r"\s*(?:are\s+|is\s+)?(?:both\s+)?(?:\w+\s+)?by\s+(?:at least\s+|more than\s+|about\s+)?$", re.I)
_LESS = re.compile(r"\s*(?:less|fewer|lower|smaller|shorter|cheaper)\b", re.I)
_OF_SAVING = re.compile(r"efficien|sav|reduc|compress|improve|econom|better|cheap", re.I)
# "4x more tokens", "2x the memory": more of what one wants less of, and slower where one wants to be fast.
_MORE = re.compile(
    r"\s*(?:times\s+)?(?:more|larger|longer|bigger|greater|higher|extra|deeper|wider|the|as (?:much|many)|of the)\b",
    re.I,
)
_CHANGED = re.compile(r"\s*(?:better|higher|lower|worse|more|improve\w*|gains?|increase)\b", re.I)
_SLOWER = re.compile(r"\s*(?:longer|slower|more time|higher latenc)", re.I)
_WORK = frozenset({"flops", "work"})  # done in all, or per second: the bound tells
_FALLING = frozenset({"time", "power", "energy", "money", "bytes", "size", "params"})  # units of which less is wanted


def further(text: str, said: list[Said], figures: Figures) -> tuple[Further, ...]:
    """The thresholds behind the first; none where "or" stands between any two figures: those are alternatives.

    `text`, `said` and `figures` as in `question_figures.read`.
    """
    known = [_sort(first) for first in figures.first]
    found = [one for first in figures.first for one in _shared(text, said, first)]
    if not figures.spare:
        return tuple(found)
    places = sorted((*(a.item for a in figures.first), *figures.spare, *figures.lost), key=lambda i: i.figure.start)
    joints = [_joint(text, one, other) for one, other in pairwise(places)]
    if any(_alternative(joint) for joint in joints):
        return ()
    known += [(one.metric, "x") for one in found]
    for item, joint in zip(places, [text[: places[0].figure.start], *joints], strict=True):
        if item not in figures.spare or (one := _threshold(text, said, item, joint)) is None:
            continue
        if (sort := _sort(one)) not in known:
            known.append(sort)
            factor = round(one.min_factor, 4) if one.min_factor is not None else None
            found.append(Further(one.metric, factor, item.strict and factor is not None, one.unit_threshold))
    return tuple(found)


def _shared(text: str, said: list[Said], first: Asked) -> list[Further]:
    """The other measure of a figure that is said of two: "half the memory and energy"."""
    figure, factor = first.item.figure, first.min_factor
    if factor is None or first.metric in (None, "quality"):
        return []
    nouns = [s for s in said if s.rank < 2 and s.what != "quality" and not _COMPARING.search(s.words)]
    for one, other in pairwise(nouns):
        pair = {one.what, other.what}
        if len(pair) < 2 or first.metric not in pair or not _PAIR.match(text[one.end : other.start]):
            continue
        of_both = _SHARE_OF_BOTH if figure.unit.name == "%" and figure.spelled == "part" else _OF_BOTH
        ahead = figure.end <= one.start and of_both.match(text[figure.end : one.start])
        if ahead or (other.end <= figure.start and _BOTH_BY.match(text[other.end : figure.start])):
            metric = other.what if one.what == first.metric else one.what
            return [Further(metric, round(factor, 4), first.item.strict)]
    return []


def _joint(text: str, one: Bounded, other: Bounded) -> str:
    """The words between two figures, those of a bound blanked: "or better"."""
    return _BOUND.sub(lambda m: " " * len(m[0]), text[one.figure.end : other.figure.start])


def _alternative(joint: str) -> bool:
    """Whether the last word of joining is "or": "on an A100 or H100 and half the memory" has none between figures."""
    return _last(_EITHER, joint) > _last(_JOINED, joint)


def _last(words: re.Pattern[str], text: str) -> int:
    """Where the last of the words ends, 0 where there is none."""
    return max((m.end() for m in words.finditer(text)), default=0)


def _threshold(text: str, said: list[Said], item: Bounded, joint: str) -> Asked | None:
    """What a figure behind others asks for, where it is joined to them and says what it measures."""
    first, last = clause_around(text, item.start, item.end)
    first = max(first, item.figure.start - len(joint) + _last(_JOINED, joint))
    clause = min(first, item.figure.start), last
    near = nearest([s for s in said if clause[0] <= s.start and s.end <= clause[1]], item.start, item.end, clause)
    one = asked(text, item, near)
    if one is None or one.metric is None:
        return None
    behind = text[item.figure.end :]
    small = item.figure.spelled == "part" or _LESS.match(behind) is not None
    if one.unit_threshold is not None:
        falling = item.figure.unit.family in _FALLING and "/" not in item.figure.unit.name
        falling |= item.figure.unit.family in _WORK and item.side == "max"
        if item.side and (item.side == "max") is not falling and one.metric != "quality":
            return None  # "videos longer than 10 s", a setting
        if one.metric == "quality":  # "at 95 % recall" is asked for as much as "and 95 % recall"
            return None if _CHANGED.match(text, item.figure.end) else one
        return one if item.side or not joint.strip() or _JOINED.search(joint) else None
    if one.min_factor is None or one.metric == "quality":
        return None
    small = small or (item.figure.unit.name == "%" and re.match(r"\s*(?:of|the)\b", behind, re.I) is not None)
    if not (_JOINED.search(joint) or (_LEADS.search(joint) and small)):
        return None
    if one.metric == "speed":
        return None if _SLOWER.match(behind) else one
    more = item.figure.unit.name == "x" and _MORE.match(behind) and not _OF_SAVING.search(behind[:40])
    return None if more else one


def _sort(one: Asked) -> tuple[str | None, str]:
    """What is measured, and in units of which kind: of two thresholds that agree in both only the first is kept."""
    if one.unit_threshold is None:
        return one.metric, "x"
    unit = one.unit_threshold.unit
    kinds = (kind for kind, units in lexicon.table()["unit_scale"].items() if unit in units)
    return one.metric, next(kinds, unit)
