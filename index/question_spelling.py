"""Mends the spelling of a question: words that its lexicons know, and words of number where a number must stand."""

import re
from difflib import get_close_matches
from functools import cache

import data
from index import question_words as lexicon
from index.spelling import is_common, mended

NEAR = 0.72  # difflib's ratio, where the words around say that a number is meant
_LETTERS = re.compile(r"(?<![\w-])[A-Za-z]{5,}(?![\w-])")


@cache
def _vocabulary() -> frozenset[str]:
    """Words that misspelt ones are mended with: those of questions, and names of hardware."""
    names: set[str] = set()
    table = data.table("hardware.toml")
    for row in [*table["class"], *table["vendor"], *table["series"]]:
        for written in [row["name"], *row.get("aliases", ()), *row.get("question_aliases", ())]:
            names.update(w.lower() for w in re.findall(r"[A-Za-z]+", written) if len(w) >= 5)
    return lexicon.vocabulary() | names


@cache
def _everyday() -> frozenset[str]:
    """The same with words of topics and of talk, which a name might be near to: for words that are written as none."""
    return _vocabulary() | frozenset(lexicon.table()["misspelt"]["common"])


@cache
def _slots() -> tuple[tuple[re.Pattern[str], tuple[str, ...], bool], ...]:
    """Places where a word of number must stand, with the words that may, and whether common words are such too."""
    return tuple(
        (re.compile(row["find"], re.I), tuple(row["words"]), row.get("common", False))
        for row in lexicon.table()["misspelt"]["slot"]
    )


def _numbers(question: str) -> str:
    """The question with misspelt words of number mended, as in "a fith of the memory"."""
    for place, known, common in _slots():

        def mend(match: re.Match[str], known: tuple[str, ...] = known, common: bool = common) -> str:
            word = match["word"].lower()
            if word in known or (not common and is_common(word)):
                return match.group()
            near = next(iter(get_close_matches(word, known, n=1, cutoff=NEAR)), match["word"])
            start, end = (place - match.start() for place in match.span("word"))
            return match.group()[:start] + near + match.group()[end:]

        question = place.sub(mend, question)
    return question


def spelt(question: str) -> str:
    """The question with misspelt words mended, everything else as it was.

    >>> spelt("a speeduo on Jetsen boards")
    'a speedup on jetson boards'
    >>> spelt("a fith of the memory")
    'a fifth of the memory'
    >>> spelt("recomputing activations")
    'recomputing activations'
    """

    def mend(match: re.Match[str]) -> str:
        word = match.group()
        if word[1:] != word[1:].lower():
            return word
        near = mended(word, _vocabulary() if word[0].isupper() and match.start() else _everyday())[0]
        return word if word.endswith(near) else near  # "recomputing" is no misspelt "computing"

    return _LETTERS.sub(mend, _numbers(question))
