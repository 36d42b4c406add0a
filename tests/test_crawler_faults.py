"""The crawl against a site on this machine that misbehaves in every way that sites do."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from scrapy.http.headers import Headers

from crawler.archive import Archive, CrawlDay
from crawler.crawl import CrawlRequest, RunResult, crawl
from crawler.demo_site import DAYS, answer, api_answer
from crawler.politeness import PAUSES, asked_wait, is_spent

DAY = DAYS[1]
API = f"/api/daily_papers?date={DAY}"
HTML = f"/papers/date/{DAY}"
TITLES = len(api_answer({"date": str(DAY)}))

Reply = tuple[int, dict[str, str], bytes]


class Site:
    """The sample site with faults, by begin of path: `faults` are answered first, one a request, then `always`."""

    def __init__(self) -> None:
        self.faults: dict[str, list[Reply | Callable[[BaseHTTPRequestHandler], None]]] = {}
        self.always: dict[str, Reply | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, float, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, time.monotonic(), dict(self.headers)))
                waiting = next((f for begin, f in site.faults.items() if self.path.startswith(begin) and f), None)
                fault = waiting.pop(0) if waiting else None
                fault = fault or next((f for begin, f in site.always.items() if self.path.startswith(begin)), None)
                if callable(fault):
                    fault(self)
                    return
                if fault is None:
                    status, kind, body = answer(self.path)
                    fault = (status, {"Location": body} if status == 302 else {"Content-Type": kind}, body.encode())
                reply(self, fault)

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def times(self, begin: str) -> list[float]:
        return [at for path, at, _ in self.asked if path.startswith(begin)]


def reply(handler: BaseHTTPRequestHandler, fault: Reply, *, length: int | None = None) -> None:
    status, headers, body = fault
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


def fetch(site: Site, home: Path, **wanted: Any) -> RunResult:
    options = {"date": DAY, "source": "api", "base_url": site.url, "no_throttle": True, "retries": 2, "timeout": 2.0}
    return crawl(home, CrawlRequest(**{**options, **wanted}))  # type: ignore[arg-type]


def last_day(home: Path) -> CrawlDay:
    archive = Archive(home)
    (day,) = archive.crawl_days()
    archive.close()
    return day


GOOD = json.dumps(api_answer({"date": str(DAY)})).encode()


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(GOOD)))
    handler.end_headers()
    for byte in GOOD[:8]:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.5)


def reset(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(GOOD)))
    handler.end_headers()
    handler.wfile.write(GOOD[:1000])
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()


def circle(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, (302, {"Location": handler.path + "&again"}, b""))


def cut(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, (200, {"Content-Type": "application/json"}, GOOD[:3000]), length=len(GOOD))


PASSING: dict[str, Reply | Callable[[BaseHTTPRequestHandler], None]] = {
    "429 without headers": (429, {}, b"slow down"),
    "429 with Retry-After": (429, {"Retry-After": "1"}, b""),
    "429 with RateLimit": (429, {"RateLimit": '"api";r=0;t=1'}, b""),
    "503": (503, {}, b"<html>busy</html>"),
    "500": (500, {}, b""),
    "slow drip": drip,
    "reset in the middle": reset,
    "cut body": cut,
    "cut JSON of the right length": (200, {"Content-Type": "application/json"}, GOOD[:3000]),
    "error page with status 200": (200, {"Content-Type": "text/html"}, b"<html><title>Oops</title>"),
    "empty body": (200, {}, b""),
}


@dataclass(frozen=True)
class Crawled:
    """One crawl over days that each have a fault of their own, and a good day at the end."""

    result: RunResult
    days: dict[str, CrawlDay]
    times: dict[str, list[float]]


def crawl_over(faults: dict[str, Any], home: Path, *, lasting: bool, address: str, **wanted: Any) -> Crawled:
    site = Site()
    named = {name: date(2026, 2, 2) + timedelta(days=n) for n, name in enumerate(faults)}
    good = max(named.values()) + timedelta(days=1)
    for name, day in named.items():
        if lasting:
            site.always[address.format(day)] = faults[name]
        else:
            site.faults[address.format(day)] = [faults[name]]
    for day in (*named.values(), good):
        site.always.setdefault(f"/api/daily_papers?date={day}", (200, {"Content-Type": "application/json"}, GOOD))
    result = fetch(site, home, date=None, start=min(named.values()), end=good, **wanted)
    site.close()
    archive = Archive(home)
    kept = {day.day: day for day in archive.crawl_days()}
    archive.close()
    named["good"] = good
    times = {name: site.times(address.format(day)) for name, day in named.items()}
    return Crawled(result, {name: kept[day] for name, day in named.items()}, times)


@pytest.fixture(scope="module")
def passing(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    home = tmp_path_factory.mktemp("passing")
    return crawl_over(PASSING, home, lasting=False, address="/api/daily_papers?date={}", timeout=1.0)


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_is_waited_out(passing: Crawled, name: str) -> None:
    day, times = passing.days[name], passing.times[name]
    assert (day.read, day.failed, len(times)) == (TITLES, False, 2)
    if name.startswith("429 with "):
        assert times[1] - times[0] >= 1.0
    assert passing.result.unreadable == ()


LASTING: dict[str, tuple[Reply | Callable[[BaseHTTPRequestHandler], None], str]] = {
    "429": ((429, {}, b"slow down"), "status 429 after 1 retries: slow down"),
    "429 for a day": ((429, {"Retry-After": "86400"}, b""), "status 429"),
    "503": ((503, {}, b""), "status 503 after 1 retries"),
    "404": ((404, {}, b'{"error": "no such day"}'), 'status 404: {"error": "no such day"}'),
    "slow drip": (drip, "DownloadTimeoutError"),
    "reset": (reset, "Error"),
    "cut JSON": ((200, {}, GOOD[:3000]), "line 1, column"),
    "repr": ((200, {}, json.dumps([repr(item) for item in json.loads(GOOD)]).encode()), "Python repr"),
    "wrapped": ((200, {}, b'{"status": "success", "data": []}'), "found an object with data, status"),
    "error page": ((200, {"Content-Type": "text/html"}, b"<html><title>Oops</title>"), "line 1, column 1"),
    "not UTF-8": ((200, {}, GOOD[:50] + b"\xff" + GOOD[50:]), "byte 50: expected UTF-8"),
    "elsewhere": (
        (302, {"Location": "http://localhost:9/papers"}, b""),
        "redirected to http://localhost:9/papers,",
    ),
    "in a circle": (circle, "which is not followed"),
    "too large": ((200, {}, b"[" + b" " * 2_000_000 + b"]"), "Cancelled"),
    "gzip bomb": ((200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 30_000_000)), "exceeded DOWNLOAD_MAXSIZE"),
}


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    faults = {name: fault for name, (fault, _) in LASTING.items()}
    home = tmp_path_factory.mktemp("lasting")
    address = "/api/daily_papers?date={}"
    return crawl_over(faults, home, lasting=True, address=address, timeout=0.7, retries=1, largest=1_000_000)


@pytest.mark.parametrize("name", LASTING)
def test_a_fault_that_lasts_fails_the_day_and_no_other(lasting: Crawled, name: str) -> None:
    day = lasting.days[name]
    assert (day.failed, day.empty, day.read) == (True, False, 0)
    assert LASTING[name][1] in day.why
    assert str(day.day) in {unread.path for unread in lasting.result.unreadable}
    assert (lasting.days["good"].failed, lasting.days["good"].read) == (False, TITLES)
    assert len(lasting.result.unreadable) == len(LASTING)


def test_what_the_api_does_not_give_the_page_does(site: Site, tmp_path: Path) -> None:
    site.always["/api"] = (500, {}, b"")
    result = fetch(site, tmp_path, source="auto")
    assert (result.read, result.unreadable) == (TITLES, ())
    day = last_day(tmp_path)
    assert (day.source, day.read, day.failed) == ("html", TITLES, False)


def test_gaps_are_closed_and_nothing_else_is_asked(site: Site, tmp_path: Path) -> None:
    site.always[API] = (500, {}, b"")
    assert fetch(site, tmp_path, date=None, start=DAYS[0], end=DAYS[-1]).read == 16 - TITLES
    del site.always[API]
    site.asked.clear()
    assert fetch(site, tmp_path, date=None, gaps=True).read == TITLES
    assert [path for path, _, _ in site.asked if path.startswith("/api")] == [f"{API}&p=0&limit=100"]
    assert not any(day.failed for day in Archive(tmp_path).crawl_days())
    site.asked.clear()
    assert fetch(site, tmp_path, date=None, gaps=True).as_json()["read"] == 0
    assert site.asked == []


PAGE = answer(HTML)[2]
WEEK = PAGE.replace("&quot;day&quot;", "&quot;week&quot;").encode()
FRONT = answer("/papers")[2].encode()
PAGES: dict[str, tuple[Reply, str]] = {
    "front page under the day's address": (
        (200, {}, answer("/papers")[2].encode()),
        "got the page of day 2026-01-14: not kept",
    ),
    "week under the day's address": (
        (200, {}, PAGE.replace("&quot;day&quot;", "&quot;week&quot;").encode()),
        "page of week",
    ),
    "cut before the list": ((200, {}, PAGE[:300].encode()), "expected a daily-papers page"),
    "cut within the list": ((200, {}, PAGE[:3000].encode()), "expected"),
    "error page": ((200, {}, b"<html><title>Just a moment</title></html>"), "found a page 'Just a moment'"),
    "another host": ((301, {"Location": "https://papers.example/papers/date/2026-01-13"}, b""), "not followed"),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    faults = {name: fault for name, (fault, _) in PAGES.items()}
    home = tmp_path_factory.mktemp("pages")
    return crawl_over(faults, home, lasting=True, address="/papers/date/{}", source="html", retries=1)


@pytest.mark.parametrize("name", PAGES)
def test_a_wrong_page_is_kept_under_no_day(pages: Crawled, name: str) -> None:
    day = pages.days[name]
    assert (day.failed, day.empty, day.read) == (True, False, 0)
    assert PAGES[name][1] in day.why
    assert (pages.result.read, pages.result.new) == (0, 0)


def test_a_changed_layout_is_an_error_that_names_the_page_and_keeps_the_papers(site: Site, tmp_path: Path) -> None:
    site.always[HTML] = (200, {}, PAGE.replace("<article", "<section").encode())
    result = fetch(site, tmp_path, source="html")
    assert result.read == TITLES
    (unread,) = result.unreadable
    assert (unread.path, "layout changed?" in unread.why) == (str(DAY), True)
    assert last_day(tmp_path).failed


def test_a_redirect_within_the_site_that_keeps_the_day_is_followed(site: Site, tmp_path: Path) -> None:
    site.faults[HTML] = [(301, {"Location": f"{HTML}?hl=en"}, b"")]
    assert fetch(site, tmp_path, source="html").read == TITLES


def items(count: int, day: date = DAY, upvotes: int = 1) -> bytes:
    one = json.loads(GOOD)[0]["paper"]
    many = [one | {"id": f"2601.8{n:04}", "title": f"Paper {n}", "upvotes": upvotes} for n in range(count)]
    return json.dumps([{"paper": paper} for paper in many]).encode()


def test_busy_days_are_whole(site: Site, tmp_path: Path) -> None:
    whole = json.loads(items(230))
    for page in range(3):
        site.always[f"{API}&p={page}"] = (200, {}, json.dumps(whole[page * 100 : page * 100 + 100]).encode())
    assert fetch(site, tmp_path).read == 230
    assert last_day(tmp_path).expected == 230
    positions = sorted(paper.sources[0].position for paper in Archive(tmp_path).papers())
    assert positions == list(range(230))


def test_a_site_that_does_not_know_pages_is_not_asked_for_ever(site: Site, tmp_path: Path) -> None:
    site.always[API] = (200, {}, items(100))
    assert fetch(site, tmp_path).read == 100
    assert len(site.times(API)) == 2


def test_a_day_that_shrinks_loses_nothing_and_says_so(site: Site, tmp_path: Path) -> None:
    site.faults[API] = [(200, {}, items(5)), (200, {}, items(3, upvotes=9))]
    fetch(site, tmp_path)
    result = fetch(site, tmp_path)
    assert (result.read, result.new, result.changed) == (3, 0, 3)
    archive = Archive(tmp_path)
    assert (archive.entries(), archive.paper_count()) == (5, 5)
    assert [paper.upvotes for paper in archive.papers()] == [9, 9, 9, 1, 1]
    (day,) = archive.crawl_days()
    assert (day.read, day.failed) == (3, False)
    assert "held 5 papers when last asked, now 3" in day.why


def test_a_paper_on_two_days_is_one_paper_with_two_entries(site: Site, tmp_path: Path) -> None:
    later = DAY + timedelta(days=1)
    site.always[API] = (200, {}, items(1, upvotes=4))
    site.always[f"/api/daily_papers?date={later}"] = (200, {}, items(1, upvotes=7))
    result = fetch(site, tmp_path, date=None, start=DAY, end=later)
    assert (result.read, result.new, result.changed) == (2, 1, 0)
    (paper,) = Archive(tmp_path).papers()
    assert (paper.upvotes, paper.listed) == (7, DAY)
    assert [source.listed for source in paper.sources] == [DAY, later]


def test_a_new_text_is_a_change_and_the_old_one_is_kept(site: Site, tmp_path: Path) -> None:
    site.faults[API] = [(200, {}, GOOD), (200, {}, GOOD.replace(b"one random basis", b"two random bases"))]
    fetch(site, tmp_path)
    assert fetch(site, tmp_path).changed == 1
    kept = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "papers").glob("*.jsonl"))
    assert ("one random basis" in kept, "two random bases" in kept) == (True, True)


def test_an_unchanged_list_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    """Conditional requests: the second time the site answers 304 without a body, and nothing changes."""
    site.faults[API] = [(200, {"ETag": '"v1"', "Content-Type": "application/json"}, GOOD), (304, {"ETag": '"v1"'}, b"")]
    assert fetch(site, tmp_path).new == TITLES
    assert fetch(site, tmp_path).as_json() == {"read": TITLES, "new": 0, "changed": 0, "unreadable": []}
    assert [headers.get("If-None-Match") for path, _, headers in site.asked if path.startswith(API)] == [None, '"v1"']


def test_robots_txt_is_obeyed(site: Site, tmp_path: Path) -> None:
    site.always["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /api/\n")
    result = fetch(site, tmp_path)
    assert not site.times("/api")
    assert "robots.txt" in result.unreadable[0].why
    assert fetch(site, tmp_path, source="auto").read == TITLES  # the pages are allowed


def test_the_api_that_arxiv_offers_to_programs_is_no_matter_of_robots_txt(site: Site, tmp_path: Path) -> None:
    """As on export.arxiv.org: nothing for robots, and an API with terms of its own. Full texts are pages."""
    site.always["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n")
    wanted = {"date": None, "arxiv_base_url": site.url}
    fetch(site, tmp_path, arxiv="abs:pruning", **wanted)
    assert len(site.times("/api/query")) > 0
    (unread,) = fetch(site, tmp_path, fulltext=True, papers=("2601.90001",), **wanted).unreadable
    assert "robots.txt" in unread.why
    assert not site.times("/html")


def test_the_user_agent_says_who_asks(site: Site, tmp_path: Path) -> None:
    fetch(site, tmp_path, contact="mailto:someone@papers.example")
    agents = {headers["User-Agent"] for _, _, headers in site.asked}
    assert len(agents) == 1
    assert agents.pop().endswith("(mailto:someone@papers.example)")


def test_the_documented_limits_are_kept_by_arithmetic(site: Site, tmp_path: Path) -> None:
    """500 API calls and 100 pages in 5 minutes, arXiv one in 3 seconds; measured on the wire for two calls."""
    most = {kind: int(300 / pause) + 1 for kind, pause in PAUSES.items()}
    assert (most["api"] < 500, most["pages"] < 100) == (True, True)
    assert (PAUSES["arxiv"] > 3, PAUSES["full texts"] >= 15) == (True, True)
    fetch(site, tmp_path, date=None, start=DAYS[0], end=DAYS[-1], no_throttle=False)
    times = site.times("/api")
    assert all(later - earlier >= 0.6 for earlier, later in pairwise(times))


def test_arxiv_is_read_slice_by_slice(site: Site, tmp_path: Path) -> None:
    def feed(start: int, count: int, total: int) -> Reply:
        entries = "".join(
            f"<entry><id>http://arxiv.org/abs/2601.7{n:04}v1</id><title>P{n}</title><summary>S.</summary></entry>"
            for n in range(start, start + count)
        )
        head = f"<o:totalResults>{total}</o:totalResults><o:startIndex>{start}</o:startIndex>"
        names = 'xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/"'
        return 200, {"Content-Type": "application/atom+xml"}, f"<feed {names}>{head}{entries}</feed>".encode()

    site.faults["/api/query"] = [
        feed(0, 3, 5),
        feed(3, 0, 5),
        feed(3, 2, 5),
    ]  # an empty slice in between, as arXiv does
    result = fetch(site, tmp_path, date=None, arxiv="abs:pruning", arxiv_base_url=site.url)
    assert (result.read, result.new, result.unreadable) == (5, 5, ())
    assert [paper.sources[0].position for paper in Archive(tmp_path).papers()] == [0, 1, 2, 3, 4]
    assert "search_query=abs%3Apruning" in site.asked[-1][0]


def test_arxiv_ids_are_asked_for_as_ids(site: Site, tmp_path: Path) -> None:
    site.always["/api/query"] = (400, {}, b"malformed id")
    result = fetch(site, tmp_path, date=None, arxiv="2601.70001, 2601.70002v2", arxiv_base_url=site.url)
    assert "id_list=2601.70001%2C2601.70002v2" in site.asked[-1][0]
    assert "status 400: malformed id" in result.unreadable[0].why


def test_full_texts_are_fetched_for_the_papers_that_lack_them(site: Site, tmp_path: Path) -> None:
    fetch(site, tmp_path)
    page = (
        '<article class="ltx_document"><section class="ltx_section"><h2 class="ltx_title">1 Set-up</h2>'
        '<p class="ltx_p">We used one A100.</p></section></article>'
    )
    site.always["/html/2601.90007"] = (302, {"Location": "/html/2601.90007v1"}, b"")
    site.faults["/html/2601.90007v1"] = [(200, {"Content-Type": "text/html"}, page.encode())]
    site.always["/html/2601.90008"] = (500, {}, b"")
    wanted = {"date": None, "fulltext": True, "arxiv_base_url": site.url, "retries": 1}
    result = fetch(site, tmp_path, **wanted)
    assert [unread.path for unread in result.unreadable] == ["full text 2601.90008"]
    archive = Archive(tmp_path)
    ((paper_id, text),) = archive.full_texts()
    assert text.sections[0].paragraphs == ("We used one A100.",)
    assert paper_id in {paper.paper_id for paper in archive.papers() if paper.arxiv_id == "2601.90007"}
    assert len(archive.without_full_text()) == TITLES - 1
    before = len(site.times("/html/2601.90007"))
    fetch(site, tmp_path, papers=("2601.90009",), **wanted)
    assert len(site.times("/html/2601.90007")) == before


NOW = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, 90.0),
        ({"Retry-After": format_datetime(NOW - timedelta(seconds=90), usegmt=True)}, 0.0),
        ({"Retry-After": "soon"}, 0.0),
        ({"RateLimit": '"pages";r=98;t=83'}, 83.0),
        ({"Retry-After": "5", "RateLimit": '"api";r=0;t=83'}, 5.0),
    ],
)
def test_the_wait_that_headers_ask_for(headers: dict[str, str], wait: float | None) -> None:
    assert asked_wait(Headers(headers), NOW) == wait


@pytest.mark.parametrize(("value", "spent"), [('"pages";r=0;t=83', True), ('"pages";r=98;t=83', False), ("", False)])
def test_a_spent_allowance(value: str, spent: bool) -> None:
    assert is_spent(Headers({"RateLimit": value})) is spent
