"""Full texts in the knowledge base: kept apart from abstracts, read once, after abstracts in answers."""

import shutil

import pytest

from crawler.archive import Archive, new_run
from crawler.fulltext import FullText, Section, paper_of
from index import KnowledgeBase, ranking
from index.build import build
from tests.full_text import make
from ui import printing

QUESTION = "at least 2x faster on a Jetson Orin Nano"
FRONT = "section IN ('title', 'abstract')"


def keep(home, *texts):
    """Adds full texts to a home, with the papers that they are of."""
    archive = Archive(home)
    archive.append([paper_of(text, "invented.html") for text in texts], run=new_run("papers"))
    archive.add_full_texts(texts, run=new_run("texts"))
    archive.close()


def finch(*paragraphs):
    return FullText(
        "2601.90078",
        "Finch: Nested Weights",
        "We present Finch, which nests weights. It is small.",
        (Section("4 Results", paragraphs),),
        (),
    )


def rows(home, query):
    with KnowledgeBase.open(home) as base:
        return base.rows(query)


def content(home):
    return [rows(home, f"FROM {name}") for name in ("claims", "claim_devices", "paper_devices", "full_texts")]


@pytest.fixture(scope="module")
def texts_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("full-texts")
    keep(home, make.page(), finch("Finch decodes 5x faster than Linnet on a Jetson Orin Nano."))
    build(home, jobs=1)
    return home


@pytest.fixture
def read_home(texts_home, tmp_path):
    return shutil.copytree(texts_home, tmp_path / "home", symlinks=True)


def test_claims_of_abstracts_are_those_without_full_texts(texts_home, tmp_path):
    archive = Archive(tmp_path)
    archive.append([paper_of(make.page(), "invented.html")], run=new_run("papers"))
    archive.close()
    build(tmp_path, jobs=1)
    names = "* EXCLUDE (claim_no, paper_no)"
    wren = rows(texts_home, f"SELECT {names} FROM claims WHERE {FRONT} ORDER BY claim_no")
    assert wren == rows(tmp_path, f"SELECT {names} FROM claims ORDER BY claim_no")
    assert len(wren) == 2
    assert not any(claim["devices"] for claim in wren), "the machine of the experiments is not put into the abstract"


def test_claims_of_full_texts_are_marked_and_come_after_those_of_the_abstract(texts_home):
    claims = rows(texts_home, f"SELECT claim_no, paper_no, section, NOT ({FRONT}) AS full_text FROM claims")
    order = [(c["paper_no"], c["full_text"]) for c in sorted(claims, key=lambda c: c["claim_no"])]
    assert order == sorted(order)
    assert {c["section"] for c in claims if not c["full_text"]} == {"abstract"}
    assert {c["section"] for c in claims if c["full_text"]} >= {"4 Results", "Table 1", "5 Conclusion"}
    assert rows(texts_home, "SELECT count(*) = count(DISTINCT claim_id) AS unique_ids FROM claims") == [
        {"unique_ids": True}
    ]


def test_the_machine_of_the_experiments_is_a_device_of_the_paper(texts_home):
    (wren,) = rows(texts_home, "FROM paper_devices WHERE paper_no = 0")
    assert (wren["device"], wren["section"]) == ("Jetson Orin Nano", "4 Experiments > 4.1 Set-up")


def test_full_texts_are_read_again_only_when_they_change(read_home):
    before = content(read_home)
    again = build(read_home, jobs=1)
    assert (again.papers_read, again.full_texts_read) == (0, 0)
    assert content(read_home) == before
    keep(read_home, finch("Finch decodes 6x faster than Linnet."))
    assert build(read_home, jobs=1).full_texts_read == 1
    values = rows(read_home, "SELECT value FROM claims WHERE section = '4 Results'")
    assert values == [{"value": 6.0}], "what the text said before is gone"


def test_a_build_in_steps_equals_one_made_at_once(read_home, tmp_path):
    keep(read_home, finch("Finch decodes 6x faster than Linnet."))
    build(read_home, jobs=1)
    shutil.copytree(read_home / "papers", tmp_path / "once/papers")
    build(tmp_path / "once", jobs=1)
    assert content(read_home) == content(tmp_path / "once")


def test_answers_say_what_abstracts_say_first(texts_home):
    with KnowledgeBase.open(texts_home) as base:
        wren, *others = base.ask(QUESTION, hardware=None).answers
        sections = [claim["section"] for claim in wren.claims]
        assert (wren.title[:4], sections[0]) == ("Wren", "abstract"), "Finch says its 5x only in its text"
        assert "Table 1" in sections
        assert [(a.title[:5], a.satisfies, [c["section"] for c in a.claims]) for a in others] == [
            ("Finch", True, ["4 Results"])
        ]


def test_what_only_the_full_text_says_answers_a_question_about_hardware(texts_home):
    with KnowledgeBase.open(texts_home) as base:
        found = {a.title[:4]: a for a in base.ask(QUESTION).answers if a.satisfies}
    assert found.keys() == {"Wren", "Finc"}
    table = next(claim for claim in found["Wren"].claims if claim["section"] == "Table 1")
    assert table["setting"]["hardware from"] == "4 Experiments > 4.1 Set-up"


def test_without_full_texts_nothing_comes_before_anything(base):
    for question in (QUESTION, "less memory", "pruned detectors"):
        read = base.understood(question)
        asked = ranking.conditions(read, base.columns)
        group = ranking.groups(read, asked, base.columns)
        assert base.columns.front.all()
        assert ranking.up_front(asked, base.columns, group)[group != ranking.OTHER].all()


def test_named_tables_keep_to_abstracts_but_for_the_one_of_full_texts(texts_home, tmp_path):
    with KnowledgeBase.open(texts_home) as base:
        best = base.export("best_speedups", out=tmp_path / "best.parquet")
        full = base.export("full_texts", out=tmp_path / "full.parquet")
        (counts,) = base.rows(
            "SELECT count(*) FILTER (full_text AND target = 'own') AS n_own, "
            "count(*) FILTER (NOT full_text AND metric = 'speed') AS n_fast FROM claims_wide"
        )
    assert (best["rows"], full["rows"]) == (counts["n_fast"], counts["n_own"])
    assert full["rows"] > 10


@pytest.mark.slow
def test_two_processes_give_what_one_gives(tmp_path):
    more = []
    for n in range(2, 14):
        said = (Section("4 Results", (f"Pipit {n} is {n}x faster than Linnet.",)),)
        more.append(FullText(f"2601.8{n:04}", f"Pipit {n}: Nests", f"We present Pipit {n}.", said, ()))
    for jobs in (1, 2):
        keep(tmp_path / str(jobs), *more)
        assert build(tmp_path / str(jobs), jobs=jobs).full_texts_read == 12
    assert content(tmp_path / "1") == content(tmp_path / "2")


def test_status_and_show_tell_of_full_texts(texts_home):
    with KnowledgeBase.open(texts_home) as base:
        assert base.status()["full_texts"] == 2
        shown = base.show("2601.90077")
    assert [d["section"] for d in shown["devices"]] == ["4 Experiments > 4.1 Set-up"]
    assert [claim["section"] for claim in shown["claims"]][:3] == ["abstract", "abstract", "1 Introduction"]
    what = printing.what(shown["claims"][2])
    assert what.endswith("in 1 Introduction · hardware from 4 Experiments > 4.1 Set-up")
