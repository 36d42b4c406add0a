"""The papers folder: nothing lost, nothing twice, one paper from many entries."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.archive import Archive, Changes, CrawlDay, new_run
from crawler.merging import damage
from crawler.paper import Paper, Source, paper_id_for


def entry(title: str, page: str = "a.txt", position: int = 0, kind: str = "text", **fields: object) -> Paper:
    row = {"paper_id": paper_id_for(title), "title": title, "abstract": f"About {title}."} | fields
    return Paper(**row, sources=(Source(kind, page, position, title=title),))  # type: ignore[arg-type]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path)
    yield opened
    opened.close()


def test_the_same_twice_appends_nothing(archive: Archive) -> None:
    entries = [entry("One"), entry("Two", position=1), entry("One", page="b.txt")]
    assert archive.append(entries, run="r1") == Changes(read=3, new=2, changed=0)
    before = {path.name: path.read_bytes() for path in archive.folder.glob("*.jsonl")}
    assert archive.append(entries, run="r2") == Changes(read=3, new=0, changed=0)
    assert {path.name: path.read_bytes() for path in archive.folder.glob("*.jsonl")} == before
    assert (archive.entries(), archive.paper_count()) == (3, 2)


def test_a_paper_that_a_file_holds_twice_is_two_entries(archive: Archive) -> None:
    entries = [entry("One", abstract="short"), entry("One", position=5, abstract="other")]
    assert archive.append(entries, run="r1") == Changes(2, 1, 0)
    assert archive.append(entries[:1], run="r2") + archive.append(entries[1:], run="r2") == Changes(2, 0, 0)
    assert (archive.entries(), archive.paper_count()) == (2, 1)


def test_a_changed_entry_counts_and_its_old_text_is_kept(archive: Archive) -> None:
    archive.append([entry("One", abstract="first wording"), entry("Two")], run="r1")
    changes = archive.append([entry("One", abstract="second wording", position=7), entry("Two", position=8)], run="r2")
    assert changes == Changes(read=2, new=0, changed=1)
    assert [p.abstract for p in archive.papers()] == ["second wording", "About Two."]
    assert "first wording" in (archive.folder / "r1.jsonl").read_text()
    assert archive.entries() == 2


def test_an_arxiv_id_that_arrives_later_joins_the_paper(archive: Archive) -> None:
    archive.append([entry("Fast  attention")], run="r1")
    later = entry("Fast Attention", page="d.json", kind="api", arxiv_id="2601.90001", upvotes=5)
    assert archive.append([later], run="r2") == Changes(1, 0, 1)
    (paper,) = archive.papers()
    assert (paper.paper_id, paper.arxiv_id, paper.upvotes) == (paper_id_for("fast attention"), "2601.90001", 5)
    assert [s.kind for s in paper.sources] == ["text", "api"]


def test_a_changed_title_with_the_same_arxiv_id_keeps_the_paper_id(archive: Archive) -> None:
    archive.append([entry("Old name", kind="api", arxiv_id="2601.90001")], run="r1")
    archive.append([entry("New name", page="b", kind="api", arxiv_id="2601.90001")], run="r2")
    (paper,) = archive.papers()
    assert (paper.paper_id, paper.title) == (paper_id_for("Old name"), "New name")
    archive.append([entry("new name", page="c")], run="r3")  # known by its new title too
    assert archive.paper_count() == 1


def test_the_same_title_with_two_arxiv_ids_is_two_papers(archive: Archive) -> None:
    for number in ("2601.90001", "2601.90002"):
        archive.append([entry("Survey", page=number, kind="arxiv", arxiv_id=number)], run="r1")
    ids = [paper.paper_id for paper in archive.papers()]
    assert len(set(ids)) == 2
    assert ids[0] == paper_id_for("Survey")


def test_two_papers_that_turn_out_to_be_one_are_joined(archive: Archive) -> None:
    """Known by title from a text page, and by arXiv id under an older title; then arXiv shows both together."""
    seen = [entry("Final name"), entry("Draft name", page="d", kind="api", arxiv_id="2601.90001")]
    archive.append(seen, run="r1")
    assert archive.paper_count() == 2
    both = entry("Final name", page="q", kind="arxiv", arxiv_id="2601.90001")
    archive.append([both], run="r2")
    (paper,) = archive.papers()
    assert paper.paper_id == paper_id_for("Final name")
    assert len(paper.sources) == 3
    assert archive.append([*seen, both], run="r3") == Changes(3, 0, 0)


def test_the_less_damaged_text_is_taken_and_a_cut_one_is_not(archive: Archive) -> None:
    stripped = (
        "Our kernel is 1.45times faster than the old one and needs sim2 GB of memory on every device that we tried."
    )
    kept = stripped.replace("1.45times", r"$1.45\times$").replace("sim2", r"$\sim 2$")
    archive.append([entry("K", abstract=stripped, kind="api", arxiv_id="2601.90001")], run="r1")
    archive.append([entry("K", page="q", abstract=kept, kind="arxiv", arxiv_id="2601.90001")], run="r1")
    archive.append([entry("K", page="c", abstract=kept[:40], kind="corpus")], run="r1")
    assert [paper.abstract for paper in archive.papers()] == [kept]
    assert (damage(stripped), damage(kept)) == (2, 0)


def test_one_paper_gathers_what_its_sources_say(archive: Archive) -> None:
    first = entry("G", kind="api", page="d1", listed=date(2026, 1, 6), upvotes=9, code_urls=("https://github.com/a/b",))
    second = entry(
        "G", kind="api", page="d2", listed=date(2026, 1, 5), upvotes=3, organisation="Acme", authors=("A", "B")
    )
    archive.append([first, second], run="r1")
    (paper,) = archive.papers()
    assert (paper.listed, paper.upvotes, paper.organisation) == (date(2026, 1, 5), 9, "Acme")
    assert (paper.authors, paper.author_count, paper.code_urls) == (("A", "B"), 2, ("https://github.com/a/b",))


def lines_of(folder: Path) -> int:
    return sum(len(path.read_bytes().splitlines()) for path in folder.glob("*.jsonl"))


def test_a_torn_last_line_is_passed_over_and_named(tmp_path: Path) -> None:
    Archive(tmp_path).append([entry("One"), entry("Two")], run="r1")
    file = tmp_path / "papers/r1.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    (tmp_path / "papers/index.sqlite").unlink()
    archive = Archive(tmp_path)
    assert [paper.title for paper in archive.papers()] == ["One"]
    (problem,) = archive.damaged()
    assert problem.place.startswith("r1.jsonl, byte ")
    assert "torn" in problem.why
    archive.append([entry("Two"), entry("Three")], run="r1")  # the run goes on in its file
    assert [paper.title for paper in archive.papers()] == ["One", "Two", "Three"]
    assert [paper.title for paper in Archive(tmp_path).papers()] == ["One", "Two", "Three"]


@pytest.mark.parametrize("harm", ["gone", "garbage", "cut file"])
def test_the_index_is_made_anew_from_the_files(tmp_path: Path, harm: str) -> None:
    archive = Archive(tmp_path)
    archive.append([entry("One"), entry("Two")], run="r1")
    archive.append([entry("One", abstract="new words"), entry("Three", arxiv_id="2601.90003")], run="r2")
    before = list(archive.papers())
    archive.close()
    for path in (tmp_path / "papers").glob("index.sqlite*"):
        if harm == "gone":
            path.unlink()
        elif harm == "garbage":
            path.write_bytes(b"this is no database " * 500)
    if harm == "cut file":
        (tmp_path / "papers/r2.jsonl").unlink()
        assert [p.abstract for p in Archive(tmp_path).papers()] == ["About One.", "About Two."]
    else:
        assert list(Archive(tmp_path).papers()) == before


def test_what_another_process_wrote_is_seen(tmp_path: Path) -> None:
    one, other = Archive(tmp_path), Archive(tmp_path)
    one.append([entry("One")], run="r1")
    assert other.append([entry("One"), entry("Two")], run="r2") == Changes(2, 1, 0)
    assert one.append([entry("Two")], run="r1") == Changes(1, 0, 0)


def test_crawled_days_are_kept_and_the_last_word_counts(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    day = CrawlDay(date(2026, 1, 5), 3, 2, 2, empty=False, failed=True, why="503", at=datetime(2026, 1, 6, tzinfo=UTC))
    archive.record_days([day, replace(day, day=date(2026, 1, 2))], run="r1")
    done = replace(day, fetched=3, read=3, failed=False, why="")
    archive.record_days([done], run="r2")
    (tmp_path / "papers/index.sqlite").unlink()
    assert Archive(tmp_path).crawl_days() == [replace(day, day=date(2026, 1, 2)), done]


_FILLER = """
import sys
from pathlib import Path
from crawler.archive import Archive
from crawler.paper import Paper, Source, paper_id_for
archive = Archive(Path(sys.argv[1]))
print("ready", flush=True)
for n in range(0, 4000, 4):
    some = [Paper(paper_id_for(f"T{i}"), f"T{i}", "x" * 3000, sources=(Source("text", "p", i),)) for i in range(n, n+4)]
    archive.append(some, run=sys.argv[2])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_at_any_moment_nothing_is_lost_or_twice(tmp_path: Path) -> None:
    for kill in range(5):
        command = [sys.executable, "-c", _FILLER, str(tmp_path), f"r{kill}"]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        child.stdout.readline()
        try:
            child.wait(timeout=0.05 + 0.03 * kill)
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        child.stdout.close()
    archive = Archive(tmp_path)
    titles = [int(paper.title[1:]) for paper in archive.papers()]
    assert titles == list(range(len(titles)))  # each once, none left out
    assert len(titles) > 4
    rows = [json.loads(line) for path in archive.folder.glob("*.jsonl") for line in path.read_bytes().splitlines()[:-1]]
    assert len({row["entry"] for row in rows}) == len(rows)


