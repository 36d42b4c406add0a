"""Measuring: large builds made of small ones hold what they say, and the command prints every figure."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from index import KnowledgeBase, bench, bench_questions
from index.scaled import scaled
from index.vectors import Vectors
from ui.cli import cli


@pytest.fixture(scope="module")
def large(_built, tmp_path_factory):
    """The small knowledge base, made about seven times as large."""
    home = tmp_path_factory.mktemp("large") / "home"
    with KnowledgeBase.open(_built) as small:
        claims = small.status()["claims"]
    return home, scaled(_built, home, claims=7 * claims - 1), claims


def test_copies_have_ids_figures_and_vectors_of_their_own(large, base):
    home, made, claims = large
    assert (made.copies, made.claims, made.recall) == (7, 7 * claims, None)
    with KnowledgeBase.open(home) as large_base:
        (found,) = large_base.rows(
            "SELECT count(*) AS n, count(DISTINCT claim_id) AS ids, max(claim_no) AS last, "
            "count(DISTINCT (claim_no)) AS numbers FROM claims"
        )
        assert found == {"n": 7 * claims, "ids": 7 * claims, "last": 7 * claims - 1, "numbers": 7 * claims}
        (papers,) = large_base.rows("SELECT count(DISTINCT paper_id) AS ids, max(paper_no) AS last FROM papers")
        assert papers == {"ids": made.papers, "last": made.papers - 1}
        quotes = "SELECT quote, count(*) AS n FROM claims GROUP BY quote ORDER BY quote"
        assert large_base.rows(quotes) == [row | {"n": 7 * row["n"]} for row in base.rows(quotes)]
        wrong = "SELECT 1 FROM claims AS c JOIN papers AS p USING (paper_no) WHERE c.paper_id <> p.paper_id"
        assert not large_base.rows(wrong)
        factors = large_base.rows("SELECT factor FROM claims WHERE quote LIKE '%3.2x%' AND factor IS NOT NULL")
        assert len({row["factor"] for row in factors}) == len(factors) == 7
        assert all(1.6 <= row["factor"] <= 4.8 for row in factors)
        index = Vectors(large_base.build.folder)
        one, other = index.of(0), index.of(made.papers // 7)
        assert 0.85 < float(one @ other) < 0.999, "noise, and yet the same text"
        np.testing.assert_allclose(np.linalg.norm(one), 1, atol=1e-5)


def test_words_of_a_copy_find_it(large, base):
    home, made, _ = large
    with KnowledgeBase.open(home) as large_base:
        first = {
            row["title"]: row["paper_no"]
            for row in large_base.rows("SELECT title, min(paper_no) AS paper_no FROM papers GROUP BY ALL")
        }
        before, after = base.words.scores("larkspur pages weights"), large_base.words.scores("larkspur pages weights")
        for row in base.rows("SELECT title, paper_no FROM papers WHERE paper_no IN (SELECT paper_no FROM claims)"):
            for copy in range(7):
                assert after[first[row["title"]] + copy * made.papers // 7] == before[row["paper_no"]]
        answers = large_base.ask("at least 2x faster on an A100", top=50).answers
        assert {a.title.split(":")[0] for a in answers if a.satisfies} == {"Larkspur"}
        assert len({a.paper_id for a in answers}) == len(answers)


def test_papers_without_claims_are_copied_when_asked_for(home, tmp_path):
    made = scaled(home, tmp_path / "large", claims=30, all_papers=True)
    with KnowledgeBase.open(tmp_path / "large") as base:
        (found,) = base.rows("SELECT count(*) AS n FROM papers WHERE title LIKE 'On the Number%'")
    assert found["n"] == made.copies


def test_a_build_without_claims_is_refused(tmp_path, fill, invented):
    from index.build import build

    fill(tmp_path / "empty", [invented("On the Number of Birds", "Nothing is measured.")])
    build(tmp_path / "empty", jobs=1)
    with pytest.raises(ValueError, match="no claims"):
        scaled(tmp_path / "empty", tmp_path / "home", claims=10)


@pytest.fixture
def corpus(tmp_path, papers):
    file = tmp_path / "corpus.jsonl"
    rows = [{"title": f"{p.title} {n}", "abstract": p.abstract} for n in range(20) for p in papers]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_a_sample_is_spread_over_the_corpus_and_always_the_same(corpus, tmp_path):
    chosen = bench.sample(corpus, tmp_path, 30)
    assert chosen == bench.sample(corpus, tmp_path, 30)
    assert len({p.paper_id for p in chosen}) == 30
    assert {int(p.title.split()[-1]) // 10 for p in chosen} == {0, 1}, "not only the first ones"
    assert len(bench.sample(corpus, tmp_path, 1000)) == 120


@pytest.mark.slow
def test_the_command_prints_all_figures(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "COLD", 1)
    monkeypatch.setattr(bench, "ROUNDS", 1)
    result = CliRunner().invoke(
        cli,
        ["bench", "--home", str(tmp_path / "none"), "--corpus", str(corpus), "--rows", "12", "--claims", "40",
         "--only", "build,ask", "--jobs", "1", "--json", "--out", str(tmp_path / "figures.jsonl")],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    figures = {figure["what"]: figure for figure in found["figures"]}
    assert list(figures) == [
        "build", "ask, cold", "open and first", "ask, warm median", "ask, warm p99",
        "ask, threshold", "ask, hardware", "ask, family", "ask, lay words", "ask, baseline", "ask, application",
        "memory", "disk, tables", "disk, vectors", "disk, words", "disk, columns", "disk, records",
        "recall, papers", "recall, questions",
    ]  # fmt: skip
    assert all(figure["value"] > 0 for figure in figures.values())
    assert figures["ask, warm median"]["value"] <= figures["ask, warm p99"]["value"]
    assert figures["ask, cold"]["ratio"] == pytest.approx(
        figures["ask, cold"]["value"] * 1000 / figures["ask, cold"]["reference_ms"], rel=0.02
    )
    assert "changed ids" in figures["ask, cold"]["note"]
    assert figures["recall, questions"]["value"] == 1, "searched whole"
    assert not found["interrupted"]
    assert [json.loads(line) for line in (tmp_path / "figures.jsonl").read_text().splitlines()] == found["figures"]
    assert "ask, warm p99" in result.stderr, "figures are told as they come"
    assert found["machine"]["cores"] >= 1
    assert not (tmp_path / "none").exists(), "the home is only read"


def test_extraction_is_the_difference_of_two_runs(corpus, tmp_path, monkeypatch):
    """A start of 9 s and 0.1 s an abstract are 10 abstracts a second."""
    monkeypatch.setattr(bench, "_timed", lambda words: 9 + 0.1 * sum(1 for _ in open(words[-3])))  # noqa: SIM115
    figure = bench.extraction(bench.sample(corpus, tmp_path, 40), tmp_path, command=["claims"], jobs=2)
    assert (figure.value, figure.size) == (10.0, "20 and 40 abstracts")
    monkeypatch.setattr(bench, "_timed", lambda words: 5.0)
    figure = bench.extraction(bench.sample(corpus, tmp_path, 40), tmp_path, command=["claims"], jobs=2)
    assert figure.value is None
    assert "more --rows" in figure.note


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--claims", "many"], "1e4,1e5"),
        (["--claims", "0"], "1 to 1e8"),
        (["--claims", "inf"], "1e4,1e5"),
        (["--only", "ask,fly"], "'fly'"),
        (["--rows", "1"], "1"),
    ],
)
def test_wrong_use_is_told(words, said):
    result = CliRunner().invoke(cli, ["bench", *words])
    assert result.exit_code == 2
    assert said in result.output


def test_a_home_without_papers_is_told(tmp_path):
    result = CliRunner().invoke(cli, ["bench", "--home", str(tmp_path)])
    assert result.exit_code == 1
    assert "--corpus" in result.output


def test_a_command_that_fails_is_named():
    with pytest.raises(OSError, match=r"ended with 7: out of luck"):
        bench._output(["sh", "-c", "echo out of luck >&2; exit 7"])


def test_the_table_is_not_cut_to_a_narrow_screen(corpus, tmp_path, monkeypatch):
    figure = bench.Figure(
        "ask, warm median", "1,001,632 claims", 1234.5, "abstracts/s", "1,000", 20.0, 0.8123, "so measured"
    )
    monkeypatch.setattr(bench, "measured", lambda *_, **__: iter([figure]))
    result = CliRunner().invoke(cli, ["bench", "--corpus", str(corpus), "--rows", "5"], env={"COLUMNS": "40"})
    assert result.exit_code == 0, result.output
    for said in (
        figure.what,
        figure.size,
        "1,234.5 abstracts/s",
        "1,000",
        "0.8123",
        " 1  so measured",
        "reference loop",
    ):
        assert said in result.output


FIRST = bench.Figure("build", "6 papers", 3.0, "papers/s")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_an_interrupted_run_keeps_what_it_has(corpus, tmp_path, monkeypatch, form):
    def interrupted(*_, **__):
        yield FIRST
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "measured", interrupted)
    result = CliRunner().invoke(
        cli, ["bench", "--corpus", str(corpus), "--rows", "5", "--out", str(tmp_path / "out"), *form]
    )
    assert result.exit_code == 3
    assert "interrupted" in result.stderr
    assert "papers/s" in result.stdout
    if form:
        assert json.loads(result.stdout)["interrupted"]
    assert json.loads((tmp_path / "out").read_text()) == FIRST.as_json()


def test_a_part_that_fails_is_named_and_the_rest_goes_on(corpus, tmp_path, monkeypatch):
    def failing(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(bench, "extraction", failing)
    monkeypatch.setattr(bench, "building", lambda *_, **__: FIRST)
    monkeypatch.setattr(bench, "asking", lambda *_, **__: iter([FIRST, failing()]))
    found = list(bench.measured([], tmp_path, command=["claims"], claims=[10, 20]))
    assert [(f.what, f.failed) for f in found] == [
        ("extraction", True), ("build", False), ("ask at 10", True), ("ask at 20", True),
    ]  # fmt: skip
    assert found[0].note == "failed: the disk is full"
    monkeypatch.setattr(bench, "building", failing)
    found = list(bench.measured([], tmp_path, command=["claims"], claims=[10], only=["ask"]))
    assert [f.what for f in found] == ["build"], "without a build there is nothing to ask"
    monkeypatch.setattr(bench, "measured", lambda *_, **__: iter(found))
    result = CliRunner().invoke(cli, ["bench", "--corpus", str(corpus), "--rows", "5"])
    assert result.exit_code == 3
    assert "the disk is full" in result.stdout


def test_questions_are_understood_anew(base):
    """Else the figures would be those of a user who asks the same again and again."""
    from index.family_questions import families_meant
    from index.question import understand

    understand("at least 2x faster"), families_meant("quantization")
    bench_questions.forget()
    assert understand.cache_info().currsize == 0
    assert len({question for _, question in bench_questions._all()}) == 18


def test_recall_is_of_what_search_finds(large, monkeypatch):
    home, made, _ = large
    with KnowledgeBase.open(home) as base:
        assert bench_questions.recall(base) == 1
        nearest = base.vectors.nearest
        farthest = lambda vector, top: tuple(half[::-1][:top] for half in nearest(vector, made.papers))  # noqa: E731
        monkeypatch.setattr(base.vectors, "nearest", farthest)
        assert bench_questions.recall(base) < 0.5
