"""The crawl as a whole: the spiders' process against the sample site on this machine."""

import fcntl
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler import responses
from crawler.archive import Archive, CrawlDay
from crawler.crawl import CrawlError, CrawlRequest, crawl, gaps, is_loopback, month_days, week_days
from crawler.demo_site import DAYS, answer, api_answer, serve
from crawler.reading import import_paths

pytestmark = pytest.mark.slow  # together they are


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve() as address:
        yield address


def asked(site: str, **wanted: Any) -> CrawlRequest:
    return CrawlRequest(base_url=site, no_throttle=True, **wanted)


def stored(home: Path) -> list[tuple[str, str | None, str, tuple[str, ...]]]:
    archive = Archive(home)
    found = [(p.title, p.arxiv_id, p.abstract, p.code_urls) for p in archive.papers()]
    archive.close()
    return found


def test_the_sample_has_what_the_demo_promises() -> None:
    papers = [element["paper"] for element in api_answer({"limit": "100"})]
    assert len(papers) >= 12
    assert len(DAYS) == 3
    assert all(90 <= len(paper["summary"].split()) <= 200 for paper in papers)
    assert len({paper["id"] for paper in papers}) == len(papers)
    assert any("times faster" in paper["summary"] for paper in papers)


def test_a_range_is_crawled_whole_and_twice_changes_nothing(site: str, tmp_path: Path) -> None:
    wanted = asked(site, start=DAYS[0], end=DAYS[-1])
    seen: list[tuple[str, int, int]] = []
    first = crawl(tmp_path, wanted, progress=lambda *said: seen.append(said))
    assert first.as_json() == {"read": 16, "new": 16, "changed": 0, "unreadable": []}
    assert seen == [(str(day), n, 3) for n, day in enumerate(DAYS, 1)]
    assert crawl(tmp_path, wanted).as_json() == {"read": 16, "new": 0, "changed": 0, "unreadable": []}
    days = Archive(tmp_path).crawl_days()
    assert [(d.day, d.expected, d.read, d.empty, d.failed) for d in days] == [
        (day, count, count, False, False) for day, count in zip(DAYS, (5, 6, 5), strict=True)
    ]


def test_api_and_pages_say_the_same(site: str, tmp_path: Path) -> None:
    for source in ("api", "html"):
        crawl(tmp_path / source, asked(site, start=DAYS[0], end=DAYS[-1], source=source))
    assert stored(tmp_path / "api") == stored(tmp_path / "html")
    crawl(tmp_path / "api", asked(site, start=DAYS[0], end=DAYS[-1], source="html"))
    archive = Archive(tmp_path / "api")
    assert (archive.entries(), archive.paper_count()) == (32, 16)


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({"date": DAYS[1]}, 6),
        ({"week": "2026-W03"}, 16),
        ({"month": "2026-01", "source": "api"}, 16),
        ({"trending": True}, 16),
        ({"search": "FPGA board"}, 1),
        ({"papers": ("2601.90003",)}, 1),
    ],
)
def test_what_can_be_asked_for(site: str, tmp_path: Path, wanted: dict[str, Any], titles: int) -> None:
    result = crawl(tmp_path, asked(site, **wanted))
    assert (result.read, result.new, result.unreadable) == (titles, titles, ())


def test_days_without_a_list_are_empty_days(site: str, tmp_path: Path) -> None:
    """The API answers with an empty list, the pages lead to the front page: neither is kept under the wrong day."""
    for source in ("api", "html"):
        result = crawl(tmp_path, asked(site, date=DAYS[-1] + timedelta(days=1), source=source))
        assert (result.read, result.unreadable) == (0, ())
        (day,) = Archive(tmp_path).crawl_days()
        assert (day.expected, day.empty, day.failed, day.source) == (0, True, False, source)


def test_a_missing_paper_is_named(site: str, tmp_path: Path) -> None:
    result = crawl(tmp_path, asked(site, papers=("2601.99999", "2601.90001")))
    assert result.read == 1
    (unread,) = result.unreadable
    assert unread.path == "2601.99999"
    assert "status 404" in unread.why


def test_responses_are_kept_and_can_be_read_again(site: str, tmp_path: Path) -> None:
    crawl(tmp_path, asked(site, date=DAYS[0]))
    (file,) = (tmp_path / "responses").iterdir()
    (kept,) = responses.read(file)
    assert (kept.url, kept.status) == (f"{site}/api/daily_papers?date={DAYS[0]}&p=0&limit=100", 200)
    assert json.loads(kept.body) == api_answer({"date": str(DAYS[0])})
    file.write_bytes(file.read_bytes() + file.read_bytes()[:200])  # the torn end of a killed run
    assert list(responses.read(file)) == [kept]


def test_kept_responses_make_the_same_papers_again(site: str, tmp_path: Path) -> None:
    """API, pages and a search; read again they change nothing here and make all of it elsewhere."""
    days = {"start": DAYS[0], "end": DAYS[-1]}
    for wanted in (days, {"date": DAYS[0], "source": "html"}, {"search": "FPGA board"}):
        crawl(tmp_path / "one", asked(site, **wanted))
    again = import_paths(tmp_path / "one", [str(tmp_path / "one/responses")])
    assert again.as_json() == {"read": 22, "new": 0, "changed": 0, "unreadable": []}
    import_paths(tmp_path / "other", [str(tmp_path / "one/responses")])
    assert list(Archive(tmp_path / "other").papers()) == list(Archive(tmp_path / "one").papers())


