"""Statements that quality is kept without a figure: candidates by the rules of data/parity.toml, a learned part
keeps the claims."""

import re
from dataclasses import dataclass
from functools import cache

import data
from extract.context import FIGURE, Sentence, word_at

_AIM = re.compile(
    r"\b(?:aim\w*|in order to|need\w*|goal|challeng\w*|how to|want\w*|crucial|essential|important|"
    r"strive\w*|seek\w*|attempt\w*|designed to|required? to|desir\w*|must|difficult\w*|hard|question|"
    r"whether|while aiming|promis\w*|ideal\w*|should|objective|critical|try|tries|problem|can we|"
    r"motivat\w*|tailored|focus\w*)\b"
)
_NOT_QUALITY = re.compile(
    r"\b(?:efficien|latenc|speed|throughput|memor|complexit|flops|cost|budget|guarantee|programmab|"
    r"generality|privacy|overhead|storage|resource|size|semantic|structur|diversity|bandwidth|"
    r"interpretab|flexib|scalab|simplicity|portab|parameter|compute|training time|inference time|"
    r"runtime)\w*"
)


@dataclass(slots=True)
class Parity:
    """A candidate: [start, end) in the section's text, the rules that found it, the words for what is kept."""

    sentence: Sentence
    start: int
    end: int
    rules: tuple[str, ...]
    measure: str
    features: list[str]


@cache
def _quality() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:[\w@./-]+\s+){{0,2}})\b{data.table('parity.toml')['words']['quality']}\b")


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


_COMPETITIVE = frozenset({"competitive", "competitive-with", "keeps"})
_LED_BY = r"(?:of\s+|by\s+|only\s+|just\s+|about\s+|around\s+|up to\s+|less than\s+|at most\s+|under\s+|below\s+)*"
_HAS_FIGURE = re.compile(
    r"\s*(?:rates?\s*)?(?:\([^()\d]{1,12}\)\s*)?(?:,\s*)?"
    rf"(?:\(\s*(?:(?:fid|fvd|psnr|ssim|wer|ppl|map|miou|auc|f1):?\s+)?{_LED_BY}[~<>+-]?\s*\d|"
    rf"(?:of|by)\s+{_LED_BY}[~<>+-]?\s*\d|"
    r"(?:[^,;.]{0,60}\s)?to\s+within\s+[~<]?\s*\d|within\s+[~<]?\s*\d)"
)
# `latency on par with`, `memory at levels comparable to`: what is equal is no quality
_EQUAL_COST = re.compile(
    r"\b(?:latenc(?:y|ies)|speeds?|throughput|efficiency|costs?|consumption|usage|footprint|runtimes?|overheads?|time|size)\s+"
    r"(?:(?:(?:to|at)\s+)?(?:levels?\s+)?|(?:is|are|remains?|that\s+is|that\s+are)\s+)$"
)
_WISH = re.compile(
    r"\b(?:aim(?:s|ing|ed)?\s+(?:to|for|at)|in order to|so as to|fail(?:s|ed|ing)?\s+to|"
    r"struggl\w+\s+to|need(?:s|ed)?\s+(?:to|for)|need\s+for|how\s+to|goal|challeng\w*|"
    r"difficult\w*|hurdles?|limitations?\s+in|crucial|critical(?:ly)?\s+(?:to|for|need|challenge|"
    r"issue)|essential|demands?\b|strive\w*|seek\w*|attempt\w*|must|should|desir\w*|motivat\w*|emphasis|hard to|"
    r"important\s+to|"
    r"require[sd]?\s+to|necessary|question|whether|cannot|can't|unable\s+to|not\s+able\s+to|hoping|"
    r"try(?:ing)?\s+to|expected\s+to|trade-?offs?\s+between|(?:techniques|methods|approaches|"
    r"strategies|designs?)\s+for)\b"
)
_PLAN = re.compile(r"\b(?:evaluate|explor\w+|investigat\w+|stud(?:y|ies)|examine|objectives?)\b")
_PROPOSED = re.compile(
    r",\s+(?:(?:in\s+)?this\s+(?:paper|work|article),?\s+)?(?:we\s+)?(?:propos|introduc|present|develop)"
)
_ABLE = re.compile(
    r"\b(?:able|shown|found|managed|manages|proven|proved|continues?|enough|sufficient|suffices|"
    r"needed|required|observed|known|demonstrated|helps?|allow\w*|enabl\w*)\s+(?:\w+\s+){0,3}?to\s*$"
)


_RESULT = re.compile(r"\b(?:show|demonstrat|find|found|reveal|observ|achiev|result|confirm|indicat|verif|validat)\w*\b")


def excluded(sentence: str, start: int, end: int, rules: set[str], *, figures: bool) -> bool:
    """Whether words that look like parity are none: an aim, a loss that has a figure, mere competitiveness."""
    said, before, after = sentence[start:end], sentence[:start], sentence[end:]
    if (
        start == 0
        and said.startswith(("maintaining", "preserving", "retaining", "keeping", "achieving"))
        and not figures
    ):
        return True
    if after[:1] == "-" and after[1:2].isalpha() and "matches-rival" not in rules:  # `precision-critical`
        return True
    if rules <= {"comparable-to", "on-par", "close", "competitive-with"} and _EQUAL_COST.search(before):
        return True
    if sentence.startswith("to ") and _PROPOSED.search(after):
        return True
    if "competitive" in said and rules <= _COMPETITIVE:
        return True
    if _HAS_FIGURE.match(after) and rules & {
        "small-loss",
        "small-quality-loss",
        "negligible",
        "sacrificing-little",
        "keeps",
        "matches",
    }:
        return True
    clause = before[max(before.rfind(";"), before.rfind(". "), before.rfind(":"), 0) :]
    close = clause[clause.rfind(",") + 1 :][-50:]
    if rules <= _COMPETITIVE and _NOT_QUALITY.search(close) and not _quality().search(close + said):
        return True  # `reduces memory to levels comparable to`
    results = [m.end() for m in _RESULT.finditer(clause)]
    near = clause[results[-1] :] if results else clause
    if _WISH.search((near + said[:4])[-110:]) and not _ABLE.search(clause):
        return True
    if _WISH.search(after[:60]) and not figures:
        return True
    if not figures and not results and _PLAN.search(before):
        return True
    return (
        before.endswith("to ")
        and bool(rules & {"keeps", "equal-quality", "quality-kept"})
        and not _ABLE.search(before)
        and not figures
    )


def _candidate(plain: str, s: Sentence, start: int, end: int, rules: tuple[str, ...], setup: tuple[str, ...]) -> Parity:
    said = plain[start:end].lower()
    found = list(_quality().finditer(said))
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
    if _AIM.search(clause):
        add("aim-clause")
    if _AIM.search(before):
        add("aim-before")
    if _AIM.search(after[:80]):
        add("aim-after")
    if _NOT_QUALITY.search(said):
        add("not-quality-inside")
    if _NOT_QUALITY.match(after.lstrip()):
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
