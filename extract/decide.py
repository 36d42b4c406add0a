"""What a candidate figure is: whether it is a claim and whose by a learned part, kind, direction and metric by the
rules."""

from dataclasses import dataclass

from extract import linear
from extract.figures import Figure

CLAIM = 0.5  # from what probability on a figure is a claim
PARITY = 0.45
OWN = 0.35


@dataclass(frozen=True, slots=True)
class Decision:
    """The answers for one figure; `claim`, `own` and `right` are probabilities, `right` that all strict fields are."""

    claim: float
    own: float
    right: float
    kind: str
    direction: str
    metric: str

    @property
    def target(self) -> str:
        return "own" if self.own >= OWN else "other"


def decide(figure: Figure, model: linear.Linear) -> Decision:
    """The answers for one figure."""
    scores = model.scores(figure.features)
    claim, own = (linear.probability(scores[head][0]) for head in ("claim", "target"))
    right = model.calibrated(scores["right"][0])
    return Decision(claim, own, right, figure.said.kind, figure.said.direction, figure.metric)
