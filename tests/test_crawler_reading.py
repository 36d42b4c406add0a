"""`claims import`: every kind of file, folders, archives and standard input, into the archive."""

import gzip
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import Archive
from crawler.reading import import_paths

SHARED = Path(__file__).parents[2] / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "pages").is_dir(), reason="the real pages of ../shared are not here")

DAY = json.dumps([{"paper": {"id": "2601.90001", "title": "Quick Kernels", "summary": "Fast.", "upvotes": 3}}])
TEXT = "Get trending papers in your email inbox!\nSubscribeQuick Kernels\nFast.\nSlow Kernels\nNot so.\n"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    (folder / "days").mkdir(parents=True)
    (folder / "days/2026-01-06.json").write_text(DAY)
    (folder / "page.txt").write_text(TEXT)
    (folder / "corpus.jsonl").write_text(
        '{"title": "Third", "abstract": "A."}\n{"title": "Fourth", "abstract": "B."}\n'
    )
    (folder / "notes.md").write_text("not a page")
    (folder / ".hidden.txt").write_text("not a page")
    return folder


def counts(home: Path, *paths: Path | str) -> tuple[int, int, int, list[str]]:
    found = import_paths(home, [str(path) for path in paths]).as_json()
    return found["read"], found["new"], found["changed"], [Path(u["path"]).name for u in found["unreadable"]]


def test_a_folder_is_read_whole_and_twice_changes_nothing(tmp_path: Path, saved: Path) -> None:
    assert counts(tmp_path / "home", saved) == (5, 4, 0, [])
    assert counts(tmp_path / "home", saved, saved / "page.txt") == (5, 0, 0, [])
    moved = saved.rename(tmp_path / "elsewhere")
    assert counts(tmp_path / "home", moved, moved / "days") == (5, 0, 0, [])


def test_the_name_of_a_days_file_is_its_day(tmp_path: Path, saved: Path) -> None:
    import_paths(tmp_path / "home", [str(saved / "days")])
    (paper,) = Archive(tmp_path / "home").papers()
    assert str(paper.listed) == "2026-01-06"
    assert paper.sources[0].page == "2026-01-06.json"


@pytest.mark.parametrize("ending", ["tar.xz", "tar.gz", "zip"])
def test_archives_are_read_like_folders(tmp_path: Path, saved: Path, ending: str) -> None:
    archive = tmp_path / f"saved.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(archive, "w") as packed:
            for path in saved.rglob("*.*"):
                packed.write(path, path.relative_to(saved))
    else:
        with tarfile.open(archive, f"w:{ending[4:]}") as packed:
            packed.add(saved, "saved")
    assert counts(tmp_path / "home", archive) == (5, 4, 0, [])
    assert counts(tmp_path / "home", saved) == (5, 0, 0, [])


def test_a_packed_corpus_is_read(tmp_path: Path, saved: Path) -> None:
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress((saved / "corpus.jsonl").read_bytes()))
    assert counts(tmp_path / "home", tmp_path / "c.jsonl.gz") == (2, 2, 0, [])


def test_standard_input_is_told_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"title,abstract\nQuick Kernels,Fast.\n")

    monkeypatch.setattr(sys, "stdin", Stdin)
    assert counts(tmp_path, "-") == (1, 1, 0, [])


BAD = {
    "gone.json": (None, "cannot be opened: No such file"),
    "empty.json": (b"", "empty"),
    "cut.json": (DAY.encode()[:40], "line 1, column"),
    "repr.json": (json.dumps([repr(json.loads(DAY)[0])]).encode(), "Python repr"),
    "latin.txt": (TEXT.replace("Quick", "Qüick").encode("latin-1"), "byte 51: expected UTF-8"),
    "zeros.txt": (b"\0" * 500, "expected the text of a daily-papers page"),
    "page.html": (b"<html><body>Forbidden</body></html>", "expected a daily-papers page"),
    "feed.xml": (b"<?xml version='1.0'?><feed", "expected an Atom feed"),
    "c.csv": (b"a,b\n1,2\n", "expected a column title"),
    "c.parquet": (b"PAR1", "expected a whole Parquet file"),
    "a.tar.xz": (b"\xfd7zXZ\0 and so on", "expected a whole archive"),
    "a.zip": (b"PK\x03\x04 and so on", "expected a whole archive"),
    "c.jsonl.gz": (gzip.compress(b"x" * 9999)[:30], "expected a whole archive"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    body, why = BAD[name]
    if body is not None:
        (tmp_path / name).write_bytes(body)
    (tmp_path / "z.json").write_text(DAY)
    found = import_paths(tmp_path / "home", [str(tmp_path / name), str(tmp_path / "z.json")]).as_json()
    assert (found["read"], found["new"]) == (1, 1)
    (unread,) = found["unreadable"]
    assert unread["path"] == str(tmp_path / name)
    assert why in unread["why"]


def test_what_is_good_in_a_file_is_kept(tmp_path: Path) -> None:
    items: list[Any] = [json.loads(DAY)[0], "damaged"]
    (tmp_path / "d.json").write_text(json.dumps(items))
    found = import_paths(tmp_path / "home", [str(tmp_path / "d.json")]).as_json()
    assert (found["read"], [u["why"] for u in found["unreadable"]]) == (
        1,
        ["element 1: expected an object with the paper, found a string 'damaged'"],
    )


def test_a_corpus_as_one_json_list_keeps_its_abstracts(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(json.dumps([{"title": "A", "abstract": "Words."}, {"title": "B"}], indent=1))
    assert counts(tmp_path / "home", tmp_path / "c.json") == (1, 1, 0, ["c.json"])
    (paper,) = Archive(tmp_path / "home").papers()
    assert (paper.abstract, paper.sources[0].kind) == ("Words.", "corpus")


def test_a_page_written_as_xml_is_a_page(tmp_path: Path) -> None:
    card = '<article><h3><a href="/papers/2601.90001">Quick</a></h3></article>'
    page = f'<?xml version="1.0"?>\n<!DOCTYPE html>\n<html>{card}</html>'
    (tmp_path / "p.xml").write_text(page)
    found = import_paths(tmp_path / "home", [str(tmp_path / "p.xml")]).as_json()
    assert (found["read"], "layout changed?" in found["unreadable"][0]["why"]) == (1, True)


def test_utf_16_is_read(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(TEXT.encode("utf-16"))
    assert counts(tmp_path / "home", tmp_path / "page.txt") == (2, 2, 0, [])


@needs_shared
def test_the_five_text_pages(tmp_path: Path) -> None:
    assert counts(tmp_path, SHARED / "pages/text") == (481, 432, 0, [])
    assert counts(tmp_path, SHARED / "pages/text") == (481, 0, 0, [])
    archive = Archive(tmp_path)
    assert (archive.entries(), archive.paper_count(), len(list(archive.papers()))) == (481, 432, 432)


@needs_shared
def test_the_542_days_of_the_api(tmp_path: Path) -> None:
    """520 days are read; the 22 damaged ones, Python repr instead of JSON, are each named."""
    found = import_paths(tmp_path, [str(SHARED / "pages/daily_papers_api.tar.xz")]).as_json()
    assert (found["read"], found["new"], found["changed"]) == (8826, 8824, 0)
    days = sorted(Path(unread["path"]).stem for unread in found["unreadable"])
    assert len(days) == 22
    assert (days[0], days[-1]) == ("2024-12-11", "2025-01-10")
    assert sum("Python repr" in unread["why"] for unread in found["unreadable"]) == 21
    archive = Archive(tmp_path)
    assert (archive.entries(), archive.paper_count()) == (8826, 8824)
