"""The hardware catalogue of data/hardware.toml as a tree: what a device is, who makes it, and what it counts as."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import data

# Classes that a claim's `devices` speak of; finer ones ("edge GPU") count as their first parent.
BROAD = ("GPU", "CPU", "FPGA", "ASIC", "NPU", "TPU", "mobile", "microcontroller", "edge", "DSP", "accelerator")
_FIGURES = ("memory_gb", "bandwidth_gb_s", "tdp_w", "tflops")


@dataclass(frozen=True, slots=True)
class Info:
    """A node of the catalogue: a class, a vendor, a vendor's class, a series or a device."""

    name: str
    level: str  # "class", "vendor", "vendor class", "series" or "device"
    vendor: str | None
    cls: str  # lower case: gpu, cpu, fpga, asic, npu, tpu, mobile, microcontroller, edge, ...
    series: str | None
    parents: tuple[str, ...]
    year: int | None = None
    memory_gb: float | None = None
    bandwidth_gb_s: float | None = None
    tdp_w: float | None = None
    tflops: MappingProxyType[str, float] = field(
        default_factory=lambda: MappingProxyType({})
    )  # dense peak by precision
    source: str | None = None  # the data sheet that the figures are from


@dataclass(frozen=True, slots=True)
class Alias:
    """One way to write a node's name, and what must stand beside it to be one."""

    written: str
    node: str
    context: str | None = None  # None, "place" or "noun"
    case: bool = False
    tail: bool = False
    question: bool = False  # for questions only


def plain(name: str) -> str:
    """Letters and digits of a name in lower case: what is compared.

    >>> plain("RTX-4090 Ti")
    'rtx4090ti'
    """
    return re.sub(r"[^a-z0-9+]", "", name.lower())


def expanded(pattern: str) -> list[str]:
    """The names that braces stand for.

    >>> expanded("M{1..3} {Pro,Max}")
    ['M1 Pro', 'M1 Max', 'M2 Pro', 'M2 Max', 'M3 Pro', 'M3 Max']
    """
    match = re.search(r"\{([^{}]*)\}", pattern)
    if not match:
        return [pattern]
    choices = match.group(1).split(",")
    if run := re.fullmatch(r"(\d+)\.\.(\d+)", match.group(1)):
        choices = [str(n) for n in range(int(run.group(1)), int(run.group(2)) + 1)]
    return [name for c in choices for name in expanded(pattern[: match.start()] + c.strip() + pattern[match.end() :])]


def _node(name: str, level: str, row: dict[str, Any], **more: Any) -> Info:
    source = row.get("source") or more.get("source")
    figures = {k: row[k] for k in _FIGURES if k in row}
    if "tflops" in figures:
        figures["tflops"] = MappingProxyType(dict(figures["tflops"]))
    return Info(
        name=name, level=level, vendor=more.get("vendor"), cls=more.get("cls", ""), series=more.get("series"),
        parents=tuple(dict.fromkeys(p for p in more["parents"] if p and p != name)), year=row.get("year"),
        source=source.replace("{name}", name) if source and figures else None, **figures,
    )  # fmt: skip


