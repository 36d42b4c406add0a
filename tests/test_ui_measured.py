"""What papers claim beside what was measured: `claims reproduce`, `techniques`, `ask`, `show`, published figures."""

import csv
import io
import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import reference
from crawler.archive import Archive, new_run
from crawler.paper import Paper, Source, paper_id_for
from index import KnowledgeBase
from index.family_figures import COLUMNS, overview, published, read_figures
from index.measured import append, grouped, latest, measurements_file
from index.technique_catalogue import ids
from reference.measurement import Case, Quality, Saving, counted
from reference.record import as_record
from ui.cards import measured_links
from ui.cli import cli
from ui.figures_by_family import in_short
from ui.wording import span, times

QUALITY = Quality("perplexity", 4.0, 4.1, rises=False)


def made(family="quantization"):
    """Two measurements of a family: one that shows, one that does not."""
    return [
        Case(family, "int4", "16-bit weights", "cpu").measured(
            "memory", counted("bytes", 400, 100), QUALITY, "a layer"
        ),
        Case(family, "int8 product", "bfloat16", "cpu").measured(
            "speed", Saving("ms", 2, 4, 0.5, 0.4, 0.6), QUALITY, "a layer", otherwise="Too small to tell."
        ),
    ]


@pytest.fixture(scope="module")
def _built(tmp_path_factory):
    """A knowledge base of two invented papers; the first quantizes weights."""
    from index.build import build

    home = tmp_path_factory.mktemp("measured")
    archive = Archive(home)
    archive.append([_paper(0, *QUANTIZED), _paper(1, *BIRDS)], run=new_run("test"))
    archive.close()
    build(home, jobs=1)
    return home


QUANTIZED = (
    "Bullfinch: Post-Training Quantization of Language Models to INT4 Weights",
    "We quantize the weights of language models to 4 bits. Bullfinch cuts memory by 60% and decodes 3.2x faster than "
    "16-bit weights on an NVIDIA A100 GPU.",
)
BIRDS = ("On the Number of Birds", "A study of counting. Nothing is faster here.")


def _paper(place, title, abstract):
    source = Source(kind="corpus", page="invented.jsonl", position=place, title=title)
    known = {"arxiv_id": f"2501.0000{place + 1}", "published": date(2025, 1, 2 + place)}
    return Paper(paper_id_for(title), title, abstract, sources=(source,), **known)


@pytest.fixture
def home(_built, tmp_path):
    return Path(shutil.copytree(_built, tmp_path / "home", symlinks=True))


def run(*args, code=0, **kwargs):
    result = CliRunner().invoke(cli, [str(a) for a in args], **kwargs)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def quick(monkeypatch):
    """Nothing is measured: each family takes no time, and distillation lacks a kernel."""

    def measure(family, device, seed):
        if family == "distillation":
            raise RuntimeError("no kernel for this device")
        return made(family)

    monkeypatch.setattr(reference, "measure", measure)


# Words for figures


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        *[(0.666, "0.67x"), (1.0, "1x"), (1.5, "1.5x"), (1.954, "1.95x"), (3.0, "3x"), (3.556, "3.6x")],
        *[(99.96, "100x"), (124.92, "125x"), (11260.0, "11,260x")],
    ],
)
def test_factors_have_the_digits_that_mean_something(factor, words):
    assert times(factor) == words


@pytest.mark.parametrize(("low", "high", "words"), [(1.95, 3.6, "1.95–3.6x"), (2.0, 2.01, "2x"), (0.5, 12, "0.5–12x")])
def test_spans(low, high, words):
    assert span(low, high) == words


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ([(4.0, True)], "speed 4x"),
        ([(4.0, True), (1.5, True)], "speed 1.5–4x"),
        ([(4.0, True), (0.3, False)], "speed up to 4x"),
        ([(3.0, True), (9.0, False)], "speed up to 3x"),  # the scattered nine is not counted
        ([(0.3, False), (0.2, False)], "speed does not show"),
    ],
)
def test_methods_in_short(factors, words):
    rows = [
        {
            "family": "peft",
            "metric": "speed",
            "device": "a cpu",
            "date": "2026-01-01T00:00:00Z",
            "factor": f,
            "shows": s,
        }
        for f, s in factors
    ]
    (group,) = grouped(rows)
    assert in_short(group) == words


