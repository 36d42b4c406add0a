"""Finds hardware in text: the exact words that name a device, without its count, resolved to the catalogue.

A mention is `[vendor] [size or kind] name [variant] [noun]`: "NVIDIA A6000 GPU", "40GB A100 GPUs", "modern GPUs". Names
that say too little by themselves ("M1", "T4") are taken only with a vendor, a noun, a place ("on a T4") or another
device beside them.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

import data
from extract.catalogue import device, lineage, matches, nodes, resolve
from extract.device_words import Piece, Words, has_name, may_hold, names_by_token, reading

__all__ = ["Mention", "device", "find", "matches"]

_MODEL = re.compile(r"[A-Z][A-Za-z]*-?\d+[A-Za-z0-9]*|\d+[A-Z][A-Za-z0-9]*")
_TAIL = re.compile(
    r"[A-Z]{0,4}\d{3,5}[A-Za-z]{0,3}|(?:XC)?\d[A-Z]{1,2}\d{2,4}[A-Z]?|[vV]\d|[EWD]\d|i[3579]|[GTX]\d{1,4}[A-Za-z]?"
)
# A name that the catalogue lacks, of capitals and figures, before what kind of chip it is: "KA200 neuromorphic chip".
_UNKNOWN = re.compile(
    r"(?!(?:FP|INT|UINT|BF|NF|MX|TF|[WA]\d|DDR|LPDDR|HBM|GPT|VGG|BERT|YOLO|CNN|SNN|RNN|CMOS|[IV]+\d?$))[A-Z]{2,6}-?\d{2,4}[A-Z]{0,2}\d?"
)
_CHIPS = re.compile(r"(?:chip|FPGA|board|microcontroller|MCU|SoC|processor|DSP)s?$", re.I)
_MEMORY = re.compile(r"\d+[GMT]i?B", re.I)
_LEFT = re.compile(r"(?:\b\d+(?:\.\d+)?[\s~-]?[GMT]i?B|(?:\b\d+(?:\+\d+)?|\b[a-z]+)-core)[\s~-]+$", re.I)
_MEMORY_FOLLOWS = re.compile(r"[\s~-]*(?:memory|VRAM|RAM|HBM|DRAM)", re.I)
_COUNT = re.compile(
    r"(?:\d|\b(?:two|four|eight|sixteen|dozens|hundreds|of))\s*(?:x|\*|×|\$\\times\$|times|\\times\$?)?[\s~]*$", re.I
)
_ARTICLE = re.compile(r"\b(?:a|an|one|single)[\s~]+$", re.I)
_BEFORE_ASKED = frozenset(
    ("on", "onto", "with", "for", "using", "any", "vs", "and", "or", "fit", "to", "own", "have", "as", "like")
)
_OWN = re.compile(r"\b(?:on|for|with|like|as|of|to) (?:the|my|our|your)[\s~]+$", re.I)
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


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    names: tuple[str, ...]
    generic: bool
    sure: bool


def _specific(names: list[str]) -> tuple[str, ...]:
    """Without those that stand above another one."""
    return tuple(dict.fromkeys(n for n in names if not any(n != o and n in lineage(o) for o in names)))


def find(text: str, *, question: bool = False) -> list[Mention]:
    """The mentions of hardware in a text, in order. Questions are read freely: any case, lay words, less context."""
    if not (has_name(text, question) and may_hold(text, names_by_token(question)[1])):
        return []
    cut = Words(text, question)
    found: list[_Found] = []
    i = 0
    while i < len(cut.pieces):
        head = reading(cut.pieces[i], "DC")
        if head is None:
            i += 1
            continue
        mention, i = _mention(cut, i, head, after=found[-1].end if found else 0)
        if mention is not None:
            found.append(mention)
    _settle(found, text)
    return [Mention(m.start, m.end, text[m.start : m.end], m.names, m.generic) for m in found if m.sure]


def _mention(cut: Words, i: int, head: Piece, *, after: int) -> tuple[_Found | None, int]:
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
                kind = reading(cut.pieces[following - 1], "C")
                if kind is not None:
                    names.append(kind.alias.node)
                    noun = True
                continue
            if (tail and _TAIL.fullmatch(word)) or (heads[-1].kind == "D" and _MEMORY.fullmatch(word)):
                last = token
                continue
            break
        if (kind := reading(piece, "S")) and heads[-1].kind == "D" and not noun:
            last, following = kind.last, following + 1
            continue
        if (kind := reading(piece, "D")) is not None:
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
        elif (kind := reading(piece, "C")) is not None:
            if noun:
                break
            names.append(kind.alias.node)
            noun = True
        elif (kind := reading(piece, "A")) is not None:
            noun = True
        elif (kind := reading(piece, "W")) is not None:
            pass
        elif (kind := reading(piece, "B")) is not None and following + 1 < len(cut.pieces):
            then = cut.pieces[following + 1]
            if then[0].first != kind.last + 1 or reading(then, "CA") is None or noun:
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
    return _Found(start, end, _specific(names), not (device_heads or vendor or lined), sure), following


def _needed(heads: list[Piece]) -> str | None:
    """The least context that the names of a mention ask for."""
    needs = [h.alias.context for h in heads]
    if not needs or None in needs:
        return None
    return "place" if "place" in needs else "noun"


def _based(cut: Words, token: int, following: int) -> tuple[int, int] | None:
    """Goes on behind "-based" to the class it qualifies ("RISC-V-based 8+1-core MCU")."""
    for j in range(following, min(following + 3, len(cut.pieces))):
        kind = reading(cut.pieces[j], "CA")
        if kind is not None and kind.first - token <= 4:
            gap = cut.text[cut.spans[token][1] : cut.spans[kind.first][0]]
            if re.fullmatch(r"[\s~-]*(?:[\w+]+[\s~-]*(?:core)?[\s~-]*)?", gap):
                return kind.last, j + 1
            return None
    return None


def _left(cut: Words, i: int, head: Piece, after: int) -> tuple[int, str, bool]:
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
            known = vendors and vendors[0].last == token - 1 and reading(vendors, "V")
            if head.kind == "C" and known and _MODEL.fullmatch(cut.tokens[token]) and cut.joined(token - 1, token):
                first = token
                continue
            if head.kind == "C" and _UNKNOWN.fullmatch(cut.tokens[token]) and _CHIPS.search(cut.tokens[head.last]):
                first, lined = token, True
            break
        if (kind := reading(piece, "V")) is not None:
            vendor = kind.alias.node
        elif (kind := reading(piece, "L")) is not None and head.kind == "D":
            lined = True
        elif (kind := reading(piece, "B")) is None or head.kind != "C":
            break
        first, j = kind.first, j - 1
    return cut.spans[first][0], vendor, lined


def _stretched(text: str, start: int, after: int) -> int:
    """The start, moved over a memory size or a number of cores."""
    if match := _LEFT.search(text, max(after, start - 24), start):
        return match.start()
    return start


def _placed(cut: Words, head: Piece, start: int, end: int) -> bool:
    """Whether the words before say that a device is meant: "on a", "single", "8x"."""
    before = cut.text[max(0, start - 24) : start]
    if cut.tokens[head.first].isdigit():
        article = _ARTICLE.search(before) or (cut.question and _OWN.search(before))
        return bool(article and _LEADS_ON.match(cut.text, end))
    if _COUNT.search(before):
        return True
    words = re.sub(r"[\s~]+", " ", before).rstrip()
    return any(words == p or words.endswith(" " + p) for p in data.table("hardware.toml")["words"]["places"])


def _asked(cut: Words, head: Piece) -> bool:
    """In a question a short name is a device after a preposition, or when it is all there is."""
    before = [t for t in cut.lower[: head.first] if t not in ("a", "an", "the", "one", "single", "my", "our")]
    return (
        not before
        or cut.lower[head.first - 1] in ("my", "our", "your", "these")
        or before[-1] in _BEFORE_ASKED
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
