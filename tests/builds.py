"""What a build holds, to be compared with another's."""

from index import KnowledgeBase

STORED = (
    "papers", "paper_sources", "crawl_days", "claims", "claim_devices", "paper_devices", "paper_techniques",
    "implementations", "devices", "techniques",
)  # fmt: skip
QUESTION = "at least 3x faster on an A100"  # the first answer is Larkspur


def content(home):
    """All rows of all tables of the current build in stored order, and what the indexes answer."""
    with KnowledgeBase.open(home) as base:
        tables = {name: base.rows(f"SELECT * FROM {name}") for name in STORED}
        scores = [base.relevance(text).round(5).tolist() for text in ("pruned detectors", "books", "small cards")]
        return tables, scores
