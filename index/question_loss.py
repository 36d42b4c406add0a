"""The largest loss of quality that a question allows: "at most 1 % of accuracy given up", "keep 95 % of the score"."""

import re

from index import question_words as lexicon
from index.answer import MaxLoss
from index.question_bounds import Bounded
from index.question_words import Said

_LOST = re.compile(
    r"\s*(?:(?:top-?[15]|average|mean|relative|absolute|final) )?"
    r"(?:loss|drop|degradation|penalty|damage|deterioration|acc(?:uracy)?\.? (?:loss|drop|hit|penalty))\b",
    re.I,
)
_LOSING = re.compile(
    r"\b(?:los(?:e|es|ing|t)|giv(?:e|es|ing) up|sacrific(?:e|es|ing)|forfeit(?:s|ing)?)\s+"
    r"(?:(?:no|not) more than|no worse than|at most|less than|fewer than|under|below|up to|only|just|within|<=?)?\s*$",
    re.I,
)
_LOSS_AT = re.compile(
    r"\b(?<!packet )(?<!data )(?<!path )(?<!heat )(?<!power )(?<!signal )(?<!training )(?<!information )"
    r"(?:drops?|loss|degradation)(?: (?:of|is|stays?|at))*\s*$",
    re.I,
)
_LOST_BEHIND = re.compile(
    r"\s*(?:is |are )?(?:lost|given up|sacrificed|worse)(?=\s*(?:$|[,.;?!)]|than\b|and\b|on\b|in\b))|"
    r"\s*(?:below|under|behind) (?:the |its |their )?(?:teacher|full|dense|original|baseline|fp16|fp32|bf16)\b",
    re.I,
)
_BEHIND = re.compile(r"\s*behind (?:the |its |their )?(?:teacher|full|dense|original|baseline|fp16|fp32|bf16)\b", re.I)
_NO_WORSE = re.compile(r"n(?:o|ot) worse than\b", re.I)
_THAN = re.compile(r"\s*(?:below|behind|under|lower|less|off|from|than|points? (?:below|behind|under))\b", re.I)
_LESS_OF_IT = re.compile(r"\s*(?:of |in )?(?:the |its )?(?:[\w@-]+ ){1,2}(?:less|lower|worse)\b(?! than\b)", re.I)
_OF_WHOLE = re.compile(
    r"\s*of (?:the |its |their )?(?:fp16|fp32|bf16|float\w*|full[ -]precision|dense|teacher|original|uncompressed|"
    r"unpruned|unquanti[sz]ed)\b",
    re.I,
)
_ERRORS = re.compile(r"perplexity|ppl|wer|error|fid|hallucination")
_OF_QUALITY = re.compile(
    r"\s*of (?!.{0,20}\b(?:peak|theoretical|hardware|native|roofline)\b)(?:[\w'-]+ ){0,3}?"
    r"(?:accuracy|quality|performance|scores?|perplexity|bleu|f1|psnr|miou)\b",
    re.I,
)
# "at 95 % quality": nothing but a whole model's own has a quality in per cent; "60 % CIFAR-10 accuracy" is a level.
_AS_WHOLE = re.compile(
    r"\s*(?:quality|(?-i:[A-Z])[\w.-]+(?:'s)? (?:quality|performance))\b"
    r"(?! (?:gain|improve|boost|increase|better|score|loss|drop|higher|per\b))",
    re.I,
)
_QUALITY = re.compile(r"\s*(?:quality|performance)\b", re.I)
WHOLE, MOST = 80, 90  # per cent: less of "quality" or of a measure ("accuracy") is no loss
_RECALL = re.compile(r"\s*recall\b", re.I)
_LOST_OF = re.compile(r"\s*(?:of|in)\b", re.I)
SMALL = 20  # more of what is not said to be lost is none, per cent or points
_DROP_OF = re.compile(r"\s*(?:in|of)\s+", re.I)
_LOSS_CUT = re.compile(r"[,;.?!]\s|\b(?:and|but|while|on|for|with)\b", re.I)
FAR = 12  # characters between "drop in" and the word of what drops: "the inference "


