"""The knowledge base of one home: what library users and screens open, ask, query and show."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crawler.paper import arxiv_id_in, normalised_title, paper_id_for
from index import builds, column_files, ranking, record_files
from index.answer import Answer, PaperAnswer, Understood
from index.columns import Columns
from index.records import Records, Verdicts

# DuckDB and Arrow are loaded where tables are read: a question alone needs neither, and importing them takes a third of
# the time that it has.
if TYPE_CHECKING:
    from index import curation
    from index.encoder import Encoder
    from index.sql_guard import Result
    from index.store import Connection
    from index.topic import Topic
    from index.vectors import Vectors
    from index.words import Words

CLAIMS_SHOWN = 20  # of a paper in an answer


def _broken() -> type[Exception]:
    """What reading a damaged database raises; looked up when something has failed."""
    from index.store import Failure

    return Failure


@dataclass(frozen=True, slots=True)
class _Tables:
    """The tables of a build, with people's verdicts and own measurements in place."""

    connection: "Connection"
    verdicts: "curation.Loaded"
    unread_measurements: list[str]


class KnowledgeBase:
    """The current build of a home, with people's verdicts and own measurements in place. Reads only.

    Stays on the build and the verdicts that it opened, also when others are made meanwhile. A context manager.
    """

    def __init__(self, home: Path, build: builds.OpenBuild) -> None:
        from index.curation import curation_file

        self.home, self.build = home, build
        self._judged = curation_file(home).exists()
        self._turn = RLock()  # a connection runs one statement at a time; the app asks from many threads
        self._tables: _Tables | None = None  # opened when first needed

    @classmethod
    def open(cls, home: Path | str) -> "KnowledgeBase":
        """Raises builds.HomeError when there is no build in `home`, or when it is damaged or of another format."""
        home = Path(home)
        build = builds.open_current(home)
        try:
            if found := builds.damage(build, whole=False):
                raise builds.damaged(home, build, found)
            base = cls(home, build)
            if base._judged:
                base._opened()  # the verdicts of now
        except builds.HomeError:
            build.close()
            raise
        return base

    @staticmethod
    def state(home: Path) -> str:
        """Changes whenever opening `home` would give something else: another build, verdict or measurement."""
        from index import curation, measured

        files = (curation.curation_file(home), measured.measurements_file(home))
        stamps = [(s.st_size, s.st_mtime_ns) for s in (f.stat() for f in files if f.exists())]
        return f"{builds.current_number(home)} {stamps}"

    def close(self) -> None:
        if self._tables:
            self._tables.connection.close()
        if "_record_file" in self.__dict__:
            self._record_file.close()
        self.build.close()

    def __enter__(self) -> "KnowledgeBase":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> _Tables:
        """The tables, opened by the first who needs them. Raises builds.HomeError when they are damaged."""
        from index import curation, measured, store

        with self._turn:
            if self._tables is None:
                try:
                    connection = store.reading(self.build.folder / store.DATABASE)
                except store.Failure as error:
                    raise builds.damaged(self.home, self.build, [str(error)]) from error
                verdicts = curation.load(connection, self.home) if self._judged else curation.NONE
                unread = measured.load(connection, self.home)
                store.lock(connection)
                self._tables = _Tables(connection, verdicts, unread)
            return self._tables

    @property
    def verdicts(self) -> "curation.Loaded":
        """What became of people's verdicts in this build."""
        return self._opened().verdicts

    @property
    def unread_measurements(self) -> list[str]:
        """Lines of measurements.jsonl that are none."""
        return self._opened().unread_measurements

    # ---------------------------------------------------------------- asking

    def ask(self, question: str, *, top: int = 10, since: date | None = None, **overrides: Any) -> Answer:
        """Answers a question. `overrides` replace fields of what was understood (None clears one)."""
        return self.answer(self.understood(question, **overrides), question=question, top=top, since=since)

    @staticmethod
    def understood(question: str, **overrides: Any) -> Understood:
        """What is read from a question, with fields replaced by `overrides` (None clears one).

        Raises ValueError when there is no such field or value, naming near ones.
        """
        from index.overrides import overridden
        from index.question import understand

        return overridden(understand(question), overrides)

    def answer(self, read: Understood, *, question: str = "", top: int = 10, since: date | None = None) -> Answer:
        """The papers for what was understood of a question."""
        with self._damage_named():
            return self._answer(read, question, top, since)

    def _answer(self, read: Understood, question: str, top: int, since: date | None) -> Answer:
        topic = self.topic(read, question or read.text)
        asked = ranking.conditions(read, self.columns, since=since, about=topic.about)
        order = ranking.ranked(read, asked, self.columns, topic, self.words, top=top)
        answers = tuple(self.paper_answers(read, asked, order))
        note = "" if any(a.satisfies for a in answers) else ranking.note(read, asked, self.columns)
        if self.build.manifest["encoder"] is None:
            note = f"{note} Words and claims only: this build has no vectors, so nothing is found by meaning.".strip()
        return Answer(question, note, read, answers)

    def relevance(self, text: str) -> NDArray[np.float64]:
        """float64 (papers,): how near each paper is to a text, by words, by meaning and by technique families."""
        return self.topic(Understood(text=text), text).relevance

    def topic(self, read: Understood, question: str) -> "Topic":
        """What the question is about: how near each paper is to it, and which are on it."""
        from index.domains import domains
        from index.family_questions import families_meant
        from index.lay_words import meanings
        from index.topic import compares, topic

        terms, meaning = meanings(question, measures=False), None
        terms += [domain.terms for domain in domains(question)]
        if self.build.manifest["encoder"] is not None and question.strip():
            meaning = self.vectors.scores(self._question_vector(" ".join([question, *terms])), self.columns.papers)
        named = " ".join(filter(None, (read.text, read.baseline)))  # a baseline tells the family as well
        if not compares(read):
            named = question  # where no figure is asked for, words of measuring and of hardware tell the topic too
        meant = families_meant(named, everyday=True) if named else []
        if read.family and read.family not in dict(meant):  # set by hand, or said in words of a measure: "KV cache"
            meant = [(read.family, 1.0), *meant]
        return topic(
            read, question, words=self.words, meaning=meaning, meant=meant, terms=terms, columns=self.columns,
            texts=self.records.texts,
        )  # fmt: skip

    def _question_vector(self, text: str) -> NDArray[np.float32]:
        """float32 (dim,): for the fast encoder's vectors of papers by what was learned of questions."""
        from index import question_encoder
        from index.encoder import FAST

        made_with = self.encoder
        of_questions = question_encoder.load() if self.build.manifest["encoder_asked"] == FAST else made_with
        return of_questions.encode([text])[0]

    def paper_answers(
        self, read: Understood, asked: ranking.Conditions, order: Sequence[ranking.Ranked]
    ) -> Iterable[PaperAnswer]:
        """Papers in this order with their claims, those that meet the question apart from those that nearly do."""
        judge = ranking.Judge(read, self.records.verdicts.confirmed)
        for place in order:
            record = self.records.of(place.paper_no)
            on_wanted = place.group in (ranking.SATISFIES, ranking.UNSTATED)
            met, near = judge.sorted_claims(record.claims, paper_on_wanted=on_wanted, families=record.families)
            lacking = (
                judge.lacking(record.claims, record.families)
                if asked.further and place.group != ranking.SATISFIES
                else ()
            )
            yield PaperAnswer(
                paper_id=record.paper["paper_id"],
                arxiv_id=record.paper["arxiv_id"],
                title=record.paper["title"],
                url=record.paper["url"],
                score=round(place.score, 4),
                satisfies=place.group == ranking.SATISFIES,
                claims=tuple(met[:CLAIMS_SHOWN]),
                near=tuple(near[:CLAIMS_SHOWN]),
                missed=(*lacking, *ranking.missed(asked, place.paper_no)),
                families=tuple(record.families),
                implementations=tuple(record.implementations),
                hardware_stated=place.group != ranking.UNSTATED,
                year=record.paper["published_year"],
            )

    # ---------------------------------------------------------------- parts, loaded when first needed

    @cached_property
    def _record_file(self) -> record_files.RecordFile:
        with self._damage_named():
            return record_files.RecordFile(self.build.folder)

    @cached_property
    def records(self) -> Records:
        if not self._judged:
            return Records(self._record_file, Verdicts())
        rejected, confirmed = (
            frozenset(row["claim_id"] for row in self.rows(query))
            for query in (column_files.REJECTED, column_files.CONFIRMED)
        )
        corrected = {row["claim_id"]: row for row in self.rows("SELECT * FROM corrected_claims")}
        return Records(self._record_file, Verdicts(rejected, confirmed, corrected))

    @cached_property
    def columns(self) -> Columns:
        with self._turn, self._damage_named():
            arrays = column_files.read(self.build.folder)
            return Columns(column_files.corrected(arrays, self._opened().connection) if self._judged else arrays)

    @cached_property
    def words(self) -> "Words":
        from index.words import FOLDER, Words

        with self._damage_named():
            return Words(self.build.folder / FOLDER, self.columns.papers)

    @cached_property
    def vectors(self) -> "Vectors":
        from index.vectors import Vectors

        with self._damage_named():
            return Vectors(self.build.folder)

    @cached_property
    def encoder(self) -> "Encoder":
        """The encoder that the build was made with. Raises HomeError when this installation has another one."""
        from index.encoder import load

        asked = self.build.manifest["encoder_asked"]
        model = load(asked)
        if model.name != self.build.manifest["encoder"]:
            raise builds.HomeError(
                f"build {self.build.number} has vectors of {self.build.manifest['encoder']}, this installation "
                f"makes those of {model.name}. Build again with: claims build --home {self.home}"
            )
        return model

    # ---------------------------------------------------------------- looking

    def show(self, paper: str) -> dict[str, Any]:
        """One paper by paper_id, arxiv_id or title (case and punctuation aside), with all that is known of it.

        Raises ValueError when there is none, naming near titles.
        """
        found = self._find(paper)
        number, paper_id = found.pop("paper_no"), found["paper_id"]
        record = self.records.of(number)
        sources = "SELECT * EXCLUDE (paper_id) FROM paper_sources WHERE paper_id = ? ORDER BY page, place"
        named = "SELECT device, mention, in_title, section FROM paper_devices WHERE paper_no = ? ORDER BY device"
        return found | {
            "sources": self.rows(sources, [paper_id]),
            "claims": record.claims,
            "devices": self.rows(named, [number]),
            "families": record.families,
            "implementations": [asdict(i) for i in record.implementations],
        }

    def _find(self, paper: str) -> dict[str, Any]:
        named = "SELECT * FROM papers WHERE paper_id = $1 OR arxiv_id = $2 ORDER BY paper_no LIMIT 1"
        if found := self.rows(named, [paper.strip(), arxiv_id_in(paper) or paper.strip()]):
            return found[0]
        if found := self.rows("SELECT * FROM papers WHERE paper_id = ? LIMIT 1", [paper_id_for(paper)]):
            return found[0]
        wanted = normalised_title(paper)
        plain = "regexp_replace(lower(strip_accents(title)), '[^a-z0-9]', '', 'g')"
        if found := self.rows(f"SELECT * FROM papers WHERE {plain} = ? ORDER BY paper_no LIMIT 2", [wanted]):
            return found[0]
        near = np.argsort(-self.words.scores(paper), kind="stable")[:3].tolist()
        titles = self.rows("SELECT title FROM papers WHERE paper_no IN (SELECT unnest(?))", [near])
        hint = "; near titles: " + "; ".join(f'"{t["title"]}"' for t in titles) if titles else ""
        raise ValueError(f"no paper {paper!r} here: give a paper_id, an arXiv id or a title{hint}")

    def similar(self, paper: str, *, top: int = 10) -> list[dict[str, Any]]:
        """The papers nearest in meaning to one, given as for `show`: paper_id, arxiv_id, title, url, score (cosine).

        Raises ValueError when the paper is not there or the build has no vectors.
        """
        number = self._find(paper)["paper_no"]
        if self.build.manifest["encoder"] is None:
            raise ValueError(f"build {self.build.number} has no vectors: it was made without an encoder")
        numbers, cosines = self.vectors.nearest(self.vectors.of(number), top + 1)
        score = {int(n): float(c) for n, c in zip(numbers, cosines, strict=True) if n != number}
        order = sorted(score, key=lambda n: (-round(score[n], 4), n))[:top]
        return [self.records.of(n).paper | {"score": round(score[n], 4)} for n in order]

    def schema(self) -> list[dict[str, Any]]:
        """Tables and views with their comments: {name, kind, comment, rows, columns: [{name, type, comment}]}."""
        tables = self.rows(
            "SELECT table_name AS name, 'table' AS kind, comment FROM duckdb_tables() "
            "WHERE NOT internal AND NOT temporary UNION ALL "
            "SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal AND NOT temporary ORDER BY ALL"
        )
        columns = self.rows(
            "SELECT table_name, column_name AS name, data_type AS type, comment FROM duckdb_columns() "
            "WHERE NOT internal AND database_name <> 'temp' ORDER BY table_name, column_index"
        )
        for table in tables:
            (count,) = self.rows(f"SELECT count(*) AS n FROM {table['name']}")
            table["rows"] = count["n"]
            table["columns"] = [
                {k: v for k, v in c.items() if k != "table_name"} for c in columns if c["table_name"] == table["name"]
            ]
        return tables

    def status(self, *, check: bool = False) -> dict[str, Any]:
        """What is in the knowledge base and how fresh it is, with `check` also whether all of it is whole."""
        from index.status import status

        return status(self, check=check)

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        """Says which file is damaged where that is why something fails: large builds are not read whole on opening."""
        try:
            yield
        except (_broken(), OSError, RuntimeError, ValueError, LookupError, MemoryError) as error:
            if found := builds.damage(self.build, whole=True):
                raise builds.damaged(self.home, self.build, found) from error
            raise

    # ---------------------------------------------------------------- people's SQL, exports and verdicts

    def sql(self, query: str, *, limit: int = 1000, timeout: float = 30.0) -> "Result":
        """Runs one statement that reads, in a process of its own, `timeout` seconds at most: `index.sql_guard`."""
        from index.sql_guard import run

        return run(self.home, self.build, query, limit=limit, timeout=timeout)

    def exports(self) -> list[dict[str, Any]]:
        """What can be exported: {name, kind, description, columns: [{name, comment}]}."""
        from index.export import listing

        return listing(self)

    def export(
        self, name: str, *, out: Path | None = None, where: str | None = None, raw: bool = False, timeout: float = 600
    ) -> dict[str, Any]:
        """Writes a named table, table, view or collection to a file, without `out` as CSV to standard output.

        Returns the manifest: see `index.export`.
        """
        from index.export import export, export_to

        if out is None:
            return export_to(self, name, sys.stdout.buffer, where=where, raw=raw, timeout=timeout).as_json()
        report = export(self, name, out, where=where, raw=raw, timeout=timeout).as_json()
        return report | {"manifest": f"{out}.manifest.json"}

    def curate(
        self,
        claim_id: str,
        verdict: str,
        *,
        field: str | None = None,
        value: str | None = None,
        note: str | None = None,
        collection: str | None = None,
    ) -> "curation.Entry":
        """Appends a verdict on a claim to curation.jsonl. It is seen by whoever opens the knowledge base from then on.

        `undo` takes back the last verdict on the claim that is in force.
        Raises ValueError when there is no such claim or the verdict is not a valid one.
        """
        from index import curation

        if verdict == "undo":  # also of a verdict whose claim is gone
            entry = curation.undoing(self.home, claim_id)
            curation.append(self.home, entry)
            return entry
        claims = self.rows("SELECT * FROM claims_now WHERE claim_id = ?", [claim_id])
        if not claims:
            raise ValueError(
                f"no claim {claim_id!r} in build {self.build.number}; claim ids are in claims_wide and in answers"
            )
        entry = curation.checked(claims[0], verdict, field=field, value=value, note=note, collection=collection)
        curation.append(self.home, entry)
        return entry

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The rows of a statement of ours; threads take turns."""
        from index import store

        with self._turn, self._damage_named():
            return store.rows(self._opened().connection, query, parameters)
