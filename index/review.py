"""Claims for people to look through, and what people said of them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase

Rows = list[dict[str, Any]]

# What each list holds, and in which order: claims that people have not looked at, or have.
_UNSEEN = "status = 'unseen' AND len(corrected_fields) = 0"
_LISTS = {
    "unsure": (_UNSEEN, "confidence, claim_id"),
    "strong": (f"{_UNSEEN} AND target = 'own'", "factor DESC NULLS LAST, claim_id"),
    "newest": (_UNSEEN, "coalesce(published, listed) DESC NULLS LAST, claim_id"),
    "decided": ("status <> 'unseen' OR len(corrected_fields) > 0 OR notes IS NOT NULL", "title, span_start, claim_id"),
    "collection": ("list_contains(collections, $2)", "title, span_start, claim_id"),
}
LISTS = tuple(_LISTS)
_SHOWN = """
    claim_id, paper_id, title, quote, sentence, status, metric, measure, kind, value, value_max, unit, bound, direction,
    target, technique, baseline, array_to_string(hardware, '; ') AS hardware, factor, confidence, notes, collections
"""


def claims(
    base: "KnowledgeBase",
    which: str,
    *,
    words: str = "",
    collection: str | None = None,
    start: int = 0,
    count: int = 50,
) -> tuple[Rows, int]:
    """Claims of one of LISTS whose title or sentence has the words, and how many there are.

    Given are those from `start` to `start + count`; `collection` is the one that the list "collection" is of.
    """
    condition, order = _LISTS[which]
    query = f"""
        SELECT {_SHOWN} FROM claims_wide WHERE ({condition}) AND contains(lower(title || ' ' || sentence), lower($1))
        ORDER BY {order}"""
    parameters = [words.strip(), *([collection] if which == "collection" else [])]
    (counted,) = base.rows(f"SELECT count(*) AS n FROM ({query})", parameters)
    return base.rows(f"{query} LIMIT {count:d} OFFSET {start:d}", parameters), counted["n"]


def collections(base: "KnowledgeBase") -> list[str]:
    """Names of the collections that people made."""
    query = "SELECT DISTINCT collection FROM curation WHERE collection IS NOT NULL ORDER BY collection"
    return [row["collection"] for row in base.rows(query)]


def latest(base: "KnowledgeBase", *, count: int = 10) -> Rows:
    """The last verdicts in force, the newest first, with what they are about; `undoable`: the last one on its claim."""
    query = f"""
        SELECT k.*, c.quote, p.title, k.entry_no = max(k.entry_no) OVER (PARTITION BY k.given_claim_id) AS undoable
        FROM curation AS k LEFT JOIN claims_now AS c USING (claim_id) LEFT JOIN papers AS p ON p.paper_no = c.paper_no
        ORDER BY k.entry_no DESC LIMIT {count:d}"""
    return base.rows(query)
