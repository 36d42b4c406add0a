"""The crawl against a site on this machine that misbehaves in every way that sites do."""

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import Archive, CrawlDay
from crawler.crawl import RunResult
from crawler.demo_site import answer
from tests.faulty_site import DAY, GOOD, HTML, TITLES, Reply, Site, fetch, last_day, reply


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


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


@pytest.mark.slow
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
