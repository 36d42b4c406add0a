"""How many devices a text names ("on 8 A100 GPUs", "a single card"), and how many a question asks for."""

import re
from collections.abc import Sequence

from extract.devices import Mention

Range = tuple[int | None, int | None]  # from, to: both inclusive, None where it is open
_SPELLED = {
    "single": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "sixteen": 16, "thirty-two": 32, "sixty-four": 64, "a hundred": 100, "one hundred": 100,
    "hundreds of": 100, "a thousand": 1000, "one thousand": 1000, "thousands of": 1000, "thousand": 1000,
}  # fmt: skip
_FIGURE = rf"(?:\d{{1,3}}(?:,\d{{3}}){{1,2}}|\d{{1,6}}k?|{'|'.join(sorted(_SPELLED, key=len, reverse=True))})"
_TIMES = r"(?:\s?(?:x|×|\\times|\$\\times\$)\s?)"  # "8xA100"
_WITH = r"(?:(?:NVIDIA|AMD|Intel|Google|Huawei|Apple)\s+)?(?:\d+\s?GB?\s+)?(?:NVIDIA\s+)?"  # "8 NVIDIA 80GB A100s"
_AHEAD = re.compile(rf"(?<![\w.,$%-])(?P<count>{_FIGURE})(?P<more>\+)?[\s~-]+{_WITH}$", re.I)
_MULTIPLIED = re.compile(rf"(?<![\w.,$%-])(?P<count>{_FIGURE}){_TIMES}{_WITH}$", re.I)
# Behind the name: "50 GPU-h", "two GPU clusters" ("an 8-GPU node" has eight).
_NO_DEVICE = re.compile(
    r"[\s-]*(?:h|hours?|days?|months?|years?|seconds?|minutes?|memory|ram|kernels?|cores?|threads?|types?|architectures?|"
    r"generations?|vendors?|models?|clusters|nodes|servers|machines|systems)\b",
    re.I,
)
_GROUPS = re.compile(r"\b(?:clusters|nodes|servers|machines|systems)$", re.I)  # of devices, which are not counted
_NAMED = re.compile(
    r"\b(?:nvidia|geforce|gtx|rtx|titan|radeon|amd|rx)\s+$", re.I
)  # "an Nvidia 1080 GPU" is no thousand
_NOUN = r"(?:cards?|devices?|chips?|boards?|accelerators?|machines?|nodes?)"
_SPAN = re.compile(rf"(?P<low>\d+)\s?(?:to|and|-|–)\s?(?P<high>\d+)[\s~-]+{_WITH}$", re.I)
_BOUNDS = tuple(
    (re.compile(rf"(?:{words})\s*(?:about\s+)?$", re.I), side, step)
    for words, side, step in (
        (r"more than|over|above|beyond|exceeding|>", "low", 1),
        (r"at least|no fewer than|no less than|minimum(?: of)?|>=|≥", "low", 0),
        (r"fewer than|less than|under|below|<", "high", -1),
        (r"at most|no more than|up to|maximum(?: of)?|<=|≤", "high", 0),
    )
)
_OPEN = re.compile(r"(?:\s+cards?)?\s*(?:or|and) (?:more|beyond|above|up|several|many)\b", re.I)
_CLOSED = re.compile(r"\s*or (?:fewer|less)\b", re.I)


def _number(words: str) -> int:
    low = " ".join(words.lower().split())
    if low in _SPELLED:
        return _SPELLED[low]
    return int(low.rstrip("k").replace(",", "")) * (1000 if low.endswith("k") else 1)


def count(text: str, mention: Mention) -> int | None:
    """How many of the device a text says where it names it; None where it does not.

    >>> from extract import devices
    >>> [count(t, devices.find(t)[0]) for t in ("on 8 A100 GPUs", "8xA100", "a single GPU", "on GPUs")]
    [8, 8, 1, None]
    """
    if _NO_DEVICE.match(text, mention.end) or _GROUPS.search(mention.text):
        return None
    where = (max(0, mention.start - 40), mention.start)
    found = _AHEAD.search(text, *where) or (None if mention.generic else _MULTIPLIED.search(text, *where))
    return _number(found["count"]) if found and not _NAMED.search(text, 0, found.start()) else None


def asked_for(question: str, hardware: Sequence[tuple[int, int]]) -> tuple[Range, tuple[int, int]] | None:
    """How many devices a question asks for, and where it says so; `hardware` is where it names those.

    >>> asked_for("training on more than 100 GPUs", [(26, 30)])
    ((101, None), (12, 26))
    """
    places = [(start, end) for start, end in hardware if not _NO_DEVICE.match(question, end)]
    places += [m.span() for m in re.finditer(rf"(?<![\w-]){_NOUN}\b", question, re.I)] if places else []
    for start, end in places:
        if span := _SPAN.search(question, 0, start):
            return (int(span["low"]), int(span["high"])), (span.start(), start)
        found = _AHEAD.search(question, 0, start)
        if (
            found
            and not any(a <= found.start() < b for a, b in hardware)
            and not _NAMED.search(question, 0, found.start())
        ):
            number = _number(found["count"])
            before = question[: found.start()]
            if found["more"] or found["count"].lower().endswith(" of") or _OPEN.match(question, end):
                return ((number, None), (found.start(), start)) if number > 1 else None
            if _CLOSED.match(question, end):
                return (None, number), (found.start(), start)
            for words, side, step in _BOUNDS:
                if bound := words.search(before):
                    limit = number + step
                    return ((limit, None) if side == "low" else (None, limit)), (bound.start(), start)
            return (number, number), (found.start(), start)
    return None
