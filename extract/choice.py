"""Which of a sentence's phrases says what a figure measures: by the word of change that governs the figure, by the list
that it stands in, else by nearness."""

from itertools import pairwise

from extract.context import Sentence
from extract.frame import Frame, frame
from extract.governed import governed
from extract.lexicon import Phrase, words
from extract.lists import leans, leans_on, listed_with
from extract.nearness import CHANGES, Choice, nearest

_STOPS = words("measure_stops")


def choose(s: Sentence, k: int, tied: Frame) -> Choice:
    """The phrase that says what the sentence's k-th figure measures; `tied` is its frame."""
    group = listed_with(s, k)
    if tied.how == "list" and governed(s, k, tied)[0] is None:
        source = _source(s, k, group)
        if source is not None:
            choice = choose(s, source, frame(s, source))
            if len(group) == 1 and not leans(s, k) and (own := _right_behind(s, k)) is not None:
                return Choice(own, "after", 3.0, choice.phrase)
            if choice.phrase is not None and len(group) > 1 and (paired := _paired(s, group, choice)) is not None:
                return Choice(paired[group.index(k)], choice.side, choice.score, choice.phrase)
            return Choice(choice.phrase, "list", choice.score, choice.second, source, choice.words)
    phrase, words = governed(s, k, tied)
    if (
        phrase is not None
        and tied.how == "by"
        and phrase.first == tied.place
        and s.lows[phrase.first].startswith(_BEATS)
        and k > 0
    ):
        previous = choose(s, k - 1, frame(s, k - 1))
        if (
            s.places[k] - s.places[k - 1] < 24
            and ";" not in s.lows[s.places[k - 1] : s.places[k]]
            and (previous.score > 2 or s.figures[k - 1].unit.metric)
            and _told_of(s, k, previous)
        ):
            return Choice(previous.phrase or phrase, "carried", 1.5, phrase, k - 1, previous.words)
    if phrase is not None:
        choice = Choice(phrase, "governed", 4.5, None, -1, words)
        if len(group) > 1 and (paired := _paired(s, group, choice)) is not None:
            return Choice(paired[group.index(k)], "list", 4.5, phrase)
        return choice
    if words is not None and tied.how == "":
        best = nearest(s, k)
        if best.phrase is not None and best.phrase.strong and best.side == "before" and best.score > 1.2:
            return best
    if words is not None:
        return Choice(None, "governed", 2.0, None, -1, words)
    choices = [nearest(s, g) for g in group]
    best = max(choices, key=lambda c: c.score)
    if len(group) > 1:
        paired = _paired(s, group, best)
        if paired is not None:
            return Choice(paired[group.index(k)], best.side, best.score, best.phrase)
        if best.phrase is not None:
            return best if group[choices.index(best)] == k else Choice(best.phrase, "list", best.score, best.second)
    if k > 0 and k == group[0] and _bare_of_measure(s, k) and (best.score < 3.0 or leans(s, k)):
        j = _result_before(s, k)
        previous = choose(s, j, frame(s, j))
        if previous.phrase is not None or previous.words is not None or s.figures[j].unit.metric:
            return Choice(previous.phrase, "carried", 1.5, best.phrase, j, previous.words)
    return best


def _result_before(s: Sentence, k: int) -> int:
    """The figure before the k-th, plain counts such as `per 3,000 slides` and `at 4 cycles` passed over."""
    j = k - 1
    while (
        j > 0 and s.figures[j].unit.family in ("bare", "count") and s.lows[s.places[j] - 1] in ("per", "every", "each")
    ):
        j -= 1
    return j


_BEATS = ("outperform", "surpass", "exceed", "beat")


def _right_behind(s: Sentence, k: int) -> Phrase | None:
    """The measure that stands right behind a figure: `3% AP and 4% mIoU`."""
    first = s.places[k] + 1
    return next((p for p in s.measures if first <= p.first <= first + 2 and p.strong), None)


