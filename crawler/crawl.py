"""`claims crawl`: what to fetch, and the child process that fetches it.

Scrapy's reactor can be started once a process, so each crawl has a process of its own; the caller gets the result,
or an exception that says why there is none.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.archive import CrawlDay
from crawler.listing import RunResult, Unread

SITE = "https://huggingface.co"
ARXIV = "https://export.arxiv.org"
ARXIV_HTML = "https://arxiv.org"
LOOK_BACK = timedelta(days=7)  # lists and votes of the last days still change

CrawlResult = RunResult
Day = date  # the request has a field of that name
Progress = Callable[[str, int, int], None]  # called with what was fetched last, how many are done, how many there are


class CrawlError(RuntimeError):
    """A crawl that could not be done at all: another one runs, or its process died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRequest:
    """What to crawl, one of: days, trending papers, a search, papers by id, an arXiv query. None of them: all days
    since the last crawl, with a look back.

    Raises ValueError when it cannot be meant: two kinds at once, an end before the start, haste with a real site.
    """

    date: Day | None = None
    start: Day | None = None
    end: Day | None = None  # inclusive; today if only `start` is given
    week: str | None = None  # "2026-W09"
    month: str | None = None  # "2026-02"
    gaps: bool = False  # days within what was ever crawled that failed or were never asked for
    trending: bool = False
    search: str | None = None
    papers: tuple[str, ...] = ()  # single papers by arXiv id: code links, organisation, votes
    arxiv: str | None = None  # a query of the arXiv API, or arXiv ids apart by blanks or commas
    fulltext: bool = False  # of `papers`, or of all in the home that lack it, the latest seen first
    fulltext_limit: int = 500  # papers in one run
    source: str = "auto"  # "auto" (API, then HTML), "api", "html"
    base_url: str | None = None
    arxiv_base_url: str | None = None
    no_throttle: bool = False
    contact: str | None = None  # for the user agent: an address at which the crawler's owner can be reached
    retries: int = 5
    timeout: float = 60.0  # seconds for one response
    largest: int = 32 * 1024 * 1024  # bytes of one response, unpacked
    arxiv_limit: int = 2000  # results of one query

    def __post_init__(self) -> None:
        kinds = {
            "date": self.date,
            "start/end": self.start or self.end,
            "week": self.week,
            "month": self.month,
            "gaps": self.gaps,
            "trending": self.trending,
            "search": self.search,
            "fulltext": self.fulltext,
            "papers": self.papers and not self.fulltext,
            "arxiv": self.arxiv,
        }
        chosen = [name for name, value in kinds.items() if value]
        if len(chosen) > 1:
            raise ValueError(f"choose one of {', '.join(kinds)}; got {' and '.join(chosen)}")
        if self.source not in ("auto", "api", "html"):
            raise ValueError(f"source {self.source!r} is not one of auto, api, html")
        if self.end and not self.start:
            raise ValueError(f"an end ({self.end}) needs a start")
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"the end {self.end} lies before the start {self.start}")
        if self.search and len(self.search) > 250:
            raise ValueError(f"a search has at most 250 characters, got {len(self.search)}")
        for url in (self.base_url, self.arxiv_base_url):
            if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
                raise ValueError(f"base address {url!r} is no http or https address")
        if self.no_throttle:
            site = self.arxiv_site if self.arxiv else self.html_site if self.fulltext else self.site
            host = urlsplit(site).hostname or ""
            if not is_loopback(host):
                raise ValueError(
                    f"no_throttle is refused for {host}: only this machine may be asked without pauses; "
                    "give a base address such as http://127.0.0.1:8000, or leave it out"
                )
        if self.week:
            week_days(self.week)
        if self.month:
            month_days(self.month)

    @property
    def site(self) -> str:
        """The daily-papers site without a slash at its end."""
        return (self.base_url or SITE).rstrip("/")

    @property
    def arxiv_site(self) -> str:
        """The arXiv API's host without a slash at its end."""
        return (self.arxiv_base_url or ARXIV).rstrip("/")

    @property
    def html_site(self) -> str:
        """Where arXiv shows full texts, without a slash at its end."""
        return (self.arxiv_base_url or ARXIV_HTML).rstrip("/")

    def as_json(self) -> dict[str, Any]:
        """JSON-ready; `from_json` reads it back."""
        row = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}
        return row | {"papers": list(self.papers)}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "CrawlRequest":
        """The inverse of `as_json`."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in row.items() if name in known}
        for name in ("date", "start", "end"):
            values[name] = date.fromisoformat(values[name]) if values.get(name) else None
        values["papers"] = tuple(values.get("papers", ()))
        return cls(**values)

    def days(self, crawled: Sequence[CrawlDay], today: Day) -> list[Day]:
        """The days to ask for, in order, given what was crawled before."""
        if self.date:
            return [self.date]
        if self.week:
            return [day for day in week_days(self.week) if day <= today]
        if self.month:
            return [day for day in month_days(self.month) if day <= today]
        if self.start:
            return days_between(self.start, self.end or max(today, self.start))
        if self.gaps:
            return gaps(crawled)
        last = max((day.day for day in crawled if not day.failed), default=today)
        return days_between(min(last, today) - LOOK_BACK, today)


def crawl(home: Path, request: CrawlRequest, *, progress: Progress | None = None) -> CrawlResult:
    """Fetches what the request asks for into the archive of a home.

    Days that cannot be fetched or read are named in `unreadable` and kept as failed days; all else goes on. Started
    again after it was killed, it passes over the days that it had done. Raises CrawlError when another crawl of this
    home is running or the process dies.
    """
    home.mkdir(parents=True, exist_ok=True)
    # -P: a folder called data or crawler where the user stands must not hide ours.
    command = [sys.executable, "-P", "-m", "crawler.run", str(home.absolute())]
    rooms = str(Path(__file__).absolute().parents[1])
    path = os.pathsep.join([rooms, *filter(None, [os.environ.get("PYTHONPATH")])])
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}, text=True
    )
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(request.as_json()))
        child.stdin.close()
        said: dict[str, Any] = {}
        for line in child.stdout:
            said = json.loads(line)
            if progress and "progress" in said:
                progress(*said["progress"])
    if "error" in said:
        raise CrawlError(said["error"])
    if child.returncode or "result" not in said:
        raise CrawlError(
            f"the crawling process ended with code {child.returncode} before it was done; what it had read is kept: "
            "start it again to go on"
        )
    result = said["result"]
    unreadable = tuple(Unread(**unread) for unread in result["unreadable"])
    return CrawlResult(result["read"], result["new"], result["changed"], unreadable)


def gaps(crawled: Sequence[CrawlDay]) -> list[date]:
    """Days between the first and the last one crawled that failed, and weekdays among them never asked for.

    Lists appear on weekdays; a weekend that was never asked for is no gap.
    """
    last_word = {day.day: day for day in crawled}
    if not last_word:
        return []
    return [
        day
        for day in days_between(min(last_word), max(last_word))
        if (day in last_word and last_word[day].failed) or (day not in last_word and day.weekday() < 5)
    ]


def days_between(start: date, end: date) -> list[date]:
    """All days from start to end, both included."""
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def week_days(week: str) -> list[date]:
    """The seven days of an ISO week ("2026-W09"). Raises ValueError for anything else.

    The site's own weekly list is cut at about a hundred papers; its days are whole.
    """
    try:
        monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").date()
    except ValueError:
        raise ValueError(f"week {week!r} is not written as 2026-W09") from None
    return days_between(monday, monday + timedelta(days=6))


def month_days(month: str) -> list[date]:
    """The days of a month ("2026-02"). Raises ValueError for anything else."""
    try:
        first = datetime.strptime(f"{month}-01", "%Y-%m-%d").date()
    except ValueError:
        raise ValueError(f"month {month!r} is not written as 2026-02") from None
    return [day for day in days_between(first, first + timedelta(days=30)) if day.month == first.month]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
