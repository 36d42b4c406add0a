"""Low-rank factorisation of trained weights by truncated SVD, and LoRA: a low-rank update beside frozen weights."""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reference.measurement import Case, Measurement, Quality, counted
from reference.tasks import CLASSES, FEATURES, accuracy, batched, classifier, labelled, train
from reference.timing import compare

FAMILY = "low-rank-and-shared-weights"
ALSO = ("peft",)  # LoRA
WIDTH = 512


def truncated_svd(weight: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """W ≈ A B with A (outputs, rank) and B (rank, inputs): A = U_r √Σ_r, B = √Σ_r V_rᵀ.

    No product of that rank is nearer to W (Eckart and Young 1936, The approximation of one matrix by another of lower
    rank); for networks Denton et al. 2014, Exploiting Linear Structure Within Convolutional Networks, arXiv:1404.0736, sec. 3.2.
    """
    left, values, right = torch.linalg.svd(weight, full_matrices=False)
    root = values[:rank].sqrt()
    return left[:, :rank] * root, root[:, None] * right[:rank]


def factorised(layer: nn.Linear, rank: int) -> nn.Sequential:
    """Two thin layers in place of one: rank · (inputs + outputs) weights instead of inputs · outputs."""
    outer, inner = truncated_svd(layer.weight.detach(), rank)
    first = nn.Linear(layer.in_features, rank, bias=False)
    second = nn.Linear(rank, layer.out_features, bias=layer.bias is not None)
    first.weight.data, second.weight.data = inner.contiguous(), outer.contiguous()
    if layer.bias is not None:
        second.bias.data = layer.bias.detach().clone()
    return nn.Sequential(first, second)


class LoRA(nn.Module):
    """h = W x + (α / r) B A x with W frozen, A Gaussian and B zero at the start.

    Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models, arXiv:2106.09685, eq. 3.
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
        """W + (α / r) B A as an ordinary layer: no extra time at inference (sec. 4.1)."""
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


def fine_tuned(model: nn.Sequential, device: str, seed: int) -> tuple[nn.Sequential, int, int]:
    """The model tuned to another task's labels; its trainable parameters; bytes of their gradients and AdamW's two moments."""
    inputs, labels = (t.to(device) for t in labelled(2048, seed + 1, task=1))
    batches = batched(len(inputs), 128, steps=200, seed=seed)
    train(model, lambda step: F.cross_entropy(model(inputs[batches[step]]), labels[batches[step]]), steps=200)
    trained = [p for p in model.parameters() if p.requires_grad]
    count = sum(p.numel() for p in trained)
    return model.eval(), count, sum(3 * p.numel() * p.element_size() for p in trained)


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """A classifier factorised after training, and the same classifier moved to other labels in full and by LoRA."""
    model = classifier(device, seed, FEATURES, WIDTH, WIDTH, CLASSES)
    small, rank = deepcopy(model), 48
    small[2] = factorised(model[2], rank)  # type: ignore[arg-type]
    small.requires_grad_(False)
    x = labelled(1024, seed + 2)[0].to(device)
    kept = Quality("accuracy (%)", accuracy(model, device, seed), accuracy(small, device, seed))
    params = [sum(p.numel() for p in layer.parameters()) for layer in (model[2], small[2])]
    time = compare(lambda: model[2](x), lambda: small[2](x), device)

    full, full_count, full_bytes = fine_tuned(deepcopy(model).requires_grad_(True), device, seed)
    lora, lora_count, lora_bytes = fine_tuned(adapted(model, rank=8, seed=seed), device, seed)
    reached = Quality("accuracy (%)", accuracy(full, device, seed, task=1), accuracy(lora, device, seed, task=1))

    svd = Case(FAMILY, f"truncated SVD, rank {rank}", f"trained layer of {WIDTH} × {WIDTH}", device)
    tuning = Case("peft", "LoRA, rank 8, on all layers", "all weights tuned", device)
    moved = "classifier tuned to other labels, 200 steps"
    return [
        svd.measured("parameters", counted("params", *params), kept, "hidden layer of a classifier, not retrained"),
        svd.measured(
            "speed", time, kept, "1,024 samples through that layer",
            otherwise="Two thin products use this machine less well than one thick one.",
        ),
        tuning.measured("parameters", counted("params", full_count, lora_count), reached, f"{moved}; trainable only"),
        tuning.measured("memory", counted("bytes", full_bytes, lora_bytes), reached, f"{moved}; gradients, AdamW moments"),
    ]  # fmt: skip
