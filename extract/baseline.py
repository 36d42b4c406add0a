"""What a figure is compared with, in the words of its own sentence. Where the sentence does not say: None."""

from extract.context import FIGURE, Sentence
from extract.phrases import phrase_from

_TWO = {("compared", "to"), ("compared", "with"), ("relative", "to"), ("comparison", "to"), ("comparison", "with"), ("comparing", "to"), ("comparing", "with"), ("respect", "to"), ("opposed", "to"), ("contrast", "to")}
_ONE = frozenset({"over", "than", "versus", "vs", "against"})
_BEATS = tuple("outperform surpass exceed beat outscor overtak outpac".split())
_BREAK = frozenset({";", "while", "whereas", "but"})


def baseline(s: Sentence, k: int, *, kind: str) -> tuple[int, int] | None:
    """The words that name what the sentence's k-th figure is compared with, as word positions [first, end)."""
    place = s.places[k]
    if kind == "fraction" and (found := _whole(s, place)) is not None:
        return found
    found_all = marked(s)
    if not found_all:
        return None
    best, best_score = None, 0.0
    for at, span, how in found_all:
        score = _score(s, place, at, span, how, kind)
        if score > best_score:
            best, best_score = span, score
    return best


def marked(s: Sentence) -> list[tuple[int, tuple[int, int], str]]:
    """Every phrase that a comparing word introduces: (position of that word, phrase, how)."""
    out = []
    n = len(s.lows)
    for i, word in enumerate(s.lows):
        how, first = "", i + 1
        if i + 1 < n and (word, s.lows[i + 1]) in _TWO:
            how, first = "than", i + 2
        elif word in _ONE:
            if i > 0 and s.lows[i - 1] in ("more", "less", "fewer", "greater", "rather", "other", "larger", "higher") and i + 1 < n and s.lows[i + 1] == FIGURE:
                continue
            if word == "over" and (i == 0 or i + 1 < n and s.lows[i + 1] == FIGURE):
                continue
            how = "over" if word == "over" else "vs" if word in ("vs", "versus", "against") else "than"
            if how == "vs" and first < n and s.lows[first] == ".":
                first += 1
        elif word.startswith(_BEATS) and not word.endswith(("ance", "ment")):
            how = "beats"
        elif word == "trails" or word == "matches":
            continue
        if not how:
            continue
        while first < n and s.lows[first] in ("that", "those") and first + 1 < n and s.lows[first + 1] == "of":
            first += 2
        while first < n and s.lows[first] in ("the", "a") and first + 2 < n and s.lows[first + 1] in ("use", "case") and s.lows[first + 2] == "of":
            first += 3
        span = phrase_from(s, first, extra=True)
        if span is None:
            continue
        if how == "over" and s.lows[span[0]] in ("time", "all", "two", "three", "four", "five", "six", "multiple", "various", "different", "several", "many", "long", "years", "the course"):
            continue
        if s.lows[span[0]] in ("chance", "it", "them", "this", "one", "ever", "expected", "previously", "necessary", "half", "twice") and span[1] - span[0] == 1:
            continue
        out.append((i, span, how))
    return out


def _score(s: Sentence, place: int, at: int, span: tuple[int, int], how: str, kind: str) -> float:
    """How surely a phrase introduced at word `at` is what the figure at `place` is compared with; 0 or less: not."""
    score = 3.0
    first, end = (place + 1, at) if at > place else (span[1], place)
    inside = s.lows[first:end]
    if at > place:
        for i in range(first, end):
            word = s.lows[i]
            if word == FIGURE:
                score -= 0.25
            elif word in _BREAK:
                score -= 1.6
            elif word == ",":
                score -= 0.35
            elif word in ("and", "with"):
                score -= 0.2
            elif word == ")":
                score -= 0.3
        if how == "beats":
            score -= 0.7 if kind == "level" else 1.2
        if how in ("than",):
            score += 0.2
        score -= 0.03 * len(inside)
    else:
        score -= 0.6 if how not in ("beats",) else 0.2
        score -= sum(1.4 for w in inside if w in _BREAK)
        score -= sum(0.25 for w in inside if w == ",")
        score -= 0.05 * len(inside)
        if at <= 3 and how == "than":
            score += 1.3  # the sentence opens with its comparison
        score -= sum(0.4 for w in inside if w == FIGURE) if at > 3 else 0.0
        if how == "over" and FIGURE in s.lows[max(0, at - 6) : at]:
            score -= 0.8
    if kind == "level":
        score -= 1.3 if how in ("than", "over") else 0.4
        if s.figures[s.places.index(place)].from_value is not None:
            score += 1.5
    if kind == "fraction":
        score -= 0.4
    return score


def _whole(s: Sentence, place: int) -> tuple[int, int] | None:
    """For `5% of the size of X`, `of X's parameters`, `of that of X`: X."""
    n = len(s.lows)
    i = place + 1
    if i < n and s.lows[i] == "of":
        i += 1
    elif i + 1 < n and s.lows[i] == "the":
        pass
    else:
        i = next((j for j in range(place + 1, min(n, place + 6)) if s.lows[j] == "of"), n - 1) + 1
        if i >= n or any(w in _BREAK or w in (",", FIGURE) for w in s.lows[place + 1 : i]):
            return None
    span = phrase_from(s, i)
    if span is None:
        return None
    first, end = span
    for j in range(end - 1, first, -1):
        if s.lows[j - 1] == "of" and (s.lows[j] not in ("the", "a") or j + 1 < end):
            return (j, end)
    if s.lows[first:end] in (["the", "model's"], ["its"], ["the", "data"]) or s.lows[first] in ("its", "their", "our"):
        return None
    owner = next((j for j in range(first, end) if s.lows[j] == "'" or s.lows[j].endswith("'s")), None)
    if owner is not None:
        return (first, owner + 1 if s.lows[owner] != "'" else max(owner, first + 1))
    cut = end
    while cut > first and any(p.first < cut <= p.end and p.strong for p in s.measures) and not (cut - first > 1 and s.lows[cut - 1] in ("data", "storage") and s.lows[cut - 2] == "raw"):
        cut -= 1
    while cut > first and s.lows[cut - 1] == "-":
        cut -= 1
    kept = [s.lows[j] for j in range(first, cut)]
    if not any(w not in ("the", "a", "its", "total", "model", "llm", "overall", "all", "-") for w in kept):
        return None
    named = any(s.words[j][0].isupper() and s.lows[j] not in ("llm", "gpu", "cpu", "ai", "kv") for j in range(first, cut))
    if named or any(w in _ORIGINAL for w in kept):
        return (first, cut)
    return None


_ORIGINAL = frozenset("original full baseline dense teacher uncompressed theoretical peak maximum standard vanilla precision unpruned raw state".split())
