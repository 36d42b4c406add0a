"""Commands over a knowledge base: build, sql, show, status, curate."""

from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from ui.command import command, err, out, print_json
from ui.printing import plain


@command()
@click.option(
    "--encoder", default="fast", show_default=True, help="fast, accurate, or a sentence-transformers name or path."
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes for extraction; all cores if not given.")
def build(home: Path, as_json: bool, encoder: str, jobs: int | None) -> None:
    """Extract what is new or changed, build the indexes, make the build current in one step."""
    from index.build import build as run

    report = run(home, encoder=encoder, jobs=jobs)
    if as_json:
        print_json(report.as_json())
    else:
        out.print(f"build {report.build}: {report.papers} papers, {report.claims} claims; now current")
        err.print('next: claims ask "which techniques give at least 2x speedup on GPUs"')


@command()
@click.argument("query")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="Rows at most.")
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=30.0, show_default=True, help="Seconds at most.")
def sql(home: Path, as_json: bool, query: str, as_csv: bool, limit: int, timeout: float) -> None:
    """Run read-only SQL over the tables that `claims schema` shows.

    \b
    Example:  claims sql "select technique, factor, quote from claims_wide where metric = 'speed' limit 5"
    """
    from index import KnowledgeBase

    with KnowledgeBase.open(home) as base:
        result = base.sql(query, limit=limit, timeout=timeout)
    if as_json:
        print_json(result.as_json())
    elif as_csv:
        click.echo(result.as_csv(), nl=False)
    else:
        table = Table(*(Text(c) for c in result.columns), header_style="bold")
        for row in result.rows:
            table.add_row(*(Text("" if v is None else plain(str(v))) for v in row))
        out.print(table)
    if result.truncated:
        err.print(f"only the first {len(result.rows)} rows; more with --limit, all with claims export")
