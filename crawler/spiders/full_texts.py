"""Full texts from arxiv.org/html, one in 15 seconds as its robots.txt asks; not every paper has one."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler import fulltext
from crawler.spiders.listings import Listing, ListingSpider, text_of


class FullTextSpider(ListingSpider):
    """Asks for the full text of each paper in turn."""

    name = "full_texts"

    def __init__(self, sink: Any, numbers: list[str], site: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sink = sink
        self._numbers, self._site = numbers, site

    async def start(self) -> AsyncIterator[Request]:
        for place, number in enumerate(self._numbers):
            listing = Listing(f"full text {number}")
            url = f"{self._site}/html/{number}"
            yield self.ask(url, "full texts", self._read, self._failed, priority=-place, listing=listing, number=number)

    def _read(self, response: Response, listing: Listing, number: str) -> Iterator[Any]:
        listing.full_text = fulltext.read(text_of(response), arxiv_id=number)
        listing.done = True
        yield listing

    def _failed(self, why: str, listing: Listing, number: str) -> Iterator[Any]:
        # Older papers have no HTML; that is no fault of the run.
        listing.done = "status 404" in why
        listing.failures.append(why)
        yield listing
