"""Reads a question: what is measured, how much of it, on what, of which family, against what; the rest by meaning.

Reads with the catalogue, quantity grammar and arithmetic that read the papers, and with the words of
data/questions.toml. Neither torch nor spaCy. A field is set exactly when words of the question say it.
"""

import re
from functools import cache, lru_cache

import data
from extract import devices, quantities
from extract.devices import device
from extract.plain import plain
from index import question_words as lexicon
from index.answer import Understood
from index.domains import domains
from index.question_baseline import baseline
from index.question_figures import Figures, read
from index.question_words import Said
from index.spelling import mended
from index.topic_words import topic_stems

_NOT_ON = re.compile(r"\b(?:without (?:an? |any |the )?|no |non-)$", re.I)
_EITHER = re.compile(r"\bor\b|\band\b|/|,")
FAMILY_SAID = 0.85  # a family with this score is named by the words, not only near to them
FAMILY_ALONE = 0.9  # the same where its words only tell what is measured: "KV cache", but not "kept on disk"
BEHIND = 12  # characters between a figure and the word of what it measures: " fewer of the "
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


@cache
def _vocabulary() -> frozenset[str]:
    """Words that misspelt ones are mended with: those of questions, and names of hardware."""
    names: set[str] = set()
    table = data.table("hardware.toml")
    for row in [*table["class"], *table["vendor"], *table["series"]]:
        for written in [row["name"], *row.get("aliases", ()), *row.get("question_aliases", ())]:
            names.update(w.lower() for w in re.findall(r"[A-Za-z]+", written) if len(w) >= 5)
    return lexicon.vocabulary() | names


def spelt(question: str) -> str:
    """The question with misspelt words mended, everything else as it was.

    >>> spelt("a speeduo on Jetsen boards")
    'a speedup on jetson boards'
    """

    def mend(match: re.Match[str]) -> str:
        word = match.group()
        return word if word[1:] != word[1:].lower() else mended(word, _vocabulary())[0]

    return re.sub(r"(?<![\w-])[A-Za-z]{5,}(?![\w-])", mend, question)


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
def _vendors() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(lexicon.table()['hardware']['vendors'])})(?![\w-])", re.I)


