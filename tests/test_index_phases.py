"""index.phases: which claims are of the phase asked for, by what they tell and by what their paper is about."""

import pytest

from index.phases import of_families, same_phase
from index.technique_catalogue import techniques


@pytest.mark.parametrize(
    ("families", "phase"),
    [
        (["kv-cache-optimization"], "inference"),
        (["speculative-decoding", "distillation"], "inference"),
        (["peft"], "training"),
        (["memory-efficient-training", "hardware-accelerators"], "training"),
        (["peft", "quantization"], None),  # of both: nothing is told
        (["distillation"], None),
        ([], None),
    ],
)
def test_families_tell_the_phase(families, phase):
    assert of_families(families) == phase


@pytest.mark.parametrize(
    ("asked", "told", "metric", "of_paper", "same"),
    [
        ("training", "training", "speed", None, True),
        ("training", "fine-tuning", "speed", None, True),
        ("fine-tuning", "training", "memory", None, True),
        ("training", "inference", "memory", "training", False),  # the claim's own word counts before its paper's
        ("inference", "training", "speed", "inference", False),
        ("training", None, "speed", None, False),  # a speed that tells no phase is of inference
        ("training", None, "speed", "training", True),
        ("training", None, "memory", None, True),
        ("training", None, "memory", "inference", False),  # a KV cache saves nothing in training
        ("fine-tuning", None, "memory", "training", True),
        ("inference", None, "speed", None, True),
        ("inference", None, "memory", "training", False),
    ],
)
def test_the_phase_of_a_claim(asked, told, metric, of_paper, same):
    assert same_phase(asked, told, metric, of_paper=of_paper) is same


def test_families_say_a_known_phase_or_none():
    assert {t.phase for t in techniques()} == {None, "training", "inference"}
