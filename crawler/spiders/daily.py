"""The daily-papers site: lists of days, trending papers, searches and single papers. API first, then the HTML page."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from scrapy import Request
from scrapy.http import Response

from crawler import daily_html, daily_json
from crawler.crawl import CrawlRequest
from crawler.listing import Problem
from crawler.paper import Paper
from crawler.spiders.listings import Listing, ListingSpider, RefusedError, text_of

PAGE = 100  # the API's largest page of a list; its default of 50 would cut busy days
_MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Task:
    """One list or paper to ask for, by its addresses below the site. They also name it in the papers' sources."""

    label: str
    api: str
    html: str | None
    day: date | None = None
    query: str | None = None
    paged: bool = False


def tasks_of(request: CrawlRequest, days: list[date]) -> list[Task]:
    """What a request asks of the site."""
    if request.trending:
        return [Task("trending", "/api/daily_papers?sort=trending&limit=100", "/papers/trending")]
    if request.search:
        found = urlencode({"q": request.search})
        api = f"/api/papers/search?{found}&limit=120"
        return [Task(f"search {request.search!r}", api, f"/papers?{found}", query=request.search)]
    if request.papers:
        return [Task(number, f"/api/papers/{quote(number)}", None) for number in request.papers]
    return [Task(str(day), f"/api/daily_papers?date={day}", f"/papers/date/{day}", day=day, paged=True) for day in days]


class DailySpider(ListingSpider):
    """Asks for each task in turn and hands on one `Listing` for each, whatever came of it."""

    name = "daily"

    def __init__(self, sink: Any, tasks: list[Task], site: str, source: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sink = sink
        self._tasks, self._site, self._source = tasks, site, source

    async def start(self) -> AsyncIterator[Request]:
        for place, task in enumerate(self._tasks):
            listing = Listing(task.label, task.day)
            if self._source == "html" and task.html:
                yield self._ask_html(task, listing, -place)
            else:
                yield self._ask_api(task, listing, -place)

    def _ask_api(self, task: Task, listing: Listing, priority: int, page: int = 0) -> Request:
        paging = f"&p={page}&limit={PAGE}" if task.paged else ""
        known: dict[str, Any] = {"task": task, "listing": listing, "page": page, "place": priority}
        return self.ask(
            f"{self._site}{task.api}{paging}", "api", self._read_api, self._api_failed, priority=priority, **known
        )

    def _ask_html(self, task: Task, listing: Listing, priority: int) -> Request:
        known: dict[str, Any] = {"task": task, "listing": listing}
        address = f"{self._site}{task.html}"
        return self.ask(address, "pages", self._read_html, self._html_failed, priority=priority, **known)

    def _read_api(self, response: Response, task: Task, listing: Listing, page: int, place: int) -> Iterator[Any]:
        data = daily_json.parsed(text_of(response))
        first = page * PAGE
        found = list(daily_json.entries(data, task.api, kind="api", listed=task.day, site=self._site, first=first))
        papers = [entry for entry in found if isinstance(entry, Paper)]
        seen = {paper.arxiv_id or paper.title for paper in listing.papers}
        fresh = [paper for paper in papers if (paper.arxiv_id or paper.title) not in seen]
        listing.papers += fresh
        listing.problems += [entry for entry in found if isinstance(entry, Problem)]
        listing.expected = (listing.expected or 0) + len(found) - (len(papers) - len(fresh))
        listing.source = "api"
        # A site that does not know `p` answers the same again: nothing fresh ends the list.
        if task.paged and len(found) >= PAGE and fresh and page + 1 < _MOST_PAGES:
            yield self._ask_api(task, listing, place, page + 1)
        else:
            listing.done = True
            yield listing

    def _api_failed(self, why: str, task: Task, listing: Listing, page: int, place: int) -> Iterator[Any]:
        listing.failures.append(why)
        if self._source == "auto" and task.html:
            yield self._ask_html(task, listing, place)
        else:
            yield listing

    def _read_html(self, response: Response, task: Task, listing: Listing) -> Iterator[Any]:
        page = daily_html.page_of(text_of(response))
        if task.day and (page.day or task.day, page.period) != (task.day, "day"):
            raise RefusedError(
                f"{response.url}: asked for the day {task.day}, got the page of {page.period} {page.day}: not kept"
            )
        if task.query and page.query != task.query:
            raise RefusedError(f"{response.url}: asked for {task.query!r}, got the page of the search {page.query!r}")
        found = list(daily_html.entries(page, task.html or "", listed=task.day, site=self._site))
        listing.papers += [entry for entry in found if isinstance(entry, Paper)]
        listing.problems += [entry for entry in found if isinstance(entry, Problem)]
        listing.expected = max(len(page.items or ()), len(page.cards))
        listing.source, listing.done = "html", True
        yield listing

    def _html_failed(self, why: str, task: Task, listing: Listing) -> Iterator[Any]:
        if task.day and f"redirected to {self._site}/papers, " in why:
            # What the site does with days that have no list.
            listing.expected, listing.source, listing.note = 0, "html", "the site has no page for this day"
            listing.done = not listing.failures
        listing.failures.append(why)
        yield listing
