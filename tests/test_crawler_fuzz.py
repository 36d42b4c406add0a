"""Every parser of pages, feeds, files and kept responses, given what no site ever sent: papers or a word, no more.

Documents as the sites send them are cut, repeated and spliced with what breaks parsers. A few of each by default, more
with CLAIMS_FUZZ=5000 (`make fuzz`).
"""

import gzip
import html
import io
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from scrapy.http.headers import Headers

from crawler import arxiv_pages, corpus, daily_html, daily_json, fulltext, rereading, responses, text_pages
from crawler.archive import Archive, new_run
from crawler.fulltext import FullText
from crawler.listing import Problem, UnreadableError, code_urls_in, day_in, plain_text
from crawler.paper import Paper, Source, arxiv_id_in, as_json, from_json, paper_id_for
from crawler.politeness import asked_wait, is_spent
from crawler.reading import import_paths, read_file

EXAMPLES = int(os.environ.get("CLAIMS_FUZZ", "10"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CLAIMS_FUZZ" not in os.environ,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=list(HealthCheck),
)
few = settings(fuzzed, max_examples=max(EXAMPLES // 5, 5))

API = [
    {
        "paper": {
            "id": "2601.90001",
            "title": "Quick Kernels",
            "summary": "Our kernel is 2.3times faster. Code at github.com/nobody/kernels.",
            "authors": [{"name": "Ada Nowhere"}, {"name": "Hid Den", "hidden": True}],
            "publishedAt": "2026-01-04T17:59:52.000Z",
            "upvotes": 7,
            "githubRepo": "https://github.com/nobody/quick",
            "organization": {"name": "nowhere", "fullname": "Nowhere Labs"},
            "submittedOnDailyAt": "2026-01-06T00:00:00.000Z",
        }
    }
]
PROPS = html.escape(json.dumps({"dateString": "2026-01-06", "periodType": "day", "dailyPapers": API}))
CARD = (
    '<article><h3><a href="/papers/2601.90001">Quick Kernels</a></h3><div class="leading-none">12</div>'
    "<p>An abstract.</p><li>12 authors</li></article>"
)
FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
    "<o:totalResults>2</o:totalResults><o:startIndex>0</o:startIndex><entry><id>http://arxiv.org/abs/2601.70001v1</id>"
    "<title>P</title><summary>S is 2x faster.</summary><published>2026-01-04T17:59:52Z</published>"
    "<author><name>Ada</name></author></entry></feed>"
)
ABSTRACT_PAGE = (
    '<html><head><meta name="citation_title" content="T"><meta name="citation_arxiv_id" content="2601.70001">'
    '<meta name="citation_author" content="Nowhere, Ada"><meta name="citation_date" content="2026/01/04"></head>'
    '<body><blockquote class="abstract"><span class="descriptor">Abstract:</span>It is 2x faster.</blockquote></body>'
)
FULL = (
    '<html><head><title>[2601.70001] T</title></head><article class="ltx_document">'
    '<h1 class="ltx_title ltx_title_document">T</h1><div class="ltx_abstract"><p class="ltx_p">It is 2x.</p></div>'
    '<section class="ltx_section"><h2 class="ltx_title">1 Set-up</h2><p class="ltx_p">We used <math alttext="x^2">y'
    '</math> A100.</p><figure class="ltx_table"><figcaption>Table 1</figcaption><table class="ltx_tabular"><tr>'
    '<td class="ltx_td" colspan="2" rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></table></figure></section>'
    "</article></html>"
)
TEXT = (
    "Get trending papers in your email inbox once a day!\nSubscribe\nJun 2\nA Title\nAn abstract of it, 2x faster.\n"
    "  • 11 authors\n·\nMay 31\nOther Title\nAnother abstract.\nacme Acme Labs\n·\nAug 6, 2025 2\n"
)
IN_TURN = "Daily Papers\nbyAK and the research community\nA Title\nAn abstract that is 2x longer.\n"
JSONL = '{"title": "T", "abstract": "A", "authors": ["B"], "upvotes": 3, "published": "2026-01-04", "url": "x"}\n' * 2
CSV = 'title,abstract,authors,upvotes,published\nT,"A, and\nmore","B; C",3,2026-01-04\nU,V,,,\n'

NASTY = [
    "9" * 5000,
    "-1",
    "1e999",
    "NaN",
    "\0",
    "\ufeff",
    "\\ud800",
    "\\u0000",
    "\u202e",
    "²",
    "٣",
    "0000-00-00",
    "9999-12-31",
    "[" * 3000,
    "{" * 3000,
    "<b>" * 3000,
    "<table><tr><td>" * 300,
    "&#x110000;",
    "&amp",
    "<!--",
    "]]>",
    '"',
    "'",
    "`",
    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>",
    "&b;",
    "\r",
    "\n",
    "\t",
    ",",
    ":",
    "null",
    "true",
    '{"',
    "}",
    "]",
    "</article>",
    "<section>",
    "2601.70001",
    "colspan='99999999999999999999'",
    "rowspan='²'",
    "·",
    "Jun 31",
    "https://github.com/a/b",
    "%",
    "∞",
    "\x85",
    "\u2028",
]
cuts = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(NASTY) | st.text(max_size=6), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)


def spliced(document: str, changes: list[tuple[float, int, str, int]]) -> str:
    """The document with pieces cut out and other ones put in."""
    for place, length, piece, times in changes:
        at = int(place * len(document))
        document = document[:at] + piece * times + document[at + length :]
    return document


def fits(entry: Any) -> None:
    """A paper that the archive and the tables can hold."""
    assert isinstance(entry, Paper | Problem | FullText)
    if isinstance(entry, Paper):
        row = json.dumps(as_json(entry), ensure_ascii=False)
        assert from_json(json.loads(row.encode())) == entry
        for number in (entry.upvotes, entry.author_count, *(s.upvotes for s in entry.sources)):
            assert number is None or abs(number) < 2**31
    elif isinstance(entry, FullText):
        row = json.dumps(fulltext.as_json(entry), ensure_ascii=False)
        assert fulltext.from_json(json.loads(row.encode())) == entry
    else:
        assert len(entry.why) < 5000
        entry.why.encode()


def read(parser: Callable[[], Iterator[Any]]) -> None:
    """Nothing but entries that fit, or the one word that the file is unreadable."""
    try:
        for entry in parser():
            fits(entry)
    except UnreadableError as problem:
        assert len(str(problem)) < 5000  # noqa: PT017
        str(problem).encode()


PARSERS: dict[str, tuple[str, Callable[[str], Iterator[Any]]]] = {
    "the daily API": (json.dumps(API), lambda text: daily_json.read(text, "d.json")),
    "a day's page": (
        f'<title>D</title><div data-target="DailyPapers" data-props="{PROPS}"></div>{CARD}',
        lambda text: daily_html.read(text, "d.html"),
    ),
    "a page of cards": (CARD * 2, lambda text: daily_html.read(text, "d.html")),
    "an Atom feed": (FEED, lambda text: arxiv_pages.read_feed(text.encode(errors="replace"), "feed.xml")),
    "an abstract page": (ABSTRACT_PAGE, lambda text: arxiv_pages.read_abstract_page(text, "2601.70001.html")),
    "a full text": (FULL, lambda text: iter([fulltext.read(text)])),
    "a text page": (TEXT, lambda text: text_pages.read(text, "p.txt")),
    "a text page without bylines": (IN_TURN, lambda text: text_pages.read(text, "p.txt")),
    "a JSONL corpus": (JSONL, lambda text: corpus.read_jsonl(io.StringIO(text), "c.jsonl")),
    "a CSV corpus": (CSV, lambda text: corpus.read_csv(io.StringIO(text, newline=""), "c.csv")),
}


@pytest.mark.parametrize("kind", PARSERS)
@fuzzed
@given(changes=cuts)
def test_a_spliced_document_gives_papers_or_a_word(kind: str, changes: list[tuple[float, int, str, int]]) -> None:
    document, parser = PARSERS[kind]
    read(lambda: parser(spliced(document, changes)))


@fuzzed
@given(st.sampled_from(sorted(PARSERS)), st.text(max_size=300))
def test_any_text_gives_papers_or_a_word(kind: str, text: str) -> None:
    read(lambda: PARSERS[kind][1](text))


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([2**63, 10**400, -(2**31) - 1])
)
values = st.recursive(leaves, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=4), x, max_size=3))
FIELDS = sorted({*API[0]["paper"], *(c for names in corpus._COLUMNS.values() for c in names), "paper"})


