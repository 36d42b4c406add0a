"""What a figure measures, told from the word of change that governs it: the noun phrase that this word changes."""

from extract.context import FIGURE, Sentence
from extract.frame import Frame
from extract.lexicon import Phrase, words
from extract.lists import listed_with

_STOP = words("governed_stop")
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
_BLANK = words("governed_blank")
_LOSSES = ("overhead", "loss", "drop", "degradation", "gap", "penalty", "slowdown", "increase")


def _change(s: Sentence, p: Phrase) -> bool:
    """Whether a phrase is only a word of change, such as `gain`, that names no measure."""
    return p.end == p.first + 1 and bool(s.cue_at(p.first) & {"up", "down", "good", "bad"}) and not p.strong


def _strong(s: Sentence, first: int, end: int) -> list[Phrase]:
    return [p for p in s.measures if first <= p.first < end and p.strong]


def _weak(s: Sentence, first: int, end: int) -> list[Phrase]:
    return [p for p in s.measures if first <= p.first < end]


def _phrase_end(s: Sentence, first: int, *, limit: int = 9, past: frozenset[str] = frozenset()) -> int:
    """Where the noun phrase that begins at a word ends: at a preposition, mark, conjunction or figure."""
    i = first
    while i < len(s.lows) and i < first + limit:
        word = s.lows[i]
        glued = (i > 0 and s.lows[i - 1] == "-" and s.starts[i] == s.ends[i - 1]) or (
            i + 1 < len(s.lows) and s.lows[i + 1] == "-" and s.starts[i + 1] == s.ends[i]
        )
        if word == FIGURE or (word in _STOP and not glued and word not in past):
            break
        i += 1
    return i


def _phrase_start(s: Sentence, end: int, *, limit: int = 6) -> int:
    i = end
    while i > 0 and i > end - limit:
        word = s.lows[i - 1]
        if (
            word == FIGURE
            or word in _STOP
            or word in ("achieving", "achieves", "with", "yields", "yielding", "delivers", "demonstrates", "shows")
        ):
            break
        i -= 1
    return i


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
        end = _phrase_end(s, first)
        return _last(s, first, end), None
    if tied.how == "list" and place + 1 < len(s.lows) and s.lows[place + 1] == "in":
        end = _phrase_end(s, place + 2)
        weak = _weak(s, place + 2, end)
        return _last(s, place + 2, end) or (weak[-1] if weak else None), None
    if tied.how == "" and s.figures[k].unit.family == "percent" and s.lows[place + 1 : place + 2] == ["of"]:
        return _share_of(s, place + 2)
    if tied.how == "to":
        return _changed_to(s, tied.place), None
    if tied.how in ("right", "sign") and (tied.how == "right" or tied.place >= 0):
        return _right(s, place, tied)
    if tied.how == "sign":
        end = _phrase_end(s, place + 1, limit=6)
        return _last(s, place + 1, end), None
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
        end = _phrase_end(s, first)
        return _last(s, first, end) or _first(s, first, min(len(s.lows), end + 6)), _words(s, first, end)
    return None, None


def _share_of(s: Sentence, first: int) -> tuple[Phrase | None, tuple[int, int] | None]:
    """What `5% of the size of X` is a share of."""
    if whole := [p for p in s.measures if p.first == first - 1 and p.strong]:
        return whole[-1], None  # `of the data`
    end = _phrase_end(s, first)
    while end < len(s.lows) and s.lows[end] == "of" and not _strong(s, first, end):
        end = _phrase_end(s, end + 1)
    found = _strong(s, first, end)
    weak = _weak(s, first, end)
    if found or weak:
        return (found or weak)[-1], None
    return None, _words(s, first, end)


def _changed_to(s: Sentence, to: int) -> Phrase | None:
    """The object of `reduces OBJECT to`; None where there is no such verb."""
    for v in range(to - 1, max(-1, to - 14), -1):
        if s.lows[v] in (FIGURE, ";", ",", "while"):
            return None
        if s.cue_at(v) & {"up", "down", "good"} and not s.lows[v].endswith(("tion", "ment", "er", "more", "less")):
            end = _phrase_end(s, v + 1, limit=10)
            found = _strong(s, v + 1, min(end, to)) or [p for p in _weak(s, v + 1, min(end, to)) if not _change(s, p)]
            return found[-1] if found else None
    return None


def _last(s: Sentence, first: int, end: int) -> Phrase | None:
    found = _strong(s, first, end)
    return found[-1] if found else None


def _first(s: Sentence, first: int, end: int) -> Phrase | None:
    for p in _strong(s, first, end):
        if not any(s.lows[i] in (",", ";", FIGURE, "while", "(") for i in range(first, p.first)):
            return p
    return None


def _words(s: Sentence, first: int, end: int) -> tuple[int, int] | None:
    while first < end and (s.lows[first] in _BLANK or s.cue_at(first) & {"up", "down", "good", "bad"}):
        first += 1
    if (
        end - first == 1
        and s.lows[first] in ("number", "amount", "count", "quantity", "length", "degree")
        and s.lows[first + 1 : first + 2] == ["of"]
    ):
        end = _phrase_end(s, first + 2)
    while end > first and (s.lows[end - 1] in _BLANK or s.cue_at(end - 1) & {"up", "down", "good", "bad"}):
        end -= 1
    return (
        (first, end)
        if end > first and any(s.lows[i].isalpha() and len(s.lows[i]) > 2 for i in range(first, end))
        else None
    )


