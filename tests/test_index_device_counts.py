"""index.device_counts: how many devices texts name and questions ask for, and which papers then satisfy."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract import devices
from index import KnowledgeBase, device_counts
from index.device_counts import count
from index.overrides import checked
from index.question import understand


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("trained on 8 A100 GPUs", 8),
        ("trained on 8xA100", 8),
        ("trained on 512 H800 GPUs", 512),
        ("more than 10,000 GPUs", 10_000),
        ("on 8 NVIDIA A100 GPUs", 8),
        ("on 8 80GB A100s", 8),
        ("over 15k CPUs", 15_000),
        ("on eight GPUs", 8),
        ("on an 8-GPU node", 8),
        ("on a single RTX 4090", 1),
        ("on one TPU", 1),
        ("across hundreds of GPUs", 100),
        ("on GPUs", None),
        ("on a GPU", None),
        ("4x GPU speedup", None),
        ("less than 50 GPU-h", None),
        ("64 GPU hours", None),
        ("on two GPU clusters", None),
        ("an Nvidia 1080 GPU", None),
        ("a 24 GB GPU", None),
        ("3.5 GPUs", None),
        ("on 1,000,000,000,000 GPUs", None),  # more than a table holds
        ("on 999999999999 GPUs", None),
    ],
)
def test_how_many_a_text_names(text, number):
    found = devices.find(text)
    assert (count(text, found[0]) if found else None) == number


@pytest.mark.parametrize(
    ("question", "range_", "factor"),
    [
        ("model training on more than 100 GPUs", (101, None), None),
        ("at least 8 A100s", (8, None), None),
        ("ring attention on 100+ GPUs", (100, None), None),
        ("between 16 and 32 A100s", (16, 32), None),
        ("scaling to hundreds of GPUs", (100, None), None),
        ("speedups on a multi-GPU machine, 2 to 8 cards", (2, 8), None),
        ("fine-tuning on two RTX 4090 cards or fewer", (None, 2), None),
        ("fewer than 4 GPUs", (None, 3), None),
        ("2x faster on a single GPU", (1, 1), 2.0),
        ("training on 8 A100s", (8, 8), None),
        ("on an H100, one card or several", None, None),
        ("2x GPU speedup", None, 2.0),  # a factor, not two of them
        ("5x CPU speedup", None, 5.0),
        ("fits on a 24 GB GPU", None, None),
        ("what runs on an RTX 4090 card?", None, None),
        ("under 200 GPU hours", None, None),
        ("8 tasks", None, None),
    ],
)
def test_how_many_a_question_asks_for(question, range_, factor):
    read = understand(question)
    assert (read.device_count, read.min_factor) == (range_, factor)


PAPERS = [
    ("Avocet: Wide Training", "Avocet trains language models 2x faster on 128 A100 GPUs."),
    ("Bittern: Narrow Training", "Bittern trains language models 2x faster on 8 A100 GPUs."),
    ("Crake: Training at Home", "Crake trains language models 2x faster on a single A100 GPU."),
    ("Egret: Training by Many", "Egret trains language models 3x faster. We evaluate it at scales of up to 512 GPUs."),
    ("Dipper: Training Somewhere", "Dipper trains language models 2x faster on A100 GPUs."),
]


@pytest.fixture(scope="module")
def ask(home_of):
    with KnowledgeBase.open(home_of(PAPERS)) as base:
        yield base.ask


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("training on more than 100 GPUs", {"Avocet", "Egret"}),  # so many are told of all its figures
        ("training on 2 to 8 GPUs", {"Bittern"}),
        ("training on at most 8 A100s", {"Bittern", "Crake"}),
        ("training on one GPU", {"Crake", "Dipper"}),  # who needs but one mostly does not say so
        ("training on A100s", {"Avocet", "Bittern", "Crake", "Dipper"}),
        ("training on more than 1000 GPUs", set()),
    ],
)
def test_papers_that_say_so_many_satisfy(ask, question, papers):
    answers = ask(question).answers
    assert {a.title.split(":")[0] for a in answers if a.satisfies} == papers


def test_what_is_missed_is_said(ask):
    near = next(a for a in ask("training on more than 100 GPUs").answers if a.title.startswith("Bittern"))
    assert near.missed == ("not said to be on so many devices",)
    assert "so many of this hardware" in ask("training on more than 1000 GPUs").note


@given(st.text(max_size=30), st.text("0123456789,.kx -", max_size=20))
@settings(deadline=None)  # the first question makes its patterns
def test_whatever_stands_before_a_device_is_a_number_of_it_or_none(before, figures):
    text = f"{before} {figures} A100 GPUs"
    for mention in devices.find(text):
        number = count(text, mention)
        assert number is None or 0 <= number < 2**31
    assert understand(text[:200]) is not None


def test_a_range_set_by_hand_is_one():
    assert checked({"device_count": (8, None)}) == {"device_count": (8, None)}
    for wrong in ((None, None), (8, 4), (0, None)):
        with pytest.raises(ValueError, match="is no range"):
            checked({"device_count": wrong})


def test_the_examples_in_the_code():
    assert doctest.testmod(device_counts).failed == 0
