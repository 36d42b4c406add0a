"""The daily-papers site as plain text, as browsers and reader views save it: two layouts.

With bylines, as the search page shows its cards::

    <heading: the newest day of the site, "Jun 2">
    <title>
    <abstract>
      • 11 authors            or, for a paper of an organisation, its handle and name: "acme Acme Labs"
    ·
    May 31                    or "Aug 6, 2025"; a number behind it counts comments, not votes

Some entries of such pages have no byline; the next entry then follows the abstract. Without bylines at all: titles
and abstracts in turn.

Dates without a year. The site spells the year out except where it is the year in which the page was looked at. So
that year Y is none of those spelled out in the page, and later than all of them. It is taken to be the one after the
latest spelled out, and only when the page itself bears that out: it has a heading; at least `NEIGHBOURS` entries spell
out Y - 1 (with fewer, years might be missing in between); no day without a year lies after the heading (nothing is
published after the day that the page shows); and the heading falls on a weekday of Y, as all lists do. Otherwise the
day stays unknown, which is better than wrong. Tried on the saved pages: the seven dates without a year whose papers
appear in saved API responses all come out as the API has them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crawler.listing import Entries, Problem, UnreadableError, code_urls_in, plain_text, whole_number
from crawler.paper import Paper, Source, paper_id_for

NEIGHBOURS = 3  # entries that must spell out the year before the page's own
LONGEST_TITLE = 400  # characters; longer "titles" are abstracts out of step

_INVITATION = "Get trending papers in your email inbox"
_COMMUNITY = "byAK and the research community"
_DATE = re.compile(r"(?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2})(?:, (?P<year>\d{4}))?(?: (?P<comments>\d+))?")
_AUTHORS = re.compile(r"•\s*(?P<count>\d+) authors?")

Line = tuple[int, str]  # number in the file, from 1, and text


@dataclass(frozen=True, slots=True)
class ShownDate:
    """A day as a page shows it, the year only where it is spelled out."""

    month: int
    day: int
    year: int | None = None

    def in_year(self, year: int | None) -> date | None:
        """The day in its own year, else in the one given; None where there is neither or no such day."""
        try:
            return date(self.year or year or 0, self.month, self.day)
        except ValueError:
            return None


def shown_date(line: str) -> ShownDate | None:
    """
    >>> shown_date("Jul 24, 2025 2")
    ShownDate(month=7, day=24, year=2025)
    """
    match = _DATE.fullmatch(line.strip())
    if not match:
        return None
    try:
        month = datetime.strptime(match["month"], "%b").month
    except ValueError:
        return None
    return ShownDate(month, int(match["day"]), int(match["year"]) if match["year"] else None)


def year_of_page(heading: ShownDate | None, shown: Sequence[ShownDate]) -> int | None:
    """The year that dates without one belong to, by the rule above; None where the page does not bear it out."""
    years = [s.year for s in shown if s.year]
    if heading is None or heading.year or not years:
        return None
    year = max(years) + 1
    newest = heading.in_year(year)
    if newest is None or newest.weekday() > 4 or years.count(year - 1) < NEIGHBOURS:
        return None
    days = [s.in_year(year) for s in shown if s.year is None]
    return year if all(day is not None and day <= newest for day in days) else None


def looks_like(text: str) -> bool:
    """Whether a text bears the marks of one of the two layouts."""
    head = text[:2000]
    return _INVITATION in head or _COMMUNITY in head or re.search(r"^·\n+[A-Z][a-z]{2} \d", text, re.M) is not None


def read(text: str, page: str) -> Entries:
    """The papers of a text page in its order, `page` naming it in their sources.

    Raises UnreadableError when it is empty or has neither layout.
    """
    if not text.strip():
        raise UnreadableError("empty: expected the text of a daily-papers page")
    if not looks_like(text):
        raise UnreadableError(
            f"expected the text of a daily-papers page (with {_INVITATION!r} at its head, or bylines '·' and a date), "
            f"found {text.strip()[:60]!r}"
        )
    heading, body = _without_header([(n, s) for n, line in enumerate(text.splitlines(), 1) if (s := plain_text(line))])
    if any(line == "·" for _, line in body):
        yield from _with_bylines(heading, body, page)
    else:
        yield from _in_turn(body, page)


def _without_header(lines: list[Line]) -> tuple[ShownDate | None, list[Line]]:
    """The heading's day and the lines from the first title on."""
    heading = None
    while lines:
        number, line = lines[0]
        if line in ("new", "Subscribe", "Daily Papers", _COMMUNITY) or line.startswith(_INVITATION):
            lines = lines[1:]
        elif heading is None and (day := shown_date(line)):
            heading, lines = day, lines[1:]
        else:
            # Some dumps glue the button to the first title.
            return heading, [(number, line.removeprefix("Subscribe")), *lines[1:]]
    return heading, lines


def _with_bylines(heading: ShownDate | None, lines: list[Line], page: str) -> Entries:
    year = year_of_page(heading, [day for _, _, day in _blocks(lines) if day])
    position = 0
    for number, block, day in _blocks(lines):
        byline = block.pop() if day and block else ""
        pairs = list(zip(block[::2], block[1::2], strict=False))
        if not pairs or len(block) % 2 or any(len(title) > min(LONGEST_TITLE, len(text)) for title, text in pairs):
            yield Problem(
                f"line {number}", f"expected titles and abstracts in turn before the byline, found {len(block)} lines"
            )
            continue
        for title, abstract in pairs[:-1]:
            yield _paper(title, abstract, page, position)
            position += 1
        authors = _AUTHORS.fullmatch(byline)
        yield _paper(
            *pairs[-1],
            page,
            position,
            published=day.in_year(year) if day else None,
            author_count=whole_number(authors["count"]) if authors else None,
            # "nvidia NVIDIA": the handle in the address, then the name.
            organisation=None if authors or not byline else byline.partition(" ")[2] or byline,
        )
        position += 1


def _blocks(lines: list[Line]) -> Iterator[tuple[int, list[str], ShownDate | None]]:
    """Each entry's first line number, its lines before '·', and its day; without a day where the page breaks off."""
    block: list[Line] = []
    at = 0
    while at < len(lines):
        if lines[at][1] == "·":
            day = shown_date(lines[at + 1][1]) if at + 1 < len(lines) else None
            yield (block or lines[at:])[0][0], [line for _, line in block], day
            block, at = [], at + (2 if day else 1)
        else:
            block.append(lines[at])
            at += 1
    if block:
        yield block[0][0], [line for _, line in block], None


def _in_turn(lines: list[Line], page: str) -> Entries:
    for position, at in enumerate(range(0, len(lines), 2)):
        number, title = lines[at]
        if len(title) > LONGEST_TITLE:
            raise UnreadableError(
                f"line {number}: expected a title, found {len(title)} characters: "
                "titles and abstracts are out of step from here on"
            )
        if at + 1 == len(lines):
            yield Problem(
                f"line {number}", f"expected an abstract after the title {title[:60]!r}, found the end of the page"
            )
        else:
            yield _paper(title, lines[at + 1][1], page, position)


def _paper(
    title: str,
    abstract: str,
    page: str,
    position: int,
    *,
    published: date | None = None,
    author_count: int | None = None,
    organisation: str | None = None,
) -> Paper:
    return Paper(
        paper_id=paper_id_for(title),
        title=title,
        abstract=abstract,
        published=published,
        author_count=author_count,
        organisation=organisation,
        code_urls=code_urls_in(abstract),
        sources=(Source("text", page, position, title=title),),
    )