def _drop_of_another(text: str, end: int, said: list[Said]) -> bool:
    """Whether what drops, named behind "drop in", is no quality: "an 80 percent drop in VRAM"."""
    if named := _DROP_OF.match(text, end):
        return any(s.what != "quality" and 0 <= s.start - named.end() < FAR for s in said)
    return False


def _signed(text: str, item: Bounded, said: list[Said]) -> bool:
    """Whether a sign tells that quality falls: "accuracy -0.5%", "perplexity +1%"."""
    ahead = [s for s in said if s.rank < 2 and 0 <= item.figure.start - s.end <= 2]
    if item.figure.value > SMALL:
        return False
    bare = not any(text[s.end : item.figure.start].isspace() for s in ahead)
    if bare and item.figure.mark == "-" and _named_behind(text, item):
        return not _ERRORS.match(text[item.figure.end :].lstrip().lower())  # "-1% top-1"
    ahead = [s for s in ahead if s.what == "quality"]
    if not ahead:
        return False
    rises = text[: item.figure.start].endswith("+") or text[item.figure.start] == "+"
    return rises if _ERRORS.search(ahead[-1].words) else item.figure.mark == "-"


def _touched(text: str, item: Bounded, said: list[Said]) -> bool:
    """Whether words of another measure than quality touch the figure, and none of quality: "FLOPs -55%"."""
    behind = [s for s in said if s.rank < 2 and 0 <= s.start - item.end <= 1]
    ahead = [s for s in said if s.rank < 2 and 0 <= item.start - s.end <= 1]
    if item.figure.mark == "-" and ahead:
        behind = []  # "FLOPs -55% mAP drop 1 point"
    if not behind and not (item.figure.mark == "-" and ahead) and _named_behind(text, item):
        ahead = []  # "1.5x throughput <=0.5% acc drop"
    beside = {s.what for s in behind + ahead}
    return bool(beside - {"cost"}) and "quality" not in beside  # "costs 1 % of accuracy"


def _named_behind(text: str, item: Bounded) -> bool:
    """Whether a word of quality stands right behind the figure: "half the tokens 95% performance kept"."""
    behind = re.compile(r"\s*").match(text, item.figure.end)
    return behind is not None and lexicon.phrases("loss", "quality").match(text, behind.end()) is not None


def _reached(text: str, item: Bounded) -> bool:
    """Whether a figure is a level to be reached: "FID no worse than 10", not "no worse than 1 % below fp16"."""
    if not _NO_WORSE.match(text, item.start) or _THAN.match(text, item.figure.end):
        return False
    return item.figure.value > SMALL or _ERRORS.search(text[: item.start].lower()) is not None


def _unnamed(text: str, item: Bounded, said: list[Said]) -> bool:
    """Whether words of losing alone tell that quality is meant: "losing at most 1 %", "drop <1 point"."""
    if item.figure.value > SMALL or _LOST_OF.match(text, item.end):
        return False
    before = text[: item.start]
    if _LOSING.search(before):
        return True
    if item.side != "max":
        return False
    if _LOST_BEHIND.match(text, item.end) or (item.figure.mark == "-" and item.figure.unit.name == "points"):
        return True
    at = _LOSS_AT.search(before)
    return at is not None and not any(0 <= at.start() - s.end <= 1 for s in said if s.rank < 2 and s.what != "quality")


def _near_whole(text: str, item: Bounded, said: list[Said]) -> bool:
    """Whether a figure is how near one stays to the whole model: "within 1 point of fp16"."""
    if item.figure.value > SMALL or not text[item.start : item.figure.start].lower().startswith("within"):
        return False
    others = [s for s in said if s.what != "quality" and not s.rank]
    if any(0 <= s.start - item.end < 40 or 0 <= item.start - s.end <= 1 for s in others):
        return False  # "within 5 % of the original speed"
    points = item.figure.unit.name == "points" and _LOST_OF.match(text, item.end)
    return bool(points or _OF_WHOLE.match(text, item.end))


