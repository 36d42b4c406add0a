"""Figures of a question that ask for nothing by themselves, and percentages that are levels of quality.

How long the inputs are ("10-minute inputs", "24 kHz audio"), how sparse a network is, what is added or wasted at most
("with less than 10 % overhead"), and a score on a benchmark that is named ("70 % on ImageNet").
"""

import re

from extract.quantities import Quantity
from index import question_words as lexicon
from index.question_bounds import Bounded
from index.question_shares import COMPARED, SHARE
from index.question_words import Said

# What has a length or a rate of its own.
_PLURAL = (
    r"(?:inputs|clips|videos|recordings|songs|tracks|windows|segments|utterances|podcasts|episodes|calls|films|movies|"
    r"conversations|talks|lectures|meetings|excerpts|snippets|sequences|waveforms|signals|horizons|contexts)"
)
_HEARD = r"(?:audio|speech|music|voice|sound|stereo|footage|waveform|signal|recording|microphone|eeg|ecg|imu)"
_CONTENT = re.compile(
    rf"[\s-]*(?:long )?(?:[a-z]+ )?(?:{_PLURAL}|{_PLURAL.replace('s|', '|').replace('s)', ')')}|{_HEARD})\b", re.I
)
_LONG_ONES = re.compile(rf"[\s-]*(?:long )?(?:{_HEARD} )?{_PLURAL}\b", re.I)
_ONE = re.compile(
    r"[\s-]*(?:long )?(?:video|clip|audio|song|speech|recording|footage)(?=\s*(?:$|[,.;?]|in\b|within\b|from\b))", re.I
)  # "a 5 s video in under a minute"
_LENGTH = re.compile(
    rf"\b(?:{_PLURAL}|video|clip|audio|song|speech|recording|footage) of (?:up to |over |about )?$", re.I
)
_TIMED = re.compile(r"\s+(?:latency|delay|limit|budget|deadline|lag|response|rate|processing|inference)\b", re.I)
_SOUND = re.compile(rf"[\s-]*(?:[a-z]+ )?{_HEARD}s?\b", re.I)
_SAMPLED = re.compile(
    rf"\b(?:sampl(?:ed|ing|e)(?: rates?| frequency)?|{_HEARD}s?)\s+(?:at|of|with)\s+(?:(?:about|only)\s+)?$", re.I
)
_SPARSE = re.compile(r"\s*(?:-\s*)?(?:spars|unstructured|2:4|zero|quantile|percentile|confiden)", re.I)
_SPARSE_AT = re.compile(r"\bspars\w+(?: (?:level|ratio|rate|degree)s?)? (?:of|at|is|to)\s*$", re.I)
# What is lost of speed or added: no saving, however small it must be.
_ADDED = re.compile(
    r"\s*(?:of |in |as |for )?(?:(?:extra|additional|run-?time|compute|computational|memory|storage|latency|time|more|"
    r"performance|throughput|training|inference|end-to-end|parameter|cost|energy|relative) )*"
    r"(?:overheads?|slow-?downs?|penalt(?:y|ies))\b|\s*(?:extra|additional|added)\b|"
    r"\s*more (?:parameters|params|memory|compute|flops|latency|time|energy|power|storage|cost)\b|"
    r"\s*(?:slower|costlier|more expensive)\b|"
    r"\s*(?:of (?:[\w-]+ ){1,3})?(?:lost|wasted) (?:to|on|in|by|through)\b",
    re.I,
)
_ADDS = re.compile(
    r"\b(?:overheads?|slow-?downs?|(?:time|speed|latency|memory) penalty|"
    r"slow(?:s|ed|ing)? (?:\w+ )?down|add(?:s|ing|ed)?|"
    r"(?:latency|time|memory|cost|size|energy|compute|power|parameters?) increases?)"
    r"(?: (?:is|are|of|by|that|which|stays?|remains?|kept|at))*\s*$",
    re.I,
)
_WASTED = re.compile(r"\b(?:los(?:e|es|ing|t)|wast(?:e|es|ed|ing))\s*$", re.I)
# What is got right is a level of quality: "recognise at least 90 % of the words", "90 % of the neighbours found".
_RIGHT = re.compile(
    r"\b(?:recogni[sz]|classif|identif|detect|solv|answer|transcrib|localiz|localis)\w*\s+(?:correctly\s+)?"
    r"(?:(?:at least|more than|over|about|no fewer than)\s+)?$",
    re.I,
)
_GOT_RIGHT = re.compile(
    r"\s*of (?:(?:the|all|its|their|true|real|actual)\s+)*(?:[\w-]+\s+){1,2}?(?:(?:are|is|being|still|correctly)\s+)*"
    r"(?:found|recogni[sz]ed|detected|solved|answered|identified|transcribed|correct|right)\b",
    re.I,
)
_BY = re.compile(r"\b(?:by|up|down|faster|than)\s+$", re.I)
_NO_SCORE = re.compile(
    r"\s*(?:labels?|labell?ed|data|images?|samples?|subsets?|training|examples?|pre-?training|classes|spars\w+)\b", re.I
)
_AMOUNT = re.compile(r"\d ?(?:[KMGT]?i?B|m?W|m?J|ms|params|parameters) (?:of )?$")
LEAST_SCORE = 50  # per cent: less is seldom a score that somebody asks for


