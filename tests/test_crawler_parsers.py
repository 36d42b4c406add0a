"""Saved responses of each source, read into papers: JSON, HTML, Atom, abstract pages, corpora."""

import html
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import arxiv_pages, corpus, daily_html, daily_json, text_pages
from crawler.listing import Entries, Problem, UnreadableError, plain_text
from crawler.paper import Paper

SHARED = Path(__file__).parents[2] / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "pages").is_dir(), reason="the real pages of ../shared are not here")


def papers(entries: Entries) -> list[Paper]:
    return [entry for entry in entries if isinstance(entry, Paper)]


def item(number: str = "2601.90001", **paper: Any) -> dict[str, Any]:
    return {
        "paper": {
            "id": number,
            "title": "Quick\n Kernels",
            "summary": "Our kernel is\n2.3times faster. Code at github.com/nobody/kernels.",
            "authors": [{"name": "Ada Nowhere"}, {"name": "Hid Den", "hidden": True}, {"name": "Bo Noone"}],
            "publishedAt": "2026-01-04T17:59:52.000Z",
            "upvotes": 7,
            "githubRepo": "https://github.com/nobody/quick",
            "organization": {"name": "nowhere", "fullname": "Nowhere Labs"},
            "submittedOnDailyAt": "2026-01-06T00:00:00.000Z",
        }
        | paper,
        "publishedAt": "2026-01-04T13:59:52.000Z",
    }


def test_an_element_of_the_api() -> None:
    (paper,) = papers(daily_json.read(json.dumps([item()]), "d.json"))
    assert paper.title == "Quick Kernels"
    assert paper.abstract == "Our kernel is 2.3times faster. Code at github.com/nobody/kernels."
    assert (paper.arxiv_id, paper.url) == ("2601.90001", "https://huggingface.co/papers/2601.90001")
    assert (paper.published, paper.listed) == (date(2026, 1, 4), date(2026, 1, 6))
    assert (paper.authors, paper.organisation, paper.upvotes) == (("Ada Nowhere", "Bo Noone"), "Nowhere Labs", 7)
    assert paper.code_urls == ("https://github.com/nobody/quick", "https://github.com/nobody/kernels")


def test_the_day_asked_for_is_the_day_of_the_list() -> None:
    (paper,) = papers(daily_json.read(json.dumps([item()]), "d.json", listed=date(2026, 1, 7)))
    assert (paper.listed, paper.sources[0].listed) == (date(2026, 1, 7), date(2026, 1, 7))


def test_a_flat_paper_and_a_paper_alone() -> None:
    assert papers(daily_json.read(json.dumps(item()["paper"]), "p.json"))[0].title == "Quick Kernels"
    assert len(papers(daily_json.read(json.dumps([item()["paper"]]), "s.json"))) == 1


def test_only_id_title_and_summary_are_needed() -> None:
    (paper,) = papers(daily_json.read('[{"paper": {"id": "x", "title": "T", "summary": "S", "upvotes": null}}]', "d"))
    assert (paper.arxiv_id, paper.upvotes, paper.authors, paper.published) == (None, None, (), None)


