"""Fields of application, from data/domains.toml: which of them a question names, and which papers are on them."""

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

import data
from index.phrases import Found, Phrases, within, words
from index.words import Words, tokens

_JOINING = ({"or"}, {"and"})  # words between two of them
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

    Those named one after the other as alternatives are one: papers are on either.

    >>> [d.name for d in domains("self-driving cars with VLMs")]
    ['vision-language models', 'driving']
    >>> [d.name for d in domains("video generation or video editing")]
    ['video generation or inpainting and editing']
    """
    phrases, places, known = _lexicon()
    written = words(text)
    found = list(phrases.find(written))
    across = [f for f in found if "or" in written[f.start : f.end]]
    whole = [f for f in found if f not in across]
    kept = [f for f in whole if not any(within(f, o) for o in whole)]
    kept += [f for f in across if not any(f.start in range(o.start, o.end) for o in whole)]
    stems: dict[int, set[str]] = {}
    for f in kept:
        stems.setdefault(places[f.phrase], set()).update(tokens(" ".join(written[f.start : f.end])))
    named = {place: replace(known[place], stems=frozenset(stems[place])) for place in sorted(stems)}
    for one, other in pairwise(sorted(kept, key=lambda f: f.start)):
        first, second = named[places[one.phrase]], named[places[other.phrase]]
        if first is not second and _alternatives(one, other, written):
            both = _either(first, second)
            named = {place: both if domain in (first, second) else domain for place, domain in named.items()}
    return list(dict.fromkeys(named.values()))


def _alternatives(one: Found, other: Found, written: list[str]) -> bool:
    if other.start < one.end:  # the first runs across the second: "generating or editing video"
        return "or" in written[one.start : other.start]
    return {*written[one.end : other.start]} in _JOINING


def _either(one: Domain, other: Domain) -> Domain:
    return Domain(
        f"{one.name} or {other.name}", one.stems | other.stems, one.has + other.has, f"{one.terms} {other.terms}"
    )


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
