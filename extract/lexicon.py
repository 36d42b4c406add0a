"""Word lists matched over words: which phrases for measures (data/metrics.toml) and which cues (data/cues.toml) a
text holds.

Plain functions; matching walks a trie over lower-case words with hyphens skipped and plural endings taken off.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import data

WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[^\s\w]|_")


@cache
def words(name: str) -> frozenset[str]:
    """A closed class of words from data/words.toml. Raises KeyError for a name that it lacks."""
    return frozenset(data.table("words.toml")[name])


@dataclass(slots=True)
class Phrase:
    """A phrase found in a list of words: `first` and `end` count words."""

    first: int
    end: int
    cls: str  # a metric ("speed") or a class of cue ("down")
    strong: bool = True


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A lower-case word without its plural ending.

    >>> [stem(w) for w in ("latencies", "gains", "loss", "bus")]
    ['latency', 'gain', 'loss', 'bus']
    """
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        if word.endswith("ies") and len(word) > 4:
            return word[:-3] + "y"
        return word[:-1]
    return word


def _insert(trie: dict[str, Any], phrase: str, cls: str, strong: bool) -> None:
    node = trie
    for word in WORD.findall(phrase.lower().replace("-", " ")):
        node = node.setdefault(stem(word), {})
    found = node.setdefault("", [])
    if (cls, strong) not in found:
        found.append((cls, strong))


@cache
def metric_trie() -> dict[str, Any]:
    trie: dict[str, Any] = {}
    for metric, entry in data.table("metrics.toml").items():
        if metric != "capital":
            for strength in ("strong", "weak"):
                for phrase in entry.get(strength, ()):
                    _insert(trie, phrase, metric, strength == "strong")
    return trie


@cache
def cue_trie() -> dict[str, Any]:
    trie: dict[str, Any] = {}
    for cls, entry in data.table("cues.toml").items():
        for phrase in entry["words"]:
            _insert(trie, phrase, cls, True)
    return trie


@cache
def _capital() -> frozenset[str]:
    return frozenset(stem(w) for w in data.table("metrics.toml")["capital"])


def phrases(
    words: list[str], stems: list[str], trie: dict[str, Any], *, capital: bool = False, longest: bool = True
) -> list[Phrase]:
    """All phrases of the trie in a list of words; with `longest` only the longest that begins at each place.

    `words` as written, `stems` their stems ("" for words that no phrase may touch, hyphens included).
    With `capital`, short names that are also common words count only when written with a capital letter.
    """
    out: list[Phrase] = []
    count = len(stems)
    for first in [i for i, word in enumerate(stems) if word and word in trie]:
        node = trie[stems[first]]
        best, at = None, first + 1
        place = first + 1
        while True:
            if "" in node:
                if best is not None and not longest:
                    out.extend(Phrase(first, at, cls, strong) for cls, strong in best)
                best, at = node[""], place
            while place < count and words[place] == "-":
                place += 1
            if place >= count or not stems[place]:
                break
            node = node.get(stems[place])
            if node is None:
                break
            place += 1
        if best is None:
            continue
        if capital and at == first + 1 and stems[first] in _capital() and words[first].islower():
            continue
        out.extend(Phrase(first, at, cls, strong) for cls, strong in best)
    return out