def test_a_card_says_where_an_effect_does_not_show_and_why():
    rows = [as_record(m) for m in made()]
    rows[1] |= {"why": "Too <small>.", "device": "<b>", "taken_from": "gpu.jsonl"}
    links = measured_links(["quantization"], {"quantization": grouped(rows)})
    assert "measured here: <b>4x</b> <span>Quantization for inference, memory, " in links
    assert '<li title="Too &lt;small&gt;.">measured elsewhere: <b>speed does not show</b>' in links
    assert "<small>" not in links


# claims reproduce


def test_measured_stands_beside_claimed(home, quick):
    shown = run("reproduce", "quantization", "--home", home)
    assert re.search(r"memory +one paper claims 2.5x", shown.stdout)  # 60 % less, by a paper on quantized weights
    assert re.search(r"4x  int4, against 16-bit weights · perplexity 4 → 4.1", shown.stdout)
    assert "does not show: Too small to tell." in shown.stdout
    assert "0.4–0.6x in the middle half of the repeats" in shown.stdout
    assert "1 of 2 effects show" in shown.stdout
    assert "1/1 quantization" in shown.stderr
    lines = [json.loads(line) for line in measurements_file(home).read_text().splitlines()]
    assert [line["metric"] for line in lines] == ["memory", "speed"]
    assert all(line["device"] and line["machine"] and line["versions"]["torch"] and line["date"] for line in lines)


def test_a_family_that_fails_is_named_and_the_rest_is_kept(home, quick):
    shown = run("reproduce", "distillation", "quantization", "--home", home, code=3)
    assert "1/2 distillation failed: RuntimeError: no kernel for this device" in shown.stderr
    assert len(measurements_file(home).read_text().splitlines()) == 2


def test_without_a_knowledge_base_it_measures_all_the_same(tmp_path, quick):
    shown = run("reproduce", "quantization", "--home", tmp_path / "new")
    assert "no claims to compare with" in shown.stderr
    assert "4x  int4" in shown.stdout
    assert "papers" not in shown.stdout


@pytest.mark.parametrize("family", ["alchemy", "scaling-laws"])
def test_a_family_without_a_reference_is_refused(family, tmp_path):
    assert f"no reference implementation of {family}" in run("reproduce", family, "--home", tmp_path, code=2).output


@pytest.fixture
def elsewhere(tmp_path):
    """What another machine printed: two records of its device, and what a broken transfer made of the rest."""
    rows = [as_record(m) | {"device": "NVIDIA H200"} for m in made()]
    other = as_record(made("peft")[0]) | {"device": "NVIDIA H200"}
    bad = [b"{torn", b"[1]", b"\xff\xfe", json.dumps(rows[0] | {"factor": "fast"}).encode()]
    bad += [json.dumps(rows[0] | {"family": "alchemy"}).encode()]
    file = tmp_path / "gpu.jsonl"
    lines = [json.dumps(rows[0]).encode(), *bad, b"", json.dumps(rows[1]).encode(), json.dumps(other).encode()]
    file.write_bytes(b"\n".join(lines))
    return file


def test_figures_of_another_machine_are_taken_over(home, elsewhere):
    shown = run("reproduce", "--from", elsewhere, "--home", home, code=3)
    assert "3 measurements taken over" in shown.stderr
    named = re.findall(r"gpu.jsonl, line (\d): (.*)", shown.stderr)
    assert [number for number, _ in named] == ["2", "3", "4", "5", "6"]
    assert "factor must be a number" in named[3][1]
    assert "no technique family 'alchemy'" in named[4][1]
    assert "measured elsewhere, NVIDIA H200" in shown.stdout
    with KnowledgeBase.open(home) as base:
        groups = latest(base)
    assert {(g["device"], g["here"]) for found in groups.values() for g in found} == {("NVIDIA H200", False)}
    assert set(groups) == {"quantization", "peft"}


