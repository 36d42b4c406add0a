"""Figures of many papers at once: what plots are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase

POINTS = 2000  # most points of one plot
Rows = list[dict[str, Any]]

# The papers' own claims of title and abstract that a person did not reject, within the filters.
_CHOSEN = """
WITH chosen AS (
    SELECT * FROM claims_wide
    WHERE target = 'own' AND status <> 'rejected' AND NOT full_text
        AND (confidence >= $1 OR status = 'confirmed')
        AND ($2::VARCHAR IS NULL OR metric = $2)
        AND ($3::VARCHAR IS NULL OR list_contains(device_classes, $3))
        AND ($4::VARCHAR IS NULL OR list_contains(families, $4))
        AND ($5::SMALLINT IS NULL OR published_year >= $5)
        AND ($6::SMALLINT IS NULL OR published_year <= $6)
)
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which claims are looked at; None: all."""

    sure: float = 0.0  # least confidence
    metric: str | None = None
    device_class: str | None = None  # as in claim_devices: gpu, fpga, ...
    family: str | None = None
    first_year: int | None = None
    last_year: int | None = None

    def parameters(self, *, metric: str | None = None) -> list[Any]:
        return [
            self.sure, metric or self.metric, self.device_class, self.family, self.first_year, self.last_year,
        ]  # fmt: skip


def improvements(base: "KnowledgeBase", filters: Filters, *, limit: int = POINTS) -> Rows:
    """Claims that improve something in a known year, the largest factors first; `all_rows`: how many there are."""
    query = f"""{_CHOSEN}
        SELECT claim_id, paper_id, title, published_year AS year, coalesce(families[1], 'no family') AS family, metric,
            measure, factor, array_to_string(devices, ', ') AS device, baseline, quote, count(*) OVER () AS all_rows
        FROM chosen WHERE factor > 1 AND published_year IS NOT NULL
        ORDER BY factor DESC, claim_id LIMIT {limit:d}"""
    return base.rows(query, filters.parameters())


def factors_by_metric(base: "KnowledgeBase", filters: Filters) -> Rows:
    """How many claims of each metric improve it by how much: {metric, low, high, claims}, four bins a power of ten."""
    query = f"""{_CHOSEN}
        SELECT metric, power(10, bin / 4) AS low, power(10, (bin + 1) / 4) AS high, count(*) AS claims
        FROM (SELECT metric, floor(log10(factor) * 4) AS bin FROM chosen WHERE factor > 1)
        GROUP BY metric, bin ORDER BY metric, bin"""
    return base.rows(query, filters.parameters())


def trade_offs(base: "KnowledgeBase", filters: Filters, *, limit: int = POINTS) -> Rows:
    """Papers that state both a speed-up and what it does to quality.

    `factor` is the largest speed-up, `loss` the largest loss of quality in points or % as written (0: said to be kept,
    below 0: gained), `pareto` whether no other of them loses as little and is as fast, and is better in one of both.
    """
    every = Filters(filters.sure, None, None, filters.family, filters.first_year, filters.last_year)
    query = f"""{_CHOSEN},
        speed AS (
            SELECT paper_id, any_value(title) AS title, any_value(published_year) AS year,
                coalesce(any_value(families)[1], 'no family') AS family, max(factor) AS factor,
                arg_max(quote, (factor, claim_id)) AS quote
            FROM chosen WHERE metric = 'speed' AND factor > 1
                AND ($7::VARCHAR IS NULL OR list_contains(device_classes, $7))
            GROUP BY paper_id
        ),
        quality AS (
            SELECT paper_id, coalesce(max(-delta) FILTER (WHERE delta IS NOT NULL), 0) AS loss,
                arg_max(quote, coalesce(-delta, -1e9)) AS quality_quote
            FROM chosen
            WHERE kind = 'parity'
                OR (metric = 'quality' AND kind = 'change' AND delta IS NOT NULL AND unit IN ('%', 'points'))
            GROUP BY paper_id
        )
        SELECT * FROM speed JOIN quality USING (paper_id) ORDER BY factor DESC, loss, paper_id LIMIT {limit:d}"""
    rows = base.rows(query, [*every.parameters(), filters.device_class])
    lowest = float("inf")
    for row in rows:  # in order of falling factor: on the front is who loses less than all that are as fast
        row["pareto"] = row["loss"] < lowest
        lowest = min(lowest, row["loss"])
    return rows


def heat_map(base: "KnowledgeBase", filters: Filters, *, families: int = 20) -> Rows:
    """Device class by family, for the largest families: {device_class, family, claims, best, paper_id, title}."""
    query = f"""{_CHOSEN},
        cells AS (
            SELECT device_class, family, count(*) AS claims, max(factor) AS best,
                arg_max(paper_id, (factor, claim_id)) AS paper_id, arg_max(title, (factor, claim_id)) AS title
            FROM (
                SELECT * EXCLUDE (families), unnest(families) AS family
                FROM (SELECT *, unnest(device_classes) AS device_class FROM chosen WHERE factor > 1)
            )
            GROUP BY device_class, family
        ),
        largest AS (SELECT family FROM cells GROUP BY family ORDER BY sum(claims) DESC, family LIMIT {families:d})
        SELECT * FROM cells WHERE family IN (FROM largest) ORDER BY family, device_class"""
    return base.rows(query, filters.parameters())


def years(base: "KnowledgeBase") -> tuple[int, int] | None:
    """The first and the last year of the papers; None when no year is known."""
    (found,) = base.rows("SELECT min(published_year) AS low, max(published_year) AS high FROM papers")
    return (found["low"], found["high"]) if found["low"] is not None else None


def device_classes(base: "KnowledgeBase") -> Sequence[str]:
    """Classes of the hardware that claims name, the most frequent first."""
    query = "SELECT device_class FROM claim_devices GROUP BY ALL ORDER BY count(*) DESC, device_class"
    return [row["device_class"] for row in base.rows(query)]


def papers_by_month(base: "KnowledgeBase") -> Rows:
    """Papers and claims by the month in which the papers were listed, else published: {month, papers, claims}."""
    query = """
        SELECT date_trunc('month', coalesce(p.listed, p.published))::DATE AS month,
            count(DISTINCT p.paper_no) AS papers, count(c.claim_id) AS claims
        FROM papers AS p LEFT JOIN claims_now AS c USING (paper_no)
        WHERE coalesce(p.listed, p.published) IS NOT NULL GROUP BY month ORDER BY month"""
    return base.rows(query)


def days(base: "KnowledgeBase") -> Rows:
    """Each day with a list of papers: {day, papers, state}; state: listed, crawled, empty or failed."""
    query = """
        SELECT coalesce(l.listed, d.crawl_day) AS day, coalesce(l.papers, 0) AS papers,
            CASE WHEN d.failed THEN 'failed' WHEN d.is_empty THEN 'empty' WHEN d.crawl_day IS NOT NULL THEN 'crawled'
                ELSE 'listed' END AS state
        FROM (
            SELECT listed, count(DISTINCT paper_id) AS papers FROM paper_sources
            WHERE listed IS NOT NULL GROUP BY listed
        ) AS l
        FULL JOIN crawl_days AS d ON d.crawl_day = l.listed ORDER BY day"""
    return base.rows(query)


def confidences(base: "KnowledgeBase") -> Rows:
    """How many claims were read with which confidence: {low, claims}, in steps of 0.05."""
    query = """
        SELECT least(floor(confidence * 20), 19) / 20 AS low, count(*) AS claims
        FROM claims_now GROUP BY low ORDER BY low"""
    return base.rows(query)
