"""Conditions set by hand: checked, so that a mistyped one is told its neighbour and not searched for in vain."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from extract.catalogue import resolve
from extract.claim import METRICS, PHASES
from index.answer import Further, Understood
from index.named_measures import metric_of, names


def checked(overrides: dict[str, Any]) -> dict[str, Any]:
    """The fields of `Understood` to set; None clears one. Hardware gets the catalogue's name where it has one.

    Raises ValueError for a field that there is not, and for a value that a field cannot have, naming near ones.
    """
    defaults = Understood()
    changes = {}
    for name, value in overrides.items():
        _known("condition", name, tuple(Understood.__dataclass_fields__))
        changes[name] = getattr(defaults, name) if value is None else _value(name, value)
    return changes


def overridden(read: Understood, overrides: dict[str, Any]) -> Understood:
    """What was read of a question with fields set by hand: a measure goes with its metric, and goes when that goes.

    Raises ValueError as `checked` does, and for a measure of another metric.
    """
    changes = checked(overrides)
    wanted = changes.get("measure")
    if wanted is not None:
        metric = metric_of(wanted)
        if changes.setdefault("metric", metric) not in (None, metric):
            raise ValueError(f"measure {wanted!r} is one of {metric}, not of {changes['metric']}")
        changes["metric"] = metric
    elif read.measure is not None and changes.get("metric", read.metric) != metric_of(read.measure):
        changes["measure"] = None
    return replace(read, **changes)


def _value(name: str, value: Any) -> Any:
    if name == "metric":
        _known("metric", value, METRICS)
    elif name == "measure":
        _known("measure", value, names())
    elif name == "phase":
        _known("phase", value, PHASES)
    elif name == "family":
        from index.technique_catalogue import ids

        _known("family", value, ids())
    elif name == "min_factor":
        _positive(value)
    elif name == "also":
        return tuple(map(_further, value))
    elif name == "device_count":
        low, high = value
        if all(end is None or end < 1 for end in value) or (low is not None and high is not None and high < low):
            raise ValueError(
                f"device_count {value} is no range: (8, None) is 8 or more, (None, 4) at most 4, (1, 1) one"
            )
    elif name == "hardware":
        wanted = (value,) if isinstance(value, str) else tuple(value)
        return tuple(resolve(one) or one for one in wanted)
    return value


def _positive(factor: float) -> None:
    if not factor > 0:
        raise ValueError(f"min_factor {factor:g} is not above 0; 2 asks for twice as good, 0.5 allows half as good")


def _further(value: Any) -> Further:
    if not isinstance(value, Further):
        raise ValueError(f"also holds {value!r}, which is no index.answer.Further; None drops further thresholds")
    if value.metric is not None:
        _known("metric", value.metric, METRICS)
    if value.min_factor is not None:
        _positive(value.min_factor)
    return value


def _known(what: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        near = get_close_matches(str(value), allowed, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(allowed)}"
        raise ValueError(f"no {what} {value!r}; {hint}")
