"""Archives, pages, JSON and Parquet from strangers: nothing is written outside the home, memory stays bounded."""

import gzip
import io
import json
import resource
import stat
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crawler import arxiv_pages, corpus, daily_html, daily_json, fulltext, limits
from crawler.listing import Problem, UnreadableError
from crawler.reading import import_paths

PAGE = b'{"title": "A Title", "abstract": "It is 2x faster."}\n'


@pytest.fixture
def inbox(tmp_path):
    """A folder for what came from outside; beside it lies what must stay as it is."""
    (tmp_path / "outside.jsonl").write_bytes(b"mine\n")
    (tmp_path / "in" / "deep").mkdir(parents=True)
    return tmp_path / "in" / "deep"


def imported(inbox, *files):
    """What an import of files into a home beside them gives; nothing but the home may change."""
    home = inbox / "home"
    around = {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in inbox.parents[1].rglob("*") if not p.is_dir()}
    result = import_paths(home, [str(file) for file in files])
    after = {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in inbox.parents[1].rglob("*") if not p.is_dir()}
    assert {p: s for p, s in after.items() if not p.is_relative_to(home)} == around
    return result


NAMES = [
    "../outside.jsonl",
    "../../outside.jsonl",
    "/tmp/claims-absolute.jsonl",
    "a/../../outside.jsonl",
    "..\\outside.jsonl",
    "C:\\x.jsonl",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_lead_out_of_an_archive_lead_nowhere(inbox, name):
    with zipfile.ZipFile(inbox / "x.zip", "w") as packed:
        packed.writestr(name, PAGE)
    with tarfile.open(inbox / "x.tar.gz", "w:gz") as packed:
        member = tarfile.TarInfo(name)
        member.size = len(PAGE)
        packed.addfile(member, io.BytesIO(PAGE))
    result = imported(inbox, inbox / "x.zip", inbox / "x.tar.gz")
    assert result.new <= 1
    assert not Path("/tmp/claims-absolute.jsonl").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_links_and_devices_in_a_tar_are_not_followed(inbox, kind):
    with tarfile.open(inbox / "x.tar", "w") as packed:
        member = tarfile.TarInfo("page.jsonl")
        member.type, member.linkname = kind, str(inbox.parents[1] / "outside.jsonl")
        packed.addfile(member)
    assert imported(inbox, inbox / "x.tar").read == 0


def test_links_in_a_folder_or_a_zip_lead_nowhere(inbox):
    secret = inbox.parents[1] / "secret.jsonl"
    secret.write_bytes(PAGE)
    folder = inbox / "folder"
    folder.mkdir()
    (folder / "page.jsonl").symlink_to(secret)
    (folder / "more").symlink_to(inbox.parents[1], target_is_directory=True)
    with zipfile.ZipFile(inbox / "x.zip", "w") as packed:
        link = zipfile.ZipInfo("page.jsonl")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, str(secret))
    assert imported(inbox, folder, inbox / "x.zip").read == 0


def test_a_member_that_unpacks_without_end_is_named(inbox, monkeypatch):
    monkeypatch.setattr(limits, "LARGEST_MEMBER", 1 << 20)
    zeros = bytes(8 << 20)
    with zipfile.ZipFile(inbox / "x.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.jsonl", zeros)
        packed.writestr("b.jsonl", PAGE)
    (inbox / "y.jsonl.gz").write_bytes(gzip.compress(zeros))
    result = imported(inbox, inbox / "x.zip", inbox / "y.jsonl.gz")
    assert result.new == 1, "the members behind it are read"
    assert [("over 1 MiB" in unread.why) for unread in result.unreadable] == [True, True]


def test_an_archive_of_many_members_that_grow_is_stopped(inbox, monkeypatch):
    monkeypatch.setattr(limits, "MOST_ANYHOW", 1 << 20)
    with zipfile.ZipFile(inbox / "x.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for n in range(40):
            packed.writestr(f"{n}.txt", bytes(1 << 20))
    result = imported(inbox, inbox / "x.zip")
    assert sum("200 times its own size" in unread.why for unread in result.unreadable) > 20


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_tar_header_of_gigabytes_is_not_read(inbox, kind):
    """Eight gigabytes of header pack into nothing, and Python's tarfile reads a header whole."""
    header = tarfile.TarInfo("h")
    header.type, header.size = kind, 1 << 33
    with gzip.open(inbox / "x.tar.gz", "wb") as packed:
        packed.write(header.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20))
    (unread,) = imported(inbox, inbox / "x.tar.gz").unreadable
    assert "expected a whole archive" in unread.why


def test_an_archive_within_an_archive_is_not_unpacked(inbox):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("page.jsonl", PAGE)
    with zipfile.ZipFile(inbox / "x.zip", "w") as packed:
        packed.writestr("inner.zip", inner.getvalue())
    result = imported(inbox, inbox / "x.zip")
    assert (result.read, len(result.unreadable)) == (0, 1)


def test_a_line_without_end_is_named_and_the_lines_before_it_are_read(inbox, monkeypatch):
    for ending, head in (("jsonl", PAGE), ("csv", b"title,abstract\nA Title,It is 2x faster.\n")):
        (inbox / f"x.{ending}").write_bytes(head + b'{"a": "' + b"x" * (limits.LARGEST_LINE + 10))
    result = imported(inbox, inbox / "x.jsonl", inbox / "x.csv")
    assert result.read == 2
    assert all("line 2" in u.why or "line 3" in u.why for u in result.unreadable), result.unreadable


