"""The network that reads figures learns what a linear model cannot, and the same examples give the same weights."""

from functools import cache

import numpy as np

from extract import linear
from extract.learn import net

A, B, NOISE = 0, 1, 2
PATTERNS = ([NOISE], [A, NOISE], [B, NOISE], [A, B, NOISE])


@cache
def _fitted(again: int = 0):
    rows = [PATTERNS[i % 4] for i in range(4000)]
    exactly_one = [int((A in row) != (B in row)) for row in rows]
    unknown = [-1 if i % 8 == 0 else (2 if A in row else 0) for i, row in enumerate(rows)]
    return net.fit(
        rows,
        3,
        [net.Question("one", exactly_one, 1), net.Question("which", unknown, 3)],
        [1.0] * len(rows),
        speaking=[[[], [0], []] for _ in rows],
        spoken_of="which",
        shared=1,
    )


def test_exactly_one_of_two_features_is_learned_and_answers_left_open_teach_nothing():
    made = _fitted()
    hidden = linear.Hidden(made.h, made.b, made.o, made.c)
    scores = [made.w[row].sum(axis=0) + hidden.scores(row) for row in PATTERNS]
    assert [s[0] > 0 for s in scores] == [False, True, True, False]
    assert [int(np.argmax(s[1:] + np.array([0, made.v[0], 0]))) for s in scores] == [0, 2, 0, 2]
    assert made.v[0] < 0  # what speaks for the answer that is never right


def test_the_same_examples_give_the_same_network():
    first, second = _fitted(), _fitted(again=1)
    assert all(np.array_equal(getattr(first, name), getattr(second, name)) for name in ("w", "h", "b", "o", "c", "v"))
