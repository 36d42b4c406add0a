"""index.lay_words: every entry of data/lay_words.toml finds what it says and skips its `no`."""

import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from index import lay_words
from index.lay_words import in_terms, meanings

ENTRIES = data.table("lay_words.toml")["word"]


def spoken(phrase: str) -> str:
    """One wording of a phrase: the first alternative, beginnings of words with -able, gaps closed."""
    return re.sub(r"\s*~\s*", " ", re.sub(r"\|\S+", "", phrase)).replace("*", "able")


@pytest.mark.parametrize(("phrase", "means"), [(p, e["means"]) for e in ENTRIES for p in e["says"]])
def test_what_it_says_is_found(phrase: str, means: str) -> None:
    assert means in meanings(f"please, {spoken(phrase)}!")


@pytest.mark.parametrize(("text", "means"), [(t, e["means"]) for e in ENTRIES for t in e["no"]])
def test_what_it_does_not_say_is_not_found(text: str, means: str) -> None:
    assert means not in meanings(text)


def test_entries_are_whole() -> None:
    for entry in ENTRIES:
        assert set(entry) <= {"says", "means", "no", "measure"}, entry
        assert all((entry["says"], entry["means"], entry["no"])), entry


def test_measures_name_no_technique() -> None:
    question = "a cheaper way to imitate a big model"
    assert "cost reduction cost-effective" in meanings(question)
    assert meanings(question, measures=False) == ["knowledge distillation student teacher"]


def test_a_question_in_the_fields_own_words_stays_as_it_is() -> None:
    assert in_terms("KV cache eviction on an A100") == "KV cache eviction on an A100"


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert in_terms(text).startswith(text)


def test_the_examples_in_the_code() -> None:
    assert doctest.testmod(lay_words).failed == 0
