"""Which phase a question asks about: training, fine-tuning or inference.

Some words say it wherever they stand ("during training"); others only beside a figure ("trains 20 times faster"), since
they are said of much else ("models trained on ImageNet").
"""

import re
from collections.abc import Sequence
from functools import cache

from index import question_words as lexicon
from index.question_words import Said

OBJECTS = 3  # words of what is trained or served, between the verb and the figure
_STOP = re.compile(r"[,;:.?!()](?:\s|$)")
_BREAK = re.compile(rf"{_STOP.pattern}|\b(?:and|but|while|whilst|yet|from|once|that|which|who)\b", re.I)
_LEARNING = r"(?:(?:pre-?)?train(?:ing|ed|s)?|(?:fine-?)?tun(?:ing|ed|es?))"
_USING = r"(?:infer(?:ence|ring|s)|serv(?:ing|es?|ed)|deploy(?:ment|ing|ed)|generation|decoding|testing)"
_JOINED = r"(?: time)?\s*(?:,|/|\bor\b|\band\b|\bas well as\b|\bnor\b)\s*(?:(?:at|for|during|in|faster|cheaper) )?"
_BOTH = re.compile(rf"\b(?:{_LEARNING}{_JOINED}{_USING}|{_USING}{_JOINED}{_LEARNING})\b", re.I)
_DENIED = re.compile(
    rf"\b(?:not|excluding|rather than|instead of|apart from)\s+(?:(?:at|for|during|in|the|only)\s+)*"
    rf"(?:{_LEARNING}|{_USING})(?: time| speed)?\b(?! only)",
    re.I,
)
_WORD = re.compile(r"[\w'-]+")


def _whole(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])" if words else r"(?!)", re.I)


@cache
def _beside() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    """For each phase the words that say it beside a figure, and those of them behind which what is done may stand."""
    rows = [(row["name"], row.get("beside", []), row.get("verbs", [])) for row in lexicon.table()["phase"]]
    return tuple((name, _whole([*words, *verbs]), _whole(verbs)) for name, words, verbs in rows)


@cache
def _between() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = lexicon.table()["beside_figure"]
    return _whole(table["between"]), _whole(table["no"])


def _beside_figure(text: str, figures: Sequence[tuple[int, int]], said: Sequence[Said]) -> list[tuple[int, str]]:
    """Where a word of a phase stands beside a figure, with the phase; words of measures may stand between."""
    light, never = _between()
    barred = [m.span() for m in never.finditer(text)]
    plain = lexicon.masked(text, [(s.start, s.end) for s in said if not s.rank or " " not in s.words])
    found: list[tuple[int, str]] = []
    for name, words, verbs in _beside():
        for word in words.finditer(text):
            if any(start < word.end() and word.start() < end for start, end in barred):
                continue
            for start, end in figures:
                ahead = word.end() <= start
                between = plain[word.end() : start] if ahead else plain[end : word.start()]
                objects = OBJECTS if ahead and verbs.fullmatch(word.group()) else 0
                broken = (_BREAK if objects else _STOP).search(between)
                others = sum(not light.fullmatch(w) for w in _WORD.findall(between))
                if (others == 0 and not _STOP.search(between)) or (not broken and others <= objects):
                    found.append((word.start(), name))
    return found


def phase(
    text: str, figures: Sequence[tuple[int, int]], places: Sequence[tuple[int, int]], said: Sequence[Said]
) -> str | None:
    """The phase that the words say, the first one named; None when none is, or both ("training or inference").

    `figures` and `places` tell where its figures with their bounds and its hardware stand, `said` its words of
    measures.
    """
    if _BOTH.search(text):
        return None
    text = lexicon.masked(text, [m.span() for m in _DENIED.finditer(text) if " only " not in f"{m[0]} "])
    found = [*lexicon.phases(text), *_beside_figure(text, [*figures, *places], said)]
    if not figures and len({name == "inference" for _, name in found}) > 1:
        return None  # "train on CPUs and serve on GPUs"
    return min(found)[1] if found else None
