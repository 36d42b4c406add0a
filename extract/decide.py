"""What a candidate figure is: the learned parts' answers, with the rules that overrule them."""

import math
from dataclasses import dataclass

from extract import linear
from extract.figures import Figure


@dataclass(frozen=True, slots=True)
class Decision:
    """The fields that say what kind of claim a figure is, each with the probability of its answer."""

    claim: float
    kind: str
    direction: str
    target: str
    metric: str
    sure: dict[str, float]


def decide(figure: Figure, model: linear.Linear) -> Decision:
    """The answers for one figure."""
    scores = model.scores(figure.features)
    said: dict[str, str] = {}
    sure: dict[str, float] = {}
    for head, names in model.columns.items():
        if len(names) == 1:
            p = linear.probability(scores[head][0])
            said[head], sure[head] = (names[0], p)
        else:
            shares = linear.softmax(scores[head])
            at = max(range(len(names)), key=lambda i: (shares[i], -i))
            said[head], sure[head] = names[at], shares[at]
    claim = sure["claim"]
    own = sure["target"]
    metric = _metric(figure, scores["metric"], model.columns["metric"])
    kind = _kind(figure, said["kind"])
    direction = said["direction"]
    if kind == "fraction":
        direction = "none" if direction == "better" else direction
    if kind == "change" and direction == "none":
        names = model.columns["direction"]
        direction = max(("better", "worse"), key=lambda d: scores["direction"][names.index(d)])
    names = model.columns["metric"]
    sure["metric"] = linear.softmax(scores["metric"])[names.index(metric)] if metric in names else 0.0
    return Decision(claim, kind, direction, "own" if own >= 0.35 else "other", metric, sure)


def _metric(figure: Figure, scores: list[float], names: tuple[str, ...]) -> str:
    """The rules' metric gets a head start of three units of log-odds; strong evidence of the learned part overrules it."""
    best = max(range(len(names)), key=lambda i: scores[i] + (1.5 if names[i] == figure.metric else 0.0))
    return names[best] if figure.metric in names else figure.metric


def _kind(figure: Figure, said: str) -> str:
    q = figure.quantity
    if q.from_value is not None:
        return "level"
    if q.unit.family == "factor" and said == "level":
        return "change"
    if q.spelled == "part" and said == "level":
        return "fraction"
    return said


def log_odds(p: float) -> float:
    return math.log(max(p, 1e-9) / max(1 - p, 1e-9))
