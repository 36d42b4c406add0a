"""What papers claim for a technique family beside what was measured, for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ui.wording import number, plain, span, times

Measured = Mapping[str, Sequence[Mapping[str, Any]]]  # by technique id, as `index.measured.latest` gives them


def in_short(group: Mapping[str, Any]) -> str:
    """One metric on one device: `storage 1.97–3.6x`, `speed up to 3.1x`, `speed does not show`."""
    runs = group["runs"]
    if not group["shows"]:
        return f"{group['metric']} does not show"
    if all(run["shows"] for run in runs):
        return f"{group['metric']} {span(group['low'], group['high'])}"
    return f"{group['metric']} up to {times(group['factor'])}"


def measured_lines(families: Iterable[str], measured: Measured) -> list[str]:
    """`measured here: quantization: storage 1.97–3.6x, speed does not show (AMD EPYC)`, a line a family and device."""
    lines = []
    for family in families:
        devices: dict[tuple[bool, str], list[str]] = {}
        for group in measured.get(family, ()):
            devices.setdefault((group["here"], group["device"]), []).append(in_short(group))
        for (here, device), told in devices.items():
            where = "measured here" if here else "measured elsewhere"
            lines.append(plain(f"{where}: {family}: {', '.join(told)} ({device or 'device not recorded'})"))
    return lines


def main_claims(claimed: Mapping[str, Mapping[str, Any]], most: int = 2) -> str:
    """`speed 2.1x (120), memory 2.9x (44)`: the metrics that most papers claim, with the median over these papers."""
    told = list(claimed.items())[:most]
    return ", ".join(f"{metric} {times(found['median'])} ({found['papers']})" for metric, found in told)


def claimed_words(claimed: Mapping[str, Any] | None) -> str:
    """`papers claim 2.1x (median of 120, 1.1–30x)`."""
    if claimed is None:
        return "no factor claimed by the papers here"
    if claimed["papers"] == 1:
        return f"one paper claims {times(claimed['median'])}"
    extent = span(claimed["low"], claimed["high"])
    return f"papers claim {times(claimed['median'])} (median of {claimed['papers']}, {extent})"


def run_line(run: Mapping[str, Any]) -> Text:
    """One method: what it reached, its spread, what it cost, and why the effect does not show where it does not."""
    reached = times(run["factor"])
    spread = span(run["factor_low"], run["factor_high"]) if run["factor_low"] != run["factor_high"] else ""
    words = plain(run["method"] or "method not recorded")
    if run["baseline"]:
        words += f", against {plain(run['baseline'])}"
    if run["quality"] is not None and run["quality_baseline"] is not None:
        before, now = (number(run[name]) for name in ("quality_baseline", "quality"))
        words += f" · {plain(run['quality_name'] or 'quality')} {before} → {now}"
    line = Text.assemble((f"{reached:>7}", "green" if run["shows"] else "yellow"), "  ", words)
    if spread:
        line.append(f" · {spread} in the middle half of the repeats", "dim")
    if not run["shows"]:
        line.append(f"\ndoes not show: {plain(run['why']) or 'no reason recorded'}", "yellow")
    return line


def print_indented(console: Console, text: Text, indent: int) -> None:
    """Wrapped within a terminal, each line indented; in whole lines where a file or a program reads."""
    if not console.soft_wrap:
        console.print(Padding(text, (0, 0, 0, indent)))
        return
    for line in text.split("\n"):
        console.print(Text.assemble(" " * indent, line))


def print_family(
    console: Console,
    claimed: Mapping[str, Any] | None,
    measured: Sequence[Mapping[str, Any]],
    *,
    own: Mapping[str, float] = MappingProxyType({}),
    indent: int = 2,
) -> None:
    """Metric by metric: what the papers of a family claim, below it what was measured, and where.

    `claimed` is None where no papers are known. `own` has the factor of one paper by metric, to stand beside those of
    its family.
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for group in measured:
        groups.setdefault(group["metric"], []).append(group)
    known = claimed or {}
    for metric in [*known, *(m for m in groups if m not in known)]:
        head = Text.assemble((f"{metric:14}", "bold"))
        if metric in own:
            head.append(f"this paper {times(own[metric])}; ", "bold")
        if claimed is not None:
            head.append(claimed_words(known.get(metric)))
        print_indented(console, head, indent)
        for group in groups.get(metric, ()):
            where = "measured here" if group["here"] else "measured elsewhere"
            device = plain(group["device"]) or "device not recorded"
            print_indented(console, Text(f"{where}, {device}:", style="dim"), indent + 2)
            for run in group["runs"]:
                print_indented(console, run_line(run), indent + 4)
