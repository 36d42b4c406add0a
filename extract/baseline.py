"""What a figure is compared with, in the words of its own sentence. Where the sentence does not say: None."""

from functools import lru_cache

from extract.context import FIGURE, Sentence
from extract.frame import Frame
from extract.lexicon import words
from extract.lists import listed_with
from extract.phrases import phrase_from

_TWO = {
    ("compared", "to"),
    ("compared", "with"),
    ("relative", "to"),
    ("comparison", "to"),
    ("comparison", "with"),
    ("comparing", "to"),
    ("comparing", "with"),
    ("respect", "to"),
    ("opposed", "to"),
    ("contrast", "to"),
}
_ONE = frozenset({"over", "than", "versus", "vs", "against"})
_BEATS = ("outperform", "surpass", "exceed", "beat", "outscor", "overtak", "outpac")
_NO_RIVAL = {
    ("intersection", "over"),
    ("robust", "against"),
    ("robustness", "against"),
    ("resilient", "against"),
    ("resilience", "against"),
}
_BREAK = frozenset({";", "while", "whereas", "but"})


Marked = list[tuple[int, tuple[int, int], str]]


def baseline(s: Sentence, k: int, *, kind: str, tied: Frame, found: Marked) -> tuple[int, int] | None:
    """The words that name what the sentence's k-th figure is compared with, as word positions [first, end); `found` is
    what `marked` finds in the sentence."""
    place = s.places[k]
    group = listed_with(s, k)
    if kind == "fraction" and (whole := _whole(s, s.places[group[-1]])) is not None:
        return whole
    if (another := _another(s, place)) is not None:
        return another
    if tied.how == "by" and (thing := _improved(s, tied.place, place)) is not None:
        return thing
    best, best_score, chosen = None, 0.0, None
    for at, span, how in found:
        if kind == "fraction" and (at > place or FIGURE in s.lows[span[1] : place]):
            continue  # a share's whole, not what the paper's other figures beat
        score = _score(s, place, at, span, how, kind, only=len(found) == 1)
        if score > best_score:
            best, best_score, chosen = span, score, (at, how)
    if best is not None and chosen is not None and len(group) > 1 and "respectively" in s.lows:
        parts = _parts(s, best[0])
        if len(parts) == len(group):
            return parts[group.index(k)]
    return best


def _improved(s: Sentence, verb: int, place: int) -> tuple[int, int] | None:
    """`improves the strongest baseline by 5%`: the baseline is the verb's object."""
    span = phrase_from(s, verb + 1)
    if (
        span is None
        or span[1] > place
        or not any(w.startswith(("baseline", "sota", "competitor")) for w in s.lows[span[1] - 1 : span[1]])
    ):
        return None
    return span


def _equal_to(s: Sentence, i: int) -> int:
    """Where the `to` of `comparable image quality to X` stands; 0 for none."""
    for j in range(i + 1, min(len(s.lows) - 1, i + 6)):
        if s.lows[j] in _BREAK or s.lows[j] in (",", FIGURE, ".", "("):
            return 0
        if s.lows[j] == "to" and s.lows[j - 1] != "-":
            return j
    return 0


def _another(s: Sentence, place: int) -> tuple[int, int] | None:
    """`outperforms A by 5% and B by 3%`: B for the second figure."""
    before = s.lows[:place]
    if before[-1:] != ["by"]:
        return None
    start = next((i + 1 for i in range(place - 2, -1, -1) if before[i] == FIGURE), None)
    if start is None or not any(w.startswith(_BEATS) for w in before[:start]):
        return None
    while start < place - 1 and before[start] in (",", "and", ")", "-"):
        start += 1
    first = start + (before[start] == "over")
    if first >= place - 1 or not 0 < place - 1 - first <= 5 or before[start - 1] not in (",", "and"):
        return None
    if any(w in _BREAK or w in (",", "(", "and") or w.startswith(_BEATS) for w in before[first : place - 1]):
        return None
    return (first, place - 1) if s.words[first][0].isupper() or before[first] == "the" else None


def _parts(s: Sentence, first: int) -> list[tuple[int, int]]:
    """The members of a list `A, B, and C` that begins at a word."""
    parts, start, i = [], first, first
    while i < len(s.lows):
        word = s.lows[i]
        if word in (",", "and", "by", "respectively", FIGURE, ".", ";", ")", "(", "while", "with", "on"):
            if i > start:
                parts.append((start, i))
            start = i + 1
            if word == FIGURE:
                return []  # what stood before the figure is its verb
            if word not in (",", "and"):
                break
        i += 1
    return parts


_MARKING = frozenset(
    {*_ONE, *(first for first, _ in _TWO), "that", "as", "comparable", "par", "equivalent", "matches", "matching",
     "similar", "identical"}
)  # fmt: skip


@lru_cache(maxsize=65536)
def _may_mark(word: str) -> bool:
    return word in _MARKING or word.startswith(_BEATS)


