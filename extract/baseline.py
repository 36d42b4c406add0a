"""What a figure is compared with, in the words of its own sentence. Where the sentence does not say: None."""

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
_BREAK = frozenset({";", "while", "whereas", "but"})


def baseline(s: Sentence, k: int, *, kind: str, tied: Frame) -> tuple[int, int] | None:
    """The words that name what the sentence's k-th figure is compared with, as word positions [first, end)."""
    place = s.places[k]
    group = listed_with(s, k)
    if kind == "fraction":
        return _whole(s, s.places[group[-1]])
    if tied.how == "by" and (thing := _improved(s, tied.place, place)) is not None:
        return thing
    found = marked(s)
    best, best_score, chosen = None, 0.0, None
    for at, span, how in found:
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


def _parts(s: Sentence, first: int) -> list[tuple[int, int]]:
    """The members of a list `A, B, and C` that begins at a word."""
    parts, start, i = [], first, first
    while i < len(s.lows):
        word = s.lows[i]
        if word in (",", "and", "by", "respectively", FIGURE, ".", ";", ")", "(", "while", "with", "on"):
            if i > start:
                parts.append((start, i))
            start = i + 1
            if word not in (",", "and"):
                break
        i += 1
    return parts


def marked(s: Sentence) -> list[tuple[int, tuple[int, int], str]]:
    """Every phrase that a comparing word introduces: (position of that word, phrase, how)."""
    out = []
    n = len(s.lows)
    for i, word in enumerate(s.lows):
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
        if not how:
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
        if q.from_value is None and at > place and figures:
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
    named = any(
        s.words[j][0].isupper() and s.lows[j] not in ("llm", "gpu", "cpu", "ai", "kv") for j in range(first, cut)
    )
    if named or any(w in _ORIGINAL for w in kept):
        return (first, cut)
    return None


_ORIGINAL = words("baseline_original")
