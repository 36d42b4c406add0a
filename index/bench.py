"""How fast, how large, how good: what `claims bench` measures on this machine, as figures beside a reference loop.

Machines are noisy and shared. So each time is given with that of a small fixed loop of Python and NumPy, run just
before and just after it: their ratio is what can be compared between machines and days.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crawler.archive import Archive, new_run
from crawler.paper import Paper
from crawler.reading import read_file
from index import builds, column_files, record_files, store, vectors, words
from index.bench_questions import QUESTIONS
from index.builds import HomeError
from index.scaled import scaled

PARTS = ("extract", "build", "ask")
COLD, ROUNDS = 5, 8  # runs of a cold question; times that all questions are asked when warm

Command = Sequence[str]  # the words that run `claims`
Progress = Callable[[str, int, int], None]  # step, done, of how many


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table."""

    what: str
    size: str  # of the input: abstracts, claims
    value: float | None  # None: nothing to measure, `note` says why
    unit: str
    goal: str = ""  # of DESIGN.md
    reference_ms: float | None = None  # the reference loop at that moment, milliseconds
    ratio: float | None = None  # of the time of one abstract, question or start, to the reference loop
    note: str = ""
    failed: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def machine() -> dict[str, Any]:
    """Cores that this process may use, load of the last minute, and the reference loop in milliseconds."""
    cores, load = len(os.sched_getaffinity(0)), round(os.getloadavg()[0], 2)
    return {"cores": cores, "load": load, "reference_ms": round(reference() * 1e3, 2)}


def reference() -> float:
    """Seconds, the median of five: a fixed loop in Python, then a sort and sums in NumPy, in one thread."""

    def once() -> float:
        numbers = np.random.default_rng(0).random(200_000)
        started = time.perf_counter()
        seen: dict[int, int] = {}
        for i in range(60_000):
            seen[i & 1023] = seen.get(i & 1023, 0) + i
        np.sort(numbers).cumsum()
        return time.perf_counter() - started

    return float(np.median([once() for _ in range(5)]))


def sample(corpus: Path | None, home: Path, count: int, *, seed: int = 7) -> list[Paper]:
    """At most `count` papers with abstracts, chosen evenly from a corpus file (Parquet, JSONL, CSV) or from a home.

    Raises ValueError when there are none, OSError when the file cannot be opened.
    """
    if corpus is not None:
        papers: Iterator[object] = iter(read_file(corpus, corpus.name))
    elif (home / "papers").is_dir():
        archive = Archive(home)
        papers = archive.papers()
    else:
        raise HomeError(f"no papers in {home}: give a corpus with --corpus, or read some with claims import")
    chosen: list[tuple[int, Paper]] = []
    rng = random.Random(seed)
    for place, paper in enumerate(p for p in papers if isinstance(p, Paper) and p.title and p.abstract):
        if len(chosen) < count:
            chosen.append((place, paper))
        elif (slot := rng.randrange(place + 1)) < count:
            chosen[slot] = (place, paper)
    if corpus is None:
        archive.close()
    if not chosen:
        raise ValueError(f"{corpus or home} has no paper with title and abstract: nothing to measure")
    return [paper for _, paper in sorted(chosen, key=lambda c: c[0])]


def measured(
    papers: Sequence[Paper],
    folder: Path,
    *,
    command: Command,
    claims: Iterable[int],
    only: Iterable[str] = PARTS,
    jobs: int = 2,
    all_papers: bool = False,
    progress: Progress | None = None,
) -> Iterator[Figure]:
    """The figures, one after another as they are measured.

    `folder` is empty and ours; `command` runs `claims`; `claims` are the sizes that questions are asked at. What fails
    gives a figure without a value that says why, and the rest goes on.
    """
    tell = progress or (lambda *_: None)
    wanted, source = set(only), folder / "source"
    sizes = list(claims) if "ask" in wanted else []
    if "extract" in wanted:
        tell("extract", 0, 1)
        yield from _told("extraction", lambda: [extraction(papers, folder, command=command, jobs=jobs)])
        tell("extract", 1, 1)
    if wanted & {"build", "ask"}:
        tell("build", 0, 1)
        built = [*_told("build", lambda: [building(papers, source, command=command, jobs=jobs)])]
        yield from built if "build" in wanted or built[0].value is None else ()
        tell("build", 1, 1)
        sizes = sizes if built[0].value is not None else []
    for place, size in enumerate(sizes):
        tell("ask", place, len(sizes))
        home = folder / f"claims-{size}"
        yield from _told(
            f"ask at {size:,}",
            lambda: asking(source, home, size, command=command, all_papers=all_papers),  # noqa: B023
        )
        tell("ask", place + 1, len(sizes))


def _told(what: str, measure: Callable[[], Iterable[Figure]]) -> Iterator[Figure]:
    """The figures of a part, and one without a value where it fails."""
    try:
        yield from measure()
    except (OSError, ValueError) as error:  # a command that failed, a full disk, papers without a claim
        yield Figure(what, "", None, "", note=f"failed: {error}", failed=True)


