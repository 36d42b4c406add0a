"""What speaks for each metric as the one that a figure measures: features of the phrases in its sentence.

For each metric its best fitting phrase is described by where it stands and what is between it and the figure, in the
same terms for every metric, so that what is learned from `latency` serves `VRAM`.
"""

from extract.context import FIGURE, Sentence
from extract.frame import Frame
from extract.lexicon import Phrase
from extract.nearness import Choice, fits

_BETWEEN = frozenset(
    [
        "and",
        "while",
        "with",
        "on",
        "for",
        "of",
        "in",
        "by",
        "than",
        "(",
        ")",
        "to",
        "at",
        "over",
        "compared",
        "without",
        "when",
        "or",
        ":",
    ]
)
_PREVIOUS = frozenset(
    [
        "on",
        "in",
        "of",
        "for",
        "at",
        "by",
        "to",
        "and",
        ",",
        "the",
        "higher",
        "lower",
        "with",
        "better",
        "(",
        "-",
        "more",
        "less",
    ]
)
_FOLLOWING = frozenset(["of", "by", "and", ",", ".", "to", "(", "on", "for", "-", "with", "compared", "over", "than"])
_FIT = (-4.0, -2.0, -1.0, 0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 3.4)


def _bucket(number: float, edges: tuple[float, ...]) -> str:
    return next((f"<{edge:g}" for edge in edges if number < edge), f">{edges[-1]:g}")


def fitting(s: Sentence, k: int) -> list[tuple[float, Phrase]]:
    """The sentence's phrases with how well each fits the k-th figure by its place alone, best first."""
    return sorted(zip(fits(s, k), s.measures, strict=True), key=lambda f: -f[0])


def measured(s: Sentence, k: int, choice: Choice, metric: str, tied: Frame) -> dict[str, list[str]]:
    """For each metric that something speaks for, the names of the features that hold; `metric` is the rules' answer."""
    q = s.figures[k]
    family = q.unit.family
    out: dict[str, list[str]] = {}
    for rank, (fit, phrase) in enumerate(fitting(s, k)):
        if phrase.cls in out:
            out[phrase.cls].append(f"again{min(3, rank)}")
        else:
            out[phrase.cls] = _of_phrase(s, k, phrase, rank, fit, tied)
            out[phrase.cls].append(f"fam={family}&after={phrase.first > s.places[k]}")
            out[phrase.cls].append(f"second={choice.second is phrase}")
            out[phrase.cls].append(f"chosen={choice.phrase is phrase}&{choice.side}")
    if q.unit.metric:
        out.setdefault(q.unit.metric, []).extend(("unit", f"unit&{family}"))
    by_phrase = choice.phrase is not None and choice.phrase.cls == metric
    out.setdefault(metric, []).extend(
        (
            "rule:",
            f"rule:{family}",
            f"rule:{choice.side}",
            f"rule:fit{_bucket(choice.score, (0, 1, 2, 3, 4))}",
            f"rule:phrase={by_phrase}",
        )
    )
    return out


def _of_phrase(s: Sentence, k: int, phrase: Phrase, rank: int, fit: float, tied: Frame) -> list[str]:
    place = s.places[k]
    after = phrase.first > place
    low, high = (place + 1, phrase.first) if after else (phrase.end, place)
    between = s.lows[low:high]
    distance = phrase.first - place if after else place - phrase.end
    nearer = any(abs(p - phrase.first) < abs(place - phrase.first) for j, p in enumerate(s.places) if j != k)
    side = f"&after={after}"
    out = [
        f"rank={min(rank, 4)}",
        f"fit{_bucket(fit, _FIT)}",
        f"strong={phrase.strong}&rank={min(rank, 2)}",
        f"after={after}",
        f"same-clause={s.clauses[phrase.first] == s.clauses[place]}",
        f"distance{_bucket(distance, (1, 2, 3, 5, 8, 12))}{side}",
        f"tied={tied.how}{side}",
        f"tied-here={phrase.first <= tied.place < phrase.end}",
        f"figures={min(3, between.count(FIGURE))}{side}",
        f"commas={min(2, between.count(','))}{side}",
        f"nearer={nearer}{side}",
    ]
    out.extend(f"between={word}{side}" for word in _BETWEEN.intersection(between))
    if phrase.first and (word := s.lows[phrase.first - 1]) in _PREVIOUS:
        out.append(f"previous={word}{side}")
    following = s.lows[phrase.end] if phrase.end < len(s.lows) else ""
    if following == FIGURE or following in _FOLLOWING:
        out.append(f"following={'figure' if following == FIGURE else following}{side}")
    out.extend(f"cue={cue.cls}{side}" for cue in s.cues if low <= cue.first < high)
    return out
