"""Numbers as texts write them: `64,865`, `12.73T`, `three million`, `two-thirds`, `an order of magnitude`. Plain
functions."""

import re

DIGITS = r"(?:\d{1,3}(?:(?:,|\{,\})\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_POWERS = {
    "k": 1e3,
    "thousand": 1e3,
    "hundred": 1e2,
    "m": 1e6,
    "million": 1e6,
    "mn": 1e6,
    "b": 1e9,
    "g": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "t": 1e12,
    "trillion": 1e12,
    "quadrillion": 1e15,
}
MAGNITUDE = (
    r"(?:\s?(?P<{0}>[kKMBGT])(?![\w%])|[\s-]?(?P<{0}w>(?i:thousand|million|billion|trillion|hundred|"
    r"quadrillion))(?![a-z]))"
)
WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "sixteen": 16,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "thousand": 1000,
}
PARTS = {
    "half": 50.0,
    "third": 100 / 3,
    "quarter": 25.0,
    "fifth": 20.0,
    "sixth": 100 / 6,
    "seventh": 100 / 7,
    "eighth": 12.5,
    "ninth": 100 / 9,
    "tenth": 10.0,
    "twentieth": 5.0,
    "hundredth": 1.0,
    "fourth": 25.0,
}


def digits(text: str) -> float:
    """The value of digits with thousands separators.

    >>> digits("64,865.5")
    64865.5
    """
    return float(text.replace(",", "").replace("{", "").replace("}", ""))


def power(letters: str | None) -> float:
    """What a magnitude word or letter multiplies by; 1.0 for none."""
    return _POWERS[letters.lower()] if letters else 1.0


def rounded(value: float) -> float:
    """A value without the noise of binary arithmetic: fifteen significant digits.

    >>> rounded(10.82 * 1e6)
    10820000.0
    """
    return float(f"{value:.12g}")


WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})(?![a-z])", re.I)
