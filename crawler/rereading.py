"""Kept responses read again: what a crawl's spiders would make of them today, without the network.

The address of a response says what it was asked for, so that a better parser can read all history again with
`claims import HOME/responses`. Answers that were errors are passed over: the crawl named them at the time.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler import arxiv_pages, daily_html, daily_json, fulltext
from crawler.fulltext import FullText
from crawler.listing import Problem, UnreadableError, day_in, whole_number
from crawler.paper import Paper
from crawler.responses import KeptResponse, read

_PAGING = ("p", "limit", "start", "max_results")  # what does not name the list, only a part of it
_FULL_TEXT = re.compile(r"/html/(?P<number>.+?)(?:v\d+)?$")


def read_again(path: Path) -> Iterator[Paper | Problem | FullText]:
    """The entries of a run's kept responses, in the order in which they came."""
    for response in read(path):
        if isinstance(response, Problem):
            yield response
        elif response.status == 200:
            try:
                yield from entries(response)
            except UnreadableError as problem:
                yield Problem(response.url, str(problem))


def entries(response: KeptResponse) -> Iterator[Paper | Problem | FullText]:
    """The entries of one response. Raises UnreadableError as the parser of its kind does."""
    try:
        url = urlsplit(response.url)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        text = response.body.decode("utf-8-sig")
    except ValueError as problem:
        raise UnreadableError(f"expected an address and UTF-8 text: {problem}") from None
    site = f"{url.scheme}://{url.netloc}"
    if url.path == "/api/query":
        yield from arxiv_pages.read_feed(response.body, _page(url.path, query))
    elif match := _FULL_TEXT.match(url.path):
        yield fulltext.read(text, arxiv_id=match["number"])
    elif url.path.startswith("/api/"):
        day = day_in(query.get("date"))
        first = (whole_number(query.get("p")) or 0) * (whole_number(query.get("limit")) or 0)
        data = daily_json.parsed(text)
        # The spider names paged lists without their paging, and all others as they were asked for.
        page = _page(url.path, query) if day else f"{url.path}?{url.query}".rstrip("?")
        yield from daily_json.entries(data, page, kind="api", listed=day, site=site, first=first)
    else:
        found = daily_html.page_of(text)
        day = day_in(url.path.rpartition("/papers/date/")[2])
        if day and found.day not in (None, day):
            raise UnreadableError(f"asked for the day {day}, got the page of {found.day}")
        page = f"{url.path}?{url.query}".rstrip("?")
        yield from daily_html.entries(found, page, listed=day, site=site)


def _page(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode({name: value for name, value in query.items() if name not in _PAGING})}"