def _right(s: Sentence, place: int, tied: Frame) -> tuple[Phrase | None, tuple[int, int] | None]:
    c = tied.place
    end = _phrase_end(s, max(c, place + 1))
    if (s.lows[end : end + 1] == ["("] and s.lows[end + 2 : end + 3] == [")"]) or s.lows[end + 4 : end + 5] == [")"]:
        close = s.lows.index(")", end)
        end = close + 1 if s.lows[close + 1 : close + 2] in (["in"], ["of"]) else end  # `a 40% cut (median) in`
    noun = s.lows[c].startswith(_NOUN)
    if noun and end < len(s.lows) and s.lows[end] in ("in", "of", "for", "on"):
        after = _phrase_end(s, end + 1)
        found = _strong(s, end + 1, after)
        if found and (s.lows[end] in ("in", "of") or not _strong(s, place + 1, end)):
            return found[-1], None
        if not _strong(s, place + 1, end) and s.lows[end] in ("in", "of") and (words := _words(s, end + 1, after)):
            weak = _weak(s, end + 1, after)
            return (weak[-1] if weak else None), words
    found = _strong(s, place + 1, end)
    if found:
        others = [p for p in found if not p.first <= c < p.end]
        return (others or found)[-1], None
    words = _words(s, place + 1, end)
    weak = [p for p in _weak(s, place + 1, end) if not p.first <= c < p.end and not _change(s, p)]
    if weak:
        return weak[-1], None
    return None, words


def _of(s: Sentence, place: int, last: int, tied: Frame) -> tuple[Phrase | None, tuple[int, int] | None]:
    c = tied.place
    if s.lows[c] in ("cost", "expense"):
        return next((p for p in s.measures if place < p.first <= place + 6 and p.cls == "quality"), None), None
    if place > c + 1 and s.lows[c + 1] in ("in", "of", "for", "on"):
        end = _phrase_end(s, c + 2)
        if end <= place and (found := _strong(s, c + 2, end)):
            return found[-1], None
    if last + 1 < len(s.lows) and s.lows[last + 1] == "in":
        end = _phrase_end(s, last + 2)
        found = _strong(s, last + 2, end)
        if found:
            return found[-1], None
    first = _phrase_start(s, c)
    found = _strong(s, first, c + 2)
    if found:
        return found[-1], None
    words = _words(s, first, c)
    weak = [p for p in _weak(s, first, c + 1) if p.first != c and not _change(s, p)]
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
    end = _phrase_end(s, i, limit=6)
    after = _strong(s, i, end) if (i > last + 1 and s.lows[i - 1] in ("in", "of")) or i == last + 1 else []
    if after and (beats or s.lows[i - 1] == "in" or i == last + 1):
        return after[-1], None
    crossed = [p for p in s.places if v < p < by]
    if crossed and by - crossed[-1] > 2:  # `cuts A by 5% and B by 6%`: the second object
        joint = max(
            (j for j in range(crossed[-1], by) if s.lows[j] in (",", "and", "or", "while")), default=crossed[-1]
        )
        found = _strong(s, joint + 1, by) or _weak(s, joint + 1, by)
        if beats:
            found = [p for p in found if _not_in_name(s, p)]
        if found:
            return found[-1], None
        words = _words(s, joint + 1, by)
        if words is not None and not beats and s.lows[joint + 1] not in ("over", "than", "relative", "against"):
            return None, words
        by = next((j for j in range(crossed[0], v, -1) if s.lows[j] == "by"), crossed[0])
    if by - v > 1:
        if (
            v > 0
            and by - v <= 3
            and not _strong(s, v + 1, by)
            and not _weak(s, v + 1, by)
            and all(s.lows[j].endswith("ly") or s.lows[j] in ("further",) for j in range(v + 1, by))
        ):
            return _subject(s, v), None
        if any(p.first == v and p.cls == "speed" for p in s.measures):
            return next(p for p in s.measures if p.first == v and p.cls == "speed"), None
        end = _phrase_end(s, v + 1, limit=12)
        found = _strong(s, v + 1, min(end, by))
        if beats:
            found = [p for p in found if _not_in_name(s, p)]
        if found:
            return found[-1], None
        bracket = end < by and s.lows[end] == "("
        if bracket and (later := _strong(s, end, by)):  # `reduces large model (LLM) time-to-first-token by`
            return later[-1], None
        if not beats:
            if (
                end < by
                and s.lows[end] in ("of", "in", "for")
                and (inner := _strong(s, end + 1, min(_phrase_end(s, end + 1), by)))
                and not _weak(s, v + 1, end)
            ):
                return inner[-1], None
            words = _words(s, v + 1, min(end, by))
            weak = [p for p in _weak(s, v + 1, min(end, by)) if not _change(s, p)]
            if weak:
                if (
                    s.lows[weak[-1].first].startswith(("efficien", "effectiv", "amount"))
                    and end < by
                    and s.lows[end] in ("of", "in", "for")
                ):
                    inner = _strong(s, end + 1, min(_phrase_end(s, end + 1), by))
                    if inner:
                        return inner[-1], (weak[-1].first, inner[-1].end)
                return weak[-1], words
            further = _first(s, end, by) if end < by else None
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
