"""Where a text names hardware as the place where something ran: its mentions sentence by sentence, in lists, with the
words that lead to them."""

import re
from dataclasses import dataclass, field
from functools import cache

import data
from extract.catalogue import device, lineage
from extract.context import FIGURE, Sentence, word_at
from extract.devices import Mention
from extract.devices import find as find_devices
from extract.hardware import NO_DEVICE
from extract.sentences import sentences

FAR = 4  # how many sentences back are looked at
_LONGEST = 80  # letters between two devices of a list
_BETWEEN = re.compile(
    r"[\s}$]*(?:,(?!\s*the\b)|/|&|\band\b|\bor\b|\b(?:an?|the|bespoke|custom|one|even|both|various|several|multiple|"
    r"server|(?!on|with|for|in)[a-z]+-[a-z]+)\b|"
    r"\b\d+\s?(?:x|GB)?|[\s}$]|\([^()]{0,24}\))*\s*"
)
_CARRIER = re.compile(r"\b(?:platforms?|boards?|systems?|drones?|robots?|phones?|GPUs?|devices?)$", re.I)
_EXPLAINS = re.compile(
    r"\s*(?:,|\(|:|,?\s*such\s+as|,?\s*like|,?\s*including|,?\s*i\.e\.,?|,?\s*namely|,?\s*specifically|"
    r"\((?:e\.g\.|i\.e\.),?|(?:equipped|powered|fitted)\s+(?:with|by)|with|-(?:grade|class|based))\s*"
    r"(?:the|an?|one|its|\d+\s*x?)?\s*(?:[A-Z]\w+\s+)?"
)
_POINTS = re.compile(r"\b(?:the|this|same)\s+$", re.I)
_UNIT = re.compile(r"[GC]PUs?(?: (?:system|server|node|cluster)s?)?$")


@cache
def words(name: str) -> frozenset[str]:
    """A word list of the table `places` of data/hardware.toml."""
    return frozenset(data.table("hardware.toml")["places"][name])


@dataclass(frozen=True, slots=True)
class Chain:
    """Mentions that stand in one list (`a Pi 4, a Pixel 6 and an X`), or a single one, in the sentence at [start, end).

    lead: the word that leads to it, articles, counts and the like left out; led_by: the telling word before that one;
    following: what comes next. In a figure's own sentence `first` and `last` are the words [first, last) of it.
    """

    mentions: tuple[Mention, ...]
    start: int
    end: int
    lead: str
    led_by: str
    following: str
    opens: bool  # whether it stands in the words that open its sentence: `On an X, ...`
    based: bool  # `X-based`, `X-accelerated`
    first: int = -1
    last: int = -1

    @property
    def generic(self) -> bool:
        return all(m.generic for m in self.mentions)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(n for m in self.mentions for n in m.names)

    @property
    def cls(self) -> str:
        """The class of its first device: gpu, cpu, fpga, ..., "machine" for what names no kind of hardware."""
        return device(self.mentions[0].names[0]).cls or "machine"


@dataclass(slots=True)
class Places:
    """The hardware of a section's text: where its sentences are, all mentions, and those that can be places."""

    plain: str
    spans: list[tuple[int, int]]
    found: list[Mention]
    mentions: list[Mention]
    _chains: dict[int, list[Chain]] = field(default_factory=dict)

    def chains(self, sentence: int) -> list[Chain]:
        """The chains of the sentence of that number, as words of a sentence that has not been read word by word."""
        if sentence not in self._chains:
            start, end = self.spans[sentence]
            inside = [m for m in self.mentions if start <= m.start and m.end <= end]
            self._chains[sentence] = [_chain(self.plain, start, end, c) for c in listed(self.plain, inside)]
        return self._chains[sentence]


def read(text: str, plain: str) -> Places:
    """The hardware that a section names; `plain` is the text without LaTeX, letter for letter as long."""
    found = find_devices(text)
    return Places(plain, sentences(plain) if found else [], found, [m for m in found if _may_be_place(plain, m)])


def _may_be_place(plain: str, m: Mention) -> bool:
    """Whether a mention can be where something ran: no instruction set, no part of a chip, no data set called so."""
    low = m.text.lower().removesuffix("s")
    if low in words("no_place") or NO_DEVICE.fullmatch(m.text):
        return False
    following = re.match(r"[\s~]+(\w+)", plain[m.end : m.end + 24])
    return following is None or following[1].lower() not in words("no_place_before")


def listed(plain: str, mentions: list[Mention]) -> list[list[Mention]]:
    """Mentions in order, cut into lists; a general name that the next one explains (`edge boards such as the X`) is
    left out."""
    kept = [m for i, m in enumerate(mentions) if not (i + 1 < len(mentions) and _explained(plain, m, mentions[i + 1]))]
    out: list[list[Mention]] = []
    for m in kept:
        if out and m.start - out[-1][-1].end <= _LONGEST and _BETWEEN.fullmatch(plain[out[-1][-1].end : m.start]):
            out[-1].append(m)
        else:
            out.append([m])
    return out


