"""Small codes for vectors to be searched: product quantization, and signs searched by Hamming distance."""

from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from reference.measurement import Case, Measurement, Quality, counted
from reference.tasks import generator
from reference.timing import compare

FAMILY = "ann-search-and-index-compression"


def k_means(points: Tensor, count: int, *, rounds: int, seed: int) -> Tensor:
    """(count, d) centres of points (n, d), n >= count: Lloyd 1982, Least squares quantization in PCM.

    A centre that loses all its points stays where it was, so that the mean squared error never grows.
    """
    if len(points) < count:
        raise ValueError(f"{count} centres need at least as many points, got {len(points)}")
    centres = points[torch.randperm(len(points), generator=generator(seed))[:count].to(points.device)].clone()
    for _ in range(rounds):
        nearest = nearest_of(points, centres)
        total = torch.zeros_like(centres).index_add_(0, nearest, points)
        members = torch.bincount(nearest, minlength=count).to(points)[:, None]
        centres = torch.where(members > 0, total / members.clamp(min=1), centres)
    return centres


def nearest_of(points: Tensor, centres: Tensor) -> Tensor:
    """Index of the nearest centre of each point: argmin ‖c‖² − 2 x·c."""
    return ((centres**2).sum(1) - 2 * points @ centres.T).argmin(1)


def trained_codebooks(vectors: Tensor, *, parts: int, seed: int, centres: int = 256, rounds: int = 8) -> Tensor:
    """(parts, centres, d / parts): one k-means for each part of the dimensions.

    Jégou et al. 2011, Product Quantization for Nearest Neighbor Search, IEEE TPAMI 33(1).
    """
    if vectors.shape[1] % parts:
        raise ValueError(f"{vectors.shape[1]} dimensions cannot be cut into {parts} equal parts")
    return torch.stack([k_means(p, centres, rounds=rounds, seed=seed) for p in vectors.chunk(parts, dim=1)])


def encoded(vectors: Tensor, codebooks: Tensor) -> Tensor:
    """(n, parts) uint8: for each part of a vector the nearest centre of its codebook (Jégou et al. 2011)."""
    chunks = vectors.chunk(len(codebooks), dim=1)
    return torch.stack([nearest_of(p, c) for p, c in zip(chunks, codebooks, strict=True)], dim=1).to(torch.uint8)


def decoded(codes: Tensor, codebooks: Tensor) -> Tensor:
    """(n, d): the centres that the codes name."""
    return codebooks[torch.arange(len(codebooks), device=codes.device), codes.long()].flatten(1)


def inner_products(query: Tensor, codes: Tensor, codebooks: Tensor) -> Tensor:
    """(n,) query · decoded(codes) from a table of query parts times centres: the asymmetric form of Jégou et al."""
    table = (codebooks @ query.view(len(codebooks), -1, 1))[..., 0]  # (parts, centres)
    return table.gather(1, codes.T.long()).sum(0)


def sign_bits(vectors: Tensor) -> Tensor:
    """(n, d / 64) int64: one bit a dimension, set where it is positive; d a multiple of 64.

    Yamada et al. 2021, Efficient Passage Retrieval with Hashing (BPR), arXiv:2106.00882.
    """
    if vectors.shape[1] % 64:
        raise ValueError(f"64 bits make a word: {vectors.shape[1]} dimensions are no multiple of 64")
    places = torch.ones(64, dtype=torch.int64, device=vectors.device) << torch.arange(64, device=vectors.device)
    return torch.where(vectors.unflatten(1, (-1, 64)) > 0, places, 0).sum(-1)


def signs(bits: Tensor) -> Tensor:
    """(n, 64·w) −1.0 or 1.0: the inverse of `sign_bits` as far as it can be."""
    places = torch.arange(64, device=bits.device)
    return ((bits[..., None] >> places & 1) * 2.0 - 1).flatten(1)


def hamming(query: Tensor, bits: Tensor) -> Tensor:
    """(n,) number of bits in which words (n, w) differ from the query's (w,).

    The bits of a word are added in place, pairs first (Warren 2012, Hacker's Delight, 2nd ed.). The top bit is counted
    apart, because int64 shifts drag the sign along.
    """
    x = bits ^ query
    top = (x < 0).long()
    x = x & 0x7FFFFFFFFFFFFFFF
    x = x - ((x >> 1) & 0x5555555555555555)
    x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333)
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0F
    return (((x * 0x0101010101010101) >> 56) + top).sum(1)


def passages(count: int, queries: int, seed: int, *, width: int = 128) -> tuple[Tensor, Tensor]:
    """Normalised vectors (count, width) around 500 topics in 32 dimensions, and queries: noisy copies of some."""
    draw = generator(seed)
    topics, lift = torch.randn(500, 32, generator=draw), torch.randn(32, width, generator=draw)
    latent = topics[torch.randint(500, (count,), generator=draw)] + 0.6 * torch.randn(count, 32, generator=draw)
    vectors = latent @ lift + 0.5 * torch.randn(count, width, generator=draw)
    asked = vectors[:queries] + 2.0 * torch.randn(queries, width, generator=draw)
    return F.normalize(vectors, dim=1), F.normalize(asked, dim=1)


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """Bytes and time of search among 40,000 vectors, and how many of the ten truly nearest are found."""
    vectors, asked = (t.to(device) for t in passages(40_000, 200, seed))
    truth = (asked @ vectors.T).topk(10).indices
    codebooks = trained_codebooks(vectors[:8000], parts=16, seed=seed)
    codes, bits, asked_bits = encoded(vectors, codebooks), sign_bits(vectors), sign_bits(asked)

    def by_codes(i: int, count: int = 10) -> Tensor:
        return inner_products(asked[i], codes, codebooks).topk(count).indices

    def by_bits(i: int, count: int = 10) -> Tensor:
        return hamming(asked_bits[i], bits).topk(count, largest=False).indices

    def by_query(i: int) -> Tensor:
        """The best 100 by bits, in the order of query · signs: BPR's second stage (Yamada et al. 2021)."""
        best = by_bits(i, 100)
        return best[(signs(bits[best]) @ asked[i]).topk(10).indices]

    def by_vectors(i: int) -> Tensor:
        best = by_bits(i, 100)
        return best[(vectors[best] @ asked[i]).topk(10).indices]

    found = []
    setting = "40,000 clustered vectors of 128 dimensions"
    slow = "Plain torch looks codes up one by one; libraries keep the tables in vector registers."
    for method, search, held in (
        ("product quantization, 16 bytes", by_codes, codes.numel() + codebooks.numel() * 4),
        ("signs, 16 bytes, best 100 reordered by the query", by_query, bits.numel() * 8),
        ("signs, best 100 compared in full", by_vectors, None),  # the vectors must be kept: nothing is saved in bytes
    ):
        hits = sum(int(torch.isin(search(i), truth[i]).sum()) for i in range(len(asked)))
        quality = Quality("recall@10 (%)", 100.0, hits / truth.numel() * 100)
        case = Case(FAMILY, method, "all float32 vectors", device)
        if held:
            memory = counted("bytes", vectors.numel() * 4, held)
            found.append(case.measured("memory", memory, quality, f"{setting}; codes and codebooks"))
        time = compare(lambda: (vectors @ asked[0]).topk(10), partial(search, 0), device)
        found.append(
            case.measured("speed", time, quality, f"{setting}; one query, all vectors scanned", otherwise=slow)
        )
    return found
