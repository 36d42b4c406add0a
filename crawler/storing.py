"""Where a crawl puts what it reads: listings into the archive, responses beside it, and the count of both."""

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from crawler.archive import Archive, Changes, new_run
from crawler.listing import RunResult, Unread
from crawler.responses import KeptResponse, Responses
from crawler.spiders.listings import Listing


class Sink:
    """Puts listings and responses where they belong as they come, and counts."""

    def __init__(self, home: Path, listings: int) -> None:
        self.run = new_run("crawl")
        self.changes = Changes()
        self.unreadable: list[Unread] = []
        self.error: str | None = None
        self._archive, self._responses = Archive(home), Responses(home, self.run)
        self._done, self._listings = 0, listings
        self._held = {day.day: day.read for day in self._archive.crawl_days()}

    def store(self, listing: Listing) -> None:
        """One listing, as one: its papers, then what came of its day."""
        shrunk = self._shrunk(listing)
        self.changes += self._archive.append(listing.papers, run=self.run, repeats=False)
        if listing.full_text:
            self._archive.add_full_texts([listing.full_text], run=self.run)
        if not listing.done:
            self.unreadable.append(Unread(listing.label, "; ".join(listing.failures) or "nothing came"))
        for problem in listing.problems:
            why = f"{problem.place}: {problem.why}" if problem.place else problem.why
            self.unreadable.append(Unread(listing.label, why))
        listing.note = "; ".join(filter(None, [listing.note, shrunk]))
        if day := listing.crawl_day():
            self._archive.record_days([day], run=self.run)
        self._done += 1
        say({"progress": [listing.label, self._done, max(self._done, self._listings)]})

    def keep(self, response: Response) -> None:
        """A response as it came over the network."""
        self._responses.keep(
            KeptResponse(
                url=response.url,
                status=response.status,
                content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
                at=datetime.now(UTC),
                body=bytes(response.body),
            )
        )

    def result(self) -> RunResult:
        """What the run did."""
        return RunResult(self.changes.read, self.changes.new, self.changes.changed, tuple(self.unreadable))

    def close(self) -> None:
        """Closes the files."""
        self._archive.close()
        self._responses.close()

    def _shrunk(self, listing: Listing) -> str:
        """Papers do leave lists; that they were listed stays in the archive, that they left is said."""
        held = self._held.get(listing.day, 0) if listing.day else 0
        if not listing.done or held <= len(listing.papers):
            return ""
        return f"the list held {held} papers when last asked, now {len(listing.papers)}; all are kept"


class Storing:
    """Scrapy's pipeline: listings into the sink. What goes wrong there stops the crawl, for nothing would be kept."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._item_error, signals.item_error)
        crawler.signals.connect(self._spider_error, signals.spider_error)
        crawler.signals.connect(self._received, signals.response_received)
        crawler.signals.connect(self._opened, signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Storing":
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        """Stores a listing."""
        self._sink.store(item)
        return item

    def _received(self, response: Response, spider: Spider) -> None:
        if "cached" not in response.flags and not response.url.endswith("/robots.txt"):
            self._sink.keep(response)

    def _item_error(self, failure: Failure, spider: Spider) -> None:
        self._stop(f"could not store what was read: {failure.getErrorMessage()}")

    def _spider_error(self, failure: Failure, spider: Spider) -> None:
        self._stop(f"the spider failed: {failure.type.__name__}: {failure.getErrorMessage()}")

    def _stop(self, why: str) -> None:
        self._sink.error = self._sink.error or why
        self._stopping = asyncio.ensure_future(self._crawler.stop_async())

    def _opened(self, spider: Spider) -> None:
        self._sink: Sink = spider.sink  # type: ignore[attr-defined]
        parent = os.getppid()

        def watch() -> None:
            if os.getppid() != parent:
                # Nobody hears the result any more. What was read is on disk; what is on its way is asked for again.
                os._exit(1)

        LoopingCall(watch).start(1.0, now=False)


def say(what: dict[str, Any]) -> None:
    """One JSON object to the process that asked."""
    print(json.dumps(what), flush=True)