def _devices(series: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of a series' devices, those given by name alone as well."""
    described = {d["name"] for d in series.get("device", ())}
    for pattern in series.get("members", ()):
        for name in expanded(pattern):
            if name not in described:
                row = {"name": name, "case": series.get("case", False), "tail": series.get("tail", False)}
                yield row | ({"context": series["member_context"]} if "member_context" in series else {})
    yield from series.get("device", ())


@cache
def nodes() -> MappingProxyType[str, Info]:
    """All nodes by name. Raises ValueError when a parent is no node."""
    table = data.table("hardware.toml")
    found: dict[str, Info] = {}
    for row in table["class"]:
        found[row["name"]] = _node(
            row["name"], "class", row, parents=[*row.get("parents", ()), row.get("vendor")], vendor=row.get("vendor")
        )
    known = {v["name"] for v in table["vendor"]}
    others = {s["vendor"] for s in table["series"] if s["vendor"] not in known and s["vendor"] != "various"}
    for row in [*table["vendor"], *({"name": name} for name in sorted(others))]:
        vendor = row["name"]
        found[vendor] = _node(vendor, "vendor", row, parents=(), vendor=vendor)
        for cls in row.get("with", ()):
            name = f"{vendor} {cls}"
            found[name] = _node(name, "vendor class", row, parents=(vendor, cls), vendor=vendor)
    for row in table["series"]:
        vendor = None if row["vendor"] == "various" else row["vendor"]
        above = [row["class"], *row.get("parents", ()), vendor, row.get("architecture")]
        name = row["name"]
        found[name] = _node(name, "series", row, parents=above, vendor=vendor, series=name)
        for device in _devices(row):
            found.setdefault(
                device["name"],
                _node(
                    device["name"], "device", device, vendor=vendor, series=name, source=row.get("source"),
                    parents=[name, *device.get("parents", ()), device.get("architecture")],
                ),
            )  # fmt: skip
    for node in found.values():
        if missing := [p for p in node.parents if p not in found]:
            raise ValueError(f"hardware.toml: {node.name!r} has the parent {missing[0]!r}, which is no entry")
    return MappingProxyType({name: _with_class(node, found) for name, node in found.items()})


def _with_class(node: Info, found: dict[str, Info]) -> Info:
    queue, seen = [node.name], set()
    while queue:
        name = queue.pop(0)
        if name in BROAD:
            return replace(node, cls=name.lower())
        if name in seen:
            continue
        seen.add(name)
        queue.extend(found[name].parents)
    roots = [n for n in seen if found[n].level == "class" and not found[n].parents]
    return replace(node, cls=min(roots).lower() if roots else "")


def _asked(row: dict[str, Any]) -> Iterator[Alias]:
    """Names that need no context in a question."""
    for pattern in row.get("question_aliases", ()):
        for written in expanded(pattern):
            yield Alias(written, row["name"], question=True)


def aliases() -> Iterator[Alias]:
    """Every way to write every node, in the order of the file; vendors are left to `vendor_words`."""
    table = data.table("hardware.toml")
    for row in table["class"]:
        for written in [row["name"], *row.get("aliases", ())]:
            bare = row.get("context") and " " not in written and written == row["name"]
            if not bare:  # "mobile" alone is found in questions only
                yield Alias(written, row["name"], case=row.get("case", False) and written.isupper())
        for written in row.get("question_aliases", ()):
            yield Alias(written, row["name"], question=True)
    for row in table["series"]:
        yield from _asked(row)
        for pattern in [row["name"], *row.get("aliases", ())]:
            for written in expanded(pattern):
                context = None if " " in written else row.get("context")
                yield Alias(written, row["name"], context, row.get("case", False), row.get("tail", False))
        for device in _devices(row):
            yield from _asked(device)
            for pattern in [device["name"], *device.get("aliases", ())]:
                for written in expanded(pattern):
                    context = device.get("context") if len(plain(written)) < 5 or " " not in written else None
                    tail = device.get("tail", row.get("tail", False))
                    yield Alias(written, device["name"], context, device.get("case", False), tail)
                    first, _, rest = written.partition(" ")
                    if rest and first == row.get("bare"):
                        yield Alias(rest, device["name"], "place", case=True)


@cache
def _names() -> dict[str, str]:
    """What every alias, squeezed, stands for; names before aliases, aliases before question words."""
    found = {plain(name): name for name in nodes()}
    for alias in sorted(aliases(), key=lambda a: a.question):
        found.setdefault(plain(alias.written), alias.node)
    for row in data.table("hardware.toml")["vendor"]:
        for written in row.get("aliases", ()):
            found.setdefault(plain(written), row["name"])
            for cls in row.get("with", ()):
                found.setdefault(plain(f"{written} {cls}"), f"{row['name']} {cls}")
    return found


@cache
def resolve(name: str) -> str | None:
    """The node that a name or alias stands for, whatever its case, separators and plural; None when there is none.

    >>> resolve("rtx-4090"), resolve("graphics cards"), resolve("abacus")
    ('RTX 4090', 'GPU', None)
    """
    squeezed = plain(name)
    for form in (squeezed, squeezed.removesuffix("s"), squeezed.removesuffix("es")):
        if form in _names():
            return _names()[form]
    return None


def device(name: str) -> Info:
    """The node of that name or alias. Raises KeyError when the catalogue has none."""
    found = resolve(name)
    if found is None:
        raise KeyError(f"{name!r} is no device, series, vendor or class of data/hardware.toml")
    return nodes()[found]


@cache
def lineage(name: str) -> frozenset[str]:
    """The node itself and everything above it."""
    above = {name}
    for parent in nodes()[name].parents:
        above |= lineage(parent)
    return frozenset(above)


@cache
def matches(name: str, wanted: str) -> bool:
    """Whether a device (or whatever node) counts as `wanted`, a device, series, vendor, class or vendor's class.

    An A100 is an "A100", an "NVIDIA GPU", a "GPU"; a GPU is no "A100". Names that the catalogue lacks match only
    themselves.

    >>> matches("A100", "GPU"), matches("GPU", "A100"), matches("Jetson Orin Nano", "edge")
    (True, False, True)
    """
    have, want = resolve(name), resolve(wanted)
    if have is None or want is None:
        return plain(name) == plain(wanted)
    above = lineage(have)
    node = nodes()[want]
    return want in above or (node.level == "vendor class" and all(p in above for p in node.parents))
