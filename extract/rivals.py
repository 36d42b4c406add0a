"""Figures of the rival in the same sentence: `outperforming X (0.44)`, `(vs. 85.2 for X)`. They are what ours is
compared with."""

from dataclasses import replace
from itertools import pairwise

from extract.context import Sentence
from extract.frame import frame
from extract.rival_marks import is_rival
from extract.rival_words import MOVED, aside, before_names, label, own_of


def settle(s: Sentence) -> None:
    """Mark the rivals' figures of a sentence and give the own figures that they belong to their `from_value`."""
    if len(s.figures) < 2:
        return
    for k in range(1, len(s.figures)):
        if _own_last(s, k):
            q = s.figures[k]
            s.figures[k] = replace(q, value=q.from_value or 0.0, from_value=q.value)
    for k in range(len(s.figures)):
        if is_rival(s, k):
            s.rivals.add(k)
    done = _in_order(s)
    held: dict[int, int] = {}
    for k in sorted(s.rivals - done):
        before = before_names(s, k)
        own = held.get(
            before, before if before >= 0 and s.figures[before].link == "vs" and before not in s.rivals else None
        )
        if own is not None and _next_rival(s, before, k):
            held[k] = own
            s.further.setdefault(own, []).append(k)
            continue
        own = own_of(s, k)
        if own is not None and (last := max(held, default=-1)) > own and held[last] > own:
            continue  # `cuts the gap to 9 -- 38% below X (15) and 57% below Y (21)`
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


def _next_rival(s: Sentence, before: int, k: int) -> bool:
    """Whether a rival's figure comes next in a row of rivals, each with its own: `X (91%), Y (83%) and Z (79%)`."""
    a, b = s.figures[before], s.figures[k]
    between = s.lows[s.places[before] + 1 : s.places[k]]
    if "(" not in between and s.lows[s.places[k] + 1 : s.places[k] + 2] != ["for"]:
        return False
    if (of := label(s, k)) and (other := label(s, before)) and of != other:
        return False  # `X (FID 18, PSNR 17)`
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
    last: list[int] = []
    for first in sorted(s.rivals):
        group = [first]
        while group[-1] + 1 in s.rivals and _in_row(s, group[-1]):
            group.append(group[-1] + 1)
        if first in done or len(group) < 2 or first == 0:
            continue
        if last and len(last) == len(group) and group[0] - max(done) <= 3:
            for j, k in zip(last, group, strict=True):
                s.further.setdefault(j, []).append(k)
            done.update(group)
            continue
        own: list[int] = []
        for j in range(first - 1, -1, -1):
            q = s.figures[j]
            if q.unit.family == "bare" != s.figures[first].unit.family and s.words[s.places[j] - 1][:1].isupper():
                continue  # a version in a name
            if j in s.rivals or q.from_value is not None:
                break
            if q.unit.name != s.figures[first].unit.name:
                if own and q.unit.family != "params" and not q.magnitude:
                    break
                continue
            if q.value_max is None and frame(s, j).how not in MOVED and not aside(s, j):
                own.insert(0, j)
        own = own[-len(group) :] if _together(s, own[-len(group) :]) else own
        if len(own) != len(group) or any(s.figures[k].value_max is not None for k in group):
            continue
        if any(s.figures[j].unit.name != s.figures[k].unit.name for j, k in zip(own, group, strict=True)):
            continue
        if any((a := label(s, j)) and (b := label(s, k)) and a != b for j, k in zip(own, group, strict=True)):
            continue
        last = own
        for j, k in zip(own, group, strict=True):
            s.figures[j] = replace(s.figures[j], from_value=s.figures[k].value, link="vs")
        done.update(group)
    return done


def _in_row(s: Sentence, k: int) -> bool:
    """Whether two rivals' figures stand in one row or bracket, at most a measure between: `(95% recall, 89%)`."""
    between = s.lows[s.places[k] + 1 : s.places[k + 1]]
    return len(between) < 7 and not {"(", ")", "for", "by", "with"} & set(between)


def _together(s: Sentence, own: list[int]) -> bool:
    """Whether figures stand in one row, joined by a mark or a word only: `71.2 and 3.8`, `0.93/0.85`."""
    return all(
        b == a + 1 and set(s.lows[s.places[a] + 1 : s.places[b]]) <= {"and", ",", "/", "%"} for a, b in pairwise(own)
    )
