"""Papers as BibTeX."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$", "&": r"\&",
    "%": r"\%", "#": r"\#", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def escaped(text: str) -> str:
    """Text that LaTeX sets as it is; with balanced braces, for BibTeX counts escaped ones too.

    >>> escaped("50% of $x$")
    '50\\\\% of \\\\$x\\\\$'
    """
    return "".join(_SPECIAL.get(c, c) for c in " ".join(text.split()))


def entry(paper: Mapping[str, Any]) -> str:
    """One entry from a row of `papers`; only what is known."""
    fields = {
        "title": f"{{{escaped(paper['title'])}}}",
        "author": " and ".join(f"{{{escaped(name)}}}" for name in paper["authors"]),
        "year": str(paper["published_year"] or ""),
        "eprint": paper["arxiv_id"] or "",
        "archivePrefix": "arXiv" if paper["arxiv_id"] else "",
        "url": re.sub(r"[{}\\s\\\\]", "", paper["url"] or ""),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(paper)},\n{lines}}}\n"


def _key(paper: Mapping[str, Any]) -> str:
    """Like larkspur2025-1a2b: the first word of the title, the year, and the start of the paper's id."""
    plain = unicodedata.normalize("NFKD", paper["title"]).encode("ascii", "ignore").decode().lower()
    word = next(iter(re.findall(r"[a-z]{3,}", plain)), "paper")
    return f"{word}{paper['published_year'] or ''}-{paper['paper_id'][:4]}"


def bibtex(base: "KnowledgeBase", papers: Iterable[str]) -> str:
    """Entries of papers, given by paper_id or arXiv id, each once, in the order of their titles."""
    query = (
        "SELECT * FROM papers WHERE paper_id IN (SELECT unnest($1)) OR arxiv_id IN (SELECT unnest($1)) "
        "ORDER BY title, paper_id"
    )
    return "\n".join(map(entry, base.rows(query, [list(papers)])))


def bibtex_of(base: "KnowledgeBase", name: str, *, where: str | None = None) -> str:
    """Entries of the papers in something that can be exported.

    Raises ValueError as `KnowledgeBase.export` does, and when its rows name no papers.
    """
    with TemporaryDirectory(prefix="claims-bibtex-") as folder:
        path = Path(folder) / "rows.jsonl"
        base.export(name, out=path, where=where)
        with path.open(encoding="utf-8") as rows:
            named = {row.get("paper_id") or row.get("arxiv_id") for row in map(json.loads, rows)} - {None}
    if not named:
        raise ValueError(f"the rows of {name} name no papers: it needs a column paper_id or arxiv_id that is not empty")
    return bibtex(base, sorted(named))
