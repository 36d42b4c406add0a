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
