"""Where each entry of the archive lies: a SQLite file made from the JSONL files, never the other way round.

It keeps memory flat at millions of entries and lets a run with nothing new start at once: on opening, only what the
files hold beyond the bytes already covered is read. Missing, damaged or of another version, it is made anew.
"""

import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from crawler.checks import checked_row
from crawler.listing import shortened
from crawler.paper import normalised_title

VERSION = 2
_PATIENCE = 600  # seconds that another process is waited for
_SCHEMA = """
CREATE TABLE files (name TEXT PRIMARY KEY, size INTEGER NOT NULL);
CREATE TABLE papers (number INTEGER PRIMARY KEY, paper_id TEXT NOT NULL UNIQUE, arxiv_id TEXT UNIQUE);
CREATE TABLE entries (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,
    paper INTEGER NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL);
CREATE INDEX entries_of_paper ON entries (paper, number);
CREATE TABLE titles (title_key TEXT NOT NULL, paper INTEGER NOT NULL, PRIMARY KEY (title_key, paper)) WITHOUT ROWID;
CREATE TABLE days (day TEXT PRIMARY KEY, row TEXT NOT NULL);
CREATE TABLE full_texts (arxiv_id TEXT PRIMARY KEY, digest TEXT NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL);
CREATE TABLE damaged (file TEXT NOT NULL, offset INTEGER NOT NULL, why TEXT NOT NULL);
"""
_RUN_TABLES = """
CREATE TEMP TABLE repeats (run TEXT, key TEXT, PRIMARY KEY (run, key)) WITHOUT ROWID;
CREATE TEMP TABLE touched (run TEXT, paper_id TEXT, PRIMARY KEY (run, paper_id)) WITHOUT ROWID;
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of one line."""

    key: str
    digest: str
    paper_id: str
    joins: str | None
    title_key: str
    arxiv_id: str | None
    file: str
    offset: int

    @classmethod
    def of(cls, row: dict[str, Any], file: str, offset: int) -> "Entry":
        """From a line as the archive writes it. Raises KeyError or TypeError when it is none."""
        return cls(
            key=row["entry"],
            digest=row["digest"],
            paper_id=row["paper_id"],
            joins=row["joins"],
            title_key=title_key(row["paper"]["title"]),
            arxiv_id=row["paper"]["arxiv_id"],
            file=file,
            offset=offset,
        )


@lru_cache(4096)
def title_key(title: str) -> str:
    """Sixteen hex digits that tell titles apart, case, accents and punctuation aside."""
    return hashlib.sha256(normalised_title(title).encode()).hexdigest()[:16]


