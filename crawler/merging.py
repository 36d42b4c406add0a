"""Many entries, one paper: what is taken from which when a paper was seen in several places."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from crawler.paper import Paper

T = TypeVar("T")

# arXiv keeps the LaTeX of an abstract, the daily-papers site strips it, dumps of pages come last.
_KINDS = ("arxiv", "api", "html", "text", "corpus")
_DAMAGE = re.compile(r"\d(?:times|uparrow|downarrow|pm|sim|approx)\b|\b(?:sim|approx|leq|geq|times)(?=\d)")
_WHOLE = 0.6  # an abstract shorter than this part of the longest one is a cut one


def damage(abstract: str) -> int:
    r"""How many marks of stripped LaTeX a text bears.

    >>> damage("1.45times faster at sim2 GB"), damage(r"$1.45\times$ faster"), damage("2 times faster")
    (2, 0, 0)
    """
    return len(_DAMAGE.findall(abstract))


def merged(paper_id: str, entries: Sequence[Paper]) -> Paper:
    """One paper from its entries, given in the order in which they were read; each has one source.

    Text and names come from the best entry that has them: least damaged, then arXiv before the other sites, then the
    day listed last, then the entry read last. `listed` is the first day, votes are the most that were seen.
    """
    if len(entries) == 1:  # most papers: nothing to weigh
        (paper,) = entries
        return replace(paper, paper_id=paper_id, author_count=len(paper.authors) or paper.author_count)
    latest_first = entries[::-1]
    best_first = sorted(
        latest_first, key=lambda p: (damage(p.abstract), _KINDS.index(p.sources[0].kind), -_ordinal(p.listed))
    )
    longest = max(len(p.abstract) for p in entries)
    text = next(p for p in best_first if len(p.abstract) >= _WHOLE * longest)
    authors = max((p.authors for p in best_first), key=len)
    return Paper(
        paper_id=paper_id,
        title=text.title,
        abstract=text.abstract,
        arxiv_id=_first(p.arxiv_id for p in best_first),
        published=_first(p.published for p in best_first),
        listed=min((p.listed for p in entries if p.listed), default=None),
        authors=authors,
        author_count=len(authors) or _first(p.author_count for p in best_first),
        organisation=_first(p.organisation for p in best_first),
        url=_first(p.url for p in best_first),
        code_urls=tuple(dict.fromkeys(url for p in best_first for url in p.code_urls)),
        upvotes=max((p.upvotes for p in entries if p.upvotes is not None), default=None),
        sources=tuple(source for p in entries for source in p.sources),
    )


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0
