"""The record that this room hands on: one measured figure, with the sentence that carries it."""

import hashlib
from dataclasses import dataclass, fields
from typing import Any

METRICS = (
    "speed", "memory", "storage", "parameters", "compute", "energy",
    "cost", "communication", "data", "tokens", "quality", "other",
)  # fmt: skip
KINDS = ("change", "level", "fraction", "parity")
BOUNDS = ("up_to", "at_least", "about", "average", "exact")
DIRECTIONS = ("better", "worse", "none")
TARGETS = ("own", "other")
PHASES = ("training", "fine-tuning", "inference", "search", "data preparation")


@dataclass(frozen=True, slots=True)
class Device:
    """A mention of hardware, resolved to the catalogue."""

    mention: str  # the exact substring of the text
    name: str  # catalogue name, such as "A100"
    vendor: str | None
    cls: str  # gpu, cpu, fpga, asic, npu, tpu, mobile, microcontroller, edge, ...


@dataclass(frozen=True, slots=True)
class Claim:
    """One measured figure (or range) for one thing against one baseline.

    The first fourteen fields are those of the annotation guideline; the others are derived from them and from the text.
    """

    quote: str
    metric: str
    measure: str
    kind: str
    value: float | None
    value_max: float | None
    from_value: float | None
    unit: str | None
    bound: str
    direction: str
    target: str
    technique: str | None
    baseline: str | None
    hardware: tuple[str, ...]
    # derived
    claim_id: str
    sentence: str
    section: str  # "title", "abstract" or a section of a full text
    span_start: int  # of the quote within the section's text
    span_end: int
    factor_min: float | None = None
    factor_max: float | None = None
    factor: float | None = None  # the better end: how many times better; below 1: worse
    delta: float | None = None  # signed change in quality, in the unit written
    devices: tuple[Device, ...] = ()
    phase: str | None = None
    setting: tuple[
        tuple[str, str], ...
    ] = ()  # ("model", "LLaMA-13B"), ("dataset", "ImageNet"), ("batch", "64"), ("context", "32K")
    agreement: bool | None = None  # whether a change and its two levels agree, where both are given
    confidence: float = 0.0

    def __post_init__(self) -> None:
        for name, allowed in (
            ("metric", METRICS),
            ("kind", KINDS),
            ("bound", BOUNDS),
            ("direction", DIRECTIONS),
            ("target", TARGETS),
        ):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} {getattr(self, name)!r} is not one of {', '.join(allowed)}")
        if self.phase is not None and self.phase not in PHASES:
            raise ValueError(f"phase {self.phase!r} is not one of {', '.join(PHASES)}")


_FIELDS = tuple(field.name for field in fields(Claim))


_EMPTY = hashlib.sha256()


def claim_id_for(paper: str, figure: str, ordinal: int) -> str:
    """Twelve hex digits from the paper's id or key, the figure as written and its ordinal among equal figures.

    Independent of quote and metric, so that a verdict on a claim survives a better extractor.
    """
    digest = _EMPTY.copy()  # a new one is looked up among OpenSSL's kinds each time
    digest.update(f"{paper}\n{figure}\n{ordinal}".encode())
    return digest.hexdigest()[:12]


def as_json(claim: Claim) -> dict[str, Any]:
    """A claim as JSON-ready dict; tuples become lists, `setting` an object."""
    row = {name: getattr(claim, name) for name in _FIELDS}  # `asdict` would copy every value deeply
    row["hardware"], row["setting"] = list(claim.hardware), dict(claim.setting)
    row["devices"] = [{"mention": d.mention, "name": d.name, "vendor": d.vendor, "class": d.cls} for d in claim.devices]
    return row


def from_json(row: dict[str, Any]) -> Claim:
    """The inverse of `as_json`. Raises ValueError or TypeError when the row is no claim."""
    return Claim(
        **{
            **row,
            "hardware": tuple(row["hardware"]),
            "devices": tuple(Device(d["mention"], d["name"], d["vendor"], d["class"]) for d in row["devices"]),
            "setting": tuple(row["setting"].items()),
        }
    )
