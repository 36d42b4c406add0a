"""Figures of the rival in the same sentence: `outperforming X (0.44)`, `(vs. 85.2 for X)`. They are what ours is
compared with."""

from dataclasses import replace

from extract.baseline import marked
from extract.context import FIGURE, Sentence
from extract.frame import frame
from extract.lists import leans, listed
from extract.units import BARE

_RELATIVE = frozenset({"factor"})
_MOVED = frozenset({"right", "of", "by", "object", "sign", "list"})


def settle(s: Sentence) -> None:
    """Mark the rivals' figures of a sentence and give the own figures that they belong to their `from_value`."""
    if len(s.figures) < 2:
        return
    for k in range(1, len(s.figures)):
        if _own_last(s, k):
            q = s.figures[k]
            s.figures[k] = replace(q, value=q.from_value or 0.0, from_value=q.value)
    for k in range(len(s.figures)):
        if _is_rival(s, k):
            s.rivals.add(k)
    done = _in_order(s)
    held: dict[int, int] = {}
    for k in sorted(s.rivals - done):
        own = held.get(k - 1, k - 1 if k > 0 and s.figures[k - 1].link == "vs" and k - 1 not in s.rivals else None)
        if own is not None and _next_rival(s, k):
            held[k] = own
            s.further.setdefault(own, []).append(k)
            continue
        own = _own(s, k)
        if own is not None:
            held[k] = own
            q = s.figures[own]
            s.figures[own] = replace(q, from_value=s.figures[k].value, link="vs")


_FALLING = frozenset({"time", "bytes", "flops", "energy", "power", "money", "params"})


def _own_last(s: Sentence, k: int) -> bool:
    """Whether `A vs. B` names the rival first: `77% faster (15.9 s vs. 3.7 s)`, where less is better."""
    q, change = s.figures[k], s.figures[k - 1]
    if q.link != "vs" or q.from_value is None or q.value <= q.from_value or q.unit.family not in _FALLING:
        return False
    between = s.lows[s.places[k - 1] + 1 : s.places[k]]
    if change.unit.family not in ("percent", "factor") or between[-1:] != ["("] or len(between) > 7:
        return False
    return frame(s, k - 1).how == "right" and "bad" not in frame(s, k - 1).classes


def _next_rival(s: Sentence, k: int) -> bool:
    """Whether a rival's figure comes next in a row of rivals, each with its own: `X (91%), Y (83%) and Z (79%)`."""
    a, b = s.figures[k - 1], s.figures[k]
    if "(" not in s.lows[s.places[k - 1] : s.places[k]] and s.lows[s.places[k] + 1 : s.places[k] + 2] != ["for"]:
        return False
    between = s.lows[s.places[k - 1] + 1 : s.places[k]]
    return (
        (a.unit.name == b.unit.name or b.unit.family == "bare")
        and b.value_max is None
        and len(between) < 14
        and bool({",", "and"}.intersection(between))
        and not {";", "while", "whereas", "but", "by"}.intersection(between)
    )


def _in_order(s: Sentence) -> set[int]:
    """Pair several rivals' figures of one bracket with as many own ones in the same order: `A of 9 and B of 8,
    beating X (7, 6)`. Returns the rivals so paired."""
    done: set[int] = set()
    for first in sorted(s.rivals):
        group = [first]
        while group[-1] + 1 in s.rivals and not {"(", ")"} & set(s.lows[s.places[group[-1]] : s.places[group[-1] + 1]]):
            group.append(group[-1] + 1)
        if first in done or len(group) < 2 or first == 0:
            continue
        own: list[int] = []
        for j in range(first - 1, -1, -1):
            q = s.figures[j]
            if q.unit.family == "bare" != s.figures[first].unit.family and s.words[s.places[j] - 1][:1].isupper():
                continue  # a version in a name
            if j in s.rivals or q.unit.name != s.figures[first].unit.name or q.from_value is not None:
                break
            if q.value_max is None and frame(s, j).how not in _MOVED:
                own.insert(0, j)
        if len(own) != len(group) or any(s.figures[k].value_max is not None for k in group):
            continue
        for j, k in zip(own, group, strict=True):
            s.figures[j] = replace(s.figures[j], from_value=s.figures[k].value, link="vs")
        done.update(group)
    return done


