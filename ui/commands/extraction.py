"""`claims extract` and `claims score`: the extractor by itself, without a knowledge base."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from ui.command import PARTLY, command, err, out, print_json


def _rows(lines: IO[str], bad: list[str]) -> Iterator[dict[str, Any]]:
    """Papers of a JSONL file; what is none goes to `bad`, in words."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            bad.append(f"line {number}: not JSON: {error}")
            continue
        if not isinstance(row, dict):
            bad.append(f"line {number}: not a paper: a {type(row).__name__} where an object was expected")
            continue
        key = row.get("key", row.get("id"))
        wrong = [name for name in ("title", "abstract") if not isinstance(row.get(name), str)]
        if key is None or wrong:
            bad.append(f"line {number}: not a paper: needs {', '.join((['key or id'] if key is None else []) + wrong)}")
            continue
        yield {"key": str(key), "title": row["title"], "abstract": row["abstract"]}


@command(home=False)
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes.")
@click.option("--explain", is_flag=True, help="Add to each claim which rules or scores made its fields.")
def extract(file: IO[str], as_json: bool, jobs: int, explain: bool) -> None:
    """Read the claims out of papers: JSONL in ({"key" or "id", "title", "abstract"}), JSONL out in the same order.

    \b
    Example:  head -1 papers.jsonl | claims extract
    """
    from extract.stream import extract_rows

    bad: list[str] = []
    rows = _rows(file, bad)
    if explain:
        from extract.reader import explain as explain_paper

        for row in rows:
            print_json({"key": row["key"], "claims": explain_paper(row["title"], row["abstract"], key=row["key"])})
    else:
        write = sys.stdout.write
        for result in extract_rows(rows, jobs=jobs):
            write(json.dumps(result, ensure_ascii=False) + "\n")
    for message in bad:
        err.print(message, markup=False)
    if bad:
        sys.exit(PARTLY)


@command(home=False)
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--errors", is_flag=True, help="List gold and predicted side by side; refuses closed gold files.")
@click.option("--jobs", type=click.IntRange(1, 256), default=min(2, os.cpu_count() or 1), help="Processes.")
def score(gold: Path, as_json: bool, errors: bool, jobs: int) -> None:
    """Score the extractor against annotated papers.

    \b
    Example:  claims score gold/open.jsonl --errors
    """
    from extract.score import error_listing, report, score_file

    if errors:
        click.echo(error_listing(gold, jobs=jobs))
        return
    figures = score_file(gold, jobs=jobs)
    if as_json:
        print_json(figures)
    else:
        out.print(report(figures), markup=False)
