"""A sentence as the rules and the learned parts see it: words, figures in their places, phrases for measures, cues,
clauses."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from extract.lexicon import WORD, Phrase, cue_trie, metric_trie, phrases, stem
from extract.quantities import Quantity

_BREAKS = frozenset({",", ";", ":", "(", ")", "while", "whereas", "but", "although", "though", "[", "]"})
_NONE: frozenset[str] = frozenset()
FIGURE = "\x01"  # what stands in `words` for a figure
T = TypeVar("T")


@dataclass(slots=True)
class Sentence:
    """Offsets are in the section's text; `words` holds each figure as one entry."""

    start: int
    end: int
    words: list[str]
    lows: list[str]
    starts: list[int]
    ends: list[int]
    figures: list[Quantity]
    places: list[int]  # for each figure its index in `words`
    measures: list[Phrase]
    cues: list[Phrase]
    clauses: list[int]  # for each word the number of its clause
    number: int = 0  # which sentence of the section
    of: int = 1  # out of how many
    section: str = "abstract"
    rivals: set[int] = field(default_factory=set)  # the figures that are a rival's (see `rivals`)
    further: dict[int, list[int]] = field(default_factory=dict)  # for an own figure the other rivals it is held against
    before: tuple[int, int] | None = None  # where the sentence before this one begins and ends
    plural_units: tuple[bool, ...] = ()  # for each figure whether its unit is written in the plural
    parity: list[tuple[str, int, int]] = field(
        default_factory=list
    )  # what `parity_rules` found, offsets in the sentence
    by_class: dict[str, list[Phrase]] = field(default_factory=dict)
    cues_at: dict[int, frozenset[str]] = field(default_factory=dict)  # for a word the classes of the cues it is in
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)  # see `once`

    def between(self, first: int, end: int) -> list[str]:
        """The lower-case words from `first` up to `end`."""
        return self.lows[first:end]

    def cue_at(self, place: int) -> frozenset[str]:
        return self.cues_at.get(place, _NONE)

    @property
    def position(self) -> str:
        """Where in its section it stands: "first", "second", "last", else "late" or "early" by halves."""
        if self.number < 2:
            return ("first", "second")[self.number]
        if self.number == self.of - 1:
            return "last"
        return "late" if self.number * 2 >= self.of else "early"


def once(rule: Callable[[Sentence, int], T]) -> Callable[[Sentence, int], T]:
    """A rule about a sentence's k-th figure whose answer is kept with the sentence, as many other rules ask for it.
    Only `rivals` changes a sentence later on (its `rivals`, `further`, its figures' `value`, `from_value` and `link`):
    what looks at these may be asked for afterwards alone."""

    @wraps(rule)
    def kept(s: Sentence, k: int) -> T:
        key = rule, k
        if key not in s.kept:
            s.kept[key] = rule(s, k)
        found: T = s.kept[key]
        return found

    return kept


def build(plain: str, start: int, end: int, figures: list[Quantity]) -> Sentence:
    """The sentence at [start, end) of a plain text, with the figures that lie in it."""
    inside = [q for q in figures if start <= q.start and q.end <= end]
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    places: list[int] = []

    def read(first: int, end: int) -> None:
        spans = [m.span() for m in WORD.finditer(plain, first, end)]
        words.extend([plain[a:b] for a, b in spans])
        starts.extend([a for a, _ in spans])
        ends.extend([b for _, b in spans])

    position = start
    for q in inside:
        read(position, q.start)
        places.append(len(words))
        words.append(FIGURE)
        starts.append(q.start)
        ends.append(q.end)
        position = q.end
    read(position, end)
    lows = list(map(str.lower, words))
    stems = [stem(w) if w != FIGURE and w != "-" else "" for w in lows]
    measures = phrases(words, stems, metric_trie(), capital=True)
    cues = phrases(words, stems, cue_trie(), longest=False)
    whole = [p for p in measures if _whole(p, words, starts, ends)]
    sentence = Sentence(start, end, words, lows, starts, ends, inside, places, _longest(whole), cues, _clauses(lows))
    sentence.plural_units = tuple(plain[q.end - 1 : q.end] == "s" for q in inside)
    for cue in cues:
        sentence.by_class.setdefault(cue.cls, []).append(cue)
        for place in range(cue.first, cue.end):
            sentence.cues_at[place] = sentence.cues_at.get(place, _NONE) | {cue.cls}
    return sentence


def _whole(phrase: Phrase, words: list[str], starts: list[int], ends: list[int]) -> bool:
    """Whether a phrase is not a piece of a name: `R2` of `R2R`, `TIME` of `TIME-Net`."""
    first, last = phrase.first, phrase.end - 1
    if _modifies(phrase, words, starts, ends):
        return False
    if first > 0 and ends[first - 1] == starts[first] and (words[first - 1].isalnum() or words[first - 1] in "_@^"):
        return False
    if last + 1 < len(words) and ends[last] == starts[last + 1]:
        following = words[last + 1]
        if following.isalnum() or following in ("_", "^"):
            return False
        if following == "-" and first == last and len(words[first]) > 3 and words[first].isupper():
            return False
    return not (
        first > 0 and words[first - 1] == "-" and first == last and len(words[first]) > 3 and words[first].isupper()
    )


_MODIFIERS = frozenset(
    {"aware", "agnostic", "bound", "centric", "constrained", "driven", "intensive", "level", "limited"}
)


def _modifies(phrase: Phrase, words: list[str], starts: list[int], ends: list[int]) -> bool:
    """Whether a phrase only tells what kind of thing the next word is: `compute` in `a compute-matched rival`."""
    dash = phrase.end
    if dash + 1 >= len(words) or words[dash] != "-" or starts[dash + 1] != ends[dash] or starts[dash] != ends[dash - 1]:
        return False
    word = words[dash + 1].lower()
    return word in _MODIFIERS or (word.endswith("ed") and len(word) > 4 and word not in ("reduced", "speed"))


def _longest(found: list[Phrase]) -> list[Phrase]:
    """Phrases for measures without those that lie inside a longer one."""
    out: list[Phrase] = []
    reach = 0
    for phrase in found:
        if phrase.end <= reach and not any(p.first == phrase.first and p.end == phrase.end for p in out[-3:]):
            continue
        out.append(phrase)
        reach = max(reach, phrase.end)
    return out


def _clauses(lows: list[str]) -> list[int]:
    """The clause of each word; a comma between two figures of a list does not part clauses."""
    out, number = [], 0
    for i, word in enumerate(lows):
        if word in _BREAKS and not (word == "," and _in_list(lows, i)):
            number += 1
        out.append(number)
    return out


def _in_list(lows: list[str], i: int) -> bool:
    after = lows[i + 1 : i + 3]
    return i > 0 and lows[i - 1] == FIGURE and (after[:1] == [FIGURE] or after[:2] == ["and", FIGURE])


def written(s: Sentence, first: int, end: int) -> str:
    """The words [first, end) in lower case, spaced as in the text but with single blanks, figures left out."""
    out = ""
    for i in range(first, end):
        if s.lows[i] == FIGURE:
            continue
        glued = i > first and s.starts[i] == s.ends[i - 1]
        out += s.lows[i] if glued or not out else " " + s.lows[i]
    return out


def word_at(sentence: Sentence, offset: int) -> int:
    """The index of the word that holds or follows a character offset."""
    i = bisect_right(sentence.starts, offset) - 1
    if i >= 0 and sentence.ends[i] > offset:
        return i
    return bisect_left(sentence.starts, offset)
