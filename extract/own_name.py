"""What a paper calls its own work: before the colon of its title, or where the abstract introduces it."""

import re
from collections.abc import Iterator

from extract.lexicon import words

NAME = r"(?:\\?[A-Z][\w.+*-]*\w\+*|[a-z]{1,3}[A-Z][\w.+-]*|\d+[A-Za-z][\w-]*[A-Z][\w-]*)"
_MORE = r"(?:[ -](?:[A-Z][\w.-]*|\d[\w.]*)){0,3}"
_SHORT = re.compile(r"\(\W{0,4}(?P<name>(?:[a-z]{0,3}[A-Z][\w+*-]*[A-Z0-9][\w+*-]*|[A-Z][a-z]+[A-Z]\w*))\W{0,4}\)")
_PROPOSES = re.compile(
    r"\b(?:we|this\s+(?:paper|work|article|study|report|letter|thesis)|here)\b[^.]{0,60}?\b(?:propos|present|introduc|"
    r"develop|describ|design|creat|build|offer|releas|unveil|formulat|devis)\w*",
    re.I,
)
_DIRECT = re.compile(
    r"\s+(?:an?\s+|the\s+|our\s+|novel\s+|new\s+|method\s+|framework\s+|called\s+|named\s+|simple\s+|efficient\s+)*"
    rf"[\"*'{{\s]*(?P<name>{NAME}{_MORE})"
)
_CALLED = re.compile(
    r"\b(?:called|named|dubbed|termed|namely|coined|referred\s+to\s+as|denoted\s+as|which\s+we\s+(?:call|name|term))\s+"
    rf"(?:the\s+|as\s+)?[\"*'{{\s]*(?P<name>{NAME}(?:[ -][A-Z\d][\w.-]*)?)"
)
_OURS = re.compile(
    r"\b[Oo]ur\s+(?:[\w-]+\s+){0,3}?[\w-]+,?\s+(?:(?:coined|called|named|dubbed|termed)\s+(?:as\s+)?)"
    rf"[\"*'{{\s]*(?P<name>{NAME})"
)
_SENTENCE_END = re.compile(r"\.\s+[A-Z]")
_GENERIC = words("technique_generic")
_REACH = 260  # letters behind `we propose` in which the name may stand


def called(title: str, abstract: str) -> Iterator[tuple[str, str]]:
    """What may be the paper's name for its own work, each with the rule that found it, the surest first.

    The rules: `title` (before its colon), `ours` (`our system, called X`), `short` (behind `we propose`, in brackets),
    `direct` (`we propose X`), `called`, `bracketed` (in the title).
    """
    head, colon, _ = title.partition(":")
    head = head.strip().strip("*\"'` ").removeprefix("The ")
    if colon and head and len(head.split()) <= 5 and _namelike(head, abstract):
        yield "title", _abbreviated(head, abstract) or head
    named = _OURS.search(abstract)
    if named and _proper(named["name"]):
        yield "ours", named["name"]
    for found in _PROPOSES.finditer(abstract):
        after = abstract[found.end() : found.end() + _REACH]
        if stop := _SENTENCE_END.search(after):
            after = after[: stop.start() + 1]
        short = next((m for m in _SHORT.finditer(after[:140]) if _stands_for(m["name"], after[: m.start()])), None)
        if short is not None:
            yield "short", short["name"]
        for how, pattern, search in (("direct", _DIRECT, _DIRECT.match), ("called", _CALLED, _CALLED.search)):
            named = search(after)
            if named and _proper(named["name"]) and (pattern is _CALLED or not _kind(after[named.end() :])):
                yield how, named["name"]
    short = _SHORT.search(title)
    if short is not None:
        yield "bracketed", short["name"]


def _abbreviated(head: str, abstract: str) -> str | None:
    """The short form that the abstract gives a title's name and goes on to use: `Dense Routing Trees (DRT)`."""
    if " " not in head:
        return None
    found = re.search(re.escape(head) + r"s?\s*\(([A-Z][\w-]*[A-Z]\w*)\)", abstract)
    if found is None or len(re.findall(rf"\b{re.escape(found[1])}\b", abstract[found.end() :])) < 2:
        return None
    return found[1]


def _kind(following: str) -> bool:
    """Whether a name only says what kind of thing is proposed: `a Transformer-based model`, `an FPGA accelerator`."""
    return re.match(r"-(?:based|style|like|aware|driven|free)\b|\s+(?:based|inspired)\b", following) is not None


def _stands_for(short: str, before: str) -> bool:
    """Whether a short name in brackets abbreviates the words before it: most of its letters begin words there."""
    letters = [c.lower() for c in short if c.isupper()]
    initials = [w[0].lower() for w in re.split(r"[\s-]+", before) if w and w[0].isalpha()][-12:]
    place, hits = 0, 0
    for letter in letters:
        if letter in initials[place:]:
            place = initials.index(letter, place) + 1
            hits += 1
    return hits >= min(2, len(letters)) and hits * 2 > len(letters)


def _proper(name: str) -> bool:
    first = name.split()[0]
    return first not in _GENERIC and (len(first) > 1 or " " in name)


def _namelike(head: str, abstract: str) -> bool:
    """Whether the words before a title's colon are a name, not a topic: odd capitals, one word, or used in the text."""
    if re.search(r"[a-z][A-Z]|[A-Z]{2}|\d", head) and len(head.split()) <= 3:
        return True
    if len(head.split()) == 1:
        return head[0].isupper()
    return head.lower() in abstract.lower()
