"""Statements that quality is kept without a figure: candidates by the rules of data/parity.toml, of which a
learned part keeps the claims."""

import re
from dataclasses import dataclass

from extract.context import Sentence
from extract.parity_excluded import SURE, excluded, quality_words
from extract.parity_features import features


@dataclass(slots=True)
class Parity:
    """A candidate: [start, end) in the section's text, the rules that found it, the words for what is kept."""

    sentence: Sentence
    start: int
    end: int
    rules: tuple[str, ...]
    measure: str
    features: list[str]


def candidates(plain: str, s: Sentence, setup: tuple[str, ...]) -> list[Parity]:
    """The places of a sentence that may state parity; places that overlap or nearly touch are one. A broad rule only
    adds its name to what a narrow one found."""
    narrow = _merged([f for f in s.parity if not f[0].endswith("-any")])
    merged = list(narrow)
    for a, b, names in _merged([f for f in s.parity if f[0].endswith("-any")]):
        touched = [place for place in narrow if a <= place[1] + 1 and place[0] <= b + 1]
        for place in touched:
            place[2].extend(names)
        if not touched:
            merged.append((a, b, names))
    merged.sort(key=lambda place: place[0])
    low = plain[s.start : s.end].lower()
    out = []
    for a, reach, names in merged:
        b = a + len(low[a:reach].rstrip(" .,;:("))
        rules = tuple(sorted(set(names)))
        why = excluded(low, a, b, set(rules), figures=bool(s.figures))
        if why not in SURE and not (a and plain.startswith("Match", s.start + a)):  # `Flow Matching baseline`
            known = ["excluded", f"excluded={why}", *setup] if why else list(setup)
            out.append(_candidate(plain, s, s.start + a, s.start + b, rules, known))
    return out


def _merged(found: list[tuple[str, int, int]]) -> list[tuple[int, int, list[str]]]:
    out: list[tuple[int, int, list[str]]] = []
    for name, a, b in sorted(found, key=lambda f: (f[1], f[2])):
        if out and a <= out[-1][1] + 1:
            first, reach, names = out[-1]
            out[-1] = (first, max(reach, b), [*names, name])
        else:
            out.append((a, b, [name]))
    return out


def _candidate(plain: str, s: Sentence, start: int, end: int, rules: tuple[str, ...], known: list[str]) -> Parity:
    found = list(quality_words().finditer(plain[start:end].lower()))
    kept = found[-1] if found else None
    measure = plain[start + kept.start() : start + kept.end()].strip() if kept else plain[start:end]
    seen = features(plain, s, start, end, rules, others=speaks_of_others(plain, s, start))
    return Parity(s, start, end, rules, measure, [*seen, *known])


_OTHERS = re.compile(
    r"^(?:while\s+|although\s+|though\s+|despite\s+|however,?\s+|unfortunately,?\s+|recently,?\s+|"
    r"in\s+recent\s+years,?\s+)*(?:(?:many|most|some|several|the|these|various)\s+)*"
    r"(?:existing|previous|prior|conventional|traditional|recent|current|standard|earlier|state-of-the-art)\b",
    re.I,
)
_OURS = re.compile(r"\b(?:we|our|ours|this (?:paper|work)|proposed)\b", re.I)


def of_others(plain: str, found: Parity) -> bool:
    """Whether the sentence speaks of existing methods and not of its own."""
    return speaks_of_others(plain, found.sentence, found.start)


def speaks_of_others(plain: str, s: Sentence, position: int) -> bool:
    """Whether what a sentence says up to a position is about existing methods and not about its own."""
    before = plain[s.start : position]
    clause = before[before.rfind(",") + 1 :].lstrip()
    return any(_OTHERS.match(part) for part in (before, clause)) and not _OURS.search(before)
