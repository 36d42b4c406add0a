"""`claims reproduce`: reference implementations run on this machine, beside what papers claim."""

import json
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from ui.command import PARTLY, command, err, out, print_json
from ui.figures_by_family import print_family
from ui.wording import plain


def _claimed(home: Path, families: tuple[str, ...]) -> dict[str, dict[str, dict[str, Any]]] | None:
    """Family -> metric -> what the papers of the home claim; None, and said so, where there is no knowledge base."""
    from index import KnowledgeBase
    from index.builds import HomeError
    from index.claimed import claimed_factors

    try:
        with KnowledgeBase.open(home) as base:
            return claimed_factors(base, families)
    except HomeError as error:
        err.print(Text(f"no claims to compare with: {error}", style="yellow"))
        return None


@command()
@click.argument("families", nargs=-1)
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda, cuda:1, ...")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--from",
    "file",
    type=click.File("rb"),
    help="Measure nothing, take over what `python -m reference --json` printed on another machine; - is stdin.",
)
def reproduce(home: Path, as_json: bool, families: tuple[str, ...], device: str, seed: int, file: Any) -> None:
    """Run reference implementations of technique FAMILIES (all, if none is named) and record what they measure here.

    Each is measured against a plain baseline in the same run; times are ratios of medians.

    \b
    Example:  claims reproduce quantization speculative-decoding
              claims reproduce --device cuda
              python -m reference --device cuda --json > gpu.jsonl    (there; needs torch and numpy only)
              claims reproduce --from gpu.jsonl                       (here)
    """
    import reference

    if unknown := set(families) - reference.families().keys():
        raise click.UsageError(
            f"no reference implementation of {', '.join(sorted(unknown))}; there are {', '.join(reference.families())}"
        )
    wanted = families or tuple(reference.families())
    claimed = _claimed(home, wanted)
    rows, bad = _taken_over(home, file, wanted) if file else _run(home, wanted, device, seed, claimed, as_json)
    if as_json:
        of_family = claimed or {}
        print_json([row | {"claimed": of_family.get(row["family"], {}).get(row["metric"])} for row in rows])
    elif file:
        for family in dict.fromkeys(row["family"] for row in rows):
            _print(family, [row for row in rows if row["family"] == family], claimed)
    if rows and not as_json:
        _end(rows)
    if bad:
        sys.exit(PARTLY)


def _run(
    home: Path,
    families: tuple[str, ...],
    device: str,
    seed: int,
    claimed: Mapping[str, Mapping[str, Any]] | None,
    as_json: bool,
) -> tuple[list[dict[str, Any]], int]:
    """The records measured, recorded and printed family by family, and how many families failed."""
    import reference
    from index.measured import append
    from reference.record import as_record
    from ui.progress import steps

    found: list[dict[str, Any]] = []
    bad = 0
    for done, family in enumerate(families, 1):
        start, moment = time.monotonic(), datetime.now(UTC)
        try:
            with (
                steps() as tell
            ):  # over before anything is printed: what is printed under a bar goes where the bar goes
                tell(f"measuring {family}", done - 1, len(families))
                records = [as_record(m, at=moment) for m in reference.measure(family, device, seed=seed)]
        except reference.FAILURES as error:
            err.print(f"{done}/{len(families)} {family} failed: {plain(reference.told(error))}", markup=False)
            bad += 1
            continue
        append(home, records)
        found += records
        err.print(f"{done}/{len(families)} {family}: {time.monotonic() - start:.1f} s", markup=False)
        if not as_json:
            _print(family, records, claimed)
    return found, bad


def _taken_over(home: Path, file: Any, families: tuple[str, ...]) -> tuple[list[dict[str, Any]], int]:
    """The records of a file, appended with where they came from, and how many lines were none."""
    from index.measured import append
    from index.technique_catalogue import ids
    from reference.record import from_record

    name = Path(getattr(file, "name", "<stdin>")).name
    found: list[dict[str, Any]] = []
    bad = others = 0
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if (family := from_record(row).family) not in ids():
                raise ValueError(f"no technique family {family!r}")
        except ValueError as error:
            err.print(f"{name}, line {number}: {plain(str(error))}", markup=False)
            bad += 1
            continue
        if family in families:
            found.append(row | {"taken_from": name})
        else:
            others += 1
    new = append(home, found)
    again = f", {len(found) - new} were there already" if new < len(found) else ""
    err.print(f"{new} measurement{'s' * (new != 1)} taken over{again}", markup=False)
    if others:
        err.print(f"{others} left out: of families that were not asked for")
    return found, bad


def _print(family: str, records: list[dict[str, Any]], claimed: Mapping[str, Mapping[str, Any]] | None) -> None:
    from index.measured import grouped

    out.print(Text(f"\n{family}", style="bold"))
    groups = grouped(records)
    metrics = {group["metric"] for group in groups}
    said = None if claimed is None else {m: c for m, c in claimed.get(family, {}).items() if m in metrics}
    print_family(out, said, groups)


def _end(records: list[dict[str, Any]]) -> None:
    when = records[-1]["date"]
    versions = ", ".join(f"{name} {value}" for name, value in records[-1]["versions"].items())
    out.print(Text(plain(f"\nmeasured {when} with {versions}; recorded in measurements.jsonl"), style="dim"))
    shown = sum(record["shows"] for record in records)
    out.print(Text(f"{shown} of {len(records)} effects show on this machine and task", style="dim"))
