"""The lexical index: BM25 over title and abstract, by bm25s with Snowball stems."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import Stemmer
from numpy.typing import NDArray

FOLDER = "words"
# Anserini's values for short texts: nDCG@10 0.57 on the open questions, where the usual 1.5 and 0.75 give 0.54.
K1, B = 0.9, 0.4
_WORD = re.compile(r"\w\w+")
# Words that say nothing here; the list of Lucene's English analyser.
_STOP_LIST = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with"
)
_STOPPED = frozenset(_STOP_LIST.split())
_stemmer = Stemmer.Stemmer("english")


def tokens(text: str) -> list[str]:
    """Stems of the words of a text, stop words left out.

    >>> tokens("Quantized caches are faster")
    ['quantiz', 'cach', 'faster']
    """
    return list(_stemmer.stemWords([w for w in _WORD.findall(text.lower()) if w not in _STOPPED]))


def write(folder: Path, texts: Iterable[str]) -> None:
    """Makes the index of texts; the position of a text is its number in `Words.scores`."""
    import bm25s
    from bm25s.tokenization import Tokenized

    ids: list[NDArray[np.int32]] = []
    known: dict[str, int] = {}
    for text in texts:
        ids.append(np.fromiter((known.setdefault(t, len(known)) for t in tokens(text)), np.int32))
    if not known:  # bm25s cannot hold an index without a word
        known["\0"] = 0
        ids.append(np.zeros(1, np.int32))
    index = bm25s.BM25(k1=K1, b=B)
    index.index(Tokenized(ids=ids, vocab=known), show_progress=False, create_empty_token=False)
    index.save(folder, show_progress=False)


def _mapped(file: Path) -> NDArray[Any]:
    """A plain array: NumPy's own kind for mapped files costs some microseconds more at each step."""
    return np.asarray(np.load(file, mmap_mode="r"))


class Words:
    """The lexical index of one build, mapped into memory.

    Reads bm25s' files with NumPy: importing bm25s brings SciPy, a quarter of a second that a question need not wait.
    """

    def __init__(self, folder: Path, papers: int) -> None:
        self._scores: NDArray[np.float32] = _mapped(folder / "data.csc.index.npy")
        self._papers_of: NDArray[np.int32] = _mapped(folder / "indices.csc.index.npy")
        self._starts: NDArray[np.int64] = np.load(folder / "indptr.csc.index.npy")
        self._known: dict[str, int] = json.loads((folder / "vocab.index.json").read_text(encoding="utf-8"))
        self._papers = papers

    def scores(self, text: str) -> NDArray[np.float32]:
        """float32 (papers,): BM25 of each paper; 0 where no word is shared. Each word of the text counts once."""
        return self.scores_of(tokens(text))

    def scores_of(self, stems: Sequence[str]) -> NDArray[np.float32]:
        """The same for words that are stemmed already."""
        found = np.zeros(max(self._papers, 1), np.float32)
        for stem in dict.fromkeys(stems):
            if (rows := self._rows(stem)) is not None:
                found[self._papers_of[rows]] += self._scores[rows]  # a paper stands once among the papers of a word
        return found[: self._papers]

    def papers_with(self, stem: str) -> NDArray[np.int32]:
        """The numbers of the papers that have a word, in order and each once; all score above 0."""
        rows = self._rows(stem)
        if rows is None or not self._papers:  # an index without a paper holds one word of one text all the same
            return self._papers_of[:0]
        return self._papers_of[rows]

    def having(self, stem: str, papers: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Which of the papers, given by number, have a word."""
        known = self.papers_with(stem)  # in order
        places = np.minimum(np.searchsorted(known, papers), max(len(known) - 1, 0))
        found: NDArray[np.bool_] = known[places] == papers if len(known) else np.zeros(len(papers), np.bool_)
        return found

    def _rows(self, stem: str) -> slice | None:
        """Where the papers of a word stand; None when no paper has it."""
        word = self._known.get(stem)
        return None if word is None else slice(int(self._starts[word]), int(self._starts[word + 1]))
