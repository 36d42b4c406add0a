"""What a figure measures, told from the word of change that governs it: the noun phrase that this word changes."""

from extract.context import FIGURE, Sentence
from extract.frame import Frame
from extract.lexicon import Phrase
from extract.lists import listed_with
from extract.noun_phrases import first_in, is_change, last_in, noun_words, phrase_end, phrase_start, strong_in, weak_in

_NOUN = (
    "reduction",
    "improvement",
    "increase",
    "gain",
    "saving",
    "decrease",
    "boost",
    "drop",
    "loss",
    "decline",
    "speedup",
    "speed",
    "acceleration",
    "degradation",
    "enhancement",
    "cut",
    "growth",
    "up",
    "ups",
    "rise",
    "lift",
    "overhead",
    "compression",
)
_LOSSES = ("overhead", "loss", "drop", "degradation", "gap", "penalty", "slowdown", "increase")


def governed(s: Sentence, k: int, tied: Frame) -> tuple[Phrase | None, tuple[int, int] | None]:
    """The phrase for what the k-th figure measures, and the words [first, end) of the noun phrase that governs it.

    (None, None) where no word of change governs the figure or its noun phrase says nothing; a phrase of None with
    words where
    the noun phrase is there but no word list knows it.
    """
    place = s.places[k]
    if s.figures[k].spelled in ("part", "multiple") and tied.how in ("", "object"):
        first = place + 1
        while first < len(s.lows) and s.lows[first] in (
            "of",
            "the",
            "its",
            "their",
            "as",
            "that",
            "fast",
            "many",
            "much",
        ):
            first += 1
        end = phrase_end(s, first)
        return last_in(s, first, end), None
    if tied.how == "list" and place + 1 < len(s.lows) and s.lows[place + 1] == "in":
        end = phrase_end(s, place + 2)
        weak = weak_in(s, place + 2, end)
        return last_in(s, place + 2, end) or (weak[-1] if weak else None), None
    if tied.how == "" and s.figures[k].unit.family == "percent" and s.lows[place + 1 : place + 2] == ["of"]:
        return _share_of(s, place + 2)
    if tied.how == "to":
        return _changed_to(s, tied.place), None
    if tied.how in ("right", "sign") and (tied.how == "right" or tied.place >= 0):
        return _right(s, place, tied)
    if tied.how == "sign":
        end = phrase_end(s, place + 1, limit=6)
        return last_in(s, place + 1, end), None
    last = s.places[listed_with(s, k)[-1]]
    if tied.how == "of":
        return _of(s, place, last, tied)
    if tied.how == "by":
        return _by(s, place, last, tied)
    if tied.how == "object":
        noun = next((p for p in s.measures if p.end == tied.place and p.strong), None)
        if noun is not None and s.lows[tied.place].startswith(_LOSSES):
            return noun, None  # `keeps the latency overhead below 5%`
        first = place + 1
        while first < len(s.lows) and s.lows[first] in (
            "of",
            "the",
            "its",
            "their",
            "all",
            "points",
            "in",
            "on",
            "more",
            "less",
        ):
            first += 1
        end = phrase_end(s, first)
        return last_in(s, first, end) or first_in(s, first, min(len(s.lows), end + 6)), noun_words(s, first, end)
    return None, None


def _share_of(s: Sentence, first: int) -> tuple[Phrase | None, tuple[int, int] | None]:
    """What `5% of the size of X` is a share of."""
    if whole := [p for p in s.measures if p.first == first - 1 and p.strong]:
        return whole[-1], None  # `of the data`
    end = phrase_end(s, first)
    while end < len(s.lows) and s.lows[end] == "of" and not strong_in(s, first, end):
        end = phrase_end(s, end + 1)
    found = strong_in(s, first, end)
    weak = weak_in(s, first, end)
    if found or weak:
        return (found or weak)[-1], None
    return None, noun_words(s, first, end)


def _changed_to(s: Sentence, to: int) -> Phrase | None:
    """The object of `reduces OBJECT to`; None where there is no such verb."""
    for v in range(to - 1, max(-1, to - 14), -1):
        if s.lows[v] in (FIGURE, ";", ",", "while"):
            return None
        if s.cue_at(v) & {"up", "down", "good"} and not s.lows[v].endswith(("tion", "ment", "er", "more", "less")):
            end = phrase_end(s, v + 1, limit=10)
            found = strong_in(s, v + 1, min(end, to)) or [
                p for p in weak_in(s, v + 1, min(end, to)) if not is_change(s, p)
            ]
            return found[-1] if found else None
    return None


def _right(s: Sentence, place: int, tied: Frame) -> tuple[Phrase | None, tuple[int, int] | None]:
    c = tied.place
    end = phrase_end(s, max(c, place + 1))
    if (s.lows[end : end + 1] == ["("] and s.lows[end + 2 : end + 3] == [")"]) or s.lows[end + 4 : end + 5] == [")"]:
        close = s.lows.index(")", end)
        end = close + 1 if s.lows[close + 1 : close + 2] in (["in"], ["of"]) else end  # `a 40% cut (median) in`
    noun = s.lows[c].startswith(_NOUN)
    if noun and end < len(s.lows) and s.lows[end] in ("in", "of", "for", "on"):
        after = phrase_end(s, end + 1)
        found = strong_in(s, end + 1, after)
        if found and (s.lows[end] in ("in", "of") or not strong_in(s, place + 1, end)):
            return found[-1], None
        if (
            not strong_in(s, place + 1, end)
            and s.lows[end] in ("in", "of")
            and (words := noun_words(s, end + 1, after))
        ):
            weak = weak_in(s, end + 1, after)
            return (weak[-1] if weak else None), words
    found = strong_in(s, place + 1, end)
    if found:
        others = [p for p in found if not p.first <= c < p.end]
        return (others or found)[-1], None
    words = noun_words(s, place + 1, end)
    weak = [p for p in weak_in(s, place + 1, end) if not p.first <= c < p.end and not is_change(s, p)]
    if weak:
        return weak[-1], None
    return None, words


