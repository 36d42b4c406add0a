"""Full texts as arXiv and ar5iv show them, made by LaTeXML: sections, tables and captions.

Formulas carry their numbers twice; each is replaced by its LaTeX (`alttext`) between dollars, as in arXiv's abstracts.
Tables are laid out as a grid: a cell over several columns or rows stands in each of them; a table within a cell is that
cell's text. Footnotes, references and equations' own tables are left out.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag

from crawler.limits import MOST_CELLS, check_tags
from crawler.listing import UnreadableError, code_urls_in, plain_text, shortened, whole_number
from crawler.paper import Paper, Source, arxiv_id_in, paper_id_for

_LEFT_OUT = ".ltx_note, .ltx_bibliography, .ltx_equation, .ltx_equationgroup, .ltx_ERROR, script, style"
_SECTIONS = ("ltx_section", "ltx_subsection", "ltx_subsubsection", "ltx_appendix")


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its own paragraphs; its title names those above it too: "4 Results > 4.2 Speed"."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a grid of texts, rows of equal length, and its caption."""

    caption: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FullText:
    """A paper's text beyond its abstract."""

    arxiv_id: str
    title: str
    abstract: str
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]


def as_json(text: FullText) -> dict[str, Any]:
    """JSON-ready; `from_json` reads it back."""
    return asdict(text)


def from_json(row: dict[str, Any]) -> FullText:
    """The inverse of `as_json`."""
    return FullText(
        arxiv_id=row["arxiv_id"],
        title=row["title"],
        abstract=row["abstract"],
        sections=tuple(Section(s["title"], tuple(s["paragraphs"])) for s in row["sections"]),
        tables=tuple(Table(t["caption"], tuple(map(tuple, t["rows"]))) for t in row["tables"]),
    )


def looks_like(text: str) -> bool:
    """Whether a page is one of LaTeXML's documents."""
    return "ltx_document" in text


def read(text: str, *, arxiv_id: str | None = None) -> FullText:
    """Reads a page. `arxiv_id`: what was asked for, else what the page says.

    Raises UnreadableError when it is no LaTeXML document, has no number or no text.
    """
    check_tags(text)
    soup = BeautifulSoup(text, "lxml")
    document = soup.select_one("article.ltx_document")
    if document is None:
        shown = shortened(plain_text(soup.title.get_text())) if soup.title else plain_text(soup.get_text())[:60]
        raise UnreadableError(f"expected a LaTeXML document (article.ltx_document), found a page {shown!r}")
    number = arxiv_id or _number(soup)
    if number is None:
        raise UnreadableError("expected an arXiv number in a canonical link or the page's title, found none")
    for formula in document.find_all("math"):
        written = formula.get("alttext")
        formula.replace_with(f"${written}$" if written else plain_text(formula.get_text(" ")))
    tables = tuple(_tables(document))
    for extra in document.select(_LEFT_OUT):
        extra.decompose()
    sections = tuple(section for section in _sections(document) if section.paragraphs)
    if not sections:
        raise UnreadableError(f"expected sections with paragraphs, found none in {len(text)} characters")
    title = document.select_one(".ltx_title_document")
    abstract = document.select_one(".ltx_abstract")
    paragraphs = abstract.select("p.ltx_p") if abstract else []
    return FullText(
        arxiv_id=number,
        title=_untagged(title) if title else "",
        abstract=" ".join(plain_text(p.get_text()) for p in paragraphs),
        sections=sections,
        tables=tables,
    )


def paper_of(text: FullText, page: str) -> Paper | None:
    """The paper whose text it is, as far as the page tells; None without title or abstract."""
    if not text.title or not text.abstract:
        return None
    return Paper(
        paper_id=paper_id_for(text.title),
        title=text.title,
        abstract=text.abstract,
        arxiv_id=text.arxiv_id,
        url=f"https://arxiv.org/abs/{text.arxiv_id}",
        code_urls=code_urls_in(text.abstract),
        sources=(Source("arxiv", page, 0, title=text.title),),
    )


def _number(soup: BeautifulSoup) -> str | None:
    links = [str(link["href"]) for link in soup.select('link[rel="canonical"][href], base[href]')]
    title = soup.title.get_text() if soup.title else ""
    return next((number for said in (*links, title) if (number := arxiv_id_in(said))), None)


def _sections(document: Tag) -> Iterator[Section]:
    for section in document.select(", ".join(f"section.{name}" for name in _SECTIONS)):
        own = [
            text
            for paragraph in section.select("p.ltx_p")
            if paragraph.find_parent("section") is section
            and paragraph.find_parent(["figure", "table"]) is None
            and (text := plain_text(paragraph.get_text()))
        ]
        above = [parent for parent in section.find_parents("section") if isinstance(parent, Tag)]
        yield Section(" > ".join(_heading(s) for s in (*reversed(above), section)), tuple(own))


def _heading(section: Tag) -> str:
    heading = section.find(["h2", "h3", "h4", "h5", "h6"], class_="ltx_title", recursive=False)
    return plain_text(heading.get_text()) if isinstance(heading, Tag) else ""


def _untagged(heading: Tag) -> str:
    for tag in heading.select(".ltx_tag, .ltx_note"):
        tag.decompose()
    return plain_text(heading.get_text())


def _tables(document: Tag) -> Iterator[Table]:
    for figure in document.select("figure.ltx_table"):
        if figure.find_parent("figure", class_="ltx_table"):
            continue
        caption = figure.select_one("figcaption")
        tabulars = [t for t in figure.select(".ltx_tabular") if t.find_parent(class_="ltx_tabular") is None]
        said = plain_text(caption.get_text()) if caption else ""
        yield from (Table(said, rows) for t in tabulars if (rows := grid(t)))


def grid(tabular: Tag) -> tuple[tuple[str, ...], ...]:
    """The cells of one table, without those of tables within its cells, spans filled out, rows made equally long.

    Empty where it is larger than any table that is read (limits.MOST_CELLS).
    """
    rows = [
        row
        for row in tabular.select("tr, .ltx_tr")
        if row.find_parent(lambda tag: tag.name == "table" or "ltx_tabular" in (tag.get("class") or [])) is tabular
    ]
    laid: list[dict[int, str]] = [{} for _ in rows]
    filled = 0
    for down, row in enumerate(rows):
        across = 0
        for cell in row.find_all(lambda tag: tag.name in ("td", "th") or "ltx_td" in (tag.get("class") or [])):
            if cell.find_parent(lambda tag: tag.name == "tr" or "ltx_tr" in (tag.get("class") or [])) is not row:
                continue
            while across in laid[down]:
                across += 1
            text = plain_text(cell.get_text(" "))
            filled += _span(cell, "rowspan") * _span(cell, "colspan")
            if filled > MOST_CELLS:
                return ()
            for lower in laid[down : down + _span(cell, "rowspan")]:
                for place in range(across, across + _span(cell, "colspan")):
                    lower.setdefault(place, text)
            across += _span(cell, "colspan")
    width = max((max(row) + 1 for row in laid if row), default=0)
    if width * len(laid) > MOST_CELLS:
        return ()
    return tuple(tuple(row.get(place, "") for place in range(width)) for row in laid if row)


def _span(cell: Tag, name: str) -> int:
    # A span beyond any real table would only fill memory.
    return min(max(whole_number(str(cell.get(name, "1"))) or 1, 1), 200)
