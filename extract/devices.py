"""Finds hardware in text: the exact words that name a device, without its count, resolved to the catalogue.

A mention is `[vendor] [size or kind] name [variant] [noun]`: "NVIDIA A6000 GPU", "40GB A100 GPUs", "modern GPUs". Names
that say too little by themselves ("M1", "T4") are taken only with a vendor, a noun, a place ("on a T4") or another
device beside them.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import data
from extract.catalogue import Alias, aliases, device, lineage, matches, nodes, resolve

__all__ = ["Mention", "device", "find", "matches"]

_TOKEN = re.compile(r"[A-Za-z0-9]+\+?")
_GAP = re.compile(r"[.:]|(?:[\s~\-–—_®™]|\\[, ]|[{}$]|\((?:R|TM|r|tm)\)|\\textregistered|\\texttrademark)*")
# The 8x of "8xA100" is no part of the name, nor is the (R) of "Intel(R)".
_TOKENS = re.compile(r"\((?:R|TM|r|tm)\)|(?:\d+(?:x|times)(?=[A-Z]))?([A-Za-z0-9]+\+?)")
_COUNTED = re.compile(r"\d+(?:x|times)[a-z]")
_MODEL = re.compile(r"[A-Z][A-Za-z]*-?\d+[A-Za-z0-9]*|\d+[A-Z][A-Za-z0-9]*")
_TAIL = re.compile(r"[A-Z]{0,4}\d{3,5}[A-Za-z]{0,3}|[vV]\d|[EWD]\d|i[3579]|[GTX]\d{1,4}[A-Za-z]?")
_MEMORY = re.compile(r"\d+[GMT]i?B", re.I)
_LEFT = re.compile(r"(?:\b\d+(?:\.\d+)?[\s~-]?[GMT]i?B|(?:\b\d+(?:\+\d+)?|\b[a-z]+)-core)[\s~-]+$", re.I)
_MEMORY_FOLLOWS = re.compile(r"[\s~-]*(?:memory|VRAM|RAM|HBM|DRAM)", re.I)
_COUNT = re.compile(
    r"(?:\d|\b(?:two|four|eight|sixteen|dozens|hundreds|of))\s*(?:x|\*|×|\$\\times\$|times|\\times\$?)?[\s~]*$", re.I
)
_ARTICLE = re.compile(r"\b(?:a|an|one|single)[\s~]+$", re.I)
_LEADS_ON = re.compile(
    r"\s*(?:$|[.,;:()?!]|(?:with|and|at|in|for|to|while|within|or|using|is|takes|without|than|by|under)\b)", re.I
)
_BETWEEN = re.compile(
    r"(?:\s|,|;|/|\band\b|\bor\b|&|\bto\b|\bvs\.?|\bboth\b|\ba\b|\ban\b|\bthe\b|\bone\b|\(|\)|[a-z]+-)*"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a text that name hardware: `text[start:end]`, and the catalogue's most specific nodes for it."""

    start: int
    end: int
    text: str
    names: tuple[str, ...]
    generic: bool  # a class alone ("GPUs", "edge devices"), no vendor and no device


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: (
        str  # D: device or series, C: class, V: vendor, L: product line, B: before, A: after, W: weak after, S: variant
    )
    first: int  # tokens, both inclusive
    last: int
    alias: Alias


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    names: tuple[str, ...]
    generic: bool
    sure: bool


def _squeezed(text: str) -> str:
    return "".join(_TOKEN.findall(text))


@cache
def _trie(question: bool) -> tuple[dict[str, Any], frozenset[str]]:
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


def _may_hold(text: str, triggers: frozenset[str]) -> bool:
    words = text.translate(_SPACES).lower().split()
    return not triggers.isdisjoint(words) or any(w[0].isdigit() and _COUNTED.match(w) for w in words)


