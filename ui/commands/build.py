"""`claims build`: papers to a build in force, read here or on a Ray cluster."""

from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from ui.command import command, err, out, print_json


@command()
@click.option(
    "--encoder", default="fast", show_default=True, help="fast, accurate, accurate-bf16, or a model's folder."
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes for extraction; all cores if not given.")
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where papers are read: in processes here, or on a Ray cluster.",
)
@click.option(
    "--address", help="Ray cluster, auto or HOST:PORT, that this machine is a node of; started here if not given."
)
@click.option(
    "--shards", help="Folder, or address such as s3://bucket/prefix, that all nodes reach; in the home if not given."
)
@click.option("--timings", is_flag=True, help="Print seconds and peak memory of each step.")
def build(
    home: Path,
    as_json: bool,
    encoder: str,
    jobs: int | None,
    engine: str,
    address: str | None,
    shards: str | None,
    timings: bool,
) -> None:
    """Extract what is new or changed, build the indexes, make the build current in one step.

    \b
    Example:  claims build --engine ray --address auto --home /mnt/claims
    """
    if engine == "local" and (address or shards):
        raise click.UsageError(f"{'--address' if address else '--shards'} is for --engine ray")
    from index.build import build as run
    from ui.progress import steps

    with steps() as tell:
        report = run(
            home, encoder=encoder, jobs=jobs, engine=engine, address=address, shards=shards, timings=timings,
            progress=tell,
        )  # fmt: skip
    if as_json:
        print_json(report.as_json())
        return
    out.print(f"build {report.build}: {report.papers:,} papers, {report.claims:,} claims; now current")
    for note in report.notes:
        err.print(Text(note, style="yellow"))
    if timings:
        table = Table(header_style="bold")
        for name in ("step", "seconds", "peak MB"):
            table.add_column(name, justify="left" if name == "step" else "right")
        for name, seconds in report.seconds.items():
            table.add_row(name, f"{seconds:,.1f}", f"{report.peak_mb.get(name, 0):,}")
        table.add_row("all", f"{sum(report.seconds.values()):,.1f}", f"{max(report.peak_mb.values(), default=0):,}")
        out.print(table)
    err.print('next: claims ask "which techniques give at least 2x speedup on GPUs"')
