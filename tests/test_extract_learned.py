"""The stored model belongs to the code: its features are made by the code, its answers are ones that claims have."""

import json
import re

import numpy as np
import pytest
from safetensors.numpy import load_file

import data
from extract import linear
from extract.claim import KINDS, METRICS
from extract.decide import CLAIM, decide
from extract.features import paper_features
from extract.figures import candidates, sentences_of
from extract.measured import measured
from extract.plain import plain
from extract.reader import claims

TEXTS = [
    "We present LeafCache. On a GPU it cuts latency by up to 2.5x compared to PlainCache, from 30 ms to 12 ms.",
    "Existing caches lose ~3% accuracy (81.2% vs. 84.2%), whereas our best model gains +1.4 BLEU and 2-3x throughput.",
    "It needs only half of the memory, 12\\% of the KV cache and 21M parameters, and is twice as fast in 2019.",
    "The score of our kernels is 0.91, the highest of all; training is two orders of magnitude cheaper, at 1000+ FPS.",
    "Accuracy drops by 0.5 points on the 7-second clips, energy by 40% and 35%, respectively, in the first and last.",
    "It costs 3 USD, uses 4 GFLOPs, 12 GB of memory and 1,200 tokens; resilience improves by 3 dB.",
    "The overall wobble falls by 12%, and 5.2 points of mAP are gained.",
    "While the loss grows from 1.2 to 1.4, a 5.5%-smaller index keeps 97% of the recall (within 1% of the baseline).",
]


def _figures():
    text = " ".join(TEXTS)
    setup = paper_features(text)
    for alone in (text, *TEXTS):
        for sentence in sentences_of(plain(alone)):
            yield from candidates(sentence, setup)


def _family(name):
    """A feature's name without what varies: `-1:is-word&u=bare` and `2:up` are of the family of steps."""
    return re.sub(
        r"^w?-?\d+(?=[:=]).*|(?<=[=:<>|]).*|(?<=^again)\d.*|(?<=^fit)[<>].*|(?<=^distance)[<>].*|(?<=^unit&).*",
        "",
        name,
    )


def test_every_family_of_the_models_features_is_made_by_the_code():
    made = {_family(f) for figure in _figures() for f in figure.features}
    stored = {_family(f) for f in linear.load().figures.rows}
    plain_names = {f for f in stored if not f.endswith(("=", ":", "<", ">"))}
    assert {f for f in stored - plain_names if "&" not in f} <= made | {"mw="}  # words of a measure that no list knows


def test_the_code_makes_few_features_that_the_model_does_not_know():
    known = linear.load().figures.rows
    made = [
        f for figure in _figures() for f in figure.features if not re.match(r"w|c=|gov=|ph=|head=|pre=|post=|mw=", f)
    ]
    assert sum(f in known for f in made) > 0.85 * len(made)
    common = [f for figure in _figures() for f in figure.features if re.match(r"w-?\d=(?:by|of|to|than)$", f)]
    assert common
    assert all(f in known for f in common)


def test_shared_features_are_made_by_the_code():
    made: set[str] = set()
    for f in _figures():
        for features in measured(f.sentence, f.k, f.choice, f.metric, f.tied).values():
            made.update(map(_family, features))
    assert {_family(f) for f in linear.load().figures.shared} <= made


def test_words_among_the_features_are_single_and_common():
    for name in linear.load().figures.rows:
        if found := re.match(r"(?:w[LR]|w-?\d|c|pre|post|mw|gov)=([^&]*)", name):
            assert " " not in found[1]
            assert found[1] == found[1].lower()


def test_answers_are_those_of_claims():
    columns = linear.load().figures.columns
    assert set(columns["metric"]) <= set(METRICS)
    assert {m.split("/")[0] for m in columns["manner"]} == set(KINDS) - {"parity"}
    assert {m.split("/")[1] for m in columns["manner"]} == {"better", "worse", "none"}


def test_probabilities_are_probabilities_and_confidence_rises_with_the_score():
    model = linear.load().figures
    for figure in _figures():
        answer = decide(figure, model)
        assert 0 <= answer.claim <= 1
        assert 0 <= answer.own <= 1
        assert 0 <= answer.right < 1
        assert answer.right > 0 or answer.claim < CLAIM
    assert list(model.knots[0]) == sorted(model.knots[0])
    assert list(model.knots[1]) == sorted(model.knots[1])