def _is_rival(s: Sentence, k: int) -> bool:
    place = s.places[k]
    if s.figures[k].from_value is not None:
        return False
    before = s.lows[max(0, place - 3) : place]
    if s.figures[k].mark in ("<", ">") and before[-1:] in (["p"], ["n"]):
        return False  # a test of significance
    if (
        before[-2:] in (["vs", "."], ["compared", "to"], ["compared", "with"])
        or before[-1:] in (["vs"], ["versus"])
        or before[-3:] == ["v", ".", "s"]
    ):
        return s.figures[k].unit.family not in _RELATIVE
    if (
        s.figures[k].unit.family not in _RELATIVE
        and before[-1:] in (["the"], ["a"], ["an"])
        and (
            before[-2:-1] in (["against"], ["than"], ["versus"])
            or _beats(before[-2:-1])
            or before[:2] == ["compared", "to"]
        )
        and s.lows[place + 1 : place + 2] not in (["threshold"], ["target"], ["limit"], ["mark"], ["barrier"])
        and not frame(s, k).how
        and _own(s, k) is not None
    ):
        return True
    if (
        s.figures[k].unit.family not in _RELATIVE
        and before[-1:] == ["of"]
        and any(span[1] in (place - 1, place) and how in ("beats", "than", "vs") for _, span, how in marked(s))
    ):
        return True
    owner = before[-1:] and (before[-1].endswith("'s") or before[-2:] == ["'", "s"])
    if owner and place > 1 and s.figures[k].unit.family not in _RELATIVE and _theirs(s, place):
        return True
    unit, before_unit = s.figures[k].unit, s.figures[k - 1].unit if k else BARE
    if (
        (k - 1 in s.rivals or (k > 0 and s.figures[k - 1].link == "vs"))
        and (unit.name == before_unit.name or unit.family == "bare")
        and s.lows[place + 1 : place + 2] == ["for"]
        and (leans(s, k) or unit.family == "bare")
        and not frame(s, k).how
    ):
        return True  # `against 71% for X and 54% for Y`
    if k - 1 in s.rivals and unit.name == before_unit.name and listed(s, k - 1, k):
        return True  # `beating references of 97% and 87%`
    if s.figures[k].unit.family in _RELATIVE or frame(s, k).how in ("right", "sign"):
        return False  # `(3x faster)`, `(30% improvement)` is what is won over a rival
    opening = place - 1
    while opening >= 0 and opening > place - 10 and s.lows[opening] not in ("(", ")"):
        opening -= 1
    if opening < 1 or s.lows[opening] != "(":
        return False
    if any(span[1] == opening or _goes_on(s, span[1], opening) for _, span, _ in marked(s)):
        return True
    return (
        k - 1 in s.rivals
        and s.lows[s.places[k - 1] + 1 : s.places[k - 1] + 3] in ([")", "and"], [")", ","])
        and opening - s.places[k - 1] < 11
    )


def _beats(words: list[str]) -> bool:
    return bool(words) and words[0].startswith(("surpass", "exceed", "outperform", "beat")) and words[0][-1] != "e"


def _goes_on(s: Sentence, end: int, opening: int) -> bool:
    """Whether a rival's name goes on up to a bracket: `beating closed models, including X (0.6)`."""
    words = s.lows[end:opening]
    if words[-1:] == [FIGURE] and s.words[opening - 2][:1].isupper():
        words = words[:-1]  # a version: `using Alpha 2.0 (0.6)`
    lead = [w for w in words[:2] if w != ","]
    return (
        1 < len(words) < 8
        and lead[:1] in (["including"], ["such"], ["like"], ["using"], ["with"])
        and not {"and", ")", "(", FIGURE, ";"} & set(words)
    )


def _theirs(s: Sentence, place: int) -> bool:
    """Whether a figure with an owner is a rival's: `approaching Alpha's 94 percent`."""
    left = s.lows[max(0, place - 7) : place]
    return any(
        w.startswith(
            (
                "approach",
                "surpass",
                "exceed",
                "outperform",
                "beat",
                "match",
                "vs",
                "versus",
                "against",
                "over",
                "than",
                "compared",
            )
        )
        for w in left
    )


def _own(s: Sentence, k: int) -> int | None:
    """The own level that a rival's figure is to be held against: the nearest before it in the same unit, else the
    next one."""
    rival = s.figures[k]
    if rival.unit.family in _RELATIVE or rival.value_max is not None:
        return None
    order = [*range(k - 1, -1, -1), *range(k + 1, len(s.figures))]
    for j in order:
        q = s.figures[j]
        if j in s.rivals or q.unit.name != rival.unit.name:
            continue
        if q.value_max is not None or q.from_value is not None or frame(s, j).how in _MOVED:
            continue
        if q.magnitude != rival.magnitude or len({_named(s, j), _named(s, k)} - {""}) > 1:
            continue  # another thing measured: `0.1% of the parameters` beside `80% accuracy`, `91.2` beside `13B`
        return j
    return None


def _named(s: Sentence, k: int) -> str:
    """The metric whose words follow a figure directly, at most an `of the` between: `80% accuracy`; "" for none."""
    after = s.places[k] + 1
    while after < min(len(s.lows), s.places[k] + 4) and s.lows[after] in ("of", "the", "its", "trainable", "total"):
        after += 1
    return next((p.cls for p in s.measures if p.first == after and p.strong), "")
