"""The app's pages as a reader goes through them, without a browser."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import data
import ui
from index.build import build

APP = str(Path(ui.__file__).with_name("app.py"))
ASKED = "at least 2x faster on an A100"


@pytest.fixture
def served(app_home, monkeypatch):
    monkeypatch.setenv("CLAIMS_HOME", str(app_home))
    return app_home


@pytest.fixture
def own_home(app_home, tmp_path, monkeypatch):
    """A copy that a test may change."""
    home = Path(shutil.copytree(app_home, tmp_path / "home", symlinks=True))
    monkeypatch.setenv("CLAIMS_HOME", str(home))
    return home


def opened(screen="ask", **params) -> AppTest:
    """A page of the app, run once, with an address."""
    if screen == "ask":
        test = AppTest.from_file(APP, default_timeout=30)
    else:
        test = AppTest.from_string(f"from ui.screens import {screen}\n{screen}.page()", default_timeout=30)
    for name, value in params.items():
        test.query_params[name] = value
    return ran(test.run())


def ran(test: AppTest) -> AppTest:
    assert not test.exception, test.exception[0].message
    return test


def address(test: AppTest) -> dict[str, list[str]]:
    """The query part of the address that the page has come to."""
    found = {name: test.query_params[name] for name in test.query_params}
    return {name: value if isinstance(value, list) else [value] for name, value in found.items()}


def html(test: AppTest) -> str:
    """All HTML that the page shows, the sheet of styles aside."""
    return "".join(e.proto.body for e in test.get("html") if "<style>" not in e.proto.body)


def titles(test: AppTest) -> list[str]:
    return re.findall("<h4><a [^>]*>(.*?)</a></h4>", html(test))


def labels(test: AppTest) -> list[str]:
    return [chip.label for chip in test.get("popover")] if test.get("popover") else []


def press(test: AppTest, *, key: str | None = None, label: str | None = None) -> AppTest:
    (button,) = [b for b in test.button if (key and b.key == key) or (label and b.label == label)]
    return ran(button.click().run())


# ---------------------------------------------------------------- the question page


def test_the_first_page_offers_examples_and_shows_the_newest_strong_claims(served):
    test = opened()
    offered = [b.label for b in test.button if (b.key or "").startswith("example-")]
    assert offered == data.table("examples.toml")["questions"]
    assert titles(test), "no strong claims in front"
    press(test, key="example-0")
    assert address(test)["q"] == [offered[0]]
    assert "pc-claims" in html(test)


def test_a_question_becomes_cards_with_marks_and_links(served):
    shown = html(opened(q=ASKED))
    assert '<mark class="figure">' in shown
    assert '<mark class="device">A100' in shown
    assert '<mark class="baseline">PyTorch</mark>' in shown
    assert 'href="https://invented.test/' in shown
    assert 'href="paper?id=' in shown


def test_what_comes_from_a_page_is_text(served):
    shown = html(opened(q="saves energy on an A100"))
    assert "<script" not in shown
    assert "<img" not in shown
    assert "javascript:alert(1)" in shown, "the title itself is shown"
    assert 'href="javascript' not in shown


def test_a_condition_is_changed_and_the_address_tells(served):
    test = opened(q=ASKED)
    before = titles(test)
    (factor,) = [n for n in test.number_input if n.label == "Times better, at least"]
    factor.set_value(20.0)
    (button,) = [b for b in test.button if b.label == "Change" and b.form_id == "Change-min_factor"]
    ran(button.click().run())
    assert address(test)["min_factor"] == ["20"]
    assert titles(test) != before
    again = opened(**address(test))
    assert titles(again) == titles(test), "the address shows the same answer to somebody else"


def test_a_condition_is_removed_and_put_back(served):
    test = opened(q=ASKED)
    (button,) = [b for b in test.button if b.label == "Remove" and b.form_id == "Change-hardware"]
    ran(button.click().run())
    assert address(test)["without"] == ["hardware"]
    press(test, key="back-hardware")
    assert "without" not in address(test)


def test_each_further_threshold_is_a_chip_that_can_be_removed(served):
    test = opened(q="2x faster, half the memory and 4x less energy")
    chips = [key for b in test.button if (key := b.key or "").startswith("remove-also-")]
    assert chips == ["remove-also-memory at least 2x better", "remove-also-energy at least 4x better"]
    press(test, key=chips[1])
    assert address(test)["also"] == ["memory >=2.0x"]
    assert "Larkspur" in titles(test)[0]
    press(test, key=chips[0])
    assert address(test)["without"] == ["also"]
    press(test, key="back-also")
    assert len([b for b in test.button if (b.key or "").startswith("remove-also-")]) == 2


def test_an_empty_result_says_what_to_drop_and_one_click_drops_it(served):
    test = opened(q="at least 900x faster on an A100")
    assert "Nothing satisfies this" in html(test)
    press(test, key="loosen-min_factor")
    assert address(test)["without"] == ["min_factor"]
    assert "Nothing satisfies this" not in html(test)


def test_near_misses_stand_apart_with_the_reason(served):
    test = opened(q="at least 900x faster on an A100", show="near")
    assert "Not quite: " in html(test)
    assert "asked for 900x" in html(test)


def test_pages_of_an_answer_hold_every_paper_once(served):
    test = opened(q=ASKED)
    seen = titles(test)
    assert len(seen) == 10
    while next(b for b in test.button if b.label == "Next").disabled is False:
        press(test, label="Next")
        seen += titles(test)
    assert len(seen) == len(set(seen)) >= 25
    press(test, label="Previous")
    assert "page" in address(test)


def test_a_facet_narrows_the_answer(served):
    test = opened(q=ASKED)
    facet = next(p for p in test.get("button_group") if p.label == "Times better")
    ran(facet.set_value(10.0).run())
    assert address(test)["min_factor"] == ["10"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"metric": "beauty"}, "metric=beauty"),
        ({"min_factor": "many"}, "min_factor=many"),
        ({"min_factor": "nan"}, "min_factor=nan"),
        ({"years": "lately"}, "years=lately"),
        ({"page": "two"}, "page=two"),
        ({"show": "all"}, "show=all"),
        ({"without": "pity"}, "without=pity"),
        ({"since": "yesterday"}, "since=yesterday"),
        ({"metric": "<script>x</script>"}, "&lt;script&gt;"),
    ],
)
def test_a_wrong_address_is_told_and_the_rest_is_answered(served, params, said):
    shown = html(opened(q=ASKED, **params))
    assert said in shown
    assert "pc-claims" in shown


@pytest.mark.parametrize("question", data.table("examples.toml")["questions"])
def test_every_example_question_is_understood(question):
    from index.browse import stated
    from index.question import understand

    assert stated(understand(question)), f"nothing is understood of {question!r}"


def test_without_a_knowledge_base_the_page_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAIMS_HOME", str(tmp_path / "none"))
    assert "claims build" in html(opened())


# ---------------------------------------------------------------- fresh data


def test_a_new_build_is_seen_without_a_restart(own_home, invented, fill):
    test = opened(q="dunlin")
    assert not any("Dunlin" in t for t in titles(test))
    fill(own_home, [invented("Dunlin: A New Paper", "Dunlin is 9x faster than Foo on an A100.", 99)])
    build(own_home, jobs=1)
    assert titles(ran(test.run()))[0] == "Dunlin: A New Paper"


def test_a_verdict_is_seen_without_a_restart(own_home):
    from index import KnowledgeBase

    test = opened(q="Sandpiper 25")
    with KnowledgeBase.open(own_home) as base:
        (claim,) = base.show("Sandpiper 25: Kernels by Search")["claims"]
        assert "25.5x" in html(test)
        base.curate(claim["claim_id"], "reject")
    assert "25.5x" not in html(ran(test.run()))


# ---------------------------------------------------------------- the other pages


def test_a_paper_is_shown_with_its_claims_marked(served):
    from index import KnowledgeBase

    with KnowledgeBase.open(served) as base:
        paper = base.show("Larkspur: Paged Weights for Small GPUs")
    shown = html(opened("paper", id=paper["paper_id"]))
    abstract = shown.split('class="pc-abstract">')[1].split("</p>")[0]
    assert '<mark class="figure">3.2x</mark>' in abstract
    assert '<mark class="baseline">FlexGen</mark>' in abstract
    assert "https://github.com/invented/larkspur" in shown
    assert "invented.jsonl" in shown


def test_an_unknown_paper_is_told_and_a_search_finds_one(served):
    test = opened("paper", id="Sandpiper")
    assert "no paper" in html(test)
    test.text_input[0].set_value("pruned detectors")
    assert "Heron: Pruned Detectors on FPGAs" in titles(ran(test.run()))


@pytest.mark.parametrize("example", data.table("examples.toml")["query"], ids=lambda e: e["name"])
def test_every_example_query_runs(served, example):
    from index import KnowledgeBase

    with KnowledgeBase.open(served) as base:
        assert base.sql(example["sql"]).columns


def run_sql(query: str) -> AppTest:
    test = opened("sql")
    test.text_area[0].set_value(query)
    return press(test, label="Run")


def test_sql_gives_a_table(served):
    test = run_sql("SELECT title, title, hardware, setting FROM claims_wide WHERE title LIKE 'Lark%'")
    frame = test.dataframe[0].value
    assert list(frame.columns) == ["title", "title (2)", "hardware", "setting"]
    assert frame["title"][0].startswith("Larkspur")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT factr FROM claims", "factr"),
        ("DROP TABLE claims", "only statements that read"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled"),
        ("SELECT 1; SELECT 2", "one statement"),
    ],
)
def test_sql_that_fails_shows_why(served, query, said):
    assert said in html(run_sql(query))


def test_the_schema_stands_beside(served):
    assert "How many times better" in html(opened("sql"))


def test_status_counts_what_is_there(served):
    test = opened("status")
    assert {m.label: m.value for m in test.metric}["papers"] == "36"
    assert "built at" in html(test)


def test_an_export_is_made_with_its_condition(served):
    test = opened("export", table="claims_wide")
    test.text_input[0].set_value("title LIKE 'Sandpiper%'")
    test = press(test, label="Make the file")
    made = test.session_state["export-made"]
    assert made["rows"] == 24
    assert made["file"].startswith("claims_wide-title-like-sandpiper-20")
    assert made["content"].count(b"\n") == 25


def test_the_papers_of_an_export_can_be_cited(served):
    test = opened("export", table="newest_strong")
    test = press(test, label="BibTeX of its papers")
    assert test.code[0].value.startswith("@misc{")


def test_what_was_measured_here_stands_beside_the_claims(own_home):
    from index import KnowledgeBase
    from index.measured import append

    question = "less energy on an FPGA"
    before = opened(q=question)
    assert "measured here" not in html(before)
    with KnowledgeBase.open(own_home) as base:
        (family, *_) = next(p.families for p in base.ask(question, top=20).answers if p.families)
    record = {"date": "2026-01-01T00:00:00Z", "family": family, "metric": "speed", "unit": "x", "device": "this cpu"}
    append(own_home, [record | {"value": 1.5, "value_baseline": 1.0, "factor": 1.5}])
    assert "measured here: <b>1.5x</b>" in html(ran(before.run()))


def test_a_wrong_condition_of_an_export_is_told(served):
    test = opened("export", table="claims_wide")
    test.text_input[0].set_value("nonsense = 1")
    assert "nonsense" in html(press(test, label="Make the file"))


def test_the_plots_follow_the_filters(served):
    test = opened("explore", metric="speed", device="fpga")
    assert [h.value for h in test.subheader] == [
        "Improvement by year", "How much better, by measure", "What speed costs", "Devices and techniques",
    ]  # fmt: skip
    heat = html(test)
    assert "fpga" in heat
    assert ">gpu<" not in heat
    (heron,) = re.findall(r'href="paper\?id=(\w+)"[^>]*title="Heron', heat)[:1]
    assert "Heron" in html(opened("paper", id=heron))


def test_claims_are_decided_and_taken_back(own_home):
    from index import KnowledgeBase, review

    test = opened("curate")
    with KnowledgeBase.open(own_home) as base:
        rows, _ = review.claims(base, "unsure")
    test.session_state["curate-0"] = {
        "edited_rows": {
            0: {"verdict": "confirm", "note": "seen in table 2"},
            1: {"metric": "cost", "collect": "odd ones"},
        },
        "added_rows": [],
        "deleted_rows": [],
    }
    test = press(ran(test.run()), key="save")
    assert "odd ones" in html(test), "a name that cannot be is told"
    assert "seen in table 2" in html(test)
    with KnowledgeBase.open(own_home) as base:
        found = {r["claim_id"]: r for r in base.rows("SELECT * FROM claims_wide")}
        assert found[rows[0]["claim_id"]]["status"] == "confirmed"
        assert found[rows[1]["claim_id"]]["metric"] == "cost"
    undo = [b for b in test.button if b.label == "Undo"]
    assert len(undo) == 2, "the last verdict on each claim can be taken back"
    test = ran(undo[0].click().run())
    with KnowledgeBase.open(own_home) as base:
        found = {r["claim_id"]: r for r in base.rows("SELECT * FROM claims_wide")}
        assert found[rows[1]["claim_id"]]["metric"] == rows[1]["metric"]
        assert found[rows[0]["claim_id"]]["notes"] == "seen in table 2"


# ---------------------------------------------------------------- many at once


def test_ten_people_at_once_get_the_answers_of_one(served):
    """Threads share one connection: no answer is mixed up with another's."""
    from concurrent.futures import ThreadPoolExecutor

    from index import KnowledgeBase
    from index.browse import sheet

    questions = [f"Sandpiper {n} faster on an A100" for n in range(2, 12)]
    with KnowledgeBase.open(served) as base:

        def asked(question):
            found = sheet(base, base.understood(question), question=question)
            return replace(found, papers=tuple(replace(p, score=0) for p in found.papers))

        alone = [asked(q) for q in questions]
        with ThreadPoolExecutor(10) as pool:
            for _ in range(3):
                assert list(pool.map(asked, questions)) == alone


def test_a_build_can_be_opened_twice_in_one_process(served):
    from index import KnowledgeBase

    with KnowledgeBase.open(served) as one, KnowledgeBase.open(served) as other:
        assert one.status()["papers"] == other.status()["papers"]
