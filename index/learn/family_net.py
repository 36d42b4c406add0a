"""Fitting of the network over words (`index.family_words`) that stands beside the regressions of families.

It sees of each paper what the regressions say of it, learned without it, so that it learns what they cannot tell. Each
of its members has an initial state of its own; their mean is one network with as many times the units. AdamW
(Loshchilov and Hutter, 2019), dropout (Srivastava et al., 2014), always in the same order on one thread.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from index.family_words import Vocabulary, WordNet, rarity, weighed

LEAST = 40  # papers that a gram must occur in
UNITS, MEMBERS, EPOCHS, BATCH = 128, 2, 6, 64
RATE, DECAY, DROPOUT = 4e-3, 0.3, 0.7  # half of the units, less dropout and decay: F1 .01 lower, likelihood 15 % worse
SHARE, BELOW = 0.5, -2.0  # what learning begins with: half of the regressions' scores, families rare

Floats = NDArray[np.float32]
Row = tuple[NDArray[np.int64], Floats]  # places of grams and their weights


class Papers(NamedTuple):
    """What the network learns from and is asked about."""

    grams: Sequence[Counter[str]]
    meaning: Floats  # (papers, width)
    said: Floats  # (papers, families): the regressions' scores, by such as did not see the paper
    truth: NDArray[np.bool_]  # (papers, families)


class _Module(nn.Module):
    def __init__(self, grams: int, width: int, families: int) -> None:
        super().__init__()
        self.embedding = nn.EmbeddingBag(grams, UNITS, mode="sum")
        self.meaning = nn.Linear(width, UNITS)
        self.out = nn.Linear(UNITS, families)
        self.share = nn.Parameter(torch.tensor(SHARE))
        self.drop = nn.Dropout(DROPOUT)
        nn.init.normal_(self.embedding.weight, std=0.05)
        nn.init.constant_(self.out.bias, BELOW)
        with torch.no_grad():
            self.meaning.weight *= 0.3

    def forward(self, rows: Sequence[Row], meaning: torch.Tensor, said: torch.Tensor) -> torch.Tensor:
        starts = np.cumsum([0, *(len(at) for at, _ in rows[:-1])])
        at, weights = (torch.from_numpy(np.concatenate(part)) for part in zip(*rows, strict=True))
        units = self.embedding(at, torch.from_numpy(starts), per_sample_weights=weights) + self.meaning(meaning)
        scores: torch.Tensor = self.out(self.drop(functional.relu(units))) + self.share * (said - BELOW)
        return scores


def fit(papers: Papers, *, members: int = MEMBERS) -> WordNet:
    """The network that these papers teach."""
    counts = Counter(gram for found in papers.grams for gram in found)
    vocabulary = Vocabulary(sorted(gram for gram, papers_with in counts.items() if papers_with >= LEAST))
    rare = rarity((counts[gram] for gram in vocabulary), len(papers.grams))
    rows = [
        (np.array(at, dtype=np.int64), weights)
        for at, weights in (weighed(vocabulary.known(found), rare) for found in papers.grams)
    ]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        trained = [_trained(rows, papers, len(vocabulary), seed) for seed in range(members)]
    finally:
        torch.set_num_threads(threads)
    return _joined(trained, vocabulary, rare)


def _trained(rows: Sequence[Row], papers: Papers, grams: int, seed: int) -> _Module:
    torch.manual_seed(seed)
    order = np.arange(len(rows))
    shuffle = np.random.default_rng(seed)
    meaning, said = (torch.from_numpy(part.astype(np.float32)) for part in (papers.meaning, papers.said))
    truth = torch.from_numpy(papers.truth.astype(np.float32))
    module = _Module(grams, meaning.shape[1], truth.shape[1])
    optimizer = torch.optim.AdamW(module.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * math.ceil(len(rows) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1, pct_start=0.1)
    module.train()
    for _ in range(EPOCHS):
        shuffle.shuffle(order)
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            scores = module([rows[i] for i in batch], meaning[batch], said[batch])
            loss = functional.binary_cross_entropy_with_logits(scores, truth[batch], reduction="sum") / len(batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return module.eval()


def _joined(modules: Sequence[_Module], vocabulary: Vocabulary, rare: Floats) -> WordNet:
    """The mean of the members' scores as one network, their units side by side."""

    def side_by_side(parts: Sequence[torch.Tensor], axis: int) -> Floats:
        return np.concatenate([p.detach().numpy() for p in parts], axis=axis).astype(np.float32)

    share = float(np.mean([m.share.item() for m in modules]))
    offsets = [m.out.bias.detach().numpy() - BELOW * m.share.item() for m in modules]
    return WordNet(
        vocabulary,
        rare,
        side_by_side([m.embedding.weight for m in modules], 1),
        side_by_side([m.meaning.weight.T for m in modules], 1),
        side_by_side([m.meaning.bias for m in modules], 0),
        side_by_side([m.out.weight.T / len(modules) for m in modules], 0),
        np.mean(offsets, axis=0, dtype=np.float32),
        share,
    )


def scores(net: WordNet, papers: Papers) -> Floats:
    """float32 (papers, families): what regressions and network say together."""
    out = np.zeros(papers.said.shape, dtype=np.float32)
    for i, found in enumerate(papers.grams):
        out[i] = net.scores_of(net.vocabulary.known(found), papers.meaning[i]) + net.share * papers.said[i]
    return out
