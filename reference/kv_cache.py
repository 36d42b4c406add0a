"""Smaller key-value caches: heavy hitters (H2O), a window with sinks (StreamingLLM), and quantized entries (KIVI)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from reference.measurement import Case, Measurement, Quality, counted
from reference.tasks import LENGTH, SLOTS, language_model, loss_of, sentences
from reference.timing import compare, timing_dtype
from reference.transformer import LanguageModel, softmax_attention

FAMILY = "kv-cache-optimization"


class Cache:
    """All keys and values so far, (batch, heads, entries, d); called with one new token, attends over what it keeps."""

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def __call__(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        self.keys = k if self.keys is None else torch.cat((self.keys, k), dim=2)
        self.values = v if self.values is None else torch.cat((self.values, v), dim=2)
        weights = torch.softmax(q @ self.keys.transpose(-1, -2) / q.shape[-1] ** 0.5, dim=-1)
        out = weights @ self.values
        self.shrink(weights[:, :, 0])
        return out

    def shrink(self, weights: Tensor) -> None:
        """What to forget after a token whose attention was `weights` (batch, heads, entries); nothing here."""

    def nbytes(self) -> int:
        """Bytes of the entries, at 16 bits a number as models are served."""
        return 0 if self.keys is None or self.values is None else 2 * (self.keys.numel() + self.values.numel())


class SinkWindow(Cache):
    """The first `sinks` tokens and the latest ones.

    Xiao et al. 2023, Efficient Streaming Language Models with Attention Sinks, arXiv:2309.17453 (positions
    are learned here and stay those of the text).
    """

    def __init__(self, budget: int, *, sinks: int = 4) -> None:
        super().__init__()
        self.budget, self.sinks = budget, sinks

    def shrink(self, weights: Tensor) -> None:
        if self.keys is not None and self.values is not None and self.keys.shape[2] > self.budget:
            oldest = self.sinks  # the first entry that is no sink
            self.keys, self.values = (
                torch.cat((t[:, :, :oldest], t[:, :, oldest + 1 :]), dim=2) for t in (self.keys, self.values)
            )


class HeavyHitters(Cache):
    """The tokens that gathered most attention so far and the latest ones, half of the budget each, for every head.

    Zhang et al. 2023, H2O: Heavy-Hitter Oracle, arXiv:2306.14048: the score of entry j is the sum of the
    attention that all queries so far paid to it; the least of the entries outside the recent half is evicted.
    """

    def __init__(self, budget: int) -> None:
        super().__init__()
        self.budget, self.scores = budget, torch.empty(0)

    def shrink(self, weights: Tensor) -> None:
        old = self.scores.to(weights) if self.scores.numel() else weights[..., :0]
        self.scores = torch.cat((old, torch.zeros_like(weights[..., :1])), dim=-1) + weights
        if self.keys is None or self.values is None or self.scores.shape[-1] <= self.budget:
            return
        least = self.scores[..., : -(self.budget // 2)].argmin(-1, keepdim=True)
        places = torch.arange(self.budget, device=weights.device).expand(*least.shape[:-1], -1)
        stays = places + (places >= least)  # the order is kept, the evicted place left out
        self.scores = self.scores.gather(-1, stays)
        self.keys, self.values = (
            t.gather(2, stays[..., None].expand(-1, -1, -1, t.shape[-1])) for t in (self.keys, self.values)
        )

    def nbytes(self) -> int:
        """With the scores, at 16 bits each."""
        return super().nbytes() + 2 * self.scores.numel()


def quantized(x: Tensor, *, bits: int, dim: int) -> tuple[Tensor, Tensor, Tensor]:
    """q = round((x − z) / s), z = min x, s = (max x − min x) / (2^bits − 1) along `dim`; returns q (uint8), s, z.

    Asymmetric quantization, Liu et al. 2024, KIVI, arXiv:2402.02750; |x − (s·q + z)| <= s / 2.
    """
    least, most = x.amin(dim, keepdim=True), x.amax(dim, keepdim=True)
    scale = ((most - least) / (2**bits - 1)).clamp(min=1e-8)
    return torch.round((x - least) / scale).to(torch.uint8), scale, least


class QuantizedCache(Cache):
    """Keys in groups along tokens (a scale per channel), values along channels (a scale per token), the latest plain.

    Liu et al. 2024, KIVI, arXiv:2402.02750, Algorithm 1: every `group` tokens the plain rest is quantized (here the
    values too; there each value is quantized when it leaves a window of plain ones).
    """

    def __init__(self, *, bits: int, group: int = 16) -> None:
        super().__init__()
        self.bits, self.group, self.done = bits, group, 0

    def shrink(self, weights: Tensor) -> None:
        if self.keys is None or self.values is None or self.keys.shape[2] - self.done < self.group:
            return
        for tensor, dim in ((self.keys, 2), (self.values, 3)):
            codes, scale, least = quantized(tensor[:, :, self.done :], bits=self.bits, dim=dim)
            tensor[:, :, self.done :] = codes * scale + least  # kept decoded here; `nbytes` counts the codes
        self.done = self.keys.shape[2]

    def nbytes(self) -> int:
        """Codes, a 16-bit scale and minimum for each group, and the plain rest at 16 bits."""
        if self.keys is None or self.values is None:
            return 0
        heads, (entries, width) = self.keys.shape[0] * self.keys.shape[1], self.keys.shape[2:]
        groups = self.done // self.group * width + self.done  # of the keys; of the values
        coded = heads * (2 * self.done * width * self.bits / 8 + 4 * groups)
        return int(coded) + 2 * 2 * heads * (entries - self.done) * width


@torch.no_grad()
def token_by_token(model: LanguageModel, tokens: Tensor, caches: Sequence[Cache]) -> float:
    """Perplexity when the text is read one token after the other with these caches, one a layer."""
    logits = [model(tokens[:, i : i + 1], caches, start=i) for i in range(tokens.shape[1] - 1)]
    return float(loss_of(torch.cat(logits, dim=1), tokens).exp())


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """Bytes of the cache at the end of a text, perplexity along it, and time of one step over a long cache."""
    model, text = language_model(device, seed), sentences(48, seed + 10_000).to(device)
    budget, layers = 24, len(model.blocks)
    full = [Cache() for _ in range(layers)]
    before, found = token_by_token(model, text, full), []
    tried: dict[str, list[Cache]] = {
        f"heavy hitters, {budget} entries": [HeavyHitters(budget) for _ in range(layers)],
        f"window with 4 sinks, {budget} entries": [SinkWindow(budget) for _ in range(layers)],
        "4-bit entries": [QuantizedCache(bits=4) for _ in range(layers)],
        "2-bit entries": [QuantizedCache(bits=2) for _ in range(layers)],
    }
    for method, caches in tried.items():
        quality = Quality("perplexity", before, token_by_token(model, text, caches), rises=False)
        memory = counted("bytes", sum(c.nbytes() for c in full), sum(c.nbytes() for c in caches))
        setting = f"2-layer language model at {LENGTH} tokens; far facts stand in the first {SLOTS}"
        found.append(Case(FAMILY, method, "full cache of 16 bits", device).measured("memory", memory, quality, setting))
    length, kept, dtype = 8192, 2048, timing_dtype(device)
    q, k, v = (torch.randn(4, 8, n, 64, device=device, dtype=dtype) for n in (1, length, length))
    small_k, small_v = k[:, :, :kept].clone(), v[:, :, :kept].clone()
    time = compare(lambda: softmax_attention(q, k, v), lambda: softmax_attention(q, small_k, small_v), device)
    hitters = Quality("perplexity", found[0].quality_baseline, found[0].quality, rises=False)
    setting = f"attention of one new token, batch 4, 8 heads, {length} entries against {kept}; without the book-keeping"
    case = Case(FAMILY, "a quarter of the entries", "full cache", device)
    return [
        *found,
        case.measured("speed", time, hitters, setting, otherwise="One step is too short here to feel the bytes."),
    ]