def _of(s: Sentence, place: int, last: int, tied: Frame) -> tuple[Phrase | None, tuple[int, int] | None]:
    c = tied.place
    if s.lows[c] in ("cost", "expense"):
        return next((p for p in s.measures if place < p.first <= place + 6 and p.cls == "quality"), None), None
    if place > c + 1 and s.lows[c + 1] in ("in", "of", "for", "on"):
        end = phrase_end(s, c + 2)
        if end <= place and (found := strong_in(s, c + 2, end)):
            return found[-1], None
    if last + 1 < len(s.lows) and s.lows[last + 1] == "in":
        end = phrase_end(s, last + 2)
        found = strong_in(s, last + 2, end)
        if found:
            return found[-1], None
    first = phrase_start(s, c)
    found = strong_in(s, first, c + 2)
    if found:
        return found[-1], None
    words = noun_words(s, first, c)
    weak = [p for p in weak_in(s, first, c + 1) if p.first != c and not is_change(s, p)]
    if weak:
        return weak[-1], words
    return None, words


def _by(s: Sentence, place: int, last: int, tied: Frame) -> tuple[Phrase | None, tuple[int, int] | None]:
    by = next((j for j in range(place - 1, tied.place, -1) if s.lows[j] == "by"), place - 1)
    v = tied.place
    beats = s.lows[v].startswith(("outperform", "surpass", "exceed", "beat", "outscor"))
    i = last + 1
    if i < len(s.lows) and s.lows[i] in ("in", "on", "of", "for"):
        i += 1
    end = phrase_end(s, i, limit=6)
    after = strong_in(s, i, end) if (i > last + 1 and s.lows[i - 1] in ("in", "of")) or i == last + 1 else []
    if after and (beats or s.lows[i - 1] == "in" or i == last + 1):
        return after[-1], None
    crossed = [p for p in s.places if v < p < by]
    if crossed and by - crossed[-1] > 2:  # `cuts A by 5% and B by 6%`: the second object
        joint = max(
            (j for j in range(crossed[-1], by) if s.lows[j] in (",", "and", "or", "while")), default=crossed[-1]
        )
        found = strong_in(s, joint + 1, by) or weak_in(s, joint + 1, by)
        if beats:
            found = [p for p in found if _not_in_name(s, p)]
        if found:
            return found[-1], None
        words = noun_words(s, joint + 1, by)
        if words is not None and not beats and s.lows[joint + 1] not in ("over", "than", "relative", "against"):
            return None, words
        by = next((j for j in range(crossed[0], v, -1) if s.lows[j] == "by"), crossed[0])
    if by - v > 1:
        if (
            v > 0
            and by - v <= 3
            and not strong_in(s, v + 1, by)
            and not weak_in(s, v + 1, by)
            and all(s.lows[j].endswith("ly") or s.lows[j] in ("further",) for j in range(v + 1, by))
        ):
            return _subject(s, v), None
        if any(p.first == v and p.cls == "speed" for p in s.measures):
            return next(p for p in s.measures if p.first == v and p.cls == "speed"), None
        end = phrase_end(s, v + 1, limit=12)
        found = strong_in(s, v + 1, min(end, by))
        if beats:
            found = [p for p in found if _not_in_name(s, p)]
        if found:
            return found[-1], None
        bracket = end < by and s.lows[end] == "("
        if bracket and (later := strong_in(s, end, by)):  # `reduces large model (LLM) time-to-first-token by`
            return later[-1], None
        if not beats:
            if (
                end < by
                and s.lows[end] in ("of", "in", "for")
                and (inner := strong_in(s, end + 1, min(phrase_end(s, end + 1), by)))
                and not weak_in(s, v + 1, end)
            ):
                return inner[-1], None
            words = noun_words(s, v + 1, min(end, by))
            weak = [p for p in weak_in(s, v + 1, min(end, by)) if not is_change(s, p)]
            if weak:
                if (
                    s.lows[weak[-1].first].startswith(("efficien", "effectiv", "amount"))
                    and end < by
                    and s.lows[end] in ("of", "in", "for")
                ):
                    inner = strong_in(s, end + 1, min(phrase_end(s, end + 1), by))
                    if inner:
                        return inner[-1], (weak[-1].first, inner[-1].end)
                return weak[-1], words
            further = first_in(s, end, by) if end < by else None
            if further is not None:
                return further, None
            return None, words
        own = [p for p in s.measures if p.first == v]
        return (own[0] if own else None), None
    return _subject(s, v), None


def _not_in_name(s: Sentence, p: Phrase) -> bool:
    """Whether a measure after `beats` is what is beaten, not a piece of the rival's name: `beats the accuracy of X by`,
    not `beats inference-time methods by`."""
    return s.lows[p.end : p.end + 1] in (["of"], ["by"], ["on"], ["in"], ["from"])


def _subject(s: Sentence, verb: int) -> Phrase | None:
    """The measure that is the subject before a verb: `the latency of both models is reduced`."""
    if any(p.first == verb and p.cls == "speed" and p.strong for p in s.measures):
        return next(p for p in s.measures if p.first == verb and p.cls == "speed")
    best = None
    for p in s.measures:
        if (
            p.end <= verb
            and p.strong
            and not any(s.lows[i] in (",", ";", FIGURE, "while", ":") for i in range(p.end, verb))
        ):
            if best is not None and any(
                s.lows[i] in ("of", "in", "for", "on", "per", "at", "with") for i in range(best.end, p.first)
            ):
                continue
            best = p
    return best
