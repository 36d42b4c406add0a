"""The vector index: one vector a paper in FAISS, its id the paper's number in the tables.

`vectors.faiss` holds every vector and is searched whole where that takes milliseconds. Above `EXACT_UP_TO` papers
`near.faiss` beside it tells which papers are worth a look; their cosines are still computed from the vectors.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

FILE, NEAR = "vectors.faiss", "near.faiss"
EXACT_UP_TO = 150_000  # papers: some 10 ms in one thread at 256 numbers a vector
LOOKED_AT = 4096  # papers that an approximate search hands over
PROBED = 48  # cells of the approximate index that are searched, of about 4 sqrt(papers)
_TRAINED_ON = 40  # vectors a cell
_RECALL_SAMPLE = 200

_faiss: Any = faiss  # its stubs lack what SWIG adds


class Writer:
    """Takes vectors batch by batch, then writes them to one folder."""

    def __init__(self, dim: int) -> None:
        self._index: Any = faiss.IndexIDMap(faiss.IndexFlatIP(dim))

    def add(self, numbers: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """numbers (n,), vectors float32 (n, dim), rows L2-normalised so that the inner product is the cosine."""
        self._index.add_with_ids(vectors, numbers)

    def write(self, folder: Path) -> float | None:
        """Writes the index; returns the recall of the approximate one, None where search is exact.

        Recall: of the ten nearest papers to each of some vectors of the index, the share that `Vectors` finds.
        Raises OSError when a file cannot be written.
        """
        try:
            faiss.write_index(self._index, str(folder / FILE))
            if self._index.ntotal <= EXACT_UP_TO:
                return None
            near = self._cells()
            faiss.write_index(near, str(folder / NEAR))
        except RuntimeError as error:  # FAISS has no other; the reason of the system is in its text
            raise OSError(f"cannot write the vector index to {folder}: {error}") from None
        return _recall(Vectors(folder), self._index)

    def _cells(self) -> Any:
        """The vectors in 8 bits a number, sorted into cells of their nearest centroids."""
        flat = faiss.downcast_index(self._index.index)
        cells = 2 ** round(np.log2(4 * self._index.ntotal**0.5))
        index: Any = faiss.index_factory(self._index.d, f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter = 8
        chosen = np.random.default_rng(7).choice(
            self._index.ntotal, min(cells * _TRAINED_ON, self._index.ntotal), replace=False
        )
        index.train(np.stack([flat.reconstruct(int(i)) for i in np.sort(chosen)]))
        for start in range(0, self._index.ntotal, 50_000):
            index.add(flat.reconstruct_n(start, min(50_000, self._index.ntotal - start)))
        return index


@contextmanager
def _one_thread() -> Iterator[None]:
    """For a search of a millisecond: other threads would only wait for it, each keeping a core busy."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


class Vectors:
    """The vectors of one build, mapped into memory."""

    def __init__(self, folder: Path) -> None:
        index: Any = faiss.read_index(str(folder / FILE), faiss.IO_FLAG_MMAP_IFC)
        self._index = index
        self._flat: Any = faiss.downcast_index(index.index)
        self.dim: int = index.d
        self._numbers: NDArray[np.int64] = faiss.vector_to_array(index.id_map)
        self._in_order = bool((self._numbers == np.arange(len(self._numbers))).all())
        near: Any = faiss.read_index(str(folder / NEAR)) if (folder / NEAR).exists() else None
        if near is not None:
            near.nprobe = PROBED
        self._near = near

    def scores(self, vector: NDArray[np.float32], papers: int) -> NDArray[np.float32]:
        """float32 (papers,): cosine of each paper with `vector` (dim,).

        Where the index is approximate, papers that it does not find near get the least cosine of those that it does.
        """
        asked = np.ascontiguousarray(vector, np.float32)
        if self._near is None:
            cosines = self._cosines(asked, None)
            if self._in_order and papers == len(cosines):
                return cosines
            found = np.zeros(papers, np.float32)
            found[self._numbers] = cosines
            return found
        places = self._places(asked)
        cosines = self._cosines(asked, places)
        found = np.full(papers, cosines.min() if len(cosines) else 0, np.float32)
        found[self._numbers[places]] = cosines
        return found

    def nearest(self, vector: NDArray[np.float32], top: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Numbers and cosines of the `top` papers nearest to `vector` (dim,), the nearest first."""
        asked = np.ascontiguousarray(vector, np.float32)
        places = np.arange(len(self._numbers)) if self._near is None else self._places(asked)
        cosines = self._cosines(asked, places)
        order = np.lexsort((self._numbers[places], -cosines))[:top]
        return self._numbers[places][order], cosines[order]

    def _places(self, asked: NDArray[np.float32]) -> NDArray[np.int64]:
        """Where in the index the papers are that the cells find near."""
        with _one_thread():
            _, places = self._near.search(asked[None, :], min(LOOKED_AT, len(self._numbers)))
        found: NDArray[np.int64] = places[0][places[0] >= 0]
        return found

    def _cosines(self, asked: NDArray[np.float32], places: NDArray[np.int64] | None) -> NDArray[np.float32]:
        """By FAISS in this thread: what it maps is not aligned, which NumPy multiplies ten times slower."""
        count = len(self._numbers) if places is None else len(places)
        cosines = np.zeros(count, np.float32)
        if count:
            out, one, rows = _faiss.swig_ptr(cosines), _faiss.swig_ptr(asked), self._flat.get_xb()
            if places is None:
                _faiss.fvec_inner_products_ny(out, one, rows, self.dim, count)
            else:
                wanted = np.ascontiguousarray(places, np.int64)
                with _one_thread():
                    _faiss.fvec_inner_products_by_idx(out, one, rows, _faiss.swig_ptr(wanted), self.dim, 1, count)
        return cosines

    def of(self, number: int) -> NDArray[np.float32]:
        """The vector of a paper. Raises KeyError when it has none."""
        (places,) = np.nonzero(self._numbers == number)
        if not len(places):
            raise KeyError(number)
        row: NDArray[np.float32] = self._flat.reconstruct(int(places[0]))
        return row

    def batches(self, size: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """All numbers and vectors, `size` at a time."""
        for start in range(0, len(self._numbers), size):
            numbers = self._numbers[start : start + size]
            yield numbers, self._flat.reconstruct_n(start, len(numbers))


def _recall(approximate: Vectors, exact: Any) -> float:
    flat = faiss.downcast_index(exact.index)
    sample = np.random.default_rng(11).choice(exact.ntotal, min(_RECALL_SAMPLE, exact.ntotal), replace=False)
    asked = np.stack([flat.reconstruct(int(i)) for i in sample])
    _, truth = exact.search(asked, 10)
    found = [len(set(approximate.nearest(row, 10)[0]) & set(true)) for row, true in zip(asked, truth, strict=True)]
    return round(float(np.mean(found)) / 10, 4)
