"""What a question compares with: the name behind "over", "than", "vs", "compared to", or before "as the baseline"."""

import re
from collections.abc import Iterator
from functools import cache

from extract import devices
from index import question_words as lexicon

_WORD = re.compile(r"[\w#@+.\-/']+")
_PARTS = frozenset(("half", "third", "quarter", "fifth", "tenth", "hundredth", "thousandth", "fraction", "part"))
_PRONOUNS = frozenset(("them", "it", "those", "these", "this", "that", "others", "everything", "us", "you", "anything"))
_NUMBERS = r"(?:hundred|thousand|million|billion|trillion|dozen|one|two|three|four|five|six|seven|eight|nine|ten)s?"
_SAME_SIZE = re.compile(r"\s(?:of|with|at) (?:the )?(?:same|equal|similar|comparable|equivalent)\b", re.I)
_TIMES = re.compile(
    r"(?:\b(?:half|twice|double|triple|times|thirds?|quarters?|fifths?|tenths?|hundredth|fraction)|[\d.]x|%|percent)"
    r"(?: (?:of|at))?\s*$",
    re.I,
)  # "half the memory of"
# "faster than vLLM and 4x less memory": behind the name another figure begins.
_FURTHER = re.compile(
    r"(?:and|plus|&)\s+(?:(?:at|least|most|no|not|more|less|fewer|than|only|just|an?|to|us(?:e|es|ing)|needs?|takes?|also|"
    r"over|under|below|above|has|have|with)\s+)*(?:half|halve[sd]?|halving|twice|thrice|double|third|quarter|fifth|tenth|"
    r"hundredth|\d[\d.,]*\s?(?:%|×|(?:x|times|percent|-?fold|[mun]?s|[mk]?w|[kmgt]i?b|m?j|fps|hz)\b))",
    re.I,
)
_BEYOND = re.compile(
    r"or (?:even )?(?:more|better|faster|higher|greater|above|beyond|less|fewer|lower|cheaper)\b", re.I
)
_NAMING = ("training", "existing", "decoding", "fine-tuning", "finetuning", "prompting", "sampling")  # begin names
_OR = re.compile(r"\b(?:or|and)\b", re.I)
_LONGEST = 5  # words of a baseline's name
_NAMED = r"(?-i:[\w+.\-]*[A-Z][\w+.\-]*)"
_LISTED = re.compile(rf"(?:,\s*{_NAMED}(?:\s{_NAMED})?)+,?\s+(?:or|and)\s+(?:the\s+)?{_NAMED}", re.I)  # "A, B or C"
_CLAUSE_WORDS = 5  # words of a clause that tells what is compared with


@cache
def _leads() -> re.Pattern[str]:
    words = lexicon.table()["baseline"]["leads"]
    return re.compile(
        f"{lexicon.pattern(w for w in words if not w.endswith('.'))}\\.?|(?<!\\w)(?:over|than)(?!\\w)", re.I
    )


@cache
def _has(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{lexicon.pattern(lexicon.table()['baseline'][key])}|\d\s?x\b)", re.I)


@cache
def _generic() -> frozenset[str]:
    return frozenset(lexicon.table()["baseline"]["generic"])


def _name(text: str) -> str:
    """The name at the beginning of a text: up to a word that ends it, without words that are no part of it."""
    table = lexicon.table()["baseline"]
    stops, idle, clause = (frozenset(table[key]) for key in ("stops", "idle", "clause"))
    words: list[str] = []
    end = 0
    for match in _WORD.finditer(_SAME_SIZE.split(text)[0]):
        word, gap = match.group().rstrip("."), text[end : match.start()]
        if not word or re.search(r"[,;:?!()]|\.\s" if words else r"[,;?!)]|\.\s", gap) or word.lower() in stops:
            break
        if words and (_FURTHER.match(text, match.start()) or _BEYOND.match(text, match.start())):
            break
        if words and word.lower() in clause:
            return ""  # "than the model they are compared with" names none
        if word.lower() not in idle or (words and word.lower() not in ("the", "a", "an")):
            words.append(word)
        end = match.end()
        if len(words) == _LONGEST or (match.group().endswith(".") and match.end() < len(text)):
            break
    for said in lexicon.metrics(" ".join(words)):
        if not said.rank and said.start:
            words = " ".join(words)[: said.start].split()
            break
    while words and words[-1].lower() in (
        "or",
        "and",
        "code",
        "implementation",
        "implementations",
        "baseline",
        "baselines",
    ):
        words.pop()
    return _without_hardware(" ".join(words)).removesuffix("'s")


