"""Fitting of the network that reads figures: one hidden layer over named features, beside a linear part.

Scores are x·w + relu(x·h + b)·o + c, where x are the features that hold for a figure; to the score of each metric
comes z·v, with features z that speak for that metric in terms common to all (as in `fit`). Several such networks,
averaged, are one with more hidden units. Trained by AdamW (Loshchilov and Hutter, 2019) with dropout (Srivastava et
al., 2014), always in the same order on one thread, so that the same examples give the same weights.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

HIDDEN, EPOCHS, BATCH = 64, 3, 32
MEMBERS = 3  # networks that differ by their seed and are averaged into one
RATE, DECAY, DROPOUT = 2e-3, 1e-2, 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """What one head learns: the number of its answer for each example, -1 where it teaches nothing. Of two answers one
    column is kept (`count` 1, answers 0 and 1)."""

    name: str
    answers: Sequence[int]
    count: int


@dataclass(frozen=True, slots=True)
class Net:
    """w (features, columns), h (features, hidden), b (hidden,), o (hidden, columns), c (columns,), v (shared,):
    float32. Columns follow the questions."""

    w: NDArray[np.float32]
    h: NDArray[np.float32]
    b: NDArray[np.float32]
    o: NDArray[np.float32]
    c: NDArray[np.float32]
    v: NDArray[np.float32]


class _Module(nn.Module):
    def __init__(self, features: int, columns: int, shared: int) -> None:
        super().__init__()
        self.linear = nn.EmbeddingBag(features, columns, mode="sum")
        self.hidden = nn.EmbeddingBag(features, HIDDEN, mode="sum")
        self.bias = nn.Parameter(torch.zeros(HIDDEN))
        self.out = nn.Linear(HIDDEN, columns)
        self.shared = nn.EmbeddingBag(max(1, shared), 1, mode="sum")
        nn.init.zeros_(self.linear.weight)
        nn.init.normal_(self.hidden.weight, std=0.02)
        nn.init.zeros_(self.shared.weight)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, ids: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
        raised = functional.relu(self.hidden(ids, offsets) + self.bias)
        scores: torch.Tensor = self.linear(ids, offsets) + self.out(self.drop(raised))
        return scores


def _bags(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    lengths = np.array([len(row) for row in rows])
    flat = np.fromiter((i for row in rows for i in row), np.int64, int(lengths.sum()))
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    return torch.from_numpy(flat), torch.from_numpy(offsets)


def fit(
    rows: Sequence[Sequence[int]],
    features: int,
    questions: Sequence[Question],
    weights: Sequence[float],
    *,
    speaking: Sequence[Sequence[Sequence[int]]],
    spoken_of: str,
    shared: int,
) -> Net:
    """The network for examples whose features are `rows` (numbers below `features`).

    `speaking` has for each example, for each answer of the question `spoken_of`, the shared features (numbers below
    `shared`) that speak for it.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    members = []
    try:
        for seed in range(MEMBERS):
            torch.manual_seed(seed)
            module = _Module(features, sum(q.count for q in questions), shared)
            _train(module, rows, questions, weights, speaking, spoken_of, seed)
            members.append(module)
    finally:
        torch.set_num_threads(threads)
    return _averaged(members)


def _averaged(members: Sequence[_Module]) -> Net:
    """One network whose scores are the mean of the members' scores: their hidden units side by side."""

    def each(give: Callable[[_Module], torch.Tensor]) -> list[NDArray[np.float32]]:
        return [give(member).detach().numpy().astype(np.float32) for member in members]

    def mean(give: Callable[[_Module], torch.Tensor]) -> NDArray[np.float32]:
        return np.asarray(np.mean(each(give), axis=0), dtype=np.float32)

    return Net(
        mean(lambda m: m.linear.weight),
        np.concatenate(each(lambda m: m.hidden.weight), axis=1),
        np.concatenate(each(lambda m: m.bias)),
        np.concatenate(each(lambda m: m.out.weight.T / len(members))),
        mean(lambda m: m.out.bias),
        mean(lambda m: m.shared.weight[:, 0]),
    )


def _train(
    module: _Module,
    rows: Sequence[Sequence[int]],
    questions: Sequence[Question],
    weights: Sequence[float],
    speaking: Sequence[Sequence[Sequence[int]]],
    spoken_of: str,
    seed: int,
) -> None:
    optimizer = torch.optim.AdamW(module.parameters(), lr=RATE, weight_decay=DECAY)
    order = list(range(len(rows)))
    steps = EPOCHS * math.ceil(len(rows) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1, pct_start=0.1)
    answers = [torch.tensor(q.answers) for q in questions]
    counts = torch.tensor(weights)
    shuffle = random.Random(seed)
    module.train()
    for _ in range(EPOCHS):
        shuffle.shuffle(order)
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            scores = module(*_bags([rows[i] for i in batch]))
            loss = torch.zeros(len(batch))
            at = 0
            for question, said in zip(questions, answers, strict=True):
                part, truth = scores[:, at : at + question.count], said[batch]
                at += question.count
                if question.name == spoken_of:
                    flat = [one for i in batch for one in speaking[i]]
                    part = part + module.shared(*_bags(flat)).reshape(len(batch), question.count)
                loss = loss + _loss(part, truth)
            optimizer.zero_grad()
            (loss * counts[batch]).mean().backward()
            nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    module.eval()


def _loss(scores: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """The loss of each example for one question; nothing where it teaches nothing."""
    teaches = (truth >= 0).float()
    if scores.shape[1] == 1:
        logistic = functional.binary_cross_entropy_with_logits
        return logistic(scores[:, 0], truth.clamp(min=0).float(), reduction="none") * teaches
    return functional.cross_entropy(scores, truth, ignore_index=-1, reduction="none")
