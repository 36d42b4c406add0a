"""The record that this room hands on, and the ids in it."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

_ARXIV_ID = re.compile(r"(?<![\d.])(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """One place where a paper was seen: an entry on a page, in a feed or in a file."""

    kind: str  # "text" | "html" | "api" | "arxiv" | "corpus"
    page: str  # file name or URL, as given by whoever read it
    position: int  # 0-based place among the entries of that page
    listed: date | None = None  # the day whose list held it, where the page says so
    title: str = ""  # as written there
    upvotes: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("text", "html", "api", "arxiv", "corpus"):
            raise ValueError(f"source kind {self.kind!r} is not one of text, html, api, arxiv, corpus")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as far as its sources tell. Unknown is None or empty, never a guess."""

    paper_id: str
    title: str
    abstract: str
    arxiv_id: str | None = None
    published: date | None = None
    listed: date | None = None
    authors: tuple[str, ...] = ()
    author_count: int | None = None  # some pages give only "11 authors"
    organisation: str | None = None
    url: str | None = None
    code_urls: tuple[str, ...] = ()
    upvotes: int | None = None
    sources: tuple[Source, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.paper_id or not self.title.strip():
            raise ValueError(f"a paper needs an id and a title, got {self.paper_id!r} and {self.title!r}")


def normalised_title(title: str) -> str:
    """Letters and digits of the title, case and accents folded: what tells two papers apart across pages.

    >>> normalised_title("P-Aligner:  Enabling Pré-Alignment")
    'palignerenablingprealignment'
    """
    folded = unicodedata.normalize("NFKD", title).casefold()
    kept = "".join(filter(str.isalnum, folded))
    return kept or folded.strip()


def paper_id_for(title: str) -> str:
    """Ten hex digits from the normalised title. Given once, when a paper is first seen."""
    return hashlib.sha256(normalised_title(title).encode()).hexdigest()[:10]


def arxiv_id_in(text: str) -> str | None:
    """The first arXiv id in an address or text, without its version.

    >>> arxiv_id_in("http://arxiv.org/abs/2405.20541v2")
    '2405.20541'
    """
    match = _ARXIV_ID.search(text)
    return match.group(1) if match else None


# Looked up once: papers are read and written by the hundred thousand.
_PAPER_FIELDS = tuple(f.name for f in fields(Paper))
_SOURCE_FIELDS = tuple(f.name for f in fields(Source))


def as_json(paper: Paper) -> dict[str, Any]:
    """A paper as JSON-ready dict, dates in ISO form; `from_json` reads it back."""
    row: dict[str, Any] = {name: getattr(paper, name) for name in _PAPER_FIELDS}
    row["authors"], row["code_urls"] = list(paper.authors), list(paper.code_urls)
    for name in ("published", "listed"):
        row[name] = row[name].isoformat() if row[name] else None
    row["sources"] = [
        {name: getattr(s, name) for name in _SOURCE_FIELDS} | {"listed": s.listed.isoformat() if s.listed else None}
        for s in paper.sources
    ]
    return row


def from_json(row: dict[str, Any]) -> Paper:
    """The inverse of `as_json`. Raises ValueError or TypeError when the row is no paper."""
    day = lambda value: date.fromisoformat(value) if value else None  # noqa: E731
    # What a newer version may have written besides is left.
    sources = tuple(
        Source(**{**{name: s[name] for name in _SOURCE_FIELDS if name in s}, "listed": day(s.get("listed"))})
        for s in row.get("sources", ())
    )
    kept = {name: row[name] for name in _PAPER_FIELDS if name in row}
    return Paper(
        **{
            **kept,
            "published": day(row.get("published")),
            "listed": day(row.get("listed")),
            "authors": tuple(row.get("authors", ())),
            "code_urls": tuple(row.get("code_urls", ())),
            "sources": sources,
        }
    )
