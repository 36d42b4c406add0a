"""Figures of many papers, claims to look through, and taking a verdict back."""

import pytest

from index import KnowledgeBase, explore, review
from index.curation import curation_file
from index.explore import Filters


@pytest.fixture
def speed(base):
    return next(c for c in base.show("2501.00001")["claims"] if c["value"] == 3.2)


def wide(home, claim_id):
    with KnowledgeBase.open(home) as base:
        (row,) = base.rows("SELECT * FROM claims_wide WHERE claim_id = ?", [claim_id])
        return row


def test_undo_takes_back_the_last_verdict_and_then_the_one_before(home, base, speed):
    claim = speed["claim_id"]
    base.curate(claim, "confirm")
    base.curate(claim, "set", field="value", value="9")
    base.curate(claim, "undo")
    assert (wide(home, claim)["status"], wide(home, claim)["value"]) == ("confirmed", 3.2)
    base.curate(claim, "undo")
    assert wide(home, claim)["status"] == "unseen"
    with pytest.raises(ValueError, match="nothing to undo"):
        base.curate(claim, "undo")
    assert len(curation_file(home).read_text().splitlines()) == 4, "the file only grows"


def test_undo_leaves_other_claims_alone(home, base, speed):
    other = next(c for c in base.show("2501.00001")["claims"] if c["claim_id"] != speed["claim_id"])
    base.curate(speed["claim_id"], "confirm")
    base.curate(other["claim_id"], "reject")
    base.curate(speed["claim_id"], "undo")
    assert wide(home, other["claim_id"])["status"] == "rejected"


@pytest.mark.parametrize("which", [name for name in review.LISTS if name != "collection"])
def test_lists_hold_claims_in_pages(base, which):
    rows, total = review.claims(base, which)
    assert len(rows) == total
    if total > 1:
        again, _ = review.claims(base, which, start=1, count=1)
        assert again == rows[1:2]


def test_lists_follow_verdicts_collections_and_words(home, base, speed):
    base.curate(speed["claim_id"], "confirm")
    base.curate(speed["claim_id"], "add-to", collection="decoding")
    with KnowledgeBase.open(home) as again:
        assert [r["claim_id"] for r in review.claims(again, "decided")[0]] == [speed["claim_id"]]
        assert speed["claim_id"] not in [r["claim_id"] for r in review.claims(again, "unsure")[0]]
        assert review.collections(again) == ["decoding"]
        assert review.claims(again, "collection", collection="decoding")[1] == 1
        assert review.claims(again, "decided", words="FLEXGEN")[1] == 1
        assert review.claims(again, "decided", words="100%_")[1] == 0
        said = review.latest(again)
        assert [(r["verdict"], r["undoable"]) for r in said] == [("add-to", True), ("confirm", False)]


def test_the_front_of_trade_offs_is_beaten_by_none(base):
    rows = explore.trade_offs(base, Filters())
    assert rows
    for row in rows:
        better = [r for r in rows if r["factor"] >= row["factor"] and r["loss"] <= row["loss"] and r != row]
        assert row["pareto"] == (not better), row["title"]


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (Filters(device_class="fpga"), {"Heron: Pruned Detectors on FPGAs"}),
        (
            Filters(metric="speed", first_year=2025),
            {"Larkspur: Paged Weights for Small GPUs", "Curlew: Sparse Attention for Long Books"},
        ),
        (Filters(last_year=2023, metric="memory"), {"Plover: Speech Recognition under One Watt"}),
        (Filters(sure=1.1), set()),
    ],
)
def test_filters_hold_for_points_and_cells(base, filters, titles):
    points = explore.improvements(base, filters)
    assert {p["title"] for p in points} == titles
    assert {c["title"] for c in explore.heat_map(base, filters)} <= titles
    assert sum(r["claims"] for r in explore.factors_by_metric(base, filters)) >= len(points)


def test_bibtex_holds_each_paper_once_and_nothing_that_latex_runs(app_home):
    from index.citing import bibtex_of

    with KnowledgeBase.open(app_home) as base:
        whole = bibtex_of(base, "claims_wide", where="title LIKE '%Faster' OR title LIKE 'Larkspur%'")
    assert whole.count("@misc{") == 7
    assert "title = {{Larkspur: Paged Weights for Small GPUs}}," in whole
    assert "eprint = {2501.00001}," in whole
    assert "\\$\\textbackslash{}alpha\\$ costs \\$5 or **bold** Faster" in whole
    assert whole.count("{") == whole.count("}"), "braces are balanced"


def test_bibtex_of_rows_without_papers_is_refused(base):
    from index.citing import bibtex_of

    with pytest.raises(ValueError, match="name no papers"):
        bibtex_of(base, "devices")


def test_the_last_measurement_of_each_metric_is_shown(home):
    from index.measured import append, latest

    record = {"date": "2026-01-01T00:00:00Z", "family": "quantization", "metric": "speed", "unit": "x", "device": "cpu"}
    append(home, [record | {"value": v, "value_baseline": 1.0, "factor": v} for v in (2.0, 3.0)])
    with KnowledgeBase.open(home) as base:
        found = latest(base, ["quantization", "pruning"])
    assert {family: [(r["metric"], r["factor"]) for r in rows] for family, rows in found.items()} == {
        "quantization": [("speed", 3.0)]
    }
