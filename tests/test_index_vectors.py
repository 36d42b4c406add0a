"""Vectors: cosines as they are, exactly or nearly so, and given back as they were put in."""

import numpy as np
import pytest

from index import vectors

DIM, COUNT = 16, 3000


@pytest.fixture(scope="module")
def rows():
    """Papers in clusters, as texts are."""
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(40, DIM))
    found = centres[rng.integers(0, 40, COUNT)] + 0.3 * rng.normal(size=(COUNT, DIM))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def written(folder, rows, numbers):
    writer = vectors.Writer(DIM)
    for start in range(0, len(rows), 1000):
        writer.add(numbers[start : start + 1000], rows[start : start + 1000])
    return writer.write(folder)


@pytest.mark.parametrize("shuffled", [False, True])
def test_cosines_are_those_of_the_vectors_whatever_their_order(tmp_path, rows, shuffled):
    numbers = np.random.default_rng(1).permutation(COUNT) if shuffled else np.arange(COUNT)
    assert written(tmp_path, rows, numbers) is None
    index = vectors.Vectors(tmp_path)
    asked = rows[5]
    expected = np.zeros(COUNT + 2, np.float32)
    expected[numbers] = rows @ asked
    np.testing.assert_allclose(index.scores(asked, COUNT + 2), expected, atol=1e-5)
    found, cosines = index.nearest(asked, 10)
    assert found[0] == numbers[5]
    np.testing.assert_allclose(cosines, np.sort(rows @ asked)[::-1][:10], atol=1e-5)
    np.testing.assert_array_equal(index.of(int(numbers[7])), rows[7])


def test_vectors_come_back_as_they_were_put_in(tmp_path, rows):
    written(tmp_path, rows, np.arange(COUNT))
    back = list(vectors.Vectors(tmp_path).batches(700))
    np.testing.assert_array_equal(np.concatenate([n for n, _ in back]), np.arange(COUNT))
    np.testing.assert_array_equal(np.concatenate([r for _, r in back]), rows)


def test_many_papers_are_searched_nearly_and_their_cosines_are_exact(tmp_path, rows, monkeypatch):
    monkeypatch.setattr(vectors, "EXACT_UP_TO", 1000)
    monkeypatch.setattr(vectors, "LOOKED_AT", 300)
    recall = written(tmp_path, rows, np.arange(COUNT))
    assert recall is not None
    assert recall >= 0.95
    index = vectors.Vectors(tmp_path)
    scores, exact = index.scores(rows[9], COUNT), rows @ rows[9]
    near = scores > scores.min()
    assert 250 < near.sum() <= 300
    np.testing.assert_allclose(scores[near], exact[near], atol=1e-5)
    assert index.nearest(rows[9], 3)[0][0] == 9


def test_an_index_without_papers_finds_none(tmp_path):
    written(tmp_path, np.zeros((0, DIM), np.float32), np.zeros(0, np.int64))
    index = vectors.Vectors(tmp_path)
    assert index.scores(np.ones(DIM, np.float32), 0).shape == (0,)
    assert len(index.nearest(np.ones(DIM, np.float32), 5)[0]) == 0
    with pytest.raises(KeyError):
        index.of(0)
