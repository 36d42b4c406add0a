"""Facts that all rooms read: lexicons, families, implementations, SQL, sample pages. The only code that opens them."""

import csv
import tomllib
from functools import cache
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any


def path(name: str) -> Path:
    """Where the data file or folder `name` (such as "hardware.toml") lies on disk.

    Raises FileNotFoundError when this installation lacks it.
    """
    found = Path(str(files(__name__).joinpath(name)))
    if not found.exists():
        raise FileNotFoundError(
            f"no data file {name!r} in {found.parent}: the installation is incomplete, install paperclaims again"
        )
    return found


def text(name: str) -> str:
    """The whole text of a data file, UTF-8."""
    return path(name).read_text(encoding="utf-8")


@cache
def table(name: str) -> dict[str, Any]:
    """A TOML file as a dict. Shared between callers: do not change it."""
    return tomllib.loads(text(name))


def rows(name: str) -> list[dict[str, str]]:
    """A CSV file with a header as one dict a row, every value a string."""
    return list(csv.DictReader(StringIO(text(name))))
