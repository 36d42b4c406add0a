"""When a predicted claim is the claim that an annotator made: equal figures, overlapping quotes, like phrases.

Claims are dicts with the fields of the annotation guideline; a missing field counts as null.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]

STRICT = ("metric", "kind", "unit", "direction", "target")
FIELDS = (*STRICT, "bound")
FILLED = ("baseline", "technique", "from_value", "value_max")
_IDLE = frozenset({"the", "a", "an", "of", "and", "existing"})
_GENERAL = frozenset({"gpu", "gpus", "cpu", "cpus", "nvidia", "device", "devices", "edge", "platform", "platforms"})
_LONGEST_QUOTE, _MOST_PLACES = 40, 2  # a longer or commoner quote points nowhere
_NUMBER = re.compile(r"\d+([gmk]i?b?)?")


def words(phrase: str | None) -> frozenset[str]:
    """The words of a phrase that tell it from another."""
    return frozenset(re.findall(r"[a-z0-9]+", (phrase or "").lower())) - _IDLE


def same_thing(one: str | None, other: str | None) -> bool:
    """Whether two phrases share at least half of the longer one's words."""
    a, b = words(one), words(other)
    return bool(a) and bool(b) and len(a & b) >= 0.5 * max(len(a), len(b))


def _models(device: str) -> frozenset[str]:
    """Words that tell one device from another: with a digit, but no counts and memory sizes."""
    return frozenset(
        w for w in words(device) if re.fullmatch(r"\d{3,4}", w) or (re.search(r"\d", w) and not _NUMBER.fullmatch(w))
    )


def same_device(one: str, other: str) -> bool:
    """Whether two mentions name the same device: by model where either has one, by words otherwise."""
    a, b = _models(one), _models(other)
    if a or b:
        return bool(a & b)
    return same_thing(one, other) or bool((words(one) & words(other)) - _GENERAL)


def same_number(one: float | None, other: float | None) -> bool:
    """Equal within 0.1 %, sign aside; or both missing."""
    if one is None or other is None:
        return one is other
    a, b = abs(float(one)), abs(float(other))
    return abs(a - b) <= 0.001 * max(a, b)


def unit_form(unit: str | None) -> str:
    """A unit without case, plural, `per` and spaces."""
    form = (unit or "").lower().replace("per ", "/").replace(" ", "").replace("cycle", "clk").replace("second", "s")
    return form[:-1] if len(form) > 3 and form.endswith("s") and not form.endswith("/s") else form


def agrees(gold: Record, predicted: Record, field: str) -> bool:
    """Whether the two claims say the same in a field that is compared as it is."""
    if field == "unit":
        return unit_form(gold.get(field)) == unit_form(predicted.get(field))
    return bool(gold.get(field) == predicted.get(field))


def same_filling(gold: Record, predicted: Record, field: str) -> bool:
    """Whether both claims fill a field that may be empty, and mean the same by it."""
    want, got = gold.get(field), predicted.get(field)
    if want is None or got is None:
        return False
    return same_number(want, got) if field in ("from_value", "value_max") else same_thing(want, got)


def _spans(text: str, quote: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(re.escape(quote), text)]


def can_match(text: str, gold: Record, predicted: Record) -> bool:
    """Whether both are parity or give the same figure, and their quotes overlap in the text."""
    if (gold["kind"] == "parity") != (predicted.get("kind") == "parity"):
        return False
    if not all(same_number(gold.get(f), predicted.get(f)) for f in ("value", "value_max")):
        return False
    quote = predicted.get("quote")
    if not quote or len(quote.split()) > _LONGEST_QUOTE or not 1 <= text.count(quote) <= _MOST_PLACES:
        return False
    return any(s < f and e < t for s, t in _spans(text, gold["quote"]) for e, f in _spans(text, quote))


def pairs(text: str, golds: Sequence[Record], predictions: Sequence[Record]) -> dict[int, int]:
    """For each gold claim that has one the prediction that matches it; pairs that agree most are made first."""
    candidates = []
    for i, gold in enumerate(golds):
        for j, predicted in enumerate(predictions):
            if can_match(text, gold, predicted):
                agreement = sum(agrees(gold, predicted, f) for f in FIELDS)
                agreement += sum(same_thing(gold.get(f), predicted.get(f)) for f in ("measure", "baseline"))
                candidates.append((-agreement, i, j))
    partner: dict[int, int] = {}
    for _, i, j in sorted(candidates):
        if i not in partner and j not in partner.values():
            partner[i] = j
    return partner
