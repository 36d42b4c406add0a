"""Pages of the daily-papers site: the JSON embedded for its scripts first, the cards as the fallback.

The JSON lies in `data-props` of the element with `data-target="DailyPapers"` and has worked since 2023; the classes of
the cards change every year. Cards of a day have no abstract. A page that has papers in one reading and none in the
other has changed its layout: its papers are read where they are, and a problem says so.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bs4 import BeautifulSoup, Tag

from crawler import daily_json
from crawler.limits import check_tags
from crawler.listing import Entries, Problem, UnreadableError, code_urls_in, day_in, plain_text, shortened, whole_number
from crawler.paper import Paper, Source, arxiv_id_in, paper_id_for

_PAPER_LINK = re.compile(r"/papers/([^/?#]+)$")


@dataclass(frozen=True, slots=True)
class DailyPage:
    """What a page says of itself. `items` is the embedded list, None where the page has none."""

    period: str  # "day", "week", "month", "trending" or "search"; "day" on older pages, which do not say
    day: date | None  # the day that a day's page is of
    previous: str | None  # day, week or month before, as the site writes it
    next: str | None
    query: str | None  # what was searched for
    items: list[Any] | None
    cards: list[Tag] = field(repr=False)


def page_of(text: str) -> DailyPage:
    """Reads a page. Raises UnreadableError when it has no cards and the embedded list is missing or broken."""
    check_tags(text)
    soup = BeautifulSoup(text, "lxml")
    cards = [card for card in soup.find_all("article") if isinstance(card, Tag) and card.select_one("h3 a[href]")]
    holder = soup.select_one('[data-target="DailyPapers"][data-props]')
    if holder is None and not cards:
        shown = shortened(plain_text(soup.title.get_text())) if soup.title else plain_text(soup.get_text())[:60]
        raise UnreadableError(
            "expected a daily-papers page (an element with data-target=DailyPapers and data-props, or cards), "
            f"found a page {shown!r} of {len(text)} characters with neither"
        )
    try:
        props = daily_json.parsed(str(holder["data-props"])) if holder is not None else {}
    except UnreadableError as problem:
        if not cards:
            raise UnreadableError(f"data-props of DailyPapers: {problem}") from None
        props = {}
    props = props if isinstance(props, dict) else {}
    query = props.get("query")
    asked = query.get("q") if isinstance(query, dict) else None
    # A search page that answers another question than asked shows the day's list under the same name.
    items = props.get("searchResults") if asked else props.get("dailyPapers")
    day = day_in(props.get("dateString") or props.get("date"))
    return DailyPage(
        # Searches and trending papers stand under the newest day, which is not the day that listed them.
        period="search"
        if asked
        else "trending"
        if props.get("isTrending")
        else _text(props.get("periodType")) or "day",
        day=day,
        previous=_text(props.get("prevDate")) or _linked(soup, "Previous"),
        next=_text(props.get("nextDate")) or _linked(soup, "Next"),
        query=_text(asked),
        items=items if isinstance(items, list) else None,
        cards=cards,
    )


def read(text: str, page: str, *, listed: date | None = None, site: str = daily_json.SITE) -> Entries:
    """The papers of a page. Raises UnreadableError as `page_of` does, and when none of its elements can be read."""
    return entries(page_of(text), page, listed=listed, site=site)


def entries(found: DailyPage, page: str, *, listed: date | None = None, site: str = daily_json.SITE) -> Entries:
    """The papers of a page that was read. `listed`: the day asked for, else the page's own where it is a day's page."""
    listed = listed or (found.day if found.period == "day" else None)
    if found.items:
        yield from daily_json.entries(found.items, page, kind="html", listed=listed, site=site)
        if not found.cards:
            yield Problem(
                "", f"layout changed? {len(found.items)} papers in data-props, none in cards: read from data-props"
            )
    elif found.cards:
        why = "no list in data-props" if found.items is None else "an empty list in data-props"
        for position, card in enumerate(found.cards):
            yield _card(card, page, position, listed, site)
        yield Problem("", f"layout changed? {why}, {len(found.cards)} cards: read from the cards, which lack abstracts")


def _card(card: Tag, page: str, position: int, listed: date | None, site: str) -> Paper | Problem:
    link = card.select_one("h3 a[href]")
    number = _PAPER_LINK.search(str(link["href"])) if link else None
    title = plain_text(link.get_text()) if link else ""
    if number is None or not title:
        return Problem(f"card {position}", "expected a link to /papers/<id> with the title")
    shown = (plain_text(box.get_text()) for box in card.select("div.leading-none"))
    votes = next((text for text in shown if text == "-" or text.isdecimal()), "")
    upvotes = 0 if votes == "-" else whole_number(votes)
    abstract = plain_text(" ".join(p.get_text(" ") for p in card.find_all("p")))
    authors = re.search(r"(\d+) authors?", plain_text(card.get_text(" ")))
    return Paper(
        paper_id=paper_id_for(title),
        title=title,
        abstract=abstract,
        arxiv_id=arxiv_id_in(number[1]),
        listed=listed,
        author_count=whole_number(authors[1]) if authors else None,
        url=f"{site}/papers/{number[1]}",
        code_urls=code_urls_in(abstract),
        upvotes=upvotes,
        sources=(Source("html", page, position, listed=listed, title=title, upvotes=upvotes),),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _linked(soup: BeautifulSoup, label: str) -> str | None:
    """Where the button at the bottom leads: "/papers/date/2026-09-25" and "/papers?date=2026-09-25" to that day."""
    for link in soup.select('a.btn[href^="/papers"]'):
        if plain_text(link.get_text()) == label and (match := re.search(r"(\d{4}-[W\d][\d-]*)$", str(link["href"]))):
            return match[1]
    return None
