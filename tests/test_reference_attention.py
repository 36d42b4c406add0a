"""Exact methods equal what they replace: tiles, linear attention in three forms, merged tokens' attention."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from reference.linear_attention import chunked, empty_state, feature_map, parallel, recurrent, step
from reference.tiled_attention import tiled_attention
from reference.timing import peak_bytes
from reference.transformer import softmax_attention

few = settings(max_examples=30, deadline=None)
sizes = st.integers(1, 40)


def tensors(seed, *shapes):
    draw = torch.Generator().manual_seed(seed)
    return [torch.randn(*shape, generator=draw, dtype=torch.float64) for shape in shapes]


@few
@given(queries=sizes, keys=sizes, width=st.integers(1, 9), tile=st.integers(1, 17), other=st.integers(1, 17))
def test_tiles_give_softmax_attention(queries, keys, width, tile, other):
    q, k, v = tensors(queries * keys, (2, queries, width), (2, keys, width), (2, keys, 5))
    wanted = softmax_attention(q, k, v)
    torch.testing.assert_close(tiled_attention(q, k, v, query_tile=tile, key_tile=other), wanted)


@few
@given(queries=sizes, more=st.integers(0, 20), tile=st.integers(1, 17), other=st.integers(1, 17))
def test_causal_tiles_give_causal_attention(queries, more, tile, other):
    """Also where tiles straddle the diagonal, and where older keys stand before the first query, as in a cache."""
    q, k, v = tensors(queries, (2, queries, 4), (2, queries + more, 4), (2, queries + more, 3))
    found = tiled_attention(q, k, v, causal=True, query_tile=tile, key_tile=other)
    torch.testing.assert_close(found, softmax_attention(q, k, v, causal=True))
    if more == 0:
        fused = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        torch.testing.assert_close(found, fused)


@few
@given(seed=st.integers(0, 10_000), causal=st.booleans(), kept=st.floats(0.05, 0.9))
def test_tiles_obey_any_mask(seed, causal, kept):
    """Whole tiles may be hidden before the first key is seen; a query that sees no key gives NaN in both."""
    q, k, v = tensors(seed, (2, 3, 21, 4), (2, 3, 21, 4), (2, 3, 21, 4))
    mask = torch.rand(2, 1, 21, 21, generator=torch.Generator().manual_seed(seed)) < kept
    found = tiled_attention(q, k, v, mask=mask, causal=causal, query_tile=5, key_tile=4)
    wanted = softmax_attention(q, k, v, mask=mask, causal=causal)
    torch.testing.assert_close(found, wanted, equal_nan=True)


def test_tiles_survive_scores_that_overflow_exp():
    q, k, v = (1000 * t for t in tensors(0, (1, 8, 4), (1, 30, 4), (1, 30, 4)))
    found = tiled_attention(q, k, v, query_tile=3, key_tile=4)
    assert found.isfinite().all()
    torch.testing.assert_close(found, softmax_attention(q, k, v), atol=1e-2, rtol=1e-4)


@pytest.mark.parametrize("length", [256, 512])
def test_tiles_need_memory_that_grows_with_length_not_its_square(length):
    def bytes_at(n, attention):
        q, k, v = (torch.randn(1, 1, n, 16) for _ in range(3))
        return peak_bytes(lambda: attention(q, k, v), "cpu")

    def tiled(q, k, v):
        return tiled_attention(q, k, v, query_tile=64, key_tile=64)

    assert bytes_at(length, softmax_attention) >= length * length * 4
    assert bytes_at(2 * length, softmax_attention) > 3.5 * bytes_at(length, softmax_attention)
    assert bytes_at(2 * length, tiled) < 2.5 * bytes_at(length, tiled)


@few
@given(length=st.integers(1, 40), width=st.integers(1, 6), chunk=st.integers(1, 50))
def test_three_forms_of_linear_attention_are_equal(length, width, chunk):
    q, k, v = tensors(length + width, (2, length, width), (2, length, width), (2, length, 3))
    wanted = parallel(q, k, v)
    torch.testing.assert_close(recurrent(q, k, v), wanted)
    torch.testing.assert_close(chunked(q, k, v, chunk=chunk), wanted)


def test_linear_attention_is_a_mean_of_the_values_seen():
    """Against the definition, token by token, without any of the matrix forms."""
    q, k, v = tensors(3, (6, 4), (6, 4), (6, 2))
    found = parallel(q, k, v)
    for i in range(6):
        weights = torch.stack([feature_map(q[i]) @ feature_map(k[j]) for j in range(i + 1)])
        assert (weights > 0).all()
        torch.testing.assert_close(found[i], (weights[:, None] * v[: i + 1]).sum(0) / weights.sum())


def test_state_of_linear_attention_does_not_grow():
    q, k, v = tensors(1, (2, 50, 4), (2, 50, 4), (2, 50, 3))
    state = empty_state(k, v)
    shapes = [t.shape for t in state]
    for i in range(50):
        _, state = step(q[:, i], k[:, i], v[:, i], state)
        assert [t.shape for t in state] == shapes


@pytest.mark.parametrize("form", [parallel, recurrent, chunked])
def test_linear_attention_does_not_see_the_future(form):
    q, k, v = tensors(2, (1, 12, 4), (1, 12, 4), (1, 12, 3))
    before = form(q, k, v)[:, :7]
    k[:, 7:], v[:, 7:] = 9.0, 9.0
    torch.testing.assert_close(form(q, k, v)[:, :7], before)
