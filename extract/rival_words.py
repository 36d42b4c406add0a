"""Rivals' figures by their words: what stands before them, what they are told of, which own level they belong to."""

from extract.context import FIGURE, Sentence
from extract.frame import frame
from extract.lexicon import words
from extract.settings import setting

MOVED = frozenset({"right", "of", "by", "object", "sign", "list"})
_BEATS = tuple(sorted(words("rival_words_beats")))
_LIKE = words("rival_words_like")
_ONE = frozenset({"vs", "versus", "against", "than", "below", "above"})
_STOP = words("rival_words_stop")
_WHERE = frozenset({"on", "in", "at", "for", "when", "under", "it", "them", "within"})
_SUCH = frozenset({"such", "like", "including", "e", "notably", "namely"})
_LITTLE = words("rival_words_little")
_REACH = tuple(sorted(words("rival_words_reach")))
_BREAKS = words("rival_words_breaks")
_SHARES = frozenset({"parameters", "data", "tokens", "storage"})
_ANY = frozenset({"performance", "score", "scores", "result", "results", "quality", "average", "mean"})


def aside(s: Sentence, k: int) -> bool:
    """Whether a bare number is no result: of a version (`Alpha 2.5 Pro`), of a point in a list (`(2)`), `n = 60`."""
    q, place = s.figures[k], s.places[k]
    if s.lows[max(0, place - 2) : place][-1:] == ["p"] or s.lows[max(0, place - 2) : place] == ["p", "="]:
        return True  # a test of significance
    if q.unit.family != "bare" or q.mark or q.value_max is not None or q.value >= 1000 or round(q.value, 1) != q.value:
        return False
    before, after = s.words[place - 1] if place else "", s.words[place + 1] if place + 1 < len(s.words) else ""
    if q.value == int(q.value):
        if before == "(" and after == ")" and q.value < 10:
            return True
        if before == "@":
            return True
        if before == "=" and place > 1 and s.words[place - 2].lower() in ("n", "k", "t", "m", "b", "l"):
            return True
    if q.value >= 100 or not (before[:1].isupper() or before == "-") or _measured(s, place - 1):
        return False
    return after[:1].isupper() or after in ("(", "-") or (before == "-" and after in (",", "and"))


def before_names(s: Sentence, k: int) -> int:
    """The figure before the k-th, sizes of models and versions in names left out; -1 for none."""
    j = k - 1
    while j >= 0 and (s.figures[j].unit.family == "params" or s.figures[j].magnitude or aside(s, j)):
        j -= 1
    return j


def _measured(s: Sentence, word: int) -> bool:
    return any(p.first <= word < p.end for p in s.measures)


def label(s: Sentence, k: int) -> str:
    """The last word of the measure written directly before or after a figure (`FID 2.8`, `61% accuracy`); "" for none
    that tells one measure from another."""
    place = s.places[k]
    before = place
    while before > 0 and before > place - 3 and s.lows[before - 1] in ("of", "=", ":", "is", "a", "an"):
        before -= 1
    for p in s.measures:
        if p.strong and (p.first == place + 1 or p.end == before):
            word = s.lows[p.end - 1]
            if word not in _ANY:
                return word
    return ""


def own_of(s: Sentence, k: int, *, before: bool = False) -> int | None:
    """The own level that a rival's figure is to be held against: the nearest before it in the same unit, else the
    next one unless only those `before` count."""
    rival = s.figures[k]
    if rival.unit.family == "factor" or rival.value_max is not None:
        return None
    if s.lows[max(0, s.places[k] - 3) : s.places[k]][:2] == ["(", "with"] or s.lows[s.places[k] - 2 : s.places[k]] == [
        "(",
        "with",
    ]:
        return None  # `(with only 20% of its weights)` says how the rival is set
    of, named = label(s, k), _named(s, k)
    order = [*range(k - 1, -1, -1), *(() if before else range(k + 1, len(s.figures)))]
    for j in order:
        q = s.figures[j]
        if j in s.rivals or q.unit.name != rival.unit.name:
            continue
        if q.value_max is not None or q.from_value is not None or frame(s, j).how in MOVED or aside(s, j):
            continue
        if _counts(s, j) and s.lows[s.places[j] + 1] not in s.lows[s.places[k] + 1 : s.places[k] + 3]:
            continue
        if q.magnitude != rival.magnitude or len({_named(s, j), named} - {""}) > 1:
            continue  # another thing measured: `0.1% of the parameters` beside `80% accuracy`, `91.2` beside `13B`
        if of and (other := label(s, j)) and other != of:
            continue
        if (
            q.spelled == "part"
            or (q.unit.family == "percent" and setting(s, j))
            or (not named and _named(s, j) in _SHARES)
        ):
            continue  # `with two thirds of the data`, `with 3% of the parameters`
        return j
    return None


