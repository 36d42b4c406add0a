"""Figures in a text: values, ranges, pairs `from A to B`, units and signs, with exact spans. Plain functions over
strings.

All functions take plain text (`plain.plain`), in which LaTeX and typography are already replaced in place.
"""

import re
from math import isfinite

from extract.joined import join
from extract.numerals import NUMBER, single
from extract.quantity import Quantity
from extract.sentences import has_one
from extract.spelled import spelled_figures

__all__ = ["Quantity", "find"]


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
_SKIP_SIGNS = ("/", "[", "O(", ":", "20", "19")
_CROSS = re.compile(r"[\dkK]\s*[x*]\s*\d")  # in every _DIMENSION, and quickly looked for
_DIGIT = re.compile(r"\d")


def _masked(text: str) -> str:
    """The text with what only looks like figures (sizes such as 3x3, addresses, dates) replaced by underscores."""
    masked = text
    if has_one(text, _ADDRESS_SIGNS):
        masked = _ADDRESS.sub(lambda m: "_" * len(m[0]), masked)
    if _CROSS.search(masked):
        masked = _DIMENSION.sub(lambda m: "_" * len(m[0]), masked)
    if has_one(text, _SKIP_SIGNS) and _DIGIT.search(text):
        masked = _SKIP.sub(lambda m: "_" * len(m[0]), masked)
    return masked


def find(text: str) -> list[Quantity]:
    """All figures of a plain text, in order, not overlapping.

    >>> [(q.value, q.value_max, q.unit.name) for q in find("5-12x faster and 40% less")]
    [(5.0, 12.0, 'x'), (40.0, None, '%')]
    """
    masked = _masked(text)
    found = (
        [q for m in NUMBER.finditer(masked) if (q := single(masked, m)) is not None] if _DIGIT.search(masked) else []
    )
    found += spelled_figures(masked)
    found = [q for q in found if isfinite(q.value)]  # three hundred digits in a row are no figure
    if not found:
        return []
    return join(masked, sorted(found, key=lambda q: (q.start, -q.end)))
