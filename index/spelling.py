"""Mends misspelt words of a question with the words that the lexicons know."""

import json
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

import data
from index.phrases import plain, words

SHORTEST = 5  # letters; shorter words have too many neighbours
NEAR = 0.82  # difflib's ratio


@cache
def _common() -> frozenset[str]:
    """Words that the fast encoder's corpus has often: they are spelt as meant. Empty when there is no table."""
    try:
        tokens = json.loads(data.text("encoder/tokenizer.json"))["model"]["vocab"]
    except FileNotFoundError:
        return frozenset()
    return frozenset(t for t in tokens if t.isalpha())


def is_common(word: str) -> bool:
    """Whether a word, in lower case, is one that papers have often."""
    return word in _common()


def mended(text: str, known: Iterable[str]) -> list[str]:
    """The words of the text, each unknown one of five letters or more replaced by the nearest known word, if any.

    `known` are plain forms (`index.phrases.plain`).

    >>> mended("quantizaton of transfromers", {"quantization", "transformer"})
    ['quantization', 'of', 'transformer']
    """
    vocabulary = frozenset(known)
    found = []
    for word in words(text):
        form = plain(word)
        mend = word
        if len(word) >= SHORTEST and form not in vocabulary and form not in _common() and word.lower() not in _common():
            mend = next(iter(get_close_matches(form, vocabulary, n=1, cutoff=NEAR)), word)
        found.append(mend)
    return found
