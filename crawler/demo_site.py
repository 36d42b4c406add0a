"""The bundled sample pages as a site on this machine, built like the real one: day pages, JSON API, robots.txt.

The papers are invented; `data/sample/papers.json` is their only source, pages and API answers are made from it.
"""

import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Template
from typing import Any
from urllib.parse import parse_qs, urlsplit

import data


def _papers() -> list[dict[str, Any]]:
    return list(json.loads(data.text("sample/papers.json"))["papers"])


DAYS: tuple[date, ...] = tuple(sorted({date.fromisoformat(paper["day"]) for paper in _papers()}))
_LARGEST_PAGE = 100


def element(paper: dict[str, Any]) -> dict[str, Any]:
    """One paper as the API lists it."""
    inner = {name: paper[name] for name in ("id", "title", "summary", "publishedAt", "upvotes")}
    inner["authors"] = [{"name": name, "hidden": False} for name in paper["authors"]]
    inner["submittedOnDailyAt"] = f"{paper['day']}T00:00:00.000Z"
    if paper.get("githubRepo"):
        inner["githubRepo"] = paper["githubRepo"]
    if name := paper["organization"]:
        inner["organization"] = {"name": name.lower().replace(" ", "-"), "fullname": name}
    return {"paper": inner, "numComments": 1} | {name: inner[name] for name in ("title", "summary", "publishedAt")}


def api_answer(query: dict[str, str]) -> list[dict[str, Any]]:
    """What `/api/daily_papers` answers: the papers of a day, or of all days, a page of them."""
    found = [paper for paper in _papers() if query.get("date") in (None, paper["day"])]
    if query.get("sort") == "trending":
        found.sort(key=lambda paper: -paper["upvotes"])
    limit = min(int(query.get("limit", "50")), _LARGEST_PAGE)
    first = int(query.get("p", "0")) * limit
    return [element(paper) for paper in found[first : first + limit]]


def day_page(day: date) -> str:
    """The page of a day: the embedded list, one card a paper, and links to the days before and after."""
    papers = [paper for paper in _papers() if paper["day"] == day.isoformat()]
    before = max((d for d in DAYS if d < day), default=None)
    after = min((d for d in DAYS if d > day), default=None)
    props: dict[str, Any] = {"dateString": day.isoformat(), "periodType": "day", "query": {}, "isTrending": False}
    props["dailyPapers"] = [element(paper) for paper in papers]
    props |= {name: d.isoformat() for name, d in (("prevDate", before), ("nextDate", after)) if d}
    card = Template(data.text("sample/card.html"))
    shown = [
        card.substitute(
            id=paper["id"],
            upvotes=paper["upvotes"] or "-",
            title=html.escape(paper["title"]),
            authors=len(paper["authors"]),
            organisation=html.escape(paper["organization"] or ""),
        )
        for paper in papers
    ]
    return Template(data.text("sample/day.html")).substitute(
        props=html.escape(json.dumps(props)),
        cards="\n".join(shown),
        previous=f'<a class="btn gap-2" href="/papers/date/{before}">Previous</a>' if before else "",
        next=f'<a class="btn ml-auto gap-2" href="/papers/date/{after}">Next</a>' if after else "",
    )


def answer(path: str) -> tuple[int, str, str]:
    """Status, content type and body for a path with its query; a day without papers leads to the newest one."""
    url = urlsplit(path)
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    if url.path == "/robots.txt":
        return 200, "text/plain", data.text("sample/robots.txt")
    if url.path == "/api/daily_papers":
        try:
            return 200, "application/json", json.dumps(api_answer(query))
        except ValueError:
            return 400, "application/json", json.dumps({"error": "p and limit must be numbers"})
    if url.path == "/api/papers/search":
        words = query.get("q", "").casefold().split()
        found = [p for p in _papers() if all(w in f"{p['title']} {p['summary']}".casefold() for w in words)]
        return 200, "application/json", json.dumps([element(paper) for paper in found])
    if url.path.startswith("/api/papers/"):
        found = [paper for paper in _papers() if paper["id"] == url.path.rsplit("/", 1)[1]]
        return (200, "application/json", json.dumps(element(found[0])["paper"])) if found else _missing()
    if url.path.startswith("/papers/date/"):
        try:
            day = date.fromisoformat(url.path.rsplit("/", 1)[1])
        except ValueError:
            return _missing()
        return (200, "text/html", day_page(day)) if day in DAYS else (302, "text/html", "/papers")
    if url.path == "/papers":
        return 200, "text/html", day_page(DAYS[-1])
    return _missing()


def _missing() -> tuple[int, str, str]:
    return 404, "application/json", json.dumps({"error": "not found"})


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, content_type, body = answer(self.path)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", body)
            body = ""
        sent = body.encode()
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the crawl says what it does."""


@contextmanager
def serve() -> Iterator[str]:
    """Serves the site on a free port of this machine; yields its address, "http://127.0.0.1:PORT"."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
