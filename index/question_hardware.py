"""The hardware that a question asks for, without what it asks to do without ("no GPU", "chips other than GPUs")."""

import re
from functools import cache

from extract import devices
from extract.catalogue import resolve
from extract.devices import Mention, device
from index import question_words as lexicon

Span = tuple[int, int]
_EITHER = re.compile(r"\bor\b|\band\b|/|,")
_CARDS = re.compile(r"\s+(?:(?:graphics?|video|gaming|compute)\s+)?cards?\b", re.I)
_PRICE = re.compile(
    r"\b(?:cheap(?:er|est)?|(?:less )?expensive|inexpensive|low-cost|costly|affordable)(?: or \w+)?\s+$", re.I
)
_OF_MEMORY = re.compile(r"\d+(?:\.\d+)?[\s~-]?[GM]i?B[\s-]+(?=[a-z]|GPUs?\b|NPUs?\b)")
_FITS = re.compile(
    r"\b(?:fit(?:s|ting|ted)?(?: (?:in|into|on|onto|within|inside))?|onto|into|within|inside)\s+"
    r"(?:(?:an?|one|a single|single|the|my|our|just|only)\s+)*$",
    re.I,
)
_SO_TOO = re.compile(r"\s*(?:/|,?\s*\b(?:or|nor)\b)(?:\s+(?:an?|any|the))?\s*", re.I)


@cache
def _vendors() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(lexicon.table()['hardware']['vendors'])})(?![\w-])", re.I)


@cache
def _denials() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What denies hardware ahead of its name, up to it, and behind its name."""
    table = lexicon.table()["hardware"]
    before = rf"(?<![\w-])(?:{'|'.join(table['denied_before'])})(?:\s+(?:{'|'.join(table['denied_between'])}))*[\s-]*$"
    behind = rf"(?:{'|'.join(table['denied_behind'])})(?![\w-])"
    return re.compile(before, re.I), re.compile(behind, re.I)


def _denied(question: str, mentions: list[Mention]) -> dict[int, Span]:
    """By number the mentions that the question asks to do without, each with its place, denying words included."""
    before, behind = _denials()
    found: dict[int, Span] = {}
    for number, mention in enumerate(mentions):
        start = max(0, mention.start - 60)
        left = before.search(question[start : mention.start])
        right = behind.match(question, mention.end)
        last = found.get(number - 1)
        if left or right:
            found[number] = (start + left.start() if left else mention.start, right.end() if right else mention.end)
        elif last and _SO_TOO.fullmatch(question, last[1], mention.start):
            found[number] = (last[1], mention.end)
    return found


def _vendors_denied(question: str) -> list[Span]:
    """Where vendors stand that the question asks to do without: "rather than NVIDIA"."""
    found: list[Span] = []
    for vendor in _vendors().finditer(question):
        start = max(0, vendor.start() - 60)
        if left := _denials()[0].search(question[start : vendor.start()]):
            found.append((start + left.start(), vendor.end()))
        elif found and _SO_TOO.fullmatch(question, found[-1][1], vendor.start()):
            found.append((found[-1][1], vendor.end()))
    return found


def _vendor_ahead(question: str, mentions: list[Mention]) -> tuple[str, Span] | None:
    """A vendor joined to the hardware behind it: "on AMD or Intel GPUs"."""
    for vendor in _vendors().finditer(question):
        if any(m.names and _SO_TOO.fullmatch(question, vendor.end(), m.start) for m in mentions):
            return device(vendor.group()).name, vendor.span()
    return None


def hardware(question: str) -> tuple[tuple[str, ...], list[Span], list[Span]]:
    """The catalogue's names that a question asks for, where they stand, and where hardware stands that it denies.

    A class beside its device adds nothing.

    >>> hardware("on FPGAs, not on GPUs")[0]
    ('FPGA',)
    """
    other = [m.span() for m in lexicon.phrases("hardware", "not").finditer(question)]
    readable = lexicon.masked(question, other)
    found = devices.find(readable, question=True)
    denials = _denied(question, found)
    mentions = [m for number, m in enumerate(found) if number not in denials]
    outside = lexicon.masked(readable, [(m.start, m.end) for m in found])
    denied = [*denials.values(), *_vendors_denied(outside)]
    names = list(dict.fromkeys(n for m in mentions for n in _without_noun(m)))
    vendor = _vendors().search(lexicon.masked(readable, denied)) if not names else None
    outside = lexicon.masked(outside, denied)
    if vendor:
        cards = _CARDS.match(question, vendor.end())
        of_gpus = resolve(f"{vendor.group()} GPU") if cards else None  # AMD makes FPGAs as well
        return (
            (of_gpus or device(vendor.group()).name,),
            [(vendor.start(), cards.end() if cards else vendor.end())],
            denied,
        )
    kept = [n for n in names if not _beside_its_device(n, mentions, question)]
    places = [(_behind_memory(question, m.start), m.end) for m in mentions]
    places = [(_with_price(question, start), end) for start, end in places]
    makers = {device(n).vendor for n in kept}
    places += [m.span() for m in _vendors().finditer(outside) if device(m.group()).name in makers]
    if ahead := _vendor_ahead(outside, mentions):
        kept, places = [ahead[0], *kept], [ahead[1], *places]
    return tuple(kept), places, denied


def _without_noun(mention: Mention) -> tuple[str, ...]:
    """Its names without a class that is only the noun behind a device: "Zynq boards" are no other boards."""
    named = tuple(n for n in mention.names if device(n).level != "class")
    return named or mention.names


def _behind_memory(question: str, start: int) -> int:
    """Where hardware begins without its memory when something must fit into that: "fits in a 12 GB GPU"."""
    memory = _OF_MEMORY.match(question, start)
    return memory.end() if memory and _FITS.search(question, 0, start) else start


def _with_price(question: str, start: int) -> int:
    """Where hardware begins with what is said of its price: "cheaper GPUs" asks for no cost."""
    said = _PRICE.search(question, 0, start)
    return said.start() if said else start


def _beside_its_device(name: str, mentions: list[Mention], question: str) -> bool:
    """Whether a class only says what a device beside it is: "A100 GPU", and not "phones or embedded boards"."""
    spans = [(m.start, m.end) for m in mentions if name in m.names]
    for other in mentions:
        if any(n != name and devices.matches(n, name) for n in other.names):
            for start, end in spans:
                between = question[min(end, other.end) : max(start, other.start)]
                series = "(" in between and device(name).level == "series"  # "Hopper cards (H100, H200)"
                if not _EITHER.search(between) and not series:
                    return True
    return False
