"""Kind of a figure by rule, from the word of change that governs it and the measure; with its direction."""

from extract.context import Sentence
from extract.direction import direction
from extract.frame import LEAD, Frame, frame
from extract.lexicon import words
from extract.lists import listed_with
from extract.measure import Choice

__all__ = ["direction", "kind"]


_KEEPS = ("retain", "maintain", "preserv", "keep", "recover", "recovers", "restor")
_USES = (
    "only",
    "just",
    "use",
    "uses",
    "using",
    "utiliz",
    "requir",
    "need",
    "employ",
    "consum",
    "updat",
    "tun",
    "train",
    "merely",
    "mere",
    "with",
    "at",
    "activat",
    "a",
    "stor",
)
_LEVELS = (
    "accuracy",
    "f1",
    "precision",
    "recall",
    "score",
    "utilization",
    "rate",
    "auc",
    "iou",
    "map",
    "ap",
    "mfu",
    "dice",
    "top",
    "pass",
    "sensitivity",
    "specificity",
    "coverage",
    "error",
    "wer",
    "cer",
)
_QUALITY_NOUN = frozenset(["accuracy", "performance", "quality", "score", "scores", "perplexity"])


def kind(s: Sentence, k: int, tied: Frame, choice: Choice, metric: str) -> str:
    """ "change", "level" or "fraction"."""
    q, place = s.figures[k], s.places[k]
    family = q.unit.family
    if q.from_value is not None:
        return "level"
    after = s.lows[place + 1 : place + 4]
    if q.mark == "+" and tied.how == "of" and family not in ("percent", "factor"):
        return "change"  # `an overhead of +24 ms`
    if q.spelled == "part":
        saved = tied.how == "object" and s.lows[tied.place].startswith(("sav", "remov", "eliminat", "prun", "discard"))
        return "change" if saved or tied.how in ("right", "by") else "fraction"
    if family == "factor":
        if q.value < 1 and not q.spelled and tied.how in ("", "to", "of") and not _gains(s, tied):
            return "fraction"  # `at 0.4x compute`
        return "change"
    if tied.how == "sign":
        return "change"
    if family == "bare" and 0 < q.value < 1 and not tied.how and after[:2] == ["of", "the"]:
        return "fraction"  # `at 0.6 of the cost`
    if (
        s.lows[place - 1 : place] == ["within"]
        and not tied.how
        and (metric == "quality" or family in ("percent", "points"))
    ):
        return "change"
    if family == "percent":
        if tied.how == "to":
            use = choice.phrase is not None and s.lows[choice.phrase.end - 1].startswith(
                ("util", "mfu", "occup", "efficien")
            )
            return "fraction" if "of" in after or (metric != "quality" and not use) else "level"
        if tied.how in ("right", "of", "by", "list"):
            return "change"
        if tied.how == "object":
            return "change"
        group = listed_with(s, k)
        source = choice.source
        if choice.side == "carried" and s.figures[source].unit.family == "percent" and not frame(s, source).how:
            return _share(s, s.places[source], s.places[source], metric)
        return _share(s, s.places[group[0]], s.places[group[-1]], metric)
    if tied.how in ("right", "by", "of", "object", "list") and tied.classes:
        if tied.how == "of" and family not in ("points", "bare"):
            return "level"
        if (
            tied.how == "object"
            and family not in ("points", "bare")
            and not s.lows[tied.place].startswith(("sav", "reduc", "cut"))
        ):
            return "level"
        if tied.how == "list" and family not in ("points", "bare"):
            return "level"
        return "change"
    return "level"


_CASES = words("manner_cases")
_KEPT = tuple(words("manner_kept"))
_STATES = ("sparsity", "utilization", "utilisation", "efficiency", "ratio", "occupancy", "coverage", "success")


def _gains(s: Sentence, tied: Frame) -> bool:
    return bool(tied.classes & {"good"})


def _share(s: Sentence, first: int, last: int, metric: str) -> str:
    """A percentage that no word of change governs (or a list of them): a share of something, or a level."""
    following = s.lows[last + 1] if last + 1 < len(s.lows) else "."
    after = last + 2
    if following == ")" and s.lows[last + 2 : last + 3] == ["of"] and "fraction" in s.lows[max(0, first - 4) : first]:
        return "fraction"  # `a fraction (15%) of`
    left = first - 1
    while left >= 0 and s.lows[left] in LEAD and s.lows[left] not in ("only", "just", "to", "of"):
        left -= 1
    lead = s.lows[left] if left >= 0 else ""
    kept = any(w.startswith(_KEEPS) for w in s.lows[max(0, first - 6) : first])
    if following == "of":
        rest = s.lows[after : last + 7]
        for stop, word in enumerate(rest):
            if word in (",", ".", "and", "by", "in", "to", "with", "for", "at", "on"):
                rest = rest[:stop]
                break
        cases = any(w in _CASES for w in rest)
        reached = lead in _REACHES or s.lows[first - 1] in _REACHES
        if metric == "quality" and not kept and reached and rest[:1] != ["the"] and _score(s, after):
            return "level"
        if cases and metric == "quality" and not any(w.startswith(_KEPT) for w in s.lows[max(0, first - 6) : first]):
            return "level"
        return "level" if cases and (lead == "in" or (metric == "quality" and not kept)) else "fraction"
    near = s.lows[last + 1 : last + 8]
    if metric == "quality" and "retention" in near[:4]:
        return "fraction"
    if any(w in _STATES for w in near[:3]):
        return "level"
    if near[:1] == ["accuracy"] and any(w.startswith("maintain") for w in s.lows[max(0, first - 6) : first]):
        return "level"  # `maintaining 90% accuracy`
    if kept and metric == "quality" and ("of" in near or any(w in _QUALITY_NOUN for w in near[:5])):
        return "fraction"
    if metric not in ("quality", "compute") and lead.startswith(_USES) and following not in (",", ")", "for", "on"):
        return "fraction"
    return "level"


_REACHES = frozenset({"(", "achieving", "achieves", "reaching", "reaches", "attaining", "attains", "with", ","})


def _score(s: Sentence, first: int) -> bool:
    """Whether the words from `first` on are a score by name and nothing else: `40% of exact match`."""
    for p in s.measures:
        if first <= p.first <= first + 2 and p.cls == "quality" and p.strong:
            following = s.lows[p.end] if p.end < len(s.lows) else "."
            return s.lows[p.end - 1] not in _QUALITY_NOUN and following in (",", ".", ")", "and", "on", "(", ";")
    return False
