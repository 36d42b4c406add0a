"""index.domains: every entry of data/domains.toml is found where it is named, and only there; its papers."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from index import domains as module
from index.domains import domains, papers_on
from index.question import understand
from index.topic import Concept, coverage
from index.words import Words, write
from tests.test_index_lay_words import spoken

ENTRIES = data.table("domains.toml")["domain"]
TEXTS = [
    "Faster LLMs: decoding with small drafts",
    "A language for models of rivers",
    "Hearing more: ASR for whispered talks",
    "Recognition of speech by birds",
    "Models of large language corpora",
    "Maps",
]


@pytest.fixture(scope="module")
def words(tmp_path_factory) -> Words:
    folder = tmp_path_factory.mktemp("words")
    write(folder, TEXTS)
    return Words(folder, len(TEXTS))


def names(text: str) -> list[str]:
    return [domain.name for domain in domains(text)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("segmentation or object detection", ["segmentation or object detection"]),
        ("speech recognition and translation on phones", ["speech recognition or machine translation"]),
        ("generating or editing video", ["video generation or inpainting and editing"]),
        ("medical image segmentation", ["segmentation", "medicine"]),  # both, not either
        ("ASR on phones or self-driving", ["speech recognition", "driving"]),  # too far apart to be alternatives
    ],
)
def test_alternatives_are_one_field(text, named):
    assert names(text) == named


@pytest.mark.parametrize(("phrase", "name"), [(p, e["name"]) for e in ENTRIES for p in e["says"]])
def test_what_it_says_is_found(phrase: str, name: str) -> None:
    assert name in names(f"please, {spoken(phrase)}!")


@pytest.mark.parametrize(("text", "name"), [(t, e["name"]) for e in ENTRIES for t in e["yes"]])
def test_its_examples_are_found(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize(("text", "name"), [(t, e["name"]) for e in ENTRIES for t in e["no"]])
def test_what_it_does_not_say_is_not_found(text: str, name: str) -> None:
    assert name not in names(text)


def test_entries_are_whole() -> None:
    for entry in ENTRIES:
        assert set(entry) == {"name", "says", "has", "yes", "no"}, entry
        assert all(entry.values()), entry


def test_a_longer_name_covers_the_shorter_one_within_it() -> None:
    assert names("a vision language model") == ["vision-language models"]
    assert names("a language model") == ["language models"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [("chatbots", [0, 1, 4]), ("voice recognition", [2, 3]), ("protein folding", [])],
)
def test_papers_have_all_words_of_one_line(words: Words, question: str, expected: list[int]) -> None:
    (domain,) = domains(question)
    assert papers_on(domain, words, len(TEXTS)).tolist() == expected


def test_a_domain_counts_as_one_word_of_the_topic() -> None:
    rare, common = Concept(np.array([0], np.int32)), Concept(np.array([0, 1, 2], np.int32), domain=True)
    share = coverage([rare, common], 4)
    assert share[0] == 1.0
    assert 0 < share[1] < 0.5
    assert share[3] == 0.0
    assert coverage([], 4).tolist() == [0.0] * 4
    assert common.mask(4).tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    ("question", "text"), [("LLM latency on phones", "LLM"), ("finetuning at half the memory", "finetuning")]
)
def test_a_question_that_names_only_a_domain_keeps_it(question: str, text: str) -> None:
    assert understand(question).text == text


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(domains(text), list)


def test_the_examples_in_the_code() -> None:
    assert doctest.testmod(module).failed == 0
