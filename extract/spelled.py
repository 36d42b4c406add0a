"""Figures in words: parts, multiples, orders of magnitude, small numbers with a unit. Plain functions."""

import re

from extract.numbers import DIGITS, PARTS, WORD_NUMBER, WORDS, digits, power, rounded
from extract.numerals import left_ok
from extract.quantity import Quantity
from extract.sentences import has_one
from extract.units import BARE, FACTOR, PERCENT, Unit, unit_at

_PART = re.compile(
    r"(?<![A-Za-z])(?P<several>(?:one|two|three|four|five)[- ]|a\s+|an\s+|the\s+)?"
    r"(?P<part>half|halve[sd]?|halving|third|thirds|quarter|quarters|fifths?|sixth|seventh|eighth|"
    r"ninth|tenth|twentieth|hundredth|fourths?)(?![a-z-])"
    r"(?P<of>\s+(?:of\s+)?)?",
    re.I,
)
# `half an hour`, `a quarter of a million`: an amount, no share of a baseline
_AMOUNT = re.compile(
    r"(?:\s+of)?[\s-]+(?:an?[\s-]+)?(?:second|minute|hour|day|week|month|year|decade|century|million|billion|trillion|dozen)"
    r"s?\b",
    re.I,
)
_FACTOR_OF = re.compile(
    rf"\bfactors?\s+(?:of\s+)?(?:(?:up\s+to|about|around|over|nearly|approximately|almost|more\s+than|"
    rf"at\s+least|roughly|only|between)\s+)*"
    rf"(?P<figure>(?P<mark>[~<>])?\s*(?:(?P<digits>{DIGITS})|"
    rf"(?P<word>{WORD_NUMBER.pattern})))(?:\s*(?:-{{1,3}}|to|"
    rf"and)\s*(?P<high>{DIGITS}))?(?P<plus>\+)?(?![\w%]|\s?x|\.\d)",
    re.I,
)
_SINGLE_TIME = re.compile(
    r"\b(?:in|within|under|than|roughly|about|around|only|just|approximately|nearly|almost|to|over|"
    r"takes?|per|at)\s+(?:(?:roughly|about|around|only|just|under|less than|approximately|nearly|"
    r"almost)\s+)?(?P<one>an?|one|a\s+single|one\s+single|a\s+few)(?=\s+(?:second|minute|hour|day|"
    r"week|millisecond)\b)",
    re.I,
)
_LETTERS = re.compile(r"[a-z]+")
_TIMES = frozenset(["second", "minute", "hour", "day", "week", "millisecond"])
_SLASH_PART = re.compile(
    r"(?<![\d./\w])(?:1/(?P<of>\d{1,4})(?:th|rd|nd)?(?![\d/])|"
    r"(?P<several>[2-9])/(?P<over>[3-9]|1[0-9])(?:ths?)?(?=\s+(?:of\s|the\s|as\s|fewer|less|lower|smaller)))"
)
_MULTIPLE = re.compile(
    r"(?P<word>twice|thrice|doubl(?:es|ed|ing)|tripl(?:ed|ing)|quadrupl(?:ed|ing)|(?:double|triples?|"
    r"quadruples?)(?=\s+(?:the|its|their|that|our)\b)|(?<=\bnearly )double|(?<=\balmost )double|"
    r"(?<=\broughly )double|(?<=\bthan )(?:double|triple)|"
    r"(?P<fold>two|three|four|five|six|seven|eight|nine|ten|twenty|hundred|thousand)[- ]?folds?)(?![a-z])",
    re.I,
)
_PART_SIGNS = (
    "hal",
    "third",
    "quarter",
    "fifth",
    "tenth",
    "eighth",
    "sixth",
    "ninth",
    "twentieth",
    "hundredth",
    "fourth",
)
# "threefold advantages", "a twofold approach": so many kinds of it, nothing is so many times as much.
_KINDS = re.compile(
    r"\s+(?:(?:advantages|benefits|differences)|(?:aim|approach|challenge|contribution|design|evaluation|experiment|"
    r"framework|goal|idea|innovation|issue|manner|mechanism|method|modification|objective|opportunity|perspective|"
    r"principle|problem|purpose|question|reason|recipe|scheme|solution|stage|strategy|taxonomy|tension)"
    r"(?:e?s)?|(?:opportunit|strateg|taxonom)ies)\b",
    re.I,
)
_MULTIPLE_SIGNS = ("twice", "thrice", "doubl", "tripl", "quadrupl", "fold")
_MULTIPLES = {"twice": 2, "doubl": 2, "thric": 3, "tripl": 3, "quadr": 4}
_ORDER = re.compile(
    r"(?P<several>an?|one|two|three|four|five|six|seven|\d(?:\.\d)?(?:\s?(?:-|"
    r"to)\s?\d)?)(?P<more>\s*\+)?[\s-]+(?:orders?(?:[\s-]+of[\s-]+(?:magnitudes?|speed-?ups?)|"
    r"[\s-]+magnitudes?)|magnitudes?(?=\s+(?:faster|slower|smaller|lower|higher|larger|less|fewer|more|cheaper|better)))"
    r"(?![a-z])",
    re.I,
)
_MORE_NUMBERS = re.compile(
    rf"\s*(?:,|and|or|to|-)\s*(?:{WORD_NUMBER.pattern})(?:\s+(?:times|percent|%|orders|million|billion|"
    rf"minutes|hours|days|seconds)|[- ]?fold)",
    re.I,
)
# `two F1 points`, `one BLEU point`
_POINTS_OF = re.compile(
    r"\s+(?!of|more|data|key|end|time|starting|mid|anchor|check)[A-Za-z][\w@.-]{0,12}\s+points?(?![\w-])"
)
POINTS = Unit("points", "points")


