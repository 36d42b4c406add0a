"""The crawl of a site on this machine: gaps, days that change, politeness, the API of arXiv, full texts."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from scrapy.http.headers import Headers

from crawler.archive import Archive
from crawler.demo_site import DAYS
from crawler.politeness import PAUSES, asked_wait, is_spent
from tests.faulty_site import API, DAY, GOOD, TITLES, Reply, Site, fetch, last_day

pytestmark = pytest.mark.slow  # together they are


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


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