def largest_loss(text: str, item: Bounded, others: list[Bounded], said: list[Said]) -> MaxLoss | None:
    """The largest loss that a figure allows, when words of quality and of losing or keeping stand beside it.

    Nearer than any of the `others`, the figures of the question.
    """
    unit = item.figure.unit.name
    if unit == "dB" and (_LOSS_AT.search(text[: item.start]) or _LOST.match(text, item.figure.end)):
        return MaxLoss(item.figure.value, "points")  # "a PSNR drop below 0.5 dB"
    if unit not in ("%", "points") or item.figure.value > 100:
        return None
    if item.figure.spelled == "part" and unit == "%":
        return None
    if _near_whole(text, item, said) or _signed(text, item, said):
        return MaxLoss(item.figure.value, unit)
    if _touched(text, item, said) or _reached(text, item):
        return None
    signed = item.figure.unit.family == "points" and item.side == "max" and item.figure.mark == "-"
    if signed or (item.figure.value <= SMALL and _BEHIND.match(text, item.figure.end)):
        return MaxLoss(item.figure.value, unit)  # "10x smaller, -2 points max", "1 % behind the teacher"
    span = (max(0, item.start - 45), item.end + 45)
    span = (max([span[0], *(o.end for o in others if o.end <= item.start)]), span[1])
    span = (span[0], min([span[1], *(o.start for o in others if o.start >= item.end)]))
    first = max((m.end() for m in _LOSS_CUT.finditer(text[span[0] : item.start])), default=0)
    rest = _LOSS_CUT.search(text[item.end : span[1]])
    window = text[span[0] + first : item.end + rest.start() if rest else span[1]]
    lost = _LOST.match(text, item.end) or _LOST.match(text, item.figure.end)  # "1 % drop at most": both bound it
    if lost and not _drop_of_another(text, lost.end(), said):
        return MaxLoss(item.figure.value, unit)
    if unit == "%" and item.figure.value >= WHOLE and item.side != "max" and _AS_WHOLE.match(text, item.figure.end):
        return MaxLoss(round(100 - item.figure.value, 6), unit)
    if not lexicon.phrases("loss", "quality").search(window):
        return MaxLoss(item.figure.value, unit) if _unnamed(text, item, said) else None
    if item.figure.value <= SMALL and _LESS_OF_IT.match(text, item.end):
        return MaxLoss(item.figure.value, unit)
    if _RECALL.match(text, item.end):
        return None  # "keep 90 % recall": of a search it is a level
    if item.figure.value < WHOLE and lexicon.phrases("loss", "losing").search(window):
        return MaxLoss(item.figure.value, unit)
    if re.search(r"\bwithin\b", window, re.I) and item.figure.value <= SMALL:
        return MaxLoss(item.figure.value, unit)
    if unit == "%" and item.figure.value >= 80 and _OF_QUALITY.match(text, item.end):
        return MaxLoss(round(100 - item.figure.value, 6), unit)
    of_whole = _LOST_OF.match(text, item.figure.end) or _QUALITY.match(text, item.figure.end)
    least = 50 if of_whole else MOST
    if unit == "%" and item.figure.value >= least and lexicon.phrases("loss", "keeping").search(window):
        return MaxLoss(round(100 - item.figure.value, 6), unit)
    return None


def words_of_loss(text: str, figures: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where the words of quality, of losing and of keeping stand beside a figure; `figures` are the figures' places."""
    found = [
        m.span() for name in ("quality", "losing", "keeping") for m in lexicon.phrases("loss", name).finditer(text)
    ]
    beside = lambda span: any(span[0] - end < 25 and start - span[1] < 25 for start, end in figures)  # noqa: E731
    return [span for span in found if beside(span)]
