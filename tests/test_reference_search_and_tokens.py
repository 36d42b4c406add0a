"""Codes for search and merged tokens, against brute force."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.product_quantization import (
    decoded,
    encoded,
    hamming,
    inner_products,
    k_means,
    nearest_of,
    passages,
    sign_bits,
    signs,
    trained_codebooks,
)
from reference.token_merging import (
    VisionTransformer,
    bipartite_soft_matching,
    gratings,
    merge,
    proportional_attention,
)
from reference.transformer import softmax_attention

few = settings(max_examples=30, deadline=None)


def points(count, width, seed=0):
    return torch.randn(count, width, generator=torch.Generator().manual_seed(seed))


def squared_error(vectors, codebooks):
    return float((decoded(encoded(vectors, codebooks), codebooks) - vectors).square().sum())


def test_error_falls_with_centres_and_with_parts():
    vectors = points(1500, 16)
    by_centres = [
        squared_error(vectors, trained_codebooks(vectors, parts=4, seed=0, centres=c)) for c in (1, 4, 16, 64)
    ]
    by_parts = [squared_error(vectors, trained_codebooks(vectors, parts=p, seed=0, centres=16)) for p in (1, 2, 4, 8)]
    assert by_centres == sorted(by_centres, reverse=True)
    assert by_parts == sorted(by_parts, reverse=True)
    # one centre is the mean: the error is the variance
    assert by_centres[0] == pytest.approx(float((vectors - vectors.mean(0)).square().sum()), rel=1e-4)


def test_lloyd_never_makes_it_worse():
    vectors = points(400, 3)
    errors = []
    for rounds in range(6):
        centres = k_means(vectors, 12, rounds=rounds, seed=0)
        errors.append(float((centres[nearest_of(vectors, centres)] - vectors).square().sum()))
    assert all(later <= earlier + 1e-4 for earlier, later in pairwise(errors))
    assert errors[-1] < errors[0]


def test_a_centre_for_every_point_leaves_no_error():
    vectors = points(16, 8)
    assert squared_error(vectors, trained_codebooks(vectors, parts=2, seed=0, centres=16)) == pytest.approx(0, abs=1e-9)


def test_code_is_the_nearest_of_all_centres():
    vectors = points(50, 6)
    books = trained_codebooks(vectors, parts=3, seed=0, centres=8)
    for part in range(3):
        distance = torch.cdist(vectors[:, 2 * part : 2 * part + 2].double(), books[part].double())
        assert (encoded(vectors, books)[:, part] == distance.argmin(1)).all()


@few
@given(parts=st.integers(1, 4), wide=st.integers(1, 4), seed=st.integers(0, 99))
def test_tables_give_the_inner_product_with_the_decoded_vector(parts, wide, seed):
    vectors, query = points(40, parts * wide, seed), points(1, parts * wide, seed + 1)[0]
    books = trained_codebooks(vectors, parts=parts, seed=0, centres=8, rounds=2)
    codes = encoded(vectors, books)
    torch.testing.assert_close(inner_products(query, codes, books), decoded(codes, books) @ query)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: trained_codebooks(points(30, 10), parts=3, seed=0, centres=4), "equal parts"),
        (lambda: k_means(points(3, 2), 4, rounds=1, seed=0), "at least as many points"),
        (lambda: sign_bits(points(3, 100)), "multiple of 64"),
        (lambda: bipartite_soft_matching(torch.ones(1, 7, 2), 4), "of 7 tokens at most 3"),
    ],
)
def test_what_does_not_fit_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


@few
@given(words=st.integers(1, 3), seed=st.integers(0, 999))
def test_hamming_counts_the_signs_that_differ(words, seed):
    vectors = points(20, 64 * words, seed)
    bits = sign_bits(vectors)
    assert torch.equal(signs(bits), torch.where(vectors > 0, 1.0, -1.0))
    differing = ((vectors[:1] > 0) != (vectors > 0)).sum(1)
    assert torch.equal(hamming(bits[0], bits), differing)


@pytest.mark.parametrize(("vector", "bits"), [(torch.ones(1, 64), 64), (-torch.ones(1, 64), 0)])
def test_hamming_at_the_ends(vector, bits):
    """The sign bit of the word counts like any other."""
    assert int(hamming(torch.zeros(1, dtype=torch.int64), sign_bits(vector))[0]) == bits


def test_hamming_estimates_the_angle():
    """P(signs differ) = angle / π for random directions (Goemans and Williamson): over 4,096 of them, to 3 in 100."""
    one, two = points(2, 16)
    directions = points(16, 4096, 1)
    bits = sign_bits(torch.stack((one, two)) @ directions)
    angle = torch.arccos(one @ two / one.norm() / two.norm())
    assert float(hamming(bits[0], bits[1:])[0]) / 4096 == pytest.approx(float(angle) / torch.pi, abs=0.03)


def test_passages_are_of_unit_length_and_queries_find_their_own():
    vectors, asked = passages(2000, 50, 3)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(2000))
    found = (asked @ vectors.T).topk(10).indices
    assert float((found == torch.arange(50)[:, None]).any(1).float().mean()) > 0.9


# Token merging


@few
@given(tokens=st.integers(2, 30), seed=st.integers(0, 99), data=st.data())
def test_merging_keeps_the_sum_and_the_count_of_patches(tokens, seed, data):
    merged = data.draw(st.integers(0, tokens // 2))
    x, size = points(2 * tokens, 5, seed).view(2, tokens, 5), torch.rand(2, tokens, 1) + 0.5
    fewer, sizes = merge(x, size, x, merged)
    assert fewer.shape == (2, tokens - merged, 5)
    torch.testing.assert_close(sizes.sum(1), size.sum(1))
    torch.testing.assert_close((fewer * sizes).sum(1), (x * size).sum(1), atol=1e-5, rtol=1e-4)


def test_the_most_similar_pair_is_merged():
    """Tokens 0 and 3 point the same way; 0 is of set A, 3 of set B."""
    x = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.1], [2.0, 0.01], [-0.5, -1.0], [0.3, -1.0]]])
    fewer, sizes = merge(x, torch.ones(1, 6, 1), x, 1)
    assert sizes.flatten().tolist() == [1, 1, 1, 2, 1]  # what is left of A, then B
    torch.testing.assert_close(fewer[0, 3], torch.tensor([1.5, 0.005]))


@few
@given(seed=st.integers(0, 99), merged=st.integers(1, 4))
def test_equal_tokens_merged_are_attended_to_as_before(seed, merged):
    """Proportional attention over merged copies equals attention over the copies: the reason for log s."""
    copies = points(4, 6, seed).repeat_interleave(2, dim=0)[None]  # A and B hold the same four tokens
    size = torch.ones(1, 8, 1)
    fewer, sizes = merge(copies, size, copies, merged)
    query = points(3, 6, seed + 1)[None, None]
    found = proportional_attention(query, fewer[None], fewer[None], sizes)
    wanted = softmax_attention(query, copies[None], copies[None])
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)
    ignoring_size = softmax_attention(query, fewer[None], fewer[None])
    if merged < 4:  # with all merged, every token counts twice and the size cancels
        assert not torch.allclose(ignoring_size, wanted, atol=1e-4)


def test_nothing_merged_is_the_plain_model():
    torch.manual_seed(0)
    model, (images, _) = VisionTransformer(width=16, layers=2).eval(), gratings(3, 0)
    with torch.no_grad():
        logits, seen = model.with_merging(images, 0)
        torch.testing.assert_close(logits, model(images), atol=1e-5, rtol=1e-4)
        fewer, seen_fewer = model.with_merging(images, 9)
    assert seen == [64, 64]
    assert seen_fewer == [55, 46]
    assert not torch.allclose(fewer, logits, atol=1e-4)
