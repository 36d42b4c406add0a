"""index.question_families: what was learned of everyday words fits the catalogue and finds techniques."""

import doctest

import numpy as np
import pytest

import data
from index import encoder, family_questions, question_encoder
from index.answer import Understood
from index.family_questions import Evidence, families_meant
from index.learn import question_families as learning
from index.question import understand
from index.question_families import _model, by_model, probabilities, weighed, word_features
from index.technique_catalogue import ids

SAID = data.table("paraphrases.toml")


def best(text: str) -> tuple[str, float]:
    found = by_model(text, question_encoder.load().encode([text])[0])
    return ids()[int(found[:-1].argmax())], float(found[:-1].max())


def test_the_model_is_of_this_catalogue_and_this_encoder() -> None:
    model = _model()
    assert model.families == tuple(ids())
    assert model.weights.shape == (encoder.load().dim + len(model.places), len(ids()) + 1)
    assert model.rarity.shape == (len(model.places),)
    assert (model.beside[:3] > 0).all()  # words, meaning and what was learned all speak for a family


def test_every_family_is_paraphrased() -> None:
    assert set(SAID["say"]) == set(ids())
    said = [text for texts in [*SAID["say"].values(), SAID["none"]["say"]] for text in texts]
    assert len(set(said)) == len(said)
    assert min(map(len, SAID["say"].values())) >= 4


@pytest.mark.parametrize(
    ("question", "family"),
    [
        ("for each word activate just the part of the model that it needs", "mixture-of-experts"),
        ("regular snapshots so that a crash of the job costs little", "checkpointing-and-fault-tolerance"),
        ("erase connections of a trained net that do not matter", "unstructured-pruning"),
        ("write the reply on another server than the one that reads the prompt", "disaggregated-serving"),
        ("hand a photo to a vision assistant in fewer patches", "token-reduction"),
    ],
)
def test_new_wordings(question: str, family: str) -> None:
    assert best(question)[0] == family
    assert families_meant(question, everyday=True)[0][0] == family


@pytest.mark.parametrize("question", ["how quick is it on a laptop", "recognition of birds", "models of language"])
def test_what_asks_for_no_technique_is_given_none(question: str) -> None:
    assert best(question)[1] < 0.5


@pytest.mark.parametrize(
    ("question", "family"),
    [
        ("swap multiplying for plain adding", "offloading"),
        ("swap attention for convolutions", "offloading"),
        ("which papers swap floating point for integers", "offloading"),
        ("swapping out softmax for something simpler", "offloading"),
        ("diffusion or language models on one card", "parallel-decoding"),
        ("diffusion models or large language models for code", "parallel-decoding"),
        ("real-time credit scoring", "real-time-perception"),
        ("a recommender that runs in real time", "real-time-perception"),
        ("real-time weather forecasts", "real-time-perception"),
    ],
)
def test_everyday_senses_and_alternatives_name_no_family(question: str, family: str) -> None:
    """Any "swap" was offloading, "diffusion or language models" one kind of model, any real time perception."""
    assert family_questions.evidence(question).said[ids().index(family)] < 0.5
    assert understand(question).family != family


@pytest.mark.parametrize(
    ("question", "family"),
    [
        ("swap weights to disk", "offloading"),
        ("swap layers in and out of GPU memory", "offloading"),
        ("experts swapped to host memory", "offloading"),
        ("diffusion language models", "parallel-decoding"),
        ("diffusion based language models for code", "parallel-decoding"),
        ("pruned or quantized models", "quantization"),
        ("real-time semantic segmentation", "real-time-perception"),
        ("real-time object or lane detection", "real-time-perception"),
    ],
)
def test_the_same_words_still_name_it_where_they_mean_it(question: str, family: str) -> None:
    assert dict(families_meant(question))[family] >= family_questions.MEANT


def test_what_was_learned_counts_only_where_asked_for() -> None:
    """A condition on the family is set by words alone."""
    question = "write the reply on another server than the one that reads the prompt"
    score = dict(families_meant(question)).get("disaggregated-serving", 0.0)
    assert score + 0.2 < dict(families_meant(question, everyday=True))["disaggregated-serving"]
    assert understand(question) == Understood(text=understand(question).text)


def test_word_features_are_of_length_one_or_nothing() -> None:
    places, rarity = {"cach": 0, "quantiz": 1}, np.array([3.0, 4.0], np.float32)
    found = word_features(["Caches, quantized caches", "nothing known"], places, rarity)
    assert np.allclose(found, [[0.6, 0.8], [0.0, 0.0]])
    assert np.allclose(probabilities(np.array([0.0, np.log(3)], np.float32)), [0.25, 0.75])


def test_learning_finds_what_can_be_told_apart(monkeypatch) -> None:
    monkeypatch.setattr(learning, "ids", lambda: ["one", "other"])
    features = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    families = np.repeat([0, 1, 2], 4)
    weights = learning.learned(features, families, np.ones(12, np.float32))
    assert (probabilities(features @ weights).argmax(1) == families).all()


def test_words_and_meaning_are_weighed_with_what_was_learned() -> None:
    families = len(ids())
    learned = np.full(families + 1, 0.1, np.float32)
    said, near = np.zeros((2, families), np.float32)
    said[3] = 0.9
    found = weighed(said, near, learned)
    assert found.argmax() == 3
    assert found.sum() < 1  # what is left is for none
    surer = learned.copy()
    surer[5] = 1.0
    assert weighed(said, near, surer)[5] > found[5]


def test_the_weights_beside_words_are_those_of_the_evidence(monkeypatch) -> None:
    """Three classes, the last for none; words are always right, what was learned says nothing."""
    spoken = {"a": [1, 0], "b": [0, 1], "c": [0, 0]}
    texts, families = ["a", "b", "c"] * 20, np.array([0, 1, 2] * 20)
    none = np.zeros(2, np.float32)
    monkeypatch.setattr(learning, "evidence", lambda t: Evidence(np.array(spoken[t], np.float32), none, t, None))
    given = learning.Examples(texts, families, np.ones(60, np.bool_))
    words, meaning, learned, nothing = learning.beside(given, np.full((60, 3), 1 / 3, np.float32))
    assert words > nothing > 0
    assert abs(meaning) < 1e-3
    assert abs(learned) < 1e-3


def test_the_examples_in_the_code() -> None:
    assert doctest.testmod(family_questions).failed == 0
