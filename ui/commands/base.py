"""Commands over a knowledge base: sql, show, status, curate."""

import sys
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from ui.command import command, err, out, print_json
from ui.printing import plain


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
        table = Table(header_style="bold")
        for name in result.columns:
            table.add_column(Text(name))
        for row in result.rows:
            table.add_row(*(Text("" if v is None else plain(str(v))) for v in row))
        out.print(table)
    if result.truncated:
        err.print(f"only the first {len(result.rows)} rows; more with --limit, all with claims export")


@command()
@click.option("--check", is_flag=True, help="Compare every byte with its hash, of papers/ and responses/ too.")
def status(home: Path, as_json: bool, check: bool) -> None:
    """Say what is in the knowledge base, how fresh it is, and what failed to read.

    With --check, damage ends it with exit code 1.
    """
    from index import KnowledgeBase

    with KnowledgeBase.open(home) as base:
        found = base.status(check=check)
    if as_json:
        print_json(found)
        sys.exit(1 if check and found["damage"] else 0)
    rows = [
        ("papers", f"{found['papers']:,} from {found['entries']:,} entries"),
        ("claims", f"{found['claims']:,}"),
        ("days", f"{found['days']:,} with papers listed or crawled, {len(found['failed'])} failed"),
        ("build", f"{found['build']}, built {found['built_at']}, {found['bytes'] / 1e6:.1f} MB"),
        ("encoder", found["encoder"] or "none: words and claims only"),
        ("verdicts", f"{found['verdicts']:,}, of them {len(found['orphans'])} without a claim"),
    ]
    for name, value in rows:
        out.print(Text.assemble((f"{name:10}", "bold"), str(value)))
    for day in found["failed"]:
        out.print(Text(f"failed    {day['day']}: {plain(str(day['why']))}", style="yellow"))
    if found["gaps"]:
        some = ", ".join(found["gaps"][:5]) + (", …" if len(found["gaps"]) > 5 else "")
        cure = "close them with: claims crawl --gaps"
        out.print(Text(f"gaps      {len(found['gaps'])} days: {some}; {cure}", style="yellow"))
    for what in ("moved", "orphans", "unreadable", "damage", "notes"):
        for line in found[what]:
            out.print(Text(f"{what:10}{plain(str(line))}", style="yellow"))
    if found["waiting"] > 0 or found["extractor_changed"]:
        out.print(Text("next: claims build (there are entries or rules newer than the build)", style="yellow"))
    if check:
        cure = "next: claims build (makes again what is damaged, as far as it stands elsewhere)"
        out.print(cure if found["damage"] else "damage    none: every byte is as it was written", style="yellow")
        sys.exit(1 if found["damage"] else 0)


@command()
@click.argument("paper")
def show(home: Path, as_json: bool, paper: str) -> None:
    """Show PAPER (paper id, arXiv id or title) with its claims marked in the text, sources, families and code."""
    from index import KnowledgeBase
    from index.claimed import claimed_factors
    from index.measured import latest
    from ui.printing import print_whole_paper

    with KnowledgeBase.open(home) as base:
        found = base.show(paper)
        found["claimed"] = claimed_factors(base, found["families"])
        found["measured"] = latest(base, found["families"])
    if as_json:
        print_json(found)
    else:
        print_whole_paper(out, found)


@command()
@click.argument("claim")
@click.argument("verdict", type=click.Choice(["confirm", "reject", "set", "note", "add-to", "undo"]))
@click.argument("words", nargs=-1)
def curate(home: Path, as_json: bool, claim: str, verdict: str, words: tuple[str, ...]) -> None:
    """Append a verdict on CLAIM (its claim id) that every later build keeps.

    \b
    claims curate CLAIM confirm
    claims curate CLAIM reject
    claims curate CLAIM set FIELD VALUE      VALUE null empties the field
    claims curate CLAIM note TEXT
    claims curate CLAIM add-to COLLECTION
    claims curate CLAIM undo                 takes back the last verdict on it
    """
    wanted = {"set": ("field", "value"), "note": ("note",), "add-to": ("collection",)}.get(verdict, ())
    if len(words) != len(wanted):
        needs = " ".join(w.upper() for w in wanted) or "nothing more"
        raise click.UsageError(f"{verdict} takes {needs}; got {len(words)} words: {' '.join(words) or 'none'}")
    from dataclasses import asdict

    from index import KnowledgeBase

    with KnowledgeBase.open(home) as base:
        entry = base.curate(claim, verdict, **dict(zip(wanted, words, strict=True)))
    if as_json:
        print_json(asdict(entry))
    else:
        out.print(Text(f"recorded: {verdict} {' '.join(words)} on claim {claim}"))
