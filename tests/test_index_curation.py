"""People's verdicts: appended, seen at once, kept through builds, moved when a text changes, never dropped."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from index import KnowledgeBase
from index.build import build
from index.curation import SETTABLE, curation_file, entries, parsed, similarity


@pytest.fixture
def speed(base):
    """The speed-up of Larkspur: 3.2x on an A100."""
    return next(c for c in base.show("2501.00001")["claims"] if c["value"] == 3.2)


def wide(home, claim_id):
    with KnowledgeBase.open(home) as base:
        (row,) = base.rows("SELECT * FROM claims_wide WHERE claim_id = ?", [claim_id])
        return row


def test_verdicts_are_seen_by_the_next_reader(home, base, speed):
    claim = speed["claim_id"]
    assert wide(home, claim)["status"] == "unseen"
    base.curate(claim, "confirm")
    base.curate(claim, "note", note="checked against table 2")
    base.curate(claim, "note", note="and the appendix")
    base.curate(claim, "add-to", collection="decoding")
    row = wide(home, claim)
    assert (row["status"], row["notes"]) == ("confirmed", "checked against table 2 | and the appendix")
    assert row["collections"] == ["decoding"]
    base.curate(claim, "reject")
    assert wide(home, claim)["status"] == "rejected", "the last verdict holds"


def test_a_correction_changes_all_that_follows_from_it(home, base, speed):
    base.curate(speed["claim_id"], "set", field="value", value="4.5")
    base.curate(speed["claim_id"], "set", field="hardware", value="NVIDIA H100 GPU")
    row = wide(home, speed["claim_id"])
    assert (row["value"], row["factor"], row["devices"]) == (4.5, 4.5, ["H100"])
    assert row["corrected_fields"] == ["hardware", "value"]
    with KnowledgeBase.open(home) as again:
        answers = again.ask("at least 4x faster on an H100").answers
        assert speed["claim_id"] in [c["claim_id"] for paper in answers if paper.satisfies for c in paper.claims]
        assert again.sql(f"SELECT value FROM claims_wide WHERE claim_id = '{speed['claim_id']}'").rows == [(4.5,)]


def test_a_rejected_claim_answers_nothing(home, base, speed):
    question = "at least 3x faster on an A100"
    assert base.ask(question).answers[0].satisfies
    base.curate(speed["claim_id"], "reject")
    with KnowledgeBase.open(home) as again:
        shown = [c["claim_id"] for paper in again.ask(question).answers for c in (*paper.claims, *paper.near)]
        assert speed["claim_id"] not in shown


@pytest.mark.parametrize(
    ("verdict", "given", "why"),
    [
        ("praise", {}, "not one of confirm, reject, set, note, add-to"),
        ("set", {}, "set needs field and value"),
        ("set", {"field": "title", "value": "x"}, "field 'title' cannot be set; these can: metric"),
        ("set", {"field": "metric", "value": "beauty"}, "metric 'beauty' is not one of speed, memory"),
        ("set", {"field": "value", "value": "fast"}, "value 'fast' is no number"),
        ("set", {"field": "value", "value": "inf"}, "no finite number"),
        ("set", {"field": "value", "value": "null"}, "a claim of kind change needs a value"),
        ("set", {"field": "phase", "value": "dreaming"}, "phase 'dreaming' is not one of training"),
        ("note", {}, "note needs note"),
        ("note", {"note": "  "}, "note needs note"),
        ("confirm", {"note": "x"}, "confirm takes no note"),
        ("add-to", {"collection": "a b'"}, "letters, digits, hyphens"),
    ],
)
def test_a_wrong_verdict_is_refused_and_not_recorded(home, base, speed, verdict, given, why):
    with pytest.raises(ValueError, match=why):
        base.curate(speed["claim_id"], verdict, **given)
    assert not curation_file(home).exists()


def test_an_unknown_claim_is_refused(base):
    with pytest.raises(ValueError, match="no claim '000000000000' in build 1"):
        base.curate("000000000000", "confirm")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [("metric", "memory", "memory"), ("value", "2.5", 2.5), ("value_max", "null", None), ("phase", "null", None),
     ("technique", "null", None), ("baseline", "FlexGen", "FlexGen"),
     ("hardware", "A100; 8-core CPU", ["A100", "8-core CPU"]),
     ("hardware", "null", []), ("measure", "null", "null")],
)  # fmt: skip
def test_values_are_read_by_their_field(field, text, value):
    assert parsed(field, text) == value
    assert field in SETTABLE


def test_verdicts_survive_a_build(home, base, speed):
    base.curate(speed["claim_id"], "confirm")
    written = curation_file(home).read_bytes()
    base.close()
    build(home, jobs=1)
    assert wide(home, speed["claim_id"])["status"] == "confirmed"
    assert curation_file(home).read_bytes() == written, "no build touches the file"


def changed_text(home, papers, fill, old, new):
    paper = papers[0]
    assert old in paper.abstract
    source = replace(paper.sources[0], page="second-version.jsonl")
    fill(home, [replace(paper, abstract=paper.abstract.replace(old, new), sources=(source,))])
    build(home, jobs=1)


def test_a_verdict_moves_to_the_most_similar_claim_when_the_text_changes(home, base, speed, papers, fill):
    base.curate(speed["claim_id"], "confirm")
    base.close()
    changed_text(home, papers, fill, "3.2x faster than FlexGen", "3.4x faster than FlexGen, as measured anew,")
    with KnowledgeBase.open(home) as again:
        abstract = again.show("2501.00001")["abstract"]
        if "3.4x" not in abstract:
            pytest.skip("the archive kept the first text of the paper")
        status = again.status()
        assert [m["claim_id"] for m in status["moved"]] == [speed["claim_id"]]
        (row,) = again.rows("SELECT value, status FROM claims_wide WHERE claim_id = ?", [status["moved"][0]["to"]])
        assert row == {"value": 3.4, "status": "confirmed"}


def test_a_verdict_without_a_claim_is_listed_and_kept(home, base, speed):
    base.curate(speed["claim_id"], "note", note="keep me")
    (line,) = curation_file(home).read_text().splitlines()
    lost = json.loads(line) | {"claim_id": "f" * 12}
    lost["claim"] |= {"paper_id": "0" * 10}
    curation_file(home).write_text(line + "\n" + json.dumps(lost) + "\n")
    with KnowledgeBase.open(home) as again:
        (orphan,) = again.status()["orphans"]
        assert (orphan["claim_id"], orphan["note"], orphan["line"]) == ("f" * 12, "keep me", 2)
        rows = again.rows("SELECT resolved, claim_id FROM curation ORDER BY entry_no")
        assert rows == [{"resolved": "same", "claim_id": speed["claim_id"]}, {"resolved": "orphan", "claim_id": None}]


@pytest.mark.parametrize("torn", ['{"recorded_at": "2026-', "[]", '{"verdict": "confirm"}', "\x00\x01"])
def test_a_line_that_is_no_verdict_is_named_and_the_others_hold(home, base, speed, torn):
    base.curate(speed["claim_id"], "confirm")
    with curation_file(home).open("a") as file:
        file.write(torn)  # no line end: the process was killed here
    base.curate(speed["claim_id"], "note", note="after the accident")
    with KnowledgeBase.open(home) as again:
        (named,) = again.status()["unreadable"]
        assert "curation.jsonl, line 2: not a verdict" in named
        row = wide(home, speed["claim_id"])
        assert (row["status"], row["notes"]) == ("confirmed", "after the accident")
    assert len(entries(home)[0]) == 2


def test_likeness_is_mostly_words_and_figure():
    one = {
        "quote": "3.2x faster than FlexGen",
        "value": 3.2,
        "value_max": None,
        "unit": "x",
        "metric": "speed",
        "kind": "change",
    }
    assert similarity(one, one) == 1
    other = one | {"quote": "cuts peak memory by 60%", "value": 60.0, "unit": "%", "metric": "memory"}
    assert similarity(one, other) < 0.6 <= similarity(one, one | {"value": 3.4, "quote": "3.4x faster than FlexGen"})


def test_measurements_are_a_table(home):
    rows = [
        {"recorded_at": "2026-11-21T12:00:00+00:00", "technique_id": "quantization", "metric": "speed", "measured": 1.5,
         "unit": "ms", "baseline_measured": 3.0, "factor": 2.0, "device": "two cores", "threads": 2},
    ]  # fmt: skip
    (home / "measurements.jsonl").write_text("\n".join([json.dumps(rows[0]), "{torn"]))
    with KnowledgeBase.open(home) as base:
        (row,) = base.rows("SELECT * FROM measurements")
        assert (row["technique_id"], row["factor"], json.loads(row["details"])["threads"]) == ("quantization", 2.0, 2)
        assert any("measurements.jsonl, line 2" in named for named in base.status()["unreadable"])
        assert base.sql("SELECT details->>'threads' AS t FROM measurements").rows == [("2",)]


def test_processes_take_turns_at_the_file(home, base, speed):
    """Verdicts recorded at the same time by several processes all arrive, each on a line of its own."""
    program = (
        "import sys; from pathlib import Path; from index import KnowledgeBase\n"
        "base = KnowledgeBase.open(Path(sys.argv[1]))\n"
        "for i in range(20): base.curate(sys.argv[2], 'note', note=f'{sys.argv[3]} {i} ' + 'x' * 5000)"
    )
    call = [sys.executable, "-c", program, str(home), speed["claim_id"]]
    running = [subprocess.Popen([*call, name]) for name in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    found, unreadable = entries(home)
    assert not unreadable
    assert sorted(e.note.split(" x")[0] for _, e in found) == sorted(f"{name} {i}" for name in "abc" for i in range(20))
