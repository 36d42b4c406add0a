"""Names as papers write them, searched all at once: a million claims have a hundred thousand baselines."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

_NO_LETTER = re.compile(r"[\W_]+")
_NO_LETTER_IN_LINE = re.compile(r"[^\w\n]+|_+")


def squeezed(text: str) -> str:
    """A name without its case, spaces and hyphens.

    >>> squeezed("Flash-Attention 2")
    'flashattention2'
    """
    return _NO_LETTER.sub("", text.casefold())


class Names:
    """A list of names, one a line of two long texts: as written, and squeezed."""

    def __init__(self, names: Sequence[str]) -> None:
        lines = [name.replace("\n", " ") for name in names]
        self._count = len(lines)
        self._written = "\n".join(lines)
        self._squeezed = _NO_LETTER_IN_LINE.sub("", self._written.casefold())
        self._starts = _starts(lines)
        self._squeezed_starts = _starts(self._squeezed.split("\n"))

    def holding(self, parts: Iterable[str], words: Iterable[str] = ()) -> NDArray[np.bool_]:
        """bool (names,): names that hold one of the parts, squeezed both, or that have one of the words, as written."""
        found = np.zeros(self._count, np.bool_)
        for part in filter(None, parts):
            for line, name in _lines_with(part, self._squeezed, self._squeezed_starts):
                found[line] |= has_part(name, part)
        for word in filter(None, words):
            for line, name in _lines_with(word, self._written, self._starts):
                found[line] |= has_word(name, word)
        return found


def has_part(name: str, part: str) -> bool:
    """Whether a squeezed name holds a part, and not only its opposite.

    >>> has_part("ardecoding", "ar"), has_part("nonautoregressive", "autoregressive")
    (True, False)
    """
    return part in name.replace(f"non{part}", "")


def has_word(text: str, word: str) -> bool:
    r"""Whether letters stand in a text as a word of their own: `\bword\b` of a regular expression.

    >>> has_word("an FFT of", "FFT"), has_word("FFTs", "FFT")
    (True, False)
    """
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(word) : at + len(word) + 1]
        if not any(side.isalnum() or side == "_" for side in (before, after)):
            return True
        at = text.find(word, at + 1)
    return False


def _lines_with(part: str, text: str, starts: list[int]) -> Iterator[tuple[int, str]]:
    """Number and words of the lines that hold a part. A search of the whole text is a thousand searches at once."""
    at = text.find(part)
    while at >= 0:
        line = bisect_right(starts, at) - 1
        end = starts[line + 1] - 1 if line + 1 < len(starts) else len(text)
        yield line, text[starts[line] : end]
        at = text.find(part, end)


def _starts(lines: Iterable[str]) -> list[int]:
    """Where each line begins in the text of them all."""
    return [0, *accumulate(len(line) + 1 for line in lines)][:-1]
