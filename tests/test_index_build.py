"""Builds: the same in steps as at once, what has not changed is kept, readers undisturbed, homes of any kind."""

import shutil
from dataclasses import replace

import pytest

from index import KnowledgeBase, builds, encoder, reading, store
from index.build import build
from index.builds import HomeError
from tests.builds import QUESTION, content


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


def test_without_a_build_or_papers_the_next_step_is_said(tmp_path):
    with pytest.raises(HomeError, match="claims build"):
        KnowledgeBase.open(tmp_path)
    with pytest.raises(HomeError, match="claims import"):
        build(tmp_path)


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


def test_the_database_of_a_build_stands_alone(home):
    """No write-ahead log is left beside it: the one file is all of it."""
    assert not list((home / "builds" / "1").glob("*.wal"))
    connection = store.reading(home / "builds" / "1" / store.DATABASE)
    assert store.count(connection, "claims_wide") > 8
    connection.close()
