"""LoRA: a large model is adapted by training a low-rank update beside its frozen weights."""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reference.measurement import Case, Measurement, Quality, counted
from reference.tasks import CLASSES, FEATURES, accuracy, batched, classifier, labelled, train

FAMILY = "peft"


class LoRA(nn.Module):
    """h = W x + (α / r) B A x with W frozen, A Gaussian and B zero at the start.

    Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models, arXiv:2106.09685.
    """

    def __init__(self, layer: nn.Linear, *, rank: int, alpha: float) -> None:
        super().__init__()
        self.layer, self.scale = layer.requires_grad_(False), alpha / rank
        self.a = nn.Parameter(layer.weight.new_empty(rank, layer.in_features).normal_() / layer.in_features**0.5)
        self.b = nn.Parameter(layer.weight.new_zeros(layer.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) + self.scale * (x @ self.a.T) @ self.b.T

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """W + (α / r) B A as an ordinary layer: no extra time at inference."""
        layer = deepcopy(self.layer)
        layer.weight += self.scale * self.b @ self.a
        return layer


def adapted(model: nn.Sequential, *, rank: int, seed: int) -> nn.Sequential:
    """A copy with LoRA beside each of its linear layers."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            *(LoRA(m, rank=rank, alpha=2 * rank) if isinstance(m, nn.Linear) else m for m in deepcopy(model))
        )


def fine_tuned(model: nn.Sequential, device: str, seed: int, *, rate: float) -> tuple[nn.Sequential, int, int]:
    """The model tuned to another task's labels; its trainable parameters; bytes of gradients and AdamW's moments."""
    inputs, labels = (t.to(device) for t in labelled(2048, seed + 1, task=1))
    batches = batched(len(inputs), 128, steps=200, seed=seed)
    loss = lambda step: F.cross_entropy(model(inputs[batches[step]]), labels[batches[step]])  # noqa: E731
    train(model, loss, steps=200, rate=rate)
    trained = [p for p in model.parameters() if p.requires_grad]
    count = sum(p.numel() for p in trained)
    return model.eval(), count, sum(3 * p.numel() * p.element_size() for p in trained)


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """A classifier moved to other labels for the same clusters: all weights tuned, and only LoRA's."""
    model = classifier(device, seed, FEATURES, 512, 512, CLASSES)
    full, full_count, full_bytes = fine_tuned(deepcopy(model).requires_grad_(True), device, seed, rate=3e-3)
    lora, lora_count, lora_bytes = fine_tuned(adapted(model, rank=8, seed=seed), device, seed, rate=1e-2)
    quality = Quality("accuracy (%)", accuracy(full, device, seed, task=1), accuracy(lora, device, seed, task=1))
    case = Case(FAMILY, "LoRA, rank 8, on all layers", "all weights tuned", device)
    moved = "classifier tuned to other labels, 200 steps"
    return [
        case.measured("parameters", counted("params", full_count, lora_count), quality, f"{moved}; trainable only"),
        case.measured("memory", counted("bytes", full_bytes, lora_bytes), quality, f"{moved}; gradients and moments"),
    ]
