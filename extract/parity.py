"""Statements that quality is kept without a figure: candidates by the rules of data/parity.toml, a learned part
keeps the claims."""

import re
from dataclasses import dataclass

from extract.context import FIGURE, Sentence, word_at
from extract.parity_excluded import AIM, NOT_QUALITY, excluded, quality_words


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
    """The places of a sentence that may state parity; places that overlap or nearly touch are one."""
    found = sorted(s.parity, key=lambda f: (f[1], f[2]))
    merged: list[tuple[int, int, list[str]]] = []
    for name, a, b in found:
        if merged and a <= merged[-1][1] + 1:
            first, reach, names = merged[-1]
            merged[-1] = (first, max(reach, b), [*names, name])
        else:
            merged.append((a, b, [name]))
    return [
        _candidate(plain, s, s.start + a, s.start + b, tuple(sorted(set(names))), setup)
        for a, b, names in merged
        if not (a and plain.startswith("Match", s.start + a))  # `Flow Matching baseline`
        and not excluded(plain[s.start : s.end].lower(), a, b, set(names), figures=bool(s.figures))
    ]


def _candidate(plain: str, s: Sentence, start: int, end: int, rules: tuple[str, ...], setup: tuple[str, ...]) -> Parity:
    said = plain[start:end].lower()
    found = list(quality_words().finditer(said))
    kept = found[-1] if found else None
    measure = plain[start + kept.start() : start + kept.end()].strip() if kept else plain[start:end]
    before = plain[s.start : start].lower()
    after = plain[end : s.end].lower()
    out = ["bias", *(f"rule={r}" for r in rules), f"rules<{min(len(rules), 4)}", f"sec={s.section}"]
    add = out.append
    if kept:
        noun = said[kept.start() : kept.end()].split()[-1]
        add(
            "noun="
            + (
                noun
                if noun
                in (
                    "accuracy",
                    "performance",
                    "quality",
                    "results",
                    "precision",
                    "ability",
                    "capabilities",
                    "perplexity",
                    "loss",
                    "power",
                    "fidelity",
                    "consistency",
                    "reasoning",
                    "recall",
                    "details",
                    "capacity",
                    "convergence",
                )
                else "other"
            )
        )
    clause = before[max(before.rfind(","), before.rfind(";"), before.rfind(":")) + 1 :]
    if AIM.search(clause):
        add("aim-clause")
    if AIM.search(before):
        add("aim-before")
    if AIM.search(after[:80]):
        add("aim-after")
    if NOT_QUALITY.search(said):
        add("not-quality-inside")
    if NOT_QUALITY.match(after.lstrip()):
        add("not-quality-next")
    last = before.split()[-2:]
    for i, word in enumerate(reversed(last), 1):
        if word in (
            "to",
            "while",
            "and",
            "with",
            "without",
            "can",
            "or",
            "for",
            "that",
            "by",
            "of",
            "also",
            "still",
            "not",
            "in",
            "a",
            "the",
            "at",
            "thereby",
            "but",
            "more",
            "we",
            "better",
            "often",
            "almost",
            "despite",
            ",",
            "yet",
            "even",
            "it",
            "which",
            "not",
        ):
            add(f"-{i}:{word}")
        elif word.endswith((",", ")")):
            add(f"-{i}:mark")
    following = after.split()[:2]
    for i, word in enumerate(following, 1):
        bare = word.strip(",.;)")
        if bare in (
            "to",
            "of",
            "compared",
            "as",
            "with",
            "than",
            "while",
            "and",
            "on",
            "in",
            "across",
            "by",
            "for",
            "from",
            "relative",
            "over",
            "at",
            "or",
            "is",
            "remains",
            "using",
            "under",
            "during",
            "when",
        ):
            add(f"+{i}:{bare}")
        if word.endswith((",", ".", ";")):
            add(f"+{i}:stop")
            break
    add("figure" if s.figures else "no-figure")
    place = word_at(s, start)
    if place < len(s.clauses):
        clause_no = s.clauses[place]
        if any(s.clauses[p] == clause_no for p in s.places):
            add("figure-in-clause")
        for cls in {c.cls for c in s.cues if s.clauses[c.first] == clause_no}:
            add(f"clause:{cls}")
        for step in (-2, -1):
            if place + step >= 0:
                for cls in s.cue_at(place + step):
                    add(f"{step}:{cls}")
    for cls in {c.cls for c in s.cues}:
        if cls in ("own", "other", "compare", "problem", "good", "down", "best"):
            add(f"sentence:{cls}")
    if any(w[0].isupper() and sum(c.isupper() for c in w) > 1 for w in s.words if w != FIGURE):
        add("name-in-sentence")
    opening = plain[s.start : s.start + 40].lower()
    for word in (
        "however",
        "existing",
        "while ",
        "recent",
        "despite",
        "although",
        "experiment",
        "extensive",
        "result",
        "we ",
        "our ",
        "in this",
        "to address",
        "compared",
        "this ",
        "these",
        "it ",
        "evaluation",
        "empirical",
        "notably",
        "moreover",
        "furthermore",
        "by ",
        "specifically",
        "to ",
    ):
        if opening.startswith(word):
            add(f"opens={word.strip()}")
    if re.search(
        r"\b(?:show|demonstrate|achieve|experiment|evaluat|result|outperform|validate|confirm|reveal|find|observe)\w*",
        before,
    ):
        add("result-verb")
    if re.search(r"\b(?:propose|introduce|present|develop|novel|framework|method that|approach that)\w*", before):
        add("propose-verb")
    add(f"sent={s.position}")
    out.extend(setup)
    return Parity(s, start, end, rules, measure, out)


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
