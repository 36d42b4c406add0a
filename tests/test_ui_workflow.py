"""The main job through the front door: the demo, then every command over what it built."""

import csv
import io
import json

import duckdb
import pytest
from click.testing import CliRunner

from ui.cli import cli


def run(*args, code=0, **kwargs):
    result = CliRunner().invoke(cli, [str(a) for a in args], **kwargs)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The home that `claims demo` makes, and what it printed."""
    home = tmp_path_factory.mktemp("demo") / "home"
    return home, run("demo", "--home", home).stdout


def answer(home, *args):
    return json.loads(run("ask", "--home", home, "--json", *args).stdout)


def test_the_demo_answers_two_questions_with_evidence(demo):
    printed = demo[1]
    assert printed.count("understood as: ") == 2
    assert printed.count("“") >= 4  # evidence sentences
    assert "official: https://" in printed


def test_the_demo_has_papers_of_three_days(demo):
    status = json.loads(run("status", "--json", "--home", demo[0]).stdout)
    assert status["papers"] >= 12
    assert status["days"] >= 3
    assert status["failed"] == []
    assert status["gaps"] == []


def test_the_demo_does_not_touch_a_home_of_the_user(tmp_path):
    (tmp_path / "papers").mkdir()
    assert "not made by the demo" in run("demo", "--home", tmp_path, code=2).output


def test_an_answer_has_the_shape_that_others_rely_on(demo):
    found = answer(demo[0], "at least 2x faster on a GPU")
    assert {"question", "note", "understood", "answers"} <= found.keys()
    assert found["understood"]["metric"] == "speed"
    assert found["understood"]["min_factor"] == 2
    assert found["understood"]["hardware"] == ["GPU"]
    first = found["answers"][0]
    assert {
        "paper_id",
        "arxiv_id",
        "title",
        "url",
        "score",
        "satisfies",
        "claims",
        "near",
        "families",
        "implementations",
    } <= first.keys()
    assert first["satisfies"]
    assert any(claim["factor"] >= 2 for claim in first["claims"])
    for claim in first["claims"]:
        assert claim["quote"] in claim["sentence"]


def test_conditions_can_be_set_and_cleared_by_hand(demo):
    found = answer(demo[0], "faster attention", "--min-factor", "3", "--hardware", "A100", "--clear", "family")
    assert found["understood"]["min_factor"] == 3
    assert found["understood"]["hardware"] == ["A100"]
    assert found["understood"]["family"] is None


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("--metric", "sped", "did you mean speed"),
        ("--family", "quantisation", "did you mean quantization"),
        ("--phase", "train", "did you mean training"),
        ("--min-factor", "-3", "not above 0"),
    ],
)
def test_a_mistyped_condition_is_told_its_neighbour(demo, option, value, hint):
    assert hint in run("ask", "--home", demo[0], "faster", option, value, code=1).output


def test_hardware_set_by_hand_gets_the_name_of_the_catalogue(demo):
    assert answer(demo[0], "faster", "--hardware", "a100")["understood"]["hardware"] == ["A100"]


def test_a_question_that_nothing_answers_says_which_condition(demo):
    found = answer(demo[0], "at least 100000x faster on a Cerebras WSE")
    assert not any(a["satisfies"] for a in found["answers"])
    assert found["note"]


def test_questions_from_a_file_keep_their_ids(demo, tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"id": "a", "question": "less energy"}\nnonsense\n{"id": "b", "question": "10x smaller"}\n', encoding="utf-8"
    )
    result = run("ask", "--home", demo[0], "--json", "--file", file, code=3)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "b"]
    assert "line 2" in result.stderr


def test_since_leaves_older_papers_out(demo):
    assert answer(demo[0], "faster", "--since", "2100-01-01")["answers"] == []


def test_an_answer_as_csv_has_a_row_for_each_claim(demo):
    rows = list(
        csv.DictReader(io.StringIO(run("ask", "--home", demo[0], "--csv", "at least 2x faster on a GPU").stdout))
    )
    assert rows[0]["satisfies"] == "True"
    assert float(rows[0]["factor"]) >= 2
    assert rows[0]["quote"] in rows[0]["sentence"]


def test_shell_completion_knows_the_commands():
    done = CliRunner().invoke(cli, [], prog_name="claims", env={"_CLAIMS_COMPLETE": "bash_source"})
    assert "_CLAIMS_COMPLETE=bash_complete" in done.output
    completed = CliRunner().invoke(
        cli,
        [],
        prog_name="claims",
        env={"_CLAIMS_COMPLETE": "bash_complete", "COMP_WORDS": "claims st", "COMP_CWORD": "1"},
    )
    assert "status" in completed.output


def test_sql_prints_csv_that_can_be_read_back(demo):
    text = run(
        "sql", "--home", demo[0], "--csv", "select title, factor from claims_wide where factor > 2 order by factor desc"
    ).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert [float(r["factor"]) for r in rows] == sorted((float(r["factor"]) for r in rows), reverse=True)


def test_sql_that_writes_is_refused(demo):
    assert "Error" in run("sql", "--home", demo[0], "delete from papers", code=1).output


@pytest.mark.slow
def test_every_named_table_exports_in_every_format(demo, tmp_path):
    listed = json.loads(run("export", "--list", "--json", "--home", demo[0]).stdout)
    named = [t for t in listed if t["kind"] == "named table"]
    assert len(named) >= 8
    for table in named:
        assert table["description"]
        assert all(c["comment"] for c in table["columns"])
        counts = set()
        for ending, reader in (("csv", "read_csv"), ("jsonl", "read_json"), ("parquet", "read_parquet")):
            file = tmp_path / f"{table['name']}.{ending}"
            report = json.loads(run("export", table["name"], "--json", "--home", demo[0], "--out", file).stdout)
            assert (
                json.loads((tmp_path / f"{file.name}.manifest.json").read_text(encoding="utf-8"))["rows"]
                == report["rows"]
            )
            counts.add(report["rows"])
            if report["rows"]:
                assert duckdb.sql(f"select count(*) from {reader}('{file}')").fetchall() == [(report["rows"],)]
        assert len(counts) == 1


def test_schema_describes_every_column(demo):
    for table in json.loads(run("schema", "--json", "--home", demo[0]).stdout):
        assert table["comment"], table["name"]
        assert all(column["comment"] for column in table["columns"]), table["name"]


def test_a_rejected_claim_leaves_the_answers(demo, tmp_path):
    import shutil

    home = tmp_path / "home"
    shutil.copytree(demo[0], home, symlinks=True)
    question = ("speedup of sampling", "--metric", "speed")
    claim = answer(home, *question)["answers"][0]["claims"][0]["claim_id"]
    run("curate", "--home", home, claim, "reject")
    left = {c["claim_id"] for a in answer(home, *question)["answers"] for c in a["claims"]}
    assert claim not in left
    run("curate", "--home", home, claim, "confirm")
    run("curate", "--home", home, claim, "add-to", "my-picks")
    rows = list(csv.DictReader(io.StringIO(run("export", "my-picks", "--home", home).stdout)))
    assert [r["claim_id"] for r in rows] == [claim]


@pytest.mark.parametrize("words", [["confirm", "now"], ["set", "metric"], ["note"], ["set", "metric", "beauty"]])
def test_a_verdict_that_cannot_be_meant_is_refused(demo, words):
    result = CliRunner().invoke(cli, ["curate", "--home", str(demo[0]), "0" * 12, *words])
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output


def test_show_prints_a_paper_by_its_title_and_names_near_ones(demo):
    found = answer(demo[0], "quantization on a Jetson")["answers"][0]
    shown = run("show", "--home", demo[0], found["title"]).stdout
    assert found["title"] in shown
    assert found["claims"][0]["claim_id"] in shown
    assert "near titles" in run("show", "--home", demo[0], "quantisation of Jetson boards", code=1).output
