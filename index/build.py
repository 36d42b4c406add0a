"""`claims build`: papers in, one whole build out. What was read from the same text by the same code before is kept."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from crawler.archive import Archive
from index import (
    builds,
    catalogues,
    column_files,
    embedding,
    engines,
    full_texts,
    kept,
    reading,
    record_files,
    sources,
    store,
    words,
)
from index.builds import HomeError, OpenBuild
from index.embedding import Embedding
from index.encoder import FAST, EncoderMissing
from index.engines import Engine
from index.paper_rows import day_row, paper_row, source_rows
from index.steps import Steps
from index.word_counts import WordCounts

MEMORY = "1GB"  # DuckDB's share; beyond it, it spills to the build's own folder
_WORK = "work"  # scratch files of a build
_BATCH = 2000
_FEW = 100  # papers
_SHARD = 8  # tables of papers that go to a node of a cluster together
_ENCODED = 512  # papers that a slow encoder is given at a time: it sorts them by length
_TEXTS = "SELECT paper_no, paper_id, title, abstract FROM papers"

Progress = Callable[[str, int, int], None]  # step, done, of how many


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    build: int
    entries: int
    papers: int
    claims: int
    papers_read: int  # whose text was new or changed, or all after a change of the code that reads
    full_texts_read: int  # the same of full texts
    vectors_made: int
    encoder: str | None
    seconds: dict[str, float]  # by step
    notes: tuple[str, ...] = ()  # what the user should know: no encoder, a damaged build that could not be reused
    peak_mb: dict[str, int] = field(default_factory=dict)  # by step, of all processes here; empty unless asked for

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def build(
    home: Path,
    *,
    encoder: str = "fast",
    jobs: int | None = None,
    engine: str = engines.LOCAL,
    address: str | None = None,
    shards: str | None = None,
    timings: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Builds the knowledge base of `home` from its papers and makes it the current one.

    `jobs` processes read papers, as many as there are cores if not given; `engine` "ray" reads them on the cluster at
    `address`, by way of the folder or address `shards`, see `index.engines.Ray`. With `timings` memory is watched.
    Raises HomeError when another build is writing, there are no papers, or Ray is not installed, OSError when the disk
    is full or cannot be written, or the cluster cannot be reached or fails; the build in force stays as it was.
    """
    if not (home / "papers").is_dir():
        raise HomeError(f"no papers in {home}: read some first with claims import or claims crawl")
    with builds.writing(home) as (number, staging), ExitStack() as held:
        try:
            old, note = _reusable(home)
            if old:
                held.callback(old.close)
            (staging / _WORK).mkdir()
            place = shards or str(staging / _WORK)
            made = engines.make(engine, jobs=jobs, address=address, shards=place)
            held.callback(made.close)
            steps = Steps(watch=timings)
            work = _Build(home, number, staging, made, steps, progress or (lambda *_: None))
            work.notes += [note] if note else []
            report = work.run(old, encoder)
        except (store.Failure, OSError) as error:
            raise _disk_error(home, error) from error
        held.close()  # or the build just replaced would be kept for its reader, which is this one
        builds.prune(home)
        return report


def _disk_error(home: Path, error: Exception) -> OSError:
    """What went wrong in writing, said so that it can be put right."""
    stays = f"the build in force in {builds.builds_folder(home)} stays as it was"
    full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)
    if full:
        free = shutil.disk_usage(home).free
        return OSError(
            errno.ENOSPC, f"the disk of {home} is full ({free >> 20} MB free); {stays}. Make room and build again"
        )
    return OSError(getattr(error, "errno", None) or errno.EIO, f"the build failed: {error}; {stays}")


def _reusable(home: Path) -> tuple[OpenBuild | None, str]:
    """The current build if its parts can be taken over, and a note when it is there but damaged."""
    if not (builds.builds_folder(home) / "current").is_symlink():
        return None, ""
    try:
        old = builds.open_current(home, other_tables=True)
    except HomeError as error:
        return None, str(error)
    if found := builds.damage(old, whole=True):
        old.close()
        return None, f"the last build was damaged and everything was made again from the papers: {'; '.join(found)}"
    return old, ""


