"""What a candidate figure is: whether it is a claim, whose, how it is meant and what it measures.

Learned parts decide; the rules' answers are among what they look at (features named `rule:`).
"""

from dataclasses import dataclass, replace

from extract import linear
from extract.figures import Figure
from extract.measure import Choice, settled_by_unit, settled_by_words
from extract.measured import fitting, measured

CLAIM = 0.5  # from what probability on a figure is a claim
PARITY, PARITY_OWN = 0.45, 0.6  # the same for words that may state parity, and for its being the paper's own
OWN = 0.35


@dataclass(slots=True)
class Decision:
    """The answers for one figure; `claim`, `own` and `right` are probabilities, `right` that all strict fields are.
    `choice` is the phrase for what is measured, `signs` what tells how far to trust the answers."""

    claim: float
    own: float
    right: float
    kind: str
    direction: str
    metric: str
    choice: Choice
    signs: tuple[float, ...] = ()

    @property
    def target(self) -> str:
        return "own" if self.own >= OWN else "other"


def decide(figure: Figure, model: linear.Linear) -> Decision:
    """The answers for one figure; for one that is no claim the rules' answers are left as they are."""
    scores = model.scores(figure.features)
    claim, own = (linear.probability(scores[head][0]) for head in ("claim", "target"))
    if claim < CLAIM:
        return Decision(claim, own, 0.0, figure.said.kind, figure.said.direction, figure.metric, figure.choice)
    manner, sure_of_manner = _manner(figure, model.columns["manner"], scores["manner"])
    metric, sure_of_metric = _metric(figure, model, scores["metric"])
    kind, direction = manner.split("/")
    signs = (
        scores["right"][0] if "right" in scores else 0.0,
        linear.odds(claim),
        linear.odds(own),
        linear.odds(sure_of_manner),
        linear.odds(sure_of_metric),
        float((kind, direction) == (figure.said.kind, figure.said.direction)),
        float(metric == figure.metric),
    )
    return Decision(claim, own, model.calibrated(signs), kind, direction, metric, _choice(figure, metric), signs)


def _manner(figure: Figure, names: tuple[str, ...], scores: list[float]) -> tuple[str, float]:
    """Kind and direction together, and how probable they are. What has a `from A` is a level by definition."""
    if figure.quantity.from_value is not None:
        names, scores = _only("level/", names, scores)
    return linear.best(names, scores), max(linear.softmax(scores))


def _only(start: str, names: tuple[str, ...], scores: list[float]) -> tuple[tuple[str, ...], list[float]]:
    kept = [i for i, name in enumerate(names) if name.startswith(start)]
    return tuple(names[i] for i in kept), [scores[i] for i in kept]


def _metric(figure: Figure, model: linear.Linear, scores: list[float]) -> tuple[str, float]:
    names = model.columns["metric"]
    speaking = measured(figure.sentence, figure.k, figure.choice, figure.metric, figure.tied)
    total = [s + model.speaking(speaking.get(name, ())) for name, s in zip(names, scores, strict=True)]
    settled = (
        figure.settled
        or settled_by_unit(figure.quantity.unit)
        or settled_by_words(figure.sentence, figure.k, figure.choice)
    )
    return settled or linear.best(names, total), max(linear.softmax(total))


def _choice(figure: Figure, metric: str) -> Choice:
    """The rules' choice of phrase; where it speaks for another metric than the decided one, the best phrase of that."""
    chosen = figure.choice
    if metric == figure.metric or (chosen.phrase is not None and chosen.phrase.cls == metric):
        return chosen
    fits = [(fit, phrase) for fit, phrase in fitting(figure.sentence, figure.k) if phrase.cls == metric]
    return replace(chosen, phrase=fits[0][1], score=fits[0][0], words=None) if fits else chosen
