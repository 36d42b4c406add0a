"""Whether a figure is better or worse by rule: from the word of change that governs it and from which way its measure
goes."""

from extract.context import FIGURE, Sentence, written
from extract.factors import falls_by_words
from extract.frame import LEAD, Frame
from extract.judged import judged
from extract.measure import Choice


def direction(s: Sentence, k: int, tied: Frame, choice: Choice, metric: str, said: str) -> str:
    """ "better", "worse" or "none" for a figure of the given kind, as it is for what the paper presents."""
    found = _direction(s, k, tied, choice, metric, said)
    if said == "change" and found != "none" and _against_ours(s, s.places[k]):
        return "worse" if found == "better" and not _takes_more(s, s.places[k]) else "better"
    return found


def _against_ours(s: Sentence, place: int) -> bool:
    """Whether a result is told from the rival's side: `Alpha is 3x slower than our decoder`."""
    for i in range(place + 1, min(len(s.lows) - 1, place + 9)):
        if s.lows[i] in (FIGURE, ",", ";", ".", "while", "and"):
            return False
        if s.lows[i] in ("than", "as") and (s.lows[i + 1] in ("our", "ours") or s.lows[i + 1 : i + 3] == _PROPOSED):
            return not any(w in ("we", "our", "ours") for w in s.lows[max(0, place - 12) : place])
    return False


_PROPOSED = ["the", "proposed"]


def _takes_more(s: Sentence, place: int) -> bool:
    """`2.1 times as many errors as`, `twice as slow as`: more of what is bad."""
    return s.lows[place + 1 : place + 2] == ["as"] and any(
        falls_by_words(w) or w in ("slow", "slower") for w in s.lows[place + 2 : place + 5]
    )


def _direction(s: Sentence, k: int, tied: Frame, choice: Choice, metric: str, said: str) -> str:
    q = s.figures[k]
    if said == "fraction":
        return "none"
    if said == "level":
        if q.from_value is not None:
            return _moved(s, k, choice)
        if tied.how == "sign":
            return "none"
        if not judged(s, k, tied, choice, metric):
            return "none"
        return "worse" if _told_worse(s, choice) else "better"
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


def _told_worse(s: Sentence, choice: Choice) -> bool:
    """Whether the word before what is measured makes it worse: `a lower accuracy of 71 %`, `a higher error of 4 %`."""
    first = choice.phrase.first if choice.phrase is not None else 0
    word, falling = s.lows[first - 1] if first else "", _said_falling(s, choice)
    return (word in _LESS and falling is False) or (word in _GREATER and falling is True)


_LESS, _GREATER = frozenset({"lower", "poorer", "reduced"}), frozenset({"higher", "greater", "increased"})
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