def _told_of(s: Sentence, k: int, previous: Choice) -> bool:
    """Whether `beating X by 3%` tells of the measure before it: not after a change in another (`cuts memory by 40%
    while beating X by 3%`), nor of a word that measures nothing by itself (`at 50% pruning`)."""
    between = s.lows[s.places[k - 1] + 1 : s.places[k]]
    if previous.phrase is None or previous.phrase.cls == "quality":
        return True
    changed = frame(s, k - 1).how in ("by", "right", "of", "object") and not leans(s, k)
    return previous.phrase.strong and not (changed and ("while" in between or "and" in between))


def _source(s: Sentence, k: int, group: list[int]) -> int | None:
    """The figure from which a listed or leaning one takes its measure."""
    for g in reversed(group):
        if g != k and frame(s, g).how not in ("", "to", "list"):
            return g
    source = leans_on(s, k)
    return source if source is not None else k - 1 if k > 0 else None


def _paired(s: Sentence, group: list[int], best: Choice) -> list[Phrase] | None:
    """`latency/energy by 2x/1.3x`: as many measures side by side as figures, in the same order."""
    if best.phrase is None:
        return None
    i = next(j for j, p in enumerate(s.measures) if p.first == best.phrase.first)
    slash = "/" in s.lows[s.places[group[0]] + 1 : s.places[group[1]]]
    if not slash and "respectively" not in s.lows and len(group) > 2:
        return None
    for first in range(max(0, i - len(group) + 1), i + 1):
        run = s.measures[first : first + len(group)]
        if len(run) == len(group) and all(_side_by_side(s, a, b) for a, b in pairwise(run)):
            return run if slash or "respectively" in s.lows or _object_of(s, run, s.places[group[0]]) else None
    return None


def _side_by_side(s: Sentence, a: Phrase, b: Phrase) -> bool:
    """Whether two measures are coordinated: `training cost and inference latency`, `payload and GPU memory`."""
    between = s.lows[a.end : b.first]
    if not 1 <= len(between) <= 4 or between[0] not in ("/", "and", ","):
        return False
    return all(
        w in ("/", "and", ",", "the", "in", "for") or (w.isalpha() and w not in _STOPS) for w in between
    ) and not (any(s.cue_at(j) & CHANGES for j in range(a.end, b.first)))


def _object_of(s: Sentence, run: list[Phrase], place: int) -> bool:
    """Whether measures stand right before the `by` of their figures: `reduces A and B by 3x and 2x`."""
    rest = s.lows[run[-1].end : place]
    return rest[:1] == ["by"] and len(rest) < 5 and all(a.cls != b.cls and a.strong for a, b in pairwise(run))


def _bare_of_measure(s: Sentence, k: int) -> bool:
    """Whether a figure leans on the one before: `3x higher than`, `2.4x on the other set`, `a 60% reduction)`."""
    if s.figures[k].unit.family not in ("factor", "percent", "bare", "points"):
        return False
    place = s.places[k]
    if not leans(s, k) and any(s.places[k - 1] < p.first < place and p.strong for p in s.measures):
        return False
    i = place + 1
    while (
        i < len(s.lows)
        and i < place + 3
        and (s.cue_at(i) & {"up", "down"} or s.lows[i] in ("relative", "absolute", "overall"))
    ):
        if s.measures and any(p.first <= i < p.end and p.strong for p in s.measures):
            return False
        i += 1
    following = s.lows[i] if i < len(s.lows) else "."
    if i > place + 1 and following == "with":
        return True
    if i > place + 1:
        return (
            following in ("than", ",", ")", ".", "compared", "relative", "over", ";", "ratio", "and", "vs")
            or following == "from"
        )
    same = s.figures[k - 1].unit.family == s.figures[k].unit.family
    return same and following in (
        "on",
        "for",
        "over",
        "at",
        "(",
        "with",
        "across",
        "when",
        ")",
        ".",
        ",",
        "against",
        "under",
    )