def test_taking_over_twice_changes_nothing(home, elsewhere):
    run("reproduce", "--from", elsewhere, "--home", home, code=3)
    before = measurements_file(home).read_bytes()
    assert "3 were there already" in run("reproduce", "--from", elsewhere, "--home", home, code=3).stderr
    assert measurements_file(home).read_bytes() == before


def test_only_the_families_asked_for_are_taken_over(home, elsewhere):
    shown = run("reproduce", "peft", "--from", "-", "--home", home, code=3, input=elsewhere.read_bytes())
    assert "1 measurement taken over" in shown.stderr
    assert "2 left out" in shown.stderr


# The last run counts


def test_methods_of_an_older_run_are_gone_and_devices_stand_apart(home):
    def record(method, factor, date, device="a cpu", **more):
        row = {"family": "quantization", "metric": "speed", "method": method, "baseline": "b", "device": device}
        return row | {"date": date, "value": 1.0, "value_baseline": factor, "factor": factor, "shows": True} | more

    old, new = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
    append(
        home,
        [
            record("kept", 3.0, new),
            record("kept", 2.0, old),  # appended later, measured earlier
            record("dropped", 9.0, old),
            record("on a GPU", 5.0, old, "a gpu", taken_from="gpu.jsonl"),
        ],
    )
    with KnowledgeBase.open(home) as base:
        (here, there) = latest(base, ["quantization"])["quantization"]
        assert latest(base, ["peft"]) == {}
    assert [(r["method"], r["factor"]) for r in here["runs"]] == [("kept", 3.0)]
    assert (there["device"], there["here"], there["factor"]) == ("a gpu", False, 5.0)


@pytest.mark.parametrize("factor", ["NaN", "Infinity", '"fast"'])
def test_a_figure_that_is_none_is_named(home, factor):
    measurements_file(home).write_text(
        f'{{"recorded_at": "2026-01-01T00:00:00Z", "technique_id": "peft", "metric": "speed", "factor": {factor}}}\n'
    )
    with KnowledgeBase.open(home) as base:
        assert latest(base) == {}
        assert "line 1: not a measurement" in base.status()["unreadable"][0]


@pytest.mark.parametrize("wrong", ["fast", None, True, [1], {"a": 1}, float("nan"), -3])
def test_an_entry_written_by_hand_does_not_stop_a_screen(home, wrong):
    names = ("method", "baseline", "factor_low", "factor_high", "quality", "quality_baseline", "quality_name", "why")
    row = {"technique_id": "quantization", "metric": "speed", "factor": 0.5, "recorded_at": "2026-01-01T00:00:00"}
    entry = row | dict.fromkeys((*names, "device", "setting", "unit", "shows", "taken_from"), wrong)
    measurements_file(home).write_text(json.dumps(entry) + "\n")
    assert "0.5x" in run("techniques", "quantization", "--home", home).stdout
    run("ask", "less memory for quantized weights", "--home", home)


# Beside the claims


def test_answers_and_papers_show_it(home):
    append(home, [as_record(m) for m in made()])
    asked = run("ask", "less memory for quantized weights", "--home", home).stdout
    assert re.search(r"measured here: quantization: memory 4x, speed does not show \(.*\)", asked)
    assert re.search(r"library: https://github.com/pytorch/ao  \(BSD-3-Clause; for quantization, checked 2", asked)
    shown = run("show", "2501.00001", "--home", home).stdout
    assert re.search(r"memory +this paper 2.5x; one paper claims 2.5x", shown)
    assert re.search(r"speed +this paper 3.2x; one paper claims 3.2x", shown)
    assert "does not show: Too small to tell." in shown
    whole = json.loads(run("show", "2501.00001", "--json", "--home", home).stdout)
    assert whole["claimed"]["quantization"]["memory"]["papers"] == 1
    assert whole["measured"]["quantization"][0]["runs"][0]["method"] == "int4"


