"""Many papers: rows in, rows with claims out, in the same order, over several processes with bounded work in flight."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from extract.claim import as_json
from extract.processes import spread

_CHUNK = 64  # papers handed to a process at a time
MAX_TEXT = 20_000  # letters of one text that are read, ten times arXiv's longest abstract; what is behind is left


class BadRow(ValueError):
    """A row that is no paper: `line` counts from 1."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line, self.why = line, why


def checked(row: object, line: int) -> dict[str, Any]:
    """A row as {"key", "title", "abstract"}. Raises BadRow naming the line and what was seen."""
    if not isinstance(row, dict):
        raise BadRow(
            line,
            f'expected an object with "key" or "id", "title", "abstract", got {json.dumps(row, default=repr)[:70]}',
        )
    key = row.get("key", row.get("id"))
    if key is None or isinstance(key, (dict, list, bool)) or key == "":
        raise BadRow(
            line, f'a paper needs a "key" or "id", got the fields {", ".join(sorted(map(str, row))) or "none"}'
        )
    title, abstract = row.get("title"), row.get("abstract")
    if title is None and abstract is None:
        raise BadRow(
            line, f'a paper needs a "title" or an "abstract", got the fields {", ".join(sorted(map(str, row)))}'
        )
    for name, text in (("title", title), ("abstract", abstract)):
        if text is not None and not isinstance(text, str):
            raise BadRow(line, f'"{name}" must be a string, got {json.dumps(text, default=repr)[:60]}')
    return {"key": key, "title": title or "", "abstract": abstract or ""}


def _extract(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from extract.pipeline import forget_words  # in the process that works, so that the one that hands out stays light
    from extract.reader import claims

    forget_words()
    return [
        {
            "key": r["key"],
            "claims": [as_json(c) for c in claims(r["title"][:MAX_TEXT], r["abstract"][:MAX_TEXT], key=str(r["key"]))],
        }
        for r in rows
    ]


def extract_rows(
    rows: Iterable[object], *, jobs: int = 1, bad: Callable[[BadRow], None] | None = None
) -> Iterator[dict[str, Any]]:
    """{"key", "claims": [...]} for each row {"key" or "id", "title", "abstract"}, in order.

    `jobs` processes work; memory stays flat however many rows come. A row that is no paper raises BadRow, or, where
    `bad` is given, is handed to it and left out. A row may be a BadRow itself, for a line that could not even be
    parsed. Raises OSError when a process is killed; all of them end with this one.
    """
    good = _good(rows, bad)
    for found in spread(_extract, iter(lambda: list(islice(good, _CHUNK)), []), jobs=jobs):
        yield from found


def _good(rows: Iterable[object], bad: Callable[[BadRow], None] | None) -> Iterator[dict[str, Any]]:
    for line, row in enumerate(rows, 1):
        try:
            if isinstance(row, BadRow):
                raise row
            yield checked(row, line)
        except BadRow as error:
            if bad is None:
                raise
            bad(error)


def parsed(lines: Iterable[str]) -> Iterator[object]:
    """The rows of JSON lines, blank ones left out; a line that is no JSON comes as a BadRow."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            yield BadRow(number, f"no JSON: {error}; got {line.strip()[:60]!r}")
