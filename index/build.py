"""`claims build`: papers in, one whole build out. What was read from the same text by the same code before is kept."""

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crawler.archive import Archive
from index import builds, catalogues, full_texts, reading, store, words
from index.builds import HomeError, OpenBuild
from index.embedding import Embedding
from index.encoder import FAST, EncoderMissing
from index.paper_rows import day_row, paper_row, source_rows

MEMORY = "1GB"  # DuckDB's share; beyond it, it spills to the build's own folder
_BATCH = 2000
_FEW = 100  # papers
_FRESH = (
    "SELECT paper_no, paper_id, title, abstract FROM papers WHERE paper_no NOT IN (SELECT paper_no FROM taken_over)"
)

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

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def build(
    home: Path, *, encoder: str = "fast", jobs: int | None = None, progress: Progress | None = None
) -> BuildReport:
    """Builds the knowledge base of `home` from its papers and makes it the current one.

    Raises HomeError when another build is writing or there are no papers, OSError when the disk is full or cannot be
    written; the build in force stays as it was.
    """
    if not (home / "papers").is_dir():
        raise HomeError(f"no papers in {home}: read some first with claims import or claims crawl")
    with builds.writing(home) as (number, staging), ExitStack() as held:
        try:
            work = _Build(home, number, staging, jobs or len(os.sched_getaffinity(0)), progress or (lambda *_: None))
            old, note = _reusable(home)
            if old:
                held.callback(old.close)
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

    def __init__(self, home: Path, number: int, staging: Path, jobs: int, progress: Progress) -> None:
        self.home, self.number, self.staging, self.jobs, self.progress = home, number, staging, jobs, progress
        self.work = staging / "work"
        self.notes: list[str] = []
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 2)

    def run(self, old: OpenBuild | None, encoder: str) -> BuildReport:
        self.work.mkdir()
        database = self.staging / store.DATABASE
        with store.creating(database, threads=self.jobs, memory=MEMORY, spill=self.work) as connection:
            if old:
                connection.execute(f"ATTACH '{_quoted(old.folder / store.DATABASE)}' AS old (READ_ONLY)")
            with self.step("papers"):
                entries, papers = self.load_papers(connection)
            if no_families := reading.families_missing():
                self.notes.append(f"no technique families: {no_families}")
            readers = reading.version() + ("-without-families" if no_families else "")
            same = {"reading": readers, "tables": builds.tables_version()}
            same_readers = old is not None and same == {key: old.manifest.get(key) for key in same}
            self.mark_unchanged(connection, old)
            embedding = self.embedding(connection, old, encoder)
            with self.step("full texts"):
                full_texts_read = self.read_full_texts(connection, reuse=same_readers)
            with self.step("reading"):
                papers_read = self.read_papers(connection, embedding, reuse=same_readers, families=not no_families)
            with self.step("catalogues"):
                store.insert(connection, "devices", catalogues.devices())
                store.insert(connection, "techniques", catalogues.technique_rows())
                store.insert(connection, "implementations", catalogues.implementation_rows())
                self.link_official_code(connection)
            recall = None
            with self.step("vectors"):
                if embedding:
                    for batch in self.texts(connection):
                        embedding.add_missing(batch)
                        self.progress("vectors", batch[-1][0] + 1, papers)
                    recall = embedding.write(self.staging)
            with self.step("words"):
                texts = (text for batch in self.texts(connection) for _, text in batch)
                words.write(self.staging / words.FOLDER, texts)
            claims = store.count(connection, "claims")
            connection.execute("DROP TABLE unchanged")
            connection.execute("DROP TABLE taken_over")
            connection.execute(f"DROP TABLE {full_texts.SAME}")
            if old:
                connection.execute("DETACH old")
        shutil.rmtree(self.work)
        with self.step("publishing"):
            manifest = {
                "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "versions": {name: version(name) for name in ("paperclaims", "duckdb", "faiss-cpu", "bm25s")},
                "reading": readers,
                "encoder": embedding.name if embedding else None,
                "encoder_asked": encoder,
                "recall": recall,  # of the ten nearest papers; null where search is exact
                "counts": {"entries": entries, "papers": papers, "claims": claims},
                "notes": self.notes,
            }
            builds.publish(self.home, self.number, self.staging, manifest)
        return BuildReport(
            self.number,
            entries,
            papers,
            claims,
            papers_read,
            full_texts_read,
            embedding.made if embedding else 0,
            embedding.name if embedding else None,
            self.seconds,
            tuple(self.notes),
        )

    def load_papers(self, connection: store.Connection) -> tuple[int, int]:
        """All papers and their sources, numbered in the order of the archive; returns (entries, papers)."""
        archive = Archive(self.home)
        entries = papers = 0
        total = archive.paper_count()
        rows: list[dict[str, Any]] = []
        sources: list[dict[str, Any]] = []
        for paper in archive.papers():
            rows.append(paper_row(papers, paper))
            sources.extend(source_rows(paper))
            papers += 1
            if len(rows) == _BATCH:
                entries += len(sources)
                store.insert(connection, "papers", rows)
                store.insert(connection, "paper_sources", sources)
                rows, sources = [], []
                self.progress("papers", papers, total)
        entries += len(sources)
        store.insert(connection, "papers", rows)
        store.insert(connection, "paper_sources", sources)
        store.insert(connection, "crawl_days", [day_row(day) for day in archive.crawl_days()])
        self.notes += [f"{bad.place}: {bad.why}" for bad in archive.damaged()]
        archive.close()
        return entries, papers

    def mark_unchanged(self, connection: store.Connection, old: OpenBuild | None) -> None:
        """Papers whose text is the one of the old build, with their numbers then and now.

        These columns of `papers` are in all builds of this format, whatever else their tables have.
        """
        connection.execute("CREATE TABLE unchanged (paper_no INTEGER, old_no INTEGER)")
        if old:
            connection.execute(
                "INSERT INTO unchanged SELECT p.paper_no, o.paper_no FROM papers AS p JOIN old.papers AS o "
                "ON o.paper_id = p.paper_id AND o.content_hash = p.content_hash"
            )

    def embedding(self, connection: store.Connection, old: OpenBuild | None, encoder: str) -> Embedding | None:
        """The vectors to be, with those of unchanged texts in place; None, and a note, without an encoder."""
        try:
            made = Embedding(encoder)
        except EncoderMissing as error:
            self.notes.append(f"words and claims only, no search by meaning: {error}")
            return None
        if old and old.manifest["encoder"] == made.name:
            number_now = dict(connection.execute("SELECT old_no, paper_no FROM unchanged").fetchall())
            made.take_over(old.folder, number_now)
        return made

    def file(self, table: str) -> Path:
        return self.work / f"{table}.parquet"

    def read_papers(
        self, connection: store.Connection, embedding: Embedding | None, *, reuse: bool, families: bool
    ) -> int:
        """Claims, devices and families of the papers that are new, changed or were read by other code; how many.

        The vectors that families need are kept where the same encoder makes both.
        """
        keep = "" if reuse else "LIMIT 0"  # the vectors of unchanged texts can be kept even where other code reads them
        connection.execute(f"CREATE TABLE taken_over AS FROM unchanged {keep}")
        fresh = store.count(connection, f"({_FRESH})")
        jobs = self.jobs if fresh > _FEW else 1  # starting processes takes longer than reading a few papers
        shared = embedding is not None and embedding.asked == FAST
        done = 0
        with ExitStack() as stack:
            claims, named, belonging = (
                stack.enter_context(store.ParquetRows(self.file(table), store.schema_of(connection, table)))
                for table in ("claims", "paper_devices", "paper_techniques")
            )
            for batch in reading.read(self.fresh(connection), jobs=jobs, families=families):
                claims.add(row for paper in batch for row in paper.claims)
                named.add(row for paper in batch for row in paper.devices)
                belonging.add(row for paper in batch for row in paper.techniques)
                if embedding and shared:
                    embedding.add_made((paper.paper_no, paper.vector) for paper in batch if paper.vector is not None)
                done += len(batch)
                self.progress("claims", done, fresh)
        self.merge(connection, reuse=reuse)
        return fresh

    def read_full_texts(self, connection: store.Connection, *, reuse: bool) -> int:
        """Claims and machines of the full texts that are new, changed or were read by other code; how many."""
        archive = Archive(self.home)
        full_texts.load(connection, archive, reuse=reuse)
        claims, named = self.file("full_text_claims"), self.file("full_text_paper_devices")
        fresh = full_texts.read_fresh(connection, archive, jobs=self.jobs, claims=claims, named=named)
        archive.close()
        return fresh

    def fresh(self, connection: store.Connection) -> Iterator[dict[str, Any]]:
        for batch in store.batches(connection, f"{_FRESH} ORDER BY paper_no", _BATCH):
            yield from batch

    def merge(self, connection: store.Connection, *, reuse: bool) -> None:
        """Rows of old and new papers in one order, so that a build made in steps equals one made at once."""
        front = f"section IN {full_texts.FRONT}"
        for table, order in (
            ("claims", f"paper_no, {front} DESC, claim_no"),
            ("paper_devices", f"paper_no, in_title DESC, {front} DESC, device"),
            ("paper_techniques", "paper_no, score DESC, technique_id"),
        ):
            rows = "SELECT * FROM fresh_rows"
            in_full_texts = self.file(f"full_text_{table}").exists()
            if in_full_texts:
                rows += " UNION ALL BY NAME SELECT * FROM fresh_full_text_rows"
            if reuse:
                kept = f"WHERE o.{front} OR t.paper_no IN (FROM {full_texts.SAME})" if in_full_texts else ""
                rows += (
                    f" UNION ALL BY NAME SELECT o.* REPLACE (t.paper_no AS paper_no) FROM old.{table} AS o "
                    f"JOIN taken_over AS t ON t.old_no = o.paper_no {kept}"
                )
            number = f"* REPLACE (row_number() OVER (ORDER BY {order}) - 1 AS claim_no)" if table == "claims" else "*"
            with ExitStack() as stack:
                stack.enter_context(store.parquet_as(connection, "fresh_rows", self.file(table)))
                if in_full_texts:
                    full = self.file(f"full_text_{table}")
                    stack.enter_context(store.parquet_as(connection, "fresh_full_text_rows", full))
                connection.execute(f"INSERT INTO {table} BY NAME SELECT {number} FROM ({rows}) ORDER BY {order}")
        connection.execute(
            "INSERT INTO claim_devices BY NAME "
            "SELECT claim_no, claim_id, unnest(devices, recursive := true) FROM claims ORDER BY claim_no"
        )

    def link_official_code(self, connection: store.Connection) -> None:
        """Code of the papers themselves: addresses that a source gives, and those written in the abstract."""
        found: list[dict[str, Any]] = []
        query = (
            "SELECT paper_id, abstract, code_urls, listed FROM papers "
            "WHERE len(code_urls) > 0 OR regexp_matches(abstract, 'https?:|git', 'i') ORDER BY paper_no"
        )
        for batch in store.batches(connection, query, _BATCH):
            for paper in batch:
                found += catalogues.official_code(paper)
        store.insert(connection, "implementations", found)

    def texts(self, connection: store.Connection) -> Iterator[list[tuple[int, str]]]:
        """What the indexes hold of each paper: its title and abstract."""
        for batch in store.batches(
            connection, "SELECT paper_no, title, abstract FROM papers ORDER BY paper_no", _BATCH
        ):
            yield [(p["paper_no"], f"{p['title']}. {p['abstract']}") for p in batch]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
