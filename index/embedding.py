"""The vectors of a build: taken over where text and encoder are the same, made where they are not.

They lie in a scratch file in the order of the papers' numbers, so that memory does not grow with them and a build made
in steps has the files of one made at once.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from index import reading, vectors
from index.encoder import Encoder, load

_BATCH = 2000


class Embedding:
    """One vector for each of `papers` papers, on the way into the vector index."""

    def __init__(self, encoder: str, scratch: Path, papers: int) -> None:
        """`scratch` is a file to be made. Raises EncoderMissing when the encoder cannot be had."""
        self.asked = encoder
        self._model: Encoder = load(encoder)
        self._path, self._file = scratch, scratch.open("w+b")
        self._have = np.zeros(papers, np.bool_)
        self.made = 0

    @property
    def name(self) -> str:
        return self._model.name

    def take_over(self, folder: Path, number_now: NDArray[np.int32]) -> None:
        """Adds the vectors of an older build's papers that have a number now: number_now[then], -1 for the others."""
        for numbers, rows in vectors.Vectors(folder).batches(_BATCH):
            now = number_now[numbers]
            self._put(now[now >= 0], rows[now >= 0])

    def add(self, found: pa.Table) -> None:
        """Adds the columns `paper_no` and `vector` that this very encoder made; papers that have a vector keep it."""
        column = found["vector"].combine_chunks()
        if column.null_count:
            return
        numbers = found["paper_no"].to_numpy()
        rows = column.flatten().to_numpy().reshape(len(numbers), self._model.dim)
        missing = ~self._have[numbers]
        self._put(numbers[missing], rows[missing])
        self.made += int(missing.sum())

    def missing(self) -> NDArray[np.int64]:
        """Numbers of the papers that have none yet."""
        found: NDArray[np.int64] = np.flatnonzero(~self._have)
        return found

    def write(self, folder: Path) -> float | None:
        """Writes the vector index; returns its recall where search is approximate."""
        writer = vectors.Writer(self._model.dim)
        for numbers, rows in self._in_order():
            writer.add(numbers, rows)
        self._file.close()
        self._path.unlink()
        return writer.write(folder)

    def _in_order(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        dim = self._model.dim
        for start in range(0, len(self._have), _BATCH):
            have = self._have[start : start + _BATCH]
            self._file.seek(start * dim * 4)
            rows = np.frombuffer(self._file.read(len(have) * dim * 4).ljust(len(have) * dim * 4, b"\0"), np.float32)
            yield start + np.flatnonzero(have), np.ascontiguousarray(rows.reshape(len(have), dim)[have])

    def _put(self, numbers: NDArray[np.integer], rows: NDArray[np.float32]) -> None:
        """Each run of neighbouring papers in one write: into a mapped file, a full disk would end the process."""
        order = np.argsort(numbers)
        numbers, rows = numbers[order], np.ascontiguousarray(rows[order], np.float32)
        for run in np.split(np.arange(len(numbers)), np.flatnonzero(np.diff(numbers) != 1) + 1):
            if len(run):
                self._file.seek(int(numbers[run[0]]) * self._model.dim * 4)
                self._file.write(rows[run[0] : run[-1] + 1].tobytes())
        self._have[numbers] = True


def encoded(papers: pa.Table, *, encoder: str) -> pa.Table:
    """`paper_no` and `vector` of papers given by `paper_no`, `title`, `abstract`, by the encoder asked for."""
    texts = [f"{p['title']}. {p['abstract']}" for p in papers.select(["title", "abstract"]).to_pylist()]
    made = load(encoder).encode(texts)
    return pa.table({"paper_no": papers["paper_no"], "vector": reading.vector_column(made)})
