"""The words of questions, from data/questions.toml: metrics, phases, parity, rewrites. Plain functions over strings."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import data
from extract.numbers import WORDS

_SHARE_OF = re.compile(
    r"(?:%|percent|points?)\s+(?:of|from|to)\s+(?:the\s+)?$", re.I
)  # "within 1% of the" same quality

_MOST_OF = re.compile(r"(?<![-\d.])[5-9]\d(?:\.\d+)? ?(?:%|percent) $", re.I)  # "99 % accuracy kept"

_COUNTS = {
    "tens": 10,
    "dozen": 12,
    "dozens": 12,
    "hundreds": 100,
    "thousands": 1000,
    "million": 10**6,
    "millions": 10**6,
}
_NUMBERS = {**WORDS, "thirteen": 13, "fourteen": 14, "seventeen": 17, "eighteen": 18, "nineteen": 19}
# "a negligible drop (< 0.2 %)"
_FIGURE_NEXT = re.compile(
    r"\s*[(:,]?\s*(?:of |i\.e\. )?"
    r"(?:[<>~]|under|below|less than|at most|(?:no )?more than|over|above|up to|within|only|about)?\s*"
    r"\d[\d.]*\s*(?:%|percent|points?\b)(?! (?:of|less|fewer|faster|more|cheaper|smaller|lower))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a question that say something: `question[start:end]`."""

    start: int
    end: int
    what: str  # the metric, phase or bound that they say
    words: str
    rank: int = 0  # 0: by themselves; 1: only where a figure is asked for; 2: only when nothing else says it


def table() -> dict[str, Any]:
    return data.table("questions.toml")


def pattern(phrases: Iterable[str]) -> str:
    """A regular expression for whole phrases, longest first; a space also matches a hyphen, `~` up to three words."""
    longest = sorted(set(phrases), key=lambda p: (-len(p), p))
    forms = [re.escape(p.lower()).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]?") for p in longest]
    forms = [form.replace(r"\~[\s-]+", r"(?:[\w'-]+\s+){0,3}?") for form in forms]
    return rf"(?<![\w@]){_branched(forms)}(?:s|es)?(?![\w@])"


def _branched(forms: list[str]) -> str:
    """One of the forms, those that begin alike together: letter by letter a long list is read ten times faster."""
    groups: dict[str, list[str]] = {}
    for form in forms:
        groups.setdefault(form[0] if form[:1].isalnum() else form, []).append(form)
    found = []
    for first, those in groups.items():
        alike = len(those) > 1 and len(first) == 1
        found.append(first + _branched([form[1:] for form in those]) if alike else those[0])
    return f"(?:{'|'.join(found)})" if len(found) > 1 else found[0]


@cache
def phrases(*path: str) -> re.Pattern[str]:
    """The pattern of a list of phrases in the file, such as `phrases("bounds", "at_least")`."""
    found: Any = table()
    for key in path:
        found = found[key]
    return re.compile(pattern(found), re.I)


@cache
def _rewrites() -> tuple[tuple[re.Pattern[str], dict[str, Any]], ...]:
    return tuple((re.compile(row["find"], re.I), row) for row in table()["rewrite"])


def _put(row: dict[str, Any], match: re.Match[str]) -> str:
    """What a row of rewriting puts in the place of a match."""
    if "upper" in row:
        return match[1] + match[2].upper()
    if "count" in row:
        return f"{_COUNTS[match[1].lower()]} times"
    if "number" in row:
        return f"{_number(match[1])}{row.get('to', '')}"
    if "times" in row:
        return f"{float(match[1]) * row['times']:g}{row['to']}"
    return match.expand(row["to"])


def rewritten(question: str) -> str:
    """The question with loosely written figures brought into the form that the quantity grammar reads.

    >>> rewritten("sub-10ms on 8 gigs")
    'under 10ms on 8GB'
    """
    for found, row in _rewrites():
        question = found.sub(partial(_put, row), question)
    return question


def _number(words: str) -> int:
    """The value of a spelled number below a hundred, of a hundred or of a thousand.

    >>> _number("Thirty-two")
    32
    """
    return sum(int(_NUMBERS[word]) for word in re.split(r"[\s-]+", words.lower()))


