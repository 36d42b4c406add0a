"""People's SQL where it can do no harm: in a process of its own, read-only, without files and network, with limits.

The child opens the build, puts the verdicts and measurements in place, locks the connection (no external access, no
settings), lowers its own limits (address space, processor time, no files written) and only then reads the query.
DuckDB's own memory limit and interrupt do not stop one long scalar call; the operating system does.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from csv import writer
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from index.builds import OpenBuild

ADDRESS_SPACE = (
    3 << 30
)  # bytes that a query's process may address: code and stacks of the libraries are about 1 GB of it
DUCKDB_MEMORY = "1GB"
THREADS = 2
LARGEST_RESULT = 256 << 20  # bytes of one result that are handed over
LONGEST_QUERY = 1 << 20  # characters
_MESSAGE = 4000  # characters of an error message that are handed over


class QueryError(ValueError):
    """A query was not allowed, not right, or stopped at a limit. The message says which."""


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a query."""

    table: pa.Table
    truncated: bool  # whether there were more rows than `limit`, or more bytes than LARGEST_RESULT
    seconds: float

    @property
    def columns(self) -> list[str]:
        return list(self.table.column_names)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """Rows as tuples of Python values: dates, numbers, text, lists."""
        return list(zip(*(column.to_pylist() for column in self.table.columns), strict=True))

    def relation(self) -> Any:
        """The rows as a DuckDB relation, in a database of its own in memory."""
        from index.store import relation

        return relation(self.table)

    def as_json(self) -> dict[str, Any]:
        return {"columns": self.columns, "rows": [list(row) for row in self.rows], "truncated": self.truncated}

    def as_csv(self, *, raw: bool = False) -> str:
        """With a header line; text that a spreadsheet would run gets a leading ' unless `raw`."""
        from index.export import guarded

        text = StringIO()
        out = writer(text, lineterminator="\n")
        out.writerow(self.columns)
        for row in self.rows:
            out.writerow(
                ["" if v is None else v if raw or not isinstance(v, str) else guarded(v) for v in map(_cell, row)]
            )
        return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r", "\n")  # a bare CR, which Python's writer does not quote, would begin another row
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict | tuple) else value


def run(home: Path, build: OpenBuild, query: str, *, limit: int = 1000, timeout: float = 30.0) -> Result:
    """Runs one statement that reads, and gives its first `limit` rows.

    Raises QueryError when it is not one, is wrong, takes longer than `timeout` seconds or more memory than a query has.
    """
    started = time.monotonic()
    with stream(home, build, query, limit=limit, timeout=timeout) as reading:
        batches, size, schema = [], 0, reading.schema
        for batch in reading.batches():
            batches.append(batch)
            size += batch.nbytes
            if size > LARGEST_RESULT:
                reading.stop()
                break
    table = pa.Table.from_batches(batches, schema=schema)
    return Result(table, reading.truncated or size > LARGEST_RESULT, round(time.monotonic() - started, 3))


class Reading:
    """The rows of a query as they come out of its process."""

    def __init__(self, process: "subprocess.Popen[bytes]", timeout: float) -> None:
        self._process, self._timeout = process, timeout
        self._stopped = self._late = self.truncated = False
        self._said = b""
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._clock = threading.Timer(timeout, self._at_limit)
        self._listener.start()
        self._clock.start()
        try:
            self._stream = pa.ipc.open_stream(process.stdout)
        except (pa.ArrowInvalid, OSError):
            self.finish()
            raise QueryError("the query ended without a result") from None
        self.schema: pa.Schema = self._stream.schema

    def _listen(self) -> None:
        assert self._process.stderr is not None
        self._said = self._process.stderr.read(4 * _MESSAGE)

    def _at_limit(self) -> None:
        self._late = True
        self._process.kill()

    def stop(self) -> None:
        """Enough rows were read."""
        self._stopped = True
        self._process.kill()

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._stream
        except (pa.ArrowInvalid, OSError):
            if not self._stopped:
                self.finish()
                raise QueryError("the query's result broke off") from None

    def finish(self) -> None:
        """Waits for the end of the process. Raises QueryError with the reason when it did not end well."""
        self._process.wait()
        self._clock.cancel()
        self._listener.join()
        if self._stopped:
            return
        if self._late:
            raise QueryError(f"stopped after {self._timeout:g} s, the time limit of a query")
        try:
            said = json.loads(self._said.decode(errors="replace").splitlines()[-1])
        except (ValueError, IndexError):
            said = {}
        if "error" in said:
            raise QueryError(said["error"])
        if self._process.returncode or "truncated" not in said:
            raise QueryError(
                f"the query's process ended early (code {self._process.returncode}): it most likely needed more than "
                f"{ADDRESS_SPACE >> 20} MB of memory"
            )
        self.truncated = said["truncated"]


@contextmanager
def stream(home: Path, build: OpenBuild, query: str, *, limit: int | None, timeout: float) -> Iterator[Reading]:
    """The rows of a query batch by batch; all of them without a `limit`. Raises QueryError as `run` does."""
    if len(query) > LONGEST_QUERY:
        raise QueryError(f"the query has {len(query)} characters, at most {LONGEST_QUERY} are run")
    if "\0" in query:
        raise QueryError("the query holds a zero byte")
    task = {
        "home": str(home.resolve()),
        "folder": str(build.folder.resolve()),
        "query": query,
        "limit": limit,
        "timeout": timeout,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from index.sql_guard import child; child()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd=Path(__file__).parents[1],
        env={name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV") if name in os.environ},
    )
    reading = None
    try:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(task).encode())
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before it had read all; `finish` says why
        reading = Reading(process, timeout)
        yield reading
        reading.finish()
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


# ---------------------------------------------------------------- in the child


def child() -> None:
    """The query's process: task as JSON on stdin, rows as Arrow on stdout, one line of JSON on stderr at the end."""
    from index import curation, measured, store

    task = json.load(sys.stdin)
    _limit_self(task["timeout"])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints goes to stderr, not among the rows
    try:
        connection = store.reading(Path(task["folder"]) / store.DATABASE, threads=THREADS, memory=DUCKDB_MEMORY)
        curation.load(connection, Path(task["home"]))
        measured.load(connection, Path(task["home"]))
        store.lock(connection)
        end: dict[str, Any] = {"truncated": _send(store.reader(connection, task["query"]), out, task["limit"])}
    except (store.Failure, MemoryError, ValueError, OSError, RuntimeError) as error:
        end = {"error": _explained(error)}
    sys.stderr.write("\n" + json.dumps(end) + "\n")
    sys.stderr.flush()
    os._exit(0)  # tearing down what a hostile query built may take longer than the query


def _limit_self(timeout: float) -> None:
    seconds = int(timeout) + 2
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds * THREADS + 2, seconds * THREADS + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds + 3)  # ends this process even when the one that waits for it is gone


def _send(rows: pa.RecordBatchReader, out: IO[bytes], limit: int | None) -> bool:
    """Writes the first `limit` rows as an Arrow stream; returns whether there were more."""
    left = limit
    with pa.ipc.new_stream(out, rows.schema) as writing:
        for batch in rows:
            if left is not None and batch.num_rows > left:
                writing.write_batch(batch.slice(0, left))
                out.flush()
                return True
            writing.write_batch(batch)
            if left is not None:
                left -= batch.num_rows
    out.flush()
    return False


def _explained(error: BaseException) -> str:
    if isinstance(error, MemoryError) or "bad_alloc" in str(error) or "Out of Memory" in str(error):
        return f"the query needs more memory than a query has ({DUCKDB_MEMORY})"
    return str(error)[:_MESSAGE] or repr(error)
