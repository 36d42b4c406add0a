"""A large build made of a small one, for measuring: its papers and claims many times, each time a little different.

Every copy has ids of its own, figures times a random factor, and vectors with noise; titles, words and devices are
those of the original. Only papers with claims are copied unless all are asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import builds, column_files, record_files, store, vectors, words

NOISE = 0.02  # standard deviation of what is added to each number of a unit vector
FACTORS = (0.5, 1.5)  # figures of a copy are those of the original times something in between
_FIGURES = ("value", "value_max", "from_value", "factor_min", "factor_max", "factor", "delta")
_MEMORY = "1GB"  # DuckDB's share; beyond it, it spills
_CHUNK = 20_000  # vectors


@dataclass(frozen=True, slots=True)
class Scaled:
    """What was made."""

    papers: int
    claims: int
    copies: int
    recall: float | None  # of the approximate vectors against the exact ones; None where search is exact


def scaled(source: Path, home: Path, *, claims: int, all_papers: bool = False, seed: int = 7) -> Scaled:
    """Makes `home`, a new folder, from the build of the home `source`, with `claims` claims or a few more.

    Raises HomeError when `source` has no build, ValueError when that has no claims or no vectors.
    """
    build = builds.open_current(source)
    try:
        if build.manifest["encoder"] is None or not build.manifest["counts"]["claims"]:
            raise ValueError(f"the build in {source} has no vectors or no claims: nothing to make a larger one of")
        with builds.writing(home) as (number, staging):
            with store.creating(staging / store.DATABASE, threads=2, memory=_MEMORY, spill=staging / "spill") as made:
                old, copies, counts = _tables(made, build.folder, claims, all_papers, seed)
                column_files.write(made, staging)
                record_files.write(made, staging)
            recall = _vectors(build.folder, staging, old, copies, seed)
            _words(build.folder, staging, old, copies)
            kept = ("built_at", "versions", "reading", "encoder", "encoder_asked")
            manifest = {key: build.manifest[key] for key in kept}
            manifest |= {"counts": counts, "recall": recall, "notes": ["made by claims bench: not for use"]}
            builds.publish(home, number, staging, manifest)
    finally:
        build.close()
    return Scaled(counts["papers"], counts["claims"], copies, recall)


def _tables(
    made: store.Connection, folder: Path, claims: int, all_papers: bool, seed: int
) -> tuple[NDArray[np.int64], int, dict[str, int]]:
    """Fills the tables; returns the numbers of the papers that are copied, how often, and the counts."""
    path = str(folder / store.DATABASE).replace("'", "''")
    made.execute(f"ATTACH '{path}' AS old (READ_ONLY)")
    made.execute("SELECT setseed(?)", [seed / 100])
    # Papers from the first on until they have as many claims as wanted; a build with fewer gives all of its papers.
    made.execute(
        "CREATE TEMP TABLE pick AS SELECT paper_no AS old_no, row_number() OVER (ORDER BY paper_no) - 1 AS k, n FROM "
        "(SELECT paper_no, count(claim_no) AS n, sum(n) OVER (ORDER BY paper_no) - n AS before FROM old.papers "
        "LEFT JOIN old.claims USING (paper_no) GROUP BY paper_no) WHERE before < $claims AND (n > 0 OR $all)",
        {"claims": claims, "all": all_papers},
    )
    papers, of_one = (int(n) for n in made.execute("SELECT count(*), sum(n) FROM pick").fetchall()[0])
    copies = -(-claims // of_one)
    made.execute(
        "CREATE TEMP TABLE numbered AS SELECT claim_no AS old_claim, row_number() OVER (ORDER BY claim_no) - 1 AS c "
        "FROM old.claims JOIN pick ON paper_no = old_no"
    )
    number = f"r * {papers} + k AS paper_no"
    id_ = "substr(md5(paper_id || r), 1, 10) AS paper_id"
    copied = f"FROM range({copies}) AS copy(r), pick JOIN"
    figures = ", ".join(f"{name} * times AS {name}" for name in _FIGURES)
    low, high = FACTORS
    made.execute(
        f"INSERT INTO papers BY NAME SELECT t.* REPLACE ({number}, {id_}) {copied} old.papers AS t "
        "ON t.paper_no = old_no ORDER BY r, k"
    )
    made.execute(
        f"INSERT INTO claims BY NAME SELECT t.* EXCLUDE (r, k, c, times) REPLACE ({number}, {id_}, "
        f"r * {of_one} + c AS claim_no, substr(md5(claim_id || r), 1, 12) AS claim_id, {figures}) FROM "
        f"(SELECT t.*, r, k, c, {low} + {high - low} * random() AS times {copied} old.claims AS t "
        "ON t.paper_no = old_no JOIN numbered ON old_claim = claim_no) AS t ORDER BY r, c"
    )
    for table in ("paper_devices", "paper_techniques"):
        made.execute(
            f"INSERT INTO {table} BY NAME SELECT t.* REPLACE ({number}, {id_}) {copied} old.{table} AS t "
            "ON t.paper_no = old_no ORDER BY r, k"
        )
    made.execute(
        "INSERT INTO claim_devices BY NAME SELECT claim_no, claim_id, unnest(devices, recursive := true) FROM claims "
        "ORDER BY claim_no"
    )
    for table in ("devices", "techniques", "implementations"):
        made.execute(f"INSERT INTO {table} BY NAME FROM old.{table}")
    old = np.array([row[0] for row in made.execute("SELECT old_no FROM pick ORDER BY k").fetchall()], np.int64)
    made.execute("DROP TABLE pick")
    made.execute("DROP TABLE numbered")
    made.execute("DETACH old")
    total = papers * copies
    return old, copies, {"entries": total, "papers": total, "claims": of_one * copies}


def _vectors(folder: Path, staging: Path, old: NDArray[np.int64], copies: int, seed: int) -> float | None:
    known: dict[int, NDArray[np.float32]] = {}
    for numbers, rows in vectors.Vectors(folder).batches(_CHUNK):
        known.update(zip(numbers.tolist(), rows, strict=True))
    base = np.stack([known[int(number)] for number in old])
    writer = vectors.Writer(base.shape[1])
    random = np.random.default_rng(seed)
    for first, rows in _repeated(base, copies):
        noisy = rows + random.normal(0, NOISE, rows.shape).astype(np.float32)
        noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
        writer.add(np.arange(first, first + len(noisy)), np.ascontiguousarray(noisy, np.float32))
    return writer.write(staging)


def _repeated(base: NDArray[np.float32], copies: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    for copy in range(copies):
        for start in range(0, len(base), _CHUNK):
            yield copy * len(base) + start, base[start : start + _CHUNK]


def _words(folder: Path, staging: Path, old: NDArray[np.int64], copies: int) -> None:
    """The postings of the chosen papers, once for each copy: bm25s would take minutes to count the same words again."""
    (staging / words.FOLDER).mkdir()
    source, target = folder / words.FOLDER, staging / words.FOLDER
    scores, papers = (np.load(source / f"{name}.csc.index.npy") for name in ("data", "indices"))
    starts = np.load(source / "indptr.csc.index.npy").astype(np.int64)
    place = np.full(int(max(papers.max(initial=0), old.max())) + 1, -1, np.int32)
    place[old] = np.arange(len(old), dtype=np.int32)
    word = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    chosen = place[papers] >= 0
    scores, papers, word = scores[chosen], place[papers[chosen]], word[chosen]
    starts = np.concatenate([[0], np.cumsum(np.bincount(word, minlength=len(starts) - 1))]).astype(np.int64)
    shift = np.arange(copies, dtype=np.int32)[:, None] * np.int32(len(old))
    made_scores = np.empty(len(scores) * copies, scores.dtype)
    made_papers = np.empty(len(papers) * copies, np.int32)
    for start, end in pairwise(starts):
        rows = slice(start * copies, end * copies)
        made_scores[rows] = np.tile(scores[start:end], copies)
        made_papers[rows] = (papers[None, start:end] + shift).ravel()
    np.save(target / "data.csc.index.npy", made_scores)
    np.save(target / "indices.csc.index.npy", made_papers)
    np.save(target / "indptr.csc.index.npy", starts * copies)
    (target / "vocab.index.json").write_bytes((source / "vocab.index.json").read_bytes())