@fuzzed
@given(st.dictionaries(st.sampled_from(FIELDS), values, max_size=8), st.booleans())
def test_an_element_with_any_fields(fields: dict[str, Any], nested: bool) -> None:
    row = {"title": "T", "summary": "S"} | fields
    text = json.dumps([{"paper": row} if nested else row])
    read(lambda: daily_json.read(text, "d.json"))
    line = json.dumps({"title": "T", "abstract": "A"} | fields)
    read(lambda: corpus.read_jsonl(io.StringIO(line), "c.jsonl"))


cells = st.none() | st.text(max_size=8) | st.integers(-(2**62), 2**62) | st.floats() | st.dates() | st.datetimes()
columns = st.dictionaries(
    st.sampled_from([name for name in FIELDS if name not in ("title", "abstract")] + ["other"]),
    st.lists(cells, min_size=3, max_size=3)
    | st.lists(st.lists(st.text(max_size=4) | st.none(), max_size=2), min_size=3, max_size=3)
    | st.lists(st.fixed_dictionaries({"name": st.text(max_size=4)}), min_size=3, max_size=3),
    max_size=4,
)


@few
@given(columns, st.lists(st.text(max_size=9) | st.none(), min_size=3, max_size=3), st.booleans(), cuts)
def test_parquet_with_any_columns_whole_or_not(
    tmp_path_factory: Any, fields: Any, titles: Any, whole: bool, changes: Any
) -> None:
    path = tmp_path_factory.mktemp("parquet") / "c.parquet"
    try:
        table = pa.table({"title": titles, "abstract": titles} | fields)
        pq.write_table(table, path)
    except (pa.ArrowException, OverflowError):  # what cannot be written need not be read
        return
    if not whole:
        path.write_bytes(damaged(path.read_bytes(), changes))
    read(lambda: read_file(path, path.name))


