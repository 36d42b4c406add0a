"""Reference implementations: what a technique family saves and costs against a plain baseline, on this machine.

Stands alone: torch and numpy are all it needs, and it loads them only when something is measured.
`ui` shows its results.
"""

from importlib import import_module

from reference.measurement import Measurement

# technique id -> the file that implements it
_FILES = {
    "quantization": "weight_quantization",
    "unstructured-pruning": "pruning",
    "low-rank-and-shared-weights": "low_rank",
    "peft": "lora",
    "distillation": "distillation",
    "kv-cache-optimization": "kv_cache",
    "speculative-decoding": "speculative_decoding",
    "exact-attention-kernels": "tiled_attention",
    "linear-attention-and-ssm": "linear_attention",
    "token-reduction": "token_merging",
    "ann-search-and-index-compression": "product_quantization",
}

__all__ = ["FAILURES", "Measurement", "families", "measure", "told"]

# What another machine may answer: memory or a kernel that it lacks, a function that its torch lacks.
FAILURES = (RuntimeError, AttributeError, MemoryError)


def told(error: BaseException) -> str:
    """A failure in one line."""
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0]}" if said else type(error).__name__


def families() -> dict[str, str]:
    """Technique id -> module, such as "quantization" -> "reference.weight_quantization"."""
    return {family: f"reference.{name}" for family, name in _FILES.items()}


def measure(family: str, device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """What the family saves and costs on `device` ("cpu", "cuda", "cuda:1"): one for each method and effect.

    Qualities are the same for a seed on the same machine and versions; times are medians and vary. Raises ValueError
    for a family without an implementation, and for a device that torch does not have here.
    """
    if family not in _FILES:
        raise ValueError(f"no reference implementation of {family!r}; there are: {', '.join(_FILES)}")
    _check(device)
    found: list[Measurement] = import_module(families()[family]).measure(device, seed=seed)
    return found


def _check(device: str) -> None:
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch built without CUDA raises AssertionError
        raise ValueError(f"device {device!r} cannot be used here: {str(error).splitlines()[0]}") from error
