"""The command line as a whole: every command has help, is in README, fails with words."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ui.cli import COMMANDS, cli
from ui.printing import measure

ROOT = Path(__file__).parents[1]


def run(*args, code=0, **kwargs):
    result = CliRunner().invoke(cli, [str(a) for a in args], **kwargs)
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help_and_json(name, flag):
    shown = run(name, flag).output
    assert "--json" in shown
    assert len(shown.split("Usage:")[1].strip().splitlines()) > 5


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name):
    assert f"claims {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_mistyped_command_is_told_its_neighbour():
    assert "did you mean 'status'" in run("statsu", code=2).output


@pytest.mark.parametrize(
    "args",
    [
        ["ask"],
        ["ask", "x", "--top", "0"],
        ["sql"],
        ["import"],
        ["crawl", "--date", "yesterday"],
        ["crawl", "--trending", "--week", "2026-W01"],
        ["crawl", "--source", "carrier pigeon"],
    ],
)
def test_wrong_use_exits_with_2(args):
    run(*args, code=2)


@pytest.mark.parametrize("args", [["ask", "x"], ["sql", "select 1"], ["status"], ["show", "x"], ["serve"], ["build"]])
def test_without_a_knowledge_base_the_message_says_what_to_do(args, tmp_path):
    shown = run(*args, "--home", tmp_path / "none", code=1).output
    assert shown.startswith("Error: ")
    assert "claims " in shown
    assert "Traceback" not in shown


def test_extract_names_bad_lines_and_keeps_the_good(tmp_path):
    good = '{"key": "a", "title": "T", "abstract": "Our method Foo is 3x faster than Bar on an A100."}\n'
    result = run("extract", code=3, input='nonsense\n[1]\n{"id": 1}\n' + good)
    assert '"key": "a"' in result.stdout
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["line 1", "line 2", "line 3"]


def test_several_thresholds_are_printed_and_can_be_dropped(app_home):
    asked = ["ask", "3x faster and half the memory", "--home", app_home]
    shown = run(*asked).stdout
    assert "understood as: speed · at least 3x better · and memory at least 2x better" in shown
    assert "Larkspur" in shown.split("The rest do not meet")[0]
    assert "why not: states no memory figure" in shown
    read = json.loads(run(*asked, "--json", "--clear", "also").stdout)["understood"]
    assert (read["metric"], read["min_factor"], read["also"]) == ("speed", 3.0, [])


@pytest.mark.parametrize(
    ("measured", "unit", "shown"),
    [("peak RAM", "%", "peak RAM"), ("x", "x", "speed"), ("", "ms", "speed"), ("FPS", "FPS", "speed")],
)
def test_a_claim_without_words_for_what_it_measures_shows_the_metric(measured, unit, shown):
    assert measure({"measure": measured, "unit": unit, "metric": "speed"}) == shown