class _Text:
    """One text, cut into tokens, with the pieces of the catalogue found in it."""

    def __init__(self, text: str, question: bool) -> None:
        self.text, self.question = text, question
        self.spans = [match.span(1) for match in _TOKENS.finditer(text) if match.group(1) is not None]
        self.tokens = [text[s:e] for s, e in self.spans]
        self.lower = [t.lower() for t in self.tokens]
        self.pieces = self._pieces(_trie(question)[0])

    def joined(self, left: int, right: int) -> bool:
        """Whether nothing but spaces, hyphens and LaTeX stands between two tokens."""
        gap = self.text[self.spans[left][1] : self.spans[right][0]]
        return len(gap) < 20 and _GAP.fullmatch(gap) is not None

    def _fits(self, alias: Alias, first: int, last: int) -> bool:
        if not alias.case or self.question:
            return True
        here, wanted = "".join(self.tokens[first : last + 1]), _squeezed(alias.written)
        return here == wanted or here == wanted + "s"

    def _longest(self, root: dict[str, Any], first: int, *, most: int | None = None) -> list[_Piece]:
        """What the longest known name beginning here (and ending at token `most` at the latest) can be."""
        place, last = root, first
        best: list[_Piece] = []
        while True:
            token = self.lower[last]
            following = place.get(token)
            ends = following
            if following is None or "" not in following:
                singular = token.removesuffix("s") if len(token) > 2 else token
                ends = place.get(singular) if singular in place else following
            if ends is not None and "" in ends:
                fitting = [_Piece(k, first, last, a) for k, a in ends[""] if self._fits(a, first, last)]
                best = fitting or best
            if following is None or last == most or last + 1 >= len(self.lower) or not self.joined(last, last + 1):
                return best
            place, last = following, last + 1

    def _pieces(self, root: dict[str, Any]) -> list[list[_Piece]]:
        """For each place, the readings of the longest name there; a name's inner tokens begin nothing."""
        found, free = [], 0
        for i, token in enumerate(self.lower):
            if i >= free and (token in root or token[:-1] in root) and (readings := self._longest(root, i)):
                if token in root and _reading(self._longest(root, i, most=i), "V"):
                    # "NVIDIA Jetson" is a name, but must not hide the "Jetson Nano" that begins in it
                    later = self._longest(root, i + 1) if i + 1 < len(self.lower) and self.joined(i, i + 1) else []
                    if later and later[0].last > readings[0].last and _reading(later, "DC"):
                        readings = self._longest(root, i, most=i)
                found.append(readings)
                free = readings[0].last + 1
        return found


def _reading(readings: list[_Piece], kinds: str) -> _Piece | None:
    for kind in kinds:
        for piece in readings:
            if piece.kind == kind:
                return piece
    return None


def _specific(names: list[str]) -> tuple[str, ...]:
    """Without those that stand above another one."""
    return tuple(dict.fromkeys(n for n in names if not any(n != o and n in lineage(o) for o in names)))


def find(text: str, *, question: bool = False) -> list[Mention]:
    """The mentions of hardware in a text, in order. Questions are read freely: any case, lay words, less context."""
    if not _may_hold(text, _trie(question)[1]):
        return []
    cut = _Text(text, question)
    found: list[_Found] = []
    i = 0
    while i < len(cut.pieces):
        head = _reading(cut.pieces[i], "DC")
        if head is None:
            i += 1
            continue
        mention, i = _mention(cut, i, head, after=found[-1].end if found else 0)
        if mention is not None:
            found.append(mention)
    _settle(found, text)
    return [Mention(m.start, m.end, text[m.start : m.end], m.names, m.generic) for m in found if m.sure]


def _mention(cut: _Text, i: int, head: _Piece, *, after: int) -> tuple[_Found | None, int]:
    """The mention around the name or class at piece `i`, and the piece to go on with."""
    text, spans = cut.text, cut.spans
    names, noun, vendor = [head.alias.node], head.kind == "C", ""
    last, following = head.last, i + 1
    tail = head.alias.tail
    heads = [head]
    while True:
        token = last + 1
        if token >= len(spans) or not cut.joined(last, token):
            break
        piece = (
            cut.pieces[following] if following < len(cut.pieces) and cut.pieces[following][0].first == token else None
        )
        word = cut.tokens[token]
        if piece is None:
            if heads[-1].kind == "D" and word == "based" and following < len(cut.pieces):
                step = _based(cut, token, following)
                if step is None:
                    break
                last, following = step
                kind = _reading(cut.pieces[following - 1], "C")
                if kind is not None:
                    names.append(kind.alias.node)
                    noun = True
                continue
            if (tail and _TAIL.fullmatch(word)) or (heads[-1].kind == "D" and _MEMORY.fullmatch(word)):
                last = token
                continue
            break
        if (kind := _reading(piece, "S")) and heads[-1].kind == "D" and not noun:
            last, following = kind.last, following + 1
            continue
        if (kind := _reading(piece, "D")) is not None:
            if noun and heads[0].kind != "C":
                break
            related = any(
                matches(kind.alias.node, h.alias.node) or matches(h.alias.node, kind.alias.node) for h in heads
            )
            lone = heads[0].kind == "C"
            same = nodes()[kind.alias.node].vendor == nodes()[heads[-1].alias.node].vendor is not None
            if not related and (lone or not same):
                break
            heads.append(kind)
            names.append(kind.alias.node)
            tail = kind.alias.tail
            noun = noun or lone
        elif (kind := _reading(piece, "C")) is not None:
            if noun:
                break
            names.append(kind.alias.node)
            noun = True
        elif (kind := _reading(piece, "A")) is not None:
            noun = True
        elif (kind := _reading(piece, "W")) is not None:
            pass
        elif (kind := _reading(piece, "B")) is not None and following + 1 < len(cut.pieces):
            then = cut.pieces[following + 1]
            if then[0].first != kind.last + 1 or _reading(then, "CA") is None or noun:
                break
            last, following = kind.last, following + 1
            continue
        else:
            break
        last, following = kind.last, following + 1

    first, vendor, lined = _left(cut, i, head, after)
    end = spans[last][1]
    short = re.match(r"[\s~]*\(([A-Za-z]{2,6})\)", text[end:]) if heads[-1].kind != "D" else None
    if short and resolve(short.group(1)) == names[-1]:  # "neural processing units (NPUs)"
        end += short.end()
        while following < len(cut.pieces) and spans[cut.pieces[following][0].first][0] < end:
            following += 1
    memory = _MEMORY_FOLLOWS.match(text, end)  # "1 GB GPU memory" is no kind of GPU
    start = first if memory else _stretched(text, first, after)
    device_heads = [h for h in heads if h.kind == "D"]
    if not device_heads:
        stop = re.match(r"[\s~-]*([A-Za-z]+)", text[end:])
        if stop and not vendor and stop.group(1).lower() in data.table("hardware.toml")["words"]["unless_followed"]:
            return None, following
        combined = f"{vendor} {names[0]}"
        names = [combined] if combined in nodes() else ([vendor, *names] if vendor else names)
    context = _needed(device_heads)
    helped = bool(vendor or lined or (noun and device_heads) or len(device_heads) > 1)
    sure = context is None or helped or (context == "place" and _placed(cut, heads[0], first, end))
    sure = sure or (cut.question and _asked(cut, heads[0]))
    return _Found(start, end, _specific(names), not device_heads and not vendor, sure), following


