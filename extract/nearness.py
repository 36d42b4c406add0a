"""How near a phrase for a measure stands to a figure: what is between them decides. Rules over words."""

from dataclasses import dataclass

from extract.context import FIGURE, Sentence, once
from extract.lexicon import Phrase, words

# Words that may stand between a figure and its measure without parting them.
LIGHT = words("nearness_light")
CHANGES = frozenset({"up", "down", "good", "bad"})


@dataclass(slots=True)
class Choice:
    """The phrase chosen for a figure; `side` is "after", "before", "list", "carried" or "none"."""

    phrase: Phrase | None
    side: str
    score: float
    second: Phrase | None = None
    source: int = -1  # the figure from which a carried or listed one takes its measure
    words: tuple[int, int] | None = None  # the noun phrase that governs the figure, where no word list knows it


def fit_after(s: Sentence, place: int, phrase: Phrase) -> float:
    """How well a phrase behind the figure fits; higher is better."""
    score, change = 3.4, False
    for i in range(place + 1, phrase.first):
        word = s.lows[i]
        if word == FIGURE:
            listed = all(
                w in (",", "and", "or", "/", FIGURE, "&", "to", "than", "more") for w in s.lows[place + 1 : i + 1]
            )
            score -= 0.3 if listed else 2.6
        elif word in ("of", "in", "for"):
            score -= 0.1 if change or word in ("of", "in") else 0.8
        elif word in (
            "on",
            "with",
            "at",
            "when",
            "over",
            "than",
            "compared",
            "using",
            "across",
            "while",
            "without",
            "by",
            "from",
            "as",
            "to",
            "under",
        ):
            score -= 1.5
        elif word in (",", ";", "and", "or"):
            score -= 0.9 if word != ";" else 1.6
            if word == "," and s.lows[i - 1] != FIGURE:
                score -= 0.8
        elif word in ("(", ")", ":", "which", "that", "but", "whereas", "although"):
            score -= 1.3
        elif s.cue_at(i) & CHANGES:
            score -= 0.05
            change = True
        elif word in LIGHT:
            score -= 0.15
        else:
            score -= 0.3
    return score


def fit_before(s: Sentence, place: int, phrase: Phrase) -> float:
    """How well a phrase in front of the figure fits; higher is better."""
    score = 3.0
    for i in range(phrase.end, place):
        word = s.lows[i]
        if word == FIGURE:
            listed = all(w in (",", "and", "or", "/", FIGURE, "&", "+", "-") for w in s.lows[i:place])
            score -= 0.35 if listed else 2.2
        elif word in (",", ";"):
            score -= 1.0 if word == "," else 1.8
        elif word in ("while", "whereas", "but", "which", "although", "that"):
            score -= 1.2
        elif word in ("and", "or"):
            score -= 0.5
        elif word in ("by", "of", "to", "is", "was", "at", "reaches", "(", "=", ":", "from", "up", "as"):
            score += 0.12 if i == place - 1 or word in ("by", "of") else 0.0
        elif word == ")":
            score -= 0.4
        elif word in LIGHT:
            score -= 0.1
        elif word in ("with", "on", "for", "across", "using", "when", "than", "compared", "over"):
            score -= 0.35
        else:
            score -= 0.22
    return score


@once
def fits(s: Sentence, k: int) -> list[float]:
    """How well each of the sentence's phrases fits the k-th figure by its place alone."""
    place = s.places[k]
    return [(fit_after if p.first > place else fit_before)(s, place, p) for p in s.measures]


def _frame(s: Sentence, place: int) -> tuple[int, int] | None:
    """For `VERB OBJECT ... by FIGURE`: the words between the verb and the preposition; None where there is no such
    frame."""
    by = place - 1
    while by >= 0 and by > place - 6 and s.lows[by] not in ("by", "to"):
        if s.lows[by] in (",", ";", "and", FIGURE):
            return None
        by -= 1
    if by < 0 or s.lows[by] not in ("by", "to") or (by > 0 and s.lows[by - 1] in ("up", "compared", "due", "relative")):
        by2 = by - 2
        if by2 >= 0 and s.lows[by - 1] == "up" and s.lows[by2] in ("by", "to"):
            by = by2
        elif by < 0 or s.lows[by] not in ("by", "to") or s.lows[by - 1] != "up":
            return None
    for verb in range(by - 1, -1, -1):
        word = s.lows[verb]
        if word in (FIGURE, ";", "while", "whereas", "but", "(", ")"):
            return None
        if s.cue_at(verb) & _VERBS and not word.endswith(_NOUN_ENDS) and verb < by - 1:
            return verb, by
    return None


_VERBS = frozenset({"up", "down", "good"})
_NOUN_ENDS = (
    "tion",
    "tions",
    "ment",
    "ments",
    "gain",
    "gains",
    "savings",
    "efficiency",
    "efficient",
    "er",
    "ss",
    "fold",
)


def nearest(s: Sentence, k: int) -> Choice:
    """The phrase that stands nearest to the k-th figure, with the best one of another metric."""
    place = s.places[k]
    figure = s.figures[k]
    unit_metric = figure.unit.metric
    frame = _frame(s, place)
    framed = False
    ranked: list[tuple[float, int, str, Phrase]] = []
    for i, (phrase, score) in enumerate(zip(s.measures, fits(s, k), strict=True)):
        after = phrase.first > place
        if not phrase.strong:
            score -= 1.1
        if unit_metric and phrase.cls == unit_metric:
            score += 0.9
        if figure.unit.family in ("bare", "points") and phrase.cls == "quality":
            score += 0.7
        score += 0.25 * min(phrase.end - phrase.first, 3) - 0.25
        if (
            frame is not None
            and frame[0] <= phrase.first < frame[1]
            and not framed
            and (phrase.strong or phrase.first > frame[0])
        ):
            framed = True
            score = max(score, 2.2 if phrase.strong else 1.4) + 1.2
        ranked.append((score, -i, "after" if after else "before", phrase))
    if not ranked:
        return Choice(None, "none", 0.0)
    ranked.sort(key=lambda r: (-r[0], r[1]))
    best = ranked[0]
    second = next((r[3] for r in ranked[1:] if r[3].cls != best[3].cls), None)
    return Choice(best[3], best[2], best[0], second)
