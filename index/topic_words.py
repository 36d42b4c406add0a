"""The words of a question that tell what it is about: not those of asking, of measures or of idle talk."""

import re
from functools import cache

from index import question_words as lexicon
from index.words import tokens

_WORD = re.compile(r"\w\w+")
_ENDINGS = re.compile(r"(?:ings?|ed|es|e|s|ly)$")
_SHORTEST = 4  # letters that are left of a word without its ending


def inflected(word: str) -> str:
    """A word without the ending of an inflection: forms of one word are equal, words made out of it are others.

    >>> inflected("reducing") == inflected("reduces"), inflected("reasoning") == inflected("reasonable")
    (True, False)
    """
    bare = _ENDINGS.sub("", word)
    if len(bare) < _SHORTEST:
        return word[:-1] if word.endswith("s") else word
    if bare != word and bare[-1] == bare[-2]:
        return bare[:-1]  # cutting: cut
    return bare[:-1] + "y" if bare.endswith("i") else bare


@cache
def _idle() -> frozenset[str]:
    """Words, without their endings, that are no topic: those of asking and of measures."""
    table = lexicon.table()
    lists = [table["topic"]["idle"], table["asking"]["words"]]
    lists += [row[key] for row in table["metric"] for key in ("words", "with_figure") if key in row]
    return frozenset(
        inflected(word) for words in lists for phrase in words if " " not in phrase for word in _words(phrase)
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def topic_stems(text: str) -> list[str]:
    """Stems of the words of a question's rest that tell what it is about, each once.

    >>> topic_stems("faster protein folding, please")
    ['protein', 'fold']
    """
    measures = [(said.start, said.end) for said in lexicon.metrics(text) if said.rank < 2]
    left = [word for word in _words(lexicon.masked(text, measures)) if inflected(word) not in _idle()]
    return list(dict.fromkeys(tokens(" ".join(left))))