class _Build:
    """One build in the making."""

    def __init__(
        self, home: Path, number: int, staging: Path, engine: Engine, steps: Steps, progress: Progress
    ) -> None:
        self.home, self.number, self.staging, self.engine, self.progress = home, number, staging, engine, progress
        self.steps = steps
        self.work = staging / _WORK
        self.notes: list[str] = []

    def run(self, old: OpenBuild | None, encoder: str) -> BuildReport:
        database, step = self.staging / store.DATABASE, self.steps.step
        threads = len(os.sched_getaffinity(0))
        with store.creating(database, threads=threads, memory=MEMORY, spill=self.work) as connection:
            if old:
                connection.execute(f"ATTACH '{_quoted(old.folder / store.DATABASE)}' AS old (READ_ONLY)")
            with step("papers"):
                entries, papers = self.load_papers(connection, old)
            if no_families := reading.families_missing():
                self.notes.append(f"no technique families: {no_families}")
            readers = reading.version() + ("-without-families" if no_families else "")
            same = {"reading": readers, "tables": builds.tables_version()}
            reuse = old is not None and same == {key: old.manifest.get(key) for key in same}
            with step("unchanged"):
                kept.mark(connection, old is not None, reuse=reuse)
                vectors = self.embedding(connection, old, encoder, papers)
                counts = WordCounts(self.work / "words", papers)
                if old and reuse:
                    counts.take_over(old.folder / words.FOLDER, kept.number_now(connection, kept.TAKEN))
            with step("full texts"):
                full_texts_read = self.read_full_texts(connection, reuse=reuse)
            with step("reading"):
                papers_read = self.read_papers(connection, vectors, counts, families=not no_families)
            with step("merging"):
                kept.merge(connection, self.file, reuse=reuse)
            with step("catalogues"):
                store.insert(connection, "devices", catalogues.devices())
                store.insert(connection, "techniques", catalogues.technique_rows())
                store.insert(connection, "implementations", catalogues.implementation_rows())
                self.link_official_code(connection)
            recall = None
            with step("vectors"):
                if vectors:
                    self.make_missing(connection, vectors)
                    recall = vectors.write(self.staging)
            with step("words"):
                counts.write(self.staging / words.FOLDER)
            with step("columns and records"):
                column_files.write(connection, self.staging)
                record_files.write(connection, self.staging)
            claims = store.count(connection, "claims")
            for table in (kept.UNCHANGED, kept.TAKEN, full_texts.SAME):
                connection.execute(f"DROP TABLE {table}")
            if old:
                connection.execute("DETACH old")
        shutil.rmtree(self.work)
        with step("publishing"):
            manifest = {
                "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "versions": {name: version(name) for name in ("paperclaims", "duckdb", "faiss-cpu", "bm25s")},
                "reading": readers,
                "encoder": vectors.name if vectors else None,
                "encoder_asked": encoder,
                "recall": recall,  # of the ten nearest papers; null where search is exact
                "counts": {"entries": entries, "papers": papers, "claims": claims},
                "notes": self.notes,
                sources.KEY: self.sources,
            }
            builds.publish(self.home, self.number, self.staging, manifest)
        return BuildReport(
            self.number,
            entries,
            papers,
            claims,
            papers_read,
            full_texts_read,
            vectors.made if vectors else 0,
            vectors.name if vectors else None,
            self.steps.seconds,
            tuple(self.notes),
            self.steps.megabytes,
        )

    def load_papers(self, connection: store.Connection, old: OpenBuild | None) -> tuple[int, int]:
        """All papers and their sources, numbered in the order of the archive; returns (entries, papers)."""
        archive = Archive(self.home)
        self.sources, mended = sources.read_and_mended(self.home, archive, connection, old)
        self.notes += mended
        entries = papers = 0
        total = archive.paper_count()
        rows: list[dict[str, Any]] = []
        seen: list[dict[str, Any]] = []  # rows of paper_sources
        for paper in archive.papers():
            rows.append(paper_row(papers, paper))
            seen.extend(source_rows(paper))
            papers += 1
            if len(rows) == _BATCH:
                entries += len(seen)
                store.insert(connection, "papers", rows)
                store.insert(connection, "paper_sources", seen)
                rows, seen = [], []
                self.progress("papers", papers, total)
        entries += len(seen)
        store.insert(connection, "papers", rows)
        store.insert(connection, "paper_sources", seen)
        store.insert(connection, "crawl_days", [day_row(day) for day in archive.crawl_days()])
        self.notes += [f"{bad.place}: {bad.why}" for bad in archive.damaged()]
        archive.close()
        return entries, papers

    def embedding(
        self, connection: store.Connection, old: OpenBuild | None, encoder: str, papers: int
    ) -> Embedding | None:
        """The vectors to be, with those of unchanged texts in place; None, and a note, without an encoder."""
        try:
            made = Embedding(encoder, self.work / "vectors", papers)
        except EncoderMissing as error:
            self.notes.append(f"words and claims only, no search by meaning: {error}")
            return None
        if old and old.manifest["encoder"] == made.name:
            made.take_over(old.folder, kept.number_now(connection, kept.UNCHANGED))
        return made

    def file(self, table: str) -> Path:
        return self.work / f"{table}.parquet"

    def read_papers(
        self, connection: store.Connection, vectors: Embedding | None, counts: WordCounts, *, families: bool
    ) -> int:
        """Reads the papers that are new, changed or were read by other code, into Parquet files; how many.

        The vectors that families need are kept where the same encoder makes both.
        """
        fresh = store.count(connection, f"({kept.FRESH})")
        schemas = {table: store.schema_of(connection, table) for table in kept.TABLES}
        work = partial(reading.read, schemas=schemas, families=families)
        done = 0
        with ExitStack() as stack:
            files = {
                table: stack.enter_context(store.ParquetRows(self.file(table), schema))
                for table, schema in schemas.items()
            }
            for found in self.engine.map(work, self.fresh(connection), few=fresh <= _FEW, shard=_SHARD):
                for table, file in files.items():
                    file.add(reading.unnested(found, table))
                counts.add(found["paper_no"].to_numpy(), *(found[c].combine_chunks() for c in ("stems", "counts")))
                if vectors and vectors.asked == FAST:
                    vectors.add(found)
                done += len(found)
                self.progress("claims", done, fresh)
        return fresh

    def read_full_texts(self, connection: store.Connection, *, reuse: bool) -> int:
        """Claims and machines of the full texts that are new, changed or were read by other code; how many."""
        archive = Archive(self.home)
        full_texts.load(connection, archive, reuse=reuse)
        claims, named = (self.file(kept.OF_FULL_TEXTS + table) for table in ("claims", "paper_devices"))
        fresh = full_texts.read_fresh(connection, archive, self.engine, claims=claims, named=named)
        archive.close()
        return fresh

    def fresh(self, connection: store.Connection) -> Iterator[pa.Table]:
        return reading.tables(store.arrow(connection, f"{kept.FRESH} ORDER BY paper_no", _BATCH))

    def make_missing(self, connection: store.Connection, vectors: Embedding) -> None:
        """The vectors of papers that none was taken over for or made while reading."""
        missing = vectors.missing()
        if not len(missing):
            return
        fast = vectors.asked == FAST
        work = partial(embedding.encoded, encoder=vectors.asked)
        with store.numbers_as(connection, "without_vector", missing):
            query = f"{_TEXTS} SEMI JOIN without_vector USING (paper_no) ORDER BY paper_no"
            tables = reading.tables(store.arrow(connection, query, _BATCH), _ENCODED)
            # A transformer uses all cores by itself: more processes would only hold more copies of it.
            for found in self.engine.map(work, tables, few=len(missing) <= _FEW or not fast, shard=1):
                vectors.add(found)
                self.progress("vectors", vectors.made, len(missing))

    def link_official_code(self, connection: store.Connection) -> None:
        """Code of the papers themselves: addresses that a source gives, and those written in the abstract."""
        query = (
            "SELECT paper_id, abstract, code_urls, listed FROM papers "
            "WHERE len(code_urls) > 0 OR regexp_matches(abstract, 'https?:|git', 'i') ORDER BY paper_no"
        )
        for batch in store.batches(connection, query, _BATCH):
            found = [row for paper in batch for row in catalogues.official_code(paper)]
            store.insert(connection, "implementations", found)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
