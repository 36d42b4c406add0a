"""What a build was made from: hashes of the files in `papers/`, and what is done when they are not as they were.

`papers/` is the source of truth and nothing can be made in its place; but what stands in it stands elsewhere too: what
sites sent in `responses/`, and what every paper said in the last build.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from crawler.archive import Archive, new_run
from crawler.listing import Problem
from crawler.paper import Paper, Source
from index import store
from index.builds import OpenBuild

KEY = "sources"  # in the manifest: by file of papers/ the bytes that were read, and their SHA-256


def read_and_mended(
    home: Path, archive: Archive, connection: store.Connection, old: OpenBuild | None
) -> tuple[dict[str, Any], list[str]]:
    """The hashes of what `archive` holds, and a note on each file that is not as the build `old` read it.

    Files that changed are read anew, line by line against their check sums. What is damaged is read again from the
    responses of the same run; papers that are still missing are taken from `old`, attached to `connection` as `old`,
    unless a file is gone as a whole: that may be meant.
    """
    hashes, wrong = archive.hashes(known(old))
    if not wrong:
        return hashes, []
    notes = [f"{home / 'papers' / bad.place} {bad.why}" for bad in wrong]
    archive.read_anew()
    before = archive.paper_count()
    _read_responses(home, wrong)
    if (again := archive.paper_count() - before) > 0:
        notes.append(f"{again} papers were read again from {home / 'responses'}")
    if old and not any(bad.why == "is gone" for bad in wrong):
        missing = _papers_of(connection, {paper.paper_id for paper in archive.papers()})
        if missing:
            archive.append([entry for paper in missing for entry in _entries(paper)], run=new_run("mended"))
            notes.append(f"{len(missing)} papers were taken over from build {old.number}")
    return archive.hashes({})[0], notes


def known(build: OpenBuild | None) -> dict[str, Any]:
    """What a build says of the files that it was made from."""
    found = build.manifest.get(KEY) if build else None
    return found if isinstance(found, dict) else {}


def damage(build: OpenBuild, home: Path) -> list[str]:
    """Files of `papers/` that are not as the build read them, and kept responses that are damaged, one line each."""
    archive = Archive(home)
    _, wrong = archive.hashes(known(build))
    archive.close()
    return [f"{home / 'papers' / bad.place} {bad.why}" for bad in wrong] + [
        f"{path}, {bad.place}: {bad.why}" for path, bad in _damaged_responses(home)
    ]


def _damaged_responses(home: Path) -> list[tuple[Path, Problem]]:
    from crawler import responses

    files = sorted((home / "responses").glob("*.jsonl.gz"))
    return [(path, found) for path in files for found in responses.read(path) if isinstance(found, Problem)]


def _read_responses(home: Path, wrong: list[Problem]) -> None:
    """Reads the responses of the damaged runs into the archive again: what is there already is not written twice."""
    kept = [home / "responses" / f"{bad.place.removesuffix('.jsonl')}.jsonl.gz" for bad in wrong]
    if there := sorted({str(path) for path in kept if path.exists()}):
        from crawler.reading import import_paths

        import_paths(home, there)


def _papers_of(connection: store.Connection, have: set[str]) -> list[Paper]:
    """The papers of the attached build `old` that are not among those in `have`."""
    found = []
    for batch in store.batches(connection, "SELECT * FROM old.papers ORDER BY paper_no", 2000):
        lost = {row["paper_id"]: row for row in batch if row["paper_id"] not in have}
        if not lost:
            continue
        rows = store.rows(
            connection,
            "SELECT * FROM old.paper_sources WHERE paper_id IN (SELECT unnest(?)) ORDER BY page, place",
            [sorted(lost)],
        )
        for paper_id, row in lost.items():
            names = ("paper_id", "title", "abstract", "arxiv_id", "published", "listed", "author_count", "organisation")
            found.append(
                Paper(
                    **{name: row[name] for name in (*names, "url", "upvotes")},
                    authors=tuple(row["authors"] or ()),
                    code_urls=tuple(row["code_urls"] or ()),
                    sources=tuple(_source(s) for s in rows if s["paper_id"] == paper_id),
                )
            )
    return found


def _source(row: dict[str, Any]) -> Source:
    return Source(row["source_kind"], row["page"], row["place"], row["listed"], row["title_there"], row["upvotes"])


def _entries(paper: Paper) -> list[Paper]:
    """The paper as each of its sources showed it, as far as a build keeps that."""
    return [replace(paper, sources=(source,), listed=source.listed or paper.listed) for source in paper.sources]
