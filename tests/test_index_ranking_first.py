"""The first papers of an order, without sorting all of them: the same as the full sort gives, ties included."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.ranking import first

# few different values, so that there are many ties; -0.0 equals 0.0, and what is no number comes last
SCORES = st.one_of(st.sampled_from([0.0, -0.0, 0.5, 1.0, 1e-300, float("inf"), float("nan")]), st.floats(-2, 2))


@given(st.lists(st.tuples(st.integers(-2, 7), SCORES), max_size=60), st.integers(0, 70))
def test_the_first_are_those_of_the_full_sort(papers, top):
    bucket = np.array([b for b, _ in papers], np.int64)
    score = np.array([s for _, s in papers], np.float64)
    whole = np.lexsort((np.arange(len(papers)), -score, -bucket))
    np.testing.assert_array_equal(first(bucket, score, top), whole[:top])


def test_many_papers_with_few_scores():
    rng = np.random.default_rng(2)
    bucket, score = rng.integers(0, 8, 50_000), rng.integers(0, 30, 50_000) / 30
    whole = np.lexsort((np.arange(50_000), -score, -bucket))
    for top in (1, 10, 1000, 7000, 50_000):
        np.testing.assert_array_equal(first(bucket, score, top), whole[:top])
