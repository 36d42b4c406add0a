"""A knowledge base outlives its readers, its writers, full disks, damaged files and its own older versions."""

import json
import resource
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.archive import Archive
from crawler.checks import entry_digest
from crawler.limits import memory
from crawler.reading import import_paths
from crawler.responses import KeptResponse, Responses
from index import KnowledgeBase, builds, store
from index.build import build
from index.builds import HomeError
from ui.cli import cli

QUESTION = "at least 3x faster on an A100"
ROOT = Path(__file__).parents[1]


def other_process(program, *words, **options):
    """A Python program in a process of its own, its words as sys.argv[1:]."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, words)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def numbers(home):
    """The builds on disk."""
    return sorted(int(p.name) for p in (home / "builds").iterdir() if p.name.isdecimal())


def said(home):
    """What the current build says of papers and claims, whatever their order."""
    with KnowledgeBase.open(home) as base:
        papers = base.rows("SELECT * EXCLUDE (paper_no) FROM papers ORDER BY paper_id")
        found = base.rows("SELECT claim_id, quote, factor FROM claims ORDER BY claim_id")
        seen = base.rows("SELECT paper_id, source_kind, page, place FROM paper_sources ORDER BY ALL")
        return papers, found, seen


# ---------------------------------------------------------------- readers and writers


def publish_again(home):
    """Another build of the same files, without making them: what readers see of a build, many times a second."""
    with builds.writing(home) as (number, staging):
        old = builds.open_current(home)
        for name in old.manifest["files"]:
            (staging / name).parent.mkdir(exist_ok=True)
            shutil.copy(old.folder / name, staging / name)
        kept = {k: v for k, v in old.manifest.items() if k not in ("format", "build", "tables", "files", "sum")}
        old.close()
        builds.publish(home, number, staging, kept)
        builds.prune(home)


READER = """
import sys
from index import KnowledgeBase
with KnowledgeBase.open(sys.argv[1]) as base:
    print(base.build.number, base.ask(sys.argv[2]).answers[0].title, flush=True)
    for line in sys.stdin:
        print(base.build.number, base.similar(base.ask(sys.argv[2]).answers[0].paper_id)[0]["title"], flush=True)
"""


def test_a_build_that_another_process_reads_is_kept_until_it_is_closed_or_killed(home):
    readers = [other_process(READER, home, QUESTION) for _ in range(2)]
    try:
        assert all(reader.stdout.readline().startswith("1 Larkspur") for reader in readers)
        for _ in range(2):
            publish_again(home)
        assert numbers(home) == [1, 3], "the build that is read was pruned, or the one that is not was kept"
        for reader in readers:  # what is loaded only now is still there
            reader.stdin.write("again\n")
            reader.stdin.flush()
            assert reader.stdout.readline().startswith("1 ")
        readers[0].kill()
        readers[0].wait()
        publish_again(home)
        assert numbers(home) == [1, 4], "one reader is left"
        readers[1].communicate(timeout=30)
        build(home, jobs=1)  # the real one prunes as well
        assert numbers(home) == [5]
    finally:
        for reader in readers:
            reader.kill()
            reader.communicate()


OPENER = """
import sys, time
from index import KnowledgeBase
seen, until = set(), time.monotonic() + float(sys.argv[2])
print("ready", flush=True)
while time.monotonic() < until:
    with KnowledgeBase.open(sys.argv[1]) as base:
        assert base.rows("SELECT count(*) AS n FROM claims_wide")[0]["n"] > 0
        assert base.words.scores("faster").any() and len(base.vectors.of(0))
        seen.add(base.build.number)
