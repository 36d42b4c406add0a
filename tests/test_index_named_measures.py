"""index.named_measures: measures by name in questions and claims, the same in Python and SQL, and what they decide."""

import doctest

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from index import KnowledgeBase, named_measures
from index.answer import Understood
from index.misses import Judge
from index.named_measures import asked_for, meets, named_by, names, told, words_told
from index.overrides import overridden
from index.question import understand

ENTRIES = data.table("named_measures.toml")["measure"]


@pytest.mark.parametrize(("question", "name"), [(q, e["name"]) for e in ENTRIES for q in e["yes"]])
def test_named_by_a_question(question, name):
    assert understand(question).measure == name


@pytest.mark.parametrize(("question", "name"), [(q, e["name"]) for e in ENTRIES for q in e["no"]])
def test_not_named_by_a_question(question, name):
    assert understand(question).measure != name


@pytest.mark.parametrize(
    ("question", "measure"),
    [
        ("10x fewer parameters, or 10x fewer trainable parameters", None),  # either
        ("PSNR or SSIM above 30", None),
        ("2x faster at the same accuracy", None),  # accuracy is not what is asked for
        ("half the memory with at most 1% accuracy loss", None),
        ("at most 1% of the weights updated", "trainable parameters"),
        ("prefill at least 3x faster", "time to first token"),
        ("3x faster", None),
    ],
)
def test_one_measure_or_none(question, measure):
    assert understand(question).measure == measure


TOLD = [
    ("quality", "top-1 accuracy", "84.8% top-1 accuracy", "accuracy"),
    ("quality", None, "84.8% on ImageNet", None),
    ("quality", "FID score", "FID score of 2.1", "FID"),
    ("quality", "gFID", "a gFID of 1.7", "FID"),
    ("quality", "mAP@0.5:0.95", "51 mAP@0.5:0.95", "average precision"),
    ("quality", "mIoU on the test set", "71 mIoU", "IoU"),
    ("quality", "word error rate", "a word error rate of 4%", "word error rate"),
    ("quality", "performance", "a PSNR of 31 dB", "PSNR"),  # where the measure names none, the quote may
    ("quality", "feature map", "a feature map of 50", None),
    ("speed", "TTFT", "TTFT by 3x", "time to first token"),
    ("speed", "time-to-first-token", "time-to-first-token of 90 ms", "time to first token"),
    ("speed", "prefilling latency", "prefilling latency", "time to first token"),
    ("speed", "latency", "latency of 90 ms", None),
    ("parameters", "trainable parameters", "0.1% trainable parameters", "trainable parameters"),
    ("parameters", None, "updating only 1% of the parameters", "trainable parameters"),
    ("parameters", "parameters", "10x fewer parameters", None),
    ("memory", "accuracy", "accuracy", None),  # no measure of memory has a name
    (None, "accuracy", "accuracy", None),
]


@pytest.mark.parametrize(("metric", "measure", "quote", "name"), TOLD)
def test_named_by_a_claim(metric, measure, quote, name):
    assert told(metric, measure, quote) == name


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


def test_sql_names_the_same(connection):
    rows = [
        connection.execute(f"SELECT {words_told()} FROM (SELECT ? AS metric, ? AS measure, ? AS quote)", t[:3])
        .fetchone()[0]
        for t in TOLD
    ]  # fmt: skip
    assert [words and named_by(words) for words in rows] == [t[3] for t in TOLD]


WORDS = st.sampled_from(
    ["PSNR", "fréchet inception distance", "fr\u00a0chet inception distance", "pearson\u00a0r", "mAP@.5", "TTFT"]
)


