"""Measures asked for by name, finer than a metric, from data/named_measures.toml: which one a question names, and which
one a claim tells in the words of its measure, else in its quote."""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import data
from index import question_words as lexicon

if TYPE_CHECKING:
    from index.codes import Mask
    from index.columns import Columns


_OR = re.compile(r"\bor\b", re.I)


@dataclass(frozen=True, slots=True)
class Named:
    """A measure as the file explains it.

    `told` are regular expressions for the words of claims, `words` the phrases of questions, which `pattern` finds.
    """

    name: str
    metric: str
    told: tuple[str, ...]
    silent: bool
    words: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.words)


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(lexicon.pattern(words), re.I)  # of one metric at a time: compiling all takes 10 ms


@cache
def measures() -> tuple[Named, ...]:
    """All named measures, in the order of the file."""
    return tuple(
        Named(
            row["name"],
            row["metric"],
            tuple(row["told"]),
            row.get("silent", False),
            tuple(row["asked"]),
        )
        for row in data.table("named_measures.toml")["measure"]
    )


@cache
def _by_name() -> dict[str, Named]:
    return {one.name: one for one in measures()}


def names() -> tuple[str, ...]:
    """The names of all of them."""
    return tuple(_by_name())


def metric_of(name: str) -> str:
    """The metric that a measure is one of. Raises KeyError when there is no such measure."""
    if name not in _by_name():
        raise KeyError(f"no measure {name!r} in named_measures.toml; there are {', '.join(names())}")
    return _by_name()[name].metric


def asked_for(question: str, metric: str | None) -> str | None:
    """The measure of this metric that a question names, the longest name first.

    None when it names none, or two as alternatives, or one and the metric at large.

    >>> asked_for("TTFT below 200 ms", "speed"), asked_for("latency below 200 ms", "speed")
    ('time to first token', None)
    >>> asked_for("fewer parameters, or fewer trainable parameters", "parameters")
    """
    found = [(m.span(), one) for one in measures() if one.metric == metric for m in one.pattern.finditer(question)]
    if not found:
        return None
    (start, end), named = max(found, key=lambda said: (said[0][1] - said[0][0], -said[0][0]))
    others = [span for span, other in found if other is not named]
    if not named.silent:
        others += [(s.start, s.end) for s in lexicon.metrics(question) if s.what == metric and not s.rank]
    between = [question[b:start] if b <= start else question[end:a] for a, b in others if b <= start or end <= a]
    return None if any(_OR.search(words) for words in between) else named.name


@cache
def _telling(metric: str) -> str:
    """A pattern for Python's `re` and for DuckDB's RE2; its one group is what names a measure in a claim's words."""
    told = [words for one in measures() if one.metric == metric for words in one.told]
    return rf"(?i)(?:^|[^\w-])({'|'.join(f'(?:{words})' for words in told)})(?:$|[^\w-])"


@cache
def _metrics() -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.metric for one in measures() if one.told))


def words_told() -> str:
    """SQL over columns metric, measure and quote: the words of a claim that name a measure, null where none do."""

    def of(metric: str) -> str:
        pattern = _telling(metric).replace("'", "''")
        found = (f"nullif(regexp_extract({text}, '{pattern}', 1), '')" for text in ("measure", "quote"))
        return f"WHEN '{metric}' THEN coalesce({', '.join(found)})"

    return f"CASE metric {' '.join(map(of, _metrics()))} END"


def told(metric: str | None, measure: str | None, quote: str) -> str | None:
    """The measure that a claim names, the same in Python.

    >>> told("quality", "top-1 accuracy", "84.8% top-1 accuracy"), told("quality", None, "84.8% on ImageNet")
    ('accuracy', None)
    """
    if metric is None or metric not in _metrics():
        return None
    for text in (measure, quote):
        if found := re.search(_telling(metric), text or ""):
            return _by_words(metric, found[1])
    return None


@cache
def _by_words(metric: str, words: str) -> str | None:
    """The measure whose pattern is these words."""
    fitting = (
        one.name
        for one in measures()
        if one.metric == metric and any(re.fullmatch(told, words, re.I) for told in one.told)
    )
    return next(fitting, None)


def named_by(words: str) -> str | None:
    """The measure that some words found by `words_told` name: no words name measures of two metrics.

    None for what DuckDB alone takes for such words: a no-break space is no letter to Python.
    """
    for metric in _metrics():
        if found := re.search(_telling(metric), words):
            return _by_words(metric, found[1])
    return None


def meets(asked: str, told_by_claim: str | None) -> bool:
    """Whether a claim of the right metric counts where a measure is asked for."""
    if told_by_claim is None:
        return _by_name()[asked].silent
    return told_by_claim == asked


def of_measure(asked: str, columns: "Columns") -> "Mask":
    """Claims that name the measure, or none where it takes those too; of whatever metric."""
    found = columns.measured.equal(asked)
    return found | (columns.measured.numbers < 0) if meets(asked, None) else found
