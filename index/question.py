"""Reads a question: what is measured, how much of it, on what, of which family, against what; the rest by meaning.

Reads with the catalogue, quantity grammar and arithmetic that read the papers, and with the words of
data/questions.toml. Neither torch nor spaCy. A field is set exactly when words of the question say it.
"""

import re
from functools import cache, lru_cache
from itertools import pairwise

from extract import quantities
from extract.plain import plain
from index import device_counts
from index import question_words as lexicon
from index.answer import Understood
from index.domains import domains
from index.named_measures import asked_for
from index.question_baseline import baseline, nameless
from index.question_figures import Figures, read
from index.question_further import further
from index.question_hardware import hardware as hardware_of
from index.question_loss import words_of_loss
from index.question_metric import as_learned, as_sent, metric_asked, not_of_length
from index.question_phase import phase
from index.question_spelling import spelt
from index.question_words import Said
from index.technique_catalogue import named_places
from index.topic_words import topic_stems

_SIGNS = str.maketrans({"≥": ">=", "⩾": ">=", "≤": "<=", "⩽": "<="})  # before `plain` makes them strict
_TAIL = re.compile(r"(?<!\w)'(?:s|d|re|ve|m|ll)\b", re.I)  # of a word that was left out
_TORN = re.compile(r"(?<=\0)-[\w-]+|(?<![\w-])\w+-(?=\0)")  # "-class" of "Jetson-class", "low-" of "low-power"
FAMILY_SAID = 0.85  # a family with this score is named by the words, not only near to them
FAMILY_ALONE = 0.9  # the same where its words only tell what is measured: "KV cache", but not "kept on disk"
BEHIND = 12  # characters between a figure and the word of what it measures: " fewer of the "
_OR = re.compile(r"\s*(?:,\s*|/\s*|,?\s*\b(?:and/or|and|or|nor)\s+)(?:its |the |their |even )?", re.I)
_BESIDE = re.compile(r"\s*(?:,|/|,?\s*\b(?:and|or)\b)\s*(?:an?\b|the\b)?\s*", re.I)
_PHASELESS = frozenset({"parameters", "storage", "data", "tokens"})  # measures of what is, not of what is done
_SPAN = r"\b(?:19|20)\d\d\s*[-–]\s*20\d\d\b"
_A, _B = r"(?P<a>(?:19|20)\d\d)", r"(?P<b>(?:19|20)\d\d)"
_YEARS = tuple(
    (re.compile(words, re.I), kind)
    for words, kind in (
        (
            rf"\b(?:between|from)\s+{_A}\s*(?:and|to|until|till|through)\s*{_B}\b|{_SPAN}",
            "span",
        ),
        (rf"\b(?:since|from)\s+{_A}\b|\b{_B}\s+(?:or|and) (?:later|newer|after)\b|\b20\d\d onwards?\b", "since"),
        (rf"\b(?:after|newer than|later than|past)\s+{_A}\b", "after"),
        (rf"\b(?:before|older than|earlier than|prior to)\s+{_A}\b", "before"),
        (rf"\b(?:until|till|up to|through)\s+{_A}\b|\b{_B}\s+(?:or|and) (?:earlier|older)\b", "until"),
        (rf"\b(?:in|of|during|year|published)\s+{_A}\b|\b{_B}\s+(?:papers?|work|results|methods)\b", "in"),
    )
)


def years(question: str) -> tuple[tuple[int | None, int | None], tuple[int, int]] | None:
    """The years that a question asks for, both inclusive, and where it does.

    >>> years("quantization since 2023")[0]
    (2023, None)
    """
    for words, kind in _YEARS:
        if match := words.search(question):
            named = [int(y) for y in re.findall(r"(?:19|20)\d\d", match.group())]
            first, last = named[0], named[-1]
            found: dict[str, tuple[int | None, int | None]] = {
                "span": (first, last), "since": (first, None), "after": (first + 1, None),
                "before": (None, first - 1), "until": (None, first), "in": (first, first),
            }  # fmt: skip
            return found[kind], match.span()
    return None


