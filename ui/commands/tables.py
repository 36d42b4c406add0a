"""`claims schema` and `claims export`: what can be queried, and tables as files."""

from pathlib import Path

import click
from rich.text import Text

from ui.command import command, err, out, print_json
from ui.printing import plain


@command()
@click.argument("table", required=False)
def schema(home: Path, as_json: bool, table: str | None) -> None:
    """Print the tables and columns that `claims sql` can query, each with what it holds."""
    from index import KnowledgeBase

    with KnowledgeBase.open(home) as base:
        tables = base.schema()
    if table is not None:
        names = [t["name"] for t in tables]
        if table not in names:
            raise click.UsageError(f"no table {table!r}; there are {', '.join(names)}")
        tables = [t for t in tables if t["name"] == table]
    if as_json:
        print_json(tables)
        return
    for found in tables:
        out.print(
            Text.assemble(
                (found["name"], "bold"), f"  {found['kind']}, {found['rows']:,} rows: {found['comment'] or ''}"
            )
        )
        for column in found["columns"]:
            out.print(
                Text.assemble(f"  {column['name']:18} ", (f"{column['type']:10} ", "dim"), column["comment"] or "")
            )
        out.print()


@command()
@click.argument("name", required=False)
@click.option(
    "--list", "listing", is_flag=True, help="List what can be exported, with what each table and column holds."
)
@click.option("--where", metavar="SQL", help="Only rows for which this SQL condition over the table's columns holds.")
@click.option(
    "--out", "target", type=click.Path(dir_okay=False, path_type=Path), help="File ending in .csv, .jsonl or .parquet."
)
@click.option("--raw", is_flag=True, help="CSV: do not protect spreadsheets from text cells that begin with = + - @.")
def export(
    home: Path, as_json: bool, name: str | None, listing: bool, where: str | None, target: Path | None, raw: bool
) -> None:
    """Export NAME, a named table, a table, a view or a curated collection; to stdout as CSV without --out.

    \b
    Example:  claims export --list
              claims export best_speedups --where "device = 'A100'" --out speedups.csv
    """
    if listing == (name is not None):
        raise click.UsageError("give the NAME of what to export, or --list to see the names")
    from index import KnowledgeBase

    with KnowledgeBase.open(home) as base:
        if listing:
            found = base.exports()
            if as_json:
                print_json(found)
                return
            for item in found:
                out.print(Text.assemble((item["name"], "bold"), f"  {item['kind']}: {plain(item['description'])}"))
                for column in item["columns"]:
                    out.print(Text(f"  {column['name']:18} {column['comment'] or ''}", style="dim"))
            return
        assert name is not None
        report = base.export(name, where=where, out=target, raw=raw)
    if as_json:
        print_json(report)
    elif target is not None:
        err.print(f"{report['rows']:,} rows to {target}, described in {report['manifest']}")
