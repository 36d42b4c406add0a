"""Pruning of single weights: by magnitude, by Wanda's score, and in the 2:4 pattern that sparse tensor cores read."""

from collections.abc import Callable
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reference.measurement import Case, Measurement, Quality, Saving, counted
from reference.tasks import calibrated, language_model, perplexity, sentences
from reference.timing import compare

FAMILY = "unstructured-pruning"


def magnitude_mask(weight: Tensor, sparsity: float) -> Tensor:
    """True for the weights that stay: all but the round(sparsity · n) smallest of the layer.

    Han et al. 2015, Learning both Weights and Connections for Efficient Neural Networks, arXiv:1506.02626.
    """
    return _largest(weight.abs().flatten(), weight.numel() - round(sparsity * weight.numel())).view_as(weight)


def wanda_score(weight: Tensor, inputs: Tensor) -> Tensor:
    """S_ij = |W_ij| · ‖X_j‖₂ for weight (outputs, inputs) and calibration inputs (samples, inputs).

    Sun et al. 2023, A Simple and Effective Pruning Approach for Large Language Models, arXiv:2306.11695.
    """
    return weight.abs() * inputs.float().norm(dim=0)


def wanda_mask(weight: Tensor, inputs: Tensor, sparsity: float) -> Tensor:
    """Keeps the best scores within each output row, the comparison group of Wanda."""
    return _largest(wanda_score(weight, inputs), weight.shape[1] - round(sparsity * weight.shape[1]))


def two_of_four_mask(score: Tensor) -> Tensor:
    """Keeps exactly the two best of every four neighbouring inputs; the number of inputs must be a multiple of four.

    Mishra et al. 2021, Accelerating Sparse Deep Neural Networks, arXiv:2104.08378.
    """
    if score.shape[-1] % 4:
        raise ValueError(f"2:4 sparsity needs a multiple of 4 inputs, got {score.shape[-1]}")
    return _largest(score.unflatten(-1, (-1, 4)), 2).flatten(-2)


def _largest(score: Tensor, count: int) -> Tensor:
    """True for the `count` largest along the last axis, also among equals."""
    return torch.zeros_like(score, dtype=torch.bool).scatter_(-1, score.topk(count, dim=-1).indices, True)


def bytes_two_of_four(weights: int, *, bits: int = 16) -> float:
    """Half of the values, and two bits for each that say where it stood (Mishra et al. 2021)."""
    return weights / 2 * (bits + 2) / 8


def pruned(model: nn.Module, mask: Callable[[Tensor, Tensor], Tensor], text: Tensor) -> tuple[nn.Module, int, int]:
    """A copy with masked linear layers; how many weights these have and how many are left."""
    changed = deepcopy(model)
    total = kept = 0
    for layer, inputs in calibrated(changed, lambda: changed(text)):
        stays = mask(layer.weight, inputs)
        layer.weight.mul_(stays)
        total, kept = total + stays.numel(), kept + int(stays.sum())
    return changed, total, kept


def sparse_product_time(device: str, seed: int, *, width: int = 4096) -> Saving:
    """x Wᵀ with 2:4 weights against the dense W: on CUDA in compressed form, elsewhere with the zeros in place."""
    cuda = torch.device(device).type == "cuda"
    dense = torch.randn(width, width, generator=torch.Generator().manual_seed(seed)).to(device)
    dense = dense.half() if cuda else dense
    x = torch.randn(4096 if cuda else 64, width, device=device, dtype=dense.dtype)
    sparse = dense * two_of_four_mask(dense.abs())
    if cuda:
        sparse = torch.sparse.to_sparse_semi_structured(sparse)
    return compare(lambda: F.linear(x, dense), lambda: F.linear(x, sparse), device)


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """Weights left in a small language model at 50 %, its perplexity without retraining, and time of a 2:4 product."""
    model, text = language_model(device, seed), sentences(32, seed + 1).to(device)
    before = perplexity(model, device, seed)
    masks: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
        "magnitude, 50 %": lambda weight, _: magnitude_mask(weight, 0.5),
        "Wanda, 50 %": lambda weight, inputs: wanda_mask(weight, inputs, 0.5),
        "Wanda, 2:4": lambda weight, inputs: two_of_four_mask(wanda_score(weight, inputs)),
    }
    found = []
    for method, mask in masks.items():
        changed, total, kept = pruned(model, mask, text)
        quality = Quality("perplexity", before, perplexity(changed, device, seed), rises=False)  # type: ignore[arg-type]
        case = Case(FAMILY, method, "dense weights", device)
        layers = "linear layers of a 2-layer language model, not retrained"
        found.append(case.measured("parameters", counted("params", total, kept), quality, layers))
    stored = counted("bytes", total * 2, bytes_two_of_four(total))
    cuda = torch.device(device).type == "cuda"
    product = f"{4096 if cuda else 64} tokens through a 4096 × 4096 layer; perplexity is that of the small model"
    slow = "Only sparse tensor cores skip the zeros of a 2:4 pattern; here they are multiplied like any number."
    if cuda:
        slow = "At this size the sparse product of this torch is not faster on this GPU than the dense one."
    return [
        *found,
        case.measured("storage", stored, quality, "16-bit values with 2-bit positions"),
        case.measured("speed", sparse_product_time(device, seed), quality, product, otherwise=slow),
    ]
