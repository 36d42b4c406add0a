"""Builds: whole or not at all, the same in steps as at once, one writer, readers undisturbed."""

import fcntl
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from index import KnowledgeBase, builds, encoder, reading, store
from index.build import build
from index.builds import HomeError

STORED = (
    "papers", "paper_sources", "crawl_days", "claims", "claim_devices", "paper_devices", "paper_techniques",
    "implementations", "devices", "techniques",
)  # fmt: skip
QUESTION = "at least 3x faster on an A100"


def content(home):
    """All rows of all tables of the current build in stored order, and what the indexes answer."""
    with KnowledgeBase.open(home) as base:
        tables = {name: base.rows(f"SELECT * FROM {name}") for name in STORED}
        scores = [base.relevance(text).round(5).tolist() for text in ("pruned detectors", "books", "small cards")]
        return tables, scores


def made_at_once(home, elsewhere):
    """The same papers, built in one go in another home."""
    shutil.copytree(home / "papers", elsewhere / "papers")
    build(elsewhere, jobs=1)
    return content(elsewhere)


def test_a_build_in_steps_equals_one_made_at_once(tmp_path, papers, fill, invented):
    home = tmp_path / "steps"
    fill(home, papers[:3])
    first = build(home, jobs=1)
    changed = replace(papers[1], abstract=papers[1].abstract.replace("1.6x", "1.9x"))
    other_page = replace(changed, sources=(replace(changed.sources[0], page="other.jsonl"),))
    fill(home, [*papers[3:], other_page, invented("Wren: A Later Paper", "Wren is 2x faster than Heron.", 9)])
    second = build(home, jobs=1)
    assert (first.papers_read, first.vectors_made) == (3, 3)
    assert (second.papers, second.papers_read) == (7, 5), "what had not changed was read again"
    assert content(home) == made_at_once(home, tmp_path / "once")


def test_nothing_new_means_that_nothing_is_read_again(home):
    before = content(home)
    report = build(home, jobs=1)
    assert (report.build, report.papers_read, report.vectors_made) == (2, 0, 0)
    assert content(home) == before


def test_other_code_reads_every_paper_again_but_keeps_the_vectors(home, monkeypatch):
    before = content(home)
    monkeypatch.setattr(reading, "version", lambda: "0" * 16)
    report = build(home, jobs=1)
    assert (report.papers_read, report.vectors_made) == (6, 0)
    assert content(home) == before


def test_a_build_with_other_tables_is_made_again_and_its_vectors_kept(home, monkeypatch):
    before = content(home)
    monkeypatch.setattr(builds, "tables_version", lambda: "f" * 16)
    with pytest.raises(HomeError, match=r"made by another version and has other tables.*claims build"):
        KnowledgeBase.open(home)
    report = build(home, jobs=1)
    assert (report.papers_read, report.vectors_made) == (6, 0)
    assert content(home) == before


@pytest.mark.slow
def test_two_processes_give_what_one_gives(home, tmp_path, monkeypatch):
    monkeypatch.setattr("index.build._FEW", 0)
    monkeypatch.setattr("index.reading._BATCH", 2)
    shutil.copytree(home / "papers", tmp_path / "two" / "papers")
    build(tmp_path / "two", jobs=2)
    assert content(tmp_path / "two") == content(home)


def test_a_reader_keeps_its_build_until_it_closes(home, fill, invented):
    with KnowledgeBase.open(home) as reader:
        fill(home, [invented("Wren: A Later Paper", "Wren is 2x faster than Heron.", 9)])
        build(home, jobs=1)
        build(home, jobs=1)
        assert reader.status()["papers"] == 6
        assert reader.build.folder.is_dir()
        assert reader.ask(QUESTION).answers[0].title.startswith("Larkspur")
        with KnowledgeBase.open(home) as later:
            assert later.status()["papers"] == 7
    build(home, jobs=1)
    kept = sorted(p.name for p in (home / "builds").iterdir() if p.name.isdecimal())
    assert kept == ["4"], "builds that nobody reads are removed"