def _spelled_number(text: str, found: re.Match[str]) -> Quantity | None:
    """`five minutes`, `four times`, `one million frames per second`: words count only where a unit follows."""
    end, value, magnitude = found.end(), float(WORDS[found[0].lower()]), False
    if more := re.match(r"[\s-]+(million|billion|trillion|thousand|hundred)(?![a-z])", text[end : end + 12], re.I):
        value, end, magnitude = value * power(more[1]), end + more.end(), True
    known = unit_at(text, end)
    if known is None and (points := _POINTS_OF.match(text, end)):
        return Quantity(found.start(), points.end(), value, POINTS, spelled="number")
    if known is None and _MORE_NUMBERS.match(text, end):
        return Quantity(found.start(), end, value, BARE, spelled="number")
    if known is None or (known[0].family in ("points", "bits") and not magnitude):
        return None
    if known[0] == FACTOR and _KINDS.match(text, known[1]):
        return None
    return Quantity(
        found.start(), known[1], rounded(value), known[0], magnitude=magnitude, hyphen=known[2], spelled="number"
    )


def spelled_figures(text: str) -> list[Quantity]:
    """Figures in words: parts, multiples, orders of magnitude, small numbers with a unit."""
    out = []
    low = text.lower()
    if "order" in low or "magnitude" in low:
        for m in _ORDER.finditer(text):
            low_end, _, high_end = m["several"].lower().replace("to", "-").replace(" ", "").partition("-")
            powers = [float(WORDS.get(p, 1) if p.isalpha() else p) for p in (low_end, high_end) if p]
            high = rounded(10 ** powers[1]) if len(powers) > 1 else None
            value = rounded(10 ** powers[0])
            out.append(Quantity(m.start(), m.end(), value, FACTOR, high, plus=bool(m["more"]), spelled="order"))
    if has_one(low, _MULTIPLE_SIGNS):
        for m in _MULTIPLE.finditer(text):
            topic = m["fold"] and re.search(r"\b(?:is|are|was|were)\s+$", text[max(0, m.start() - 6) : m.start()])
            kinds = m["fold"] and _KINDS.match(text, m.end())
            if left_ok(text, m.start()) and not topic and not kinds:
                value = float(WORDS[m["fold"].lower()]) if m["fold"] else _MULTIPLES[m["word"][:5].lower()]
                out.append(Quantity(m.start(), m.end(), float(value), FACTOR, spelled="multiple"))
    if has_one(low, _PART_SIGNS):
        for m in _PART.finditer(text):
            if not left_ok(text, m.start()) and m["several"] is None:
                continue
            if _AMOUNT.match(text, m.end("part")):
                continue
            word = m["part"].lower()
            halves = word.startswith("hal")
            several = (m["several"] or "").strip(" -").lower()
            if not halves and several not in ("one", "two", "three", "four", "five", "a", "an"):
                continue
            base = 50.0 if halves else PARTS[word.rstrip("s")]
            times = WORDS.get(several, 1) if several not in ("a", "an", "the", "") else 1
            if times == 1 and word.endswith("s") and not halves:
                continue
            out.append(Quantity(m.start(), m.end("part"), rounded(round(base * times, 2)), PERCENT, spelled="part"))
    if "/" in text:
        for m in _SLASH_PART.finditer(text):
            parts, whole = int(m["several"] or 1), int(m["over"] or m["of"])
            if parts < whole or parts == 1:
                share = round(100 * parts / whole, 2) if whole else 0.0
                out.append(Quantity(m.start(), m.end(), share, PERCENT, spelled="part"))
    if "factor" in low:
        for m in _FACTOR_OF.finditer(text):
            value = float(WORDS[m["word"].lower()]) if m["word"] else digits(m["digits"])
            high = digits(m["high"]) if m["high"] else None
            out.append(
                Quantity(m.start("figure"), m.end(), value, FACTOR, high, mark=m["mark"] or "", plus=bool(m["plus"]))
            )
    words = set(_LETTERS.findall(low))
    for m in _SINGLE_TIME.finditer(text) if words & _TIMES else ():
        known = unit_at(text, m.end())
        if known is not None and known[0].family == "time":
            out.append(Quantity(m.start("one"), known[1], 1.0, known[0], spelled="number"))
    for m in WORD_NUMBER.finditer(text) if words & WORDS.keys() else ():
        if left_ok(text, m.start()) and (q := _spelled_number(text, m)) is not None:
            out.append(q)
    return out
