"""Papers, their sources and crawled days as rows of the tables."""

from datetime import UTC
from hashlib import sha256
from typing import Any

from crawler.archive import CrawlDay
from crawler.paper import Paper


def paper_row(number: int, paper: Paper) -> dict[str, Any]:
    """A row of `papers`; `content_hash` is of all that claims and vectors are made from."""
    return {
        "paper_no": number,
        "paper_id": paper.paper_id,
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "abstract": paper.abstract,
        "published": paper.published,
        "listed": paper.listed,
        "published_year": _year(paper),
        "authors": list(paper.authors),
        "author_count": paper.author_count if paper.author_count is not None else len(paper.authors) or None,
        "organisation": paper.organisation,
        "url": paper.url,
        "code_urls": list(paper.code_urls),
        "upvotes": paper.upvotes,
        "content_hash": sha256(f"{paper.title}\n{paper.abstract}".encode()).hexdigest()[:16],
    }


def _year(paper: Paper) -> int | None:
    """Of publication, else of the arXiv id (YYMM.number since 2007), else of the listing."""
    if paper.published:
        return paper.published.year
    if paper.arxiv_id and paper.arxiv_id[:4].isdecimal() and paper.arxiv_id[4:5] == ".":
        return 2000 + int(paper.arxiv_id[:2])
    return paper.listed.year if paper.listed else None


def source_rows(paper: Paper) -> list[dict[str, Any]]:
    """Rows of `paper_sources`."""
    return [
        {
            "paper_id": paper.paper_id,
            "source_kind": source.kind,
            "page": source.page,
            "place": source.position,
            "listed": source.listed,
            "title_there": source.title,
            "upvotes": source.upvotes,
        }
        for source in paper.sources
    ]


def day_row(day: CrawlDay) -> dict[str, Any]:
    """A row of `crawl_days`."""
    return {
        "crawl_day": day.day,
        "expected": day.expected,
        "fetched": day.fetched,
        "papers_read": day.read,
        "is_empty": day.empty,
        "failed": day.failed,
        "reason": day.why,
        "source_kind": day.source,
        "asked_at": day.at.astimezone(UTC).replace(tzinfo=None) if day.at else None,
    }