def test_a_value_with_a_former_one_is_a_level():
    model = linear.load().figures
    pairs = [f for f in _figures() if f.quantity.from_value is not None]
    assert pairs
    assert {decide(f, model).kind for f in pairs} == {"level"}


@pytest.mark.parametrize(
    "counted", ["We reach good accuracy on 500 questions.", "The accuracy on a set of 7 games is fine."]
)
def test_counts_of_things_are_no_candidates(counted):
    assert [f for s in sentences_of(counted) for f in candidates(s, ())] == []


def test_the_model_files_are_small_and_hold_names_and_numbers_only():
    assert len(data.text(linear.FILE)) < 1_000_000
    text = data.text(linear.PARITY_FILE)
    assert len(text) < 400_000
    assert all(isinstance(v, int) for row in json.loads(text)["models"]["parity"]["weights"] for v in row)
    arrays = load_file(data.path(linear.ARRAYS))
    assert sum(a.nbytes for a in arrays.values()) < 6_000_000
    assert {str(a.dtype) for a in arrays.values()} <= {"int8", "float32"}


def test_a_hidden_layer_adds_to_the_columns_that_it_has():
    """relu(x·h + b)·o + c beside the linear part, by hand: x = two features, one hidden unit, a column without."""
    hidden = linear.Hidden(
        np.array([[1.0], [-1.0]], np.float32),
        np.array([0.5], np.float32),
        np.array([[2.0, -1.0]], np.float32),
        np.array([0.25, 0.0], np.float32),
    )
    stored = {
        "heads": {"claim": ["yes"], "target": ["own"], "right": ["yes"]},
        "features": ["a", "b"],
        "arrays": linear.packed(np.array([[1.27, 0.0, 12.7], [0.0, 1.27, -12.7]]), hidden),
    }
    model = linear.model(stored)
    assert model.scores(["a"]) == {
        "claim": [pytest.approx(1.27 + 1.5 * 2 + 0.25)],
        "target": [pytest.approx(-1.5)],
        "right": [pytest.approx(12.7)],
    }
    assert model.scores(["a", "b", "unknown"])["claim"] == [pytest.approx(1.27 + 0.5 * 2 + 0.25)]
    assert model.reasons(["a", "b"], "claim", "yes")[0] == ("a", pytest.approx(2.27))


@pytest.mark.parametrize(
    ("sentence", "metric"),
    [
        ("Our chip runs billion-parameter models at only 13 W, far below the power of a GPU.", "energy"),
        ("The memory of each accuracy test was served in 12 ms.", "speed"),
        ("Our accuracy tests of memory cost 4 kWh in total.", "energy"),
    ],
)
def test_a_unit_settles_what_is_measured(sentence, metric):
    """Watts once became speed: no learned part overrules what a unit says by itself."""
    found = [c for c in claims("Title", sentence, key="k") if c.kind != "parity"]
    assert {c.metric for c in found} <= {metric}
    assert found


def test_flash_memory_is_storage_whatever_the_network_says():
    """It was read as the peak RAM of the clause before, because annotated papers hardly ever speak of flash."""
    found = claims(
        "", "On a Cortex-M4, Acorn cuts peak RAM by 64% and shrinks flash memory from 310 KB to 46 KB.", key="k"
    )
    assert {c.value: (c.metric, c.measure) for c in found} == {
        64: ("memory", "peak RAM"),
        46: ("storage", "flash memory"),
    }


@pytest.mark.parametrize(
    ("sentence", "measure"),
    [
        ("Finch serves 5.2 times more customers at the same latency.", "customers"),
        ("It swaps adapters in 0.8 ms, compared with 11 ms before, at the same latency.", "ms"),
        ("Its inference latency is 5.2 times lower.", "inference latency"),
    ],
)
def test_what_is_held_equal_is_not_what_is_measured(sentence, measure):
    """A latency that stays the same was shown as what grew fivefold."""
    assert [c.measure for c in claims("", sentence, key="k") if c.kind != "parity"] == [measure]