class ArchiveIndex:
    """Look-ups and places; all writing goes through `writing()`, which other processes wait for."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / "index.sqlite"
        try:
            self._open()
        except sqlite3.DatabaseError as problem:
            if isinstance(problem, sqlite3.OperationalError) and "locked" in str(problem):
                raise
            log.warning("%s is damaged (%s): it is made anew from the files", self._path, problem)
            self._start_over()

    def _open(self) -> None:
        self._db = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        self._keep_a_log()
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_RUN_TABLES)
        if self._db.execute("PRAGMA user_version").fetchone()[0] not in (0, VERSION) or self._files_shrank():
            self._start_over()
            return
        self._catch_up()

    def _keep_a_log(self) -> None:
        """Turns on SQLite's write-ahead log. For that alone SQLite does not wait, whatever the timeout, while another
        process opens the same new file."""
        last = time.monotonic() + _PATIENCE
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as problem:
                if "locked" not in str(problem) or time.monotonic() > last:
                    raise
                time.sleep(0.05)

    def _start_over(self) -> None:
        self._db.close()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._open()

    def _files_shrank(self) -> bool:
        """Whether files that the index covers were taken away or cut by somebody."""
        if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
            return False
        sizes = {path.name: path.stat().st_size for path in self._folder.glob("*.jsonl")}
        return any(sizes.get(name, -1) < size for name, size in self._db.execute("SELECT name, size FROM files"))

    @contextmanager
    def writing(self) -> Iterator["ArchiveIndex"]:
        """One transaction, alone among all processes, that has caught up with the files."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {VERSION}")
            self._read_uncovered()
            yield self
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _catch_up(self) -> None:
        if self._db.execute("PRAGMA user_version").fetchone()[0] == 0 or any(self._uncovered()):
            with self.writing():
                pass

    def _uncovered(self) -> Iterator[tuple[Path, int]]:
        covered = dict(self._db.execute("SELECT name, size FROM files"))
        for path in sorted(self._folder.glob("*.jsonl")):
            if path.stat().st_size > covered.get(path.name, 0):
                yield path, covered.get(path.name, 0)

    def _read_uncovered(self) -> None:
        for path, begin in list(self._uncovered()):
            offset = begin
            with path.open("rb") as lines:
                lines.seek(begin)
                for line in lines:
                    self._read_line(line, path.name, offset)
                    offset += len(line)
            self.covered(path.name, offset)

    def _read_line(self, line: bytes, file: str, offset: int) -> None:
        if not line.strip():
            return
        try:
            row = checked_row(line)
            if "crawl_day" in row:
                self.add_day(row["crawl_day"]["day"], json.dumps(row["crawl_day"]))
            elif "full_text" in row:
                self.add_full_text(row["full_text"]["arxiv_id"], row["digest"], file, offset)
            else:
                self.add(Entry.of(row, file, offset))
        except (ValueError, KeyError, TypeError, AttributeError, sqlite3.Error) as problem:
            why = (
                "torn end of a run that was killed"
                if not line.endswith(b"\n")
                else f"no line of ours: {shortened(repr(problem))}"
            )
            log.warning("%s, byte %d: %s; passed over", self._folder / file, offset, why)
            self._db.execute("INSERT INTO damaged VALUES (?, ?, ?)", (file, offset, why))

    def add(self, entry: Entry) -> bool:
        """Takes an entry in, the last one of its key counting; whether its paper is a new one."""
        if entry.joins:
            self._join(entry.paper_id, entry.joins)
        added = self._db.execute("INSERT OR IGNORE INTO papers (paper_id) VALUES (?)", (entry.paper_id,)).rowcount > 0
        paper = self._number(entry.paper_id)
        if entry.arxiv_id:
            self._db.execute(
                "UPDATE papers SET arxiv_id = ? WHERE number = ? AND arxiv_id IS NULL", (entry.arxiv_id, paper)
            )
        self._db.execute("INSERT OR IGNORE INTO titles VALUES (?, ?)", (entry.title_key, paper))
        self._db.execute(
            "INSERT INTO entries (key, digest, paper, file, offset) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE"
            " SET digest = excluded.digest, paper = excluded.paper, file = excluded.file, offset = excluded.offset",
            (entry.key, entry.digest, paper, entry.file, entry.offset),
        )
        return added

    def _join(self, kept: str, other: str) -> None:
        row = self._db.execute("SELECT number, arxiv_id FROM papers WHERE paper_id = ?", (other,)).fetchone()
        if row is None:
            return
        number, arxiv_id = row
        into = self._number(kept)
        self._db.execute("UPDATE entries SET paper = ? WHERE paper = ?", (into, number))
        self._db.execute("UPDATE OR IGNORE titles SET paper = ? WHERE paper = ?", (into, number))
        self._db.execute("DELETE FROM titles WHERE paper = ?", (number,))
        self._db.execute("DELETE FROM papers WHERE number = ?", (number,))
        if arxiv_id:
            self._db.execute("UPDATE papers SET arxiv_id = ? WHERE number = ? AND arxiv_id IS NULL", (arxiv_id, into))

    def _number(self, paper_id: str) -> int:
        return int(self._db.execute("SELECT number FROM papers WHERE paper_id = ?", (paper_id,)).fetchone()[0])

    def add_day(self, day: str, row: str) -> None:
        """Takes the last word on a day in."""
        self._db.execute("INSERT OR REPLACE INTO days VALUES (?, ?)", (day, row))

    def add_full_text(self, arxiv_id: str, digest: str, file: str, offset: int) -> None:
        """Takes a full text in, the last one of a paper counting."""
        self._db.execute("INSERT OR REPLACE INTO full_texts VALUES (?, ?, ?, ?)", (arxiv_id, digest, file, offset))

    def full_text_digest(self, arxiv_id: str) -> str | None:
        """What a full text said last."""
        row = self._db.execute("SELECT digest FROM full_texts WHERE arxiv_id = ?", (arxiv_id,)).fetchone()
        return row[0] if row else None

    def full_texts(self) -> list[tuple[str, str, int]]:
        """(paper_id, file, byte) of every full text whose paper is known."""
        return self._db.execute(
            "SELECT paper_id, file, offset FROM full_texts JOIN papers USING (arxiv_id) ORDER BY papers.number"
        ).fetchall()

    def full_text_digests(self) -> dict[str, str]:
        """What the full text of each known paper said last, by paper_id."""
        return dict(self._db.execute("SELECT paper_id, digest FROM full_texts JOIN papers USING (arxiv_id)"))

    def without_full_text(self) -> list[str]:
        """The arXiv ids without one, latest seen first."""
        return [
            number
            for (number,) in self._db.execute(
                "SELECT arxiv_id FROM papers WHERE arxiv_id IS NOT NULL"
                " AND arxiv_id NOT IN (SELECT arxiv_id FROM full_texts) ORDER BY number DESC"
            )
        ]

    def covered(self, file: str, size: int) -> None:
        """Says that all of a file up to `size` bytes is in the index."""
        if size:
            self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (file, size))

    def sizes(self) -> dict[str, int]:
        """How many bytes of each file are in the index."""
        return dict(self._db.execute("SELECT name, size FROM files"))

    def start_over(self) -> None:
        """Makes the index anew from the files."""
        self._start_over()

    def repeated(self, run: str, key: str, digest: str) -> str:
        """The key of an entry that a run may meet several times: its own at first, then others made from it."""
        asked, count = key, 1
        while True:
            first = self._db.execute("INSERT OR IGNORE INTO repeats VALUES (?, ?)", (run, asked)).rowcount > 0
            if first or self.digest(asked) == digest:
                return asked
            count += 1
            asked = hashlib.sha256(f"{key} {count}".encode()).hexdigest()[:16]

    def touch(self, run: str, paper_id: str, *, new: bool) -> bool:
        """Whether a run changes a paper for the first time."""
        return self._db.execute("INSERT OR IGNORE INTO touched VALUES (?, ?)", (run, paper_id)).rowcount > 0 or new

    def digest(self, key: str) -> str | None:
        """What an entry said last."""
        row = self._db.execute("SELECT digest FROM entries WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def by_title(self, title_key: str) -> list[tuple[str, str | None]]:
        """(paper_id, arxiv_id) of the papers that ever had a title, first seen first."""
        return self._db.execute(
            "SELECT paper_id, arxiv_id FROM titles JOIN papers ON papers.number = titles.paper"
            " WHERE title_key = ? ORDER BY papers.number",
            (title_key,),
        ).fetchall()

    def by_arxiv(self, arxiv_id: str) -> str | None:
        """The paper with an arXiv id."""
        row = self._db.execute("SELECT paper_id FROM papers WHERE arxiv_id = ?", (arxiv_id,)).fetchone()
        return row[0] if row else None

    def earlier(self, one: str, other: str) -> str:
        """Which of two papers was seen first."""
        return one if self._number(one) < self._number(other) else other

    def places(self) -> Iterator[tuple[str, str, int]]:
        """(paper_id, file, byte) of every entry, by paper first seen, then by entry first seen."""
        yield from self._db.execute(
            "SELECT paper_id, file, offset FROM papers JOIN entries ON entries.paper = papers.number"
            " ORDER BY papers.number, entries.number"
        )

    def count(self, table: str) -> int:
        """How many papers or entries."""
        if table not in ("papers", "entries"):
            raise ValueError(f"no count of {table!r}: papers or entries")
        return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def days(self) -> list[str]:
        """The JSON row of each day, in order."""
        return [row for (row,) in self._db.execute("SELECT row FROM days ORDER BY day")]

    def damaged(self) -> list[tuple[str, int, str]]:
        """File, byte and reason of each line that was passed over."""
        return self._db.execute("SELECT file, offset, why FROM damaged ORDER BY file, offset").fetchall()

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
