"""The process of one crawl: `python -m crawler.run HOME` with the request as JSON on standard input.

Says on standard output, one JSON object a line: `{"progress": [label, done, all]}`, at the end `{"result": {...}}`, or
`{"error": "..."}` when the crawl cannot be done at all.
"""

import fcntl
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from scrapy.crawler import CrawlerProcess

from crawler.archive import Archive
from crawler.crawl import CrawlRequest
from crawler.listing import RunResult
from crawler.politeness import PAUSES
from crawler.spiders.arxiv import ArxivSpider
from crawler.spiders.daily import DailySpider, tasks_of
from crawler.spiders.full_texts import FullTextSpider
from crawler.storing import Sink, say

_HTTP_CACHE_DAYS = 60
_RESUMED_WITHIN = timedelta(hours=12)


def settings_for(home: Path, request: CrawlRequest) -> dict[str, Any]:
    """Scrapy's settings, only those that differ from its own."""
    try:
        ours = version("paperclaims")
    except PackageNotFoundError:
        ours = "dev"
    contact = request.contact or os.environ.get("CLAIMS_CONTACT") or "no contact given"
    quick = request.no_throttle
    return {
        "USER_AGENT": f"paperclaims/{ours} ({contact})",
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 1,
        "DOWNLOAD_SLOTS": {}
        if quick
        else {k: {"concurrency": 1, "delay": s, "jitter": 0.0} for k, s in PAUSES.items()},
        "DOWNLOAD_DELAY": 0.0 if quick else min(PAUSES.values()),
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "DOWNLOAD_TIMEOUT": request.timeout,
        "DOWNLOAD_MAXSIZE": request.largest,
        "DOWNLOAD_WARNSIZE": 0,
        "AUTOTHROTTLE_ENABLED": not quick,
        "AUTOTHROTTLE_START_DELAY": 0.0,
        "EXTENSIONS": {
            "scrapy.extensions.throttle.AutoThrottle": None,
            "crawler.politeness.FlooredAutoThrottle": 0,
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "crawler.politeness.PatientRetry": 550,
        },
        "ITEM_PIPELINES": {"crawler.storing.Storing": 300},
        "RETRY_TIMES": request.retries,
        "RETRY_FIRST_WAIT": 0.05 if quick else 5.0,
        "RETRY_PRIORITY_ADJUST": 0,  # the order of days stays as it was asked
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # the listing says it
        "REDIRECT_ENABLED": False,  # spiders.listings decides
        "HTTPERROR_ALLOW_ALL": True,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "HTTPCACHE_ENABLED": True,
        "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.RFC2616Policy",
        "HTTPCACHE_STORAGE": "crawler.politeness.SqliteCache",
        "HTTPCACHE_DIR": str(home / "http_cache.sqlite"),
        "HTTPCACHE_EXPIRATION_SECS": _HTTP_CACHE_DAYS * 86400,
        "LOG_LEVEL": "ERROR",
    }


def run(home: Path, request: CrawlRequest, today: date) -> RunResult:
    """Crawls in this process. Raises BlockingIOError when another crawl of this home runs, RuntimeError if it broke."""
    with locked(home), unfinished(home, request) as since:
        archive = Archive(home)
        crawled, lacking = archive.crawl_days(), archive.without_full_text() if request.fulltext else []
        archive.close()
        process = CrawlerProcess(settings_for(home, request))
        # What they say of failed requests, the listings say in one line.
        for noisy in ("scrapy.core.scraper", "scrapy.downloadermiddlewares.robotstxt"):
            logging.getLogger(noisy).setLevel(logging.CRITICAL)
        if request.arxiv:
            sink = Sink(home, 1)
            process.crawl(
                ArxivSpider, sink=sink, query=request.arxiv, site=request.arxiv_site, limit=request.arxiv_limit
            )
        elif request.fulltext:
            numbers = (list(request.papers) or lacking)[: request.fulltext_limit]
            sink = Sink(home, len(numbers))
            process.crawl(FullTextSpider, sink=sink, numbers=numbers, site=request.html_site)
        else:
            done = {d.day for d in crawled if not d.failed and d.at and since and d.at >= since}
            days = [day for day in request.days(crawled, today) if day not in done]
            tasks = tasks_of(request, days)
            sink = Sink(home, len(tasks))
            process.crawl(DailySpider, sink=sink, tasks=tasks, site=request.site, source=request.source)
        try:
            process.start()
        finally:
            sink.close()
        if sink.error:
            raise RuntimeError(sink.error)
        return sink.result()


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Keeps two crawls of one home apart; the system lets go of the lock when the process dies, however it dies."""
    with (home / "crawl.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise BlockingIOError(
                f"another crawl of {home} is running ({lock.read().strip() or 'unknown process'}); wait for its end"
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n")
        lock.flush()
        yield


@contextmanager
def unfinished(home: Path, request: CrawlRequest) -> Iterator[datetime | None]:
    """When the same request was begun before and killed: what it did since then need not be done again."""
    note = home / "crawl.unfinished"
    asked = request.as_json()
    since = None
    try:
        before = json.loads(note.read_text(encoding="utf-8"))
        begun = datetime.fromisoformat(before["since"])
        # Later than that the lists of the last days have moved on.
        if before["request"] == asked and datetime.now(UTC) - begun < _RESUMED_WITHIN:
            since = begun
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        since = None
    begun = since or datetime.now(UTC).replace(microsecond=0)
    draft = note.with_suffix(".draft")
    draft.write_text(json.dumps({"request": asked, "since": begun.isoformat()}), encoding="utf-8")
    draft.replace(note)
    yield since
    note.unlink(missing_ok=True)


def main() -> int:
    """Reads the request, crawls, says the result."""
    home = Path(sys.argv[1])
    request = CrawlRequest.from_json(json.load(sys.stdin))
    try:
        result = run(home, request, datetime.now(UTC).date())
    except (BlockingIOError, RuntimeError) as problem:
        say({"error": str(problem)})
        return 1
    say({"result": result.as_json()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
