"""Fields of application, from data/domains.toml: which of them a question names, and which papers are on them."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

import data
from index.phrases import Phrases, words
from index.words import Words, tokens

USUAL = 2  # so many of the first wordings are added to a question


@dataclass(frozen=True, slots=True)
class Domain:
    """`stems` are those of the question's words that name it; `has` lists of stems, all of one of which a paper has.

    `terms` are the usual words of papers for it.
    """

    name: str
    stems: frozenset[str]
    has: tuple[tuple[str, ...], ...]
    terms: str


@cache
def _lexicon() -> tuple[Phrases, tuple[int, ...], tuple[Domain, ...]]:
    rows = data.table("domains.toml")["domain"]
    said = [(phrase, place) for place, row in enumerate(rows) for phrase in row["says"]]
    known = tuple(
        Domain(
            row["name"], frozenset(), tuple(tuple(tokens(line)) for line in row["has"]), " ".join(row["has"][:USUAL])
        )
        for row in rows
    )
    return Phrases(phrase for phrase, _ in said), tuple(place for _, place in said), known


def domains(text: str) -> list[Domain]:
    """The fields of application that a text names, in the order of the file; within a longer name no shorter one.

    >>> [d.name for d in domains("self-driving cars and VLMs")]
    ['vision-language models', 'driving']
    """
    phrases, places, known = _lexicon()
    written = words(text)
    found = list(phrases.find(written))
    kept = [
        f
        for f in found
        if not any(o.start <= f.start and f.end <= o.end and o.end - o.start > f.end - f.start for o in found)
    ]
    stems: dict[int, set[str]] = {}
    for f in kept:
        stems.setdefault(places[f.phrase], set()).update(tokens(" ".join(written[f.start : f.end])))
    return [replace(known[place], stems=frozenset(stems[place])) for place in sorted(stems)]


def papers_on(domain: Domain, words: Words, papers: int) -> NDArray[np.int32]:
    """The numbers of the papers on a domain, of so many in all, in order and each once."""
    found = np.zeros(papers, np.bool_)
    for line in domain.has:
        having, *others = sorted((words.papers_with(stem) for stem in line), key=len)
        for other in others:
            both = np.zeros(papers, np.bool_)
            both[other] = True
            having = having[both[having]]
        found[having] = True
    return np.flatnonzero(found).astype(np.int32)
