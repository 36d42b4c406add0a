"""Figures in a text: values, ranges, pairs `from A to B`, units and signs, with exact spans. Plain functions over
strings.

All functions take plain text (`plain.plain`), in which LaTeX and typography are already replaced in place.
"""

import re
from dataclasses import dataclass, replace
from math import isfinite

from extract.numbers import DIGITS, MAGNITUDE, PARTS, WORD_NUMBER, WORDS, digits, power, rounded
from extract.units import BARE, FACTOR, PERCENT, Unit, unit_at


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure as written. `start` and `end` are offsets in the text that was read."""

    start: int
    end: int
    value: float
    unit: Unit
    value_max: float | None = None
    from_value: float | None = None
    from_start: int | None = None  # where the `A` of `from A to B` begins, if this is its `B`
    mark: str = ""  # the sign before it: "~", ">", "<", "+", "-" or ""
    plus: bool = False  # a plus after it: `1000+`
    magnitude: bool = False  # written with a letter or word for thousands, millions, ...
    hyphen: bool = False  # tied to its unit by a hyphen, as in `5-second`
    spelled: str = ""  # "part" (`half`), "multiple" (`twice`), "order" (of magnitude) or "number" (`five`)
    link: str = ""  # how `from_value` is written: "from", "vs", "to"


_NUMBER = re.compile(
    r"(?=[-0-9.~<>+±$€£¥xU])"
    rf"(?P<mark>[~<>]=?\s{{0,12}}|[+\-±]\s{{0,12}}(?=[\d.]))?(?P<mark2>[~<>+\-]\s{{0,8}})?(?P<money>(?:USD?\s?)?[$€£¥]\s?|USD\s?(?=\d))?"
    rf"(?P<cross>x\s*(?=[\d.])(?!(?:86|64|32)\b))?(?P<digits>{DIGITS})(?P<exp>e-?\d+(?![\w])|"
    rf"\s?\^\s*-?\d+|\s*[x*]\s*10\s*(?:\^\s*-?|-)\d{{1,2}}(?![\d.]))?(?P<scale>/\d{{1,3}}(?![\d/x%.]|"
    rf"\s?[%x]))?{MAGNITUDE.format('mag')}?(?P<plus>\+(?![\d\w]))?"
)
_WORD_LEFT = re.compile(
    r"(?:(?<![\w.-])|(?<=[\s(]-)|(?<=[\s(]\+))[\d.,]+\s{0,8}(?:[kKMBTxXs%]|ms|min|[KMGT]i?B|dB|FPS)?\s{0,8}$"
)
_NEARLY = re.compile(r"(?<![\w-])(?:near|nearly|sub|over|under|almost|about|around|roughly|approximately)$", re.I)
_DIMENSION = re.compile(
    r"(?<![\d.])(?!\d*(?:\.\d+)?\s*[x*]\s*10\s*(?:\^|-\d{1,2}(?![\d.])))[0-9]\d*(?:\.\d+)?[kK]?(?:\s*[x*]\s*\d+(?:\.\d+)?"
    r"(?!\.?\d*\s{0,2}x(?![\w]))[kK]?)+"
)
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\b[\w.-]+\.(?:com|org|io|net|ai|edu|gov)(?:/\S*)?|arXiv:\S+")
_ADDRESS_SIGNS = ("://", "www.", ".com", ".org", ".io", ".net", ".ai", ".edu", ".gov", "arXiv:")
_SKIP = re.compile(
    r"\[\d+(?:,\s?\d+)*\]|(?<![\d.])(?:19|20)\d\d-\d\d?-\d\d?\b|\bO\([^)]{0,40}\)|\d+:\d+(?:\.\d+)?|"
    r"(?<![\d/.])\d+/\d+(?:/\d+)+\b"
)
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
_SCIENTIFIC = re.compile(r"e|\s*[x*]\s*10\s*\^?")  # `3e-4`, `3 x 10^-4`, `3 x 10-4`
_CURRENCIES = {"€": "EUR", "£": "GBP", "¥": "JPY"}
_DECADE = re.compile(r"(?:19|20)\d0")
_DIGIT = re.compile(r"\d")
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
_MULTIPLES = {"twice": 2, "doubl": 2, "thric": 3, "tripl": 3, "quadr": 4}
_ORDER = re.compile(
    r"(?P<several>an?|one|two|three|four|five|six|seven|\d(?:\.\d)?(?:\s?(?:-|"
    r"to)\s?\d)?)(?P<more>\s*\+)?[\s-]+(?:orders?(?:[\s-]+of[\s-]+(?:magnitudes?|speed-?ups?)|"
    r"[\s-]+magnitudes?)|magnitudes?(?=\s+(?:faster|slower|smaller|lower|higher|larger|less|fewer|more|cheaper|better)))"
    r"(?![a-z])",
    re.I,
)
_SEPARATOR = re.compile(r"\s*(?:,\s*and|,\s*or|,|/|and|or|&|\\&)\s*$", re.I)
_RANGE = re.compile(r"\s*(?:-{1,3}|~|;{1}(?=\s?\d)|\s-\s)\s*$")
_TO = re.compile(
    r"\s*(?:\([^()]{0,30}\))?\s*(?:to|→|up\s+to|down\s+to|to\s+(?:over|nearly|about|around|"
    r"approximately|only|just|more\s+than|below|under|roughly|a|an|as\s+low\s+as|as\s+much\s+as|above|"
    r"less\s+than|up\s+to))\s*$",
    re.I,
)
_TO_MORE = re.compile(r"\s*(?:to|and)\s+(?:over|more\s+than|nearly|up\s+to|about|around)\s*", re.I)
_RANGE_WORD = re.compile(
    r"\b(?:rang(?:ing|es|ed|e)|var(?:ying|ies|ied|y)|spann?(?:ing|s|ed)?|anywhere)\s+(?:of\s+|"
    r"in\s+)?(?:from|between)?\s+(?:[a-z]+\s+){0,2}$",
    re.I,
)
_GROWS = re.compile(r"\b(?:increas|scal|grow|expand|rais|boost|enlarg|extend|up)\w*\b", re.I)
_AND = re.compile(r"\s*and\s*$", re.I)
_VERSUS = re.compile(
    r"\s*(?:,|\()?\s*(?:v\.?\s?s\.?|versus|as\s+opposed\s+to|compared\s+(?:to|with)|against|"
    r"instead\s+of|rather\s+than|up\s+from|down\s+from)\s*(?:only\s+|just\s+|about\s+|around\s+)?$",
    re.I,
)
_FROM_LEVEL = re.compile(
    r"\bfrom\s+(?:(?:an?|the|about|around|approximately|over|nearly|roughly|only|just|average|mean|of|"
    r"below|under|more|than|original|baseline|up|to)\s+){0,4}$",
    re.I,
)
_RANGING = re.compile(
    r"\b(?:rang(?:ing|es|ed|e)|var(?:ying|ies|ied|y)|spann?(?:ing|s|ed)?|anywhere|speed-?ups?|"
    r"accelerations?|gains?|improvements?|reductions?|by|sizes?|"
    r"scales?)\s+(?:of\s+)?(?:anywhere\s+)?(?:from|between)\s+(?:[a-z]+\s+){0,2}$",
    re.I,
)
_BETWEEN = re.compile(r"\b(?:between|in\s+the\s+range\s+of|range\s+of)\s+(?:[a-z~]+\s+)?$", re.I)


def _left_ok(text: str, start: int) -> bool:
    """Whether a figure may begin here: not inside a name such as `GPT-4`, `ViT-B/32`, `A100` or a decimal."""
    if start == 0:
        return True
    before = text[start - 1]
    if before.isalnum() or before in "_@#^'":
        return False
    if before in "-./+" and start > 1:
        left = text[max(0, start - 24) : start].rstrip("-./+ " if before != "." else ".")
        if not left or text[start - 2] in " (,;:[":
            return True
        return before not in ".+" and (
            _WORD_LEFT.search(left) is not None or (before == "-" and _NEARLY.search(left) is not None)
        )
    return not (before == " " and text[max(0, start - 14) : start].rstrip().endswith(("^", "_")))


def _masked(text: str) -> str:
    """The text with what only looks like figures (sizes such as 3x3, addresses, dates) replaced by underscores."""
    masked = text
    if any(sign in text for sign in _ADDRESS_SIGNS):
        masked = _ADDRESS.sub(lambda m: "_" * len(m[0]), masked)
    if "x" in text or "*" in text:
        masked = _DIMENSION.sub(lambda m: "_" * len(m[0]), masked)
    if _DIGIT.search(text) and any(mark in text for mark in ("/", "[", "O(", ":", "20", "19")):
        masked = _SKIP.sub(lambda m: "_" * len(m[0]), masked)
    return masked


def _single(text: str, found: re.Match[str]) -> Quantity | None:
    """The figure at a match of `_NUMBER`, with its unit; None where the digits belong to a name."""
    start = found.start("digits")
    first = found.start("cross") if found["cross"] else found.start("money") if found["money"] else start
    marks = ((found["mark"] or "") + (found["mark2"] or "")).replace(" ", "").replace("=", "")
    if not _left_ok(text, first):
        if marks[-1:] in "-+~<>" and marks and _left_ok(text, found.start()):
            pass
        else:
            return None
    end = found.end()
    if text[end : end + 1] == "s" and _DECADE.fullmatch(found["digits"]):
        return None
    if found["exp"] and found["digits"] != "10" and not _SCIENTIFIC.match(found["exp"]):
        return None
    if text[end : end + 2].startswith("+") and not found["plus"]:
        return None
    if (
        found["plus"] is None
        and end < len(text)
        and (text[end].isalpha() or text[end] == "_")
        and not unit_at(text, end)
    ):
        return None
    magnitude = found["mag"] or found["magw"]
    value = digits(found["digits"]) * power(magnitude)
    if found["exp"]:
        scientific = _SCIENTIFIC.match(found["exp"])
        exponent = found["exp"][scientific.end() if scientific else 0 :].replace(" ", "").strip("^e")
        raised = float(exponent) if len(exponent) < 4 else 99.0
        value = value * 10 ** min(raised, 300) if scientific else value ** min(raised, 12.0) if value <= 10 else 0.0
    mark = marks[-1:] if marks else ""
    if mark == "-" and found.start() > 0 and text[found.start() - 1] not in " (,:[=\x00":
        mark = ""
    if "~" in marks or ">" in marks or "<" in marks:
        mark = next(c for c in marks if c in "~<>")
    begin = found.start() if mark else first
    unit, hyphen = BARE, False
    if found["money"]:
        unit = Unit(_CURRENCIES.get(found["money"].strip()[-1], "USD"), "money", "cost")
    if found["cross"]:
        unit = FACTOR
    elif (known := unit_at(text, end)) is not None and (not found["money"] or known[0].family in ("rate", "money")):
        unit, end, hyphen = known
    if unit.family == "params" and not magnitude and value < 1000 and unit.name == "params":
        unit = BARE if value != int(value) else unit
    return Quantity(
        begin, end, rounded(value), unit, mark=mark, plus=bool(found["plus"]), magnitude=bool(magnitude), hyphen=hyphen
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
    return Quantity(
        found.start(), known[1], rounded(value), known[0], magnitude=magnitude, hyphen=known[2], spelled="number"
    )


def _spelled(text: str) -> list[Quantity]:
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
    if any(word in low for word in ("twice", "thrice", "doubl", "tripl", "quadrupl", "fold")):
        for m in _MULTIPLE.finditer(text):
            topic = m["fold"] and re.search(r"\b(?:is|are|was|were)\s+$", text[max(0, m.start() - 6) : m.start()])
            if _left_ok(text, m.start()) and not topic:
                value = float(WORDS[m["fold"].lower()]) if m["fold"] else _MULTIPLES[m["word"][:5].lower()]
                out.append(Quantity(m.start(), m.end(), float(value), FACTOR, spelled="multiple"))
    if any(
        word in low
        for word in (
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
    ):
        for m in _PART.finditer(text):
            if not _left_ok(text, m.start()) and m["several"] is None:
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
        if _left_ok(text, m.start()) and (q := _spelled_number(text, m)) is not None:
            out.append(q)
    return out


def _join(text: str, found: list[Quantity]) -> list[Quantity]:
    """Ranges become one figure, `from A to B` and `A vs. B` one with `from_value`; units are handed back along
    lists."""
    out: list[Quantity] = []
    for q in found:
        if out and q.start < out[-1].end:
            if q.spelled == "part" and q.start == out[-1].start and out[-1].unit.family != "time":
                out[-1] = q  # `1/5 tokens` is a fifth
            elif q.unit.family != "bare" and (
                out[-1].unit.family == "bare" or q.end - q.start > out[-1].end - out[-1].start
            ):
                out[-1] = q
            continue
        out.append(q)
    out = _hand_back_units(text, out)
    for pair in (_spread, _range, _change):
        joined: list[Quantity] = []
        for q in out:
            if joined and (both := pair(text, joined[-1], q)) is not None:
                joined[-1] = both
            else:
                joined.append(q)
        out = joined
    return [q for q in out if not (q.spelled == "number" and q.unit.family == "bare")]


def _hand_back_units(text: str, found: list[Quantity]) -> list[Quantity]:
    out = list(found)
    for i in range(len(out) - 2, -1, -1):
        a, b = out[i], out[i + 1]
        if (
            a.unit.family != "bare"
            or b.unit.family in ("bare", "bits")
            or (a.magnitude and b.unit.family in ("factor", "percent"))
        ):
            continue
        gap = text[a.end : b.start]
        if _VERSION.search(text, max(0, a.start - 24), a.end) or text[b.start] in "xX×":  # a sign in front is b's own
            continue
        between = gap + text[b.start : b.start + 1].replace("-", "-") if b.mark == "-" else gap
        if (
            _SEPARATOR.fullmatch(gap)
            or _RANGE.fullmatch(gap)
            or (b.mark in ("-", "~") and not gap.strip())
            or _TO.fullmatch(gap)
            or _VERSUS.fullmatch(gap)
            or _AND.fullmatch(between)
        ):
            same_magnitude = (
                b.magnitude and not a.magnitude and not b.spelled and (_RANGE.fullmatch(gap) or b.mark in ("-", "~"))
            )
            scale = _scale(text, b) if same_magnitude else 1.0
            out[i] = replace(a, unit=b.unit, value=rounded(a.value * scale))
    return out


# the number of a version or a device: `Foo 2.1`, `RTX 3090`
_VERSION = re.compile(r"(?<![A-Za-z])(?:[A-Z][A-Za-z-]*\s\d\.\d|[A-Z]{2,}\s\d{3,4})$")


def _scale(text: str, q: Quantity) -> float:
    """What the magnitude letter or word of a figure multiplies by."""
    found = _NUMBER.search(text, q.start, q.end + 12)
    return power(found["mag"] or found["magw"]) if found else 1.0


def _alike(a: Quantity, b: Quantity) -> bool:
    return a.unit.family == b.unit.family or "bare" in (a.unit.family, b.unit.family)


_DEVIATION = re.compile(
    r"(?:\s|,|\(|\bwith\b|\ban?\b)*(?:SD|s\.d\.|std\.?|standard\s+deviations?(?:\s*\(SD\))?)(?:\s|\bof\b|[=:])*", re.I
)


def _spread(text: str, a: Quantity, b: Quantity) -> Quantity | None:
    """A value with its deviation, `92 ± 3`, `0.72(0.04)`, `89.1 SD 7.7`, or two units of one time, `12 min 47 s`; None
    where the two are neither."""
    gap = text[a.end : b.start]
    if a.value_max is not None or b.value_max is not None or len(gap) > 40:
        return None
    unit = b.unit if a.unit.family == "bare" else a.unit
    if a.unit.family in ("bare", "percent", "points", b.unit.family):
        if b.mark == "±" and not gap.strip():
            return replace(a, end=b.end, unit=unit)
        if gap == "(" and text[b.end : b.end + 1] == ")" and b.unit.family == "bare" and b.value < a.value:
            return replace(a, end=b.end + 1)
        if "d" in gap.lower() and _DEVIATION.fullmatch(gap):
            return replace(a, end=b.end, unit=unit)
    if a.unit.name in _IN_SECONDS and b.unit.name in _IN_SECONDS and gap.strip() in ("", "and") and not b.mark:
        ratio = _IN_SECONDS[a.unit.name] / _IN_SECONDS[b.unit.name]
        if b.value < ratio and a.value == int(a.value):
            return replace(a, end=b.end, value=rounded(round(a.value + b.value / ratio, 2)))
    return None


_BRACKET = re.compile(r"(?:\b(?:in|∈|range|within|between|of|from)|[=∈])\s*\[\s*$")


def _range(text: str, a: Quantity, b: Quantity) -> Quantity | None:
    """Two figures that are the ends of one range; None where they are not."""
    gap = text[a.end : b.start]
    if a.value_max is not None or b.value_max is not None or len(gap) > 40 or not _alike(a, b):
        return None
    before = text[max(0, a.start - 60) : a.start]
    unit = b.unit if a.unit.family == "bare" else a.unit
    whole = replace(
        b, start=a.start, unit=unit, mark=a.mark, value=a.value, value_max=_converted(b, unit), spelled=a.spelled
    )
    dash = _RANGE.fullmatch(gap) or (b.mark in ("-", "~") and not gap.strip())
    if dash:
        if a.mark == "-" and b.mark == "+":
            return replace(whole, value=-a.value, mark="")  # `-2% - +2%`
        if (b.value <= a.value and b.unit.name == unit.name) or (a.unit.family == "bare" and b.hyphen):
            return None
        return whole
    if gap.strip() == "," and text[b.end : b.end + 3].lstrip()[:1] == "]" and _BRACKET.search(before):
        return whole if a.value < b.value else None
    if _BETWEEN.search(before) and (_AND.fullmatch(gap) or _TO.fullmatch(gap) or _TO_MORE.fullmatch(gap)):
        return replace(whole, plus="more" in gap or "over" in gap)
    if _TO.fullmatch(gap):
        arrow = "→" in gap
        if (unit.family == "factor" and not arrow) or a.mark == b.mark == "+":
            return whole
        if unit.family == "params" and a.value < b.value and not arrow and not _GROWS.search(before):
            return whole  # sizes of models: `from 1B to 7B parameters`
        if _RANGING.search(before) and not arrow and unit.family in ("percent", "bare", "points", "params"):
            return whole
        if _RANGE_WORD.search(before) or re.search(r"\bby\s+(?:[a-z]+\s+){0,2}$", before):
            return whole
        if not (arrow or _FROM_LEVEL.search(before) or _parenthesis(text, a.start)):
            return whole
    return None


def _change(text: str, a: Quantity, b: Quantity) -> Quantity | None:
    """`from A to B` and `A vs. B` as one figure with `from_value`; None where the two have nothing to do with each
    other."""
    gap = text[a.end : b.start]
    if (
        a.from_value is not None
        or b.from_value is not None
        or a.value_max is not None
        or len(gap) > 60
        or not _alike(a, b)
    ):
        return None
    unit = b.unit if a.unit.family == "bare" else a.unit
    if _TO.fullmatch(gap) and b.value_max is None:
        link = "from" if _FROM_LEVEL.search(text[max(0, a.start - 60) : a.start]) else "to"
        if b.unit.family != "bare":
            unit = b.unit
        return replace(
            b,
            start=a.start,
            from_start=b.start,
            unit=unit,
            from_value=_converted(a, unit),
            link=link,
            mark=b.mark or a.mark,
        )
    if _VERSUS.fullmatch(gap) and unit.family != "factor":
        rival = None if b.value_max is not None else _converted(b, unit)
        return replace(a, end=b.end, unit=unit, from_value=rival, link="vs")
    return None


_IN_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "days": 86400.0,
    "weeks": 604800.0,
}
_IN_BYTES = {"B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024.0, "MiB": 1024.0**2, "GiB": 1024.0**3}


def _converted(q: Quantity, unit: Unit) -> float:
    """The value in another unit of the same family, so that the two ends of a figure can be compared."""
    for table in (_IN_SECONDS, _IN_BYTES):
        if q.unit.name in table and unit.name in table:
            return rounded(q.value * table[q.unit.name] / table[unit.name])
    return q.value


def _parenthesis(text: str, position: int) -> bool:
    """Whether the position follows an opening parenthesis within a few words."""
    left = text[max(0, position - 25) : position]
    return left.rfind("(") > left.rfind(")")


def find(text: str) -> list[Quantity]:
    """All figures of a plain text, in order, not overlapping.

    >>> [(q.value, q.value_max, q.unit.name) for q in find("5-12x faster and 40% less")]
    [(5.0, 12.0, 'x'), (40.0, None, '%')]
    """
    masked = _masked(text)
    found = (
        [q for m in _NUMBER.finditer(masked) if (q := _single(masked, m)) is not None] if _DIGIT.search(masked) else []
    )
    found += _spelled(masked)
    found = [q for q in found if isfinite(q.value)]  # three hundred digits in a row are no figure
    if not found:
        return []
    return _join(masked, sorted(found, key=lambda q: (q.start, -q.end)))
