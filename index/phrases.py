"""Finds the phrases of a lexicon in text, many thousand phrases in one pass over the words.

A phrase is words with a little grammar, as data/techniques.toml explains: `prun*` any word that begins so, `a|b` either
word, `~` up to three words of the same sentence, `=Wanda` this spelling. Hyphens, case, plural s and -ise/-ize make
no difference.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Protocol

GAP = 3
_WORD = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?|[.;:?!](?=\s|$)")
_BREAKS = frozenset(".;:?!")
_ISE = re.compile(r"is(e|ed|er|ing|ation|able)$")


def words(text: str) -> list[str]:
    """Words and numbers as written, sentence ends as "." among them.

    >>> words("KV-cache at 1.58 bits. Fast!")
    ['KV', 'cache', 'at', '1.58', 'bits', '.', 'Fast', '.']
    """
    return ["." if w in _BREAKS else w for w in _WORD.findall(text)]


def word_places(text: str) -> list[tuple[int, int]]:
    """Where each of `words` stands.

    >>> word_places("4 bit")
    [(0, 1), (2, 5)]
    """
    return [match.span() for match in _WORD.finditer(text)]


def plain(word: str) -> str:
    """The form under which a word is compared: lower case, singular, -ize.

    >>> [plain(w) for w in ("Networks", "queries", "quantised", "loss", "FPGAs")]
    ['network', 'query', 'quantized', 'loss', 'fpga']
    """
    low = word.lower()
    if len(low) > 4 and low.endswith("ies"):
        low = low[:-3] + "y"
    elif len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is")):
        low = low[:-1]
    return _ISE.sub(r"iz\1", low)


def spelled(word: str) -> str:
    """The form of a name that is compared with its case: without the plural s after a capital."""
    return word[:-1] if len(word) > 2 and word.endswith("s") and word[-2].isupper() else word


def exact(name: str) -> str:
    """A method's name as a phrase: its words of at most five letters keep their case when they have capitals.

    >>> exact("SmoothQuant"), exact("AWQ"), exact("Mixture-of-Depths")
    ('SmoothQuant', '=AWQ', 'Mixture of =Depths')
    """
    parts = (w for w in words(name) if w != ".")
    return " ".join(f"={spelled(w)}" if len(w) <= 6 and w != w.lower() and w.isalpha() else w for w in parts)


@dataclass(slots=True)
class _Node:
    edges: dict[str, "_Node"] = field(default_factory=dict)
    after_gap: "_Node | None" = None
    ends: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """Phrase number `phrase` covers words `start` to `end` (exclusive) of the list that was searched."""

    phrase: int
    start: int
    end: int


class Span(Protocol):
    """Anything that covers words `start` to `end` (exclusive)."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def within(shorter: Span, longer: Span) -> bool:
    """Whether one is a part of the other, and not all of it."""
    inside = longer.start <= shorter.start and shorter.end <= longer.end
    return inside and longer.end - longer.start > shorter.end - shorter.start


class Phrases:
    """A compiled list of phrases. Raises ValueError for a phrase that has no word or begins or ends with a gap."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._root = _Node()
        self._prefixes: set[str] = set()
        self._known: set[str] = set()
        self._keys: dict[str, tuple[str, ...]] = {".": ()}
        for number, phrase in enumerate(phrases):
            self._add(phrase, number)

    def _add(self, phrase: str, number: int) -> None:
        parts = phrase.split()
        if not parts or parts[0] == "~" or parts[-1] == "~":
            raise ValueError(f"{phrase!r} is no phrase: it needs words at both ends")
        choices = [
            ["~"] if part == "~" else [key for word in part.split("|") for key in self._key(word)] for part in parts
        ]
        if any(not c for c in choices):
            raise ValueError(f"{phrase!r} is no phrase: {parts} has a part without letters or digits")
        for chain in product(*choices):
            node = self._root
            for key in chain:
                if key == "~":
                    node.after_gap = node.after_gap or _Node()
                    node = node.after_gap
                    continue
                for step in key.split("\t"):
                    node = node.edges.setdefault(step, _Node())
            node.ends.append(number)

    def _key(self, part: str) -> list[str]:
        """The edges for one word of a phrase; a hyphenated word gives several in a row, joined by tabs."""
        if part.startswith("="):
            keys = [f"={spelled(w)}" for w in words(part[1:])]
        elif part.endswith("*"):
            start = part[:-1].lower()
            starts = [start, f"{start[:-1]}z"] if start.endswith("is") else [start]  # customis* finds "customized"
            self._prefixes.update(starts)
            self._known.update(f"{s}*" for s in starts)
            return [f"{s}*" for s in starts]
        else:
            keys = [plain(w) for w in words(part) if w != "."]
        self._known.update(keys)
        return ["\t".join(keys)] if keys else []

    def keys(self, word: str) -> tuple[str, ...]:
        """The edges that a word of a text can follow."""
        found = self._keys.get(word)
        if found is None:
            norm = plain(word)
            all_keys = [norm, f"={spelled(word)}"]
            all_keys += [f"{norm[:n]}*" for n in range(2, len(norm) + 1) if norm[:n] in self._prefixes]
            found = tuple(k for k in all_keys if k in self._known)
            if len(self._keys) < 500_000:
                self._keys[word] = found
        return found

    def find(self, tokens: list[str]) -> Iterator[Found]:
        """Every phrase in the words of a text, as `words` gives them; overlaps included, sentence ends not crossed."""
        keys = [self.keys(t) for t in tokens]
        for start, first in enumerate(keys):
            for key in first:
                node = self._root.edges.get(key)
                if node is not None:
                    yield from self._walk(node, keys, tokens, start, start + 1)

    def _walk(
        self, node: _Node, keys: list[tuple[str, ...]], tokens: list[str], start: int, at: int
    ) -> Iterator[Found]:
        for number in node.ends:
            yield Found(number, start, at)
        if node.edges and at < len(keys):
            for key in keys[at]:
                follower = node.edges.get(key)
                if follower is not None:
                    yield from self._walk(follower, keys, tokens, start, at + 1)
        if node.after_gap is not None:
            for skip in range(GAP + 1):
                here = at + skip
                if here >= len(keys) or tokens[here] == ".":
                    break
                for key in keys[here]:
                    follower = node.after_gap.edges.get(key)
                    if follower is not None:
                        yield from self._walk(follower, keys, tokens, start, here + 1)