def test_only_one_build_writes_and_the_other_is_told(home):
    with (home / "builds" / "writer.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(HomeError, match=r"another build is writing in .*builds"):
            build(home, jobs=1)
        with KnowledgeBase.open(home) as base:
            assert base.ask(QUESTION).answers


def test_what_a_killed_build_left_is_cleaned_away(home):
    left = home / "builds" / ".unfinished-2"
    left.mkdir()
    (left / "claims.duckdb").write_bytes(b"half")
    (home / "builds" / ".unfinished-current").symlink_to("2")
    (home / "builds" / "7").mkdir()  # renamed, but never made current, and torn by the file system
    build(home, jobs=1)
    assert sorted(p.name for p in (home / "builds").iterdir()) == ["8", "current", "writer.lock"]


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 0x20
    path.write_bytes(held)


@pytest.mark.parametrize(
    ("damage", "file"),
    [(cut, "claims.duckdb"), (flip, "claims.duckdb"), (os.remove, "claims.duckdb"), (flip, "vectors.faiss"),
     (cut, "vectors.faiss"), (flip, "words/data.csc.index.npy"), (os.remove, "words/vocab.index.json")],
)  # fmt: skip
def test_damage_is_named_and_mended_by_a_build(home, damage, file):
    before = content(home)
    damage(home / "builds" / "1" / file)
    with pytest.raises(HomeError, match=rf"build 1 is damaged: .*{file}.*claims build"):
        KnowledgeBase.open(home)
    report = build(home, jobs=1)
    assert report.papers_read == 6
    assert file in report.notes[0]
    assert content(home) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"build": 1}', '{"format": 1, "build": 1, "files": {}}'])
def test_a_manifest_that_is_not_ours_is_named(home, text):
    (home / "builds" / "1" / "manifest.json").write_text(text)
    with pytest.raises(HomeError, match=r"builds/1.*claims build"):
        KnowledgeBase.open(home)
    assert build(home, jobs=1).papers == 6


def test_without_a_build_or_papers_the_next_step_is_said(tmp_path):
    with pytest.raises(HomeError, match="claims build"):
        KnowledgeBase.open(tmp_path)
    with pytest.raises(HomeError, match="claims import"):
        build(tmp_path)


