"""What the words of a paper, alone and in pairs, say of its technique families: a network with one hidden layer.

Its hidden units look at every known word and pair of words, those of the title apart, each weighed by TF-IDF (Spärck
Jones, 1972) and the whole brought to length one, and at the paper's meaning (see `index.family_model`). Its scores are
added to those of the regressions there.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from extract.linear import packed_columns
from index.phrases import plain, words

Floats = NDArray[np.float32]
REACH = 4.0  # how much longer than one the vector of words is made, so that it weighs as much as the meaning
TITLE, ABSTRACT = "t:", "a:"  # what a gram of either begins with


@lru_cache(maxsize=100_000)
def _form(word: str) -> str:
    return plain(word) if word[0].isalnum() else ""


def grams(title: str, abstract: str) -> Counter[str]:
    """The words of a paper and the pairs that follow one another, in their plain form, and how often they are there.

    Those of the title are counted apart; its single words are counted with the abstract's as well.

    >>> sorted(grams("Pruned nets", "Fast."))
    ['a:fast', 'a:net', 'a:pruned', 't:net', 't:pruned', 't:pruned net']
    """
    found: Counter[str] = Counter()
    for start, text in ((TITLE, title), (ABSTRACT, abstract)):
        before = ""
        for form in map(_form, words(text)):
            if form:
                found[start + form] += 1
                if before:
                    found[f"{start}{before} {form}"] += 1
                if start == TITLE:
                    found[ABSTRACT + form] += 1
            before = form
    return found


class Vocabulary:
    """The grams that a network knows and their places, ready to be counted in texts."""

    def __init__(self, known: Sequence[str]) -> None:
        self._places = {gram: i for i, gram in enumerate(known)}
        # The same by words, for speed: words that follow a word, and where both stand.
        self._alone: dict[str, dict[str, int]] = {TITLE: {}, ABSTRACT: {}}
        self._after: dict[str, dict[str, dict[str, int]]] = {TITLE: {}, ABSTRACT: {}}
        for place, gram in enumerate(known):
            start, form = gram[: len(TITLE)], gram[len(TITLE) :]
            before, _, last = form.rpartition(" ")
            if before:
                self._after[start].setdefault(before, {})[last] = place
            else:
                self._alone[start][form] = place

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def counted(self, title: str, abstract: str) -> dict[int, int]:
        """Places of the known grams of a paper and how often each is there: `grams` without those unknown."""
        found: dict[int, int] = {}
        for start, text in ((TITLE, title), (ABSTRACT, abstract)):
            alone, after, nothing = self._alone[start], self._after[start], dict[str, int]()
            following = nothing
            for form in map(_form, words(text)):
                for place in (
                    alone.get(form),
                    following.get(form),
                    self._alone[ABSTRACT].get(form) if start == TITLE else None,
                ):
                    if place is not None:
                        found[place] = found.get(place, 0) + 1
                following = after.get(form, nothing)
        return found

    def known(self, found: Mapping[str, int]) -> dict[int, int]:
        """The same of grams that were counted already."""
        return {self._places[gram]: count for gram, count in found.items() if gram in self._places}


def weighed(found: Mapping[int, int], rarity: Floats) -> tuple[list[int], Floats]:
    """Places of grams, in order, and float32 weights of length REACH together (none for a paper without any)."""
    at = sorted(found)
    weights = rarity[at] * np.array([1 + math.log(found[place]) for place in at], dtype=np.float32)
    length = float(np.sqrt((weights**2).sum()))
    return at, (weights * (REACH / length) if length else weights).astype(np.float32)


def rarity(counts: Iterable[int], papers: int) -> Floats:
    """float32: the inverse document frequency of grams that so many of the papers hold."""
    return np.log(papers / np.array(list(counts), dtype=np.float32))


@dataclass(frozen=True, slots=True)
class WordNet:
    """rarity float32 (grams,); embedding (grams, units); meaning (width, units); bias (units,);
    out (units, families); offset (families,); share: how much of the regressions' scores is kept."""

    vocabulary: Vocabulary
    rarity: Floats
    embedding: Floats
    meaning: Floats
    bias: Floats
    out: Floats
    offset: Floats
    share: float

    def scores(self, title: str, abstract: str, meaning: NDArray[np.floating]) -> Floats:
        """float32 (families,), to be added to the regressions' times `share`."""
        return self.scores_of(self.vocabulary.counted(title, abstract), meaning)

    def scores_of(self, found: Mapping[int, int], meaning: NDArray[np.floating]) -> Floats:
        """The same for grams that were counted already (see `Vocabulary`)."""
        at, weights = weighed(found, self.rarity)
        units = weights @ self.embedding[at] + meaning.astype(np.float32) @ self.meaning + self.bias
        scores: Floats = np.maximum(units, 0) @ self.out + self.offset
        return scores


def stored(net: WordNet) -> dict[str, NDArray[np.generic]]:
    """The arrays of a network as they are kept, the largest as whole numbers of eight bits; grams are kept beside.

    All in row order: safetensors writes the bytes as they lie, whatever their order.
    """
    embedding, scale = packed_columns(net.embedding)
    arrays = {
        "words.rarity": net.rarity.astype(np.float16),
        "words.embedding": embedding,
        "words.scale": scale,
        "words.meaning": net.meaning.astype(np.float16),
        "words.bias": net.bias,
        "words.out": net.out,
        "words.offset": net.offset,
        "words.share": np.array([net.share], dtype=np.float32),
    }
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def read(grams_in_order: Sequence[str], arrays: Mapping[str, NDArray[np.generic]]) -> WordNet:
    """The network from its stored form. Raises ValueError when grams and arrays are of different lengths."""
    whole = {
        name.removeprefix("words."): a.astype(np.float32) for name, a in arrays.items() if name.startswith("words.")
    }
    if len(grams_in_order) != len(whole["rarity"]):
        raise ValueError(
            f"data/family_words.json has {len(grams_in_order)} grams, data/families.safetensors weights for "
            f"{len(whole['rarity'])}; learn again with: python -m index.learn.families"
        )
    return WordNet(
        Vocabulary(grams_in_order),
        whole["rarity"],
        whole["embedding"] * whole["scale"],
        whole["meaning"],
        whole["bias"],
        whole["out"],
        whole["offset"],
        float(whole["share"][0]),
    )