def test_nothing_is_said_where_nothing_was_measured(home):
    assert "measured" not in run("ask", "less memory for quantized weights", "--home", home).stdout


# claims techniques


def test_the_list_has_every_family_on_a_line(home):
    head, *lines = run("techniques", "--home", home).stdout.splitlines()
    assert head.split()[:4] == ["family", "papers", "claims", "code"]
    assert sorted(line.split()[0] for line in lines) == sorted(ids())
    (line,) = [line for line in lines if line.startswith("quantization ")]
    assert "memory 2.5x (1), speed 3.2x (1)" in line
    assert line.endswith("not yet")


@pytest.mark.parametrize(
    ("words", "family"),
    [
        ("quantization", "quantization"),
        ("KV cache optimization", "kv-cache-optimization"),
        ("Parameter-efficient fine-tuning", "peft"),
        ("LoRA", "peft"),
        ("set most weights to zero", "unstructured-pruning"),
    ],
)
def test_a_family_is_found_by_id_name_or_description(words, family, tmp_path):
    shown = run("techniques", words, "--json", "--home", tmp_path / "none")
    assert json.loads(shown.stdout)["technique_id"] == family


def test_one_family_is_told_whole(home):
    append(home, [as_record(m) for m in made()])
    shown = run("techniques", "quantization", "--home", home).stdout
    for part in ("saves", "costs", "parts", "also called", "1 paper with 2 claims", "memory", "one paper claims 2.5x"):
        assert part in shown
    assert "reference/weight_quantization.py; run it with: claims reproduce quantization" in shown
    assert "CC-BY-NC-4.0, non-commercial" in shown


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["energyandcarbon"], "did you mean energy-and-carbon"),
        (["zebra"], "no technique family 'zebra'"),
        (["--csv", "peft"], "without FAMILY"),
        (["--csv", "--json"], "without FAMILY and --json"),
    ],
)
def test_wrong_use_is_told(args, said, tmp_path):
    assert said in run("techniques", *args, "--home", tmp_path / "none", code=2).output


def test_figures_need_a_knowledge_base(tmp_path):
    assert "Error" in run("techniques", "--csv", "--home", tmp_path / "none", code=1).output


# Published figures


def test_figures_come_back_from_csv(home):
    append(home, [as_record(m) for m in made()])
    rows = list(csv.DictReader(io.StringIO(run("techniques", "--csv", "--home", home).stdout)))
    assert tuple(rows[0]) == COLUMNS
    found = read_figures(rows)
    assert found[None] | {"claimed": 0, "measured": 0} == {
        "papers": 2, "claims": 2, "first": "2025-01-02", "last": "2025-01-03", "claimed": 0, "measured": 0,
    }  # fmt: skip
    with KnowledgeBase.open(home) as base:
        for family in overview(base):
            told = found[family["technique_id"]]
            assert (told["papers"], told["claims"]) == (family["papers"], family["claims"])
            assert told["claimed"].keys() == family["claimed"].keys()
            assert [(g["metric"], g["best"]) for g in told["measured"]] == [
                (g["metric"], g["factor"]) for g in family["measured"]
            ]
    assert found["quantization"]["measured"][1]["shows"] == 0


def test_the_published_figures_are_whole():
    found = published()
    assert set(found) == {None, *ids()}
    assert found[None]["papers"] > 5000
    for name, family in found.items():
        assert family["papers"] <= found[None]["papers"], name
        assert all(0 < c["low"] <= c["median"] <= c["high"] for c in family["claimed"].values()), name
        assert all(0 < m["low"] <= m["best"] <= m["high"] for m in family["measured"]), name
    assert {name for name, family in found.items() if family["measured"]} == set(reference.families())