def damaged(held: bytes, changes: list[tuple[float, int, str, int]]) -> bytes:
    """The same for bytes."""
    for place, length, piece, _ in changes:
        at = int(place * len(held))
        held = held[:at] + piece.encode(errors="surrogatepass")[:length] + held[at + length :]
    return held


NAMES = [
    "p.txt",
    "p.html",
    "2026-01-06.json",
    "c.jsonl",
    "c.csv",
    "c.tsv",
    "f.xml",
    "f.parquet",
    "x.zip",
    "x.tar",
    "x.tar.gz",
    "x.gz",
    "x.xz",
    "r.jsonl.gz",
    "noend",
    "-x.json",
]
HEADS = [
    b"",
    b"PAR1",
    b"\x1f\x8b\x08",
    b"\xfd7zXZ\0",
    b"PK\x03\x04",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"{",
    b"[",
    b"<feed",
    b"<html",
    b"title,abstract\n",
    b'{"url":',
]


@few
@given(st.sampled_from(NAMES), st.sampled_from(HEADS), st.binary(max_size=200), st.sampled_from(["", "gz", "utf-16"]))
def test_any_file_can_be_imported(tmp_path_factory: Any, name: str, head: bytes, rest: bytes, packed: str) -> None:
    folder = tmp_path_factory.mktemp("files")
    held = head + rest
    (folder / name).write_bytes(
        gzip.compress(held) if packed == "gz" else held.decode("latin-1").encode("utf-16") if packed else held
    )
    result = import_paths(folder / "home", [str(folder / name), str(folder)])
    assert result.read + len(result.unreadable) >= 0


KEPT = [
    ("/api/daily_papers?date=2026-01-06&p=0&limit=100", json.dumps(API)),
    ("/api/papers/search?q=x", json.dumps(API)),
    ("/papers/date/2026-01-06", CARD),
    ("/api/query?id_list=1", FEED),
    ("/html/2601.70001v1", FULL),
]


@fuzzed
@given(st.sampled_from(KEPT), cuts, cuts, st.booleans())
@example(("/api/daily_papers?date=x&p=one&limit=²", "[]"), [(0.0, 0, "", 1)], [(0.0, 0, "", 1)], False)
@example(("//[", "[]"), [(0.0, 0, "", 1)], [(0.0, 0, "", 1)], False)
def test_a_kept_response_with_any_address_and_body(kept: Any, address: Any, body: Any, whole: bool) -> None:
    path, text = kept
    url = f"https://papers.invented.test{path}" if whole else spliced(f"https://papers.invented.test{path}", address)
    held = spliced(text, body).encode(errors="surrogatepass")
    response = responses.KeptResponse(url, 200, "text/html", datetime.now(UTC), held)
    read(lambda: rereading.entries(response))