def test_a_crawl_ends_with_the_process_that_asked_for_it(tmp_path: Path) -> None:
    """Killed, the parent cannot stop its crawl; the crawl sees that it is gone and lets go of the lock."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        script = (
            "import sys; from pathlib import Path; from crawler.crawl import CrawlRequest, crawl\n"
            "crawl(Path(sys.argv[1]), CrawlRequest(trending=True, base_url=sys.argv[2], no_throttle=True))"
        )
        parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path), address])
        silent.settimeout(30)
        connection, _ = silent.accept()  # the crawl is under way and waits for an answer
        parent.kill()
        parent.wait()
        with connection, (tmp_path / "crawl.lock").open("r+") as lock:
            for _ in range(100):
                time.sleep(0.1)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                break
            else:
                pytest.fail("ten seconds after its parent was killed the crawl still holds the lock")


def test_two_crawls_of_one_home_are_kept_apart(site: str, tmp_path: Path) -> None:
    with (tmp_path / "crawl.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CrawlError, match="another crawl"):
            crawl(tmp_path, asked(site, date=DAYS[0]))
    assert crawl(tmp_path, asked(site, date=DAYS[0])).read == 5


def test_a_crawl_that_was_killed_goes_on_where_it_was(site: str, tmp_path: Path) -> None:
    wanted = asked(site, start=DAYS[0], end=DAYS[-1])
    begun = datetime.now(UTC) - timedelta(minutes=5)
    (tmp_path / "crawl.unfinished").write_text(json.dumps({"request": wanted.as_json(), "since": begun.isoformat()}))
    done = CrawlDay(DAYS[0], 5, 5, 5, empty=False, failed=False, at=begun + timedelta(minutes=1))
    Archive(tmp_path).record_days([done, replace(done, day=DAYS[1], failed=True)], run="r1")
    assert crawl(tmp_path, wanted).read == 11
    assert not (tmp_path / "crawl.unfinished").exists()
    assert crawl(tmp_path, wanted).read == 16


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"no_throttle": True}, r"no_throttle is refused for huggingface\.co"),
        ({"no_throttle": True, "base_url": "https://papers.example"}, "refused for papers.example"),
        ({"no_throttle": True, "arxiv": "all:x", "base_url": "http://127.0.0.1:1"}, r"refused for export\.arxiv\.org"),
        ({"date": DAYS[0], "trending": True}, "choose one of"),
        ({"start": DAYS[1], "end": DAYS[0]}, "lies before the start"),
        ({"end": DAYS[0]}, "needs a start"),
        ({"week": "2026-7"}, "not written as 2026-W09"),
        ({"month": "July"}, "not written as 2026-02"),
        ({"source": "rss"}, "not one of auto, api, html"),
        ({"base_url": "huggingface.co"}, "no http or https address"),
        ({"search": "x" * 251}, "at most 250"),
    ],
)
def test_what_cannot_be_meant_is_refused(wanted: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        CrawlRequest(**wanted)


def test_a_request_survives_the_way_to_its_process() -> None:
    request = CrawlRequest(start=DAYS[0], end=DAYS[1], base_url="http://127.0.0.1:1", no_throttle=True)
    assert CrawlRequest.from_json(json.loads(json.dumps(request.as_json()))) == request


def day_of(day: date, *, failed: bool = False) -> CrawlDay:
    return CrawlDay(day, 1, 1, 1, empty=False, failed=failed)


def test_a_crawl_with_no_arguments_looks_back_from_the_last_day() -> None:
    today = date(2026, 3, 20)
    days = CrawlRequest().days([day_of(date(2026, 3, 10)), day_of(date(2026, 3, 12), failed=True)], today)
    assert (days[0], days[-1]) == (date(2026, 3, 3), today)
    assert CrawlRequest().days([], today)[0] == date(2026, 3, 13)


def test_gaps_are_failed_days_and_weekdays_never_asked_for() -> None:
    monday = date(2026, 3, 2)
    crawled = [day_of(monday), day_of(monday + timedelta(days=2), failed=True), day_of(monday + timedelta(days=8))]
    assert [day.day for day in gaps(crawled)] == [3, 4, 5, 6, 9]
    assert gaps([]) == []


def test_weeks_and_months() -> None:
    assert (week_days("2026-W01")[0], len(week_days("2026-W01"))) == (date(2025, 12, 29), 7)
    assert (len(month_days("2024-02")), len(month_days("2026-02"))) == (29, 28)


@pytest.mark.parametrize(
    ("host", "ours"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("127.0.0.1.evil.example", False)],
)
def test_what_counts_as_this_machine(host: str, ours: bool) -> None:
    assert is_loopback(host) is ours


def test_the_sample_site_is_built_like_the_real_one() -> None:
    assert answer("/papers/date/2026-01-13")[0] == 200
    assert 'href="/papers/date/2026-01-12"' in answer("/papers/date/2026-01-13")[2]
    assert answer("/papers/date/2026-01-17")[::2] == (302, "/papers")
    assert [len(api_answer({"limit": "7", "p": page})) for page in "0123"] == [7, 7, 2, 0]
    assert answer("/api/daily_papers?p=x")[0] == 400
