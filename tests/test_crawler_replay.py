"""Real API days served on this machine: undisturbed, with failing requests, and with the crawler killed on the way.

Two weeks of days, damaged ones among them, by default; all of them with CLAIMS_FULL_REPLAY=1, figures shown with -s.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.archive import Archive
from crawler.crawl import CrawlRequest, crawl
from crawler.paper import as_json

DAYS = Path(__file__).parents[2] / "shared/pages/daily_papers_api.tar.xz"
FULL = bool(os.environ.get("CLAIMS_FULL_REPLAY"))
FIRST, LAST = (date(2024, 5, 27), date(2026, 6, 30)) if FULL else (date(2025, 1, 6), date(2025, 1, 17))
KILLS = 10 if FULL else 3

pytestmark = pytest.mark.skipif(not DAYS.exists(), reason="the real API days of ../shared are not here")


class Replay:
    """Serves the saved days under `/api/daily_papers`; with `failing`, every fifth request goes wrong in turn."""

    def __init__(self) -> None:
        self.failing = False
        self.asked = 0
        with tarfile.open(DAYS) as archive:
            self.days = {
                Path(member.name).stem: archive.extractfile(member).read()  # type: ignore[union-attr]
                for member in archive
                if member.isfile() and str(FIRST) <= Path(member.name).stem <= str(LAST)
            }
        replay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                replay.asked += 1
                url = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                if replay.failing and replay.asked % 5 == 0:
                    status, body = (500, 429, 200)[replay.asked // 5 % 3], b"[{" * 50
                elif url.path == "/api/daily_papers":
                    status, body = 200, replay.days.get(query["date"], b"[]") if query["p"] == "0" else b"[]"
                else:
                    status, body = 404, b""
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def request(self) -> CrawlRequest:
        return CrawlRequest(start=FIRST, end=LAST, base_url=self.url, no_throttle=True)


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    served = Replay()
    yield served
    served.close()


def contents(home: Path) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """All that a crawl brought: papers by id, each with its entries, and what came of each day."""
    archive = Archive(home)
    papers = {paper.paper_id: as_json(paper) for paper in archive.papers()}
    for paper in papers.values():
        paper["sources"].sort(key=lambda source: (source["page"], source["position"]))
    # Times aside: a failed day names the retries it took, which differ.
    days = [(d.day, d.expected, d.fetched, d.read, d.empty, d.failed) for d in archive.crawl_days()]
    assert len(papers) == archive.paper_count()
    assert sum(len(paper["sources"]) for paper in papers.values()) == archive.entries()
    archive.close()
    return papers, days


@pytest.fixture(scope="module")
def undisturbed(replay: Replay, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("undisturbed")
    replay.failing = False
    began = time.monotonic()
    result = crawl(home, replay.request())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        f"\nundisturbed: {result.read} entries, {result.new} papers, {len(result.unreadable)} failed days, "
        f"{time.monotonic() - began:.1f} s, {peak} MB"
    )
    return home


@pytest.mark.slow
def test_the_real_days_are_crawled_whole(replay: Replay, undisturbed: Path) -> None:
    papers, days = contents(undisturbed)
    saved = {day: json.loads(body) for day, body in replay.days.items()}
    good = {day: items for day, items in saved.items() if isinstance(items, list) and isinstance(items[0], dict)}
    listed = [(day, item["paper"]["id"]) for day, items in good.items() for item in items]
    assert sorted((s["listed"], p["arxiv_id"]) for p in papers.values() for s in p["sources"]) == sorted(listed)
    failed = [str(day[0]) for day in days if day[5]]
    assert failed == sorted(set(saved) - set(good))
    assert failed
    if FULL:
        assert (len(papers), len(listed), len(failed)) == (8824, 8826, 22)
    asked = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert [day[0] for day in days if day[4]] == [day for day in asked if str(day) not in saved]


@pytest.mark.slow
def test_one_request_in_five_failing_changes_nothing(replay: Replay, undisturbed: Path, tmp_path: Path) -> None:
    replay.failing = True
    began = time.monotonic()
    result = crawl(tmp_path, replay.request())
    print(f"\none in five failing: {result.read} entries, {result.new} papers, {time.monotonic() - began:.1f} s")
    replay.failing = False
    assert contents(tmp_path) == contents(undisturbed)


@pytest.mark.slow
def test_killed_again_and_again_changes_nothing(replay: Replay, undisturbed: Path, tmp_path: Path) -> None:
    replay.failing = False
    crawls = 0
    began = time.monotonic()
    for kill in range(KILLS):
        command = [sys.executable, "-P", "-m", "crawler.run", str(tmp_path)]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(replay.request().as_json()))
        child.stdin.close()
        # After some days, at some moment within the next one.
        for _ in range(1 + len(replay.days) // (KILLS + 5)):
            child.stdout.readline()
        time.sleep(0.003 * kill)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        crawls += child.returncode == -signal.SIGKILL
    result = crawl(tmp_path, replay.request())
    print(f"\nkilled {crawls} times: {result.read} entries in the last run, {time.monotonic() - began:.1f} s")
    assert crawls == KILLS
    assert contents(tmp_path) == contents(undisturbed)
    rows = [json.loads(line) for path in sorted((tmp_path / "papers").glob("*.jsonl")) for line in path.open()]
    entries = [row["entry"] for row in rows if "entry" in row]
    assert len(entries) == len(set(entries))  # nothing written twice
