"""The words that carry a claim: a substring of its text of at most thirty words, with the figure and what is
measured."""

from extract.context import FIGURE, Sentence

LONGEST = 30


def quote(text: str, s: Sentence, first: int, end: int) -> tuple[int, int]:
    """Offsets of a quote that covers the words [first, end) of a sentence, shortened to thirty words around the middle.

    Widened word by word, within the section, while the same words stand more than twice in the text.
    """
    first, end = max(0, first), min(len(s.words), end)
    while end - first > 1 and s.lows[first] in (",", ";", ":", "and", ")", "-", ".", "or", "/"):
        first += 1
    while end - first > 1 and s.lows[end - 1] in (
        ",",
        ";",
        ":",
        "and",
        "(",
        "-",
        ".",
        "by",
        "of",
        "the",
        "a",
        "to",
        "in",
    ):
        end -= 1
    start, stop = s.starts[first], s.ends[end - 1]
    return widened(text, start, stop)


def widened(text: str, start: int, stop: int) -> tuple[int, int]:
    """The span, made longer on both sides while its words stand more than twice in the text or begin inside a word."""
    while text.count(text[start:stop]) > 2 and (start > 0 or stop < len(text)):
        start = max(0, text.rfind(" ", 0, max(0, start - 1)) + 1) if start > 0 else 0
        if stop < len(text):
            following = text.find(" ", stop + 1)
            stop = len(text) if following < 0 else following
    return start, stop


def around(s: Sentence, place: int, chosen: tuple[int, int] | None) -> tuple[int, int]:
    """The words from the figure to what it measures, a word of lead before, at most thirty; [first, end)."""
    first, end = place, place + 1
    if chosen is not None and abs(chosen[0] - place) < LONGEST - 6:
        first, end = min(first, chosen[0]), max(end, chosen[1])
    while (
        first > 0 and place - first < 4 and s.lows[first - 1] not in (",", ";", ":", "(", ")", FIGURE, "and", "while")
    ):
        first -= 1
    while (
        end < len(s.words)
        and end - place < 4
        and s.lows[end] not in (",", ";", ":", "(", ")", ".", FIGURE, "and", "while")
    ):
        end += 1
    while end - first > LONGEST - 4:
        if place - first > end - place:
            first += 1
        else:
            end -= 1
    return first, end