@cache
def _metrics() -> tuple[tuple[str, tuple[re.Pattern[str], ...], re.Pattern[str]], ...]:
    """For each metric its words by rank, and the phrases in which such a word says something else."""

    def compiled(words: list[str] | None) -> re.Pattern[str]:
        return re.compile(pattern(words), re.I) if words else re.compile(r"(?!)")

    named: dict[str, list[str]] = defaultdict(list)  # the words of measures by name say their metric too
    for row in data.table("named_measures.toml")["measure"]:
        named[row["metric"]] += [] if row.get("silent") else row["asked"]
    return tuple(
        (
            row["name"],
            tuple(map(compiled, ([*row["words"], *named[row["name"]]], row.get("with_figure"), row.get("last")))),
            compiled(row.get("not")),
        )
        for row in table()["metric"]
    )


def metrics(question: str) -> list[Said]:
    """The words that name a metric, in order; of words that lie within others only the longer ones."""
    found: list[Said] = []
    for name, ranks, never in _metrics():
        barred = [m.span() for m in never.finditer(question)]
        for rank, words in enumerate(ranks):
            for match in words.finditer(question):
                if not any(s <= match.start() and match.end() <= e for s, e in barred):
                    found.append(Said(*match.span(), name, match.group().lower(), rank))
    kept = [
        one
        for one in found
        if not any(o.start <= one.start and one.end <= o.end and o.end - o.start > one.end - one.start for o in found)
    ]
    return sorted(kept, key=lambda said: (said.start, said.rank))


@cache
def _phases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["name"], re.compile("|".join(row["patterns"]), re.I)) for row in table()["phase"])


def phases(question: str) -> list[tuple[int, str]]:
    """Each phase that the words say wherever they stand, with the first such place."""
    return [(m.start(), name) for name, words in _phases() for m in [words.search(question)] if m]


@cache
def benchmarks() -> re.Pattern[str]:
    """The name of a benchmark right behind a score: " on ImageNet", " top-1 CIFAR-10"."""
    names = "|".join(table()["benchmarks"]["names"])
    return re.compile(rf"\s*(?:(?:top-?[15]|accuracy|acc)\s+)?(?:(?:on|at|in|for)\s+)?(?:the )?(?:{names})(?!\w)", re.I)


@cache
def _parity() -> re.Pattern[str]:
    row = table()["parity"]
    patterns = "|".join(f"(?:{p})" for p in row["patterns"])
    for key in ("quality", "lost", "kept"):
        patterns = patterns.replace(key.upper(), row[key])
    return re.compile(patterns, re.I)


def parity(question: str) -> list[tuple[int, int]]:
    """Where the words ask for quality to be kept."""
    spans = (m.span() for m in _parity().finditer(question))
    return [
        (start, end)
        for start, end in spans
        if not (_SHARE_OF.search(question[:start]) or _FIGURE_NEXT.match(question, end))
        and not (_MOST_OF.search(question[:start]) and phrases("loss", "quality").match(question, start))
    ]


def masked(question: str, spans: Iterable[tuple[int, int]], *, fill: str = " ") -> str:
    """The question with those places blanked, offsets unchanged. A phrase runs over spaces, not over another `fill`."""
    for start, end in spans:
        question = question[:start] + fill * (end - start) + question[end:]
    return question


def vocabulary() -> frozenset[str]:
    """Words that misspelt ones are mended with."""
    found: set[str] = set()
    lists = [row[key] for row in table()["metric"] for key in ("words", "with_figure", "last") if key in row]
    lists += [table()["bounds"][k] for k in ("at_least", "strictly_more", "at_most", "strictly_less")]
    lists += [table()["loss"]["quality"], table()["loss"]["losing"], table()["asking"]["words"]]
    lists += [table()["misspelt"]["words"]]
    for phrase in (p for words in lists for p in words):
        found.update(w for w in re.findall(r"[a-z]+", phrase.lower()) if len(w) >= 5)
    return frozenset(found)
