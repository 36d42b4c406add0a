"""A site on this machine that misbehaves as it is told to, and one crawl of it."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from crawler.archive import Archive, CrawlDay
from crawler.crawl import CrawlRequest, RunResult, crawl
from crawler.demo_site import DAYS, answer, api_answer

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


def fetch(site: Site, home: Path, **wanted: Any) -> RunResult:
    options = {"date": DAY, "source": "api", "base_url": site.url, "no_throttle": True, "retries": 2, "timeout": 2.0}
    return crawl(home, CrawlRequest(**{**options, **wanted}))  # type: ignore[arg-type]


def last_day(home: Path) -> CrawlDay:
    archive = Archive(home)
    (day,) = archive.crawl_days()
    archive.close()
    return day


GOOD = json.dumps(api_answer({"date": str(DAY)})).encode()
