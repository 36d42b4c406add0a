"""Everyday words of a question and the field's words for them, from data/lay_words.toml."""

from functools import cache

import data
from index.phrases import Phrases, words


@cache
def _lexicon() -> tuple[Phrases, tuple[tuple[str, bool], ...]]:
    said: list[tuple[str, str, bool]] = []
    for entry in data.table("lay_words.toml")["word"]:
        said += [(phrase, entry["means"], entry.get("measure", False)) for phrase in entry["says"]]
    return Phrases(phrase for phrase, _, _ in said), tuple((means, measure) for _, means, measure in said)


def meanings(question: str, *, measures: bool = True) -> list[str]:
    """The field's words for what the question says in everyday words, each once, in the order of the question.

    Without `measures` only those that tell of a technique or a topic, not of what is saved or where.

    >>> meanings("make the picture sharper on my phone")
    ['image', 'mobile edge embedded on-device resource-constrained microcontroller']
    """
    phrases, means = _lexicon()
    found = sorted(phrases.find(words(question)), key=lambda f: (f.start, -f.end))
    return list(dict.fromkeys(means[f.phrase][0] for f in found if measures or not means[f.phrase][1]))


def in_terms(question: str) -> str:
    """The question followed by the field's words for its everyday words; unchanged when it has none."""
    return " ".join([question, *meanings(question)])
