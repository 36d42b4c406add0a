"""The arXiv API: a query or a list of ids, up to 2,000 results a slice, newest first."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawler import arxiv_pages
from crawler.listing import Problem, UnreadableError
from crawler.paper import Paper, arxiv_id_in
from crawler.spiders.listings import Listing, ListingSpider

SLICE = 2000  # most results of one answer that arXiv allows


class ArxivSpider(ListingSpider):
    """Asks slice after slice until all results, or `limit` of them, have come."""

    name = "arxiv"

    def __init__(self, sink: Any, query: str, site: str, limit: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sink = sink
        self._query, self._site, self._limit = query, site, limit
        words = re.split(r"[\s,]+", query.strip())
        ids = [word for word in words if arxiv_id_in(word) and re.fullmatch(r"[\w.\-/]+", word)]
        self._params = (
            {"id_list": ",".join(ids)}
            if len(ids) == len(words)
            else {"search_query": query, "sortBy": "submittedDate", "sortOrder": "descending"}
        )

    async def start(self) -> AsyncIterator[Request]:
        yield self._ask_slice(Listing(f"arxiv {self._query!r}"), 0)

    def _ask_slice(self, listing: Listing, start: int) -> Request:
        asked = self._params | {"start": str(start), "max_results": str(min(SLICE, self._limit - start))}
        url = f"{self._site}/api/query?{urlencode(asked)}"
        return self.ask(url, "arxiv", self._read, self._failed, listing=listing, begin=start)

    def _read(self, response: Response, listing: Listing, begin: int) -> Iterator[Any]:
        feed = arxiv_pages.feed_of(response.body)
        if not feed.elements and begin < min(feed.total, self._limit):
            # A known habit of arXiv's API under load; the retry brings the slice.
            raise UnreadableError(f"an empty slice at {begin} of {feed.total} results")
        found = list(arxiv_pages.read_feed(response.body, f"/api/query?{urlencode(self._params)}"))
        listing.papers += [entry for entry in found if isinstance(entry, Paper)]
        listing.problems += [entry for entry in found if isinstance(entry, Problem)]
        listing.expected, listing.source = feed.total, "arxiv"
        onward = begin + len(feed.elements)
        listing.done = True
        yield listing
        if feed.elements and onward < min(feed.total, self._limit):
            yield self._ask_slice(Listing(listing.label), onward)

    def _failed(self, why: str, listing: Listing, begin: int) -> Iterator[Any]:
        listing.failures.append(why)
        yield listing
