"""`claims bench`: the performance figures as a table."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ui.command import PARTLY, command, err, out, print_json

if TYPE_CHECKING:
    from index.bench import Figure


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
@click.option(
    "--out",
    "kept",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also append each figure to this file as it is measured, one JSON a line.",
)
@click.option("--all-papers", is_flag=True, help="Copy the papers without a claim too: some twice as many papers.")
def bench(
    home: Path,
    as_json: bool,
    corpus: Path | None,
    claims: list[int],
    rows: int,
    only: list[str],
    jobs: int,
    kept: Path | None,
    all_papers: bool,
) -> None:
    """Measure how fast papers are read and questions are answered here, in a scratch folder; the home is only read.

    \b
    Example:  claims bench --corpus abstracts.parquet --claims 1e4 --only ask

    Large bases are made of small ones: papers and claims many times, with changed ids and figures and with noise in
    the vectors. Ratios are to a fixed loop that is timed beside each figure. All of it takes some ten minutes on two
    cores and 4 GB of disk, in TMPDIR; a million claims alone some five. Figures are told on stderr as they come;
    interrupted (Ctrl-C), it prints those it has and ends with exit code 3, as it does when a part fails.
    """
    import signal
    from tempfile import TemporaryDirectory

    from index.bench import Figure, machine, measured, sample
    from ui.progress import steps

    papers = sample(corpus, home, rows)
    before = machine()
    figures: list[Figure] = []
    interrupted = False
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        with TemporaryDirectory(prefix="claims-bench-") as folder, steps() as tell:
            run = (sys.executable, "-m", "ui.cli")
            for figure in measured(
                papers, Path(folder), command=run, claims=claims, only=only, jobs=jobs, all_papers=all_papers,
                progress=tell,
            ):  # fmt: skip
                figures.append(figure)
                err.print(Text("  ".join(filter(None, (figure.what, figure.size, _value(figure))))))
                if kept:
                    with kept.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(figure.as_json(), ensure_ascii=False) + "\n")
    except KeyboardInterrupt:
        interrupted = True
        err.print("interrupted: these figures were measured")
    finally:
        signal.signal(signal.SIGTERM, previous)
    if as_json:
        found = [figure.as_json() for figure in figures]
        print_json({"machine": before, "interrupted": interrupted, "figures": found})
    else:
        _print(figures, before)
    if interrupted or any(figure.failed for figure in figures):
        sys.exit(PARTLY)


def _value(figure: "Figure") -> str:
    return "-" if figure.value is None else f"{figure.value:,} {figure.unit}".strip()


def _print(figures: "list[Figure]", before: dict[str, Any]) -> None:
    table = Table(header_style="bold")
    for name in ("what", "size", "measured", "goal", "x loop", ""):
        table.add_column(name, justify="left" if name in ("what", "size") else "right", no_wrap=True)
    notes = list(dict.fromkeys(figure.note for figure in figures if figure.note))
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:g}"
        mark = str(notes.index(figure.note) + 1) if figure.note else ""
        table.add_row(*map(Text, (figure.what, figure.size, _value(figure), figure.goal, ratio, mark)))
    # Not squeezed into a narrow terminal or a pipe: a figure without its end is none.
    Console(width=max(120, out.width), highlight=False).print(table)
    for number, note in enumerate(notes, 1):
        out.print(Text(f"{number:2}  {note}"))
    loop = f"x loop: times of the reference loop of {before['reference_ms']} ms"
    out.print(Text(f"    {before['cores']} cores, load {before['load']} before; {loop}"))
