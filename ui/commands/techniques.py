"""`claims techniques`: the families of techniques, what is claimed for each, measured of it, and where its code is."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from ui.command import command, err, out, print_json
from ui.figures_by_family import in_short, main_claims, print_family, print_indented
from ui.wording import plain

if TYPE_CHECKING:
    from index import KnowledgeBase


@command()
@click.argument("family", required=False)
@click.option("--csv", "as_csv", is_flag=True, help="Print only the figures, as CSV.")
def techniques(home: Path, as_json: bool, family: str | None, as_csv: bool) -> None:
    """List the technique families, or describe FAMILY: what it saves and costs, claims, measurements, code.

    \b
    FAMILY is an id, a name or a description. Without a knowledge base the catalogue alone is shown.
    Example:  claims techniques
              claims techniques quantization
              claims techniques "drop tokens that look alike"
    """
    from index import KnowledgeBase
    from index.builds import HomeError

    if as_csv and (as_json or family):
        raise click.UsageError("--csv prints the figures of all families; it goes without FAMILY and --json")
    try:
        with KnowledgeBase.open(home) as base:
            _show(base, as_json, family, as_csv)
    except HomeError as error:
        if as_csv:
            raise
        err.print(Text(f"no claims to show: {error}", style="yellow"))
        _show(None, as_json, family, as_csv)


def _show(base: "KnowledgeBase | None", as_json: bool, family: str | None, as_csv: bool) -> None:
    import reference
    from index.family_figures import figures_csv, overview

    if as_csv:
        assert base is not None
        click.echo(figures_csv(base), nl=False)
        return
    files = {name: module.replace(".", "/") + ".py" for name, module in reference.families().items()}
    rows = [row | {"reference": files.get(row["technique_id"])} for row in overview(base)]
    if family is not None:
        wanted = _id_of(family, rows)
        chosen = next(row for row in rows if row["technique_id"] == wanted)
        parts = [row["technique_id"] for row in rows if row["parent"] == wanted]
        print_json(chosen) if as_json else _describe(chosen, parts, known=base is not None)
    elif as_json:
        print_json(rows)
    else:
        _list(rows)


def _id_of(family: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The technique id that words mean: an id, a name, an alias, or a description."""
    from index.techniques import family_in

    said = " ".join(family.lower().replace("-", " ").split())
    for row in rows:
        names = (row["technique_id"], row["name"], *row["aliases"], *row["methods"])
        if said in (" ".join(name.lower().replace("-", " ").split()) for name in names[:2]):
            return str(row["technique_id"])
    if meant := family_in(family):
        return meant
    from difflib import get_close_matches

    near = get_close_matches(family.lower(), [row["technique_id"] for row in rows], n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "claims techniques lists them"
    raise click.UsageError(f"no technique family {family!r}; {hint}")


def _list(rows: Sequence[Mapping[str, Any]]) -> None:
    """One line a family; aligned, and never wrapped: a pipe gets whole lines."""
    head = ("family", "papers", "claims", "code", "claimed, median (papers)", "measured")
    table = [head]
    for row in rows:
        counts = ("" if row[name] is None else f"{row[name]:,}" for name in ("papers", "claims"))
        code = str(len(row["implementations"]))
        table.append((row["technique_id"], *counts, code, main_claims(row["claimed"]), _measured(row)))
    widths = [max(len(cells[i]) for cells in table) for i in range(len(head))]
    for place, cells in enumerate(table):
        told = [
            cell.rjust(w) if 1 <= i <= 3 else cell.ljust(w)
            for i, (cell, w) in enumerate(zip(cells, widths, strict=True))
        ]
        out.print(Text("  ".join(told).rstrip(), style="" if place else "bold"), soft_wrap=True)
    err.print("one family: claims techniques FAMILY; measure: claims reproduce FAMILY")


def _measured(row: Mapping[str, Any]) -> str:
    if row["measured"]:
        device = row["measured"][0]["device"]
        return ", ".join(in_short(group) for group in row["measured"] if group["device"] == device)
    return "not yet" if row["reference"] else ""


def _describe(row: Mapping[str, Any], parts: Sequence[str], *, known: bool) -> None:
    def line(name: str, value: str) -> None:
        if value and out.soft_wrap:
            print_indented(out, Text.assemble((f"{name:14}", "bold"), plain(value)), 2)
        elif value:  # a terminal: wrapped within a column of its own
            grid = Table.grid(padding=(0, 1))
            grid.add_column(width=15, no_wrap=True)
            grid.add_column()
            grid.add_row(Text(f"  {name}", style="bold"), Text(plain(value)))
            out.print(grid)

    out.print(Text.assemble((row["name"], "bold"), (f"  {row['technique_id']}", "dim")))
    out.print(Text(row["plain"]))
    line("saves", ", ".join(row["saves"]))
    line("costs", row["costs"])
    line("part of", row["parent"] or "")
    line("parts", ", ".join(parts))
    line("also called", ", ".join(row["aliases"][:10]))
    line("methods", ", ".join(row["methods"][:14]))
    if known:
        papers, claims = (f"{row[name]:,} {name[: None if row[name] != 1 else -1]}" for name in ("papers", "claims"))
        out.print(Text(f"\n{papers} with {claims}", style="bold"))
        print_family(out, row["claimed"], row["measured"])
    if row["reference"]:
        how = f"claims reproduce {row['technique_id']}"
        out.print(Text.assemble(("\nreference  ", "bold"), f"{row['reference']}; run it with: {how}"))
    out.print(Text("\ncode", style="bold"))
    for known_code in row["implementations"]:
        upkeep = "" if known_code["status"] == "unknown" else f", {known_code['status']}"
        note = f", {known_code['note']}" if known_code["note"] else ""
        note += "" if known_code["checked"] else ", licence not checked"
        out.print(Text.assemble(f"  {known_code['name']}: {known_code['covers']}"))
        out.print(Text(f"    {known_code['repo']}  {known_code['licence']}{upkeep}{note}", style="dim"))
