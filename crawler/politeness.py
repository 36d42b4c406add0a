"""How the sites are asked: pauses by the documented limits, waits that they ask for, revalidation instead of fetching.

Limits as documented: the daily-papers site allows an address 500 API calls and 100 pages in any 5 minutes, arXiv one
request in 3 seconds over one connection. The pauses below keep them by arithmetic, whatever the order of requests: in
300 s there is room for 484 API calls and 97 pages, and robots.txt. One request is in flight at a time.

robots.txt is obeyed, with one exception by name: that of export.arxiv.org keeps all robots off the whole host, and yet
the API on it, /api/query, is what arXiv offers to programs, under terms of its own (info.arxiv.org/help/api/tou), which
the pause keeps. The robots.txt of arxiv.org, where full texts are, asks for 15 seconds between requests.
"""

import asyncio
import re
import sqlite3
import time
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.retry import RetryMiddleware, get_retry_request
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.http.headers import Headers
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings

PAUSES = {"api": 0.62, "pages": 3.1, "arxiv": 3.1, "full texts": 15.0}  # seconds between requests, by kind
LONGEST_WAIT = 900.0  # seconds; a site that asks for more is left for the next run
_RESET = re.compile(r"(?:^|[;,\s])t=(\d+)")
_REMAINING = re.compile(r"(?:^|[;,\s])r=(\d+)")


def asked_wait(headers: Headers, now: datetime) -> float | None:
    """Seconds that a response asks to wait: `Retry-After` (seconds or date), or `t` of `RateLimit: "api";r=0;t=83`."""
    after = (headers.get("Retry-After") or b"").decode("latin-1").strip()
    if after.isdecimal():
        return float(after)
    if after:
        try:
            then = parsedate_to_datetime(after)
        except (ValueError, OverflowError):
            then = now
        return max(0.0, ((then if then.tzinfo else then.replace(tzinfo=UTC)) - now).total_seconds())
    reset = _RESET.search((headers.get("RateLimit") or b"").decode("latin-1"))
    return float(reset[1]) if reset else None


def is_spent(headers: Headers) -> bool:
    """Whether `RateLimit` says that nothing is left of the allowance."""
    remaining = _REMAINING.search((headers.get("RateLimit") or b"").decode("latin-1"))
    return remaining is not None and not remaining[1].strip("0")


class PatientRetry(RetryMiddleware):
    """Scrapy's retries, with the wait that the site asks for; without a word from it, ever longer ones."""

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Waits, then retries what may be passing; waits before the next one where the allowance is spent."""
        wait = asked_wait(response.headers, datetime.now(UTC))
        if response.status not in self.retry_http_codes:
            if wait and is_spent(response.headers) and "cached" not in response.flags:
                await asyncio.sleep(min(wait, LONGEST_WAIT))
            return response
        if wait is None:
            wait = self.crawler.settings.getfloat("RETRY_FIRST_WAIT") * 2 ** request.meta.get("retry_times", 0)
        if wait > LONGEST_WAIT:
            return response
        assert self.crawler.spider is not None
        retry = get_retry_request(request, spider=self.crawler.spider, reason=f"status {response.status}")
        if retry is None:
            return response
        await asyncio.sleep(wait)
        return retry


class FlooredAutoThrottle(AutoThrottle):
    """AutoThrottle slows down for a slow site, but must not go below the pause of the slot."""

    def _adjust_delay(self, slot: Any, latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        own = self.crawler.settings.getdict("DOWNLOAD_SLOTS").get(response.meta.get("download_slot"), {})
        slot.delay = max(slot.delay, own.get("delay", self.mindelay))


class SqliteCache:
    """Storage of Scrapy's HTTP cache in one SQLite file, which a kill cannot leave half-written."""

    def __init__(self, settings: BaseSettings) -> None:
        self._path = Path(settings["HTTPCACHE_DIR"])
        self._keep = settings.getint("HTTPCACHE_EXPIRATION_SECS")

    def open_spider(self, spider: Spider) -> None:
        """Opens the file and drops what is too old to be asked for again."""
        self._fingerprint = spider.crawler.request_fingerprinter.fingerprint
        try:
            self._open()
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)  # a cache: what is lost is fetched again
            self._open()

    def _open(self) -> None:
        self._db = sqlite3.connect(self._path, isolation_level=None)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS responses"
            " (key BLOB PRIMARY KEY, at REAL, url TEXT, status INTEGER, headers BLOB, body BLOB)"
        )
        self._db.execute("DELETE FROM responses WHERE at < ?", (time.time() - self._keep,))

    def close_spider(self, spider: Spider) -> None:
        """Closes the file."""
        self._db.close()

    def retrieve_response(self, spider: Spider, request: Request) -> Response | None:
        """What was kept for a request."""
        row = self._db.execute(
            "SELECT url, status, headers, body FROM responses WHERE key = ?", (self._fingerprint(request),)
        ).fetchone()
        if row is None:
            return None
        url, status, raw, packed = row
        headers = Headers([tuple(line.split(b": ", 1)) for line in raw.split(b"\r\n") if b": " in line])
        body = zlib.decompress(packed)
        return responsetypes.from_args(headers=headers, url=url, body=body)(
            url=url, status=status, headers=headers, body=body
        )

    def store_response(self, spider: Spider, request: Request, response: Response) -> None:
        """Keeps a response in place of the one before."""
        self._db.execute(
            "INSERT OR REPLACE INTO responses VALUES (?, ?, ?, ?, ?, ?)",
            (
                self._fingerprint(request),
                time.time(),
                response.url,
                response.status,
                response.headers.to_string(),
                zlib.compress(response.body),
            ),
        )
