"""index.question_families: what was learned of everyday words fits the catalogue and finds techniques."""

import doctest

import numpy as np
import pytest

import data
from index import encoder, family_questions
from index.answer import Understood
from index.family_questions import families_meant
from index.learn import question_families as learning
from index.question import understand
from index.question_families import _model, by_model, probabilities, word_features
from index.technique_catalogue import ids

SAID = data.table("paraphrases.toml")


def best(text: str) -> tuple[str, float]:
    found = by_model(text, encoder.load().encode([text])[0])
    return max(found.items(), key=lambda item: item[1])


def test_the_model_is_of_this_catalogue_and_this_encoder() -> None:
    weights, rarity, places, families = _model()
    assert families == tuple(ids())
    assert weights.shape == (encoder.load().dim + len(places), len(families) + 1)
    assert rarity.shape == (len(places),)


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


def test_what_was_learned_counts_only_where_asked_for() -> None:
    """A condition on the family is set by words alone."""
    question = "for each word activate just the part of the model that it needs"
    score = dict(families_meant(question)).get("mixture-of-experts", 0.0)
    assert score + 0.2 < dict(families_meant(question, everyday=True))["mixture-of-experts"]
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


def test_the_examples_in_the_code() -> None:
    assert doctest.testmod(family_questions).failed == 0
