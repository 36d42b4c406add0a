"""What a page shows, as the query part of its address: so that an answer can be shared, kept and gone back to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from extract.claim import METRICS, PHASES
from index.answer import Further, MaxLoss, UnitThreshold
from index.browse import GROUPS
from index.named_measures import names

Params = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the conditions changed or dropped (None) by hand, and the part of the answer that is shown."""

    question: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    since: date | None = None
    group: str | None = None
    page: int = 1


def _number(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1e15:
        raise ValueError(f"{text} is not a number of 0 or more")
    return value


def _one_of(allowed: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"{text!r} is not one of {', '.join(allowed)}")
        return text

    return read


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return text


def _loss(text: str) -> MaxLoss:
    value, _, unit = text.partition(" ")
    return MaxLoss(_number(value), _one_of(("%", "points"))(unit))


def _limit(text: str) -> UnitThreshold:
    """`..20 W` is 20 W or less, `1000.. FPS` 1000 FPS or more."""
    ends, _, unit = text.partition(" ")
    low, dots, high = ends.partition("..")
    if not (dots and unit.strip() and (low or high)):
        raise ValueError(f"{text!r} is not written like `..20 W` or `1000.. FPS`")
    return UnitThreshold(unit, _number(low) if low else None, _number(high) if high else None)


def _further(text: str) -> Further:
    """`memory >=2x` is memory at least 2 times better, `speed >2x` more than that, `energy ..5 W` 5 W or less."""
    measure, _, asked_for = text.partition(" ")
    metric = None if measure == "any" else _one_of(METRICS)(measure)
    if asked_for.startswith(">") and asked_for.endswith("x"):
        strict = not asked_for.startswith(">=")
        return Further(metric, _number(asked_for[1 if strict else 2 : -1]), strict)
    return Further(metric, unit_threshold=_limit(asked_for))


def _range(text: str) -> tuple[int | None, int | None]:
    low, dots, high = text.partition("..")
    if not dots or not (low or high):
        raise ValueError(f"{text!r} is not written like `2023..2025`")
    return (int(low) if low else None, int(high) if high else None)


def _written(value: Any) -> str:
    if isinstance(value, MaxLoss):
        return f"{value.value:g} {value.unit}"
    if isinstance(value, UnitThreshold):
        ends = ["" if v is None else repr(v) for v in (value.min, value.max)]
        return f"{ends[0]}..{ends[1]} {value.unit}"
    if isinstance(value, Further):
        factor, limit = value.min_factor, value.unit_threshold
        asked_for = f">{'' if value.strict else '='}{factor!r}x" if limit is None else _written(limit)
        return f"{value.metric or 'any'} {asked_for}"
    if isinstance(value, tuple):
        return "..".join("" if v is None else str(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


_READ: dict[str, Callable[[str], Any]] = {
    "metric": _one_of(METRICS),
    "measure": _one_of(names()),
    "min_factor": _number,
    "max_loss": _loss,
    "unit_threshold": _limit,
    "device_count": _range,
    "family": _words,
    "baseline": _words,
    "parity": lambda text: _one_of(("yes", "no"))(text) == "yes",
    "phase": _one_of(PHASES),
    "years": _range,
    "text": _words,
}
_FIRST = ("metric", "min_factor")
CONDITIONS = (*_FIRST, "hardware", "also", *[name for name in _READ if name not in _FIRST])


def asked(params: Params) -> tuple[Asked, list[str]]:
    """What an address asks for, and a message for each part of it that cannot be read and is left out."""
    problems: list[str] = []

    def each(name: str, how: Callable[[str], Any], texts: Sequence[str]) -> list[Any]:
        found = []
        for text in texts:
            try:
                found.append(how(text))
            except ValueError as error:
                problems.append(f"The address says {name}={text}, which is left out: {error}.")
        return found

    def read(name: str, how: Callable[[str], Any]) -> Any:
        return next(iter(each(name, how, params.get(name, ())[:1])), None)

    changes: dict[str, Any] = {}
    for name, how in _READ.items():
        if (value := read(name, how)) is not None:
            changes[name] = value
    if hardware := tuple(h for h in params.get("hardware", ()) if h.strip()):
        changes["hardware"] = hardware
    if also := tuple(each("also", _further, params.get("also", ()))):
        changes["also"] = also
    for name in params.get("without", ()):
        if name not in CONDITIONS:
            problems.append(f"The address says without={name}, which is no condition.")
        else:
            changes.setdefault(name, None)
    page = read("page", lambda text: max(1, min(int(text), 10_000)))
    question = (params.get("q") or [""])[0][:1000]
    since = read("since", date.fromisoformat)
    return Asked(question, changes, since, read("show", _one_of(tuple(GROUPS))), page or 1), problems


def params(wanted: Asked) -> dict[str, list[str]]:
    """The inverse of `asked`."""
    found: dict[str, list[str]] = {"q": [wanted.question]} if wanted.question else {}
    dropped = []
    for name, value in wanted.changes.items():
        if value is None:
            dropped.append(name)
        elif name == "hardware":
            found[name] = list(value)
        elif name == "also":
            found[name] = [_written(one) for one in value]
        else:
            found[name] = [_written(value)]
    if dropped:
        found["without"] = dropped
    if wanted.since:
        found["since"] = [wanted.since.isoformat()]
    if wanted.group:
        found["show"] = [wanted.group]
    if wanted.page > 1:
        found["page"] = [str(wanted.page)]
    return found


def overrides(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes as `KnowledgeBase.understood` takes them: a factor set by hand means `at least`."""
    return {**changes, "strict": False} if "min_factor" in changes else dict(changes)
