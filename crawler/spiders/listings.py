"""What the spiders of all sources share: one listing asked for, what came of it, and the item that is stored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.archive import CrawlDay
from crawler.fulltext import FullText
from crawler.listing import Problem, UnreadableError
from crawler.paper import Paper

_REDIRECTS = (301, 302, 303, 307, 308)
_HOPS = 3
_UNREADABLE_RETRIES = 2  # a cut answer may come whole the next time; a wrong one will not


@dataclass(slots=True)
class Listing:
    """One list as asked for, filled while its pages come; the item that the pipeline stores as one."""

    label: str  # how it is named to the user
    day: date | None = None
    papers: list[Paper] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    expected: int | None = None  # entries that the list has, where it could be told
    failures: list[str] = field(default_factory=list)  # one for each source that failed
    source: str = ""
    note: str = ""
    full_text: FullText | None = None
    done: bool = False  # some source gave the whole list

    def crawl_day(self) -> CrawlDay | None:
        """What came of it, where it is the list of a day."""
        if self.day is None:
            return None
        whys = [f"{p.place}: {p.why}" if p.place else p.why for p in self.problems]
        failed = not self.done or bool(self.problems)
        return CrawlDay(
            day=self.day,
            expected=self.expected,
            fetched=len(self.papers) + sum(bool(p.place) for p in self.problems),
            read=len(self.papers),
            empty=self.done and self.expected == 0,
            failed=failed,
            why="; ".join([*(self.failures if failed else ()), *whys, *filter(None, [self.note])]),
            source=self.source,
            at=datetime.now(UTC),
        )


class RefusedError(UnreadableError):
    """An answer that is not to be read: an error status, a redirect that leads elsewhere."""


class ListingSpider(Spider):
    """Asks for one address after the other; `read` makes papers of each answer, `failed` hears of what went wrong."""

    name = "listing"

    def ask(
        self,
        url: str,
        slot: str,
        read: Callable[..., Iterator[Any]],
        failed: Callable[..., Iterator[Any]],
        *,
        priority: int = 0,
        hops: int = 0,
        **known: Any,
    ) -> Request:
        """A request whose answer goes to `read(response, **known)`, or the reason to `failed(why, **known)`."""
        kept = {"url": url, "slot": slot, "read": read, "failed": failed, "hops": hops, "known": known}
        return Request(
            url,
            callback=self._answered,
            errback=self._unanswered,
            priority=priority,
            # The lists change: never from the cache without asking whether they did.
            headers={"Cache-Control": "max-age=0"},
            cb_kwargs={"kept": kept},
            meta={
                "download_slot": slot,
                "dont_redirect": True,
                "handle_httpstatus_all": True,
                "dont_obey_robotstxt": slot == "arxiv",  # the API that arXiv offers to programs: crawler.politeness
            },
        )

    def _answered(self, response: Response, kept: dict[str, Any]) -> Iterator[Any]:
        assert response.request is not None
        try:
            if response.status in _REDIRECTS:
                target = urljoin(response.url, (response.headers.get("Location") or b"").decode("latin-1"))
                if kept["hops"] < _HOPS and _same_page(kept["url"], target):
                    onward = {name: kept[name] for name in ("slot", "read", "failed")}
                    priority = response.request.priority
                    yield self.ask(target, **onward, hops=kept["hops"] + 1, priority=priority, **kept["known"])
                    return
                raise RefusedError(f"{response.url}: redirected to {target or 'nowhere'}, which is not followed")
            if response.status != 200:
                raise RefusedError(f"{response.url}: status {response.status}{_retried(response)}{_said(response)}")
            # All of an answer is read before any of it counts, so that a retry does not double it.
            results = list(kept["read"](response, **kept["known"]))
        except RefusedError as problem:
            yield from kept["failed"](str(problem), **kept["known"])
        except UnreadableError as problem:
            retry = get_retry_request(
                response.request, spider=self, reason="unreadable", max_retry_times=_UNREADABLE_RETRIES
            )
            if retry is None:
                yield from kept["failed"](f"{response.url}: {problem}", **kept["known"])
            else:
                retry.meta["dont_cache"] = True
                yield retry
        else:
            yield from results

    def _unanswered(self, failure: Failure) -> Iterator[Any]:
        request = failure.request  # type: ignore[attr-defined]
        kept = request.cb_kwargs["kept"]
        said = " ".join(str(failure.value).split()) or failure.type.__name__
        yield from kept["failed"](f"{request.url}: {failure.type.__name__}: {said[:300]}", **kept["known"])


def text_of(response: Response) -> str:
    """The body as UTF-8, whatever the headers say of it. Raises UnreadableError naming the byte."""
    try:
        return bytes(response.body).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableError(f"byte {problem.start}: expected UTF-8 text ({problem.reason})") from None


def _same_page(asked: str, target: str) -> bool:
    """Whether a redirect leads to the same thing on the same host: what named it is still in the address."""
    one, other = urlsplit(asked), urlsplit(target)
    names = [part for part in (one.path.rsplit("/", 1)[-1], *one.query.replace("=", "&").split("&")) if part]
    return one.netloc == other.netloc and asked != target and names[-1] in target


def _retried(response: Response) -> str:
    times = response.meta.get("retry_times", 0)
    return f" after {times} retries" if times else ""


def _said(response: Response) -> str:
    text = " ".join(bytes(response.body[:200]).decode("utf-8", "replace").split())
    return f": {text[:120]}" if text else ""
