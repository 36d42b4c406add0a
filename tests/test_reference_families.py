"""Every family can be measured on this machine, and keeps the quality that it should."""

from importlib import import_module

import pytest

import reference
from reference import timing

pytestmark = pytest.mark.slow


@pytest.fixture
def quick(monkeypatch):
    """Few repeats: the figures of these tests are not kept, and no time is asserted."""
    full = timing.compare

    def compare(baseline, method, device, **_):
        return full(baseline, method, device, repeats=3, at_least=0.0)

    for module in set(reference.families().values()):
        if hasattr(import_module(module), "compare"):
            monkeypatch.setattr(f"{module}.compare", compare)


def qualities(family):
    """Method -> (baseline, method) quality, once the records have been looked at."""
    found = reference.measure(family)
    assert found
    for m in found:
        assert m.family == family
        assert m.device
        assert m.setting
        assert m.factor_low <= m.factor <= m.factor_high
        if m.unit != "ms":
            assert m.shows, m
    return {m.method: (m.quality_baseline, m.quality) for m in found}


def test_quantization(quick):
    found = qualities("quantization")
    for baseline, perplexity in found.values():
        assert perplexity < 1.01 * baseline < 6  # chance would be 40


def test_pruning(quick):
    found = qualities("unstructured-pruning")
    assert found["magnitude, 50 %"][1] < found["Wanda, 2:4"][1] < 6
    assert found["Wanda, 50 %"][1] < found["Wanda, 2:4"][1]


def test_low_rank(quick):
    ((baseline, accuracy),) = qualities("low-rank-and-shared-weights").values()
    assert accuracy > baseline - 2 > 85


def test_lora(quick):
    ((baseline, accuracy),) = qualities("peft").values()
    assert accuracy > baseline - 8 > 75


def test_distillation(quick):
    found = qualities("distillation")
    assert found["distilled student"][1] > found["the same student on labels alone"][1] + 2


def test_kv_cache(quick):
    found = {method.split(",")[0]: quality for method, (_, quality) in qualities("kv-cache-optimization").items()}
    assert found["heavy hitters"] < found["window with 4 sinks"] - 0.3
    assert found["4-bit entries"] <= found["2-bit entries"] + 0.01


def test_speculative_decoding(quick):
    for baseline, perplexity in qualities("speculative-decoding").values():
        assert perplexity == pytest.approx(baseline, rel=0.15)


def test_tiled_attention(quick):
    for _, difference in qualities("exact-attention-kernels").values():
        assert difference < 1e-5


def test_linear_attention(quick):
    for softmax, linear in qualities("linear-attention-and-ssm").values():
        assert softmax < linear < 10


def test_token_merging(quick):
    ((baseline, accuracy),) = qualities("token-reduction").values()
    assert accuracy > baseline - 3 > 60


def test_search(quick):
    found = qualities("ann-search-and-index-compression")
    assert found["signs, best 100 compared in full"][1] > 90
    assert found["product quantization, 16 bytes"][1] > 40