def _without_hardware(name: str) -> str:
    """A name up to the hardware that it was measured on ("vLLM H100"), or up to its end where that is what is compared
    with ("Jetson Orin pose estimation")."""
    found = next((m for m in devices.find(name, question=True) if not m.generic), None)
    if found is None or (_OR.search(name) and not found.start):
        return name
    return name[: found.start or found.end].rstrip()


def _fits(name: str) -> bool:
    never = lexicon.table()["baseline"]["never"]
    low = name.lower()
    if not name or re.match(rf"{_NUMBERS}\b", low):
        return False
    if re.match(r"[\d.$<>~]", name) and not re.match(r"\d+(?:[- ]?(?:bit|d)\b|d[a-z]+\b)", low):
        return False  # a figure, and no name such as 3DGS
    if low in never or any(low.startswith(n + " ") for n in never):
        return False
    if not set(low.split()) - _generic():
        return False
    first = low.split()[0]
    if first in ("or", "and"):
        return False
    if first in _PARTS or low.split()[-1] in _PRONOUNS:
        return False
    return not (first.endswith("ing") and len(low.split()) > 1 and first not in _NAMING)


def _leading(question: str) -> Iterator[re.Match[str]]:
    """The words that lead to what a question compares with."""
    for match in _leads().finditer(question):
        lead = match.group().lower()
        before = question[: match.start()]
        if lead in ("over", "than") and not _has(f"{lead}_after").search(before[-60:]):
            continue
        if lead.startswith("the ") and not _TIMES.search(before):
            continue  # "raise the speed of training"
        if lead == "than" and re.search(r"(?:^|\W|\brather)$", before.rstrip(), re.I):
            continue
        yield match


def nameless(question: str) -> list[tuple[int, int]]:
    """Where a question compares with what it does not name: "than before", "than the model they are compared with".

    >>> [slice(*place) for place in nameless("3x faster than the model that it replaces")]
    [slice(10, 41, None)]
    """
    clause = frozenset(lexicon.table()["baseline"]["clause"])
    known = _generic() | clause | frozenset(lexicon.table()["baseline"]["idle"])
    found: list[tuple[int, int]] = []
    for match in _leading(question):
        end, told, left = match.end(), False, _CLAUSE_WORDS
        for word in _WORD.finditer(question, match.end()):
            if re.search(r"[,;:?!()]|\.\s", question[end : word.start()]) or not left:
                break
            low = word.group().lower().rstrip(".")
            told = told or (low in clause and low != "one")
            if not told and low not in known:
                end = match.start() if low not in lexicon.table()["baseline"]["stops"] else end
                break
            left -= told
            end = word.end()
        if end > match.start():
            found.append((match.start(), end))
    return found


def baseline(question: str) -> tuple[str, int, int] | None:
    """The baseline with the place of its words; None when the question names none.

    >>> baseline("how much faster than LoRA on one GPU")[0]
    'LoRA'
    """
    for match in _leading(question):
        name = _name(question[match.end() :])
        if _fits(name) and not (match.group().lower().endswith(" on") and devices.find(name, question=True)):
            start = question.find(name.split()[0], match.end())
            end = question.find(name.split()[-1], start) + len(name.split()[-1])
            if listed := _LISTED.match(question, end):
                end = end + len(listed[0].rstrip("."))
                name = f"{name}{question[listed.start() : end]}"
            return name, start, end
    return _named_as(question) or _bare(question)


