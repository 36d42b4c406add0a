"""Exact attention in tiles with online softmax: the matrix of all scores is never held."""

import torch
from torch import Tensor
from torch.nn import functional as F

from reference.measurement import Case, Measurement, Quality, counted
from reference.timing import compare, peak_bytes, timing_dtype
from reference.transformer import softmax_attention

FAMILY = "exact-attention-kernels"


def tiled_attention(
    q: Tensor, k: Tensor, v: Tensor, *, causal: bool = False, mask: Tensor | None = None,
    query_tile: int = 128, key_tile: int = 128,
) -> Tensor:  # fmt: skip
    """softmax(q kᵀ / √d) v for q (..., n, d), k (..., m, d), v (..., m, e); equal to it but for the order of sums.

    Dao et al. 2022, FlashAttention, arXiv:2205.14135, in the loop order of Dao 2023, FlashAttention-2,
    arXiv:2307.08691, which divides once at the end. The running maximum and sum are of Milakov and
    Gimelshein 2018, Online normalizer calculation for softmax, arXiv:1805.02867.
    For each tile of scores S:

        m' = max(m, rowmax S);  P = exp(S − m');  l ← exp(m − m')·l + rowsum P;  O ← exp(m − m')·O + P V;  at last O / l

    `mask` (boolean, broadcastable to (..., n, m)) says which keys a query may see; a query that sees none gets NaN,
    as from the plain softmax. `causal` aligns the last query with the last key and skips the tiles that no query sees.
    """
    queries, keys = q.shape[-2], k.shape[-2]
    offset = keys - queries
    exact = torch.promote_types(q.dtype, torch.float32)  # sums of half precision are kept in float32
    if mask is not None:
        mask = mask.expand(*mask.shape[:-2], queries, keys)
    rows = []
    for top in range(0, queries, query_tile):
        tile_q = q[..., top : top + query_tile, :].to(exact) / q.shape[-1] ** 0.5
        bottom = top + tile_q.shape[-2]
        most = tile_q.new_full((*tile_q.shape[:-1], 1), float("-inf"))
        total = torch.zeros_like(most)
        out = tile_q.new_zeros(*tile_q.shape[:-1], v.shape[-1])
        for left in range(0, max(0, min(keys, bottom + offset)) if causal else keys, key_tile):
            tile = slice(left, left + key_tile)
            scores = tile_q @ k[..., tile, :].to(exact).transpose(-1, -2)
            if causal and left + key_tile > top + offset + 1:
                row = torch.arange(top, bottom, device=q.device)[:, None] + offset
                hidden = torch.arange(left, left + scores.shape[-1], device=q.device) > row
                scores = scores.masked_fill(hidden, float("-inf"))
            if mask is not None:
                scores = scores.masked_fill(~mask[..., top:bottom, tile], float("-inf"))
            new_most = torch.maximum(most, scores.amax(-1, keepdim=True))
            shift = torch.where(new_most.isinf(), 0.0, new_most)  # no key seen yet: exp(−inf − 0) = 0, never NaN
            weights, shrink = torch.exp(scores - shift), torch.exp(most - shift)
            total = shrink * total + weights.sum(-1, keepdim=True)
            out = shrink * out + weights @ v[..., tile, :].to(exact)
            most = new_most
        rows.append((out / total).to(v.dtype))
    return torch.cat(rows, dim=-2)


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """Bytes and time of one attention over 1,536 tokens (8,192 on CUDA), against holding all scores."""
    cuda = torch.device(device).type == "cuda"
    heads, length, dtype = (16, 8192, timing_dtype(device)) if cuda else (4, 1536, timing_dtype(device))
    tile = 1024 if cuda else 256
    draw = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(1, heads, length, 64, generator=draw).to(device, dtype) for _ in range(3))

    plain = lambda: softmax_attention(q, k, v, causal=True)  # noqa: E731
    tiled = lambda: tiled_attention(q, k, v, causal=True, query_tile=tile, key_tile=tile)  # noqa: E731
    fused = lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)  # noqa: E731
    setting = f"causal, {heads} heads of 64, {length} tokens, {str(dtype).removeprefix('torch.')}"
    exact = plain().float()
    found = []
    for method, work in ((f"online softmax in tiles of {tile}, plain torch", tiled), ("torch's fused kernel", fused)):
        # the baseline differs from itself by nothing
        quality = Quality("largest difference of an output", 0.0, float((work().float() - exact).abs().max()), False)
        case = Case(FAMILY, method, "all scores held", device)
        memory = counted("bytes", peak_bytes(plain, device), peak_bytes(work, device))
        found.append(case.measured("memory", memory, quality, setting))
        found.append(
            case.measured(
                "speed", compare(plain, work, device, repeats=5), quality, setting,
                otherwise="Each tile costs launches here; a fused kernel keeps the tiles in fast memory.",
            )
        )  # fmt: skip
    return found
