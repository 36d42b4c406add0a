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
CONDITIONS = tuple(f.name for f in fields(Understood) if f.name not in ("strict", "text"))


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
    order = ranking.ranked(read, asked, columns, relevance, top=last)[first:last] if last > first else []
    found = sizes["satisfying"] > 0
    return Sheet(
        understood=read,
        note="" if found else ranking.note(read, asked, columns, about=topic.about),
        counts=sizes,
        group=shown,
        papers=tuple(base.paper_answers(read, asked, order)),
        facets=dict(_facets(read, columns, since)),
        loosenings=() if found else tuple(_loosenings(read, columns, since)),
    )


def stated(read: Understood) -> list[str]:
    """The conditions that are set, by name."""
    empty = Understood()
    return [name for name in CONDITIONS if getattr(read, name) != getattr(empty, name)]


def without(read: Understood, condition: str) -> Understood:
    """The same with one condition dropped."""
    dropped = replace(read, **{condition: getattr(Understood(), condition)})
    return replace(dropped, strict=False) if condition == "min_factor" else dropped


def _satisfying(read: Understood, columns: Columns, since: date | None) -> tuple[Mask, Mask]:
    """The papers that satisfy, and the claims of theirs that do."""
    asked = ranking.conditions(read, columns, since=since)
    papers: Mask = ranking.groups(read, asked, columns) == ranking.SATISFIES
    return papers, asked.carrying & asked.on_wanted & papers[columns.paper]


def _loosenings(read: Understood, columns: Columns, since: date | None) -> list[Loosening]:
    found = [
        Loosening(name, int(np.count_nonzero(_satisfying(without(read, name), columns, since)[0])))
        for name in stated(read)
    ]
    return sorted((x for x in found if x.papers), key=lambda x: -x.papers)


def _facets(read: Understood, columns: Columns, since: date | None) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    """For each condition: how many papers satisfy the others with each of its values, the most frequent first."""
    whole = _satisfying(read, columns, since)

    def rest(condition: str) -> tuple[Mask, Mask]:
        return _satisfying(without(read, condition), columns, since) if condition in stated(read) else whole

    def most(choices: list[Choice]) -> tuple[Choice, ...]:
        return tuple(sorted((c for c in choices if c.papers), key=lambda c: (-c.papers, c.label)))

    papers, claims = rest("metric")
    yield "metric", most([Choice(m, m, _count(columns, claims & columns.metric.equal(m))) for m in METRICS])

    papers, claims = rest("min_factor")
    with np.errstate(invalid="ignore"):
        steps = [Choice(f, f"{f:g}x", _count(columns, claims & (columns.factor >= f * (1 - 1e-9)))) for f in FACTORS]
    yield "min_factor", tuple(c for c in steps if c.papers)

    papers, claims = rest("hardware")
    unnamed = ~columns.with_hardware()
    sizes = {}
    for name in BROAD:
        wanted = ranking.wanted_hardware([name])
        naming = columns.papers_naming(wanted)
        sizes[name] = _count(columns, claims & (columns.on(wanted) | unnamed & naming[columns.paper]))
    yield "hardware", most([Choice(name, name, size) for name, size in sizes.items()])

    papers, claims = rest("family")
    scores = {t.technique_id: columns.family_scores(t.technique_id) for t in techniques()}
    sizes = {name: int(np.count_nonzero(papers & (score > 0))) for name, score in scores.items()}
    yield "family", most([Choice(t.technique_id, t.name, sizes[t.technique_id]) for t in techniques()])

    papers, claims = rest("years")
    years, counts = np.unique(columns.year[papers & ~np.isnan(columns.year)], return_counts=True)
    yield "years", tuple(Choice(int(y), str(int(y)), int(n)) for y, n in zip(years[::-1], counts[::-1], strict=True))


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
