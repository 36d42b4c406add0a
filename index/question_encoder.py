"""Questions to vectors: of the fast encoder, with token vectors of its own that were learned from questions.

People ask in other words than papers are written in. Papers keep the fast encoder's vectors; a question's lies near
those of the papers that answer it. Learned by index/learn/question_encoder.py.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

import data
from index import encoder

FILE = "question_encoder.safetensors"
TOKENS, ROWS, SCALE, MADE_FOR = "tokens", "rows", "scale", "encoder"


class QuestionEncoder:
    """The tokens that were learned have other vectors than in texts; all others have the fast encoder's."""

    def __init__(
        self, fast: encoder.StaticEncoder, tokens: NDArray[np.int32], rows: NDArray[np.int8], scale: NDArray[np.float16]
    ) -> None:
        """`rows` (tokens, dim), to be multiplied by `scale` (tokens,)."""
        self._fast, self._rows, self._scale = fast, rows, scale
        self._place = np.full(fast.size, -1, np.int32)  # of each token's row, where it has one of its own
        self._place[tokens] = np.arange(len(tokens))

    def encode(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """float32 (questions, dim), rows of length 1; zeros for a question without any known word."""
        found = np.zeros((len(questions), self._fast.dim), np.float32)
        for mean, tokens in zip(found, self._fast.tokens(questions), strict=True):
            if tokens:
                mean += self._vectors(np.array(tokens, np.int64)).mean(axis=0)
        return encoder.unit(found)

    def _vectors(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (tokens, dim)."""
        vectors = self._fast.rows(tokens)
        place = self._place[tokens]
        own = place >= 0
        vectors[own] = self._rows[place[own]] * self._scale[place[own], None].astype(np.float32)
        return vectors


@cache
def load() -> QuestionEncoder:
    """Raises encoder.EncoderMissing without the fast encoder, ValueError when it was learned for another one."""
    from safetensors import safe_open

    fast = encoder.load()
    assert isinstance(fast, encoder.StaticEncoder)
    with safe_open(data.path(FILE), framework="numpy") as file:
        made_for = (file.metadata() or {}).get(MADE_FOR)
        if made_for != fast.name:
            raise ValueError(
                f"{FILE} was learned for {made_for}, this installation's fast encoder is {fast.name}; "
                "learn it again: python -m index.learn.question_encoder"
            )
        return QuestionEncoder(fast, *(file.get_tensor(name) for name in (TOKENS, ROWS, SCALE)))
