"""A small transformer whose attention can be exchanged: the baseline that several families are measured on."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

Attend = Callable[[Tensor, Tensor, Tensor], Tensor]  # q, k, v, each (batch, heads, length, head width) -> like v


def softmax_attention(q: Tensor, k: Tensor, v: Tensor, *, causal: bool = False, mask: Tensor | None = None) -> Tensor:
    """softmax(q kᵀ / √d) v, written out: the scores of all pairs are held at once.

    Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762. `mask` (boolean, broadcastable to
    (..., queries, keys)) says which keys a query may see; `causal` aligns the last query with the last key.
    """
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    if causal:
        allowed = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril(k.shape[-2] - q.shape[-2])
        mask = allowed if mask is None else mask & allowed
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return softmax_attention(q, k, v, causal=True)


class Block(nn.Module):
    """Attention, then a two-layer perceptron, both on normalised input and added to it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def attention(self, x: Tensor, attend: Attend) -> Tensor:
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return x + self.out(attend(q, k, v).transpose(1, 2).flatten(2))

    def perceptron(self, x: Tensor) -> Tensor:
        return x + self.mlp(self.norm2(x))

    def forward(self, x: Tensor, attend: Attend) -> Tensor:
        return self.perceptron(self.attention(x, attend))


class LanguageModel(nn.Module):
    """Token and position embeddings, blocks, next-token logits."""

    def __init__(self, *, vocabulary: int, width: int, layers: int, heads: int, length: int) -> None:
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens: Tensor, attends: Sequence[Attend] | None = None, *, start: int = 0) -> Tensor:
        """Logits (batch, length, vocabulary) of tokens (batch, length) whose first one stands at position `start`.

        `attends` has one attention a layer, by default the causal one over these tokens; a cache is one that remembers.
        """
        places = torch.arange(start, start + tokens.shape[1], device=tokens.device)
        x = self.tokens(tokens) + self.positions(places)
        for block, attend in zip(self.blocks, attends or [causal_attention] * len(self.blocks), strict=True):
            x = block(x, attend)
        return self.head(self.norm(x))