def _counts(s: Sentence, k: int) -> bool:
    """Whether a whole number counts things, `21 languages`, `a 60-question set`."""
    q, after = s.figures[k], s.places[k] + 1
    if q.unit.family != "bare" or q.value != int(q.value) or after >= len(s.lows):
        return False
    word = s.words[after]
    return word == "-" or (word.isalpha() and word.islower() and word.endswith("s") and not _measured(s, after))


def _named(s: Sentence, k: int) -> str:
    """The metric whose words follow a figure directly, at most an `of the` between: `80% accuracy`; "" for none."""
    after = s.places[k] + 1
    while after < min(len(s.lows), s.places[k] + 4) and s.lows[after] in ("of", "the", "its", "trainable", "total"):
        after += 1
    return next((p.cls for p in s.measures if p.first == after and p.strong), "")


def behind_name(s: Sentence, end: int) -> bool:
    """Whether the words that end at a position name a rival: `outperforming models of this size such as Alpha`."""
    for i in range(end - 1, max(-1, end - 15), -1):
        word = s.lows[i]
        if word == FIGURE:
            k = s.places.index(i)
            if s.figures[k].unit.family not in ("params", "bits") and not s.figures[k].magnitude and not aside(s, k):
                return False
        elif word == ",":
            if s.lows[i + 1] not in _SUCH:
                return False
        elif _marks(s, i):
            return i < end - 1 and s.lows[i + 1] not in ("their", "its", "our")  # `matching their error (0.33)`
        elif word in _STOP or word in _WHERE:
            return False
    return False


def _marks(s: Sentence, i: int) -> bool:
    """Whether a word says that a rival comes next: `outperforming`, `compared to`, `versus`."""
    word = s.lows[i]
    if word in ("to", "with"):
        return i > 0 and s.lows[i - 1] in _LIKE
    if word in _ONE:
        return not (i > 0 and s.lows[i - 1] in ("more", "less", "fewer", "greater", "rather", "other"))
    if word == "of":
        return i > 0 and s.lows[i - 1] == "instead"
    return word.startswith(_BEATS) and not word.endswith(("ance", "ment", "able"))


def held_against(s: Sentence, k: int) -> bool:
    """Whether a rival's name and its figure follow a comparing word at once: `compared to the baseline 8.4 FPS`."""
    place = s.places[k]
    named = False
    for i in range(place - 1, max(-1, place - 8), -1):
        word = s.lows[i]
        if _marks(s, i):
            if not named and (word in _ONE - {"vs", "versus", "against"} or word.startswith(_BEATS)):
                return False  # `exceeding 90%`, `below 5%` bound our own
            return frame(s, k).how in ("", "to") and _same_thing(s, k)
        if word in _BREAKS or word == FIGURE:
            return False
        named = named or word not in _LITTLE
    return False


def _same_thing(s: Sentence, k: int) -> bool:
    """Whether an own level before is of the same thing: a whole number needs the same word behind it."""
    own = own_of(s, k, before=True)
    if own is None:
        return False
    q = s.figures[k]
    if q.unit.family == "params" and s.lows[s.places[k] - 1] == "to" and s.lows[s.places[k] - 2] == "up":
        return False
    following = s.lows[s.places[k] + 1 : s.places[k] + 2]
    if (
        q.unit.family == "params"
        and following
        and (following[0] == "-" or (following[0].isalpha() and following[0] not in _BREAKS))
    ):
        return False  # the size in a name: `compared to the 7B-parameter Alpha`
    if q.unit.family != "bare" or q.value != int(q.value):
        return True
    a, b = (s.lows[s.places[j] + 1 : s.places[j] + 3] for j in (own, k))
    return any(w.isalpha() and w in b for w in a) or (
        bool(a and b) and a[0].isalpha() and a[0].rstrip("s") == b[0].rstrip("s")
    )


def told_of(s: Sentence, k: int) -> bool:
    """Whether a figure is told of a rival in a clause: `surpassing Alpha, which only reached 89.5%`."""
    place = s.places[k]
    i = place - 1
    while i > 0 and (s.lows[i] in _LITTLE or s.lows[i] in ("accuracy", "an", "of")):
        i -= 1
    if i < 2 or not s.lows[i].startswith(_REACH):
        return False
    i -= 1
    while i > 0 and s.lows[i] in _LITTLE:
        i -= 1
    if s.lows[i] not in ("which", "that"):
        return False
    return behind_name(s, i - (s.lows[i - 1] == ",")) and not frame(s, k).how and _same_thing(s, k)
