"""Noun phrases of a sentence: where one that follows `than` or `compared to` ends, and what a baseline phrase is.

Rules over words; positions are word positions of a `context.Sentence`.
"""

from extract.context import FIGURE, Sentence
from extract.lexicon import words

_ENDS = words("phrases_ends")
_INSIDE = frozenset(["of"])
_CLAUSE = frozenset({",", ";", ":", "(", ")", ".", "?", "!", "[", "]", FIGURE})
_LONGEST = 14


def phrase_from(s: Sentence, first: int, *, extra: bool = False) -> tuple[int, int] | None:
    """The noun phrase that begins at a word: [first, end); None where no noun phrase begins there.

    With `extra`, a tail `, such as A and B` and one `in`/`on`/`with` complement after a plain noun are taken along.
    """
    n = len(s.lows)
    while (
        first < n
        and s.lows[first] in ("both", "only", "just", "all", "even", "either", "a", "the", "an")
        and s.lows[first] in ("only", "just", "even", "both", "either")
    ):
        first += 1
    i = first
    depth = 0
    if i < n and s.lows[i] in ("using", "running", "training", "leading"):
        i += 1
    while i < n and i - first < _LONGEST + 6:
        word = s.lows[i]
        if word == "(" and i > first and depth == 0:
            close = next((j for j in range(i + 1, min(n, i + 9)) if s.lows[j] == ")"), None)
            if close is None or any(w in (FIGURE, "e", "vs", "versus") for w in s.lows[i:close]):
                break
            if any(w == "," for w in s.lows[i:close]):
                break
            i = close + 1
            continue
        if word == FIGURE and i > first and s.words[i - 1][0].isupper() and _version(s, i):
            i += 1
            continue
        if word == "from" and s.lows[i + 1 : i + 2] == ["scratch"]:
            i += 2
            break
        if word == "leading" and i > first:
            i += 1
            continue
        if word == "," and i > first and _only_described(s, first, i):
            i += 1
            continue
        if word in _CLAUSE:
            if word == "." and i + 1 < n and s.starts[i + 1] == s.ends[i]:
                i += 1
                continue
            break
        if word == "and" and i > first and _goes_on(s, i):
            i += 1
            continue
        if word in _ENDS and _hyphened(s, i):
            i += 1
            continue
        if word == "on" and i > first and s.lows[i - 1] == "based" and s.lows[i - 2] != "-":
            i += 1
            continue
        if word in _ENDS and word not in _INSIDE:
            if word in ("based", "such"):
                i += 1
                continue
            break
        if word == "such" and i + 1 < n and s.lows[i + 1] == "as":
            i += 2
            continue
        i += 1
    while i > first and s.lows[i - 1] in ("-", "/", "and", "'", '"', "of", "the", "a"):
        i -= 1
    if extra and i + 2 < n and s.lows[i] == "," and s.lows[i + 1 : i + 3] in (["such", "as"], ["like"]):
        tail = phrase_from(s, i + 3)
        if tail is not None:
            i = tail[1]
    return (first, i) if i > first and any(s.lows[j][0].isalnum() for j in range(first, i)) else None


def _hyphened(s: Sentence, i: int) -> bool:
    """Whether a word is a part of a compound: the `to` of `end-to-end`, the `per` of `per-token`."""
    left = i > 0 and s.lows[i - 1] == "-" and s.starts[i] == s.ends[i - 1]
    right = i + 2 < len(s.lows) and s.lows[i + 1] == "-" and s.ends[i] == s.starts[i + 1] == s.ends[i + 1] - 1
    return left or (right and s.ends[i + 1] == s.starts[i + 2])


_DESCRIBES = frozenset(
    {"strong", "previous", "existing", "large", "larger", "lightweight", "recent", "simple", "dense"}
)


def _only_described(s: Sentence, first: int, comma: int) -> bool:
    """Whether up to a comma a phrase has but an adjective and goes on with another: `strong, single-model nets`."""
    begin = first + (s.lows[first] in ("the", "a", "an", "both"))
    said = s.lows[begin:comma]
    if not (said and ((said[-1] in _DESCRIBES and len(said) == 1) or ("-" in said and said[-1] == "precision"))):
        return False
    following = s.lows[comma + 1] if comma + 1 < len(s.lows) else "."
    return following not in _ENDS and following not in _CLAUSE and not following.endswith("ing")


def _version(s: Sentence, place: int) -> bool:
    """Whether a figure is the version in a name: `MLPerf 1.1`."""
    q = s.figures[s.places.index(place)]
    return q.unit.family == "bare" and q.value < 100 and q.from_value is None


# fmt: off
_NEW_CLAUSE = frozenset(
    {"is", "are", "has", "up", "a", "an", "it", "its", "we", "our", "only", "over", "about", "more", "less", "at",
     "can", "requires", "uses", "reduces", "achieves", "improves", "outperforms", "demonstrates", "shows", "offers",
     "maintains", "delivers", "saves", "consumes", "runs", "fits", "needs", "keeps", "stays", "remains", "works",
     "gives", "takes", "makes", "provides", "enables", "yields", "brings", "retains", "preserves", "generalizes",
     "scales", "trains", "supports", "allows", "eliminates", "avoids", "generates", "produces", "operates",
     "performs"}
)
# fmt: on


def _goes_on(s: Sentence, place: int) -> bool:
    """Whether what follows an `and` still belongs to the phrase: a name or noun, not a verb, figure or new clause."""
    following = s.lows[place + 1] if place + 1 < len(s.lows) else "."
    if (
        following in _CLAUSE
        or following in _ENDS
        or (following.endswith("ing") and following not in ("training", "fine-tuning", "pruning"))
    ):
        return False
    if following in _NEW_CLAUSE:
        return False
    if any(s.places[k] - place < 4 and s.places[k] > place for k in range(len(s.places))):
        return False
    return not (s.cue_at(place + 1) & {"up", "down", "good", "keep", "level"})


def text_of(s: Sentence, span: tuple[int, int], text: str) -> str:
    """The words of a span exactly as the section's text has them, without an owner's 's at the end."""
    found = text[s.starts[span[0]] : s.ends[span[1] - 1]]
    return found[:-2] if found.endswith(("'s", "’s")) else found
