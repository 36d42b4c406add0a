"""Clocks and byte counters that are fair to both sides."""

import statistics
import time
import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from reference.measurement import Saving


def timing_dtype(device: str) -> torch.dtype:
    """What the device is fast in: bfloat16 on CUDA, float32 elsewhere."""
    return torch.bfloat16 if torch.device(device).type == "cuda" else torch.float32


def _seconds(work: Callable[[], object], calls: int, device: torch.device) -> float:
    """Seconds a call. CUDA returns before the work is done, so the clock waits for it at both ends."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    start = time.perf_counter()
    for _ in range(calls):
        work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return (time.perf_counter() - start) / calls


@torch.no_grad()
def compare(
    baseline: Callable[[], object],
    method: Callable[[], object],
    device: str,
    *,
    repeats: int = 9,
    at_least: float = 0.005,
) -> Saving:
    """Times both by turns, so that a change of clock rate or load meets both alike.

    Each is warmed up; each sample lasts `at_least` seconds. The factor is the median of the ratios within a repeat,
    `low` and `high` their quartiles; the values are medians in ms.
    """
    where = torch.device(device)
    calls = []
    for work in (baseline, method):
        work()  # warm-up: allocations, kernels chosen, caches filled
        calls.append(max(1, round(at_least / max(_seconds(work, 1, where), 1e-9))))
    times: tuple[list[float], list[float]] = ([], [])
    for repeat in range(repeats):
        for i in (0, 1) if repeat % 2 == 0 else (1, 0):
            times[i].append(_seconds((baseline, method)[i], calls[i], where))
    low, middle, high = statistics.quantiles([a / b for a, b in zip(*times, strict=True)], n=4)
    before, now = (statistics.median(t) * 1000 for t in times)
    return Saving("ms", before, now, middle, low, high)


class _LiveBytes(TorchDispatchMode):
    """Adds up the tensors that are alive, as operators make them; what an operator uses inside is not seen."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[int, int] = {}
        self.peak = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor):
                storage = tensor.untyped_storage()
                key = storage._cdata
                if key not in self.live:
                    self.live[key] = storage.nbytes()
                    weakref.finalize(storage, self.live.pop, key, None)
        self.peak = max(self.peak, sum(self.live.values()))
        return out


@torch.no_grad()
def peak_bytes(work: Callable[[], object], device: str) -> int:
    """Most bytes that `work` held at once beyond its inputs: the allocator's count on CUDA, live tensors elsewhere."""
    if torch.device(device).type == "cuda":
        work()
        torch.cuda.synchronize(device)
        before = torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
        work()
        torch.cuda.synchronize(device)
        return int(torch.cuda.max_memory_allocated(device) - before)
    with _LiveBytes() as counter:
        work()
    return counter.peak