def _needed(heads: list[_Piece]) -> str | None:
    """The least context that the names of a mention ask for."""
    needs = [h.alias.context for h in heads]
    if not needs or None in needs:
        return None
    return "place" if "place" in needs else "noun"


def _based(cut: _Text, token: int, following: int) -> tuple[int, int] | None:
    """Goes on behind "-based" to the class it qualifies ("RISC-V-based 8+1-core MCU")."""
    for j in range(following, min(following + 3, len(cut.pieces))):
        kind = _reading(cut.pieces[j], "CA")
        if kind is not None and kind.first - token <= 4:
            gap = cut.text[cut.spans[token][1] : cut.spans[kind.first][0]]
            if re.fullmatch(r"[\s~-]*(?:[\w+]+[\s~-]*(?:core)?[\s~-]*)?", gap):
                return kind.last, j + 1
            return None
    return None


def _left(cut: _Text, i: int, head: _Piece, after: int) -> tuple[int, str, bool]:
    """Where the mention begins in the text: vendors, product lines and, before classes, kinds belong to it."""
    first, vendor, lined = head.first, "", False
    j = i - 1
    while True:
        token = first - 1
        if token < 0 or cut.spans[token][0] < after or not cut.joined(token, first):
            break
        piece = cut.pieces[j] if j >= 0 and cut.pieces[j][0].last == token else None
        if piece is None:
            # an unknown model between a vendor and a class: "HiSilicon Hi9999 NPU"
            vendors = cut.pieces[j] if j >= 0 else []
            known = vendors and vendors[0].last == token - 1 and _reading(vendors, "V")
            if head.kind == "C" and known and _MODEL.fullmatch(cut.tokens[token]) and cut.joined(token - 1, token):
                first = token
                continue
            break
        if (kind := _reading(piece, "V")) is not None:
            vendor = kind.alias.node
        elif (kind := _reading(piece, "L")) is not None and head.kind == "D":
            lined = True
        elif (kind := _reading(piece, "B")) is None or head.kind != "C":
            break
        first, j = kind.first, j - 1
    return cut.spans[first][0], vendor, lined


def _stretched(text: str, start: int, after: int) -> int:
    """The start, moved over a memory size or a number of cores."""
    if match := _LEFT.search(text, max(after, start - 24), start):
        return match.start()
    return start


def _placed(cut: _Text, head: _Piece, start: int, end: int) -> bool:
    """Whether the words before say that a device is meant: "on a", "single", "8x"."""
    before = cut.text[max(0, start - 24) : start]
    if cut.tokens[head.first].isdigit():
        return bool(_ARTICLE.search(before) and _LEADS_ON.match(cut.text, end))
    if _COUNT.search(before):
        return True
    words = re.sub(r"[\s~]+", " ", before).rstrip()
    return any(words == p or words.endswith(" " + p) for p in data.table("hardware.toml")["words"]["places"])


def _asked(cut: _Text, head: _Piece) -> bool:
    """In a question a short name is a device after a preposition, or when it is all there is."""
    before = [t for t in cut.lower[: head.first] if t not in ("a", "an", "the", "one", "single", "my", "our")]
    return (
        not before
        or before[-1] in ("on", "with", "for", "using", "any", "vs", "and", "or", "fit", "to")
        or len(cut.lower) < 4
    )


def _settle(found: list[_Found], text: str) -> None:
    """A name in need of context takes it from a sure neighbour in a list: "A100, T4 and V100"."""
    changed = True
    while changed:
        changed = False
        for one, two in pairwise(found):
            if one.sure == two.sure or one.generic or two.generic or two.start - one.end >= 24:
                continue
            if _BETWEEN.fullmatch(text[one.end : two.start]):
                one.sure = two.sure = changed = True
