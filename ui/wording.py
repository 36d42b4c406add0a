"""Text from pages and figures, as a terminal can show them."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a page must not steer the terminal


def plain(text: str) -> str:
    """Text on one line, without control characters."""
    return _CONTROL.sub("", " ".join(text.split()))


def number(value: float) -> str:
    """A figure without needless digits: 2.50 -> 2.5, 12730000000000 -> 12.73T."""
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if abs(value) >= size:
            return f"{value / size:.4g}{letter}"
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def times(factor: float) -> str:
    """A factor: `1.97x`, `3.6x`, `120x`."""
    if factor >= 100:
        return f"{number(round(factor))}x"
    return f"{factor:.{2 if factor < 2 else 1}f}".rstrip("0").rstrip(".") + "x"


def span(low: float, high: float) -> str:
    """`1.97–3.6x`, or one figure where both ends read alike."""
    return times(high) if times(low) == times(high) else f"{times(low)[:-1]}–{times(high)}"
