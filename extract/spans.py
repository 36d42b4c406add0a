"""Phrases of a sentence that may name something: runs of words between stop words, verbs and marks, the parts of long
runs and neighbouring runs joined by a small word. They are what `technique` and `baseline` choose from."""

import re
from collections.abc import Sequence

from extract.context import FIGURE, Sentence
from extract.lexicon import WORD, words

STOPS = words("spans_stops")
MARKS = frozenset(",;:()[].?!\"'`{}=<>|~&")
_LINKS = words("spans_links")
_CAPITAL = re.compile(r"[A-Z]")
_INSIDE = frozenset({".", "'"})  # between letters they belong to a word


def runs(lows: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> list[tuple[int, int]]:
    """The longest runs of words, as positions [first, end), without stop words and marks; compounds stay whole."""
    n, i = len(lows), 0
    out: list[tuple[int, int]] = []
    while i < n:
        if lows[i] == "-" or _parts(lows, starts, ends, i):
            i += 1
            continue
        j = i + 1
        while j < n and not _parts(lows, starts, ends, j):
            j += 1
        end = j
        while end > i and not lows[end - 1][-1].isalnum() and lows[end - 1] != "+":
            end -= 1
        if end > i and any(w[0].isalpha() for w in lows[i:end]):
            out.append((i, end))
        i = j
    return out


def _parts(lows: Sequence[str], starts: Sequence[int], ends: Sequence[int], i: int) -> bool:
    """Whether a word parts two runs."""
    word = lows[i]
    if word == FIGURE:
        return True
    if word in MARKS:
        return not (
            word in _INSIDE
            and 0 < i < len(lows) - 1
            and ends[i - 1] == starts[i]
            and ends[i] == starts[i + 1]
            and FIGURE not in (lows[i - 1], lows[i + 1])
        )
    if word not in STOPS:
        return False
    if i > 0 and lows[i - 1] == "-" and ends[i - 1] == starts[i]:
        return False
    return not (i + 1 < len(lows) and lows[i + 1] == "-" and ends[i] == starts[i + 1])


def spans(s: Sentence) -> dict[tuple[int, int], str]:
    """Every phrase of a sentence, as word positions [first, end), with how it was found: `run`, `join:WORD` (two or
    three runs with a small word between), `tail` and `head` (parts of a run), `name` (a word with capitals in it)."""
    found = runs(s.lows, s.starts, s.ends)
    out = dict.fromkeys(found, "run")
    for x, (first, _) in enumerate(found):
        for y in range(x + 1, min(x + 3, len(found))):
            gap = s.lows[found[y - 1][1] : found[y][0]]
            if not 0 < len(gap) < 3 or not all(w in _LINKS or w == "(" for w in gap):
                break
            out.setdefault((first, found[y][1]), f"join:{gap[0]}")
    for first, end in found:
        if end - first == 1:
            continue
        begins = [j for j in range(first, end) if s.lows[j] != "-" and (j == first or s.lows[j - 1] != "-")]
        if len(begins) > 2:
            for j in begins[1:]:
                out.setdefault((j, end), "tail")
            out.setdefault((first, begins[-1]), "head")
        if len(begins) > 1:
            for j in begins:
                if _CAPITAL.search(s.words[j]):
                    stop = j + 1
                    while stop < end and s.starts[stop] == s.ends[stop - 1]:
                        stop += 1
                    out.setdefault((j, stop), "name")
    return out


_FIRST = 60  # letters in which the first runs of a text mostly end


def phrases(text: str, *, most: int) -> list[str]:
    """The first `most` runs of a text, as written."""
    for part in (text[:_FIRST], text) if len(text) > _FIRST else (text,):
        found = [m.span() for m in WORD.finditer(part)]
        if not found:
            continue
        starts, ends = zip(*found, strict=True)
        lows = [part[a:b].lower() for a, b in found]
        first = runs(lows, starts, ends)[:most]
        # Where a run ends depends on the two words behind it, of which the last may be cut off.
        if part is text or (len(first) == most and first[-1][1] + 2 < len(found)):
            return [text[starts[a] : ends[b - 1]] for a, b in first]
    return []