def test_a_build_that_fails_leaves_the_old_one_in_force_and_nothing_else(home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = content(home)
    monkeypatch.setattr("index.word_counts.WordCounts.write", full)
    with pytest.raises(OSError, match=r"the disk of .* is full .*stays as it was"):
        build(home, jobs=1)
    assert content(home) == before
    assert sorted(p.name for p in (home / "builds").iterdir()) == ["1", "current", "writer.lock"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
@pytest.mark.parametrize("megabytes", [1, 4])
def test_a_full_disk_is_said_and_leaves_the_old_build_in_force(home, tmp_path, megabytes, fill, invented):
    disk = tmp_path / "disk"
    disk.mkdir()
    size = sum(f.stat().st_size for f in home.rglob("*") if f.is_file()) + (megabytes << 20)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        shutil.copytree(home, disk / "home", symlinks=True)
        (disk / "ballast").write_bytes(b"\0" * ((megabytes << 20) - (600 << 10)))
        with pytest.raises(OSError, match=r"the disk of .* is full|No space left"):
            build(disk / "home", jobs=1)
        assert content(disk / "home") == content(home)
        (disk / "ballast").unlink()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_without_an_encoder_words_and_claims_remain(tmp_path, papers, fill, monkeypatch):
    def missing(name="fast"):
        raise encoder.EncoderMissing(f"{name} is not installed")

    for place in ("index.embedding.load", "index.reading.load"):
        monkeypatch.setattr(place, missing)
    fill(tmp_path, papers)
    report = build(tmp_path, jobs=1)
    assert report.encoder is None
    assert any("words and claims only" in note for note in report.notes)
    assert any("no technique families" in note for note in report.notes)
    monkeypatch.undo()
    with KnowledgeBase.open(tmp_path) as base:
        answer = base.ask(QUESTION)
        assert answer.answers[0].title.startswith("Larkspur")
        assert "Words and claims only" in answer.note
        with pytest.raises(ValueError, match="no vectors"):
            base.similar("2501.00001")
    assert build(tmp_path, jobs=1).vectors_made == 6, "with the encoder back the next build makes the vectors"
    with KnowledgeBase.open(tmp_path) as base:
        assert base.rows("SELECT * FROM paper_techniques")


KILLS = int(os.environ.get("CLAIMS_KILLS", "4"))  # 100 by `make fuzz`


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_or_half(home, tmp_path, fill, invented):
    """SIGKILL at random moments: the old build answers in between, the next run gives what an undisturbed one gives."""
    fill(
        home,
        [invented(f"Wren {i}: A Later Paper", f"Wren is {i + 2}x faster than Heron {i}.", 10 + i) for i in range(5)],
    )
    program = "import sys; from pathlib import Path; from index.build import build; build(Path(sys.argv[1]), jobs=1)"
    call = [sys.executable, "-c", program, str(home)]
    random.seed(7)
    started = time.monotonic()
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(home, undisturbed, symlinks=True)
    subprocess.run([*call[:-1], str(undisturbed)], check=True)
    longest = time.monotonic() - started
    expected = content(undisturbed)
    for _ in range(KILLS):
        process = subprocess.Popen(call)
        try:
            process.wait(random.uniform(0.3, 1.0) * longest)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        with KnowledgeBase.open(home) as base:
            assert base.ask(QUESTION).answers[0].title.startswith("Larkspur")
            assert not builds.damage(base.build, whole=True)
    subprocess.run(call, check=True)
    assert content(home) == expected
    assert not list((home / "builds").glob(".*"))


@pytest.mark.parametrize("name", ["a home", "it's", "[1-9]*", "%s{}", "naïve"])
def test_a_home_may_have_any_name(tmp_path, papers, fill, name):
    home = tmp_path / name
    fill(home, papers[:2])
    build(home, jobs=1)
    fill(home, papers[2:4])
    assert build(home, jobs=1).papers == 4
    with KnowledgeBase.open(home) as base:
        assert base.sql("SELECT count(*) AS n FROM papers").rows == [(4,)]
        assert base.export("papers", out=home / "papers.csv")["rows"] == 4
        assert base.ask(QUESTION).answers[0].title.startswith("Larkspur")


def test_a_home_without_papers_can_be_built_and_asked(tmp_path, fill):
    fill(tmp_path, [])
    assert build(tmp_path, jobs=1).papers == 0
    with KnowledgeBase.open(tmp_path) as base:
        answer = base.ask(QUESTION)
        assert not answer.answers
        assert answer.note
        assert base.status()["papers"] == 0
        with pytest.raises(ValueError, match="no paper"):
            base.show("2501.00001")


@pytest.mark.slow
def test_no_process_outlives_a_killed_build(tmp_path, papers, fill):
    """Workers once waited for ever for work from a build that had been killed."""
    fill(tmp_path, papers)
    program = (
        "import sys, time; from pathlib import Path; from index import build, reading\n"
        "if __name__ == '__main__':\n"
        "    build._FEW = 0; reading._BATCH = 1\n"
        "    slow = build._Build.fresh\n"
        "    build._Build.fresh = lambda *a: ((time.sleep(i and 30), p)[1] for i, p in enumerate([*slow(*a)] * 100))\n"
        "    build.build(Path(sys.argv[1]), jobs=2)\n"
    )
    (tmp_path / "run.py").write_text(program)
    process = subprocess.Popen([sys.executable, str(tmp_path / "run.py"), str(tmp_path)], cwd=Path(__file__).parents[1])
    workers = wait_for(lambda: [p for p in children(process.pid) if "spawn_main" in p[1]])
    process.kill()
    process.wait()
    wait_for(lambda: not [pid for pid, _ in workers if Path(f"/proc/{pid}").exists()])


def children(parent):
    """(id, command line) of the processes whose parent this is."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == parent:
                    found.append((int(folder.name), (folder / "cmdline").read_text()))
            except OSError:  # it ended meanwhile
                continue
    return found


def wait_for(what, seconds=30):
    """The first true answer; fails when there is none in time."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until
        time.sleep(0.1)
    return found


def test_the_database_of_a_build_stands_alone(home):
    """No write-ahead log is left beside it: the one file is all of it."""
    assert not list((home / "builds" / "1").glob("*.wal"))
    connection = store.reading(home / "builds" / "1" / store.DATABASE)
    assert store.count(connection, "claims_wide") > 8
    connection.close()
