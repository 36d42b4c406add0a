"""The generated parts of README, made by `make docs` and checked by a test."""

import contextlib
import io
import tempfile
from pathlib import Path

import click
from rich.console import Console

from ui.cli import COMMANDS, cli


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