def _hardware(question: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """The catalogue's names that a question asks for, and where they stand; a class beside its device adds nothing."""
    other = [m.span() for m in lexicon.phrases("hardware", "not").finditer(question)]
    mentions = devices.find(lexicon.masked(question, other), question=True)
    mentions = [m for m in mentions if not _NOT_ON.search(question[: m.start])]
    names = list(dict.fromkeys(n for m in mentions for n in m.names))
    if not names and (vendor := _vendors().search(question)):
        return (device(vendor.group()).name,), [vendor.span()]
    kept = [n for n in names if not _beside_its_device(n, mentions, question)]
    return tuple(kept), [(m.start, m.end) for m in mentions]


def _beside_its_device(name: str, mentions: list[devices.Mention], question: str) -> bool:
    """Whether a class only says what a device beside it is: "A100 GPU", and not "phones or embedded boards"."""
    spans = [(m.start, m.end) for m in mentions if name in m.names]
    for other in mentions:
        if any(n != name and devices.matches(n, name) for n in other.names):
            for start, end in spans:
                between = question[min(end, other.end) : max(start, other.start)]
                if not _EITHER.search(between):
                    return True
    return False


def _metric(said: list[Said], figures: Figures) -> str | None:
    """The metric of the figures, else the first that the words say for sure; quality only when nothing else is said."""
    if figures.metric is not None:
        return figures.metric
    asks = figures.min_factor is not None or figures.unit_threshold is not None
    sure = [s for s in said if not s.rank or (asks and s.rank == 1)] or [s for s in said if asks]
    first = [s.what for s in sure if s.what != "quality"] or [s.what for s in sure]
    return first[0] if first else None


@cache
def _joining() -> str:
    return rf"(?:{'|'.join(lexicon.table()['asking']['joining'])})"


def _left(question: str, used: list[tuple[int, int]]) -> str:
    """What is left of a question without its conditions, words of asking, and words that join nothing any more."""
    for start, end in used:
        question = question[:start] + "\0" * (end - start) + question[end:]
    left = lexicon.phrases("asking", "words").sub(" ", question)
    left = re.sub(r"[?!,;:()\"]|[-.](?=\s|$)", " ", left)
    before = re.compile(rf"(?<![\w-]){_joining()}\s+(?=\0)", re.I)
    while left != (left := before.sub("\0", left)):
        pass
    left = re.sub(r"[\s\0]+", " ", left).strip()
    outer = re.compile(rf"^{_joining()}(?:\s+|$)|(?:^|\s+){_joining()}$", re.I)
    while left != (left := outer.sub("", left)):
        pass
    return left


def _rest(question: str, used: list[tuple[int, int]]) -> str:
    """The same; empty when it tells nothing."""
    left = _left(question, used)
    return left if _units() & set(left.split()) or topic_stems(left) or domains(left) else ""


@cache
def _units() -> frozenset[str]:
    """Units that a question may name without a figure: "how many GB of VRAM"."""
    return frozenset(unit for table in lexicon.table()["unit_scale"].values() for unit in table)


def _words_of_loss(text: str, figures: Figures) -> list[tuple[int, int]]:
    """Where the words of quality, of losing and of keeping stand beside a figure."""
    found = [
        m.span() for name in ("quality", "losing", "keeping") for m in lexicon.phrases("loss", name).finditer(text)
    ]
    beside = lambda span: any(span[0] - end < 25 and start - span[1] < 25 for start, end in figures.used)  # noqa: E731
    return [span for span in found if beside(span)]


def _follows(said: Said, figures: Figures) -> bool:
    """Whether words of measuring stand right behind a figure, as in "half the tokens"."""
    return any(0 <= said.start - end < BEHIND for _, end in figures.used)


@lru_cache(maxsize=1024)
def understand(question: str) -> Understood:
    """What the words of a question say. Never fails, whatever the text.

    >>> understand("at least 3x faster on an A100").min_factor
    3.0
    """
    from index.family_questions import families_meant

    text = lexicon.rewritten(plain(spelt(question[:2000])))
    kept = lexicon.parity(text)
    when = years(text)
    against = baseline(lexicon.masked(text, [when[1]] if when else []))
    hardware, places = _hardware(lexicon.masked(text, [against[1:]] if against else []))
    blanked = lexicon.masked(text, [*kept, *([when[1]] if when else []), *([against[1:]] if against else [])])
    blanked = lexicon.masked(blanked, places)
    multiples = [(q.start, q.end) for q in quantities.find(blanked) if q.unit.name in ("x", "%")]
    said = lexicon.metrics(lexicon.masked(blanked, multiples, fill="0"))  # "3 times" is no time
    figures = read(blanked, said)
    topic = lexicon.masked(blanked, [*multiples, *((s.start, s.end) for s in said if not s.rank)])
    meant = families_meant(topic) if _left(topic, []) else []
    used = [*figures.used, *kept, *places, *([when[1]] if when else [])]
    used += [
        (s.start, s.end)
        for s in said
        if s.what == _metric(said, figures) and not s.rank and (figures.metric or text[s.start : s.end] not in _units())
    ]
    used += [(s.start, s.end) for s in said if s.what == figures.metric and s.rank == 1 and _follows(s, figures)]
    used += [against[1:]] if against else []
    if figures.max_loss:
        used += _words_of_loss(text, figures)
    said = [s for s in said if not (figures.max_loss and s.what == "quality")]
    rest = _rest(text, used)
    least = FAMILY_SAID if rest else FAMILY_ALONE if against is None else 2.0
    return Understood(
        metric=_metric(said, figures),
        min_factor=figures.min_factor,
        strict=figures.strict,
        max_loss=figures.max_loss,
        unit_threshold=figures.unit_threshold,
        hardware=hardware,
        family=next((f for f, score in meant[:1] if score >= least), None),
        baseline=against[0] if against else None,
        parity=bool(kept) and figures.max_loss is None,
        phase=lexicon.phase(lexicon.masked(text, [against[1:]] if against else [])),
        years=when[0] if when else None,
        text=rest,
    )
