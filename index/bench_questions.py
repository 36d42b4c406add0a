"""The questions of `claims bench` by what they ask for, and the process (python -m) that asks them.

Nothing that was understood of an earlier question is remembered, as where each is asked by someone else.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase

QUESTIONS = {
    "threshold": (
        "which techniques give at least 2x speedup on GPUs",
        "half the memory without losing accuracy",
        "cut training cost by 30%",
    ),
    "hardware": (
        "FPGA accelerators below 20 W",
        "less energy on microcontrollers",
        "object detection above 100 FPS on an A100",
    ),
    "family": (
        "speculative decoding 3x",
        "4x smaller language models on mobile",
        "quantization since 2023",
    ),
    "lay words": (
        "throw away old keys and values",
        "pictures from noise in few steps",
        "smaller caches for long texts",
    ),
    "baseline": (
        "faster attention compared to FlashAttention",
        "fewer parameters than full fine-tuning with at most 1% loss",
        "throughput against vLLM or SGLang",
    ),
    "application": (
        "protein folding more than 5x faster since 2023",
        "less traffic between machines in federated learning",
        "real-time speech recognition on phones",
    ),
}
_NEAREST = 10
_BATCH = 20_000  # vectors


def asked(home: Path, rounds: int) -> dict[str, Any]:
    """Seconds of each question by kind, of opening and the first one, peak memory of this process in bytes, recall."""
    from index import KnowledgeBase

    started = time.perf_counter()
    with KnowledgeBase.open(home) as base:
        base.ask(QUESTIONS["threshold"][0])
        opened = time.perf_counter() - started
        for _, question in _all():
            base.ask(question)
        seconds: dict[str, list[float]] = {kind: [] for kind in QUESTIONS}
        for _ in range(rounds):
            for kind, question in _all():
                forget()
                begun = time.perf_counter()
                base.ask(question)
                seconds[kind].append(time.perf_counter() - begun)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
        return {"open": opened, "seconds": seconds, "peak_bytes": peak, "recall": recall(base)}


def _all() -> Iterator[tuple[str, str]]:
    return ((kind, question) for kind, questions in QUESTIONS.items() for question in questions)


def forget() -> None:
    """Drops what is remembered of questions; what is known of the language stays.

    Caches with a limit hold what users said, those without one hold lexicons.
    """
    from index import family_questions, question

    for module in (question, family_questions):
        for cached in _limited(module):
            cached.cache_clear()


def _limited(module: ModuleType) -> list[Any]:
    found = [thing for thing in vars(module).values() if hasattr(thing, "cache_parameters")]
    return [cached for cached in found if cached.cache_parameters()["maxsize"] is not None]


def recall(base: "KnowledgeBase") -> float:
    """Of the ten papers whose vectors are nearest to each question, by looking at all, the share that search finds."""
    questions = [question for _, question in _all()]
    asked = base.encoder.encode(questions)
    best = np.full((len(questions), 0), 0, np.float32)
    numbers = np.full((len(questions), 0), 0, np.int64)
    for some, rows in base.vectors.batches(_BATCH):
        best = np.concatenate([best, asked @ rows.T], axis=1)
        numbers = np.concatenate([numbers, np.broadcast_to(some, (len(questions), len(some)))], axis=1)
        order = np.argsort(-best, axis=1, kind="stable")[:, :_NEAREST]
        best, numbers = np.take_along_axis(best, order, 1), np.take_along_axis(numbers, order, 1)
    # By cosine, not by number: papers that are as near as the tenth are as good an answer.
    found = [base.vectors.nearest(vector, _NEAREST)[1] for vector in asked]
    shares = [np.mean(cosines >= exact.min() - 1e-6) for cosines, exact in zip(found, best, strict=True)]
    return round(float(np.mean(shares)), 4)


if __name__ == "__main__":
    print(json.dumps(asked(Path(sys.argv[1]), int(sys.argv[2]))))