def extraction(papers: Sequence[Paper], folder: Path, *, command: Command, jobs: int) -> Figure:
    """Abstracts a second: half of the papers, then all, through `claims extract`; the difference leaves out the start.

    Both orders are run twice and the faster of each kept.
    """
    rows = [json.dumps({"key": p.paper_id, "title": p.title, "abstract": p.abstract}) + "\n" for p in papers]
    half = len(rows) // 2
    if half < 1:
        return Figure("extraction", f"{len(rows)} abstracts", None, "abstracts/s", note="too few abstracts")
    random.Random(3).shuffle(rows)
    best = {half: float("inf"), len(rows): float("inf")}
    loops = [reference()]
    for count in (half, len(rows), len(rows), half):
        file = folder / f"rows-{count}.jsonl"
        file.write_text("".join(rows[:count]), encoding="utf-8")
        best[count] = min(best[count], _timed([*command, "extract", str(file), "--jobs", str(jobs)]))
        loops.append(reference())
    seconds, size = best[len(rows)] - best[half], f"{half:,} and {len(rows):,} abstracts"
    loop, goal = float(np.median(loops)), "1,000"
    note = f"claims extract --jobs {jobs}: {best[half]:.1f} s and {best[len(rows)]:.1f} s"
    if seconds <= 0:
        return Figure("extraction", size, None, "abstracts/s", goal, note=f"{note}: too few to tell, give more --rows")
    count = len(rows) - half
    ratio = round(seconds / count / loop, 4)
    return Figure("extraction", size, round(count / seconds, 1), "abstracts/s", goal, _ms(loop), ratio, note)


def building(papers: Sequence[Paper], home: Path, *, command: Command, jobs: int) -> Figure:
    """Papers a second from the archive to a build in force, the start of the command included."""
    archive = Archive(home)
    archive.append(papers, run=new_run("bench"))
    archive.close()
    before = reference()
    seconds = _timed([*command, "build", "--home", str(home), "--jobs", str(jobs)])
    loop = (before + reference()) / 2
    build = builds.open_current(home)
    counts = build.manifest["counts"]
    build.close()
    size = f"{counts['papers']:,} papers, {counts['claims']:,} claims"
    rate, ratio = round(counts["papers"] / seconds, 1), round(seconds / counts["papers"] / loop, 4)
    return Figure(
        "build",
        size,
        rate,
        "papers/s",
        "142",
        _ms(loop),
        ratio,
        f"{seconds:.1f} s with the start of the command; 142: 85,000 papers in 10 minutes",
    )


def asking(source: Path, home: Path, claims: int, *, command: Command, all_papers: bool = False) -> Iterator[Figure]:
    """Cold and warm questions, memory, sizes on disk and recall, on a build of `size` claims made of that of `source`.

    The build is removed afterwards.
    """
    made = scaled(source, home, claims=claims, all_papers=all_papers)
    label = f"{made.claims:,} claims"
    start = reference()
    first = next(iter(QUESTIONS.values()))[0]
    cold = float(np.median([_timed([*command, "ask", "--home", str(home), first, "--json"]) for _ in range(COLD)]))
    loop = (start + reference()) / 2
    copies = f"{label}: {made.papers:,} papers, {made.copies} copies with changed ids and figures, noise in the vectors"
    yield Figure("ask, cold", label, round(cold, 3), "s", "1.5", _ms(loop), round(cold / loop, 1), copies)
    start = reference()
    found = json.loads(_output([sys.executable, "-m", "index.bench_questions", str(home), str(ROUNDS)]))
    loop = (start + reference()) / 2
    times = {kind: np.array(seconds) for kind, seconds in found["seconds"].items()}
    every = np.concatenate(list(times.values()))
    asked = f"{len(every)} questions, {sum(map(len, QUESTIONS.values()))} different, nothing remembered of earlier ones"
    yield Figure("open and first", label, round(found["open"], 2), "s", note="in a process that has started already")
    for name, share, goal in (("median", 50, "50"), ("p99", 99, "150")):
        value = float(np.percentile(every, share))
        yield Figure(f"ask, warm {name}", label, _ms(value), "ms", goal, _ms(loop), round(value / loop, 2), asked)
    for kind, seconds in times.items():
        value = float(np.median(seconds))
        yield Figure(
            f"ask, {kind}", label, _ms(value), "ms", "", _ms(loop), round(value / loop, 2), "median of its kind"
        )
    memory = round(found["peak_bytes"] / 1e9, 2)
    yield Figure("memory", label, memory, "GB", "4", note="largest resident size; what is mapped from disk is counted")
    build = builds.open_current(home)
    files = {name: entry["bytes"] for name, entry in build.manifest["files"].items()}
    build.close()
    parts = {
        "tables": (store.DATABASE,),
        "vectors": (vectors.FILE, vectors.NEAR),
        "words": (f"{words.FOLDER}/",),
        "columns": (f"{column_files.FOLDER}/",),
        "records": (f"{record_files.FOLDER}/",),
    }
    for name, begins in parts.items():
        size = sum(count for file, count in files.items() if file.startswith(begins))
        yield Figure(f"disk, {name}", label, round(size / 1e6, 3), "MB")
    exact = made.recall is None
    note = (
        f"searched whole up to {vectors.EXACT_UP_TO:,} papers" if exact else "of the ten nearest papers, against exact"
    )
    yield Figure(
        "recall, papers", label, 1.0 if made.recall is None else made.recall, "", note=f"{note}; asked with papers"
    )
    yield Figure("recall, questions", label, found["recall"], "", note=f"{note}; asked with the questions above")
    shutil.rmtree(home)


def _timed(command: Command) -> float:
    started = time.perf_counter()
    _output(command)
    return time.perf_counter() - started


def _output(command: Command) -> bytes:
    """What a command prints. Raises OSError with its last words when it fails."""
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-300:]
        raise OSError(f"{' '.join(map(str, command))[:200]} ended with {done.returncode}: {said}")
    return done.stdout


def _ms(seconds: float) -> float:
    return round(seconds * 1e3, 1)
