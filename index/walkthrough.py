"""From a corpus to the first answer: seconds and peak memory of each step, in a scratch home.

    python -m index.walkthrough corpus.parquet [--rows N] [--jobs N] [--encoder fast] [--engine local] [--json]

Every step is a command as a user runs it, its start included; memory is that of all its processes together.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from index.steps import peak_memory

QUESTION = "which techniques give at least 2x speedup on GPUs"
_CLAIMS = (sys.executable, "-m", "ui.cli")


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of the table."""

    step: str  # import, build, the steps within build, ask
    seconds: float
    peak_mb: int


def walk(corpus: Path, home: Path, *, build: Sequence[str] = ()) -> Iterator[Measured]:
    """Imports, builds (with more options), builds again with nothing new, asks; `home` is empty and ours.

    Raises OSError with the last words of a command that fails.
    """
    at = ("--home", str(home), "--json")
    with peak_memory() as peak:  # of all processes that descend from this one
        seconds, _ = _run("import", str(corpus), *at)
    yield Measured("import", seconds, peak[0] >> 20)
    for name in ("build", "build again"):
        seconds, said = _run("build", "--timings", *build, *at)
        report = json.loads(said)
        for step, of_step in report["seconds"].items():
            yield Measured(f"  {step}", of_step, report["peak_mb"][step])
        yield Measured(name, seconds, max(report["peak_mb"].values()))
    with peak_memory() as peak:
        seconds, _ = _run("ask", QUESTION, *at)
    yield Measured("ask, the first time", seconds, peak[0] >> 20)


def _run(*words: str) -> tuple[float, bytes]:
    """Seconds that a command took, and what it printed."""
    started = time.monotonic()
    done = subprocess.run([*_CLAIMS, *words], capture_output=True, stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 3):  # 3: not all of the corpus could be read
        raise OSError(f"claims {' '.join(words)[:200]}: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return round(time.monotonic() - started, 1), done.stdout


def _first(corpus: Path, rows: int, folder: Path) -> Path:
    """The first rows of a Parquet file, as one of its own."""
    part = folder / corpus.name
    with pq.ParquetFile(corpus) as file, pq.ParquetWriter(part, file.schema_arrow) as written:
        for batch in file.iter_batches(1000):
            written.write_batch(batch.slice(0, rows))
            if (rows := rows - len(batch)) <= 0:
                break
    return part


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table."""
    given = argparse.ArgumentParser(prog="python -m index.walkthrough", description=str(__doc__).partition("\n")[0])
    given.add_argument("corpus", type=Path, help="Parquet file with title and abstract")
    given.add_argument("--rows", type=int, help="of the corpus; all if not given")
    given.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    given.add_argument("--encoder", default="fast")
    given.add_argument("--engine", default="local")
    given.add_argument("--json", action="store_true", help="one JSON object a line")
    options = given.parse_args(arguments)
    build = ("--jobs", str(options.jobs), "--encoder", options.encoder, "--engine", options.engine)
    total = 0.0
    with TemporaryDirectory(prefix="claims-walkthrough-") as folder:
        corpus = _first(options.corpus, options.rows, Path(folder)) if options.rows else options.corpus
        for row in walk(corpus, Path(folder) / "home", build=build):
            if not row.step.startswith(" ") and row.step != "build again":
                total += row.seconds
            print(json.dumps(asdict(row)) if options.json else _line(row.step, row.seconds, row.peak_mb), flush=True)
    if not options.json:
        print(f"{'import to first answer':24}{total:>10,.1f} s")


def _line(step: str, seconds: float, megabytes: int) -> str:
    return f"{step:24}{seconds:>10,.1f} s{megabytes:>8,} MB"


if __name__ == "__main__":
    main()
