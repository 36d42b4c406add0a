"""Fitting of the models that choose among candidates (`extract.chooser`): a softmax over each claim's candidates, in
which all that name the right thing share the credit, by AdamW from one seed; and the gate, a logistic regression.

Same examples, same weights. Needs torch and scikit-learn, which come with sentence-transformers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from extract.chooser import Candidate, Chooser, chooser, content, same
from extract.learn import fit
from extract.linear import packed_columns

UNITS, EPOCHS, BATCH, RATE, DECAY, DROPPED, SEED = 16, 3, 64, 4e-3, 3e-2, 0.3, 0
GATE_PENALTY = 3.0
LEAST = 8  # papers that a feature must occur in


@dataclass(slots=True)
class Choice:
    """A claim with its candidates: `right` are the positions of those that name what the annotation names (the first
    where it names nothing), `wanted` the annotated words, `rule` what the rules say."""

    paper: str
    context: list[str]
    candidates: list[Candidate]
    right: list[int]
    wanted: str | None
    rule: str | None

    @property
    def ruled_right(self) -> bool:
        return self.is_right(self.rule)

    def is_right(self, said: str | None) -> bool:
        """Whether an answer names what the annotation names."""
        if said is None or self.wanted is None:
            return said is self.wanted
        return same(content(said), content(self.wanted))


def fitted(claims: Sequence[Choice], *, least: float, doubt: float) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """A model as stored (see `chooser.chooser`), fitted on claims."""
    helped = [False] * len(claims)
    for learn, held in GroupKFold(2).split(claims, groups=[c.paper for c in claims]):
        half = chooser(*_model([claims[i] for i in learn], {"": 0.0}, least, 0.0))
        for i in held:
            said, _ = half.best(claims[i].context, claims[i].candidates)
            helped[i] = not claims[i].ruled_right and claims[i].is_right(said.text if said is not None else None)
    return _model(claims, _gate(claims, helped), least, doubt)


def _model(
    claims: Sequence[Choice], gate: dict[str, float], least: float, doubt: float
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    papers = [c.paper for c in claims]
    every = [dict.fromkeys([*c.context, *(f for x in c.candidates for f in x.features)]) for c in claims]
    known = {"": 0} | {name: i + 1 for name, i in fit.rows(every, papers, least=LEAST).items()}
    table, bias, out = _network([c for c in claims if c.right], known)
    packed, scale = packed_columns(table)
    kept = [0, *(np.flatnonzero(np.abs(packed[1:]).max(axis=1) > 0) + 1)]
    names = list(known)
    stored = {"least": least, "doubt": doubt, "gate": gate, "features": [names[i] for i in kept]}
    return stored, {"table": packed[kept], "scale": scale, "bias": bias, "out": out}


def _gate(claims: Sequence[Choice], helped: Sequence[bool]) -> dict[str, float]:
    """Weights of doubt: how the odds that the rules are wrong and choosing mends it go with the claim's features."""
    known = fit.rows([c.context for c in claims], [c.paper for c in claims], least=LEAST)
    x = fit.matrix([c.context for c in claims], known)
    model = LogisticRegression(C=1 / GATE_PENALTY, max_iter=300)
    model.fit(x, helped)
    weights = {name: round(float(w), 3) for name, w in zip(known, model.coef_[0], strict=True)}
    return {"": round(float(model.intercept_[0]), 3)} | {n: w for n, w in weights.items() if abs(w) >= 0.02}


@dataclass(frozen=True, slots=True)
class _Bags:
    """The candidates of a claim: rows of features one behind the other, where each candidate's begin, the claim's own
    rows, which candidates are right."""

    rows: torch.Tensor
    starts: torch.Tensor
    context: torch.Tensor
    right: torch.Tensor


def _bags(claim: Choice, known: dict[str, int]) -> _Bags:
    rows: list[int] = []
    starts: list[int] = []
    for candidate in claim.candidates:
        starts.append(len(rows))
        rows.extend(known.get(f, 0) for f in candidate.features)
    right = torch.zeros(len(starts), dtype=torch.bool)
    right[claim.right] = True
    context = [known.get(f, 0) for f in claim.context]
    return _Bags(torch.tensor(rows), torch.tensor(starts), torch.tensor(context), right)


class _Net(torch.nn.Module):
    def __init__(self, features: int) -> None:
        super().__init__()
        self.table = torch.nn.EmbeddingBag(features, 1 + UNITS, mode="sum", padding_idx=0)
        with torch.no_grad():
            self.table.weight.normal_(std=0.05)
            self.table.weight[:, 0] = 0.0
            self.table.weight[0] = 0.0  # features that are not known
        self.bias = torch.nn.Parameter(torch.zeros(UNITS))
        self.out = torch.nn.Parameter(torch.randn(UNITS) * 0.3)
        self.drop = torch.nn.Dropout(DROPPED)

    def forward(self, bags: Sequence[_Bags]) -> torch.Tensor:
        """The mean loss of some claims."""
        sizes = [len(b.starts) for b in bags]
        sums = self.table(torch.cat([b.rows for b in bags]), _starts([(b.rows, b.starts) for b in bags]))
        one = torch.zeros(1, dtype=torch.long)
        about = self.table(torch.cat([b.context for b in bags]), _starts([(b.context, one) for b in bags]))
        of = torch.repeat_interleave(torch.arange(len(bags)), torch.tensor(sizes))
        raised = torch.relu(sums[:, 1:] + about[of, 1:] + self.bias)
        scores = sums[:, 0] + self.drop(raised) @ self.out
        place = torch.cat([torch.arange(n) for n in sizes])
        every = torch.full((len(bags), max(sizes)), -1e9).index_put((of, place), scores)
        right = torch.zeros(every.shape, dtype=torch.bool).index_put((of, place), torch.cat([b.right for b in bags]))
        return (torch.logsumexp(every, 1) - torch.logsumexp(every.masked_fill(~right, -1e9), 1)).mean()


def _starts(parts: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """Where the bags of several claims begin when their rows stand one behind the other."""
    out, at = [], 0
    for rows, starts in parts:
        out.append(starts + at)
        at += len(rows)
    return torch.cat(out)


def _network(claims: Sequence[Choice], known: dict[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """float32 (features, 1 + units), (units,), (units,)"""
    torch.manual_seed(SEED)
    order = np.random.default_rng(SEED)
    bags = [_bags(c, known) for c in claims]
    net = _Net(len(known))
    groups = [{"params": [net.table.weight], "weight_decay": DECAY}, {"params": [net.bias, net.out], "weight_decay": 0}]
    steps = EPOCHS * -(-len(bags) // BATCH)
    optimizer = torch.optim.AdamW(groups, lr=RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, total_iters=steps)
    net.train()
    for _ in range(EPOCHS):
        shuffled = order.permutation(len(bags))
        for at in range(0, len(bags), BATCH):
            optimizer.zero_grad()
            net([bags[i] for i in shuffled[at : at + BATCH]]).backward()
            optimizer.step()
            schedule.step()
    found = (net.table.weight, net.bias, net.out)
    table, bias, out = (x.detach().numpy().astype(np.float32) for x in found)
    return table, bias, out


def answer(model: Chooser, claim: Choice) -> str | None:
    """What the model and the rules say together."""
    if model.doubted(claim.context) < model.doubt:
        return claim.rule
    best, _ = model.best(claim.context, claim.candidates)
    return best.text if best is not None else None
