"""The record that this package hands on: one effect of one method, measured against its baseline in the same run."""

import platform
from dataclasses import dataclass
from pathlib import Path

# What a family may save; the same words as the metrics of the claims.
METRICS = ("speed", "memory", "storage", "parameters", "compute", "tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a method saved and what it cost, here.

    `factor` says how many times better than the baseline (2 is half the time or bytes; below 1 is worse). For times it
    is the median over interleaved repeats and `factor_low`, `factor_high` are their quartiles; counts are exact.
    """

    family: str  # technique id
    method: str
    baseline: str
    metric: str
    factor: float
    factor_low: float
    factor_high: float
    unit: str  # of the two values: "ms", "bytes", "params", ...
    value_baseline: float
    value: float
    quality_name: str
    quality_rises: bool  # whether more is better
    quality_baseline: float
    quality: float
    setting: str
    shows: bool  # whether the family's effect shows on this machine
    why: str  # one sentence when it does not, else empty
    device: str
    versions: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise ValueError(f"metric {self.metric!r} is not one of {', '.join(METRICS)}")
        if not (self.value > 0 and self.value_baseline > 0 and self.factor > 0):
            raise ValueError(f"{self.method}: needs positive figures, got {self.value_baseline} -> {self.value}")
        if not 0 < self.factor_low <= self.factor <= self.factor_high:
            raise ValueError(
                f"{self.method}: factor {self.factor} is not within {self.factor_low} to {self.factor_high}"
            )
        if lacking := [name for name in ("family", "method", "baseline", "device") if not getattr(self, name)]:
            raise ValueError(f"{', '.join(lacking)} must not be empty")
        if self.shows == bool(self.why):
            raise ValueError(
                f"{self.method}: `why` is for effects that do not show, got shows={self.shows}, {self.why!r}"
            )


@dataclass(frozen=True, slots=True)
class Quality:
    """The same measure of quality for the baseline and for the method."""

    name: str
    baseline: float
    method: float
    rises: bool = True


@dataclass(frozen=True, slots=True)
class Saving:
    """What was counted or timed, lower is better for both values; `low` and `high` enclose the factor."""

    unit: str
    baseline: float
    method: float
    factor: float
    low: float
    high: float

    @property
    def shows(self) -> bool:
        """At least 5 % better, and better in three quarters of the repeats: less is noise."""
        return self.factor >= 1.05 and self.low > 1


def counted(unit: str, baseline: float, method: float) -> Saving:
    """A saving that is counted, not timed: bytes, parameters, tokens, operations."""
    factor = baseline / method
    return Saving(unit, baseline, method, factor, factor, factor)


NOT_BETTER = "Counted on this task, it takes no less than the baseline."


@dataclass(frozen=True, slots=True)
class Case:
    """A method of a family against a baseline on a device: what its measurements have in common."""

    family: str
    method: str
    baseline: str
    device: str

    def measured(
        self, metric: str, saving: Saving, quality: Quality, setting: str, *, otherwise: str = NOT_BETTER
    ) -> Measurement:
        """The record for a saving; `otherwise` explains the case that the effect does not show here."""
        if saving.factor >= 1.05 and not saving.shows:
            otherwise = f"The repeats of this run scatter from {saving.low:.2f} to {saving.high:.2f}, too far to tell."
        return Measurement(
            family=self.family,
            method=self.method,
            baseline=self.baseline,
            metric=metric,
            factor=saving.factor,
            factor_low=saving.low,
            factor_high=saving.high,
            unit=saving.unit,
            value_baseline=saving.baseline,
            value=saving.method,
            quality_name=quality.name,
            quality_rises=quality.rises,
            quality_baseline=quality.baseline,
            quality=quality.method,
            setting=setting,
            shows=saving.shows,
            why="" if saving.shows else otherwise,
            device=device_name(self.device),
            versions=versions(self.device),
        )


def device_name(device: str) -> str:
    """The name that the hardware gives itself, such as "NVIDIA H200" or "AMD EPYC, 2 threads"."""
    import torch

    if torch.device(device).type == "cuda":
        return str(torch.cuda.get_device_name(device))
    if torch.device(device).type != "cpu":
        return device
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    name = named[0] if named else platform.processor() or platform.machine()
    threads = torch.get_num_threads()
    return f"{name}, {threads} thread{'s' * (threads != 1)}"


def versions(device: str) -> tuple[tuple[str, str], ...]:
    """Python, torch and numpy, and CUDA where it was used."""
    import numpy
    import torch

    found = [("python", platform.python_version()), ("torch", str(torch.__version__)), ("numpy", numpy.__version__)]
    if torch.device(device).type == "cuda":
        found.append(("cuda", str(torch.version.cuda)))
    return tuple(found)
