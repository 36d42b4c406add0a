"""Everyday words of a question and the field's words for them, from data/lay_words.toml."""

from functools import cache

import data
from index.phrases import Phrases, words


@cache
def _lexicon() -> tuple[Phrases, tuple[str, ...]]:
    said: list[tuple[str, str]] = []
    for entry in data.table("lay_words.toml")["word"]:
        said += [(phrase, entry["means"]) for phrase in entry["says"]]
    return Phrases(phrase for phrase, _ in said), tuple(means for _, means in said)


def meanings(question: str) -> list[str]:
    """The field's words for what the question says in everyday words, each once, in the order of the question.

    >>> meanings("make the picture sharper on my phone")
    ['image', 'mobile edge embedded on-device resource-constrained microcontroller']
    """
    phrases, means = _lexicon()
    found = sorted(phrases.find(words(question)), key=lambda f: (f.start, -f.end))
    return list(dict.fromkeys(means[f.phrase] for f in found))


def in_terms(question: str) -> str:
    """The question followed by the field's words for its everyday words; unchanged when it has none."""
    return " ".join([question, *meanings(question)])
