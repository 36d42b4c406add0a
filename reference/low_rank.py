"""Low-rank factorisation of trained weights by truncated SVD."""

from copy import deepcopy

import torch
from torch import Tensor, nn

from reference.measurement import Case, Measurement, Quality, counted
from reference.tasks import CLASSES, FEATURES, accuracy, classifier, labelled
from reference.timing import compare

FAMILY = "low-rank-and-shared-weights"
WIDTH = 512


def truncated_svd(weight: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """W ≈ A B with A (outputs, rank) and B (rank, inputs): A = U_r √Σ_r, B = √Σ_r V_rᵀ.

    No product of that rank is nearer to W (Eckart and Young 1936, The approximation of one matrix by another of lower
    rank); for networks Denton et al. 2014, Exploiting Linear Structure Within Convolutional Networks,
    arXiv:1404.0736.
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


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """The hidden layer of a classifier, factorised after training and not tuned again."""
    model, rank = classifier(device, seed, FEATURES, WIDTH, WIDTH, CLASSES), 48
    small = deepcopy(model)
    small[2] = factorised(model[2], rank)  # type: ignore[arg-type]
    small.requires_grad_(False)
    quality = Quality("accuracy (%)", accuracy(model, device, seed), accuracy(small, device, seed))
    params = [sum(p.numel() for p in layer.parameters()) for layer in (model[2], small[2])]
    hidden = model[:2](labelled(1024, seed + 2)[0].to(device))
    time = compare(lambda: model[2](hidden), lambda: small[2](hidden), device)
    case = Case(FAMILY, f"truncated SVD, rank {rank}", f"trained layer of {WIDTH} × {WIDTH}", device)
    slower = "Two thin products use this machine less well than one thick one."
    return [
        case.measured("parameters", counted("params", *params), quality, "hidden layer of a classifier, not retrained"),
        case.measured("speed", time, quality, "1,024 samples through that layer", otherwise=slower),
    ]
