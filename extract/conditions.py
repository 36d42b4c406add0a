"""Figures that say under which condition something holds, and no result: `at 50% pruning`, `a 0.5 mm threshold`, `at 1B
and 3B parameters`, `a budget of 5%`, `95% CI [0.1, 0.3]`. Rules over the words around a figure or its list."""

from extract.context import FIGURE, Sentence
from extract.lexicon import words
from extract.lists import listed_with

_DOSES = words("conditions_doses")
_LIMITS = words("conditions_limits")
_UNDER = words("conditions_under")
_SCALES = words("conditions_scales")
_NAMES = words("settings_statistic")
_BUDGETS = frozenset({"budget", "budgets", "regime", "regimes", "constraint", "constraints"})
# what a factor of resolution is the size of: `an 8x downsampled code`, `a 4x decoder`
_RESAMPLED = (
    "downsampl", "upsampl", "subsampl", "undersampl", "upscal", "downscal", "super", "decoder", "encoder", "zoom",
    "magnif", "resolution", "interpolat", "oversampl",
)  # fmt: skip
_GREEK = frozenset("αβγδεζηθκλμνσςτφψω")


def condition(s: Sentence, k: int) -> bool:
    """Whether the sentence's k-th figure, or the list that it stands in, names a condition."""
    q = s.figures[k]
    group = listed_with(s, k)
    first, last = s.places[group[0]], s.places[group[-1]]
    after = s.lows[last + 1 : last + 5]
    before = s.lows[max(0, first - 4) : first]
    family = q.unit.family
    if (after[:1] and after[0] in _LIMITS) or before[-2:] in (["budget", "of"], ["regime", "of"], ["regimes", "of"]):
        return True
    if after[1:2] and after[1] in _BUDGETS and family not in ("percent", "factor"):
        return True  # `a 1 W power budget`
    if after[:2] == ["-", "pruned"] or after[:2] == ["-", "sparse"]:
        return True
    if before[-1:] == ["±"] or (before[-2:] == ["+", "-"] and family in ("percent", "points", "bare")):
        return True  # a spread
    place = s.places[k]
    if family == "percent" and s.lows[place - 1 : place] == ["at"] and _operates(s, k, s.lows[place + 1 : place + 2]):
        return True
    if family == "percent" and after[:1] and after[0] in _DOSES and q.from_value is None and not q.mark:
        return any(w in _UNDER for w in before[-2:])
    if family == "params":
        return _model_size(before, after, ranges=q.value_max is not None)
    if family == "factor":
        return bool(after[:1]) and (after[0].startswith(_RESAMPLED) or (len(after[0]) == 1 and after[0] in "kndm"))
    if family == "time":
        return (before[-1:] == ["at"] and q.unit.name in ("h", "days", "min")) or before[-2:] == ["trained", "on"]
    if family == "bytes":
        return after[:2] == ["unified", "memory"]
    if q.unit.name == "tokens":
        return before[-1:] == ["beyond"]
    if q.unit.name in ("MHz", "GHz"):
        return before[-1:] in (["a"], ["an"])
    if k != group[0] and before[-1:] == ["="] and len(before) > 1 and before[-2] in _NAMES:
        return True
    if before[-1:] == [":"] and "@" in before:
        return True
    return _variable(before) or _overlap(before, q.mark) or _interval(s, first)


def _model_size(before: list[str], after: list[str], *, ranges: bool) -> bool:
    """Whether parameters tell which models are meant: `at 1B and 3B parameters`, `models (1B-9B)`, `Gemma-3 4B`."""
    if not before or _reaches(before):
        return False
    return (
        before[-1] in _SCALES
        or before[-1] in ("model", "models")
        or before[-1].isdigit()
        or before[-2:] == ["scaling", "to"]
        or after[:1] == ["range"]
        or (ranges and bool({"model", "models"} & set(before)))
    )


def _operates(s: Sentence, k: int, after: list[str]) -> bool:
    """`97.6% accuracy at 89%`: a share at which the result before it holds."""
    if k == 0 or s.figures[k - 1].unit.family != "percent" or after[:1] not in (["."], [","], ["and"], [";"]):
        return False
    return len(s.lows[s.places[k - 1] : s.places[k]]) < 5


def _reaches(before: list[str]) -> bool:
    return any(w.startswith(("compress", "reduc", "shrink", "prun", "cut", "down")) for w in before)


def _variable(before: list[str]) -> bool:
    """`α = 0.9`, `χ^2 = 12`."""
    return before[-1:] == ["="] and ((len(before) > 1 and before[-2] in _GREEK) or before[-4:-3] == ["χ"])


def _overlap(before: list[str], mark: str) -> bool:
    """`IoU > 0.5`: a threshold, where `IoU of 0.5` is a result."""
    return (
        (before[-1:] == ["iou"] and mark in (">", "<"))
        or before[-2:] == ["at", "iou"]
        or ("iou" in before and before[-2:] == ["greater", "than"])
    )


def _interval(s: Sentence, place: int) -> bool:
    """Whether a figure stands in the brackets of an interval of confidence."""
    for i in range(place - 1, max(-1, place - 6), -1):
        if s.lows[i] == "[":
            return any(w in ("ci", "cis", "interval", "intervals", "confidence") for w in s.lows[max(0, i - 4) : i])
        if s.lows[i] not in (FIGURE, ",", "+", "-", "–"):
            return False
    return False
