"""`home/papers/`: what was ever read, append-only, one JSONL file a run. The source of truth of every build.

One line an entry (a paper as one page shows it), written when the entry is new or says something else than before, so
an old text stays where it was; and one line a day that was crawled. `paper_id` is given here, when a paper is first
seen, and stands in each line, so that nothing has to be decided again when the files are read.

A run that is killed leaves at most one torn line at the end of its file: it is passed over and named by `damaged`.
`index.sqlite` beside the files holds where each entry lies. It is made from the files and may be deleted at any time.
"""

import hashlib
import json
import os
from collections.abc import Container, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from crawler import checks, fulltext
from crawler.archive_index import ArchiveIndex, Entry, title_key
from crawler.fulltext import FullText
from crawler.listing import Problem, shortened
from crawler.merging import merged
from crawler.paper import Paper, as_json, from_json, normalised_title, paper_id_for


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run changed. Papers count once a run: `new` were unknown before it, `changed` were known otherwise."""

    read: int = 0  # entries read
    new: int = 0
    changed: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(self.read + other.read, self.new + other.new, self.changed + other.changed)


@dataclass(frozen=True, slots=True)
class CrawlDay:
    """What one day's list was expected to hold and what came of it. The last word on a day counts."""

    day: date
    expected: int | None  # entries in the list, where it could be told
    fetched: int  # entries that came
    read: int  # entries that became papers
    empty: bool  # the site says that the day has no papers
    failed: bool  # something is missing; `why` says what
    why: str = ""
    source: str = ""  # "api" or "html"
    at: datetime | None = None  # when it was asked, UTC


def new_run(kind: str) -> str:
    """A name for a run that sorts by time and that no other process takes: "20261121T134501.123456-import-4711"."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{kind}-{os.getpid()}"


class Archive:
    """The papers folder of one home. One process may append while others read; two may append in turn.

    Raises ValueError naming the file when a line within a file (not its torn end) is no JSON object of ours.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "papers"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._index = ArchiveIndex(self.folder)
        self._broken: dict[tuple[str, int], str] = {}  # lines that were whole when the index read them

    def append(self, papers: Iterable[Paper], *, run: str, repeats: bool = True) -> Changes:
        """Adds what is new or says something else than before; on disk when this returns.

        With `repeats`, a paper that one run meets again on one page, saying something else, is another entry: files
        hold some papers twice. Without, it is the same entry, said anew: lists move while they are paged through.

        Each paper has one source. Its `paper_id` is replaced by the one that the archive gave when it was first seen:
        papers are the same with the same arXiv id, or with the same normalised title unless their arXiv ids differ.
        """
        read = new = changed = 0
        with self._index.writing() as index, _RunFile(self.folder, run) as file:
            for paper in papers:
                read += 1
                paper_id, joins = self._identify(paper)
                said = as_json(paper)
                entry, digest = _entry_key(paper), checks.entry_digest(said)
                if repeats:
                    entry = index.repeated(run, entry, digest)
                if not joins and index.digest(entry) == digest:
                    continue
                row = {
                    "paper_id": paper_id,
                    "joins": joins,
                    "entry": entry,
                    "digest": digest,
                    "seen": _now(),
                    "paper": said | {"paper_id": paper_id},
                }
                offset = file.write(row)
                first = index.add(Entry.of(row, file.name, offset))
                if index.touch(run, paper_id, new=first):
                    new, changed = new + first, changed + (not first)
            file.sync()
            index.covered(file.name, file.size)
        return Changes(read, new, changed)

    def record_days(self, days: Iterable[CrawlDay], *, run: str) -> None:
        """Keeps what came of crawled days."""
        with self._index.writing() as index, _RunFile(self.folder, run) as file:
            for day in days:
                row = _day_json(day)
                file.write({"crawl_day": row})
                index.add_day(row["day"], json.dumps(row))
            file.sync()
            index.covered(file.name, file.size)

    def add_full_texts(self, texts: Iterable[FullText], *, run: str) -> int:
        """Keeps full texts, those that say what is kept already aside; returns how many were written."""
        written = 0
        with self._index.writing() as index, _RunFile(self.folder, run) as file:
            for text in texts:
                said = fulltext.as_json(text)
                digest = checks.text_digest(said)
                if index.full_text_digest(text.arxiv_id) == digest:
                    continue
                offset = file.write({"full_text": said, "digest": digest, "seen": _now()})
                index.add_full_text(text.arxiv_id, digest, file.name, offset)
                written += 1
            file.sync()
            index.covered(file.name, file.size)
        return written

    def full_text_digests(self) -> dict[str, str]:
        """A hash of the full text of every paper that has one, by paper_id: it changes when the text does."""
        return self._index.full_text_digests()

    def full_texts(self, only: Container[str] | None = None) -> Iterator[tuple[str, FullText]]:
        """(paper_id, text) of every paper, or those in `only`, whose full text is kept, first seen first."""
        with _Lines(self.folder) as lines:
            for paper_id, name, offset in self._index.full_texts():
                if only is not None and paper_id not in only:
                    continue
                try:
                    text = fulltext.from_json(lines.row(name, offset)["full_text"])
                except _BROKEN as problem:
                    self._broken[name, offset] = shortened(repr(problem))
                else:
                    yield paper_id, text

    def without_full_text(self) -> list[str]:
        """The arXiv ids of the papers whose full text is not kept, latest seen first."""
        return self._index.without_full_text()

    def papers(self) -> Iterator[Paper]:
        """All papers, first seen first, each made one from its entries. Memory does not grow with their number.

        An entry that cannot be read any more is passed over and named by `damaged`.
        """
        with _Lines(self.folder) as lines:
            for paper_id, places in groupby(self._index.places(), key=lambda place: place[0]):
                entries = []
                for _, name, offset in places:
                    try:
                        entries.append(from_json(lines.row(name, offset)["paper"]))
                    except _BROKEN as problem:
                        self._broken[name, offset] = shortened(repr(problem))
                if entries:
                    yield merged(paper_id, entries)

    def entries(self) -> int:
        """How many entries: a paper on two pages is two."""
        return self._index.count("entries")

    def paper_count(self) -> int:
        """How many different papers."""
        return self._index.count("papers")

    def crawl_days(self) -> list[CrawlDay]:
        """Every day that was ever asked for, in order, with the last word on it."""
        return [_day_from_json(json.loads(row)) for row in self._index.days()]

    def damaged(self) -> list[Problem]:
        """Lines that could not be read, `place` naming file and byte: torn ends of killed runs, and real damage."""
        found = {(name, offset): why for name, offset, why in self._index.damaged()}
        return [
            Problem(f"{name}, byte {offset}", why) for (name, offset), why in sorted((found | self._broken).items())
        ]

    def hashes(self, known: checks.Known) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
        """By file {"bytes", "sha256"} of what the index covers, and where the files are not as `known` says."""
        return checks.hashes(self.folder, self._index.sizes(), known)

    def read_anew(self) -> None:
        """Reads all files again, each line against its check sum: what is damaged is then known and passed over."""
        self._broken.clear()
        self._index.start_over()

    def close(self) -> None:
        """Lets go of the index."""
        self._index.close()

    def _identify(self, paper: Paper) -> tuple[str, str | None]:
        """The id of the paper, and that of another one which turns out to be the same."""
        index, by = self._index, title_key(paper.title)
        by_title = index.by_title(by)  # (paper_id, arxiv_id), first seen first
        if paper.arxiv_id is None:
            return (by_title[0][0], None) if by_title else (paper_id_for(paper.title), None)
        known = index.by_arxiv(paper.arxiv_id)
        unnumbered = next((paper_id for paper_id, arxiv_id in by_title if arxiv_id is None), None)
        if known and unnumbered and known != unnumbered:
            kept = index.earlier(known, unnumbered)
            return kept, unnumbered if kept == known else known
        if known or unnumbered:
            return known or unnumbered or "", None
        if by_title:  # same title, other arXiv id: another paper
            return hashlib.sha256(f"{by} {paper.arxiv_id}".encode()).hexdigest()[:10], None
        return paper_id_for(paper.title), None