@few
@given(cuts, st.booleans())
def test_a_damaged_file_of_responses_is_read_as_far_as_it_goes(
    tmp_path_factory: Any, changes: Any, packed: bool
) -> None:
    home = tmp_path_factory.mktemp("home")
    kept = responses.Responses(home, "run")
    for path, text in KEPT:
        kept.keep(
            responses.KeptResponse(f"https://papers.invented.test{path}", 200, "", datetime.now(UTC), text.encode())
        )
    kept.close()
    file = home / "responses" / "run.jsonl.gz"
    if packed:
        file.write_bytes(damaged(file.read_bytes(), changes))
    else:
        lines = spliced(gzip.decompress(file.read_bytes()).decode(), changes)
        file.write_bytes(gzip.compress(lines.encode(errors="surrogatepass")))
    read(lambda: rereading.read_again(file))


@few
@given(cuts, cuts)
def test_an_archive_with_damaged_lines_gives_the_others(tmp_path_factory: Any, changes: Any, more: Any) -> None:
    home = tmp_path_factory.mktemp("home")
    archive = Archive(home)
    run = new_run("test")
    papers = [Paper(paper_id_for(f"T{i}"), f"T{i}", "About.", sources=(Source("text", "p", i),)) for i in range(4)]
    archive.append(papers, run=run)
    archive.add_full_texts([FullText("2601.70001", "T", "A", (), ())], run=run)
    archive.close()
    file = home / "papers" / f"{run}.jsonl"
    file.write_bytes(damaged(file.read_bytes(), changes))
    for path in home.glob("papers/index.sqlite*"):
        path.unlink()
    for harm in ([], more):
        file.write_bytes(damaged(file.read_bytes(), harm))
        archive = Archive(home)
        for paper in archive.papers():
            fits(paper)
        archive.crawl_days(), archive.damaged(), list(archive.full_texts())
        archive.close()


words = st.sampled_from(
    ["2601.90001", "cs/0102003v9", "math.GT/0309136", "https://github.com/a/b", "github.com/", "v", ".", "/"]
)


@fuzzed
@given(st.text(max_size=80) | st.lists(words | st.text(max_size=4), max_size=8).map("".join))
def test_small_readers_take_any_text(text: str) -> None:
    assert arxiv_id_in(text) is None or arxiv_id_in(arxiv_id_in(text) or "") == arxiv_id_in(text)
    assert all(url.startswith(("http://", "https://")) for url in code_urls_in(text))
    assert day_in(text) is None or isinstance(day_in(text), date)
    assert plain_text(plain_text(text)) == plain_text(text)
    paper_id_for(text)
    text_pages.shown_date(text)


values_of_headers = st.text(st.characters(max_codepoint=255), max_size=40) | st.sampled_from(
    [
        "9" * 400,
        "Wed, 99 Foo 2026",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "-1",
        '"x";r=' + "9" * 5000 + ";t=" + "9" * 5000,
        "1e9",
        "²",
    ]
)


@fuzzed
@given(values_of_headers, values_of_headers)
def test_any_wait_that_headers_ask_for(after: str, limit: str) -> None:
    headers = Headers(
        {"Retry-After": after.encode("latin-1", "replace"), "RateLimit": limit.encode("latin-1", "replace")}
    )
    wait = asked_wait(headers, datetime(2026, 1, 14, tzinfo=UTC))
    assert wait is None or wait >= 0
    is_spent(headers)


def test_what_is_spliced_was_readable() -> None:
    """The documents that are spliced are themselves read: else only the way to the first error would be tried."""
    for kind, (document, parser) in PARSERS.items():
        assert any(isinstance(entry, Paper | FullText) for entry in parser(document)), kind
    for path, text in KEPT:
        response = responses.KeptResponse(
            f"https://papers.invented.test{path}", 200, "", datetime.now(UTC), text.encode()
        )
        assert any(isinstance(entry, Paper | FullText) for entry in rereading.entries(response)), path


def test_a_message_names_what_was_found_in_a_line() -> None:
    """libxml2 repeats a name of 5,000 letters, and messages are kept and shown."""
    for text in (f"<feed><a{'9' * 5000}></feed>", f"<{'a' * 5000}/>"):
        with pytest.raises(UnreadableError) as told:
            arxiv_pages.feed_of(text.encode())
        assert len(str(told.value)) < 400
