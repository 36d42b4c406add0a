"""Questions to vectors: what was learned of questions, and how it is learned and stored."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

import data
from index import encoder, question_encoder
from index.encoder import StaticEncoder
from index.learn import question_encoder as learning


@pytest.fixture(scope="module")
def fast() -> StaticEncoder:
    found = encoder.load("fast")
    assert isinstance(found, StaticEncoder)
    return found


@pytest.mark.parametrize(
    ("question", "meant", "other"),
    [
        (
            "throw away old things the chatbot no longer looks at",
            "Evicting entries of the key-value cache by attention scores during long generation",
            "Discarding stale gradients in asynchronous training on many machines",
        ),
        (
            "let a tiny helper guess the next words and have the big one check them",
            "A draft model proposes tokens that the target model verifies in parallel",
            "Small language models for spell checking on phones",
        ),
        (
            "round the numbers of a trained model so that it fits on an old card",
            "Post-training quantization of weights to four bits",
            "Old maps fitted to models of the ground by trained surveyors",
        ),
        (
            "teach a small net with the answers of a big one",
            "Knowledge distillation from a teacher into a compact student",
            "Answering questions about nets of roads",
        ),
    ],
)
def test_everyday_words_come_near_to_what_they_mean(fast: StaticEncoder, question: str, meant: str, other: str) -> None:
    asked = question_encoder.load().encode([question])[0]
    near, far = fast.encode([meant, other]) @ asked
    assert near > far + 0.05


def test_rows_are_unit_vectors_in_order_and_of_the_papers_width(fast: StaticEncoder) -> None:
    found = question_encoder.load().encode(["cheaper chat", "", "cheaper chat", "\u2603"])
    assert found.dtype == np.float32
    assert found.shape == (4, fast.dim)
    assert np.allclose(np.linalg.norm(found, axis=1), [1, 0, 1, 0], atol=1e-5)
    assert np.array_equal(found[0], found[2])
    assert question_encoder.load().encode([]).shape == (0, fast.dim)


def test_a_question_is_the_mean_of_its_tokens_whether_learned_or_not(fast: StaticEncoder) -> None:
    first, second = fast.tokens(["quantization sparsity"])[0]
    rows = np.full((1, fast.dim), 10, np.int8)
    made = question_encoder.QuestionEncoder(fast, np.array([first], np.int32), rows, np.array([0.5], np.float16))
    mean = (np.full(fast.dim, 5.0) + fast.rows(np.array([second]))[0]) / 2
    assert np.allclose(made.encode(["quantization sparsity"])[0], mean / np.linalg.norm(mean), atol=1e-5)
    assert np.allclose(made.encode(["sparsity"])[0], fast.encode(["sparsity"])[0], atol=1e-6)


@pytest.fixture
def _unloaded() -> Iterator[None]:
    question_encoder.load.cache_clear()
    yield
    question_encoder.load.cache_clear()


@pytest.mark.usefixtures("_unloaded")
def test_a_file_for_another_encoder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = load_file(data.path(question_encoder.FILE))
    save_file(arrays, tmp_path / "other.safetensors", metadata={question_encoder.MADE_FOR: "static:other"})
    monkeypatch.setattr(data, "path", lambda name: tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match=r"learned for static:other, .* learn it again"):
        question_encoder.load()


def test_the_questions_are_two_for_nearly_every_paper_and_no_paper_twice() -> None:
    found = learning.asked()
    keys = [key for key, _ in found]
    assert len(set(keys)) == len(keys) > 10_000
    assert all(1 <= len(questions) <= 2 and all(questions) for _, questions in found)
    assert np.mean([len(questions) for _, questions in found]) > 1.99


def test_learning_brings_questions_to_their_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight papers of three tokens each, asked for by tokens that no paper has."""
    monkeypatch.setattr(learning, "NEAREST", 2)
    monkeypatch.setattr(learning, "BATCH", 8)
    monkeypatch.setattr(learning, "ROUNDS", 60)
    monkeypatch.setattr(learning, "RATE", 0.1)
    rng = np.random.default_rng(1)
    table = rng.normal(size=(40, 12)).astype(np.float32)
    vectors = encoder.unit(np.stack([table[3 * i : 3 * i + 3].mean(axis=0) for i in range(8)]))
    papers = learning.papers_of(vectors)
    pairs = learning.Pairs([np.array([24 + i, 32 + i]) for i in range(8)], np.arange(8))
    titles = learning.Pairs([np.arange(3 * i, 3 * i + 3) for i in range(8)], np.arange(8))
    before = learning.figures(learning.Questions(table), papers, pairs)["mean reciprocal rank"]
    model = learning.trained(table, papers, pairs, titles)
    assert learning.figures(model, papers, pairs)["mean reciprocal rank"] == 1.0 > before
    used = np.arange(24, 40)
    arrays = learning.stored(model, used)
    kept = arrays["rows"] * arrays["scale"][:, None].astype(np.float32)
    assert np.abs(kept - model.table.weight.detach().numpy()[used]).max() < 0.02
    again = learning.trained(table, papers, pairs, titles)
    assert torch.equal(model.table.weight, again.table.weight)
