"""How phrases of a sentence stand in it and to its figures: the features that a technique and a baseline are chosen by.

A feature is a name; that it is there is all it says. Words with capitals are in none of them.
"""

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from itertools import accumulate

from extract.baseline import Marked, marked
from extract.chooser import Features
from extract.context import FIGURE, Sentence
from extract.lexicon import words
from extract.spans import MARKS, STOPS, spans
from extract.wordshape import bucket, is_benchmark, is_known_model, is_verb, shape

_ARTICLES = frozenset({"the", "our", "a", "an", "this", "its", "their", "that"})
_BREAKS = frozenset({";", "while", "whereas", "but", "although", "though"})
_RIVAL = words("standing_rival")
_INTRODUCES = re.compile(
    r"match|par$|parity|comparable|equivalent|similar|rival|identical|lossless|same|maintain|retain|preserv|without|"
    r"los[st]|loss|degrad|surpass|outperform|exceed|beat|compar|relative|versus|vs$|over$|than$|against$"
)
_GENERIC = words("standing_generic")


class Span:
    """A phrase: words [first, end) of the sentence, `text` as written, what holds for it whatever the figure."""

    __slots__ = ("end", "features", "first", "signs", "text")

    def __init__(self, first: int, end: int, text: str, features: Features, signs: list[str]) -> None:
        self.first, self.end, self.text, self.features = first, end, text, features
        self.signs = signs  # of the features those that are looked at together with the claim's kind and metric


class Standing:
    """The phrases of one sentence; `text` is its section's, as written. Nothing is read before it is asked for."""

    def __init__(self, s: Sentence, text: str) -> None:
        self.s, self.text = s, text

    @cached_property
    def _figures(self) -> list[int]:
        return _running(self.s.lows, FIGURE.__eq__)

    @cached_property
    def _commas(self) -> list[int]:
        return _running(self.s.lows, ",".__eq__)

    @cached_property
    def _breaks(self) -> list[int]:
        return _running(self.s.lows, _BREAKS.__contains__)

    @cached_property
    def _verbs(self) -> list[int]:
        return _running(self.s.lows, is_verb)

    @cached_property
    def _ands(self) -> list[int]:
        return _running(self.s.lows, "and".__eq__)

    @cached_property
    def _shown(self) -> list[str]:
        """Each word as features have it: one with capitals only says so."""
        return [w if w.islower() or not w[0].isalpha() else "X" if i else w.lower() for i, w in enumerate(self.s.words)]

    @cached_property
    def marked(self) -> Marked:
        return marked(self.s)

    @cached_property
    def spans(self) -> list[Span]:
        s = self.s
        introduced: dict[int, list[tuple[int, str, int]]] = {}
        for at, span, how in self.marked:
            introduced.setdefault(span[0], []).append((at, how, span[1]))
        measured = {j for p in s.measures if p.strong for j in range(p.first, p.end)}
        return [self._span(first, end, how, introduced, measured) for (first, end), how in spans(s).items()]

    def _span(
        self,
        first: int,
        end: int,
        how: str,
        introduced: dict[int, list[tuple[int, str, int]]],
        measured: set[int],
    ) -> Span:
        s, shown = self.s, self._shown
        lows, n = s.lows, len(s.lows)
        written = self.text[s.starts[first] : s.ends[end - 1]]
        if written.endswith(("'s", "’s")):
            written = written[:-2]
        look = shape(written)
        left, l1 = (lows[first - 1], shown[first - 1]) if first else ("^", "^")
        right, r1 = (lows[end], shown[end]) if end < n else ("$", "$")
        l2 = shown[first - 2] if first > 1 else "^"
        verb = is_verb(right)
        article = left in _ARTICLES
        out = [
            how,
            f"len={end - first if end - first < 8 else 8}",
            f"shape={look}",
            f"l1={l1}",
            f"l2={l2}",
            f"r1={r1}",
            f"rv={verb}&{how}",
            f"rpos={_sort(right, verb)}",
            f"lpos={_sort(left, is_verb(left))}",
            f"start={first < 5}",
        ]
        if article:
            out.append(f"la={l2}")
        if verb or right.endswith("ing"):
            out.append(f"rv={left if left in STOPS else ''}&{look}")
        if left == "-" and s.starts[first] == s.ends[first - 1]:
            out.append("in-compound")
        if right == "-" and s.starts[end] == s.ends[end - 1]:
            out.append("cuts-compound")
        _of_words(s.words[first:end], out)
        if look != "lower":
            if is_benchmark(written):
                out.append("benchmark")
            if is_known_model(written):
                out.append("model")
        if not measured.isdisjoint(range(first, end)):
            out.append("measure")
        signs = []
        for at, by, stop in introduced.get(first, []) + (introduced.get(first - 1, []) if article else []):
            signs.append(f"mark={by}")
            out.append(f"markword={lows[at]}")
            out.append(f"markend={(end > stop) - (end < stop)}")
        before = [w for w in lows[max(0, first - 4) : first] if _introduces(w)]
        signs.extend([f"intro={w[:8]}" for w in before] or ["intro="])
        return Span(first, end, written, Features(out), signs)

    def to_figure(self, place: int, first: int, end: int, *, named: str = "") -> tuple[str, Features]:
        """How the words [first, end) stand to the figure at word `place`: their side of it (`L`, `R`, `O`: around it)
        and features, whose names begin with `named`."""
        if end <= place:
            low, high, side = end, place, "L"
        elif first > place:
            low, high, side = place + 1, first, "R"
        else:
            low, high, side = place, place, "O"
        clauses = self.s.clauses
        last = len(clauses) - 1
        f = min(3, self._figures[high] - self._figures[low])
        c = min(3, self._commas[high] - self._commas[low])
        b = min(2, self._breaks[high] - self._breaks[low])
        v = min(3, self._verbs[high] - self._verbs[low])
        a = min(2, self._ands[high] - self._ands[low])
        same = clauses[first] == clauses[place if place < last else last]
        return side, _stands(named + side, f, c, b, v, a, bucket(high - low), same)

    def figures_before(self, place: int) -> int:
        return self._figures[place]


@lru_cache(maxsize=8192)
def _stands(side: str, f: int, c: int, b: int, v: int, a: int, distance: int, same: bool) -> Features:
    return Features(
        (
            side,
            f"{side}f{f}",
            f"{side}c{c}",
            f"{side}b{b}",
            f"{side}v{v}",
            f"{side}a{a}",
            f"{side}d{distance}",
            f"{side}same{same}",
            f"{side}all{f}{c}{b}",
        )
    )


def _running(lows: list[str], holds: Callable[[str], object]) -> list[int]:
    return [0, *accumulate(map(bool, map(holds, lows)))]


@lru_cache(maxsize=65536)
def _introduces(word: str) -> bool:
    return _INTRODUCES.match(word) is not None


def _sort(word: str, verb: bool) -> str:
    if verb:
        return "V"
    return "S" if word in STOPS else "P" if word in MARKS else "F" if word == FIGURE else "x"


def _of_words(said: list[str], out: list[str]) -> None:
    """Append features of the words themselves."""
    kept = [w for w in said if w != "-"]
    lower = [w if w.islower() else "" for w in kept]
    out.append(f"last={lower[-1]}")
    if len(kept) > 1:
        out.append(f"first={lower[0]}")
        out.extend([f"w={w}" for w in lower[:-1] if w and w not in STOPS])
    out.append(f"generic={min(2, sum([w in _GENERIC for w in lower]))}/{min(len(kept), 4)}")
    if not _RIVAL.isdisjoint(lower):
        out.append("rival")
