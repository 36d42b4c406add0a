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
from crawler.listing import Problem, UnreadableError, day_in
from crawler.paper import Paper
from crawler.responses import KeptResponse, read

_PAGING = ("p", "limit", "start", "max_results")  # what does not name the list, only a part of it
_FULL_TEXT = re.compile(r"/html/(?P<number>.+?)(?:v\d+)?$")


def read_again(path: Path) -> Iterator[Paper | Problem | FullText]:
    """The entries of a run's kept responses, in the order in which they came."""
    for response in read(path):
        if response.status != 200:
            continue
        try:
            yield from entries(response)
        except (UnreadableError, UnicodeDecodeError) as problem:
            yield Problem(response.url, str(problem))


def entries(response: KeptResponse) -> Iterator[Paper | Problem | FullText]:
    """The entries of one response. Raises UnreadableError as the parser of its kind does."""
    url = urlsplit(response.url)
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    site = f"{url.scheme}://{url.netloc}"
    if url.path == "/api/query":
        yield from arxiv_pages.read_feed(response.body, _page(url.path, query))
    elif match := _FULL_TEXT.match(url.path):
        yield fulltext.read(response.body.decode("utf-8-sig"), arxiv_id=match["number"])
    elif url.path.startswith("/api/"):
        day = day_in(query.get("date"))
        first = int(query.get("p", "0")) * int(query.get("limit", "0"))
        data = daily_json.parsed(response.body.decode("utf-8-sig"))
        # The spider names paged lists without their paging, and all others as they were asked for.
        page = _page(url.path, query) if day else f"{url.path}?{url.query}".rstrip("?")
        yield from daily_json.entries(data, page, kind="api", listed=day, site=site, first=first)
    else:
        found = daily_html.page_of(response.body.decode("utf-8-sig"))
        day = day_in(url.path.rpartition("/papers/date/")[2])
        if day and found.day not in (None, day):
            raise UnreadableError(f"asked for the day {day}, got the page of {found.day}")
        page = f"{url.path}?{url.query}".rstrip("?")
        yield from daily_html.entries(found, page, listed=day, site=site)


def _page(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode({name: value for name, value in query.items() if name not in _PAGING})}"
