"""The network over a paper's words: grams, weights, storage, learning."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from index import family_model
from index.family_words import REACH, Vocabulary, grams, rarity, read, stored, weighed
from index.learn import family_net


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("", "", {}),
        ("Pruning", "", {"t:pruning": 1, "a:pruning": 1}),
        ("", "KV-caches. Caches", {"a:kv": 1, "a:cache": 2, "a:kv cache": 1}),  # no pair across a sentence's end
        ("Two nodes", "two node", {"t:two": 1, "t:node": 1, "t:two node": 1, "a:two": 2, "a:node": 2, "a:two node": 1}),
        ("", "at 1.58 bits", {"a:at": 1, "a:1.58": 1, "a:bit": 1, "a:at 1.58": 1, "a:1.58 bit": 1}),
    ],
)
def test_words_and_pairs_are_counted(title: str, abstract: str, expected: dict[str, int]) -> None:
    assert grams(title, abstract) == expected


def test_rare_words_weigh_more_and_length_does_not_matter() -> None:
    vocabulary = Vocabulary(["a:the", "a:eviction"])
    found = vocabulary.known(Counter({"a:the": 1, "a:eviction": 1, "a:unknown": 9}))
    at, weights = weighed(found, rarity([50, 2], 100))
    assert at == [0, 1]
    assert weights[1] > 5 * weights[0]
    assert np.linalg.norm(weights) == pytest.approx(REACH)


def test_a_paper_without_known_words_gets_scores() -> None:
    net = family_model.model().net
    scores = net.scores("Ψ", "", np.zeros(net.meaning.shape[0]))
    assert np.isfinite(scores).all()


@given(st.text(max_size=200), st.text(max_size=400))
def test_no_text_fails(title: str, abstract: str) -> None:
    found = grams(title, abstract)
    assert all(count > 0 and " " not in gram[:3] for gram, count in found.items())
    vocabulary = Vocabulary(list(found)[::2])
    assert vocabulary.counted(title, abstract) == vocabulary.known(found)
    at, weights = weighed(vocabulary.known(found), np.ones(len(vocabulary), dtype=np.float32))
    assert len(at) == len(weights) == len(vocabulary)


def toy() -> family_net.Papers:
    """80 papers of two families that only their words tell apart."""
    texts = [("Caches", "We evict keys.") if i % 2 else ("Graphs", "We sort nodes.") for i in range(80)]
    truth = np.array([[i % 2 == 1, i % 2 == 0] for i in range(80)])
    nothing = np.zeros((80, 3), dtype=np.float32)
    return family_net.Papers([grams(*text) for text in texts], nothing, np.full((80, 2), -2, dtype=np.float32), truth)


def test_the_network_learns_what_words_tell_and_keeps_it_in_a_file(tmp_path: Path) -> None:
    papers = toy()
    net = family_net.fit(papers, members=2)
    told = family_net.scores(net, papers)
    assert ((told > told.mean()) == papers.truth).all()
    save_file(stored(net), tmp_path / "net.safetensors")
    again = read(list(net.vocabulary), load_file(tmp_path / "net.safetensors"))
    one = again.scores("Caches", "We evict keys.", papers.meaning[1]) + again.share * papers.said[1]
    assert one == pytest.approx(told[1], abs=0.05)


def test_the_same_papers_give_the_same_network() -> None:
    first, second = (family_net.fit(toy(), members=1) for _ in range(2))
    assert (first.embedding == second.embedding).all()
    assert first.share == second.share


def test_grams_of_another_network_are_refused() -> None:
    net = family_net.fit(toy(), members=1)
    with pytest.raises(ValueError, match=r"family_words\.json has 1 grams"):
        read(["a:key"], stored(net))
