"""What the head of a column, or a caption, says of the figures of a table: metric, unit and scale."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import data
from extract.lexicon import WORD, Phrase, metric_trie, phrases, stem
from extract.units import Unit, unit_at

# Kinds of units that a figure of each metric has. Bare numbers are points, and only quality has points.
FITS = {
    "speed": frozenset({"time", "rate", "factor"}),
    "memory": frozenset({"bytes", "factor"}),
    "storage": frozenset({"bytes", "size", "factor"}),
    "energy": frozenset({"power", "energy", "efficiency", "factor"}),
    "compute": frozenset({"flops", "work"}),
    "parameters": frozenset({"params"}),
    "cost": frozenset({"money"}),
    "communication": frozenset({"bytes", "bandwidth", "factor"}),
    "quality": frozenset({"percent", "points", "bare"}),
}
MAGNITUDES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_ARROWS = re.compile(r"[↑↓→←]|(?<=[\s(])[+-](?=[\s)]|$)")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_OPERATIONS = re.compile(r"(?P<macs>\bmacs?\b)|\bflops?\b", re.I)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a head says of its figures."""

    metric: str
    words: str  # as written
    unit: Unit | None  # None: the cells must say it
    scale: float  # of the figures: 1e6 in "Params (M)"
    gain: bool  # figures in x are changes against a baseline
    phase: str | None
    named: bool = True  # False: only a unit tells what is measured


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Whole words in any case; a `*` stands for any ending."""
    forms = sorted((re.escape(w).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for w in words), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?![\w-])", re.I)


@cache
def listed(name: str, key: str = "words") -> re.Pattern[str]:
    """A list of data/documents.toml as a pattern; `name` may be that of a table in a table, "section.results"."""
    found = data.table("documents.toml")
    for part in name.split("."):
        found = found[part]
    return pattern(found[key])


def measure(parts: Sequence[str]) -> Measure | None:
    """What the texts of a head, from above or outside, say: the last that says anything, with the unit of any."""
    read = [found for part in parts if (found := _measure(part)) is not None]
    if not read or any(listed("difference").search(part) for part in parts):
        return None
    last = read[-1]
    with_unit = next((m for m in reversed(read) if m.unit is not None and m.metric == last.metric), last)
    named = next((m for m in reversed(read) if m.named and m.metric == last.metric), last)
    phase = next((m.phase for m in reversed(read) if m.phase), None)
    return replace(last, words=named.words, unit=with_unit.unit, gain=any(m.gain for m in read), phase=phase)


def _measure(head: str) -> Measure | None:
    """What one text measures; None where it says nothing, several things or a mere count."""
    said = " ".join(_ARROWS.sub(" ", head).split())
    if said.startswith("#"):
        return None
    outer = " ".join(_BRACKETS.sub(" ", said).split()).rstrip(" :,.").replace(" _ ", "_")
    unit, scale = _unit([a or b for a, b in _BRACKETS.findall(said)], outer)
    found = _phrases(outer)
    gain = listed("gain").search(outer) is not None
    for classes in ({p.cls for p in found if p.strong}, {p.cls for p in found}):
        fitting = {c for c in classes if c in FITS and (unit is None or unit.family in FITS[c])}
        if len(fitting) > 1:
            return None
        # A weak word such as "size" or "training" counts only with a unit that goes with it.
        if fitting and (unit is not None or any(p.strong for p in found)):
            return Measure(fitting.pop(), outer, unit, scale, gain, _phase(outer))
    if unit is not None and unit.metric in FITS and not found:
        return Measure(unit.metric, outer or said, unit, scale, gain, _phase(outer), named=False)
    return None


def caption_measure(caption: str) -> Measure | None:
    """What the first sentence of a plain caption without its number says of all figures; None unless one thing."""
    said = re.split(r"(?<=\w\w[.:])\s", caption, maxsplit=1)[0]
    named = {" ".join(m.lower().split()) for m in listed("caption").findall(said)}
    if len(named) != 1:
        return None
    at = listed("caption").search(said)
    following = _BRACKETS.match(said, at.end() + 1) if at else None
    read = _measure(f"{at[0]} {following[0]}" if at and following else at[0] if at else "")
    return read if read and (read.unit or read.metric == "quality" or read.gain) else None


# What may follow the name of a measure in a head; a noun would make it something else: "Error Detection".
_PREPOSITIONS = "on of for at per in with to over vs by under and"
_FOLLOW = frozenset([*_PREPOSITIONS.split(), *",;:@/-|._^"])


def _phrases(outer: str) -> list[Phrase]:
    """The names of measures in a head that stand at its end or before a preposition, each as long as can be."""
    short: dict[str, str] = data.table("documents.toml")["short"]
    words = WORD.findall(outer)
    lows = [w.lower() for w in words]
    stems = [stem(short.get(w, w)) if w not in ("-", ".") else "" for w in lows]
    found = phrases(words, stems, metric_trie(), capital=True)
    whole = [p for p in found if not any(_within(p, other) for other in found)]
    ends = {len(words), *(i for i, w in enumerate(lows) if w in _FOLLOW or w[0].isdigit())}
    ends |= {p.first for p in whole if p.strong}
    return [p for p in whole if p.end in ends]


def _within(one: Phrase, other: Phrase) -> bool:
    return other.first <= one.first and one.end <= other.end and other.end - other.first > one.end - one.first


def _unit(inner: list[str], outer: str) -> tuple[Unit | None, float]:
    """Unit and scale of a head: in brackets, as in "Latency (ms)" and "Params (M)", or by itself, as in "FPS"."""
    for text in inner:
        said = text.strip()
        if said in MAGNITUDES and not _OPERATIONS.search(outer):
            return None, MAGNITUDES[said]
        operations = _OPERATIONS.search(outer)
        if said in ("K", "M", "G", "T", "P") and operations:
            said += "MACs" if operations["macs"] else "FLOPs"
        if (unit := whole_unit(said)) is not None:
            return unit, 1.0
    for said in (outer, outer.split()[-1] if outer else ""):
        unit = whole_unit(said)
        if unit is not None and unit.family in (
            "time",
            "rate",
            "bytes",
            "flops",
            "power",
            "energy",
            "points",
            "efficiency",
        ):
            return unit, 1.0
    return None, 1.0


def whole_unit(said: str) -> Unit | None:
    """The unit that a text is, from its first to its last letter."""
    read = unit_at(f"1 {said}", 1) if said else None
    return read[0] if read is not None and read[1] == len(said) + 2 else None


def _phase(outer: str) -> str | None:
    low = outer.lower()
    if re.search(r"\bfine-?\s?tun", low):
        return "fine-tuning"
    training, inference = re.search(r"\b(?:pre-?)?train", low), re.search(r"\binfer|\bdecod|\bgenerat|\bprefill", low)
    return None if bool(training) == bool(inference) else "training" if training else "inference"
