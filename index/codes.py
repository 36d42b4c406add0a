"""Columns of words that repeat, as small numbers: a million are compared in microseconds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of words that repeat, as numbers into `words`; -1 where there is none."""

    words: tuple[str, ...]
    numbers: NDArray[np.signedinteger]  # of the smallest type that will do

    def among(self, wanted: Callable[[str], bool]) -> Mask:
        """Rows whose word is wanted; each different word is asked about once. Rows without a word are not."""
        return self.chosen(np.fromiter(map(wanted, self.words), np.bool_, len(self.words)))

    def chosen(self, words: Mask) -> Mask:
        """Rows whose word is chosen: `words` is bool (words,). Rows without a word are not."""
        found: Mask = np.append(words, False)[self.numbers]
        return found

    def equal(self, word: str) -> Mask:
        """Rows that hold this word."""
        found: Mask = self.numbers == (self.words.index(word) if word in self.words else -2)
        return found

    def taken(self, rows: NDArray[np.integer] | Mask) -> "Codes":
        """The column of these rows."""
        return Codes(self.words, self.numbers[rows])


def smallest(words: Sequence[str]) -> np.dtype[np.signedinteger]:
    """The smallest type that holds -1 and the numbers of all words."""
    return np.min_scalar_type(-len(words) - 1)


def joined(one: Codes, other: Codes) -> Codes:
    """The rows of one column and then those of another.

    >>> joined(Codes(("x",), np.array([0, -1])), Codes(("%", "x"), np.array([1, 0]))).words
    ('x', '%')
    """
    words = tuple(dict.fromkeys([*one.words, *other.words]))
    place = {word: number for number, word in enumerate(words)}
    moved = np.array([*(place[word] for word in other.words), -1], smallest(words))  # the last, for -1, is itself -1
    return Codes(words, np.concatenate([one.numbers.astype(smallest(words)), moved[other.numbers]]))
