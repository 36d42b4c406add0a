"""What a figure is tied to: the record, and the words that the rules of `frame` share."""

from dataclasses import dataclass

from extract.lexicon import words

CHANGES = frozenset({"up", "down", "good", "bad"})
# Words of bounds and articles that may stand between a preposition or verb and its figure.
LEAD = words("tied_lead")
STOP_RIGHT = words("tied_stop_right")
NOUNS = (
    "improvement",
    "reduction",
    "increase",
    "gain",
    "speedup",
    "speed",
    "acceleration",
    "drop",
    "loss",
    "saving",
    "boost",
    "decrease",
    "decline",
    "degradation",
    "enhancement",
    "overhead",
    "advantage",
    "lift",
    "uplift",
    "slowdown",
    "growth",
    "increment",
    "cut",
    "rise",
    "penalty",
    "jump",
    "margin",
    "deterioration",
    "up",
    "ups",
    "savings",
    "compression",
    "benefit",
    "lead",
    "shrinkage",
    "surge",
    "leap",
    "gap",
    "change",
    "difference",
    "pruning",
    "decay",
)


@dataclass(slots=True)
class Frame:
    """`how` is one of the ways above, "to" for `to 5% of`, "" for none; `place` is the change word's, `classes` its
    classes."""

    how: str
    place: int = -1
    classes: frozenset[str] = frozenset()


LOSSES = ("loss", "overhead", "gap", "drop", "degradation", "error", "penalty", "gain", "speedup")

SHARED = ("reduction", "saving", "improvement", "increase", "decrease", "gain", "drop", "degradation", "speedup")
