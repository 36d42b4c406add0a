"""What is learned: the questions ("heads") that the learned parts answer, and what the annotations say to each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from extract.decide import Decision
from extract.figures import Figure
from extract.learn.gold import Example, ParityExample
from extract.measured import measured
from extract.reader import unit_name

Anyone = Example | ParityExample
# Kind with direction, together: what goes with what is learned as well. Rarer pairs count as the kind's usual one.
MANNERS = ("change/better", "change/worse", "fraction/none", "level/better", "level/none", "level/worse")
_USUAL = {"change": "change/better", "fraction": "fraction/none", "level": "level/none"}


@dataclass(frozen=True, slots=True)
class Head:
    """`label` gives an example's answer, None where it teaches nothing; `yes` names the answer whose log-odds are kept
    of two. `penalty` is the L2 penalty of a linear head; with `shared`, the network also learns weights that all
    answers share, for what is `speaking` for each."""

    name: str
    label: Callable[[Any], str | None]
    yes: str = ""
    penalty: float = 0.0
    shared: bool = False


def speaking(example: Example) -> dict[str, list[str]]:
    """What speaks for each metric."""
    f = example.figure
    return measured(f.sentence, f.k, f.choice, f.metric, f.tied)


def correct(answer: Decision, gold: dict[str, Any] | None, figure: Figure) -> bool:
    """Whether the fields of an answer are the annotated ones, and the claim is the paper's own."""
    if gold is None or gold["target"] != "own":
        return False
    unit = unit_name(figure.quantity.unit.name, answer.metric, answer.kind, figure.quantity.magnitude)
    return (
        answer.metric == gold["metric"]
        and answer.kind == gold["kind"]
        and answer.direction == gold["direction"]
        and unit.lower().rstrip("s") == (gold["unit"] or "").lower().rstrip("s")
    )


def by_rule(figure: Figure, field: str) -> str:
    """The rules' answer for kind, direction, metric or target (no rule tells the target: "own")."""
    answers = {"kind": figure.said.kind, "direction": figure.said.direction, "metric": figure.metric, "target": "own"}
    return answers[field]


def right(correct_of: dict[int, bool], taken: set[int]) -> Head:
    """The head that tells which answers are right; it learns from unseen answers (by the examples' identity)."""
    return Head(
        "right", lambda e: ("yes" if correct_of[id(e)] else "no") if id(e) in taken else None, yes="yes", penalty=10.0
    )


def _is_claim(example: Anyone) -> str:
    return "no" if example.gold is None else "yes"


def _target(example: Anyone) -> str | None:
    return None if example.gold is None else str(example.gold["target"])


def _manner(example: Example) -> str | None:
    if example.gold is None:
        return None
    said = f"{example.gold['kind']}/{example.gold['direction']}"
    return said if said in MANNERS else _USUAL[example.gold["kind"]]


def _metric(example: Example) -> str | None:
    return None if example.gold is None else str(example.gold["metric"])


FIGURES = (
    Head("claim", _is_claim, yes="yes"),
    Head("target", _target, yes="own"),
    Head("manner", _manner),
    Head("metric", _metric, shared=True),
)
PARITY = (
    Head("parity", _is_claim, yes="yes", penalty=10.0),
    Head("parity_target", _target, yes="own", penalty=10.0),
)
