"""One figure written in digits: its value, sign, magnitude and unit, and where a figure may begin. Plain functions."""

import re

from extract.numbers import DIGITS, MAGNITUDE, digits, power, rounded
from extract.quantity import Quantity
from extract.units import BARE, FACTOR, Unit, unit_at

NUMBER = re.compile(
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
_SCIENTIFIC = re.compile(r"e|\s*[x*]\s*10\s*\^?")  # `3e-4`, `3 x 10^-4`, `3 x 10-4`
_CURRENCIES = {"€": "EUR", "£": "GBP", "¥": "JPY"}
_DECADE = re.compile(r"(?:19|20)\d0")


def left_ok(text: str, start: int) -> bool:
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


def single(text: str, found: re.Match[str]) -> Quantity | None:
    """The figure at a match of `_NUMBER`, with its unit; None where the digits belong to a name."""
    start = found.start("digits")
    first = found.start("cross") if found["cross"] else found.start("money") if found["money"] else start
    marks = ((found["mark"] or "") + (found["mark2"] or "")).replace(" ", "").replace("=", "")
    if not left_ok(text, first):
        if marks[-1:] in "-+~<>" and marks and left_ok(text, found.start()):
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
    known = unit_at(text, end)
    if found["plus"] is None and end < len(text) and (text[end].isalpha() or text[end] == "_") and not known:
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
    elif known is not None and (not found["money"] or known[0].family in ("rate", "money")):
        unit, end, hyphen = known
    if unit.family == "params" and not magnitude and value < 1000 and unit.name == "params":
        unit = BARE if value != int(value) else unit
    return Quantity(
        begin, end, rounded(value), unit, mark=mark, plus=bool(found["plus"]), magnitude=bool(magnitude), hyphen=hyphen
    )


def scale_of(text: str, q: Quantity) -> float:
    """What the magnitude letter or word of a figure multiplies by."""
    found = NUMBER.search(text, q.start, q.end + 12)
    return power(found["mag"] or found["magw"]) if found else 1.0
