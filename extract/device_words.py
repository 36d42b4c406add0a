"""Words of the hardware catalogue in a text: its tokens, and for each place the longest name that begins there."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

import data
from extract.catalogue import Alias, aliases, nodes

_TOKEN = re.compile(r"[A-Za-z0-9]+\+?")
_GAP = re.compile(r"[.:]|(?:[\s~\-–—_®™]|\\[, ]|[{}$]|\((?:R|TM|r|tm)\)|\\textregistered|\\texttrademark)*")
# The 8x of "8xA100" is no part of the name, nor is the (R) of "Intel(R)".
_TOKENS = re.compile(r"\((?:R|TM|r|tm)\)|(?:\d+(?:x|times)(?=[A-Z]))?([A-Za-z0-9]+\+?)")
_COUNTED = re.compile(r"\d+(?:x|times)[a-z]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A name or word of the catalogue at a place of a text.

    `kind`: D device or series, C class, V vendor, L product line, B word before, A noun after, W weak noun, S variant.
    """

    kind: str
    first: int  # tokens, both inclusive
    last: int
    alias: Alias


def _squeezed(text: str) -> str:
    return "".join(_TOKEN.findall(text))


def reading(readings: list[Piece], kinds: str) -> Piece | None:
    """The piece of the first of these kinds among the readings of a place."""
    for kind in kinds:
        for piece in readings:
            if piece.kind == kind:
                return piece
    return None


@cache
def names_by_token(question: bool) -> tuple[dict[str, Any], frozenset[str]]:
    """Tokens of every name, joined and apart, as nested dicts ("" holds what ends there); those worth looking for."""
    root: dict[str, Any] = {}
    triggers: set[str] = set()
    common = frozenset(data.table("hardware.toml")["words"]["common"])
    table = data.table("hardware.toml")

    def add(kind: str, alias: Alias) -> None:
        tokens = [t.lower() for t in _TOKEN.findall(alias.written)]
        for joins in range(1 << (len(tokens) - 1)):
            parts = [tokens[0]]
            for i, token in enumerate(tokens[1:]):
                if joins >> i & 1:
                    parts[-1] += token
                else:
                    parts.append(token)
            place = root
            for part in parts:
                place = place.setdefault(part, {})
            place.setdefault("", []).append((kind, alias))
            if kind in "CD":
                ends = (parts[0], parts[-1], *parts)
                telling = [p for p in ends if p not in common and not p.isdigit() and len(p) > 1]
                rare = telling[0] if telling else parts[-1]
                triggers.update((rare, rare + "s"))

    for alias in aliases():
        if question or not alias.question:
            add("C" if nodes()[alias.node].level == "class" else "D", alias)
    for row in table["vendor"]:
        for written in [row["name"], *row.get("aliases", ())]:
            add("V", Alias(written, row["name"], case=row.get("case", False)))
    for row in table["series"]:
        for written in row.get("prefixes", ()):
            add("L", Alias(written, row["name"]))
    for kind, words in (("B", "before"), ("A", "after"), ("W", "after_weak"), ("S", "variants")):
        for written in table["words"][words]:
            add(kind, Alias(written, "", case=kind == "S" and len(written) < 6))
    return root, frozenset(triggers)


_SPACES = str.maketrans(dict.fromkeys("-–—/~,.;:()[]{}$\\'\"®™_?!×*`", " "))


def may_hold(text: str, triggers: frozenset[str]) -> bool:
    words = text.translate(_SPACES).lower().split()
    return not triggers.isdisjoint(words) or any(w[0].isdigit() and _COUNTED.match(w) for w in words)


