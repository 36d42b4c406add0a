"""The words of a question that tell what it is about: not those of asking, of measures or of idle talk."""

import json
import re
from functools import cache

import data
from index import question_words as lexicon
from index.technique_catalogue import named_places
from index.words import tokens

_WORD = re.compile(r"\w\w+")
_SIZE = re.compile(r"\d+[bm]")  # of a model: "a 7B model"


@cache
def _idle() -> frozenset[str]:
    """Stems of words that are no topic: those of asking and of measures, and those that tell none in papers at large
    (see `index.learn.general_words`)."""
    table = lexicon.table()
    lists = [table["topic"]["idle"], table["asking"]["words"]]
    lists += [row[key] for row in table["metric"] for key in ("words", "with_figure") if key in row]
    said = {stem for words in lists for phrase in words if " " not in phrase for stem in tokens(phrase)}
    return frozenset(said.union(json.loads(data.text("general_words.json"))))


@cache
def _topics() -> frozenset[str]:
    return frozenset(lexicon.table()["topic"]["topics"])


def topic_stems(text: str) -> list[str]:
    """Stems of the words of a question's rest that tell what it is about, each once.

    >>> topic_stems("faster protein folding, please")
    ['protein', 'fold']
    """
    names = named_places(text)
    measures = [
        (s.start, s.end)
        for s in lexicon.metrics(text)
        if s.rank < 2 and s.words not in _topics() and not any(a <= s.start and s.end <= b for a, b in names)
    ]
    found = []
    for word in _WORD.findall(lexicon.masked(text, measures).lower()):
        if _SIZE.fullmatch(word):
            continue
        is_topic = word.removesuffix("s") in _topics()
        found += [stem for stem in tokens(word) if is_topic or stem not in _idle()]
    return list(dict.fromkeys(found))