def _explained(plain: str, m: Mention, following: Mention) -> bool:
    if following.generic or not (m.generic or _CARRIER.search(m.text)):
        return False
    between = plain[m.end : following.start]
    if not m.generic and not re.match(r"\s*[(:]|,?\s*such|,?\s*like|,?\s*includ", between):
        return False
    return _EXPLAINS.fullmatch(between) is not None


def _chain(plain: str, start: int, end: int, mentions: list[Mention]) -> Chain:
    head, tail = mentions[0], mentions[-1]
    before = re.findall(r"[a-z][\w-]*|\d+(?:\.\d+)?|[.,;():/]", plain[start : head.start].lower())
    follow = re.match(r"[\s~]*(-?[a-z]+|[.,;():/])", plain[tail.end : end].lower())
    lead, led_by = _leads(before, follow[1] if follow else ".")
    opens = "," not in before and (lead in words("opening") or len(before) < 4)
    based = re.match(r"\s*-\s*(?:based|accelerated|powered|enabled)", plain[tail.end : end]) is not None
    return Chain(tuple(mentions), start, end, lead, led_by, follow[1] if follow else ".", opens, based)


def chains_of(places: Places, s: Sentence) -> list[Chain]:
    """The chains of a sentence that has been read word by word."""
    out = []
    inside = [m for m in places.mentions if s.start <= m.start and m.end <= s.end]
    for mentions in listed(places.plain, inside):
        first, last = word_at(s, mentions[0].start), word_at(s, mentions[-1].end)
        before = _described(s, first)
        following = s.lows[last] if last < len(s.lows) else "."
        lead, led_by = _leads(before, following)
        opens = "," not in s.lows[:first] and FIGURE not in before and (first <= 4 or s.lows[0] in words("opening"))
        based = s.lows[last : last + 1] == ["-"] and s.lows[last + 1 : last + 2] in (
            ["based"], ["accelerated"], ["powered"], ["enabled"],
        )  # fmt: skip
        out.append(Chain(tuple(mentions), s.start, s.end, lead, led_by, following, opens, based, first, last))
    return out


def _described(s: Sentence, first: int) -> list[str]:
    """The words before a device; figures that describe or count it are left out: `on a 15 W accelerator`."""
    i = first
    while i > 0 and s.lows[i - 1] == "-":
        i -= 1
    if i > 0 and s.lows[i - 1] == FIGURE:
        i -= 1
    return s.lows[:i]


def _leads(before: list[str], following: str) -> tuple[str, str]:
    """The word that leads to a device, and the telling word before: on, implemented for `implemented on a single X`;
    "measure" where the device says what kind of measure is meant: `CPU latency`."""
    lead, led_by = _left(before)
    return ("measure" if following in words("measures") and lead not in words("opening") else lead), led_by


def _left(before: list[str]) -> tuple[str, str]:
    skipped, leads = words("skipped"), words("leads")
    i = len(before) - 1
    while i >= 0 and (before[i] in skipped or before[i][0].isdigit() or before[i].endswith(("-", "grade", "core"))):
        i -= 1
    for step in range(3):  # up to two more adjectives or nouns: `on emerging RISC-V hardware`
        at = i - step
        if at < 0 or not all(w.isalpha() for w in before[at + 1 : i + 1]):
            break
        if before[at] in leads:
            j = at - 1
            while j >= 0 and (before[j] in words("passed") or before[j] in skipped or before[j] == FIGURE):
                j -= 1
            return before[at], before[j] if j >= 0 else "^"
    word = before[i] if i >= 0 else "^"
    return (word if word in words("signs") else "other"), word


def resolved(places: Places, found: list[Mention]) -> list[Mention]:
    """General names become the device named before them, where the text names one of that class: `on edge devices`. Of
    several such devices only `the`, `this` and `same` point at the last."""
    out: list[Mention] = []
    for m in found:
        m = _meant(places, m)
        if not any(m.names == o.names for o in out):
            out.append(m)
    return out


def _meant(places: Places, m: Mention) -> Mention:
    if _UNIT.search(m.text):
        return m  # `8 GPUs` stay what they are: annotators write them as they stand
    below = [o for o in places.mentions if o.end <= m.start and not o.generic and _below(o.names, m.names)]
    named = {n for o in below for n in o.names}
    lowest = {n for n in named if not any(n != o and n in lineage(o) for o in named)}
    last = [o for o in below if lowest & {*o.names}]
    if len({o.names for o in last}) == 1:
        return last[-1]
    if m.generic and _POINTS.search(places.plain[max(0, m.start - 8) : m.start]):
        earlier = [o for o in places.mentions if o.end <= m.start and not o.generic]
        ending = [o for o in earlier if o.text.lower().endswith(m.text.lower())]
        kinds = {device(n).cls for n in m.names} | {n.lower() for n in m.names}
        same = [o for o in earlier if kinds & {device(n).cls for n in o.names}]
        return (ending or same or [m])[-1]
    return m


def _below(names: tuple[str, ...], above: tuple[str, ...]) -> bool:
    """Whether one of the names is a kind of another one of `above`."""
    return any(a != n and a in lineage(n) for n in names if n not in above for a in above)
