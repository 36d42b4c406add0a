"""Text that is not ours, made safe for the places of a screen that read HTML or Markdown."""

import html
import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def as_markdown(text: str) -> str:
    """Text for a label, which Streamlit reads as Markdown with directives, icons and formulas: shown as it is.

    A word joiner (U+2060, no width) after each colon keeps `:name:` from becoming an icon.

    >>> as_markdown("a*b")
    'a\\\\*b'
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split())).replace("\\:", "\\:\u2060")


def as_html(text: str) -> str:
    """Text for HTML, also within quoted attributes."""
    return html.escape(" ".join(text.split()))
