"""The two layouts of daily-papers pages saved as text."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from crawler.listing import Problem, UnreadableError, code_urls_in
from crawler.paper import Paper, normalised_title
from crawler.text_pages import ShownDate, read, shown_date, year_of_page

SHARED = Path(__file__).parents[2] / "shared"
needs_shared = pytest.mark.skipif(
    not (SHARED / "pages/text").is_dir(), reason="the real pages of ../shared are not here"
)

HEADER = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
HEADER += "byAK and the research community\n\n"


def card(title: str, byline: str, day: str) -> str:
    return f"{title}\n\nWe made {title} and it is good. Code: github.com/nobody/{title[0]}.\n\n  {byline}\n·\n{day}\n\n"


def papers(text: str) -> list[Paper]:
    return [entry for entry in read(text, "p.txt") if isinstance(entry, Paper)]


def problems(text: str) -> list[Problem]:
    return [entry for entry in read(text, "p.txt") if isinstance(entry, Problem)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Jun 2", ShownDate(6, 2)),
        ("Aug 6, 2025", ShownDate(8, 6, 2025)),
        ("Oct 1, 2024 17", ShownDate(10, 1, 2024)),
        ("Jul 10 3", ShownDate(7, 10)),
        ("Foo 3", None),
        ("Maybe 3 papers", None),
        ("", None),
    ],
)
def test_a_shown_date_is_read_as_shown(line: str, expected: ShownDate | None) -> None:
    assert shown_date(line) == expected


LAST_YEAR = [ShownDate(3, 1, 2025)] * 3


@pytest.mark.parametrize(
    ("heading", "shown", "year"),
    [
        (ShownDate(6, 2), [*LAST_YEAR, ShownDate(5, 31)], 2026),  # June 2, 2026 is a Tuesday
        (ShownDate(6, 2), [*LAST_YEAR, ShownDate(6, 3)], None),  # published after the page was looked at
        (ShownDate(6, 6), [*LAST_YEAR, ShownDate(5, 31)], None),  # a Saturday: not the year of this page
        (None, [*LAST_YEAR, ShownDate(5, 31)], None),  # no heading
        (ShownDate(6, 2), [ShownDate(3, 1, 2025)] * 2 + [ShownDate(5, 31)], None),  # 2026 may be missing
        (ShownDate(6, 2), [ShownDate(5, 31)], None),  # no year anywhere
        (ShownDate(6, 2), [*LAST_YEAR, ShownDate(2, 29)], None),  # 2026 has no such day
    ],
)
def test_the_year_of_a_page_is_known_only_where_the_page_bears_it_out(
    heading: ShownDate | None, shown: list[ShownDate], year: int | None
) -> None:
    assert year_of_page(heading, shown) == year


def test_cards_with_bylines() -> None:
    text = HEADER + "Jun 2\n\n" + card("Alpha", "• 11 authors", "May 31")
    text += card("Beta", "acme Acme Labs", "Aug 6, 2025 4") + card("Gamma", "• 1 author", "Jan 3, 2025")
    text += card("Delta", "• 2 authors", "Feb 3, 2025")
    found = papers(text)
    assert [(p.title, p.author_count, p.organisation, p.published) for p in found] == [
        ("Alpha", 11, None, date(2026, 5, 31)),
        ("Beta", None, "Acme Labs", date(2025, 8, 6)),
        ("Gamma", 1, None, date(2025, 1, 3)),
        ("Delta", 2, None, date(2025, 2, 3)),
    ]
    assert found[0].abstract == "We made Alpha and it is good. Code: github.com/nobody/A."
    assert found[0].code_urls == ("https://github.com/nobody/A",)
    assert [p.sources[0].position for p in found] == [0, 1, 2, 3]
    assert found[0].upvotes is None  # the number behind a date counts comments
    assert not problems(text)


def test_an_entry_without_a_byline_is_an_entry_of_its_own() -> None:
    text = (
        HEADER + "Jun 2\n\nEarly\n\nAn abstract that lost its byline.\n\n" + card("Late", "• 3 authors", "May 3, 2024")
    )
    assert [(p.title, p.published) for p in papers(text)] == [("Early", None), ("Late", date(2024, 5, 3))]


def test_titles_and_abstracts_in_turn_with_the_button_glued_to_the_first() -> None:
    text = "Get trending papers in your email inbox once a day!\nSubscribeOne\nThe first abstract.\nTwo\nThe second.\n"
    assert [(p.title, p.abstract) for p in papers(text)] == [("One", "The first abstract."), ("Two", "The second.")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (HEADER + "Jun 2\n\n" + card("Alpha", "• 2 authors", "Jan 3, 2024").rsplit("\n", 3)[0], "line 13"),  # no date
        (HEADER + "Jun 2\n\nTitle only\n\n  • 3 authors\n·\nMay 3\n", "line 13"),
        (HEADER + "Jun 2\n\nOne\n\nThe abstract.\n\nTwo without an abstract\n", "line 17"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text: str, place: str) -> None:
    assert [problem.place for problem in problems(text)] == [place]


@pytest.mark.parametrize("text", ["", "  \n", "Dear all,\n\nplease find attached the minutes.\n"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="expected the text of a daily-papers page"):
        list(read(text, "p.txt"))


def test_pages_out_of_step_stop_where_they_go_wrong() -> None:
    text = HEADER + "Jun 2\nOne\nThe abstract.\n" + "word " * 200 + "\nTwo\n"
    with pytest.raises(UnreadableError, match="line 14: expected a title"):
        list(read(text, "p.txt"))


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (r"at https://github.com/ab/c\_d.git.", ("https://github.com/ab/c_d",)),
        ("(gitlab.com/a/b) and gitlab.com/a/b", ("https://gitlab.com/a/b",)),
        ("see https://a.github.io or https://example.org/x", ()),
    ],
)
def test_code_addresses(text: str, urls: tuple[str, ...]) -> None:
    assert code_urls_in(text) == urls


@needs_shared
@pytest.mark.parametrize(
    ("number", "entries", "undated"), [(1, 61, 4), (2, 119, 119), (3, 144, 144), (4, 106, 7), (5, 51, 2)]
)
def test_the_real_pages_are_read_whole(number: int, entries: int, undated: int) -> None:
    """Undated are the entries without a byline: every day that a page shows is settled."""
    name = f"daily_papers_{number}.txt"
    text = (SHARED / "pages/text" / name).read_text(encoding="utf-8")
    found = list(read(text, name))
    assert not [entry for entry in found if isinstance(entry, Problem)]
    assert len(found) == entries
    assert sum(paper.published is None for paper in found if isinstance(paper, Paper)) == undated


@needs_shared
def test_the_real_pages_have_the_titles_and_open_abstracts_of_the_gold() -> None:
    found = [
        paper
        for path in sorted((SHARED / "pages/text").glob("*.txt"))
        for paper in read(path.read_text(encoding="utf-8"), path.name)
        if isinstance(paper, Paper)
    ]
    with (SHARED / "gold/keys.csv").open(encoding="utf-8") as lines:
        titles = {normalised_title(row["title"]) for row in csv.DictReader(lines)}
    assert {normalised_title(paper.title) for paper in found} == titles
    assert len({paper.paper_id for paper in found}) == 432
    abstracts = {normalised_title(paper.title): paper.abstract for paper in found}
    with (SHARED / "gold/open.jsonl").open(encoding="utf-8") as lines:
        gold = [row for row in map(json.loads, lines) if row["source"] == "pages"]
    assert gold
    wrong = [row["key"] for row in gold if abstracts[normalised_title(row["title"])] != row["abstract"]]
    assert not wrong
