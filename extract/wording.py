"""The common words around a figure as features: stems of lower-case words only, so that no name becomes one.

The learned parts pick from these what many papers share; words of few papers never reach the stored model.
"""

from extract.context import FIGURE, Sentence
from extract.factors import falls_by_words
from extract.frame import Frame
from extract.lexicon import stem
from extract.measure import Choice

_REACH, _NEXT = 8, 3  # words on either side taken by side, and by their exact step


def wording(s: Sentence, k: int, choice: Choice, metric: str, tied: Frame) -> list[str]:
    """Names of the features that the words around the sentence's k-th figure give.

    `w` features are words by side (`L`, `R`) or step; `gov` is the word of change that governs the figure, `ph` and
    `head` the phrase from our own lists that was chosen as measure, `c` the words of the figure's clause.
    """
    place, family = s.places[k], s.figures[k].unit.family
    first, end = max(0, place - _REACH), min(len(s.lows), place + _REACH + 1)
    stems = {i: name for i in range(first, end) if (name := common(s, i))}
    out: dict[str, None] = {}
    if tied.place >= 0 and (governor := common(s, tied.place)):
        out[f"gov={governor}"] = out[f"gov={governor}&u={family}"] = out[f"gov={governor}&m={metric}"] = None
        if choice.phrase is not None:
            out[f"gov={governor}&falls={falls_by_words(s.lows[choice.phrase.end - 1])}"] = None
    if choice.phrase is not None:
        _phrase(s, choice.phrase.first, choice.phrase.end, out)
        out[f"ph:{choice.phrase.cls}"] = None
    elif choice.words is not None:
        if head := common(s, choice.words[1] - 1):
            out[f"head={head}"] = None
        for i in range(*choice.words):
            if name := common(s, i):
                out[f"mw={name}"] = None
    for i, name in stems.items():
        step = i - place
        out[f"wL={name}" if step < 0 else f"wR={name}"] = None
        if -_NEXT <= step <= _NEXT:
            out[f"w{step}={name}"] = None
    clause = s.clauses[place]
    i = place
    while i > 0 and s.clauses[i - 1] == clause:
        i -= 1
    while i < len(s.lows) and s.clauses[i] == clause:
        if name := stems.get(i) or common(s, i):
            out[f"c={name}"] = None
        i += 1
    return list(out)


def _phrase(s: Sentence, first: int, end: int, out: dict[str, None]) -> None:
    """A phrase of our own lists, its last word, and the words that touch it."""
    stems = [stem(w) for w in s.lows[first:end] if w != "-"]
    out["ph=" + " ".join(stems)] = out[f"head={stems[-1]}"] = None
    if first > 0 and (name := common(s, first - 1)):
        out[f"pre={name}"] = None
    if end < len(s.lows) and (name := common(s, end)):
        out[f"post={name}"] = None


def common(s: Sentence, i: int) -> str:
    """The stem of a word written in lower case, or a mark; "" for names, numbers and figures."""
    word = s.words[i]
    if word == FIGURE or word.isdigit() or word.lower() != word:
        return ""
    return stem(word)


def counts_things(s: Sentence, place: int) -> bool:
    """Whether plain plural nouns follow, as in `500 questions`, and no measure."""
    following = place + 1
    return (
        following < len(s.lows)
        and s.words[following].isalpha()
        and s.words[following].islower()
        and s.lows[following].endswith("s")
        and not s.cue_at(following) & {"up", "down", "good", "bad"}
        and not any(p.first <= following < p.end for p in s.measures)
    )