def test_one_bad_element_does_not_lose_the_others() -> None:
    data = [
        item(),
        "{'paper': {'id': '1'}}",
        {"paper": 3},
        item("2601.90002", title=" "),
        item("2601.90003", title="T"),
    ]
    found = list(daily_json.read(json.dumps(data), "d.json"))
    assert len(papers(iter(found))) == 2
    assert [problem.place for problem in found if isinstance(problem, Problem)] == [
        "element 1",
        "element 2",
        "element 3",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ('[{"paper": {"id": "1", "ti', "line 1, column"),
        ("<html><body>Just a moment</body></html>", "line 1, column 1"),
        (json.dumps(["{'paper': {'id': '1'}}"] * 3), "none of 3 elements.*element 0.*Python repr"),
        (json.dumps({"status": "success", "data": []}), "found an object with data, status"),
        (json.dumps({"error": "Invalid date"}), "Invalid date"),
        ("3", "found 3"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_list_of_papers_is_named(text: str, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        list(daily_json.read(text, "d.json"))


def test_an_empty_day_is_empty() -> None:
    assert list(daily_json.read("[]", "d.json")) == []


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_json_gives_papers_problems_or_one_word(data: Any) -> None:
    for text in (json.dumps(data), json.dumps([{"paper": data}]), json.dumps([item(title=data), item()])):
        try:
            assert all(isinstance(entry, Paper | Problem) for entry in daily_json.read(text, "d.json"))
        except UnreadableError as problem:
            assert "expected" in str(problem)  # noqa: PT017


def page(items: list[Any] | None, cards: list[str], **props: Any) -> str:
    shown = {"dateString": "2026-01-06", "periodType": "day", "prevDate": "2026-01-05", "dailyPapers": items} | props
    holder = "" if items is None else f'data-target="DailyPapers" data-props="{html.escape(json.dumps(shown))}"'
    articles = "".join(
        f'<article><h3><a href="/papers/{number}">Quick Kernels</a></h3>'
        '<div class="leading-none">Submitted by no1</div><div class="leading-none">-</div>'
        "<li>12 authors</li></article>"
        for number in cards
    )
    links = '<a class="btn" href="/papers/date/2026-01-05">Previous</a><a class="btn">Next</a>'
    return f'<!doctype html><title>Daily Papers</title><div class="SVELTE_HYDRATER" {holder}></div>{articles}{links}'


def test_a_page_is_read_from_its_embedded_list() -> None:
    text = page([item()], ["2601.90001"])
    (paper,) = daily_html.read(text, "p.html")
    assert isinstance(paper, Paper)
    assert (paper.listed, paper.sources[0].kind, paper.upvotes) == (date(2026, 1, 6), "html", 7)
    found = daily_html.page_of(text)
    assert (found.day, found.period, found.previous, found.next) == (date(2026, 1, 6), "day", "2026-01-05", None)


def test_a_page_without_the_embedded_list_is_read_from_its_cards_and_says_so() -> None:
    paper, problem = daily_html.read(page(None, ["2601.90001"]), "p.html")
    assert isinstance(paper, Paper)
    assert isinstance(problem, Problem)
    assert (paper.title, paper.arxiv_id, paper.upvotes, paper.author_count) == ("Quick Kernels", "2601.90001", 0, 12)
    assert "layout changed?" in problem.why
    assert daily_html.page_of(page(None, ["2601.90001"])).previous == "2026-01-05"


@pytest.mark.parametrize(("items", "cards"), [([item()], []), ([], ["2601.90001"])])
def test_papers_in_one_reading_and_none_in_the_other_are_a_problem(items: list[Any], cards: list[str]) -> None:
    found = list(daily_html.read(page(items, cards), "p.html"))
    assert [type(entry) for entry in found] == [Paper, Problem]


def test_a_day_without_papers_is_empty_in_both_readings() -> None:
    assert list(daily_html.read(page([], []), "p.html")) == []


def test_the_list_of_the_day_is_no_answer_to_a_search() -> None:
    text = page([item()], [], query={"q": "kernels"}, searchResults=[item("2601.90009")])
    assert [paper.arxiv_id for paper in papers(daily_html.read(text, "p.html"))] == ["2601.90009"]
    assert (daily_html.page_of(text).query, daily_html.page_of(text).period) == ("kernels", "search")


@pytest.mark.parametrize("props", [{"isTrending": True}, {"periodType": "week"}, {"query": {"q": "x"}}])
def test_only_a_days_page_says_on_which_day_its_papers_were_listed(props: dict[str, Any]) -> None:
    text = page([item()], ["2601.90001"], searchResults=[item()], **props)
    found = papers(daily_html.read(text.replace("2026-01-06T00", "2026-01-02T00"), "p.html"))
    assert [paper.listed for paper in found] == [date(2026, 1, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "<html><title>502</title>Bad gateway</html>",
        page([item()], [])[:400],
        '<div data-target="DailyPapers" data-props="{">',
    ],
)
def test_another_page_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="expected"):
        list(daily_html.read(text, "p.html"))


FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">
<o:totalResults>41</o:totalResults><o:startIndex>40</o:startIndex>
<entry><summary>It is $2\\times$ faster.</summary><id>http://arxiv.org/abs/2601.90001v3</id><title>Quick
  Kernels</title><published>2026-01-04T17:59:52Z</published><author><name>Ada Nowhere</name></author>
<comment xmlns="http://arxiv.org/schemas/atom">Code: github.com/nobody/quick</comment></entry></feed>"""


def test_an_atom_feed() -> None:
    (paper,) = papers(arxiv_pages.read_feed(FEED.encode(), "q.xml"))
    assert (paper.title, paper.abstract) == ("Quick Kernels", "It is $2\\times$ faster.")
    assert (paper.arxiv_id, paper.published, paper.authors) == ("2601.90001", date(2026, 1, 4), ("Ada Nowhere",))
    assert (paper.code_urls, paper.sources[0].position) == (("https://github.com/nobody/quick",), 40)
    assert arxiv_pages.feed_of(FEED.encode()).total == 41


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "expected an Atom feed"),
        (FEED.encode()[:300], "expected an Atom feed"),
        (b"<rss></rss>", "root 'rss'"),
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/api/errors#x</id>'
            b"<summary>max_results must be non-negative</summary></entry></feed>",
            "refuses the query: max_results",
        ),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        list(arxiv_pages.read_feed(body, "q.xml"))


def test_an_entity_in_a_feed_reads_no_file() -> None:
    body = (
        b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + FEED.replace("It is", "It &x; is").encode()[21:]
    )
    (paper,) = papers(arxiv_pages.read_feed(body, "q.xml"))
    assert Path("/etc/hostname").read_text().strip() not in paper.abstract


def test_an_abstract_page() -> None:
    text = (
        '<meta name="citation_title" content="Quick Kernels"/><meta name="citation_author" content="Nowhere, Ada"/>'
        '<meta name="citation_date" content="2026/01/04"/><meta name="citation_arxiv_id" content="2601.90001"/>'
        '<blockquote class="abstract"><span class="descriptor">Abstract:</span>It is $2\\times$ faster.</blockquote>'
    )
    (paper,) = papers(arxiv_pages.read_abstract_page(text, "a.html"))
    assert (paper.abstract, paper.authors, paper.published) == (
        "It is $2\\times$ faster.",
        ("Ada Nowhere",),
        date(2026, 1, 4),
    )
    with pytest.raises(UnreadableError, match=r"expected an arxiv\.org abstract page"):
        list(arxiv_pages.read_abstract_page(text.replace("citation_title", "x"), "a.html"))


ROWS = [
    {"arxiv_id": "2601.90001v2", "title": "Quick Kernels", "abstract": "Faster.", "date": "2026-01-04"},
    {"arxiv_id": "12", "title": "Slow Kernels", "abstract": "Slower.", "date": "soon"},
]


def test_corpora_say_the_same_in_three_formats(tmp_path: Path) -> None:
    table = io.StringIO("arxiv_id,title,abstract,date\n" + "\n".join(",".join(row.values()) for row in ROWS))
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "c.parquet")
    found = [
        papers(corpus.read_jsonl((json.dumps(row) + "\n" for row in ROWS), "c")),
        papers(corpus.read_csv(table, "c")),
        papers(corpus.read_parquet(tmp_path / "c.parquet", "c")),
    ]
    assert found[0] == found[1] == found[2]
    assert [(p.arxiv_id, p.published) for p in found[0]] == [("2601.90001", date(2026, 1, 4)), (None, None)]


def test_bad_rows_are_named_and_the_others_read() -> None:
    lines = [
        '{"title": "A", "abstract": "a"}',
        '{"title": "B"}',
        "[1]",
        '{"title":',
        "",
        '{"title": "C", "summary": "c"}',
    ]
    found = list(corpus.read_jsonl(lines, "c.jsonl"))
    assert [p.title for p in papers(iter(found))] == ["A", "C"]
    assert [p.place for p in found if isinstance(p, Problem)] == ["line 2", "line 3", "line 4"]
    table = io.StringIO("title,abstract\nA,a\nB\nC,c,extra\nD,d\n")
    found = list(corpus.read_csv(table, "c.csv"))
    assert [p.title for p in papers(iter(found))] == ["A", "D"]
    assert [p.why for p in found if isinstance(p, Problem)] == [
        "expected 2 cells, found 1",
        "expected 2 cells, found 3",
    ]


def test_tables_without_the_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="expected a column abstract or summary, found title, year"):
        list(corpus.read_csv(io.StringIO("title,year\nA,1\n"), "c.csv"))
    with pytest.raises(UnreadableError, match="unexpected end of data; expected a CSV table"):
        list(corpus.read_csv(io.StringIO('"'), "c.csv"))
    (tmp_path / "c.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(UnreadableError, match="expected a whole Parquet file"):
        list(corpus.read_parquet(tmp_path / "c.parquet", "c"))


PIECES = (
    *(
        "Get trending papers in your email inbox!",
        "Jun 2",
        "·",
        "May 31, 2025",
        "  • 3 authors",
        "A title",
        "Words. " * 70,
    ),
    *("<article><h3><a href='/papers/1'>T</a></h3>", '<div data-target="DailyPapers" data-props="', '">', '"', ",", ""),
    *("{&quot;dailyPapers&quot;:[1]}", '{"title": "T", "abstract": "A"}', "title,abstract", "{"),
    *("<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry/>", "</feed>"),
)
pieces = st.lists(st.sampled_from(PIECES), max_size=12)


@given(pieces, st.sampled_from(["\n", "", "\r\n", " "]))
def test_any_mixture_of_pages_gives_papers_problems_or_one_word(parts: list[str], between: str) -> None:
    text = between.join(parts)
    readers: list[Callable[[], Entries]] = [
        lambda: text_pages.read(text, "p"),
        lambda: daily_html.read(text, "p"),
        lambda: arxiv_pages.read_feed(text.encode(), "p"),
        lambda: arxiv_pages.read_abstract_page(text, "p"),
        lambda: corpus.read_jsonl(text.split("\n"), "p"),
        lambda: corpus.read_csv(io.StringIO(text), "p"),
    ]
    for reader in readers:
        try:
            assert all(isinstance(entry, Paper | Problem) for entry in reader())
        except UnreadableError as problem:
            assert "expected" in str(problem)  # noqa: PT017


@given(st.text())
def test_plain_text_can_always_be_written(text: str) -> None:
    assert plain_text(text).encode().decode() == plain_text(text)


@needs_shared
def test_the_real_html_pages() -> None:
    """One of each layout: every paper whole, cards and embedded list in step."""
    for name, count, day, previous in (
        ("daily_papers_2024-08-01.html", 13, date(2024, 8, 1), "2024-07-31"),
        ("daily_papers_2026-09-28_excerpt.html", 1, date(2026, 9, 28), "2026-09-25"),
    ):
        text = (SHARED / "pages/html" / name).read_text(encoding="utf-8")
        found = list(daily_html.read(text, name))
        assert len(papers(iter(found))) == len(found) == count
        assert all(paper.abstract and paper.arxiv_id and paper.listed == day for paper in papers(iter(found)))
        seen = daily_html.page_of(text)
        assert (len(seen.cards), seen.day, seen.previous) == (count, day, previous)
        without = text.replace("data-props", "data-other")
        cards = papers(daily_html.read(without, name))
        assert [c.arxiv_id for c in cards] == [p.arxiv_id for p in papers(iter(found))]
        assert [c.upvotes for c in cards] == [p.upvotes for p in papers(iter(found))]


@needs_shared
def test_the_real_arxiv_answers() -> None:
    folder = SHARED / "pages/arxiv"
    counts = {
        path.name: len(papers(arxiv_pages.read_feed(path.read_bytes(), path.name))) for path in folder.glob("*.xml")
    }
    assert counts == {"atom-1207.7214.xml": 1, "atom-2508.16190.xml": 1, "sample_response_paperpulse.xml": 5}
    (feed,) = arxiv_pages.read_feed((folder / "atom-2508.16190.xml").read_bytes(), "f")
    (shown,) = arxiv_pages.read_abstract_page((folder / "arxiv_abs_2508.16190.html").read_text(encoding="utf-8"), "a")
    assert isinstance(feed, Paper)
    assert isinstance(shown, Paper)
    assert (feed.title, feed.abstract, feed.arxiv_id) == (shown.title, shown.abstract, shown.arxiv_id)
    assert (feed.published, feed.authors) == (shown.published, shown.authors)
