"""One page of an answer, how many papers there are of each kind, and where one can go from there."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from extract.catalogue import BROAD
from extract.claim import METRICS
from index import ranking
from index.answer import PaperAnswer, Understood
from index.columns import Columns, Mask
from index.technique_catalogue import techniques

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase

FACTORS = (1.5, 2.0, 3.0, 5.0, 10.0, 100.0)
GROUPS = {"satisfying": ranking.SATISFIES, "near": ranking.NEAR, "unstated": ranking.UNSTATED, "related": ranking.OTHER}
_GOING_WITH = {"min_factor": ("strict",), "metric": ("measure",)}  # what means nothing without a condition
CONDITIONS = tuple(f.name for f in fields(Understood) if f.name != "strict")
ON_TOPIC = ("text", "family", "baseline")  # conditions that what a question is about hangs on


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a condition can be given, and how many papers then satisfy the question."""

    value: str | float | int
    label: str
    papers: int


@dataclass(frozen=True, slots=True)
class Loosening:
    """A condition of the question, and how many papers satisfy the rest of it."""

    condition: str
    papers: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one screen shows of an answer."""

    understood: Understood
    note: str
    counts: dict[str, int]  # papers in each of GROUPS
    group: str  # the one that `papers` are of
    papers: tuple[PaperAnswer, ...]
    facets: dict[str, tuple[Choice, ...]]  # by condition: metric, min_factor, hardware, family, years
    loosenings: tuple[Loosening, ...]  # when nothing satisfies: what to drop, the one that helps most first


def sheet(
    base: "KnowledgeBase",
    read: Understood,
    *,
    question: str = "",
    group: str | None = None,
    start: int = 0,
    count: int = 10,
    since: date | None = None,
) -> Sheet:
    """Papers `start` to `start + count` of one group of the answer, the first group that has any if none is named.

    Raises ValueError when there is no such group.
    """
    if group is not None and group not in GROUPS:
        raise ValueError(f"group {group!r} is not one of {', '.join(GROUPS)}")
    columns = base.columns
    topic = base.topic(read, question or read.text)
    asked, relevance = ranking.conditions(read, columns, since=since, about=topic.about), topic.relevance
    places = ranking.groups(read, asked, columns)
    sizes = {name: int(np.count_nonzero(places == number)) for name, number in GROUPS.items()}
    sizes["related"] = int(np.count_nonzero((places == ranking.OTHER) & (relevance > 0)))
    shown = group or next((name for name, size in sizes.items() if size), "satisfying")
    before = sum(sizes[name] for name in list(GROUPS)[: list(GROUPS).index(shown)])
    first, last = before + start, before + min(start + count, sizes[shown])
    order = []
    if last > first:
        order = ranking.ranked(read, asked, columns, topic, base.words, top=last, apart=True)[first:last]
    found = sizes["satisfying"] > 0
    around = _Around(base, read, question or read.text, topic.about, since)
    return Sheet(
        understood=read,
        note="" if found else ranking.note(read, asked, columns),
        counts=sizes,
        group=shown,
        papers=tuple(base.paper_answers(read, asked, order)),
        facets=dict(around.facets()),
        loosenings=() if found else tuple(around.loosenings()),
    )


def stated(read: Understood) -> list[str]:
    """The conditions that are set, by name; `text`, what the question is about, is one of them."""
    empty = Understood()
    return [name for name in CONDITIONS if getattr(read, name) != getattr(empty, name)]


def without(read: Understood, condition: str) -> Understood:
    """The same with one condition dropped."""
    gone = (condition, *_GOING_WITH.get(condition, ()))
    return replace(read, **{name: getattr(Understood(), name) for name in gone})


class _Around:
    """The papers that satisfy a question, also with one condition dropped."""

    def __init__(self, base: "KnowledgeBase", read: Understood, question: str, about: Mask | None, since: date | None):
        self.base, self.read, self.question, self.about, self.since = base, read, question, about, since
        self.columns = base.columns
        self.whole = self._satisfying(read, about)

    def rest(self, condition: str) -> tuple[Mask, Mask]:
        """Papers and their claims that satisfy all but a condition."""
        if condition not in stated(self.read):
            return self.whole
        read, about = without(self.read, condition), self.about
        if condition in ON_TOPIC:
            about = self.base.topic(read, self.question).about
        return self._satisfying(read, about)

    def _satisfying(self, read: Understood, about: Mask | None) -> tuple[Mask, Mask]:
        asked = ranking.conditions(read, self.columns, since=self.since, about=about)
        papers: Mask = ranking.groups(read, asked, self.columns) == ranking.SATISFIES
        return papers, asked.carrying & asked.on_wanted & papers[self.columns.paper]

    def loosenings(self) -> list[Loosening]:
        found = [Loosening(name, int(np.count_nonzero(self.rest(name)[0]))) for name in stated(self.read)]
        return sorted((x for x in found if x.papers), key=lambda x: -x.papers)

    def facets(self) -> Iterator[tuple[str, tuple[Choice, ...]]]:
        """For each condition: how many papers satisfy the others with each of its values, the most frequent first."""
        columns = self.columns

        def most(choices: list[Choice]) -> tuple[Choice, ...]:
            return tuple(sorted((c for c in choices if c.papers), key=lambda c: (-c.papers, c.label)))

        _, claims = self.rest("metric")
        yield "metric", most([Choice(m, m, _count(columns, claims & columns.metric.equal(m))) for m in METRICS])

        _, claims = self.rest("min_factor")
        with np.errstate(invalid="ignore"):
            reached = {f: _count(columns, claims & (columns.factor >= f * (1 - 1e-9))) for f in FACTORS}
        yield "min_factor", tuple(Choice(f, f"{f:g}x", papers) for f, papers in reached.items() if papers)

        _, claims = self.rest("hardware")
        unnamed = ~columns.with_hardware()
        sizes = {}
        for name in BROAD:
            wanted = ranking.wanted_hardware([name])
            naming = columns.papers_naming(wanted)
            sizes[name] = _count(columns, claims & (columns.on(wanted) | unnamed & naming[columns.paper]))
        yield "hardware", most([Choice(name, name, size) for name, size in sizes.items()])

        papers, _ = self.rest("family")
        scores = {t.technique_id: columns.family_scores(t.technique_id) for t in techniques()}
        sizes = {name: int(np.count_nonzero(papers & (score > 0))) for name, score in scores.items()}
        yield "family", most([Choice(t.technique_id, t.name, sizes[t.technique_id]) for t in techniques()])

        papers, _ = self.rest("years")
        years, counts = np.unique(columns.year[papers & ~np.isnan(columns.year)], return_counts=True)
        yield (
            "years",
            tuple(Choice(int(y), str(int(y)), int(n)) for y, n in zip(years[::-1], counts[::-1], strict=True)),
        )


def _count(columns: Columns, claims: Mask) -> int:
    return int(np.count_nonzero(columns.papers_of(claims)))


def newest_strong(base: "KnowledgeBase", *, least: float = 2.0, sure: float = 0.9, count: int = 5) -> list[PaperAnswer]:
    """The newest papers whose own claims are `least` times better and surely read right, with these claims."""
    query = """
        SELECT p.paper_no FROM claims_now AS c JOIN papers AS p USING (paper_no)
        WHERE c.target = 'own' AND c.factor >= $1 AND c.confidence >= $2 AND coalesce(p.published, p.listed) IS NOT NULL
            AND c.claim_id NOT IN (SELECT claim_id FROM curation WHERE claim_id IS NOT NULL AND verdict = 'reject')
        GROUP BY p.paper_no, p.published, p.listed
        ORDER BY coalesce(p.published, p.listed) DESC, max(c.factor) DESC, p.paper_no LIMIT $3"""
    order = [ranking.Ranked(row["paper_no"], ranking.SATISFIES, 0.0) for row in base.rows(query, [least, sure, count])]
    read = Understood(min_factor=least)
    papers = base.paper_answers(read, ranking.conditions(read, base.columns), order)
    return [replace(p, claims=tuple(c for c in p.claims if c["confidence"] >= sure)) for p in papers]
