"""Where sentences begin and end, and which of them can hold a claim at all. Plain functions over plain text."""

import re

_END = re.compile(r"[.!?][\"')\]]*(?:\s+(?=[\"'(\[]*[A-Z0-9$~<>])|(?<=[a-z]{2}\.)(?=[A-Z][a-z]+\s))")
_ABBREVIATION = re.compile(
    r"(?:\b(?:vs|v\.s|e\.g|i\.e|cf|al|etc|Fig|Figs|Eq|Eqs|Sec|Tab|No|resp|approx|ca|seq|max|min|avg|"
    r"w\.r\.t|Dr|Prof|St|incl|ref)|(?<![-\d])(?<!\d )\b[A-Z]|\(\d{4})\.$"
)
LONGEST = 1200  # letters of a sentence: of 133,000 in abstracts three are longer; reading takes their cube
_LIST_MARK = re.compile(r"(?:^|\s)\(?\d{1,2}[.)]$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of a plain text, blanks around it left out.

    >>> [(a, b) for a, b in sentences("It is 2.5x faster (vs. Xyz). Yes.")]
    [(0, 28), (29, 33)]
    """
    spans, start = [], 0
    for found in _END.finditer(text):
        end = found.start() + len(found[0].rstrip())
        tail = text[max(start, found.start() - 11) : found.start() + 1]
        marked = tail[-2:-1].isdigit() and _LIST_MARK.search(tail)
        longer = len(tail) > 7 and tail[-8:-1].isalpha()  # than any abbreviation, as most words before a full stop are
        if found[0][0] == "." and (marked or (not longer and _ABBREVIATION.search(tail))):
            following = text[found.end() : found.end() + 1]
            if not (tail.endswith(("al.", "etc.")) and following.isupper() and not text[found.end() :].startswith("(")):
                continue
        if "vs" in tail and found.start() + 1 - start < 400:
            head = text[start : found.start() + 1]
            if head.count("(") > head.count(")"):
                continue
        spans.append((start, end))
        start = found.end()
    if start < len(text):
        spans.append((start, len(text)))
    out = []
    for first, last in spans:
        for a, b in _pieces(text, first, last) if last - first > LONGEST else ((first, last),):
            while a < b and text[a] == " ":
                a += 1
            while b > a and text[b - 1] == " ":
                b -= 1
            if a < b:
                out.append((a, b))
    return out


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence as it is, or, where it is longer than any that people write, cut at blanks."""
    cut = []
    while end - start > LONGEST:
        at = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        at = at if at > 0 else start + LONGEST
        cut.append((start, at))
        start = at
    return [*cut, (start, end)]


_DIGIT = re.compile(r"\d")
_SPELLED = (
    "twice",
    "thrice",
    "doubl",
    "tripl",
    "quadrupl",
    "halv",
    "half",
    "third",
    "quarter",
    "tenth",
    "fifth",
    "order",
    "magnitude",
    "fold",
    "times",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "percent",
    "million",
    "billion",
)
_PARITY = (
    "loss",
    "compar",
    "par ",
    "parity",
    "match",
    "maintain",
    "preserv",
    "retain",
    "same",
    "similar",
    "equal",
    "equiv",
    "negligib",
    "minimal",
    "without",
    "compet",
    "degrad",
    "sacrific",
    "compromis",
    "little",
    "keep",
    "restor",
    "rival",
    "identical",
    "indisting",
    "unchanged",
    "close to",
    "closely",
    "reproduc",
    "recover",
    "minor",
    "slight",
    "marginal",
    "limited",
    "sustain",
    "conserv",
    "no ",
    "not ",
    "low ",
    "nearly ",
    "almost ",
    "barely ",
    "hardly ",
    "-level ",
    "approaching",
)


def may_have_figure(sentence: str) -> bool:
    """Whether a sentence, in lower case, has a digit or a word that figures are spelled with."""
    return _DIGIT.search(sentence) is not None or has_one(sentence, _SPELLED)


def may_state_parity(sentence: str) -> bool:
    """Whether a sentence, in lower case, has a word that parity statements use."""
    return has_one(sentence, _PARITY)


def has_one(text: str, pieces: tuple[str, ...]) -> bool:
    """Whether one of the pieces is in a text."""
    for piece in pieces:  # noqa: SIM110 - every sentence of every paper comes by here, and any() takes longer
        if piece in text:
            return True
    return False