@cache
def _names(question: bool) -> dict[str, list[tuple[frozenset[str], tuple[str, ...]]]]:
    """For each token that the name of a device or class begins with, what other tokens there are in such a name, the
    last one as it is or in the plural, and what stands there as written where case matters (see `Words._fits`)."""
    out: dict[str, list[tuple[frozenset[str], tuple[str, ...]]]] = {}

    def walk(place: dict[str, Any], path: list[str]) -> None:
        for token, following in place.items():
            if token:
                walk(following, [*path, token])
                continue
            for kind, alias in following:
                if kind in "CD":
                    written, ends = _squeezed(alias.written), [0, *accumulate(map(len, path))]
                    cased = tuple(written[a:b] for a, b in pairwise(ends)) if alias.case and not question else ()
                    for last in (path[-1], path[-1] + "s"):
                        first, *others = [*path[:-1], last]
                        out.setdefault(first, []).append((frozenset(others), cased))

    walk(names_by_token(question)[0], [])
    return out


@cache
def _firsts(question: bool) -> frozenset[str]:
    return frozenset(_names(question))


_APART = bytes(c if (chr(c).isascii() and chr(c).isalnum()) or chr(c) == "+" else ord(" ") for c in range(256))
_GLUED = re.compile(r"\d(?:x|times)[A-Z]")


def has_name(text: str, question: bool) -> bool:
    """Whether all tokens of the name of some device or class may be in a text: one abstract in ten that has a claim
    has them, and `Words` takes many times as long."""
    if _GLUED.search(text):
        return True
    said = text.encode("ascii", "replace").translate(_APART).decode().replace("+", "+ ")
    names, tokens = _names(question), set(said.lower().split())
    return any(
        tokens.issuperset(others) and all(part in said for part in cased)
        for first in tokens & _firsts(question)
        for others, cased in names[first]
    )


class Words:
    """One text, cut into tokens, with the pieces of the catalogue found in it."""

    def __init__(self, text: str, question: bool) -> None:
        self.text, self.question = text, question
        self.spans = [match.span(1) for match in _TOKENS.finditer(text) if match.group(1) is not None]
        self.tokens = [text[s:e] for s, e in self.spans]
        self.lower = [t.lower() for t in self.tokens]
        self.pieces = self._pieces(names_by_token(question)[0])

    def joined(self, left: int, right: int) -> bool:
        """Whether nothing but spaces, hyphens and LaTeX stands between two tokens."""
        gap = self.text[self.spans[left][1] : self.spans[right][0]]
        return len(gap) < 20 and _GAP.fullmatch(gap) is not None

    def _fits(self, alias: Alias, first: int, last: int) -> bool:
        if not alias.case or self.question:
            return True
        here, wanted = "".join(self.tokens[first : last + 1]), _squeezed(alias.written)
        return here == wanted or here == wanted + "s"

    def _longest(self, root: dict[str, Any], first: int, *, most: int | None = None) -> list[Piece]:
        """What the longest known name beginning here (and ending at token `most` at the latest) can be."""
        place, last = root, first
        best: list[Piece] = []
        while True:
            token = self.lower[last]
            following = place.get(token)
            ends = following
            if following is None or "" not in following:
                singular = token.removesuffix("s") if len(token) > 2 else token
                ends = place.get(singular) if singular in place else following
            if ends is not None and "" in ends:
                fitting = [Piece(k, first, last, a) for k, a in ends[""] if self._fits(a, first, last)]
                best = fitting or best
            if following is None or last == most or last + 1 >= len(self.lower) or not self.joined(last, last + 1):
                return best
            place, last = following, last + 1

    def _pieces(self, root: dict[str, Any]) -> list[list[Piece]]:
        """For each place, the readings of the longest name there; a name's inner tokens begin nothing."""
        found, free = [], 0
        for i, token in enumerate(self.lower):
            if i >= free and (token in root or token[:-1] in root) and (readings := self._longest(root, i)):
                if token in root and reading(self._longest(root, i, most=i), "V"):
                    # "NVIDIA Jetson" is a name, but must not hide the "Jetson Nano" that begins in it
                    later = self._longest(root, i + 1) if i + 1 < len(self.lower) and self.joined(i, i + 1) else []
                    if later and later[0].last > readings[0].last and reading(later, "DC"):
                        readings = self._longest(root, i, most=i)
                found.append(readings)
                free = readings[0].last + 1
        return found
