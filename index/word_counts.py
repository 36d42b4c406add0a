"""The lexical index on its way: how often each word stands in each paper, kept on disk, then sorted into BM25 scores.

bm25s, whose files these are, holds every token of the corpus in Python objects while it counts. Here words are counted
where papers are read, in several processes; the counts lie in a scratch file, and only a slice of the vocabulary is in
memory while the scores are made. `counts.csc.index.npy` beside bm25s' files lets the next build take over the counts of
papers that have not changed.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from index import words

COUNTS = "counts.csc.index.npy"  # uint16: how often the word stands in the paper, aligned with bm25s' data
_SCORES, _PAPERS, _STARTS, _KNOWN = (
    "data.csc.index.npy", "indices.csc.index.npy", "indptr.csc.index.npy", "vocab.index.json"
)  # fmt: skip
_POSTING = np.dtype([("word", "<i4"), ("paper", "<i4"), ("count", "<u2")])
_AT_ONCE = 2_000_000  # postings in memory: some 120 MB while they are sorted, those of 20,000 abstracts
_MOST = np.iinfo(np.uint16).max  # a word counts so often at most in one paper


def counted(texts: Sequence[str]) -> tuple[pa.Array, pa.Array]:
    """The stems of each text, each once in alphabetical order, and how often it stands there: two columns of lists."""
    stems: list[str] = []
    counts: list[int] = []
    starts = [0]
    for text in texts:
        times: dict[str, int] = {}
        for stem in words.tokens(text):
            times[stem] = times.get(stem, 0) + 1
        for stem in sorted(times):
            stems.append(stem)
            counts.append(min(times[stem], _MOST))
        starts.append(len(stems))
    offsets = pa.array(starts, pa.int32())
    return (
        pa.ListArray.from_arrays(offsets, pa.array(stems, pa.string())),
        pa.ListArray.from_arrays(offsets, pa.array(counts, pa.uint16())),
    )


class WordCounts:
    """Counts of the words of `papers` papers, added in any order, each paper once."""

    def __init__(self, scratch: Path, papers: int) -> None:
        """`scratch` is a file to be made. Memory: the vocabulary and four bytes a paper."""
        self._path = scratch
        self._file = scratch.open("wb")
        self._known: dict[str, int] = {}
        self._lengths = np.zeros(papers, np.int32)

    def add(self, papers: NDArray[np.int32], stems: pa.ListArray, counts: pa.ListArray) -> None:
        """Adds papers, given by number (n,), with their two columns of `counted`."""
        each = np.diff(stems.offsets.to_numpy())
        distinct = stems.flatten().dictionary_encode()
        known = self._numbers(distinct.dictionary.to_pylist())
        self._append(np.repeat(papers, each), known[distinct.indices.to_numpy()], counts.flatten().to_numpy())

    def take_over(self, folder: Path, number_now: NDArray[np.int32]) -> None:
        """Adds the papers of an older build's index that have a number now: number_now[then], -1 for the others."""
        starts = np.load(folder / _STARTS)
        papers, counts = (np.load(folder / name, mmap_mode="r") for name in (_PAPERS, COUNTS))
        known = self._numbers(list(json.loads((folder / _KNOWN).read_text(encoding="utf-8"))))  # in order of number
        for first, last in _slices(np.diff(starts)):
            rows = slice(int(starts[first]), int(starts[last]))
            now = number_now[papers[rows]]
            word = np.repeat(known[first:last], np.diff(starts[first : last + 1]))
            kept = now >= 0
            self._append(now[kept], word[kept], counts[rows][kept])

    def _numbers(self, stems: list[str]) -> NDArray[np.int32]:
        known = self._known
        return np.fromiter((known.setdefault(stem, len(known)) for stem in stems), np.int32, len(stems))

    def _append(self, papers: NDArray[np.int32], word: NDArray[np.int32], counts: NDArray[np.uint16]) -> None:
        rows = np.empty(len(papers), _POSTING)
        rows["word"], rows["paper"], rows["count"] = word, papers, counts
        rows.tofile(self._file)
        np.add.at(self._lengths, papers, counts)

    def write(self, folder: Path) -> None:
        """Makes the index in `folder`, a new one; the number of a paper is its place in `Words.scores`.

        The files depend only on what was counted, not on the order. Raises OSError when the disk is full.
        """
        self._file.close()
        folder.mkdir()
        stems = sorted(self._known)  # a word that only papers now gone had has a number, but no postings
        place = np.empty(len(stems), np.int32)
        place[[self._known[stem] for stem in stems]] = np.arange(len(stems), dtype=np.int32)
        self._known = {}
        frequency = np.zeros(len(stems), np.int64)  # papers that have the word
        for rows in self._postings():
            frequency += np.bincount(place[rows["word"]], minlength=len(stems))
        used = frequency > 0
        stems = [stem for stem, kept in zip(stems, used, strict=True) if kept]
        place, frequency = (np.cumsum(used) - 1).astype(np.int32)[place], frequency[used]
        if not stems:  # bm25s cannot hold an index without a word
            stems, frequency = ["\0"], np.zeros(1, np.int64)
        starts = np.concatenate([[0], np.cumsum(frequency)])
        np.save(folder / _STARTS, starts)
        (folder / _KNOWN).write_text(json.dumps({stem: n for n, stem in enumerate(stems)}), encoding="utf-8")
        self._write_postings(folder, place, frequency, int(starts[-1]))
        made = {"k1": words.K1, "b": words.B, "delta": 0.5, "method": "lucene", "idf_method": "lucene"}
        made |= {"dtype": "float32", "int_dtype": "int32", "num_docs": len(self._lengths), "backend": "numpy"}
        (folder / "params.index.json").write_text(json.dumps(made), encoding="utf-8")
        self._path.unlink()

    def _write_postings(self, folder: Path, place: NDArray[np.int32], frequency: NDArray[np.int64], total: int) -> None:
        """Scores, papers and counts, word by word, the papers of each in order; a slice of the words at a time."""
        slices = _slices(frequency)
        parts = [self._path.with_name(f"{self._path.name}-{n}") for n in range(len(slices))]
        of_word = np.repeat(np.arange(len(slices), dtype=np.int16), [last - first for first, last in slices])
        files = [part.open("wb") for part in parts]
        for rows in self._postings():
            rows["word"] = place[rows["word"]]
            part_of = of_word[rows["word"]]
            rows = rows[np.argsort(part_of, kind="stable")]
            ends = np.cumsum(np.bincount(part_of, minlength=len(files)))
            for file, end, count in zip(files, ends, np.diff(ends, prepend=0), strict=True):
                rows[end - count : end].tofile(file)
        for written in files:
            written.close()
        scores = _Growing(folder / _SCORES, np.float32, total)
        papers = _Growing(folder / _PAPERS, np.int32, total)
        counts = _Growing(folder / COUNTS, np.uint16, total)
        average = float(self._lengths.mean()) if len(self._lengths) and total else 1.0
        for part in parts:
            rows = np.fromfile(part, _POSTING)
            part.unlink()
            rows = rows[np.lexsort((rows["paper"], rows["word"]))]
            scores.add(
                bm25(rows["count"], frequency[rows["word"]], self._lengths[rows["paper"]], len(self._lengths), average)
            )
            papers.add(rows["paper"])
            counts.add(rows["count"])
        for array in (scores, papers, counts):
            array.close()

    def _postings(self) -> Iterator[NDArray[Any]]:
        with self._path.open("rb") as file:
            while len(rows := np.fromfile(file, _POSTING, _AT_ONCE)):
                yield rows


