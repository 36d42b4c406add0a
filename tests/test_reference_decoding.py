"""Decoding: speculative sampling has exactly the target's distribution; caches keep what they say."""

from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.kv_cache import Cache, HeavyHitters, QuantizedCache, SinkWindow, quantized, token_by_token
from reference.speculative_decoding import Cached, acceptance, residual, sample, speculate
from reference.tasks import VOCABULARY, cross_entropy, sentences
from reference.transformer import LanguageModel, softmax_attention

few = settings(max_examples=30, deadline=None)


def distribution(seed, size, *, zeros=0):
    p = torch.rand(size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    p[:zeros] = 0
    return p / p.sum()


@few
@given(size=st.integers(1, 8), seed=st.integers(0, 999), p_zeros=st.integers(0, 7), q_zeros=st.integers(0, 7))
def test_accepting_and_drawing_again_gives_the_target_exactly(size, seed, p_zeros, q_zeros):
    """By enumeration of every token that the draft may propose: no sampling, no tolerance but rounding."""
    target = distribution(seed, size, zeros=min(p_zeros, size - 1))
    draft = distribution(seed + 1, size, zeros=min(q_zeros, size - 1)).flip(0)
    kept = draft * acceptance(target, draft)
    found = kept + (1 - kept.sum()) * residual(target, draft)
    torch.testing.assert_close(found, target)


def test_acceptance_is_one_minus_total_variation():
    """Leviathan et al. 2022, theorem 3.5: the mean acceptance is sum min(p, q)."""
    target, draft = distribution(1, 6), distribution(2, 6)
    total_variation = (target - draft).abs().sum() / 2
    torch.testing.assert_close((draft * acceptance(target, draft)).sum(), 1 - total_variation)


class Table:
    """Next-token distributions by the last two tokens: a language small enough to enumerate."""

    def __init__(self, seed, size=3):
        self.size, self.seed, self.runs = size, seed, 0
        draw = torch.Generator().manual_seed(seed)
        self.after = torch.rand(size, size, size, generator=draw, dtype=torch.float64) ** 2
        self.after /= self.after.sum(-1, keepdim=True)

    def __call__(self, text, last):
        self.runs += 1
        ends = range(len(text) - last, len(text) + 1)
        return torch.stack([self.after[text[end - 2], text[end - 1]] for end in ends])

    def probability(self, prompt, text):
        whole, p = [*prompt, *text], 1.0
        for i in range(len(prompt), len(whole)):
            p *= float(self.after[whole[i - 2], whole[i - 1], whole[i]])
        return p


def chi_square(write, target, *, length, texts):
    """Pearson's statistic of `texts` drawn texts against the enumerated distribution of all texts of that length."""
    random, prompt = torch.Generator().manual_seed(7), [0, 1]
    counts = dict.fromkeys(product(range(target.size), repeat=length), 0)
    for _ in range(texts):
        counts[tuple(write(prompt, length, random))] += 1
    expected = {text: texts * target.probability(prompt, text) for text in counts}
    assert sum(expected.values()) == pytest.approx(texts)
    return sum((counts[t] - e) ** 2 / e for t, e in expected.items())


# 3³ texts have 26 degrees of freedom: above 54.1 with probability 0.001
LIMIT = 54.1


@pytest.mark.parametrize("ahead", [1, 2, 4])
def test_whole_texts_follow_the_target(ahead):
    target, draft = Table(1), Table(2)

    def write(prompt, count, random):
        return speculate(target, draft, prompt, count, random, ahead=ahead)[0]

    assert chi_square(write, target, length=3, texts=2000) < LIMIT


def test_the_baseline_follows_the_target_too():
    target = Table(1)
    assert chi_square(lambda p, n, r: sample(target, p, n, r), target, length=3, texts=2000) < LIMIT


@pytest.mark.parametrize("wrong", ["no second draw from the residual", "every proposal accepted"])
def test_a_wrong_rule_would_be_caught(wrong, monkeypatch):
    target, draft = Table(1), Table(2)
    if wrong.startswith("no"):
        monkeypatch.setattr("reference.speculative_decoding.residual", lambda p, q: p)
    else:
        monkeypatch.setattr("reference.speculative_decoding.acceptance", lambda p, q: torch.ones_like(p))

    def write(prompt, count, random):
        return speculate(target, draft, prompt, count, random, ahead=2)[0]

    assert chi_square(write, target, length=3, texts=2000) > 2 * LIMIT


@pytest.mark.parametrize(("ahead", "count"), [(1, 7), (4, 11), (4, 1), (9, 3)])
def test_a_perfect_draft_gives_one_token_more_than_it_guessed(ahead, count):
    target = Table(1)
    text, runs = speculate(target, target, [0, 1], count, torch.Generator().manual_seed(0), ahead=ahead)
    assert len(text) == count
    assert runs == -(-count // (ahead + 1))


def tiny(layers=2):
    torch.manual_seed(0)
    model = LanguageModel(vocabulary=VOCABULARY, width=16, layers=layers, heads=2, length=64)
    return model.eval().requires_grad_(False)


def test_a_cached_model_gives_what_the_whole_text_gives_after_any_rewind():
    model = tiny()
    cached, text = Cached(model), sentences(1, 0, length=30)[0].tolist()
    wanted = torch.softmax(model(torch.tensor([text])), dim=-1)[0]
    for end, last in ((5, 0), (6, 0), (12, 4), (9, 2), (9, 2), (20, 0), (3, 1), (30, 7)):
        torch.testing.assert_close(cached(text[:end], last), wanted[end - last - 1 : end], atol=1e-5, rtol=1e-4)
    other = [*text[:4], (text[4] + 1) % VOCABULARY, *text[5:10]]
    wanted = torch.softmax(model(torch.tensor([other])), dim=-1)[0]
    torch.testing.assert_close(cached(other, 3), wanted[6:10], atol=1e-5, rtol=1e-4)


# Caches


def test_a_full_cache_reads_as_the_model_does():
    model, text = tiny(), sentences(3, 1, length=40)
    whole = float(cross_entropy(model, text).exp())
    assert token_by_token(model, text, [Cache(), Cache()]) == pytest.approx(whole, rel=1e-5)
    for roomy in (SinkWindow(64), HeavyHitters(64), QuantizedCache(bits=8)):
        assert token_by_token(model, text, [roomy, Cache()]) == pytest.approx(whole, rel=1e-3)


def feed(cache, length, seed=0, width=4):
    draw = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(2, 3, length, width, generator=draw) for _ in range(3))
    outs = [cache(q[:, :, i : i + 1], k[:, :, i : i + 1], v[:, :, i : i + 1]) for i in range(length)]
    return q, k, v, torch.cat(outs, dim=2)


@few
@given(length=st.integers(1, 30), budget=st.integers(5, 12), sinks=st.integers(1, 4))
def test_the_window_is_attention_under_a_mask(length, budget, sinks):
    """Token i sees the first tokens and the latest ones, no others: the same as one masked attention."""
    cache = SinkWindow(budget, sinks=sinks)
    q, k, v, found = feed(cache, length)
    i, j = torch.arange(length)[:, None], torch.arange(length)
    mask = (j <= i) & ((j < sinks) | (i - j <= budget - sinks))
    torch.testing.assert_close(found, softmax_attention(q, k, v, mask=mask))
    assert cache.keys.shape[2] == min(length, budget)


@pytest.mark.parametrize("budget", [6, 11])
def test_heavy_hitters_against_the_algorithm_written_out(budget):
    """One head at a time with plain lists: sum the attention, evict the least outside of the recent half."""
    cache = HeavyHitters(budget)
    q, k, v, found = feed(cache, 25)
    for b, h in product(range(2), range(3)):
        kept, score = [], {}
        for i in range(25):
            kept, score[i] = [*kept, i], 0.0
            weights = torch.softmax(k[b, h, kept] @ q[b, h, i] / 2, dim=0)
            torch.testing.assert_close(found[b, h, i], weights @ v[b, h, kept])
            for j, weight in zip(kept, weights.tolist(), strict=True):
                score[j] += weight
            if len(kept) > budget:
                kept.remove(min(kept[: -(budget // 2)], key=score.__getitem__))
        torch.testing.assert_close(cache.keys[b, h], k[b, h, kept])


@few
@given(bits=st.sampled_from([2, 4, 8]), dim=st.sampled_from([0, 1]), seed=st.integers(0, 99), power=st.integers(-3, 3))
def test_quantized_entries_err_by_half_a_step(bits, dim, seed, power):
    x = torch.randn(6, 5, generator=torch.Generator().manual_seed(seed)) * 10.0**power
    codes, scale, least = quantized(x, bits=bits, dim=dim)
    assert int(codes.max()) < 2**bits
    assert ((codes * scale + least - x).abs() <= scale / 2 * (1 + 1e-4) + 1e-7).all()


def test_bytes_of_quantized_entries():
    """40 tokens in groups of 16: 32 coded, 8 plain. 6 heads of width 4, keys and values, 2 bits or 16."""
    cache = QuantizedCache(bits=2, group=16)
    feed(cache, 40)
    codes, plain = 6 * 2 * 32 * 4 * 2 / 8, 6 * 2 * 8 * 4 * 2
    scales = 6 * 4 * (2 * 4 + 32)  # scale and minimum of 2 bytes: keys 2 groups × 4 channels, values 32 tokens
    assert cache.nbytes() == codes + plain + scales


def test_quantized_cache_leaves_the_latest_plain():
    cache = QuantizedCache(bits=2, group=16)
    _, k, v, _ = feed(cache, 40)
    assert torch.equal(cache.keys[:, :, 32:], k[:, :, 32:])
    assert torch.equal(cache.values[:, :, 32:], v[:, :, 32:])
    assert not torch.equal(cache.keys[:, :, :32], k[:, :, :32])
