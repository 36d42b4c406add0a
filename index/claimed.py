"""What the papers of a knowledge base claim, family by family: counts and factors over papers."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase


def claimed_factors(
    base: "KnowledgeBase", families: Collection[str] | None = None
) -> dict[str, dict[str, dict[str, Any]]]:
    """Technique id (of `families`, or all) -> metric -> what papers of the family claim as their own results.

    That is {median, low, high, papers, claims}, the metric that most papers claim first. Over papers, not claims: each
    paper counts once, with the best factor that its title and abstract claim for the metric. The metric "other" is left
    out: it holds measures that do not compare.
    """
    query = """
        WITH best AS (
            SELECT t.technique_id, c.metric, c.paper_id, max(c.factor) AS factor, count(*) AS claims
            FROM claims_now AS c JOIN paper_techniques AS t USING (paper_no)
            WHERE c.target = 'own' AND c.factor IS NOT NULL AND c.direction <> 'worse' AND c.metric <> 'other'
                AND c.section IN ('title', 'abstract') AND (? OR t.technique_id IN (SELECT unnest(?)))
            GROUP BY ALL
        )
        SELECT technique_id, metric, median(factor) AS median, min(factor) AS low, max(factor) AS high,
               count(*) AS papers, sum(claims)::BIGINT AS claims
        FROM best GROUP BY ALL ORDER BY technique_id, papers DESC, metric
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in base.rows(query, [families is None, sorted(set(families or ()))]):
        found.setdefault(row.pop("technique_id"), {})[row.pop("metric")] = row
    return found


def counted(base: "KnowledgeBase") -> dict[str | None, dict[str, Any]]:
    """Technique id -> {papers, claims, first, last}: of the family, and under None of the whole knowledge base.

    `first` and `last` are days of publication, or of listing where that is not known; null where no day is known.
    """
    query = """
        WITH told AS (SELECT paper_no, count(*) AS claims FROM claims_now GROUP BY paper_no),
        dated AS (
            SELECT paper_no, coalesce(published, listed) AS day, coalesce(claims, 0) AS claims
            FROM papers LEFT JOIN told USING (paper_no)
        )
        SELECT technique_id, count(*) AS papers, sum(claims)::BIGINT AS claims, min(day) AS first, max(day) AS last
        FROM dated JOIN paper_techniques USING (paper_no) GROUP BY technique_id
        UNION ALL
        SELECT NULL, count(*), coalesce(sum(claims), 0)::BIGINT, min(day), max(day) FROM dated
    """
    return {row.pop("technique_id"): row for row in base.rows(query)}
