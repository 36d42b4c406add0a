"""Which metric a question speaks of: the one of its figures, else the first that its words say."""

import re
from dataclasses import replace
from functools import cache

from extract import quantities
from index import question_words as lexicon
from index.question_bounds import bounded
from index.question_figures import Figures
from index.question_words import Said

_LEARNED = re.compile(
    r"\b(?:(?:pre-?)?training tokens|tokens? (?:of|for) (?:pre-?)?training|tokens pre-?training|"
    r"(?:dataset|data|corpus) (?:pruning|selection|curation|filtering|mixing)|curated (?:corpus|data\w*)|"
    r"dedup\w*|(?:pre-?)?training (?:corpus|corpora))\b",
    re.I,
)
_WRITTEN = re.compile(
    r"\b(?:reasoning|thinking|generat\w*|output|answers?|prompts?|visual|image|vision|video|decod\w*|inference)\b", re.I
)
LONG = 1000  # tokens: more are the length of a text, unless a bound says that they are few
_BYTES = re.compile(r"\d ?[KMGT]?i?B\b")


@cache
def _communication(key: str) -> re.Pattern[str]:
    row = next(row for row in lexicon.table()["metric"] if row["name"] == "communication")
    return re.compile(lexicon.pattern(row[key]), re.I)


def as_sent(question: str, said: list[Said]) -> list[Said]:
    """The words of metrics, with amounts of what is sent taken for communication: "sends a tenth of the bytes"."""
    verbs = [m.span() for m in _communication("sent").finditer(question)]
    if not verbs:
        return said
    amounts = [m.span() for m in _communication("amount").finditer(question)]
    kept = [
        replace(s, what="communication") if any(start < s.end and s.start < end for start, end in amounts) else s
        for s in said
    ]
    known = {(s.start, s.end) for s in kept}
    kept += [Said(a, b, "communication", question[a:b].lower(), 1) for a, b in amounts if (a, b) not in known]
    if amounts or _BYTES.search(question):
        kept += [Said(a, b, "communication", question[a:b].lower(), 0) for a, b in verbs if (a, b) not in known]
    return sorted(kept, key=lambda s: (s.start, s.rank))


def not_of_length(question: str, said: list[Said]) -> list[Said]:
    """The words of metrics without those of how long a text is: "10x faster for prompts of 1M tokens"."""
    if not any(s.what == "tokens" for s in said):
        return said
    counts = [q for q in quantities.find(question) if q.unit.name == "tokens" and q.value >= LONG]
    lengths = [q for q in counts if bounded(question, q).side != "max"]
    return [s for s in said if s.what != "tokens" or not any(q.start <= s.start <= q.end + 1 for q in lengths)]


def as_learned(question: str, said: list[Said]) -> list[Said]:
    """The words of metrics, with tokens taken for data where the question is about those that a model learns from.

    "How few training tokens: who matches with 7x fewer tokens?"
    """
    if not _LEARNED.search(question) or _WRITTEN.search(question):
        return said
    return [
        replace(s, what="data") if s.what == "tokens" and s.words.endswith(("token", "tokens")) else s for s in said
    ]


def metric_asked(said: list[Said], figures: Figures, *, on_hardware: bool) -> str | None:
    """The metric of the figures, else the first that the words say for sure; quality only when nothing else is said.

    A multiple of nothing, on some hardware, is one of speed.
    """
    if figures.metric is not None:
        return figures.metric
    asks = figures.min_factor is not None or figures.unit_threshold is not None
    sure = [s for s in said if not s.rank or (asks and s.rank == 1)] or [s for s in said if asks]
    first = [s.what for s in sure if s.what != "quality"] or [s.what for s in sure]
    if not first and on_hardware and figures.min_factor is not None:
        return "speed"
    return first[0] if first else None
