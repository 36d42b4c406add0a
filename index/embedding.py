"""The vectors of a build: taken over where text and encoder are the same, made where they are not."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import vectors
from index.encoder import FAST, Encoder, load

_BATCH = 2000


class Embedding:
    """One vector for each paper, on the way into the vector index."""

    def __init__(self, encoder: str) -> None:
        """Raises EncoderMissing when the encoder cannot be had."""
        self.asked = encoder
        self._model: Encoder = load() if encoder == FAST else load(encoder)
        self._writer = vectors.Writer(self._model.dim)
        self._have: set[int] = set()
        self.made = 0

    @property
    def name(self) -> str:
        return self._model.name

    def take_over(self, folder: Path, number_now: dict[int, int]) -> None:
        """Adds the vectors of an older build whose papers are in `number_now` (number then -> number now)."""
        for numbers, rows in vectors.Vectors(folder).batches(_BATCH):
            now = np.array([number_now.get(int(n), -1) for n in numbers], np.int64)
            self._add(now[now >= 0], np.ascontiguousarray(rows[now >= 0]))

    def add_made(self, numbered: Iterable[tuple[int, NDArray[np.float32]]]) -> None:
        """Adds vectors that this very encoder made elsewhere; those of papers that have one already are left out."""
        missing = [(number, row) for number, row in numbered if number not in self._have]
        if missing:
            self._add(np.array([n for n, _ in missing], np.int64), np.stack([row for _, row in missing]))
            self.made += len(missing)

    def add_missing(self, texts: Iterable[tuple[int, str]]) -> None:
        """Makes the vectors of papers, given by number and text, that have none yet."""
        missing = [(number, text) for number, text in texts if number not in self._have]
        if missing:
            self._add(np.array([n for n, _ in missing], np.int64), self._model.encode([text for _, text in missing]))
            self.made += len(missing)

    def write(self, folder: Path) -> float | None:
        """Writes the vector index; returns its recall where search is approximate."""
        return self._writer.write(folder)

    def _add(self, numbers: NDArray[np.int64], rows: NDArray[np.float32]) -> None:
        self._writer.add(numbers, rows)
        self._have.update(numbers.tolist())