def marked(s: Sentence) -> Marked:
    """Every phrase that a comparing word introduces: (position of that word, phrase, how)."""
    out = []
    n = len(s.lows)
    for i in [i for i, word in enumerate(s.lows) if _may_mark(word)]:
        word = s.lows[i]
        how, first = "", i + 1
        if i and s.lows[i - 1] == "-" and s.starts[i] == s.ends[i - 1]:
            continue
        if i + 1 < n and (word, s.lows[i + 1]) in _TWO:
            how, first = "than", i + 2
        elif word in _ONE:
            if (
                i > 0
                and s.lows[i - 1] in ("more", "less", "fewer", "greater", "rather", "other", "larger", "higher")
                and i + 1 < n
                and s.lows[i + 1] == FIGURE
            ):
                continue
            if word == "over" and (i == 0 or (i + 1 < n and s.lows[i + 1] == FIGURE)):
                continue
            how = "over" if word == "over" else "vs" if word in ("vs", "versus", "against") else "than"
            if how == "vs" and first < n and s.lows[first] == ".":
                first += 1
        elif word == "that" and s.lows[i - 1 : i] == [FIGURE] and s.lows[i + 1 : i + 2] == ["of"]:
            how, first = "than", i
        elif word == "as" and i > 2 and s.lows[i - 2] == "as" and FIGURE in s.lows[max(0, i - 5) : i - 2]:
            how = "than"
        elif word in ("comparable", "par", "equivalent") and s.lows[i + 1 : i + 2] in (["to"], ["with"]):
            how, first = "parity", i + 2
        elif word in ("matches", "matching") and s.lows[i + 1 : i + 2] == ["the"]:
            how = "parity"
        elif word.startswith(_BEATS) and not word.endswith(("ance", "ment")):
            how = "beats"
        elif word in ("comparable", "similar", "equivalent", "identical") and (to := _equal_to(s, i)):
            how, first = "parity", to + 1
        if not how:
            continue
        if (s.lows[i - 1] if i else "", word) in _NO_RIVAL:
            continue
        while first < n and s.lows[first] in ("that", "those") and first + 1 < n and s.lows[first + 1] == "of":
            first += 2
        while (
            first < n
            and s.lows[first] in ("the", "a")
            and first + 2 < n
            and s.lows[first + 1] in ("use", "case")
            and s.lows[first + 2] == "of"
        ):
            first += 3
        span = phrase_from(s, first, extra=True)
        if span is None:
            continue
        if how == "over" and s.lows[span[0]] in (
            "time",
            "all",
            "two",
            "three",
            "four",
            "five",
            "six",
            "multiple",
            "various",
            "different",
            "several",
            "many",
            "long",
            "years",
            "the course",
        ):
            continue
        if (
            s.lows[span[0]]
            in (
                "chance",
                "it",
                "them",
                "this",
                "one",
                "ever",
                "expected",
                "previously",
                "necessary",
                "half",
                "twice",
                "factor",
            )
            and span[1] - span[0] == 1
        ):
            continue
        out.append((i, span, how))
    return out


def _score(s: Sentence, place: int, at: int, span: tuple[int, int], how: str, kind: str, *, only: bool) -> float:
    """How surely a phrase introduced at word `at` is what the figure at `place` is compared with; 0 or less: not."""
    score = 3.0
    between = s.lows[place + 1 : at] if at > place else s.lows[span[1] : place]
    if ";" in between:
        return 0.0
    figures = between.count(FIGURE)
    bracketed = at > 0 and s.lows[at - 1] == "(" and how == "vs"
    if bracketed and (at < place or figures):
        return 0.0
    if at > place:
        score -= 0.25 * figures + 0.15 * sum(w in ("and", "with", ")") for w in between)
        score -= (0.15 if only else 0.35) * between.count(",")
        score -= (0.5 if only else 1.3) * sum(w in _BREAK for w in between)
        score -= 1.0 if how == "beats" else 0.0
        score += 0.2 if how == "than" else 0.0
        score -= 0.03 * len(between)
    else:
        opening = at <= 3 and how == "than"
        score -= 0.2 if how == "beats" else 0.6
        score -= (0.5 if only or opening else 1.2) * sum(w in _BREAK for w in between)
        score -= 0.15 * between.count(",") + 0.03 * len(between)
        score += 1.3 if opening else 0.0
        score -= 0.0 if opening else 0.5 * figures
        score -= 0.6 if how == "over" and figures else 0.0
    if how == "parity":
        score -= 1.2
    if kind == "level":
        q = s.figures[s.places.index(place)]
        near = at > place and at - place <= 4
        score += (
            1.2
            if q.from_value is not None
            else 0.6
            if near and how == "vs"
            else -1.2
            if how in ("than", "over", "parity")
            else -0.4
        )
        if q.from_value is None and at > place and figures and how != "beats":
            return 0.0
    return score


def _whole(s: Sentence, place: int) -> tuple[int, int] | None:
    """For `5% of the size of X`, `of X's parameters`, `of that of X`: X."""
    n = len(s.lows)
    i = place + 1
    if i < n and s.lows[i] == "of":
        i += 1
        while s.lows[i : i + 2] in (["that", "of"], ["those", "of"]):
            i += 2
    elif i + 1 < n and s.lows[i] == "the":
        pass
    else:
        i = next((j for j in range(place + 1, min(n, place + 8)) if s.lows[j] == "of"), n - 1) + 1
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
    while (
        cut > first
        and any(p.first < cut <= p.end and p.strong for p in s.measures)
        and not (cut - first > 1 and s.lows[cut - 1] in ("data", "storage") and s.lows[cut - 2] == "raw")
    ):
        cut -= 1
    while cut > first and s.lows[cut - 1] == "-":
        cut -= 1
    kept = [s.lows[j] for j in range(first, cut)]
    if not any(w not in ("the", "a", "its", "total", "model", "llm", "overall", "all", "-") for w in kept):
        return None
    dropped = {p.cls for p in s.measures if p.first < end and cut < p.end}
    if (
        kept[-1] in _ORIGINAL and cut < end and "quality" not in dropped
    ):  # `the original KV cache`: the adjective alone names nothing
        return (first, end)
    named = any(
        s.words[j][0].isupper() and s.lows[j] not in ("llm", "gpu", "cpu", "ai", "kv") for j in range(first, cut)
    )
    if named or any(w in _ORIGINAL for w in kept):
        return (first, cut)
    return None


_ORIGINAL = words("baseline_original")
