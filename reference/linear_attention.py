"""Causal linear attention in its three equal forms: parallel, recurrent, and in chunks."""

import torch
from torch import Tensor
from torch.nn import functional as F

from reference.measurement import Case, Measurement, Quality, counted
from reference.tasks import language_model, perplexity
from reference.timing import compare, timing_dtype
from reference.transformer import causal_attention

FAMILY = "linear-attention-and-ssm"


def feature_map(x: Tensor) -> Tensor:
    """φ(x) = elu(x) + 1, positive. Katharopoulos et al. 2020, Transformers are RNNs, arXiv:2006.16236."""
    return F.elu(x) + 1


def parallel(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """out_i = Σ_{j≤i} φ(q_i)·φ(k_j) v_j / Σ_{j≤i} φ(q_i)·φ(k_j), all pairs at once: quadratic.

    Katharopoulos et al. 2020, with causal masking. q, k (..., n, d), v (..., n, e) -> (..., n, e).
    """
    scores = (feature_map(q) @ feature_map(k).transpose(-1, -2)).tril()
    return scores @ v / scores.sum(-1, keepdim=True)


def recurrent(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """S_i = S_{i−1} + φ(k_i) v_iᵀ, z_i = z_{i−1} + φ(k_i), out_i = φ(q_i)ᵀ S_i / φ(q_i)·z_i: one state of fixed size.

    Katharopoulos et al. 2020, the transformer as a recurrent network.
    """
    state, outs = empty_state(k, v), []
    for i in range(q.shape[-2]):
        out, state = step(q[..., i, :], k[..., i, :], v[..., i, :], state)
        outs.append(out)
    return torch.stack(outs, dim=-2)


def empty_state(k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """S (..., d, e) and z (..., d), all zero."""
    return k.new_zeros(*k.shape[:-2], k.shape[-1], v.shape[-1]), k.new_zeros(*k.shape[:-2], k.shape[-1])


def step(q: Tensor, k: Tensor, v: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """One token of the recurrence: q, k (..., d), v (..., e)."""
    s, z = state
    phi_q, phi_k = feature_map(q), feature_map(k)
    s, z = s + phi_k[..., :, None] * v[..., None, :], z + phi_k
    out = (phi_q[..., None, :] @ s)[..., 0, :] / (phi_q * z).sum(-1, keepdim=True)
    return out, (s, z)


def chunked(q: Tensor, k: Tensor, v: Tensor, *, chunk: int = 64) -> Tensor:
    """The state carried from chunk to chunk, all pairs only within a chunk: linear, and made of large products.

    Yang et al. 2023, Gated Linear Attention Transformers with Hardware-Efficient Training, arXiv:2312.06635,
    the chunkwise form (without gates).
    """
    s, z = empty_state(k, v)
    outs = []
    for left in range(0, q.shape[-2], chunk):
        part = slice(left, left + chunk)
        phi_q, phi_k, values = feature_map(q[..., part, :]), feature_map(k[..., part, :]), v[..., part, :]
        scores = (phi_q @ phi_k.transpose(-1, -2)).tril()
        over, under = phi_q @ s + scores @ values, (phi_q * z[..., None, :]).sum(-1) + scores.sum(-1)
        outs.append(over / under[..., None])
        s, z = s + phi_k.transpose(-1, -2) @ values, z + phi_k.sum(-2)
    return torch.cat(outs, dim=-2)


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """Time over a long text, bytes to keep for the next token, and perplexity of a small model trained with each."""
    length, dtype = (16384 if torch.device(device).type == "cuda" else 2048), timing_dtype(device)
    draw = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(1, 4, length, 64, generator=draw).to(device, dtype) for _ in range(3))
    softmax = perplexity(language_model(device, seed), device, seed)
    linear = perplexity(language_model(device, seed, attend=parallel), device, seed, [parallel] * 2)
    quality = Quality("perplexity", softmax, linear, rises=False)
    trained = "perplexity of two small models trained alike on text that asks for exact recall"
    setting = f"causal, 4 heads of 64, {length} tokens; {trained}"
    plain = lambda: causal_attention(q, k, v)  # noqa: E731
    fused = lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)  # noqa: E731
    ours = lambda: chunked(q, k, v, chunk=256)  # noqa: E731
    cache = (k.numel() + v.numel()) * k.element_size()
    state = sum(t.numel() * t.element_size() for t in empty_state(k, v))
    return [
        Case(FAMILY, "linear attention in chunks", "softmax attention, all scores held", device).measured(
            "speed", compare(plain, ours, device, repeats=5), quality, setting,
            otherwise="At this length the quadratic part is still small on this machine.",
        ),
        Case(FAMILY, "linear attention in chunks", "softmax attention, torch's fused kernel", device).measured(
            "speed", compare(fused, ours, device, repeats=5), quality, setting,
            otherwise="At this length the fused kernel of softmax attention is as fast as chunks in plain torch.",
        ),
        Case(FAMILY, "recurrent state", "keys and values of all tokens", device).measured(
            "memory", counted("bytes", cache, state), quality, setting
        ),
    ]  # fmt: skip
