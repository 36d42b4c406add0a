"""Claims of whole papers: fields, exact quotes and spans, determinism, streams, bad rows. All texts are our own."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.claim import as_json, claim_id_for, from_json
from extract.reader import claims, explain
from extract.stream import BadRow, extract_rows, parsed

TITLE = "LeafCache: Small Caches for Long Texts"
ABSTRACT = (
    "Long texts strain the memory of language models. We present LeafCache, a cache that drops stale keys. "
    "On an NVIDIA A100 GPU, LeafCache reduces decoding latency by up to 2.5x compared to PlainCache, while "
    "maintaining comparable accuracy. It needs only 12\\% of the KV cache and cuts peak memory from 40 GB to 9 GB. "
    "LeafCache reaches 81.3% accuracy on a set of 500 questions."
)


def fields(found):
    return [
        (c.kind, c.metric, c.value, c.value_max, c.from_value, c.unit, c.bound, c.direction, c.target) for c in found
    ]


def test_a_small_paper_is_read_whole():
    assert fields(claims(TITLE, ABSTRACT, key="k")) == [
        ("change", "speed", 2.5, None, None, "x", "up_to", "better", "own"),
        ("parity", "quality", None, None, None, None, "exact", "none", "own"),
        ("fraction", "memory", 12.0, None, None, "%", "exact", "none", "own"),
        ("level", "memory", 9.0, None, 40.0, "GB", "exact", "better", "own"),
        ("level", "quality", 81.3, None, None, "%", "exact", "none", "own"),
    ]


def test_technique_baseline_device_and_factor_of_the_first_claim():
    first = claims(TITLE, ABSTRACT, key="k")[0]
    assert (first.technique, first.baseline, first.hardware) == ("LeafCache", "PlainCache", ("NVIDIA A100 GPU",))
    assert [d.name for d in first.devices] == ["A100"]
    assert first.factor == 2.5
    assert first.phase == "inference"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Our net is 3x slower than the old one.", ("change", "speed", 3.0, "x", "worse")),
        ("The model loses little: a 1.5% accuracy drop.", ("change", "quality", 1.5, "%", "worse")),
        ("We reach a lower FID of 2.81.", ("level", "quality", 2.81, "points", "better")),
        ("It has a lower accuracy of 71.2%.", ("level", "quality", 71.2, "%", "worse")),
        ("It attains a lower latency of 12 ms.", ("level", "speed", 12.0, "ms", "better")),
        ("We gain +2.4 AP over the baseline.", ("change", "quality", 2.4, "points", "better")),
        ("Training takes 3 hours on one V100 GPU.", ("level", "speed", 3.0, "h", "none")),
        ("The student keeps 97% of the accuracy of the teacher.", ("fraction", "quality", 97.0, "%", "none")),
        ("It prunes 60% of the weights.", ("change", "parameters", 60.0, "%", "better")),
        ("The chip draws 13 W and our method saves 40% energy.", ("change", "energy", 40.0, "%", "better")),
        ("We increase VRAM consumption by 2x.", ("change", "memory", 2.0, "x", "worse")),
    ],
)
def test_one_figure(sentence, expected):
    found = [(c.kind, c.metric, c.value, c.unit, c.direction) for c in claims("", sentence, key="k")]
    assert expected in found


@pytest.mark.parametrize(
    "sentence",
    [
        "We use 4-bit weights and a batch size of 64.",
        "The set has 2,026 tasks in 12 languages.",
        "We train on 8 A100 GPUs with 3x3 filters.",
        "This was known since 1998.",
        "It runs in O(n log n) time.",
    ],
)
def test_settings_and_counts_are_no_claims(sentence):
    assert [c for c in claims("", sentence, key="k") if c.kind != "parity"] == []


def test_listed_gains_have_their_own_devices():
    found = claims("", "It is 2.1x and 1.4x faster on the Jetson Nano and the Xeon CPU, respectively.", key="k")
    assert [(c.value, c.hardware) for c in found] == [(2.1, ("Jetson Nano",)), (1.4, ("Xeon CPU",))]


def test_a_rivals_device_is_no_hardware():
    found = claims("", "On an FPGA we get 1.7x lower latency than an NVIDIA A100.", key="k")
    assert found[0].hardware == ("FPGA",)


def test_quotes_are_substrings_and_spans_are_exact():
    for claim in claims(TITLE, ABSTRACT, key="k"):
        text = TITLE if claim.section == "title" else ABSTRACT
        assert text[claim.span_start : claim.span_end] == claim.quote
        assert len(claim.quote.split()) <= 30
        assert claim.quote in claim.sentence or claim.sentence in text


def test_ids_come_from_the_figure_as_written_and_its_ordinal():
    found = claims("", "We cut cost by 30%. We cut energy by 30%.", key="p")
    assert [c.claim_id for c in found] == [claim_id_for("p", "30%", 0), claim_id_for("p", "30%", 1)]


def test_explanations_name_rules_and_scores():
    rows = explain(TITLE, ABSTRACT, key="k")
    assert [r["claim_id"] for r in rows] == [c.claim_id for c in claims(TITLE, ABSTRACT, key="k")]
    assert rows[0]["rules"]["tied"] == "by"
    assert rows[0]["scores"]["claim"] > 0.5
    assert "comparable" in " ".join(rows[1]["rules"]) or "equal-quality" in rows[1]["rules"]


WORDS = st.lists(
    st.sampled_from(
        [
            "we",
            "our",
            "2x",
            "3.5times",
            "40%",
            "\\%",
            "$",
            "{\\sim}",
            "up",
            "to",
            "and",
            ",",
            ".",
            "(",
            ")",
            "by",
            "of",
            "faster",
            "accuracy",
            "memory",
            "GB",
            "A100",
            "GPU",
            "without",
            "loss",
            "than",
            "compared",
            "reduces",
            "from",
            "to",
            "vs",
            "1.2",
            "--",
            "~",
            "7B",
            "tokens",
            "half",
            "twice",
            "respectively",
            "12ms",
            "FPS",
            "PSNR",
            "maintaining",
            "the",
            "performance",
        ]
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=120, deadline=None)
@given(st.one_of(WORDS, st.text(max_size=160)), st.one_of(WORDS, st.text(max_size=160)))
def test_no_text_makes_reading_fail(title, abstract):
    found = claims(title, abstract, key="k")
    for claim in found:
        text = title if claim.section == "title" else abstract
        assert claim.quote
        assert text[claim.span_start : claim.span_end] == claim.quote
        assert claim.quote in text
        assert all(h in text for h in claim.hardware)
        assert from_json(json.loads(json.dumps(as_json(claim)))) == claim
    assert claims(title, abstract, key="k") == found


ROWS = [{"key": f"p{i}", "title": TITLE, "abstract": ABSTRACT.replace("2.5x", f"{i + 2}.5x")} for i in range(150)]


@pytest.mark.slow
def test_rows_come_back_in_order_and_alike_whatever_the_jobs():
    one = list(extract_rows(ROWS, jobs=1))
    two = list(extract_rows(ROWS, jobs=2))
    assert [r["key"] for r in one] == [r["key"] for r in ROWS]
    assert json.dumps(one) == json.dumps(two)


def test_a_row_with_an_id_and_no_title_is_a_paper():
    (row,) = extract_rows([{"id": 7, "abstract": "It is 3x faster."}])
    assert row["key"] == 7
    assert row["claims"][0]["value"] == 3.0


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"key": "a"}', "title"),
        ('{"title": "t"}', "key"),
        ("[1, 2]", "expected an object"),
        ('{"key": "a", "title": 5}', "string"),
        ("{not json", "no JSON"),
    ],
)
def test_a_row_that_is_no_paper_is_named_and_the_others_are_read(line, why):
    seen = []
    rows = list(
        extract_rows(parsed(['{"key": "x", "title": "t"}', line, '{"key": "y", "title": "t"}']), bad=seen.append)
    )
    assert [r["key"] for r in rows] == ["x", "y"]
    assert [e.line for e in seen] == [2]
    assert why in str(seen[0])


def test_without_a_place_for_bad_rows_the_first_one_stops():
    with pytest.raises(BadRow, match="line 1"):
        list(extract_rows([{"title": "t"}]))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It achieves a 50% reduction in latency (200 ms to 100 ms).", [True, True]),
        ("It achieves a 10% reduction in latency (200 ms to 100 ms).", [False, False]),
        ("It is a 2x reduction in latency (200 ms to 100 ms).", [True, True]),
        ("It achieves a 50% reduction in latency.", [None]),
    ],
)
def test_a_change_is_held_against_its_levels(sentence, expected):
    assert [c.agreement for c in claims("", sentence, key="k")] == expected