@cache
def _asking() -> re.Pattern[str]:
    table = lexicon.table()["asking"]
    return re.compile(rf"(?<!\w-){lexicon.pattern([*table['words'], *table['talk']])}(?!-\w)", re.I)  # not "best-of-N"


@cache
def _aside() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(lexicon.table()['asking']['aside'])})\b[^,;:.?!]*", re.I)


@cache
def _joining(key: str = "joining") -> str:
    return rf"(?:{'|'.join(lexicon.table()['asking'][key])})"


def _left(question: str, used: list[tuple[int, int]]) -> str:
    """What is left of a question without its conditions, words of asking, and words that join nothing any more."""
    for start, end in used:
        question = question[:start] + "\0" * (end - start) + question[end:]
    left = _TAIL.sub(" ", _asking().sub(" ", _TORN.sub("\0", question)))
    left = re.sub(r"[?!,;:()\"]|[-.](?=\s|$)|(?<![^\s\0])[-+/&|=<>~*]+(?![^\s\0])", " ", left)
    before = re.compile(rf"(?<![\w-])(?:{_joining()}|{_joining('beside')})\s+(?=\0)", re.I)
    while left != (left := before.sub("\0", left)):
        pass
    left = re.sub(r"[\s\0]+", " ", left).strip()
    outer = re.compile(rf"^{_joining()}(?:\s+|$)|(?:^|\s+){_joining()}$", re.I)
    while left != (left := outer.sub("", left)):
        pass
    return left


def _rest(question: str, used: list[tuple[int, int]], names: list[tuple[int, int]]) -> str:
    """The same; empty when it tells nothing, not even a part of the names of techniques that stand at `names`."""
    left = _left(question, used)
    telling = _units().union(*(question[start:end].split() for start, end in names))
    return left if telling & set(left.split()) or topic_stems(left) or domains(left) else ""


@cache
def _units() -> frozenset[str]:
    """Units that a question may name without a figure: "how many GB of VRAM"."""
    return frozenset(unit for table in lexicon.table()["unit_scale"].values() for unit in table)


def _joined(text: str, used: list[tuple[int, int]], said: list[Said]) -> list[tuple[int, int]]:
    """Where further measures are joined to those that were understood: "a fifth of its compute or energy"."""
    ends = {end for _, end in used}
    found: list[tuple[int, int]] = []
    for word in said:
        before = next((end for end in ends if _OR.fullmatch(text, end, word.start)), None) if not word.rank else None
        if before is not None:
            found.append((before, word.end))
            ends.add(word.end)
    return found


def _follows(said: Said, figures: Figures) -> bool:
    """Whether words of measuring stand right behind a figure, as in "half the tokens"."""
    return any(0 <= said.start - end < BEHIND for _, end in figures.used)