def bm25(
    count: NDArray[np.uint16], frequency: NDArray[np.int64], length: NDArray[np.int32], papers: int, average: float
) -> NDArray[np.float32]:
    """float32 (n,): BM25 as Lucene has it, the `method="lucene"` of bm25s, for n pairs of a word and a paper.

    `count`: of the word in the paper; `frequency`: papers that have the word; `length`: words of the paper;
    `average`: words of a paper on average. Source: Kamphuis et al., Which BM25 Do You Mean?, ECIR 2020, table 1, row 5.
    """
    inverse = np.log(1 + (papers - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    times = count.astype(np.float64)
    scores: NDArray[np.float32] = (
        inverse * (times / (words.K1 * ((1 - words.B) + words.B * length / average) + times))
    ).astype(np.float32)
    return scores


def _slices(sizes: NDArray[np.integer]) -> list[tuple[int, int]]:
    """Neighbouring words taken together, (first, one past the last), so that a slice has some `_AT_ONCE` postings."""
    ends = np.cumsum(sizes)
    found: list[tuple[int, int]] = []
    first, before = 0, 0
    while first < len(sizes):
        last = max(first + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        found.append((first, last))
        first, before = last, int(ends[last - 1])
    return found


class _Growing:
    """An array of known length going to a .npy file part by part."""

    def __init__(self, path: Path, kind: type, length: int) -> None:
        self._file = path.open("wb")
        header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False, "shape": (length,)}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._kind = kind

    def add(self, part: NDArray) -> None:
        np.ascontiguousarray(part, self._kind).tofile(self._file)

    def close(self) -> None:
        self._file.close()