def test_a_page_with_more_tags_than_any_is_named_at_once(monkeypatch):
    monkeypatch.setattr(limits, "MOST_TAGS", 1000)
    text = "<b>" * 1001
    for parser in (
        lambda: daily_html.page_of(text),
        lambda: arxiv_pages.feed_of(text.encode()),
        lambda: next(arxiv_pages.read_abstract_page(text, "p")),
        lambda: fulltext.read(text),
    ):
        with pytest.raises(UnreadableError, match="1001 tags"):
            parser()


def test_entities_are_not_expanded_and_files_not_read():
    lol = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    entry = "<entry><id>http://arxiv.org/abs/2601.70001</id><title>T &l9; &file;</title><summary>S</summary></entry>"
    text = (
        f"<!DOCTYPE feed [<!ENTITY l0 'lol'>{lol}<!ENTITY file SYSTEM 'file:///etc/passwd'>]>"
        f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'
    )
    try:
        found = str(list(arxiv_pages.read_feed(text.encode(), "f")))
    except UnreadableError as problem:
        found = str(problem)
    assert "root:" not in found
    assert "lollol" not in found


def test_a_table_whose_spans_fill_memory_is_left_out():
    row = "<tr>" + "<td class='ltx_td' rowspan=200 colspan=200>x</td>" * 40 + "</tr>"
    page = f"<table class='ltx_tabular'>{row * 100}</table>"
    soup = fulltext.BeautifulSoup(page, "lxml")
    started = time.process_time()
    assert fulltext.grid(soup.table) == ()
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"a":' * 200_000,
        "9" * 1_000_000,
        "[" + "9" * 5000 + "]",
        '[{"paper": {"title": "T", "upvotes": ' + "9" * 5000 + "}}]",
    ],
)
def test_json_that_is_deep_or_has_endless_numbers_is_named(text):
    with pytest.raises(UnreadableError, match="expected"):
        list(daily_json.read(text, "p"))
    (problem,) = corpus.read_jsonl([text], "p")
    assert isinstance(problem, Problem)


def test_counts_beyond_any_table_are_unknown():
    """One such row was stored, and from then on every build failed."""
    row = {"title": "T", "abstract": "A", "upvotes": 10**30, "author_count": "9" * 40}
    (paper,) = corpus.read_jsonl([json.dumps(row)], "p")
    assert (paper.upvotes, paper.author_count) == (None, None)


# ---------------------------------------------------------------- Parquet


def test_columns_of_any_type_are_read_or_left(inbox):
    table = pa.table(
        {
            "title": pa.array(["T", None, "U"]),
            "abstract": pa.array(["A", "B", "C"]).dictionary_encode(),
            "upvotes": pa.array([2**60, None, -1]),
            "authors": pa.array([[{"name": "Ada", "x": [[1]]}], None, []]),
            "published": pa.array([2**40, 0, None], pa.timestamp("s")),
            "url": pa.array([b"\xff\xfe", b"x", None], pa.binary()),
            "listed": pa.array([1, 2, None]),
            "other": pa.array([[[[[1]]]]] * 3),
        }
    )  # fmt: skip
    pq.write_table(table, inbox / "c.parquet")
    result = imported(inbox, inbox / "c.parquet")
    assert result.read >= 1
    assert all("row " in unread.why for unread in result.unreadable)


@pytest.mark.parametrize(
    "wrong",
    [pa.array([1, 2]), pa.array([["a"], ["b"]]), pa.array([b"\xff", b"\xfe"], pa.binary()), pa.array([True, None])],
)
def test_titles_of_another_type_are_named(inbox, wrong):
    pq.write_table(pa.table({"title": wrong, "abstract": ["A", "B"]}), inbox / "c.parquet")
    result = imported(inbox, inbox / "c.parquet")
    assert (result.read, len(result.unreadable)) == (0, 2)


READ = """
import resource, sys
from pathlib import Path
from crawler import limits
from crawler.reading import import_paths
limits.PARQUET_MEMORY = 0
import crawler.corpus
crawler.corpus.PARQUET_MEMORY = 512 << 20
result = import_paths(Path(sys.argv[1]), [sys.argv[2]])
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
print(result.read, [u.why[:70] for u in result.unreadable][:2], most)
"""


@pytest.mark.parametrize(("kept", "why"), [(False, "needs more than"), (True, "expected texts of at most")])
def test_a_parquet_file_that_unpacks_to_gigabytes_is_named_in_bounded_memory(tmp_path, kept, why):
    """A few kilobytes that say: this text of 40 MB, in each of 5,000 rows; 200 GB when unpacked."""
    every = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), pa.array(["x" * 40_000_000]))
    table = pa.table({"title": ["T"] * 5000, "abstract": every})
    pq.write_table(table, tmp_path / "c.parquet", compression="zstd", store_schema=kept)
    assert (tmp_path / "c.parquet").stat().st_size < 1 << 20
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "home"), str(tmp_path / "c.parquet")],
        capture_output=True, text=True, cwd=Path(__file__).parents[1], timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("0 ") and why in done.stdout, done.stdout  # noqa: PT018
    assert int(done.stdout.split()[-1]) < 2000, "megabytes"


def test_an_abstract_longer_than_any_is_named(inbox):
    row = {"title": "T", "abstract": "x" * (limits.LONGEST_TEXT + 1)}
    (inbox / "c.jsonl").write_text(json.dumps(row) + "\n" + PAGE.decode())
    result = imported(inbox, inbox / "c.jsonl")
    assert result.new == 1
    assert "at most 1000000" in result.unreadable[0].why


def test_memory_that_may_not_be_had_raises_and_is_had_again():
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError), limits.memory(64 << 20):
        bytearray(1 << 30)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert len(bytearray(128 << 20)) == 128 << 20