def test_two_processes_that_write_at_once_write_nothing_twice(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _FILLER.replace("4000", "400"), str(tmp_path)]
    children = [subprocess.Popen([*command, f"r{n}"], stdout=subprocess.DEVNULL) for n in range(2)]
    assert [child.wait() for child in children] == [0, 0]
    archive = Archive(tmp_path)
    assert sorted(int(paper.title[1:]) for paper in archive.papers()) == list(range(400))
    assert lines_of(archive.folder) == archive.entries() == 400


names = st.sampled_from(["A", "B", "C", "D"])
numbers = st.sampled_from([None, "2601.90001", "2601.90002"])
kinds = st.sampled_from(["api", "arxiv", "corpus"])
drawn = st.lists(
    st.builds(lambda t, n, k, p: entry(t, page=p, kind=k, arxiv_id=n), names, numbers, kinds, st.sampled_from("xyz")),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(papers=drawn)
def test_a_rebuilt_index_equals_the_living_one_and_nothing_is_said_twice(
    papers: list[Paper], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    archive = Archive(home)
    archive.append(papers, run=new_run("test"))
    before = list(archive.papers())
    assert len(before) == archive.paper_count()
    assert sum(len(paper.sources) for paper in before) == archive.entries()
    archive.close()
    for path in archive.folder.glob("index.sqlite*"):
        path.unlink()
    again = Archive(home)
    assert list(again.papers()) == before
    again.close()
