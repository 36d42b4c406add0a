"""What every command has: -h, --home, --json, messages instead of tracebacks, and the exit codes of the project."""

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

PARTLY = 3  # exit code: done, but not all could be read

out = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
err = Console(stderr=True, highlight=False, soft_wrap=True)


def command(*, home: bool = True, **attributes: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A click command with the options that all commands share.

    A ValueError or OSError from the rooms below becomes a message on stderr and exit code 1; CLAIMS_DEBUG=1 lets it
    through.
    """

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except BrokenPipeError:  # the reader of a pipe has seen enough
                sys.stdout = open(os.devnull, "w")  # noqa: SIM115
                sys.exit(0)
            except (ValueError, OSError) as error:
                if os.environ.get("CLAIMS_DEBUG"):
                    raise
                raise click.ClickException(str(error)) from error

        wrapped: Callable[..., Any] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(run)
        if home:
            wrapped = click.option(
                "--home",
                type=click.Path(path_type=Path, file_okay=False),
                default=Path("var"),
                show_default=True,
                envvar="CLAIMS_HOME",
                help="Folder of the knowledge base; also CLAIMS_HOME.",
            )(wrapped)
        return click.command(context_settings={"help_option_names": ["-h", "--help"]}, **attributes)(wrapped)

    return decorate


def print_json(value: Any) -> None:
    """One JSON value on one line of stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def report_unreadable(unreadable: list[Any]) -> None:
    """Names on stderr what could not be read, and leaves with code 3 when there is any."""
    for bad in unreadable:
        err.print(f"unreadable: {bad['path']}: {bad['why']}", markup=False)
    if unreadable:
        sys.exit(PARTLY)
