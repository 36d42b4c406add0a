"""The name, as written, of what reaches a figure. The name that the paper gives its own work, unless the sentence
names another."""

import re
from dataclasses import dataclass

from extract.context import FIGURE, Sentence
from extract.lexicon import words

_NAME = r"(?:\\?[A-Z][\w.+*-]*\w\+*|[a-z]{1,3}[A-Z][\w.+-]*|\d+[A-Za-z][\w-]*[A-Z][\w-]*)"
_INTRODUCED = re.compile(
    r"(?:\b(?:propose|present|introduce|develop|design|describe|build|release|call|named|called|"
    r"dubbed|termed|name|denoted|as|is|,)\b|,)\s+"
    r"(?:it\s+|this\s+|the\s+method\s+|our\s+(?:method|approach|model|framework|system)\s+|as\s+|"
    r"the\s+|an?\s+|our\s+|novel\s+|new\s+)*"
    rf"[\"*'(\s]*(?P<name>{_NAME}(?:[ -](?:[A-Z][\w.-]*|\d[\w.]*)){{0,2}})",
)
_SHORT = re.compile(r"\((?P<name>(?:[a-z]{0,3}[A-Z][\w+*-]*[A-Z0-9][\w+*-]*|[A-Z][a-z]+[A-Z]\w*))\)")
_PROPOSES = re.compile(
    r"\b(?:we|this\s+(?:paper|work|article|study|report|letter|thesis)|here)\b[^.]{0,60}?\b(?:propos|"
    r"present|introduc|develop|describ|design|creat|build|offer|releas|unveil|formulat|devis)\w*",
    re.I,
)
_GENERIC = words("technique_generic")


@dataclass(frozen=True, slots=True)
class Own:
    """What a paper calls its own work: `name` as written, None where it gives none; `others` its parts and variants."""

    name: str | None
    known: frozenset[str] = frozenset()


def own_name(title: str, abstract: str) -> Own:
    """The paper's name for its own work: before the colon of the title, or where the abstract introduces it."""
    head, colon, _ = title.partition(":")
    head = head.strip().strip("*\"'` ")
    words = head.split()
    if colon and head and len(words) <= 5 and _namelike(head, abstract):
        return Own(head, frozenset({head.lower()}))
    for found in _PROPOSES.finditer(abstract):
        after = abstract[found.end() : found.end() + 260]
        stop = re.search(r"\.\s+[A-Z]", after)
        after = after[: stop.start()] if stop else after
        if (
            named := re.match(
                rf"\s+(?:an?\s+|the\s+|our\s+|novel\s+|new\s+|method\s+|framework\s+|called\s+|"
                rf"named\s+)*[\"*'\s]*(?P<name>{_NAME}(?:[ -](?:[A-Z][\w.-]*|\d[\w.]*)){{0,3}})",
                after,
            )
        ) and _proper(named["name"]):
            short = _SHORT.match(after[named.end() :].lstrip()[:30])
            return Own(short["name"] if short and " " in named["name"] else named["name"], frozenset())
        if (
            named := re.search(
                rf"(?:\b(?:called|named|dubbed|termed|namely|i\.e\.,?|coined)\s+(?:the\s+)?|"
                rf",\s+)[\"*'\s]*(?P<name>{_NAME}(?:[ -][A-Z\d][\w.-]*)?)",
                after,
            )
        ) and _proper(named["name"]):
            return Own(named["name"], frozenset())
        if short := _SHORT.search(after):
            return Own(short["name"], frozenset())
    if short := _SHORT.search(title):
        return Own(short["name"], frozenset())
    return Own(None)


def _proper(name: str) -> bool:
    first = name.split()[0]
    return (
        first not in _GENERIC
        and (len(first) > 1 or " " in name)
        and bool(re.search(r"[A-Z].*[A-Z\d]|[a-z][A-Z]|[A-Z][a-z]+", first))
    )


def _namelike(head: str, abstract: str) -> bool:
    """Whether the words before a title's colon are a name and not a topic: odd capitals, one word, or used in the
    abstract."""
    words = head.split()
    if re.search(r"[a-z][A-Z]|[A-Z]{2}|\d", head) and len(words) <= 3:
        return True
    if len(words) == 1:
        return head[0].isupper()
    return head in abstract


