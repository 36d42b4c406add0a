"""The technique families of data/techniques.toml and what their cues find in a text."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import data
from index.phrases import Phrases, exact, word_places, words

KINDS = ("alias", "broad", "method", "ambiguous", "strong", "weak", "title", "lay", "asked")
_OF_QUESTIONS, _OF_PAPERS = ("lay", "asked"), ("title",)  # kinds that are looked for in one of the two only


@dataclass(frozen=True, slots=True)
class Technique:
    """One family, as data/techniques.toml explains its fields."""

    technique_id: str
    name: str
    plain: str
    parent: str | None
    saves: tuple[str, ...]
    costs: str
    aliases: tuple[str, ...]
    broad: tuple[str, ...]
    methods: tuple[str, ...]
    ambiguous: tuple[str, ...]
    lay: tuple[str, ...]
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    title: tuple[str, ...] = ()
    phase: str | None = None
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase of the catalogue."""

    phrase: str
    family: int  # place in `techniques()`
    kind: str  # one of KINDS


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue in a text: words `start` to `end` (exclusive) of `index.phrases.words(text)`."""

    cue: Cue
    start: int
    end: int


@cache
def techniques() -> tuple[Technique, ...]:
    """All families in the order of the file."""
    found = []
    for key, row in data.table("techniques.toml").items():
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
        try:
            found.append(Technique(technique_id=key, **{**values, "parent": row["parent"] or None}))
        except (TypeError, KeyError) as error:
            raise ValueError(f"techniques.toml: [{key}] is not a family: {error}") from error
    return tuple(found)


@cache
def ids() -> tuple[str, ...]:
    """The ids of all families, in the order of `techniques()`."""
    return tuple(t.technique_id for t in techniques())


@cache
def technique(technique_id: str) -> Technique:
    """The family with this id. Raises KeyError when there is none."""
    for found in techniques():
        if found.technique_id == technique_id:
            return found
    raise KeyError(f"no technique {technique_id!r} in techniques.toml; there are {', '.join(ids())}")


@cache
def cues() -> tuple[Cue, ...]:
    """Every cue of every family."""
    found = []
    for number, family in enumerate(techniques()):
        listed = {
            "alias": family.aliases,
            "broad": family.broad,
            "method": tuple(exact(m) for m in family.methods),
            "ambiguous": tuple(f"={m}" for m in family.ambiguous),
            "strong": family.strong,
            "weak": family.weak,
            "title": family.title,
            "lay": family.lay,
            "asked": family.asked,
        }
        for kind in KINDS:
            found += [Cue(phrase, number, kind) for phrase in listed[kind]]
    return tuple(found)


@cache
def _compiled(lay: bool) -> tuple[Phrases, tuple[Cue, ...]]:
    chosen = tuple(c for c in cues() if c.kind not in (_OF_PAPERS if lay else _OF_QUESTIONS))
    return Phrases(c.phrase for c in chosen), chosen


def hits(tokens: Sequence[str], *, lay: bool = False) -> list[Hit]:
    """The cues in a text given as `index.phrases.words(text)`: a paper's, or with `lay` a question's.

    A name that is also a common word counts only when another cue of its family is in the same text. A cue within a
    longer cue of another family does not count: "token merging" says nothing of merging models.
    """
    phrases, chosen = _compiled(lay)
    found = [Hit(chosen[f.phrase], f.start, f.end) for f in phrases.find(list(tokens))]
    sure = {h.cue.family for h in found if h.cue.kind != "ambiguous"}
    kept = [h for h in found if h.cue.kind != "ambiguous" or h.cue.family in sure]
    covers: dict[int, list[Hit]] = defaultdict(list)
    for hit in kept:
        if hit.end - hit.start > 1 and hit.cue.kind not in ("weak", "broad") and "~" not in hit.cue.phrase:
            for place in range(hit.start, hit.end):
                covers[place].append(hit)
    return [h for h in kept if not any(_within(h, o) for o in covers[h.start])]


def _within(hit: Hit, other: Hit) -> bool:
    return other.cue.family != hit.cue.family and hit.end <= other.end and hit.end - hit.start < other.end - other.start


@cache
def _asked() -> Phrases:
    """Apart from the other phrases of questions, which take a tenth of a second and are not always needed."""
    return Phrases(c.phrase for c in cues() if c.kind == "asked")


def named_places(question: str) -> list[tuple[int, int]]:
    """Where a question names families in words that may be words of measuring or of hardware as well.

    >>> [slice(*place) for place in named_places("carbon aware scheduling")]
    [slice(0, 12, None)]
    """
    spans = word_places(question)
    found = {(f.start, f.end) for f in _asked().find(words(question))}
    return sorted((spans[first][0], spans[last - 1][1]) for first, last in found)


def hits_in(text: str, *, lay: bool = False) -> list[Hit]:
    """`hits` of a text."""
    return hits(words(text), lay=lay)
