"""The only file that opens DuckDB: databases of builds, written once and then only read."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

import data

DATABASE = "claims.duckdb"
Connection = duckdb.DuckDBPyConnection
Failure = duckdb.Error  # what any of the calls here may raise


@contextmanager
def creating(path: Path, *, threads: int, memory: str, spill: Path) -> Iterator[Connection]:
    """A new database with the empty tables of data/schema.sql, whole on disk when the block ends."""
    config: dict[str, Any] = {"threads": threads, "memory_limit": memory, "temp_directory": str(spill)}
    with duckdb.connect(str(path), config=config) as connection:
        connection.execute(data.text("schema.sql"))
        for view in ("corrected_claims", "claims_now"):
            _describe_as(connection, view, "claims")
        yield connection
        connection.execute("CHECKPOINT")


def _describe_as(connection: Connection, view: str, table: str) -> None:
    """Gives the columns of a view the comments of the same columns of a table."""
    for row in rows(connection, "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?", [table]):
        comment = (row["comment"] or "").replace("'", "''")
        connection.execute(f"COMMENT ON COLUMN {view}.{row['column_name']} IS '{comment}'")


def reading(path: Path, *, threads: int | None = None, memory: str | None = None) -> Connection:
    """A read-only connection; temporary tables can be made in it until `lock` is called."""
    config: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    if threads:
        config["threads"] = threads
    if memory:
        config |= {"memory_limit": memory, "temp_directory": ""}
    return duckdb.connect(str(path), read_only=True, config=config)


def lock(connection: Connection) -> None:
    """From here on the connection reaches no file and no network, and cannot be set otherwise.

    Connections of one process to one file share their settings: what an earlier one locked is locked already.
    """
    locked = "SELECT current_setting('lock_configuration') AND NOT current_setting('enable_external_access')"
    if not connection.execute(locked).fetchall()[0][0]:
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")


def schema_of(connection: Connection, table: str) -> pa.Schema:
    """The Arrow schema of a table: so that a column list is written in data/schema.sql and nowhere else."""
    return connection.sql(f"FROM {table} LIMIT 0").to_arrow_table().schema


def insert(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    """Adds rows, given by column name, to a table in one go; columns that a row lacks become null."""
    if rows:
        batch = pa.Table.from_pylist(rows, schema=schema_of(connection, table))
        connection.register("batch", batch)
        connection.execute(f"INSERT INTO {table} BY NAME FROM batch")
        connection.unregister("batch")


def fill_temporary(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    """A temporary table that stands before the stored (empty) one of the same name, also in the views over it."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM main.{table} LIMIT 0")
    insert(connection, f"temp.{table}", rows)


def batches(connection: Connection, query: str, size: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of a query as dicts, `size` at a time, without holding them all."""
    for batch in connection.cursor().sql(query).to_arrow_reader(size):
        yield batch.to_pylist()


def arrow(connection: Connection, query: str, size: int) -> Iterator[pa.RecordBatch]:
    """The rows of a query as Arrow batches of about `size` rows, without holding them all."""
    yield from connection.cursor().sql(query).to_arrow_reader(size)


def rows(
    connection: Connection, query: str, parameters: Iterable[Any] | Mapping[str, Any] = ()
) -> list[dict[str, Any]]:
    """All rows of a query as dicts."""
    found = connection.execute(query, parameters or None)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def count(connection: Connection, table: str) -> int:
    """How many rows a table, or a query in brackets, has."""
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


@contextmanager
def numbers_as(connection: Connection, name: str, papers: NDArray[np.integer]) -> Iterator[None]:
    """Numbers of papers as a table `name` with the column `paper_no`."""
    found = pa.table({"paper_no": pa.array(papers, pa.int32())})
    connection.register("found", found)
    connection.execute(f"CREATE TABLE {name} AS FROM found")
    connection.unregister("found")
    yield
    connection.execute(f"DROP TABLE {name}")


@contextmanager
def parquet_as(connection: Connection, name: str, path: Path) -> Iterator[None]:
    """The rows of a Parquet file under a name, to be read once. By Arrow: to DuckDB `[` in a path is a pattern."""
    with pq.ParquetFile(path) as file:
        connection.register(name, pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches()))
        yield
        connection.unregister(name)


class ParquetRows:
    """Rows going to a Parquet file part by part, so that memory stays flat."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self._schema = path, schema
        self._file = pq.ParquetWriter(path, schema, compression="zstd")
        self._waiting: list[pa.Table] = []

    def add(self, rows: pa.Table) -> None:
        self._waiting.append(rows)
        if sum(map(len, self._waiting)) >= 10_000:
            self._write()

    def _write(self) -> None:
        self._file.write_table(pa.concat_tables(self._waiting).cast(self._schema))
        self._waiting = []

    def __enter__(self) -> "ParquetRows":
        return self

    def __exit__(self, *_: object) -> None:
        if self._waiting:
            self._write()
        self._file.close()


def reader(connection: Connection, query: str) -> pa.RecordBatchReader:
    """The rows of one statement that only reads, batch by batch.

    Raises ValueError when it is not exactly one, or one that does something else.
    """
    statements = duckdb.extract_statements(query)
    if len(statements) != 1:
        raise ValueError(f"one statement at a time, this has {len(statements)}")
    if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        kind = str(statements[0].type).rpartition(".")[2]
        raise ValueError(f"only statements that read are run (SELECT, WITH, FROM, DESCRIBE, EXPLAIN), this is {kind}")
    found = connection.sql(query)
    if found is None:
        raise ValueError("the statement gives no rows")
    return found.to_arrow_reader(2048)


def relation(table: pa.Table) -> duckdb.DuckDBPyRelation:
    """Rows in a database of their own in memory."""
    return duckdb.connect().from_arrow(table)


def write_rows(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch], path: Path, kind: str, *, formula: str | None
) -> int:
    """Writes rows as csv, jsonl or parquet; returns how many.

    In CSV lists of text are joined by "; ", other nested values are JSON; text that begins with a character of
    `formula` gets a leading '. Raises OSError when the file cannot be written.
    """
    source = pa.RecordBatchReader.from_batches(schema, batches)
    options = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json", "parquet": "FORMAT parquet, COMPRESSION zstd"}[kind]
    shown = ", ".join(_csv_cell(field, formula) for field in schema) if kind == "csv" else "*"
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.register("source", source)
            target = str(path).replace("'", "''")
            written = connection.execute(f"COPY (SELECT {shown} FROM source) TO '{target}' ({options})").fetchall()
    except duckdb.IOException as error:
        raise OSError(f"cannot write {path}: {error}") from error
    return int(written[0][0])


def _csv_cell(field: pa.Field, formula: str | None) -> str:
    name = '"' + field.name.replace('"', '""') + '"'
    if pa.types.is_list(field.type) and pa.types.is_string(field.type.value_type):
        cell = f"array_to_string({name}, '; ')"
    elif pa.types.is_nested(field.type):
        cell = f"to_json({name})::VARCHAR"
    elif pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        cell = name
    else:
        return name
    if formula:
        first = ", ".join(f"chr({ord(c)})" for c in formula)
        cell = f"CASE WHEN left({cell}, 1) IN ({first}) THEN '''' || {cell} ELSE {cell} END"
    return f"{cell} AS {name}"
