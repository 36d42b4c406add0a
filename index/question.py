"""What the words of a question say: factor, metric, hardware and family, by the lexicons that read the papers."""

import re

import data
from extract import devices
from extract.quantities import Quantity, find
from extract.units import FACTOR, PERCENT
from index.answer import Understood
from index.family_questions import family_in

_LESS = re.compile(r"\b(?:less|fewer|lower|smaller|cut\w*|reduc\w+|sav\w+|drop\w*|down)\b", re.I)
_STRICT = re.compile(r"\b(?:more than|over|above|greater than|exceeding)\s*$", re.I)
_KEPT = (
    r"without (?:losing|loss of|sacrific\w+|hurting)|same (?:accuracy|quality)|no (?:accuracy|quality) loss|lossless"
)
_PARITY = re.compile(rf"\b(?:{_KEPT})", re.I)


def understand(question: str) -> Understood:
    """The conditions that a question states; its whole text stays for the search by words and meaning."""
    factor = next((f for q in find(question) if (f := _factor(question, q)) is not None), None)
    mentioned = [name for mention in devices.find(question, question=True) for name in mention.names]
    figure = next(iter(find(question)), None)
    strict = figure is not None and _STRICT.search(question[: figure.start]) is not None
    return Understood(
        metric=_metric(_PARITY.split(question)[0]),
        min_factor=factor,
        strict=factor is not None and strict,
        hardware=tuple(dict.fromkeys(mentioned)),
        family=family_in(question),
        parity=_PARITY.search(question) is not None,
        text=question,
    )


def _factor(question: str, figure: Quantity) -> float | None:
    """How many times better a figure asks for: 2x is 2, half of something 2, 30 % less 1/(1 - 0.3)."""
    value = figure.value
    if figure.unit == FACTOR:
        return value if value >= 1 else 1 / value
    if figure.unit == PERCENT and figure.spelled == "part":
        return 100 / value
    if figure.unit == PERCENT and _LESS.search(question) and value < 100:
        return 1 / (1 - value / 100)
    return None


def _metric(question: str) -> str | None:
    """The metric of the longest phrase of data/metrics.toml in the question."""
    plain = f" {re.sub(r'[^a-z0-9]+', ' ', question.lower())} "
    found = [
        (len(phrase), metric)
        for metric, entry in data.table("metrics.toml").items()
        if isinstance(entry, dict)
        for phrase in entry.get("strong", ())
        for end in ("", "s")
        if f" {phrase}{end} " in plain
    ]
    return max(found)[1] if found else None