_BROKEN = (ValueError, KeyError, TypeError, AttributeError, FileNotFoundError)  # what a damaged line may raise


class _Lines:
    """Lines of many files by the byte at which they begin."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handles: dict[str, BinaryIO] = {}

    def row(self, name: str, offset: int) -> dict[str, Any]:
        """The row there. Raises one of _BROKEN when there is none."""
        if name not in self._handles:
            if len(self._handles) >= 64:  # years of daily runs are more files than may be open
                self._handles.pop(next(iter(self._handles))).close()
            self._handles[name] = (self._folder / name).open("rb")
        self._handles[name].seek(offset)
        row: dict[str, Any] = json.loads(self._handles[name].readline())
        return row

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(self, *raised: object) -> None:
        for handle in self._handles.values():
            handle.close()


class _RunFile:
    """The file of one run, made when the first line is written."""

    def __init__(self, folder: Path, run: str) -> None:
        self.name = f"{run}.jsonl"
        self._path = folder / self.name
        self._handle: BinaryIO | None = None
        self.size = self._path.stat().st_size if self._path.exists() else 0

    def __enter__(self) -> "_RunFile":
        return self

    def __exit__(self, *raised: object) -> None:
        if self._handle:
            self._handle.close()

    def write(self, row: dict[str, Any]) -> int:
        """Appends one line; returns the byte at which it begins."""
        if self._handle is None:
            self._handle = self._path.open("ab+")
            if self.size:
                self._handle.seek(-1, os.SEEK_END)
                if self._handle.read(1) != b"\n":  # the torn end of a killed run must not run into our line
                    self.size += self._handle.write(b"\n")
        line = checks.with_sum(row)
        self._handle.write(line)
        self.size += len(line)
        return self.size - len(line)

    def sync(self) -> None:
        """Brings the lines to the disk, and the folder's word of the file."""
        if self._handle:
            self._handle.flush()
            os.fsync(self._handle.fileno())
            folder = os.open(self._path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)


def _entry_key(paper: Paper) -> str:
    # Not of the paper_id: the entry is the same after two papers turn out to be one.
    source = paper.sources[0]
    named = paper.arxiv_id or normalised_title(paper.title)
    return hashlib.sha256(f"{source.kind}\n{source.page}\n{named}".encode()).hexdigest()[:16]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _day_json(day: CrawlDay) -> dict[str, Any]:
    return asdict(day) | {"day": day.day.isoformat(), "at": day.at.isoformat() if day.at else _now()}


def _day_from_json(row: dict[str, Any]) -> CrawlDay:
    return CrawlDay(
        **{**row, "day": date.fromisoformat(row["day"]), "at": datetime.fromisoformat(row["at"])},
    )