print(sorted(seen))
"""


def test_readers_never_wait_fail_or_see_half_while_builds_replace_each_other(home):
    readers = [other_process(OPENER, home, 2)]
    assert all(reader.stdout.readline() == "ready\n" for reader in readers)
    rounds = 0
    while any(reader.poll() is None for reader in readers):
        publish_again(home)
        rounds += 1
    for reader in readers:
        out, err = reader.communicate()
        assert reader.returncode == 0, err
        assert len(json.loads(out)) > 1, f"of {rounds} builds only {out} were seen"


def test_a_second_writer_is_told_who_writes_and_readers_go_on(home):
    writer = other_process(
        "import sys; from pathlib import Path; from index import builds\n"
        "with builds.writing(Path(sys.argv[1])): print('writing', flush=True); sys.stdin.read()",
        home,
    )
    try:
        assert writer.stdout.readline() == "writing\n"
        with pytest.raises(HomeError, match=rf"another build is writing in .*builds \(process {writer.pid}\).*Wait"):
            build(home, jobs=1)
        with KnowledgeBase.open(home) as base:
            assert base.ask(QUESTION).answers
    finally:
        writer.kill()
        writer.communicate()
    assert build(home, jobs=1).build == 2, "the lock of a process that is gone holds nobody up"


# ---------------------------------------------------------------- full disks


@contextmanager
def files_of_at_most(size):
    """No file of this process can grow beyond so many bytes: what a full disk does, for whoever may not mount one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("most", [100_000, 1_500_000])
def test_where_nothing_more_can_be_written_the_old_build_stays_in_force(home, most):
    before = said(home)
    with (
        files_of_at_most(most),
        pytest.raises(OSError, match=r"(?i)the build failed: .*file too large.*stays as it was"),
    ):
        build(home, jobs=1)
    assert said(home) == before
    assert numbers(home) == [1]
    assert not list((home / "builds").glob(".*"))


