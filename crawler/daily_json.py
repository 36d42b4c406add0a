"""Responses of the daily-papers JSON API: lists of a day, search results, single papers.

An element is nested (`{"paper": {...}, ...}`) or flat. Only id, title, summary, authors, publishedAt and upvotes of the
paper can be counted on; all else is optional. The paper's own `publishedAt` is its date: the outer one meant the
listing at first and later the paper's, hours off. The day of the list is the day asked for, else `submittedOnDailyAt`.
"""

import json
from datetime import date
from typing import Any

from crawler.limits import MOST_ELEMENTS
from crawler.listing import (
    Entries,
    Problem,
    UnreadableError,
    code_urls_in,
    day_in,
    plain_text,
    shortened,
    whole_number,
)
from crawler.paper import Paper, Source, arxiv_id_in, paper_id_for

SITE = "https://huggingface.co"
_EXPECTED = "expected a JSON list of papers as /api/daily_papers gives it"


def read(text: str, page: str, *, listed: date | None = None, site: str = SITE) -> Entries:
    """The papers of a response. `listed`: the day that was asked for. `site`: where the papers' own pages are.

    Raises UnreadableError when it is no such response, or when none of its elements can be read.
    """
    return entries(parsed(text), page, kind="api", listed=listed, site=site)


def parsed(text: str) -> Any:
    """The JSON value of a text. Raises UnreadableError naming line and column."""
    if not text.strip():
        raise UnreadableError(f"empty: {_EXPECTED}")
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        raise UnreadableError(
            f"line {problem.lineno}, column {problem.colno}: {problem.msg}; {_EXPECTED}, "
            f"found {len(text)} characters beginning with {text.lstrip()[:40]!r}"
        ) from None
    except RecursionError:
        raise UnreadableError(f"JSON nested too deeply: {_EXPECTED}") from None
    except ValueError as problem:  # Python reads no integer of more than 4300 digits
        raise UnreadableError(f"{problem}: {_EXPECTED}") from None


def entries(data: Any, page: str, *, kind: str, listed: date | None, site: str = SITE, first: int = 0) -> Entries:
    """The papers of a decoded response, counted from `first`. Raises UnreadableError as `read` does."""
    if isinstance(data, dict) and "id" in data and "title" in data:
        data = [data]
    if isinstance(data, dict):
        said = f", error {_shown(data['error'])}" if "error" in data else ""
        raise UnreadableError(f"{_EXPECTED}, found an object with {_names(data) or 'nothing'}{said}")
    if not isinstance(data, list):
        raise UnreadableError(f"{_EXPECTED}, found {_shown(data)}")
    if len(data) > MOST_ELEMENTS:
        raise UnreadableError(f"{_EXPECTED}, found {len(data)} elements, more than the {MOST_ELEMENTS} that are read")
    found = [_entry(item, page, position, kind, listed, site) for position, item in enumerate(data, first)]
    problems = [entry for entry in found if isinstance(entry, Problem)]
    if problems and len(problems) == len(found):
        # Nothing of the page is of the kind expected: one word on the page, not one on each element.
        raise UnreadableError(f"none of {len(found)} elements can be read; {problems[0].place}: {problems[0].why}")
    yield from found


def _entry(item: Any, page: str, position: int, kind: str, listed: date | None, site: str) -> Paper | Problem:
    place = f"element {position}"
    if not isinstance(item, dict):
        return Problem(place, f"expected an object with the paper, found {_shown(item)}")
    outer, paper = item, item.get("paper", item)
    if not isinstance(paper, dict):
        return Problem(place, f"expected an object under 'paper', found {_shown(paper)}")
    title, summary = (paper.get(name, outer.get(name)) for name in ("title", "summary"))
    if not isinstance(title, str) or not plain_text(title):
        return Problem(place, f"expected a title, found {_shown(title)} in an object with {_names(paper)}")
    if summary is not None and not isinstance(summary, str):
        return Problem(place, f"expected text under 'summary', found {_shown(summary)}")
    title, abstract = plain_text(title), plain_text(summary or "")
    number = paper.get("id")
    upvotes = whole_number(paper.get("upvotes"))
    day = listed or day_in(paper.get("submittedOnDailyAt"))
    return Paper(
        paper_id=paper_id_for(title),
        title=title,
        abstract=abstract,
        arxiv_id=arxiv_id_in(number) if isinstance(number, str) else None,
        published=day_in(paper.get("publishedAt")),
        listed=day,
        authors=_authors(paper.get("authors")),
        organisation=_organisation(paper.get("organization") or outer.get("organization")),
        url=f"{site}/papers/{number}" if isinstance(number, str) and number else None,
        code_urls=tuple(dict.fromkeys((*_repository(paper.get("githubRepo")), *code_urls_in(abstract)))),
        upvotes=upvotes,
        sources=(Source(kind, page, position, listed=day, title=title, upvotes=upvotes),),
    )


def _authors(value: Any) -> tuple[str, ...]:
    people = value if isinstance(value, list) else []
    names = (p.get("name") if isinstance(p, dict) and not p.get("hidden") else None for p in people)
    return tuple(plain_text(name) for name in names if isinstance(name, str) and name.strip())


def _organisation(value: Any) -> str | None:
    name = (value.get("fullname") or value.get("name")) if isinstance(value, dict) else None
    return plain_text(name) or None if isinstance(name, str) else None


def _repository(value: Any) -> tuple[str, ...]:
    if not isinstance(value, str):
        return ()
    return code_urls_in(value) or ((value,) if value.startswith(("http://", "https://")) else ())


def _names(fields: dict[str, Any]) -> str:
    return shortened(", ".join(sorted(fields)[:8]))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        kind = "a string that holds Python repr, not JSON," if value.startswith(("{'", "[{'")) else "a string"
        return f"{kind} {value[:40]!r}"
    return {dict: "an object", list: "a list", type(None): "nothing"}.get(type(value), repr(value)[:40])
