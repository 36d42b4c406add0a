"""`claims reproduce`: reference implementations run on this machine, beside what papers claim."""

from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from ui.command import command, err, out, print_json
from ui.printing import number, plain


def _claimed(home: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """(family, metric) -> what the papers of the home claim; empty, and said so, where there is no knowledge base."""
    from index import KnowledgeBase
    from index.builds import HomeError
    from index.measured import claimed_factors

    try:
        with KnowledgeBase.open(home) as base:
            return claimed_factors(base)
    except HomeError as error:
        err.print(Text(f"no claims to compare with: {error}", style="yellow"))
        return {}


@command()
@click.argument("families", nargs=-1)
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda, cuda:1, ...")
@click.option("--seed", type=int, default=0, show_default=True)
def reproduce(home: Path, as_json: bool, families: tuple[str, ...], device: str, seed: int) -> None:
    """Run reference implementations of technique FAMILIES (all, if none is named) and record what they measure here.

    \b
    Each is measured against a plain baseline in the same run; times are ratios of medians.
    Example:  claims reproduce quantization speculative-decoding
    """
    import reference
    from index.measured import append
    from reference.record import as_record
    from ui.progress import steps

    if unknown := set(families) - reference.families().keys():
        raise click.UsageError(
            f"no reference implementation of {', '.join(sorted(unknown))}; there are {', '.join(reference.families())}"
        )
    wanted = families or tuple(reference.families())
    found = []
    with steps() as tell:
        for done, family in enumerate(wanted):
            tell(f"measuring {family}", 0, 1)
            records = [as_record(measurement) for measurement in reference.measure(family, device, seed=seed)]
            append(home, records)
            found += records
            tell(f"measuring {family}", 1, 1)
            err.print(f"{done + 1}/{len(wanted)} {family}", markup=False)
    claimed = _claimed(home)
    rows = [r | {"claimed": claimed.get((r["family"], r["metric"]))} for r in found]
    if as_json:
        print_json(rows)
        return
    _print(rows)


def _print(rows: list[dict[str, Any]]) -> None:
    table = Table("family", "method", "saves", "claimed", "measured here", "quality", header_style="bold")
    for row in rows:
        claimed = row["claimed"]
        said = "no claims"
        if claimed:
            span = f"{number(claimed['low'])}–{number(claimed['high'])}"
            said = f"{number(claimed['median'])}x ({span}, {claimed['papers']} papers)"
        here = Text(f"{number(row['factor'])}x", style="green" if row["shows"] else "yellow")
        quality = f"{row['quality_name']} {number(row['quality_baseline'])} → {number(row['quality'])}"
        table.add_row(row["family"], row["method"], row["metric"], said, here, quality)
    out.print(table)
    for row in rows:
        if not row["shows"]:
            out.print(Text(f"{row['method']}: {plain(row['why'])}", style="yellow"))
    if rows:
        out.print(
            Text(f"measured on {rows[0]['device']}, {rows[0]['date']}; recorded in measurements.jsonl", style="dim")
        )
