"""Kind and direction of a figure by rule, from the word of change that governs it and the measure."""

from extract.context import FIGURE, Sentence, written
from extract.factors import falls_by_words
from extract.frame import LEAD, Frame, frame
from extract.judged import judged
from extract.lexicon import words
from extract.lists import listed_with
from extract.measure import Choice

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


def direction(s: Sentence, k: int, tied: Frame, choice: Choice, metric: str, said: str) -> str:
    """ "better", "worse" or "none" for a figure of the given kind."""
    q = s.figures[k]
    if said == "fraction":
        return "none"
    if said == "level":
        if q.from_value is not None:
            return _moved(s, k, choice)
        if tied.how == "sign":
            return "none"
        return "better" if judged(s, k, tied, choice, metric) else "none"
    classes = tied.classes
    falling = _falling(s, choice, metric, tied)
    if q.mark == "-" and tied.how == "sign":
        return "better" if falling else "worse"
    word = s.lows[tied.place] if tied.place >= 0 else ""
    if not tied.how and s.lows[s.places[k] - 1 : s.places[k]] == ["within"]:
        return "worse"
    if ("bad" in classes and "good" not in classes and "up" not in classes) or word in ("overhead", "overheads"):
        reduced = _reduced(s, tied.place) and not s.lows[tied.place - 1].startswith(("minimal", "small"))
        return "better" if reduced or (falling and "down" in classes and metric != "quality") else "worse"
    if "good" in classes:
        return "better"
    if not tied.how and q.unit.family == "factor" and q.value > 1 and falling and _takes(s, s.places[k]):
        return "worse"  # `at 70x the cost`
    if "up" in classes and metric == "parameters" and word.startswith("add"):
        return "worse"
    if "down" in classes:
        known = choice.phrase is not None and choice.phrase.strong and choice.side in ("governed", "list", "after")
        slower = metric == "speed" and choice.phrase is not None and s.lows[choice.phrase.end - 1] in _RATES
        return "worse" if falling is False and (metric == "quality" or slower) and known else "better"
    if "up" in classes:
        left = s.lows[max(0, s.places[k] - 6) : s.places[k]]
        if any(
            w.startswith(
                (
                    "handl",
                    "support",
                    "process",
                    "serv",
                    "enabl",
                    "generat",
                    "produc",
                    "accept",
                    "scal",
                    "allow",
                    "fit",
                    "accommodat",
                )
            )
            for w in left
        ) and metric not in ("energy", "cost", "memory"):
            return "better"
        return "worse" if falling and metric not in ("parameters", "other", "data") else "better"
    return "better"


_RATES = frozenset({"speed", "throughput", "fps", "goodput"})
_TAKES = ("requir", "need", "cost", "incur", "consum", "demand")


def _takes(s: Sentence, place: int) -> bool:
    """Whether so many times something is used up: `requires twice as many steps`, `at 3x the cost`."""
    lead = place - 1
    while lead >= 0 and s.lows[lead] in LEAD and s.lows[lead] != "at":
        lead -= 1
    if s.lows[lead + 1 : lead + 2] in (["least"], ["most"], ["best"]):
        return False
    return lead >= 0 and (s.lows[lead] == "at" or s.lows[lead].startswith(_TAKES))


def _falling(s: Sentence, choice: Choice, metric: str, tied: Frame) -> bool | None:
    """Whether the measure falls when things get better: by its words (those of change left out), else by what is
    measured."""
    said = _said_falling(s, choice, tied.place)
    if said is not None:
        return said
    if metric in ("memory", "storage", "compute", "energy", "cost", "communication", "tokens"):
        return True
    return False if metric == "quality" and choice.phrase is not None and choice.phrase.strong else None


def _said_falling(s: Sentence, choice: Choice, without: int = -1) -> bool | None:
    if choice.phrase is None:
        return falls_by_words(written(s, *choice.words)) if choice.words else None
    first, end = choice.phrase.first, choice.phrase.end
    if choice.phrase.cls == "speed" and "per" in s.lows[first:end] and s.lows[first] in ("tokens", "token"):
        return False
    following = s.lows[end] if end < len(s.lows) and end != without else ""
    if following in ("gap", "loss", "drop", "degradation", "error", "errors", "overhead", "penalty"):
        return True
    if first <= without < end:
        first, end = (first, without) if without > first else (without + 1, end)
    return falls_by_words(written(s, first, end)) if end > first else None


def _moved(s: Sentence, k: int, choice: Choice) -> str:
    """The direction of `from A to B`: by the verb, else by the measure's own words; better where neither tells."""
    q, place = s.figures[k], s.places[k]
    left = s.lows[max(0, place - 14) : place]
    if any(w.startswith(("improv", "boost", "enhanc", "outperform", "outscor", "surpass")) for w in left):
        return "better"
    if any(w.startswith(("degrad", "worsen", "deteriorat")) for w in left):
        return "worse"
    falling = _said_falling(s, choice)
    up = q.value > (q.from_value or 0.0)
    if falling is None or up != falling:
        return "better"
    return "none" if q.link == "vs" else "worse"


def _reduced(s: Sentence, place: int) -> bool:
    """Whether a loss is itself reduced: `cuts the accuracy loss by 40%`."""
    for j in range(place - 1, max(-1, place - 6), -1):
        if s.lows[j] in ("at", "with", "of", "in", "without", FIGURE, ",", "while", "only", "which", "that"):
            return False
        if s.cue_at(j) & {"down"} and not s.cue_at(j) & {"bad"} and not s.lows[j].endswith(("tion", "sion")):
            return True
    return False
