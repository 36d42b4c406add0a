"""What arXiv answers: Atom feeds of its API and abstract pages. Their abstracts keep their LaTeX."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bs4 import BeautifulSoup
from lxml import etree

from crawler.limits import check_tags
from crawler.listing import Entries, Problem, UnreadableError, code_urls_in, day_in, plain_text, shortened, whole_number
from crawler.paper import Paper, Source, arxiv_id_in, paper_id_for

_NAMES = {"a": "http://www.w3.org/2005/Atom", "o": "http://a9.com/-/spec/opensearch/1.1/"}


@dataclass(frozen=True, slots=True)
class Feed:
    """One answer of the arXiv API: how many results there are in all, the place of the first here, and the entries."""

    total: int
    start: int
    elements: list[Any]


def feed_of(body: bytes) -> Feed:
    """Reads an Atom feed. Raises UnreadableError naming the line, or what arXiv says of a wrong query."""
    check_tags(body)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as problem:
        raise UnreadableError(f"expected an Atom feed of the arXiv API: {shortened(str(problem))}") from None
    if root.tag != f"{{{_NAMES['a']}}}feed":
        root_named = shortened(str(root.tag))
        raise UnreadableError(f"expected an Atom feed of the arXiv API, found XML with the root {root_named!r}")
    elements = root.findall("a:entry", _NAMES)
    if len(elements) == 1 and "/api/errors" in (elements[0].findtext("a:id", "", _NAMES)):
        raise UnreadableError(f"arXiv refuses the query: {plain_text(elements[0].findtext('a:summary', '', _NAMES))}")
    total, start = (root.findtext(f"o:{name}", "", _NAMES).strip() for name in ("totalResults", "startIndex"))
    return Feed(
        total=len(elements) if (count := whole_number(total)) is None else count,
        start=whole_number(start) or 0,
        elements=elements,
    )


def read_feed(body: bytes, page: str) -> Entries:
    """The papers of an Atom feed. Raises UnreadableError as `feed_of` does."""
    feed = feed_of(body)
    for position, element in enumerate(feed.elements, feed.start):
        address = element.findtext("a:id", "", _NAMES).strip()
        title = plain_text(element.findtext("a:title", "", _NAMES))
        abstract = plain_text(element.findtext("a:summary", "", _NAMES))
        number = arxiv_id_in(address)
        if not title or number is None:
            yield Problem(
                f"entry {position}",
                f"expected an arXiv address and a title, found {shortened(address)!r} and {shortened(title)!r}",
            )
            continue
        names = (plain_text(name.text or "") for name in element.findall("a:author/a:name", _NAMES))
        yield _paper(
            title=title,
            abstract=abstract,
            number=number,
            published=day_in(element.findtext("a:published", "", _NAMES).strip()),
            authors=tuple(name for name in names if name),
            more=plain_text(element.findtext("{http://arxiv.org/schemas/atom}comment", "")),
            page=page,
            position=position,
        )


def is_abstract_page(text: str) -> bool:
    """Whether a page is of arxiv.org/abs."""
    return "citation_arxiv_id" in text


def read_abstract_page(text: str, page: str) -> Entries:
    """The paper of an arxiv.org/abs page. Raises UnreadableError when title, abstract or number are missing."""
    check_tags(text)
    soup = BeautifulSoup(text, "lxml")

    def metas(name: str) -> list[str]:
        return [plain_text(str(tag["content"])) for tag in soup.select(f'meta[name="{name}"][content]')]

    title, number = (next(iter(metas(f"citation_{name}")), "") for name in ("title", "arxiv_id"))
    block = soup.select_one("blockquote.abstract")
    for label in block.select("span.descriptor") if block else ():
        label.decompose()
    abstract = plain_text(block.get_text()) if block else next(iter(metas("citation_abstract")), "")
    if not (title and abstract and arxiv_id_in(number)):
        raise UnreadableError(
            "expected an arxiv.org abstract page with citation_title, citation_arxiv_id and an abstract, "
            f"found title {title[:60]!r}, number {shortened(number)!r}, {len(abstract)} characters of abstract"
        )
    yield _paper(
        title=title,
        abstract=abstract,
        number=arxiv_id_in(number) or "",
        published=_slashed_day(next(iter(metas("citation_date")), "")),
        authors=tuple(" ".join(reversed(name.split(", ", 1))) for name in metas("citation_author")),
        more="",
        page=page,
        position=0,
    )


def _paper(
    *,
    title: str,
    abstract: str,
    number: str,
    published: date | None,
    authors: tuple[str, ...],
    more: str,
    page: str,
    position: int,
) -> Paper:
    return Paper(
        paper_id=paper_id_for(title),
        title=title,
        abstract=abstract,
        arxiv_id=number,
        published=published,
        authors=authors,
        url=f"https://arxiv.org/abs/{number}",
        code_urls=code_urls_in(f"{abstract} {more}"),
        sources=(Source("arxiv", page, position, title=title),),
    )


def _slashed_day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y/%m/%d").date()
    except ValueError:
        return None