@cache
def _bare_names() -> tuple[re.Pattern[str], ...]:
    """Baselines that no word leads to, each as the group "name"."""
    table = lexicon.table()["baseline"]
    known = "|".join(re.escape(name) for name in sorted(table["known"], key=len, reverse=True))
    name = rf"(?P<name>(?:{known}|{_NAMED}))"
    known = rf"(?P<name>{known})(?![\w+-])"
    factor = r"(?:\d\s?(?:x|×|times|%|percent)|twice|\btimes)"
    more = "|".join(table["than_after"])
    measures = "|".join(re.escape(m) for m in table["of_measure"])
    parts = "|".join(sorted(_PARTS))
    ends = rf"(?=\s*(?:$|[,.;:()?!]|(?:on|at|for|with|in|and|while|baselines?)\b|{_NAMED}\s*$))"
    rows = (
        rf"{factor} (?:(?:{more}) (?:\w+ )?)?{known}{ends}",  # "2x vLLM", "2x faster PostgreSQL"
        rf"\b(?:FPGA|ASIC|NPU|accelerator|chip)s?\b.*{factor} (?:(?:{more}) )?(?P<name>[GC]PUs?){ends}",  # "5x GPU"
        rf"\b{known} baselines?\b",
        rf"\d[^,;:?!]* over (?:the )?{known}",  # "save 20 % bitrate over VVC"
        rf"(?:{factor}|\b(?:{parts})(?: of)?) the (?:{measures}) of (?:an? |the )?{name}",
        r"(?<!rather )(?<!other )\bthan (?:(?:on|with|using) )?(?:an? |the |its |their )?"
        r"(?P<name>[CG]PUs?|FPGAs?|TPUs?)\b(?![- ]based)",
        # "10 times the tokens per joule of an H100"
        rf"{factor} the [\w -]{{3,30}}? (?:of|per \w+ of) (?:an? |the ){name}{ends}",
        rf"(?:\b(?:{parts})|%) of (?:an? |the )?{name}'s?\b",  # "a tenth of a GPU's"
        rf"\b(?:as (?:good|accurate) as|on (?:a )?par with) (?:the )?{name}",
        rf"(?<![\w-]){name},? (?:is |was |are )?(?:beaten|outperformed|outdone|surpassed) by\b",
        rf"(?<![\w-]){name} (?:alternatives?|replacements?)\b",
        r"(?:%|percent) of (?:the )?(?:usual )?(?P<name>(?:fp|bf)(?:16|32)) (?:accuracy|quality|performance|score)",
        r"points? of (?:the )?(?:usual )?(?P<name>(?:fp|bf)(?:16|32))\b",
    )
    return tuple(re.compile(row, re.I) for row in rows)


@cache
def _known() -> frozenset[str]:
    return frozenset(name.lower() for name in lexicon.table()["baseline"]["known"])


def _bare(question: str) -> tuple[str, int, int] | None:
    """A name behind a factor, before "alternative" and the like: "2x vLLM", "a quarter of the RAM of HNSW"."""
    for pattern in _bare_names():
        for match in pattern.finditer(question):
            name = _name(question[match.start("name") :]) if " of " in match[0].lower() else match["name"]
            if _fits(name) or name.lower() in _known():
                return name, match.start("name"), match.start("name") + len(name)
    return None


_AS_BASELINE = re.compile(
    r"(?P<words>[\w#@+.\-/]+(?: [\w#@+.\-/]+){0,3}),? as (?:the |an? |their |its |main |usual |common )*"
    r"(?:baselines?|references?(?: points?)?|yardsticks?|points? of (?:comparison|reference)|rivals?)\b",
    re.I,
)


@cache
def _ends() -> frozenset[str]:
    """Words that end a name or are no part of one."""
    table = lexicon.table()
    ends = {*table["baseline"]["stops"], *table["baseline"]["idle"], *table["asking"]["joining"]}
    ends.update(word for phrase in table["asking"]["words"] for word in phrase.split())
    return frozenset(ends)


def _named_as(question: str) -> tuple[str, int, int] | None:
    """A name before "as the baseline": what stands behind the last word that ends a name or is no part of one."""
    ends = _ends()
    for match in _AS_BASELINE.finditer(question):
        words = list(_WORD.finditer(question, *match.span("words")))
        first = max((place + 1 for place, word in enumerate(words) if word.group().lower() in ends), default=0)
        if words[first:] and _fits(name := question[words[first].start() : words[-1].end()]):
            return name, words[first].start(), words[-1].end()
    return None
