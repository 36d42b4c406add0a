"""Known code for the technique families: data/implementations.csv."""

from dataclasses import dataclass
from functools import cache

import data

COLUMNS = ("technique_id", "name", "repo", "pypi", "licence", "status", "covers", "note", "checked")


@dataclass(frozen=True, slots=True)
class Implementation:
    """A repository that holds code of a family. `pypi`, `note` and `checked` may be empty.

    `licence` may be "none stated" (looked for in vain) or "unknown".
    """

    technique_id: str
    name: str
    repo: str
    pypi: str
    licence: str
    status: str  # "maintained" | "archived" | "unknown"
    covers: str
    note: str  # "non-commercial", "copyleft" or other words of warning
    checked: str  # ISO day on which repository and licence were looked at


@cache
def _all() -> tuple[Implementation, ...]:
    return tuple(Implementation(**{c: row[c] for c in COLUMNS}) for row in data.rows("implementations.csv"))


def implementations(technique_id: str) -> list[Implementation]:
    """The implementations of a family, in the order of the file: the ones to try first come first.

    Raises KeyError for an id that is no family.
    """
    from index.technique_catalogue import technique

    known = technique(technique_id).technique_id
    return [i for i in _all() if i.technique_id == known]


def all_implementations() -> list[Implementation]:
    """Every row of the file."""
    return list(_all())