@given(st.lists(st.text(max_size=8) | WORDS, max_size=6).map(" ".join), st.sampled_from(["quality", "speed", "memory"]))
@settings(deadline=None)  # DuckDB plans the long expression anew for each text
def test_no_text_makes_naming_fail(connection, text, metric):
    row = connection.execute(
        f"SELECT {words_told()} FROM (SELECT ? AS metric, ? AS measure, ? AS quote)", (metric, text, text)
    ).fetchone()
    assert row[0] is None or named_by(row[0]) in (None, *names())
    assert told(metric, text, text) in (None, *names())


@pytest.mark.parametrize(
    ("asked", "named", "counts"),
    [
        ("PSNR", "PSNR", True),
        ("PSNR", "SSIM", False),
        ("PSNR", None, False),
        ("accuracy", None, True),
        ("accuracy", "F1", False),
        ("parameters of the whole model", None, True),
        ("parameters of the whole model", "trainable parameters", False),
    ],
)
def test_which_claims_count(asked, named, counts):
    assert meets(asked, named) is counts


def test_near_misses_say_which_measure():
    claim = {
        "claim_id": "c", "target": "own", "metric": "quality", "measure": "SSIM", "quote": "SSIM of 0.9", "phase": None,
        "kind": "level", "factor": None, "confidence": 0.9, "devices": [], "baseline": None, "unit": "points",
        "value": 0.9, "value_max": None,
    }  # fmt: skip
    read = Understood(metric="quality", measure="PSNR")
    assert Judge(read).reasons(claim, paper_on_wanted=True) == ["SSIM, asked for PSNR"]


@pytest.mark.parametrize(
    ("question", "changes", "metric", "measure"),
    [
        ("TTFT below 90 ms", {"metric": "memory"}, "memory", None),  # the measure goes when its metric goes
        ("TTFT below 90 ms", {"metric": "speed"}, "speed", "time to first token"),
        ("TTFT below 90 ms", {"measure": None}, "speed", None),
        ("half the memory", {"measure": "PSNR"}, "quality", "PSNR"),  # and brings its metric
        ("half the memory", {"measure": "PSNR", "metric": "quality"}, "quality", "PSNR"),
    ],
)
def test_set_by_hand(question, changes, metric, measure):
    read = overridden(understand(question), changes)
    assert (read.metric, read.measure) == (metric, measure)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"measure": "PSNR", "metric": "speed"}, "measure 'PSNR' is one of quality, not of speed"),
        ({"measure": "PNSR"}, "no measure 'PNSR'; did you mean PSNR"),
    ],
)
def test_a_measure_that_cannot_be_is_told(changes, message):
    with pytest.raises(ValueError, match=message):
        overridden(Understood(), changes)


PAPERS = [
    ("Dabchick: Early Tokens", "Dabchick cuts the time to first token by 3x and decodes 1.2x faster."),
    ("Gadwall: Quick Decoding", "Gadwall decodes 4x faster than vLLM."),
    ("Pintail: Few Weights", "Pintail reaches the accuracy of full fine-tuning with 50x fewer trainable parameters."),
    ("Shoveler: Small Networks", "Shoveler has 20x fewer parameters than ResNet-50 at the same accuracy."),
]


@pytest.fixture(scope="module")
def satisfying(home_of):
    with KnowledgeBase.open(home_of(PAPERS)) as base:
        yield lambda question: {a.title.split(":")[0] for a in base.ask(question).answers if a.satisfies}


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("time to first token at least 2x shorter", {"Dabchick"}),
        ("at least 2x faster", {"Dabchick", "Gadwall"}),
        ("10x fewer trainable parameters", {"Pintail"}),
        ("smaller models with a tenth of the parameters", {"Shoveler"}),
        ("10x fewer parameters", {"Pintail", "Shoveler"}),
    ],
)
def test_only_claims_of_the_measure_satisfy(satisfying, question, papers):
    assert satisfying(question) == papers


def test_each_name_once_and_words_name_one_measure():
    assert len(set(names())) == len(names())
    assert asked_for("nothing of the kind", None) is None


def test_the_examples_in_the_code():
    assert doctest.testmod(named_measures).failed == 0