def of_content(text: str, figure: Quantity) -> bool:
    """Whether a figure tells how long the inputs are, or at which rate sound is sampled.

    >>> from extract.quantities import find
    >>> text = "10-minute inputs in under 10 minutes"
    >>> [of_content(text, figure) for figure in find(text)]
    [True, False]
    """
    if figure.unit.name in ("Hz", "kHz"):
        heard = _SOUND.match(text, figure.end)
        return bool(heard and not _TIMED.match(text, heard.end())) or _SAMPLED.search(text[: figure.start]) is not None
    if figure.unit.family != "time" or figure.unit.name in ("ms", "us", "ns"):
        return False
    behind = (_CONTENT if figure.hyphen else _LONG_ONES).match(text, figure.end)
    if _ONE.match(text, figure.end) or _LENGTH.search(text[: figure.start]):
        return True
    return behind is not None and not _TIMED.match(text, behind.end())


def is_clock(item: Bounded) -> bool:
    """Whether a figure is the clock of a chip, which nobody asks for unless it is bounded: "a 500 MHz ASIC"."""
    return item.figure.unit.name in ("MHz", "GHz") and not item.side


def is_sparsity(text: str, item: Bounded) -> bool:
    """Whether a percentage says how sparse something is: "60 % sparse", "at a sparsity of 60 %"."""
    return bool(_SPARSE.match(text[item.figure.end :]) or _SPARSE_AT.search(text[: item.start]))


def adds(text: str, item: Bounded) -> bool:
    """Whether a figure tells what is added or wasted at most: "less than 10 % overhead", "an overhead below 1 %"."""
    before = text[: item.start]
    behind = _ADDED.match(text, item.end) or _ADDED.match(text, item.figure.end)
    return bool(behind or _ADDS.search(before) or _WASTED.search(before))


def got_right(text: str, figure: Quantity) -> bool:
    """Whether a percentage is of what is got right: "recognise at least 90 % of the words"."""
    said = _RIGHT.search(text[: figure.start]) is not None and SHARE.match(text, figure.end) is not None
    return said or (figure.value >= LEAST_SCORE and _GOT_RIGHT.match(text, figure.end) is not None)


def is_score(text: str, item: Bounded, near: Said | None, *, taken: bool) -> bool:
    """Whether a percentage is a score on a benchmark that is named: "70 % on ImageNet", "a 1 MB model, 99 % LFW".

    `near` are the words of measuring nearest to it; `taken` tells that its clause speaks of less of something.
    """
    figure = item.figure
    if figure.value < LEAST_SCORE or figure.spelled == "part" or figure.mark in ("-", "<") or item.side == "max":
        return False
    named = lexicon.benchmarks().match(text, item.end)
    if named is None or taken or text[figure.start] in "+-" or COMPARED.match(text, figure.end):
        return False
    if _BY.search(text[: item.start]) or _NO_SCORE.match(text, named.end()):
        return False
    touching = near is not None and near.what != "quality" and 0 <= item.start - near.end <= 1
    return not touching or (near is not None and _AMOUNT.search(text[: near.start]) is not None)