def test_an_import_that_fills_the_disk_loses_nothing_and_can_be_repeated(tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    rows = [{"title": f"Paper {n}", "abstract": "It is 2x faster. " * 20} for n in range(2500)]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    home = tmp_path / "home"
    with files_of_at_most(700_000), pytest.raises(OSError, match="File too large"):
        import_paths(home, [str(corpus)])
    result = import_paths(home, [str(corpus)])
    assert (result.read, result.unreadable) == (2500, ())
    archive = Archive(home)
    assert sorted(p.title for p in archive.papers()) == sorted(row["title"] for row in rows)
    assert archive.entries() == 2500
    archive.close()


# ---------------------------------------------------------------- damage


def flip(path, at=0.5):
    """One bit, on the way through the file."""
    held = bytearray(path.read_bytes())
    held[int(at * (len(held) - 1))] ^= 1
    path.write_bytes(held)


def checked(home):
    """`claims status --check --json`: exit code and damage."""
    done = CliRunner().invoke(cli, ["status", "--check", "--json", "--home", str(home)])
    return done.exit_code, json.loads(done.stdout)["damage"] if done.stdout.startswith("{") else [done.output]


@pytest.mark.parametrize("file", ["vectors.faiss"])
def test_in_a_large_build_damage_is_named_by_a_full_check_and_mended_by_a_build(home, file, monkeypatch):
    """Above HASHED_ON_OPENING a reader compares sizes and ends: a bit in the middle is the full check's to find."""
    monkeypatch.setattr(builds, "HASHED_ON_OPENING", 0)
    monkeypatch.setattr(builds, "_END", 16)
    path = home / "builds" / "1" / file
    manifest = home / "builds" / "1" / builds.MANIFEST
    told = json.loads(manifest.read_text())
    for name, row in told["files"].items():
        row["ends"] = builds._ends(home / "builds" / "1" / name)
    manifest.write_text(json.dumps(told | {"sum": builds._sum(told)}))
    before = said(home)
    assert checked(home) == (0, [])
    flip(path)
    code, damage = checked(home)
    assert code == 1
    assert file in " ".join(damage)
    report = build(home, jobs=1)
    assert any(file in note for note in report.notes)
    assert said(home) == before
    assert checked(home) == (0, [])


def test_a_database_whose_blocks_are_damaged_is_named_when_it_is_read(home, monkeypatch):
    monkeypatch.setattr(builds, "HASHED_ON_OPENING", 0)
    path = home / "builds" / "1" / store.DATABASE
    held = path.read_bytes()
    middle = slice(len(held) // 8, len(held) - builds._END)
    path.write_bytes(held[: middle.start] + bytes(len(held[middle])) + held[middle.stop :])
    with KnowledgeBase.open(home) as base:
        assert base.ask(QUESTION).answers, "a question does not read the database"
        tables = ("claims", "papers", "techniques", "devices", "implementations", "paper_techniques")
        with pytest.raises(HomeError, match=r"build 1 is damaged: .*claims\.duckdb has changed.*claims build"):
            [base.rows(f"SELECT * FROM {table}") for table in tables]


def test_damaged_records_are_named_when_a_question_meets_them(home, monkeypatch):
    monkeypatch.setattr(builds, "HASHED_ON_OPENING", 0)
    path = home / "builds" / "1" / "records" / "rows.bin"
    held = path.read_bytes()
    path.write_bytes(held[:1] + bytes(len(held) - 2) + held[-1:])
    whole_only = builds.damage  # the file is too small for its ends to be right and its middle wrong
    monkeypatch.setattr(builds, "damage", lambda build, *, whole: whole_only(build, whole=True) if whole else [])
    with pytest.raises(HomeError, match=r"build 1 is damaged: .*rows\.bin has changed.*claims build"):
        KnowledgeBase.open(home).ask(QUESTION)


@pytest.mark.parametrize("at", [0.02, 0.5])
def test_a_flipped_bit_in_the_papers_is_named_and_the_paper_taken_from_the_last_build(home, at):
    before = said(home)
    (file,) = (home / "papers").glob("*.jsonl")
    flip(file, at)
    code, damage = checked(home)
    assert code == 1
    assert file.name in " ".join(damage)
    report = build(home, jobs=1)
    assert any(file.name in note and "have changed since they were read" in note for note in report.notes)
    assert said(home) == before
    assert checked(home) == (0, [])


def test_papers_that_were_cut_off_are_taken_from_the_last_build(home):
    before = said(home)
    (file,) = (home / "papers").glob("*.jsonl")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    report = build(home, jobs=1)
    assert any("bytes, it had" in note for note in report.notes)
    assert said(home) == before


def test_papers_that_somebody_took_away_are_named_and_stay_away(home, fill, invented):
    (first,) = (home / "papers").glob("*.jsonl")
    fill(home, [invented("Wren: A Later Paper", "Wren is 2x faster than Heron.", 9)])
    build(home, jobs=1)
    first.unlink()
    report = build(home, jobs=1)
    assert report.papers == 1
    assert any(f"{first.name} is gone" in note for note in report.notes)


def crawled(home, titles):
    """A home with a run that a crawl might have left: its responses, and the papers read from them."""
    kept = Responses(home, "run-crawl-1")
    for n, title in enumerate(titles):
        url = f"https://papers.invented.test/api/daily_papers?date=2026-01-{5 + n:02}"
        paper = {"id": f"2601.7{n:04}", "title": title, "summary": f"{title} is {n + 2}x faster."}
        body = json.dumps([{"paper": paper}]).encode()
        kept.keep(KeptResponse(url, 200, "application/json", datetime(2026, 1, 9, tzinfo=UTC), body))
    kept.close()
    file = home / "responses" / "run-crawl-1.jsonl.gz"
    import_paths(home, [str(file)])
    (made,) = (home / "papers").glob("*.jsonl")
    made.rename(made.with_name("run-crawl-1.jsonl"))
    for path in (home / "papers").glob("index.sqlite*"):
        path.unlink()
    return file


def test_damaged_papers_are_read_again_from_the_responses_of_their_run(tmp_path):
    crawled(tmp_path, ["Avocet", "Bittern", "Curlew"])
    build(tmp_path, jobs=1)
    before = said(tmp_path)
    papers = tmp_path / "papers" / "run-crawl-1.jsonl"
    papers.write_bytes(papers.read_bytes().replace(b"Bittern", b"Bitterm"))
    report = build(tmp_path, jobs=1)
    assert any("read again from" in note and "responses" in note for note in report.notes)
    assert said(tmp_path) == before


def test_a_damaged_response_is_named_and_those_behind_it_are_read(tmp_path):
    file = crawled(tmp_path, ["Avocet", "Bittern", "Curlew"])
    build(tmp_path, jobs=1)
    flip(file)
    code, damage = checked(tmp_path)
    assert code == 1
    assert any(file.name in line and "byte" in line for line in damage)
    again = import_paths(tmp_path / "again", [str(file)])
    assert again.new == 2
    assert len(again.unreadable) == 1


def test_a_verdict_torn_by_a_kill_costs_only_itself(home, base):
    claim = base.rows("SELECT claim_id FROM claims LIMIT 1")[0]["claim_id"]
    base.curate(claim, "confirm")
    file = home / "curation.jsonl"
    file.write_bytes(file.read_bytes() + file.read_bytes()[:-30])
    base.curate(claim, "note", note="after the torn line")
    with KnowledgeBase.open(home) as later:
        assert later.verdicts.entries == 2
        assert len(later.verdicts.unreadable) == 1


# ---------------------------------------------------------------- other formats

HOMES = sorted((Path(__file__).parent / "homes").glob("format-*"))


@pytest.mark.parametrize("kept", HOMES, ids=lambda p: p.name)
def test_a_home_of_each_format_opens_or_is_made_again_from_its_papers(kept, tmp_path):
    home = Path(shutil.copytree(kept, tmp_path / "home", symlinks=True))
    expected = json.loads((home / "expected.json").read_text())
    with pytest.raises(HomeError, match=r"builds/1.*(format|damaged|other tables|missing).*claims build"):
        KnowledgeBase.open(home)
    report = build(home, jobs=1)
    assert report.papers == len(expected["titles"])
    with KnowledgeBase.open(home) as base:
        assert [row["title"] for row in base.rows("SELECT title FROM papers ORDER BY paper_no")] == expected["titles"]
        assert [str(row["crawl_day"]) for row in base.rows("SELECT crawl_day FROM crawl_days")] == expected["days"]
        assert base.verdicts.entries == 1
        assert base.rows("SELECT note FROM curation") == [{"note": "kept by every version"}]
        status = base.status(check=True)
        assert status["damage"] == status["unreadable"] == []
    (file,) = (home / "responses").glob("*.gz")
    assert import_paths(home, [str(file)]).new == 0, "its responses say what its papers do"


def test_there_is_a_home_of_the_format_that_is_written_now():
    """Whoever raises builds.FORMAT makes one: python tests/homes/make.py tests/homes/format-N."""
    assert f"format-{builds.FORMAT}" in {home.name for home in HOMES}


@pytest.mark.parametrize(("number", "said_of_it"), [(builds.FORMAT + 1, "newer version"), (1, "has format 1")])
def test_builds_of_other_formats_are_named_and_made_again(home, number, said_of_it):
    manifest = home / "builds" / "1" / builds.MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": number}))
    with pytest.raises(HomeError, match=rf"{said_of_it}.*claims build"):
        KnowledgeBase.open(home)
    report = build(home, jobs=1)
    assert report.papers_read == 6
    assert any(f"format {number}" in note for note in report.notes)
    assert KnowledgeBase.open(home).status()["papers"] == 6


@pytest.mark.parametrize("gone", ["manifest.json", "."])
def test_a_build_without_one_of_its_files_is_named_and_made_again(home, gone):
    before = said(home)
    path = home / "builds" / "1" / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(HomeError, match=r"builds/1.*claims build"):
        KnowledgeBase.open(home)
    build(home, jobs=1)
    assert said(home) == before


def test_lines_that_a_newer_version_wrote_are_read_as_far_as_they_are_known(home):
    (file,) = (home / "papers").glob("*.jsonl")
    row = {k: v for k, v in json.loads(file.read_text().splitlines()[0]).items() if k != "sum"}
    row["paper"]["venue"], row["paper"]["sources"][0]["score"] = "somewhere", 3
    row["paper"]["title"], row["paper_id"], row["entry"] = "Of a later version", "ffffffffff", "0" * 16
    row["paper"]["paper_id"], row["paper"]["arxiv_id"] = "ffffffffff", None
    later = [row | {"digest": entry_digest(row["paper"])}, {"reviews": {"of": "x"}}]
    (home / "papers" / "z.jsonl").write_text("".join(json.dumps(r) + "\n" for r in later))
    report = build(home, jobs=1)
    assert report.papers == 7
    assert any("z.jsonl" in note and "no line of ours" in note for note in report.notes)


def test_this_process_keeps_its_limits():
    """Reading Parquet lowers the address space while it runs; it must be as before afterwards."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    with memory(1 << 30):
        assert resource.getrlimit(resource.RLIMIT_AS) != before
    assert resource.getrlimit(resource.RLIMIT_AS) == before
