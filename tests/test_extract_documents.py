"""Claims from full texts: which sections, which sentences, which tables, and the machine of the experiments."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from crawler import fulltext
from extract import documents, tables
from extract.documents import Document, Section, Table
from extract.heads import caption_measure, listed, measure
from extract.testbed import testbed as machines_in
from tests.full_text import make

SHARED = Path(__file__).parents[2] / "shared/pages/arxiv"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages of ../shared are not here")
LISTS = data.table("documents.toml")
SECTIONS = LISTS["section"]


@pytest.fixture(scope="module")
def wren():
    return documents.read(make.document())


def test_the_invented_paper_gives_its_golden_claims(wren):
    """`python tests/full_text/make.py` writes them anew; read the difference before you commit it."""
    golden = (make.FOLDER / "wren.jsonl").read_text(encoding="utf-8").splitlines()
    assert [make.shown(claim) for claim in wren.claims] == [json.loads(line) for line in golden]


def test_spans_and_quotes_can_be_looked_up(wren):
    document = make.document()
    texts = {section.title: section.text for section in document.sections}
    texts |= {tables.name_of(t.caption, n): tables.shown(t.caption, t.rows) for n, t in enumerate(document.tables, 1)}
    for claim in wren.claims:
        assert texts[claim.section][claim.span_start : claim.span_end] == claim.quote
        assert claim.quote in claim.sentence
    assert len({claim.claim_id for claim in wren.claims}) == len(wren.claims)


def test_nothing_comes_from_title_abstract_or_work_of_others(wren):
    sections = {claim.section for claim in wren.claims}
    assert not {s for s in sections if s in documents.FRONT or documents.kind(s) == "others"}
    assert not sections & {"Table 4", "Table 5", "Table 6"}, (
        "settings, sizes and tables without own results give nothing"
    )
    assert wren.machine is not None
    assert (wren.machine.device, wren.machine.batch) == ("Jetson Orin Nano", "1")


def test_the_machine_goes_to_own_figures_that_depend_on_one_and_is_marked(wren):
    placed = [claim for claim in wren.claims if claim.devices]
    assert {(c.target, c.metric in documents.MEASURED) for c in placed} == {("own", True)}
    assert {dict(c.setting)["hardware from"] for c in placed} == {"4 Experiments > 4.1 Set-up"}
    assert {c.hardware for c in placed} == {()}, "no words of these claims name a device"


def test_claims_stay_when_other_sections_change(wren):
    document = make.document()
    fewer = replace(document, sections=document.sections[3:], abstract=document.abstract + " It runs at 9 FPS.")
    kept = {claim.claim_id for claim in documents.read(fewer).claims}
    assert kept == {
        c.claim_id for c in wren.claims if c.section not in ("1 Introduction", "2 Related Work", "3 Method")
    }


@pytest.mark.parametrize(("kind", "heading"), [(k, h) for k, entry in SECTIONS.items() for h in entry["yes"]])
def test_heading_example_is_of_its_kind(kind, heading):
    assert documents.kind(heading) == kind


@pytest.mark.parametrize(("kind", "heading"), [(k, h) for k, entry in SECTIONS.items() for h in entry["no"]])
def test_heading_counter_example_is_not(kind, heading):
    assert documents.kind(heading) != kind


LISTED = [name for name, entry in LISTS.items() if "yes" in entry]


@pytest.mark.parametrize(("name", "text"), [(n, t) for n in LISTED for t in LISTS[n]["yes"]])
def test_list_example_is_found(name, text):
    assert listed(name).search(text)


@pytest.mark.parametrize(("name", "text"), [(n, t) for n in LISTED for t in LISTS[n]["no"]])
def test_list_counter_example_is_not_found(name, text):
    assert not listed(name).search(text)


@pytest.mark.parametrize(
    ("parts", "metric", "unit", "scale"),
    [
        (["Latency (ms) ↓"], "speed", "ms", 1.0),
        (["Latency", "(ms)"], "speed", "ms", 1.0),
        (["Batch 8", "Tokens/s"], "speed", "tokens/s", 1.0),
        (["FPS"], "speed", "FPS", 1.0),
        (["Top-1 acc. (%)"], "quality", "%", 1.0),
        (["Peak mem. [GB]"], "memory", "GB", 1.0),
        (["Model size (MB)"], "storage", "MB", 1.0),
        (["Params (M)"], "parameters", None, 1e6),
        (["FLOPs (G)"], "compute", "GFLOPs", 1.0),
        (["Energy (mJ)"], "energy", "mJ", 1.0),
        (["PPL"], "quality", None, 1.0),
        (["mAP _ 50:95"], "quality", None, 1.0),
        (["Speedup"], "speed", None, 1.0),
    ],
)
def test_a_head_says_what_is_measured(parts, metric, unit, scale):
    found = measure(parts)
    assert found is not None
    assert (found.metric, found.unit.name if found.unit else None, found.scale) == (metric, unit, scale)


@pytest.mark.parametrize(
    "parts",
    [["Method"], ["# Tokens (B)"], ["Batch size"], ["Year"], ["Accuracy drop (%)"], ["Translation Error Detection"],
     ["Accuracy / latency"], ["Learning rate"], []],
)  # fmt: skip
def test_a_head_that_says_nothing_or_too_much_is_not_understood(parts):
    assert measure(parts) is None


@pytest.mark.parametrize(
    ("caption", "metric"),
    [
        ("Accuracy (%) of all models on nine tasks. Latency is in the appendix.", "quality"),
        ("Inference time (ms) of each layer.", "speed"),
        ("Inference time of each layer.", None),
        ("Results on nine tasks. Accuracy is higher with caches.", None),
        ("Accuracy and perplexity of all models.", None),
    ],
)
def test_a_caption_says_what_all_figures_are_only_when_it_names_one_thing(caption, metric):
    found = caption_measure(caption)
    assert (found.metric if found else None) == metric


def claims_of(caption, *rows, name="Wren"):
    grid = tuple(tuple(cell.strip() for cell in row.split("|")) for row in rows)
    return tables.claims_of(caption, grid, section="Table 1", own=name, key="k", seen={}, confidence=0.5)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("Method | Latency (ms)", "Wren | 12", "Linnet | 20"), [("own", 12, "ms"), ("other", 20, "ms")]),
        (("Method | Latency", "Wren | 12 ms", "Linnet | 1.2 s"), [("own", 12, "ms"), ("other", 1.2, "s")]),
        ((" | Linnet | Wren", "Latency (ms) | 20 | 12"), [("other", 20, "ms"), ("own", 12, "ms")]),
        (("Method | Params (M) | Acc.", "Ours | 7 | 71.2"), [("own", 7e6, "params"), ("own", 71.2, "points")]),
        (("Method | Acc. (%)", "Wren | 71.2 ± 0.3", "Linnet | -"), [("own", 71.2, "%")]),
        (("Method | Speed-up", "Dense | 1x", "Wren | 3.1×"), [("own", 3.1, "x")]),
        (("Method | Speed-up", "Dense | 1.0", "Wren | 0.8"), [("own", 0.8, "x")]),
        (("Method | Latency (ms)", "Wren | 12 (3.1x)"), [("own", 12, "ms")]),
        (("Method | Requests/s", "Wren | 1,200"), [("own", 1200, "QPS")]),
        # not understood
        (("Method | Latency (ms)", "Finch | 12", "Linnet | 20"), []),
        (("Method | Latency", "Wren | 12", "Linnet | 20"), []),
        (("Method | Accuracy (%)", "Wren | 171.2"), []),
        (("Method | Params (M)", "Wren | 7", "Linnet | 8"), []),
        (("Wren | Latency (ms) of Wren", "Wren | 12"), []),
        (("Wren | 12", "Linnet | 20"), []),
        (("Setting | Value", "Wren | 12"), []),
        (("Method | Memory (ms)", "Wren | 12"), []),
    ],
)
def test_tables_give_what_is_understood(rows, expected):
    found = claims_of("Table 1: Decoding.", *rows)
    assert [(c.target, c.value, c.unit) for c in found] == expected


def test_a_second_head_ends_a_table_and_a_line_of_one_text_names_what_follows():
    rows = ("Method | Latency (ms) | Acc.", "On an A100 | On an A100 | On an A100", "Wren | 12 | 70", "On a V100 | | ",
            "Wren | 19 | 70", "Method | Layers | Heads", "Wren | 7 | 8")  # fmt: skip
    found = claims_of("Decoding.", *rows)
    assert [(c.value, c.hardware, [d.name for d in c.devices]) for c in found] == [
        (12, ("A100",), ["A100"]), (70, (), []), (19, ("V100",), ["V100"]), (70, (), []),
    ]  # fmt: skip


def test_a_speedup_has_the_row_at_1x_as_its_baseline():
    found = claims_of("Decoding.", "Method | Speedup", "Dense | 1.00x", "Wren | 2.5x")
    assert [(c.kind, c.direction, c.baseline, c.factor) for c in found] == [("change", "better", "Dense", 2.5)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.text("Wren 0123.x%±|(ms)Latency", max_size=12), min_size=3, max_size=3), max_size=6),
    st.text(max_size=40),
)
def test_no_table_breaks_reading_and_spans_hold(rows, caption):
    grid = tuple(map(tuple, rows))
    text = tables.shown(caption, grid)
    for claim in tables.claims_of(caption, grid, section="T", own="Wren", key="k", seen={}, confidence=0.5):
        assert text[claim.span_start : claim.span_end] == claim.quote


@pytest.mark.parametrize(
    ("sentences", "phase", "device"),
    [
        (["All experiments run on one NVIDIA A100."], None, "A100"),
        (["We measure latency on a Jetson Orin Nano with batch size 1."], "inference", "Jetson Orin Nano"),
        (["We measure latency on a Jetson Orin Nano with batch size 1."], None, "Jetson Orin Nano"),
        (["We train all models on 8 V100 GPUs."], "fine-tuning", "V100"),
        (["We train all models on 8 V100 GPUs.", "Latency is measured on an A100."], "inference", "A100"),
        (["All experiments run on one NVIDIA GPU.", "We use an A100."], None, "A100"),
        # not told, or not by one device
        (["We train all models on 8 V100 GPUs."], None, None),
        (["We train all models on 8 V100 GPUs."], "inference", None),
        (["We train all models on 8 V100 GPUs.", "Latency is measured on an A100."], None, None),
        (["We ran it on an A100 and on an H100."], None, None),
        (["All experiments run on GPUs."], None, None),
        (["Their system runs on an A100."], None, None),
        (["An A100 costs more than a car."], None, None),
    ],
)
def test_the_machine_of_a_text(sentences, phase, device):
    run = machines_in([("4 Set-up", tuple(sentences))]).of(phase)
    assert (run.device if run else None) == device


def test_figures_on_another_device_leave_those_without_one_as_they_are():
    said = ("All experiments run on one NVIDIA A100.", "Wren decodes 3x faster than Linnet.")
    other = "On a Raspberry Pi 5, Wren reduces latency by 40%."
    for paragraphs, devices in ((said, ["A100"]), ((*said, other), [])):
        document = Document("k", "Wren: A Cache", "We present Wren.", (Section("4 Results", paragraphs),), ())
        claims = documents.read(document).claims
        assert [[d.name for d in c.devices] for c in claims if "decodes" in c.quote] == [devices]


@pytest.mark.parametrize(
    "sentence",
    [
        "Finch et al. (2021) decode 3x faster than dense models.",
        r"Let $\mathbf{W}_{0.5}\in\mathbb{R}^{4\times 64}$ be the accuracy weights.",
        "The data set has 41% recipes, and 80% of the pages are in English.",
        "We halve the learning rate after 20 epochs.",
        "The task is similar to the one before.",
        "We report the exact match accuracy of all models.",
        "GPT-3 had 175 billion parameters.",
        "We omit the tail, unless Wren reaches a hit ratio above 99%.",
        r"Increasing $d$ from 8 to 128 gives only a modest gain in recall.",
        r"Our recall is measured as R${}_{50}$.",
    ],
)
def test_sentences_without_a_result_of_the_paper_give_nothing(sentence):
    document = Document("k", "Wren: A Cache", "We present Wren.", (Section("4 Results", (sentence,)),), ())
    assert documents.read(document).claims == ()


def test_a_table_without_number_is_named_by_its_place():
    assert [tables.name_of(c, 3) for c in ("Table 2: Speed.", "Tab. A1. Speed.", "Speed.")] == [
        "Table 2",
        "Table A1",
        "Table (3)",
    ]


def test_an_endless_text_is_cut_at_a_section():
    long = Section("4 Results", ("x" * documents.MAX_LETTERS,))
    result = Section("5 Results", ("Wren decodes 3x faster than Linnet.",))
    assert documents.read(Document("k", "Wren: A", "", (result, long, result), ())).claims
    assert not documents.read(Document("k", "Wren: A", "", (long, long, result), (Table("", ()),))).claims


@needs_shared
def test_a_real_full_text_gives_few_claims_and_none_from_its_data_sections():
    page = (SHARED / "ar5iv_2303.17564_bloomberggpt.html").read_text(encoding="utf-8")
    found = documents.read(documents.from_json({"key": "k", **fulltext.as_json(fulltext.read(page))}))
    counts = Counter(claim.section.split(" ")[0].split(".")[0] for claim in found.claims)
    assert 1 <= len(found.claims) <= 12, counts
    assert not counts.keys() & {"2", "7", "8"}
    assert found.machine is None


@needs_shared
def test_a_real_excerpt_names_its_device():
    page = (SHARED / "arxiv_html_2503.20783v2_EXCERPT.html").read_text(encoding="utf-8")
    found = documents.read(
        documents.from_json({"key": "k", **fulltext.as_json(fulltext.read(page, arxiv_id="2503.20783"))})
    )
    assert [(c.section, c.value, [d.name for d in c.devices]) for c in found.claims] == [
        ("1 Introduction", 27, ["A100"])
    ]