def _names(text: str, other: list[tuple[int, int]], hardware: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where the words name techniques, apart from what else was understood.

    Hardware names none as one of several alternatives: "an FPGA or a neuromorphic chip".
    """
    listed = {
        place
        for one, two in pairwise(sorted(hardware))
        if _BESIDE.fullmatch(text, one[1], two[0])
        for place in (one, two)
    }
    return named_places(lexicon.masked(text, [*other, *listed]))


def _restored(masked: str, text: str, places: list[tuple[int, int]]) -> str:
    """A masked question with those places as they were."""
    for start, end in places:
        masked = masked[:start] + text[start:end] + masked[end:]
    return masked


def _outside(used: list[tuple[int, int]], names: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What was understood without the names of techniques in it: "gradient compression" is no mere measure."""
    for first, last in names:
        cut = [[(start, min(end, first)), (max(start, last), end)] for start, end in used]
        used = [place for parts in cut for place in parts if place[0] < place[1]]
    return used


@lru_cache(maxsize=1024)
def understand(question: str) -> Understood:
    """What the words of a question say. Never fails, whatever the text.

    >>> understand("at least 3x faster on an A100").min_factor
    3.0
    """
    from index.family_questions import families_meant

    text = lexicon.rewritten(plain(spelt(question[:2000].translate(_SIGNS))))
    text = _aside().sub(lambda m: " " * len(m[0]), text)
    kept = lexicon.parity(text)
    when = years(text)
    against = baseline(lexicon.masked(text, [when[1]] if when else []))
    hardware, places, denied = hardware_of(lexicon.masked(text, [against[1:]] if against else []))
    blanked = lexicon.masked(text, [*kept, *([when[1]] if when else []), *([against[1:]] if against else [])])
    many = device_counts.asked_for(text, places)
    if many:
        places = [*places, many[1]]
    blanked = lexicon.masked(blanked, [*places, *denied])
    multiples = [(q.start, q.end) for q in quantities.find(blanked) if q.unit.name in ("x", "%")]
    said = lexicon.metrics(lexicon.masked(blanked, multiples, fill="0"))  # "3 times" is no time
    said = not_of_length(blanked, as_learned(blanked, as_sent(blanked, said)))
    figures = read(blanked, said)
    lost: list[tuple[int, int]] = []
    if figures.max_loss:
        lost = words_of_loss(text, list(figures.used))
        within = [s for s in said if any(a <= s.start and s.end <= b for a, b in lost)]
        figures = read(blanked, [s for s in said if s.what != "cost" or s not in within])  # "costs 1 % of accuracy"
        said = [s for s in said if s.what != "quality" and s not in within]
    more = further(blanked, said, figures)
    measured = metric_asked(said, figures, on_hardware=bool(hardware))
    measures = {measured, *(one.metric for one in more)}
    names = _names(text, [*kept, *denied, *([when[1]] if when else []), *([against[1:]] if against else [])], places)
    topic = lexicon.masked(blanked, [*multiples, *lost, *((s.start, s.end) for s in said if not s.rank)])
    if figures.unit_threshold is None or figures.unit_threshold.unit not in lexicon.table()["unit_scale"]["frames"]:
        topic = lexicon.masked(topic, (m.span() for m in lexicon.phrases("topic", "applications").finditer(topic)))
    topic = _restored(topic, text, names)
    meant = families_meant(topic) if _left(topic, []) else []
    used = [*figures.used, *lost]
    used += [
        (s.start, s.end)
        for s in said
        if s.what in measures and not s.rank and (figures.metric or text[s.start : s.end] not in _units())
    ]
    told = {figures.metric, *(one.metric for one in more)}
    used += [(s.start, s.end) for s in said if s.what in told and s.rank == 1 and _follows(s, figures)]
    hasty = [(s.start, s.end) for s in said if s.what == "speed" and not s.rank]  # "real-time object detection"
    used = _outside(used, _outside(names, [one for one in hasty if any(a <= one[0] and one[1] <= b for a, b in names)]))
    used += [*kept, *places, *denied, *([when[1]] if when else [])]
    used += [against[1:]] if against else nameless(text)
    used += _joined(text, used, said)
    rest = _rest(text, used, names)
    least = FAMILY_SAID if rest or names else FAMILY_ALONE if against is None else 2.0
    return Understood(
        metric=measured,
        measure=asked_for(lexicon.masked(blanked, multiples), measured),
        min_factor=figures.min_factor,
        strict=figures.strict,
        max_loss=figures.max_loss,
        unit_threshold=figures.unit_threshold,
        also=more,
        hardware=hardware,
        device_count=many[0] if many else None,
        family=next((f for f, score in meant[:1] if score >= least), None),
        baseline=against[0] if against else None,
        parity=bool(kept) and figures.max_loss is None,
        phase=phase(
            lexicon.masked(text, [against[1:]] if against else []),
            () if measured in _PHASELESS else figures.used,
            places,
            said,
        ),
        years=when[0] if when else None,
        text=rest,
    )
