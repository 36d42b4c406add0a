"""Which claims are of the phase that a question asks for: training, fine-tuning or inference.

A claim that tells no phase is taken for that of its paper, where the families of the paper are of one phase alone: a
KV cache saves no memory in training. Else a speed is one of inference, and any other figure may be of either.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np

from index.columns import Columns, Mask
from index.technique_catalogue import techniques

TRAINING, INFERENCE = "training", "inference"
_LEARNING = (TRAINING, "fine-tuning")


@cache
def _families(phase: str) -> frozenset[str]:
    return frozenset(t.technique_id for t in techniques() if t.phase == phase)


def of_families(families: Iterable[str]) -> str | None:
    """The phase that all the families of a paper with one are of.

    >>> of_families(["quantization", "llm-serving"]), of_families(["quantization", "peft"])
    ('inference', None)
    """
    have = frozenset(families)
    training, inference = bool(have & _families(TRAINING)), bool(have & _families(INFERENCE))
    if training == inference:
        return None
    return TRAINING if training else INFERENCE


def _papers_of(phase: str, columns: Columns) -> Mask:
    found = np.zeros(columns.papers, np.bool_)
    for family in _families(phase):
        found[columns.family_members(family)[0]] = True
    return found


def of_phase(phase: str, columns: Columns) -> Mask:
    """Claims of a phase, of training for fine-tuning and the other way round, and those that tell none as above."""
    silent = columns.phase.numbers < 0
    training, inference = _papers_of(TRAINING, columns), _papers_of(INFERENCE, columns)
    if phase not in _LEARNING:
        found: Mask = columns.phase.equal(phase) | (silent & ~(training & ~inference)[columns.paper])
        return found
    open_to_it = ~columns.metric.equal("speed") & ~(inference & ~training)[columns.paper]
    found = silent & (open_to_it | (training & ~inference)[columns.paper])
    for told in _LEARNING:
        found |= columns.phase.equal(told)
    return found


def same_phase(asked: str, phase: str | None, metric: str | None, *, of_paper: str | None = None) -> bool:
    """The same for one claim; `of_paper` is what `of_families` says."""
    if phase is None:
        phase = of_paper
    if phase is None:
        return asked not in _LEARNING or metric != "speed"
    return phase == asked or (phase in _LEARNING and asked in _LEARNING)
