"""`claims bench`: the performance figures as a table."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ui.command import command, out, print_json


def _sizes(ctx: click.Context, param: click.Parameter, given: str) -> list[int]:
    sizes = []
    for word in given.split(","):
        try:
            sizes.append(int(float(word)))
        except (ValueError, OverflowError):
            raise click.BadParameter(f"numbers such as 1e4,1e5 are wanted, got {word.strip()!r}") from None
        if not 1 <= sizes[-1] <= 10**8:
            raise click.BadParameter(f"from 1 to 1e8 claims can be made, got {word.strip()}")
    return sizes


def _parts(ctx: click.Context, param: click.Parameter, given: str) -> list[str]:
    from index.bench import PARTS

    parts = [word.strip() for word in given.split(",")]
    if wrong := [part for part in parts if part not in PARTS]:
        raise click.BadParameter(
            f"nothing called {', '.join(map(repr, wrong))} is measured; choose from {', '.join(PARTS)}"
        )
    return parts


@command()
@click.option(
    "--corpus",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Papers to measure with: Parquet, JSONL or CSV with title and abstract; without it, those of the home.",
)
@click.option(
    "--claims", default="1e4,1e5,1e6", show_default=True, callback=_sizes, help="Sizes that questions are asked at."
)
@click.option(
    "--rows", type=click.IntRange(2), default=4000, show_default=True, help="Abstracts to extract and to build from."
)
@click.option("--only", default="extract,build,ask", show_default=True, callback=_parts, help="What is measured.")
@click.option("--jobs", type=click.IntRange(1, 256), default=2, show_default=True, help="Processes that read papers.")
@click.option("--all-papers", is_flag=True, help="Copy the papers without a claim too: some twice as many papers.")
def bench(
    home: Path,
    as_json: bool,
    corpus: Path | None,
    claims: list[int],
    rows: int,
    only: list[str],
    jobs: int,
    all_papers: bool,
) -> None:
    """Measure how fast papers are read and questions are answered here, in a scratch folder; the home is only read.

    \b
    Example:  claims bench --corpus abstracts.parquet --claims 1e4 --only ask

    Large bases are made of small ones: papers and claims many times, with changed ids and figures and with noise in
    the vectors. Ratios are to a fixed loop that is timed beside each figure. A million claims take some minutes and
    3 GB of disk, in TMPDIR.
    """
    from tempfile import TemporaryDirectory

    from index.bench import machine, measured, sample
    from ui.progress import steps

    papers = sample(corpus, home, rows)
    before = machine()
    with TemporaryDirectory(prefix="claims-bench-") as folder, steps() as tell:
        run = (sys.executable, "-m", "ui.cli")
        figures = list(
            measured(
                papers, Path(folder), command=run, claims=claims, only=only, jobs=jobs, all_papers=all_papers,
                progress=tell,
            )
        )  # fmt: skip
    if as_json:
        print_json({"machine": before, "figures": [figure.as_json() for figure in figures]})
        return
    table = Table(header_style="bold")
    for name in ("what", "size", "measured", "goal", "x loop", ""):
        table.add_column(name, justify="left" if name in ("what", "size") else "right", no_wrap=True)
    notes = list(dict.fromkeys(figure.note for figure in figures if figure.note))
    for figure in figures:
        value = "-" if figure.value is None else f"{figure.value:,} {figure.unit}".strip()
        ratio = "" if figure.ratio is None else f"{figure.ratio:g}"
        mark = str(notes.index(figure.note) + 1) if figure.note else ""
        table.add_row(*map(Text, (figure.what, figure.size, value, figure.goal, ratio, mark)))
    # Not squeezed into a narrow terminal or a pipe: a figure without its end is none.
    Console(width=max(120, out.width), highlight=False).print(table)
    for number, note in enumerate(notes, 1):
        out.print(Text(f"{number:2}  {note}"))
    loop = f"x loop: times of the reference loop of {before['reference_ms']} ms"
    out.print(Text(f"    {before['cores']} cores, load {before['load']} before; {loop}"))
