"""Named tables, tables, views and collections as CSV, JSONL or Parquet, with a manifest beside."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

import data
from index import store
from index.sql_guard import stream

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
FORMULA = "=+-@\t\r"  # first characters that make a spreadsheet run a cell
TIMEOUT = 600.0  # seconds for one export
_HEADER = re.compile(r"-- (?:(?P<key>description|order)|column (?P<column>\w+)): (?P<text>.+)")


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A query of data/tables/ with what its header says."""

    name: str
    description: str
    columns: dict[str, str]  # name -> what it holds
    order: str
    sql: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote; the manifest holds the same."""

    name: str
    kind: str  # named table, table, view or collection
    description: str
    where: str | None
    columns: list[dict[str, str]]  # {name, type, description}
    rows: int
    format: str
    csv_guard: bool | None  # whether text that a spreadsheet would run has a leading '; None where not CSV
    bytes: int
    sha256: str
    build: int
    built_at: str
    exported_at: str
    version: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@cache
def named_tables() -> dict[str, NamedTable]:
    """The queries of data/tables/ by name. Raises ValueError naming the file whose header is not as it should be."""
    return {path.stem: _named_table(path) for path in sorted(data.path("tables").glob("*.sql"))}


def _named_table(path: Path) -> NamedTable:
    lines = path.read_text(encoding="utf-8").splitlines()
    header = [line for line in lines if line.startswith("--")]
    keys: dict[str, str] = {}
    columns: dict[str, str] = {}
    for line in header:
        found = _HEADER.fullmatch(line)
        if not found:
            raise ValueError(f"{path.name}: {line!r} is not `-- description: …`, `-- column NAME: …` or `-- order: …`")
        (columns if found["column"] else keys)[found["column"] or found["key"]] = found["text"]
    if missing := {"description", "order"} - keys.keys():
        raise ValueError(f"{path.name}: its header lacks {' and '.join(sorted(missing))}")
    sql = "\n".join(line for line in lines if not line.startswith("--")).strip()
    return NamedTable(path.stem, keys["description"], columns, keys["order"], sql)


@dataclass(frozen=True, slots=True)
class _Source:
    kind: str
    description: str
    described: dict[str, str]
    query: str
    order: str


def listing(base: "KnowledgeBase") -> list[dict[str, Any]]:
    """Everything that can be exported: {name, kind, description, columns}."""
    found = [
        {
            "name": table.name,
            "kind": "named table",
            "description": table.description,
            "columns": [{"name": n, "comment": c} for n, c in table.columns.items()],
        }
        for table in named_tables().values()
    ]
    for stored in base.schema():
        columns = [{"name": c["name"], "comment": c["comment"] or ""} for c in stored["columns"]]
        description = stored["comment"] or ""
        found.append({"name": stored["name"], "kind": stored["kind"], "description": description, "columns": columns})
    wide = next(t["columns"] for t in found if t["name"] == "claims_wide")
    collections = base.rows(
        "SELECT collection, count(DISTINCT claim_id) AS claims FROM curation WHERE collection IS NOT NULL "
        "GROUP BY collection ORDER BY collection"
    )
    for row in collections:
        description = f"Collection of {row['claims']} claims."
        found.append({"name": row["collection"], "kind": "collection", "description": description, "columns": wide})
    return found


def export(
    base: "KnowledgeBase",
    name: str,
    out: Path,
    *,
    where: str | None = None,
    raw: bool = False,
    timeout: float = TIMEOUT,
) -> Exported:
    """Writes all rows of NAME to `out`, the format by its ending, and its manifest beside it; whole or not at all.

    `where` is a condition on its columns. In CSV, text that a spreadsheet would run gets a leading ' unless `raw`.
    Raises ValueError when there is nothing of that name, the ending is unknown or the condition is wrong; OSError when
    `out` cannot be written.
    """
    kind = FORMATS.get(out.suffix.lower())
    if kind is None:
        raise ValueError(f"{out} ends in {out.suffix!r}: give it one of the endings {', '.join(FORMATS)}")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no folder {out.parent} to write {out.name} to")
    with TemporaryDirectory(dir=out.parent, prefix=".claims-export-") as folder:
        made = Path(folder) / f"table{out.suffix}"
        report = _write(base, name, made, kind, where=where, raw=raw, timeout=timeout)
        manifest = made.with_suffix(".json")
        manifest.write_text(
            json.dumps({"file": out.name} | report.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        made.replace(out)
        manifest.replace(out.with_name(out.name + ".manifest.json"))
    return report


def export_to(
    base: "KnowledgeBase",
    name: str,
    out: IO[bytes],
    *,
    where: str | None = None,
    raw: bool = False,
    timeout: float = TIMEOUT,
) -> Exported:
    """The same as CSV to a stream, such as standard output, without a manifest file."""
    with TemporaryDirectory(prefix="claims-export-") as folder:
        made = Path(folder) / "table.csv"
        report = _write(base, name, made, "csv", where=where, raw=raw, timeout=timeout)
        with made.open("rb") as file:
            while block := file.read(1 << 20):
                out.write(block)
    return report


def _write(
    base: "KnowledgeBase", name: str, path: Path, kind: str, *, where: str | None, raw: bool, timeout: float
) -> Exported:
    source = _source(base, name)
    condition = "" if where is None else f"\nWHERE (\n{where}\n)"
    query = f"SELECT * FROM (\n{source.query}\n) AS exported{condition}\nORDER BY {source.order}"
    with stream(base.home, base.build, query, limit=None, timeout=timeout) as rows:
        try:
            count = store.write_rows(rows.schema, rows.batches(), path, kind, formula=None if raw else FORMULA)
        except store.Failure:
            rows.finish()  # says why the rows broke off, when that is what went wrong
            raise
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return Exported(
        name=name,
        kind=source.kind,
        description=source.description,
        where=where,
        columns=[
            {"name": f.name, "type": str(f.type), "description": source.described.get(f.name, "")} for f in rows.schema
        ],
        rows=count,
        format=kind,
        csv_guard=not raw if kind == "csv" else None,
        bytes=path.stat().st_size,
        sha256=digest,
        build=base.build.number,
        built_at=base.build.manifest["built_at"],
        exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version("paperclaims"),
    )


def _source(base: "KnowledgeBase", name: str) -> _Source:
    if name in named_tables():
        table = named_tables()[name]
        return _Source("named table", table.description, table.columns, table.sql, table.order)
    for found in base.schema():
        if found["name"] == name:
            described = {c["name"]: c["comment"] or "" for c in found["columns"]}
            return _Source(found["kind"], found["comment"] or "", described, f"SELECT * FROM {name}", "ALL")
    known = {row["name"] for row in listing(base)}
    if name in known:
        wide = next(t for t in base.schema() if t["name"] == "claims_wide")
        described = {c["name"]: c["comment"] or "" for c in wide["columns"]}
        query = (
            f"SELECT * FROM claims_wide WHERE list_contains(collections, '{name}')"  # a collection's name has no quote
        )
        return _Source("collection", f"Collection {name}.", described, query, "title, claim_id")
    raise ValueError(f"nothing called {name!r} to export; there are {', '.join(sorted(known))}")


def guarded(text: str) -> str:
    """Text as a CSV cell that no spreadsheet runs.

    >>> guarded("=1+1"), guarded("2x faster")
    ("'=1+1", '2x faster')
    """
    return f"'{text}" if text[:1] and text[0] in FORMULA else text
