"""The vector index: one vector a paper in FAISS, its id the paper's number in the tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

FILE = "vectors.faiss"
_faiss: Any = faiss  # its stubs lack what SWIG adds


class Writer:
    """Takes vectors batch by batch, then writes them to one file."""

    def __init__(self, dim: int) -> None:
        self._index: Any = faiss.IndexIDMap(faiss.IndexFlatIP(dim))

    def add(self, numbers: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """numbers (n,), vectors float32 (n, dim), rows L2-normalised so that the inner product is the cosine."""
        self._index.add_with_ids(vectors, numbers)

    def write(self, path: Path) -> None:
        """Raises OSError when the file cannot be written."""
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:  # FAISS has no other; the reason of the system is in its text
            raise OSError(f"cannot write {path}: {error}") from None


class Vectors:
    """The vectors of one build, mapped into memory. Search is exact."""

    def __init__(self, path: Path) -> None:
        index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        self._index = index
        self._flat: Any = faiss.downcast_index(index.index)
        self.dim: int = index.d
        self._numbers: NDArray[np.int64] = faiss.vector_to_array(index.id_map)
        self._in_order = bool((self._numbers == np.arange(len(self._numbers))).all())

    def scores(self, vector: NDArray[np.float32], papers: int) -> NDArray[np.float32]:
        """float32 (papers,): cosine of each paper with `vector` (dim,).

        By FAISS in this thread: what it maps is not aligned, which NumPy multiplies ten times slower.
        """
        asked = np.ascontiguousarray(vector, np.float32)
        cosines = np.zeros(len(self._numbers), np.float32)
        if len(cosines):
            out, one = faiss.swig_ptr(cosines), faiss.swig_ptr(asked)
            _faiss.fvec_inner_products_ny(out, one, self._flat.get_xb(), self.dim, len(cosines))
        if self._in_order and papers == len(cosines):
            return cosines
        found = np.zeros(papers, np.float32)
        found[self._numbers] = cosines
        return found

    def nearest(self, vector: NDArray[np.float32], top: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Numbers and cosines of the `top` papers nearest to `vector` (dim,), the nearest first."""
        if not self._index.ntotal:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        cosines, numbers = self._index.search(vector[None, :], min(top, self._index.ntotal))
        return numbers[0], cosines[0]

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