_VERBS = re.compile(
    r"(?:achiev|reach|attain|obtain|outperform|surpass|improv|reduc|increas|deliver|provid|show|"
    r"demonstrat|yield|maintain|retain|preserv|require|use|run|speed|accelerat|cut|lower|offer|enabl|"
    r"match|save|boost|gain|exceed|perform|exhibit|consum|process|support|produc|generat|train|tak|"
    r"draw|is|are|can|could|has|remain|beat|lead|bring|decreas|sustain|recover|keep|score|rank|"
    r"transmit|minimiz|compress|halv|doubl|employ|utiliz|reproduc|display|comput|result|introduc|"
    r"incur|add|work|serv|scal|consistently|significantly|also|further|even|only|still|effectively|"
    r"successfully|substantially|typically|generally|not)\w*$",
    re.I,
)
_SKIP_LEFT = words("technique_skip_left")


def technique(s: Sentence, k: int, own: Own, barred: list[tuple[int, int]], text: str) -> str | None:
    """The name for the sentence's k-th figure: its clause's subject where that is a name, else the paper's own."""
    place = s.places[k]
    best = None
    i = 0
    while i < place:
        span = _own_at(s, i, own, text) or _name_at(s, i, text)
        if span is None:
            i += 1
            continue
        first, end = span
        inside = any(a < end and first < b for a, b in barred)
        after = s.lows[end] if end < len(s.lows) else ""
        if after in _NOUNS and end + 1 < len(s.lows):
            after = s.lows[end + 1]
        left = s.lows[first - 1] if first > 0 else ""
        if (
            not inside
            and left not in _SKIP_LEFT
            and _VERBS.match(after)
            and not after.endswith(_NOT_VERB)
            and not _measured(s, first, end)
        ):
            best = text[s.starts[first] : s.ends[end - 1]]
        i = end
    if best is None:
        return own.name
    return best[:-2] if best.endswith(("'s", "’s")) else best


_NOUNS = words("technique_nouns")
_NOT_VERB = (
    "ment",
    "ments",
    "tion",
    "tions",
    "gains",
    "gain",
    "training",
    "performance",
    "processing",
    "scoring",
    "scores",
    "score",
    "rate",
    "rates",
    "support",
    "improvement",
    "increase",
    "increases",
    "speedup",
    "speedups",
)


def _measured(s: Sentence, first: int, end: int) -> bool:
    """Whether a name is that of a measure: `AUROC`, `FID`."""
    return any(p.first < end and first < p.end and p.strong for p in s.measures)


def _own_at(s: Sentence, i: int, own: Own, text: str) -> tuple[int, int] | None:
    """The paper's own name of several words, where it begins at a word."""
    if own.name is None or " " not in own.name or not text.startswith(own.name, s.starts[i]):
        return None
    end = i
    while end < len(s.ends) and s.ends[end] < s.starts[i] + len(own.name):
        end += 1
    return i, min(end + 1, len(s.ends))


def _name_at(s: Sentence, i: int, text: str) -> tuple[int, int] | None:
    """A proper name that begins at a word: its word positions, pieces joined by hyphens, dots or plus signs taken
    together."""
    word = s.words[i]
    if not (word[0].isalpha() or word[0].isdigit()) or word == FIGURE:
        return None
    end = i + 1
    while (
        end < len(s.words)
        and s.starts[end] == s.ends[end - 1]
        and s.words[end] != FIGURE
        and s.words[end] not in (",", ";", ":", ")", "(", ".", "?", "'", '"', "!", "/", "]", "%")
    ):
        end += 1
    whole = text[s.starts[i] : s.ends[end - 1]]
    if s.words[end - 1] in ("-",):
        return None
    if (
        whole in _GENERIC
        or not re.search(r"[A-Z]", whole)
        or (i == 0 and re.fullmatch(r"[A-Z][a-z]+", whole) and whole in _STARTERS)
    ):
        return None
    if (
        i == 0
        and re.fullmatch(r"[A-Z][a-z]+(?:-[a-z]+)*", whole)
        and not _VERBS.match(s.lows[end] if end < len(s.lows) else "")
    ):
        return None
    return i, end


_STARTERS = words("technique_starters")
