"""Token merging: each layer of a vision transformer averages its most similar tokens, without any training."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reference.measurement import Case, Measurement, Quality, counted
from reference.tasks import generator, train
from reference.timing import compare
from reference.transformer import Block, softmax_attention

FAMILY = "token-reduction"
SIDE, PATCH, CLASSES = 32, 4, 8


def bipartite_soft_matching(metric: Tensor, merged: int) -> Callable[[Tensor], Tensor]:
    """A function that sums tokens (batch, tokens, width) into (batch, tokens − merged, width), matched by `metric`.

    Bolya et al. 2022, Token Merging: Your ViT But Faster, arXiv:2210.09461: tokens alternate between sets A and
    B; each of A is tied to the most similar of B (cosine); the `merged` strongest ties are
    merged, at most half of the tokens.
    """
    metric = F.normalize(metric, dim=-1)
    a, b = metric[:, ::2], metric[:, 1::2]
    if not 0 <= merged <= metric.shape[1] // 2:
        raise ValueError(
            f"of {metric.shape[1]} tokens at most {metric.shape[1] // 2} can be merged, asked for {merged}"
        )
    strength, partner = (a @ b.transpose(1, 2)).max(dim=-1)
    order = strength.argsort(dim=-1, descending=True)
    goes, stays = order[:, :merged], order[:, merged:].sort(dim=-1).values
    partner = partner.gather(1, goes)

    def summed(x: Tensor) -> Tensor:
        wide = lambda index: index[..., None].expand(-1, -1, x.shape[-1])  # noqa: E731
        even, odd = x[:, ::2], x[:, 1::2]
        odd = odd.scatter_add(1, wide(partner), even.gather(1, wide(goes)))
        return torch.cat((even.gather(1, wide(stays)), odd), dim=1)

    return summed


def merge(x: Tensor, size: Tensor, metric: Tensor, merged: int) -> tuple[Tensor, Tensor]:
    """Averages weighted by `size` (batch, tokens, 1), the patches a token stands for; and the new sizes."""
    summed = bipartite_soft_matching(metric, merged)
    total = summed(size)
    return summed(x * size) / total, total


def proportional_attention(q: Tensor, k: Tensor, v: Tensor, size: Tensor) -> Tensor:
    """softmax(q kᵀ / √d + log s) v: a token that stands for s patches counts s times (Bolya et al. 2022)."""
    bias = size.log()[:, None, None, :, 0].to(q.dtype)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=bias)


class VisionTransformer(nn.Module):
    """Patches, blocks, the mean of the tokens, a linear classifier. Images (batch, SIDE, SIDE)."""

    def __init__(self, *, width: int = 64, layers: int = 4, heads: int = 4) -> None:
        super().__init__()
        self.patches = nn.Linear(PATCH**2, width)
        self.positions = nn.Parameter(torch.randn((SIDE // PATCH) ** 2, width) * 0.02)
        self.blocks: Sequence[Block] = nn.ModuleList(Block(width, heads) for _ in range(layers))  # type: ignore[assignment]
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, CLASSES))

    def embedded(self, images: Tensor) -> Tensor:
        cut = images.unfold(1, PATCH, PATCH).unfold(2, PATCH, PATCH).flatten(3).flatten(1, 2)
        return self.patches(cut) + self.positions

    def forward(self, images: Tensor) -> Tensor:
        x = self.embedded(images)
        for block in self.blocks:
            x = block(x, softmax_attention)
        return self.head(x.mean(1))

    def with_merging(self, images: Tensor, merged: int) -> tuple[Tensor, list[int]]:
        """Logits when each layer merges `merged` tokens before its perceptron, and how many each perceptron saw."""
        x = self.embedded(images)
        size, seen, keys = torch.ones_like(x[..., :1]), [], x
        for block in self.blocks:

            def attend(q: Tensor, k: Tensor, v: Tensor, size: Tensor = size) -> Tensor:
                nonlocal keys
                keys = k.mean(1)  # the metric: keys, averaged over heads
                return proportional_attention(q, k, v, size)

            x = block.attention(x, attend)
            x, size = merge(x, size, keys, merged)
            seen.append(x.shape[1])
            x = block.perceptron(x)
        return self.head((x * size).sum(1) / size.sum(1)), seen


def gratings(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Noisy images of a patch of stripes somewhere on a smooth ground; 4 directions × 2 widths make 8 classes."""
    draw = generator(seed)
    label = torch.randint(CLASSES, (count,), generator=draw)
    angle, waves = (label % 4) * torch.pi / 4, 0.8 + 0.7 * (label // 4)
    y, x = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    centre = 8 + 16 * torch.rand(count, 2, generator=draw)
    phase = 2 * torch.pi * torch.rand(count, generator=draw)
    near = ((x - centre[:, :1, None]) ** 2 + (y - centre[:, 1:, None]) ** 2 < 100).float()
    along = x * angle.cos()[:, None, None] + y * angle.sin()[:, None, None]
    stripes = torch.sin(waves[:, None, None] * along + phase[:, None, None])
    slope = torch.randn(count, 2, generator=draw)[..., None, None] / SIDE
    ground = slope[:, 0] * x + slope[:, 1] * y
    return near * stripes + ground + 0.2 * torch.randn(count, SIDE, SIDE, generator=draw), label


@lru_cache(maxsize=2)
def trained(device: str, seed: int) -> VisionTransformer:
    steps, batch = 150, 12
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = VisionTransformer()
    model.to(device)
    images, labels = (t.to(device).split(batch) for t in gratings(steps * batch, seed))
    train(model, lambda step: F.cross_entropy(model(images[step]), labels[step]), steps=steps)
    return model.eval().requires_grad_(False)


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """Tokens, time and accuracy of a small vision transformer when each of its layers merges 12 of its 64 tokens."""
    model, merged = trained(device, seed), 12
    images, labels = (t.to(device) for t in gratings(512, seed + 10_000))
    logits, seen = model.with_merging(images, merged)
    before, after = (float((out.argmax(-1) == labels).float().mean()) * 100 for out in (model(images), logits))
    quality = Quality("accuracy (%)", before, after)
    batch = images[:64]
    tokens = counted("tokens", len(model.positions) * len(seen), sum(seen))
    time = compare(lambda: model(batch), lambda: model.with_merging(batch, merged), device)
    case = Case(FAMILY, f"ToMe, {merged} tokens a layer, {len(model.positions)} at first", "all tokens", device)
    setting = f"vision transformer of {len(seen)} layers, not retrained"
    return [
        case.measured("tokens", tokens, quality, f"{setting}; mean over its perceptrons"),
        case.measured(
            "speed", time, quality, f"{setting}; batch 64",
            otherwise="The model is so small that matching and merging cost as much as they save.",
        ),
    ]  # fmt: skip
