"""Choosing one of several candidates by learned weights: each candidate has a score, its probability is the softmax
over all (McFadden, Conditional logit analysis, 1974), and a small hidden layer lets features of the claim and of the
candidate weigh together. A model asks first whether there is doubt at all, for choosing costs time: a logistic
regression over the claim's features says how probably the rules are wrong in a way that choosing mends.

The models are learned by `extract.learn.names` and stored by feature name; no text is in them.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain, count
from typing import Any

import numpy as np

import data
from extract.linear import probability, softmax

SAME = 0.5  # from what share of the longer one's words two phrases name the same thing
_MOST = 6  # candidates that are looked at in the end


class Features(list[str]):
    """Names of features that many candidates have together, with each model's rows for them, looked up once: looking
    up every name of every candidate took a third of the time of choosing. Not to be changed."""

    __slots__ = ("rows",)

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(names)
        self.rows: dict[int, list[int]] = {}  # by the model's number


@lru_cache(maxsize=4096)
def few(*names: str) -> Features:
    """Some features of which there are not many kinds."""
    return Features(names)


@dataclass(slots=True)
class Candidate:
    """`text` as written, None for no answer; `span` its words where it stands in the sentence. A feature that is named
    twice counts twice; there is at least one."""

    text: str | None
    parts: Sequence[Features]
    span: tuple[int, int] | None = None

    @property
    def features(self) -> list[str]:
        return [name for part in self.parts for name in part]


@dataclass(slots=True)
class Chosen:
    """An answer and what made it. `doubt`: log-odds that choosing mends what the rules say, 0 where they alone speak;
    `candidate` is None where that was too little or no candidate was probable enough; `probability` is the answer's."""

    text: str | None
    span: tuple[int, int] | None
    rule: str | None
    doubt: float
    candidate: Candidate | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Chooser:
    """rows: feature -> row; table: float32 (features, 1 + units), the linear weight and the hidden layer, nought in row
    0 for features that are not known; bias, out:
    float32 (units,); gate: feature -> weight of doubt, with its offset under ""; least: the probability from which on
    an answer is given; doubt: the log-odds from which on there is doubt."""

    rows: dict[str, int]
    table: np.ndarray
    bias: np.ndarray
    out: np.ndarray
    gate: dict[str, float]
    least: float
    doubt: float
    number: int = field(default_factory=count().__next__, repr=False, compare=False)  # tells models apart

    def doubted(self, context: Sequence[str]) -> float:
        """Log-odds that the rules are wrong about a claim with these features and choosing mends it."""
        gate = self.gate
        return gate[""] + sum([gate[f] for f in context if f in gate])

    def scores(self, context: Sequence[str], candidates: Sequence[Candidate]) -> list[float]:
        row, number = self.rows.get, self.number
        of: list[list[int]] = []
        starts, size = [], 0
        for candidate in candidates:
            starts.append(size)
            for part in candidate.parts:
                rows = part.rows.get(number)
                if rows is None:
                    rows = part.rows[number] = [row(f, 0) for f in part]
                of.append(rows)
                size += len(rows)
        ids = np.fromiter(chain.from_iterable(of), np.intp, size)
        sums = np.add.reduceat(self.table.take(ids, axis=0), starts, axis=0)
        about = self.table.take([row(f, 0) for f in context], axis=0)[:, 1:].sum(axis=0)
        raised = np.maximum(sums[:, 1:] + (about + self.bias), 0.0)
        found: list[float] = (sums[:, 0] + raised @ self.out).tolist()
        return found

    def best(self, context: Sequence[str], candidates: Sequence[Candidate]) -> tuple[Candidate | None, float]:
        """The candidate that most probably names the right thing, counting those that name the same thing together,
        and its probability; None where that is below `least`, or where no candidate has a text."""
        chances = softmax(self.scores(context, candidates))
        top = max((i for i, c in enumerate(candidates) if c.text), key=lambda i: (chances[i], -i), default=None)
        if top is not None and chances[top] >= max(0.5, self.least):
            return candidates[top], chances[top]  # whatever beats it with others names the same thing
        order = sorted((i for i, c in enumerate(candidates) if c.text), key=lambda i: (-chances[i], i))[:_MOST]
        said = [content(candidates[i].text or "") for i in order]
        most, best = 0.0, None
        for x, i in enumerate(order):
            total = sum(chances[j] for j, other in zip(order, said, strict=True) if j == i or same(said[x], other))
            if total > most + 1e-9:
                most, best = total, candidates[i]
        return (best if most >= self.least else None), most

    def reasons(self, candidate: Candidate, *, top: int = 6) -> list[tuple[str, float]]:
        """The features whose linear weights speak most for or against a candidate, strongest first."""
        known = [f for f in dict.fromkeys(candidate.features) if f in self.rows]
        weighed = [(f, round(float(self.table[self.rows[f], 0]), 4)) for f in known]
        return sorted(weighed, key=lambda p: -abs(p[1]))[:top]


_WORD = re.compile(r"[a-z0-9]+")
_SMALL = frozenset({"the", "a", "an", "of", "and", "existing"})


def content(phrase: str) -> frozenset[str]:
    """The words by which two phrases are held against each other."""
    return frozenset(_WORD.findall(phrase.lower())) - _SMALL


def same(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether two phrases, by their words, name the same thing: at least half of the longer one's words are shared."""
    return bool(a and b) and len(a & b) >= SAME * max(len(a), len(b))


@cache
def load(name: str) -> Chooser:
    """A trained model of data/, by its file's name without the ending. Raises FileNotFoundError when the installation
    lacks it."""
    from safetensors.numpy import load_file

    return chooser(json.loads(data.text(f"{name}.json")), load_file(data.path(f"{name}.safetensors")))


def chooser(stored: dict[str, Any], arrays: dict[str, np.ndarray]) -> Chooser:
    """A model from its stored form: feature names in the order of the rows of `table` (int8, times `scale`)."""
    return Chooser(
        {name: i for i, name in enumerate(stored["features"])},
        arrays["table"].astype(np.float32) * arrays["scale"],
        arrays["bias"],
        arrays["out"],
        stored["gate"],
        stored["least"],
        stored["doubt"],
    )


def why(name: str, chosen: Chosen) -> dict[str, object]:
    """What made an answer of a stored model, JSON-ready: the rules' answer, how far it was doubted, what spoke for the
    one that was chosen instead."""
    out: dict[str, object] = {"chosen": chosen.text, "rules": chosen.rule, "doubt": round(probability(chosen.doubt), 4)}
    if chosen.probability is not None:
        out["probability"] = round(chosen.probability, 4)
    if chosen.candidate is not None:
        out["reasons"] = load(name).reasons(chosen.candidate)
    return out
