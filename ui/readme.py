"""The generated parts of README, made by `make docs` and checked by a test."""

import contextlib
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ui.cli import COMMANDS, cli
from ui.figures_by_family import main_claims
from ui.wording import span, times


def command_table() -> str:
    """All commands with the first sentence of their help, as a Markdown table."""
    rows = ["| command | does |", "| --- | --- |"]
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        assert command.help is not None
        first = command.help.split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        rows.append(f"| `claims {name}` | {first} |")
    return "\n".join(rows)


def demo_output(width: int = 118) -> str:
    """What `claims demo` prints on stdout, as plain text."""
    from ui.commands import demo as module

    console = Console(file=io.StringIO(), width=width, highlight=False, color_system=None)
    quiet = Console(file=io.StringIO())
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        stack.callback(setattr, module, "out", module.out)
        stack.callback(setattr, module, "err", module.err)
        module.out, module.err = console, quiet
        module.demo.main(["--home", str(Path(folder) / "demo")], standalone_mode=False)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().strip().splitlines())


def family_table() -> str:
    """What data/family_figures.csv says of each technique family, as Markdown: first those that can be measured.

    Over which papers and on which machine stands above the table.
    """
    import reference
    from index.family_figures import published
    from index.implementations import implementations
    from index.technique_catalogue import techniques

    figures = published()
    whole = figures[None]
    files = {name: module.replace(".", "/") + ".py" for name, module in reference.families().items()}
    head = ["family", "papers", "claims", "claimed, median (papers)", "implementations"]
    here, others = [], []
    for family in sorted(techniques(), key=lambda t: -figures[t.technique_id]["papers"]):
        name = family.technique_id
        found = figures[name]
        cells = [f"{family.name}", f"{found['papers']:,}", f"{found['claims']:,}"]
        cells += [main_claims(found["claimed"]), str(len(implementations(name)))]
        if name in files:
            link = f"[{Path(files[name]).name}]({files[name]})"
            here.append([*cells, link, ", ".join(map(_published, found["measured"])) or "not yet"])
        else:
            others.append(cells)
    measured = [group for found in figures.values() for group in found["measured"]]
    devices = sorted({f"{group['device']} ({group['measured_on']})" for group in measured})
    return "\n".join(
        [
            f"Over {whole['papers']:,} daily papers published from {whole['first']} to {whole['last']} "
            f"with {whole['claims']:,} claims.",
            f"Measured on {'; '.join(devices) or 'no machine yet'}.",
            "",
            *_table([*head, "reference file", "measured"], here),
            "",
            "<details><summary>The other families</summary>",
            "",
            *_table(head, others),
            "",
            "</details>",
        ]
    )


def _published(group: Mapping[str, Any]) -> str:
    """As `in_short`, from the counts of the published figures."""
    if not group["shows"]:
        return f"{group['metric']} does not show"
    if group["shows"] < group["methods"]:
        return f"{group['metric']} up to {times(group['best'])}"
    return f"{group['metric']} {span(group['low'], group['high'])}"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows]]
