"""Whether a part of something is what is left or what is saved: "half the memory" against "half of it is pruned"."""

import re

from extract.quantities import Quantity
from index.question_bounds import clause_around

_HEDGES = r"(?:(?:only|just|a|about|over|under|below|more|less|than|at|most|least|up|to|nearly)\s+)*$"
_HEDGES_AFTER_VERB = r"(?:(?:only|just|a|about|over|more|than|at|least|nearly)\s+)*$"
_LESS = re.compile(
    r"\b(?:less|fewer|lower|cut|cuts|cutting|reduc\w*|sav\w+|shrink\w*|by|smaller|drop\w*|slash\w*|trim\w*|off|shorter|"
    r"faster|cheaper|quicker|more|higher|removed?|gone|away)\b",
    re.I,
)
_LESS_OF = re.compile(
    r"\b(?:less|fewer|lower|smaller|cut\w*|reduc\w*|sav\w+|shr[aiu]nk\w*|short\w*|drop\w*|slash\w*|trim\w*|"
    r"remov\w*|eliminat\w*|avoid\w*|skip\w*|rid of|down)\b",
    re.I,
)
_SAVING = r"(?:reductions?|cuts?|savings?|drops?|decreases?|declines?)"
_BY = re.compile(rf"\b(?:by|sav\w+|another|{_SAVING} (?:of|by))\s+{_HEDGES}", re.I)
COMPARED = re.compile(
    rf"\s*(?:less|fewer|lower|smaller|shorter|cheaper|off|faster|more|(?:the )?{_SAVING})\b", re.I
)  # "a two-thirds cut"
_REMOVING = (
    r"(?:cut\w*|remov\w*|drop\w*|prun\w*|skip\w*|discard\w*|eliminat\w*|evict\w*|omit\w*|avoid\w*|shed\w*|shav\w+|trim\w*|"
    r"delet\w*|(?:throw|leav|tak|filter)\w* (?:away|out|off)|g[eo]t\w* rid of)"
)
_SAVED = re.compile(rf"\b(?:sav\w+|reduc\w*|by|{_REMOVING})(?!\w)[^,;]*$", re.I)
_KEPT = re.compile(rf"\b(?:keep\w*|kept|retain\w*|leav(?:e|es|ing))\s+{_HEDGES}", re.I)
_DOWN = re.compile(rf"\bdown\s+(?!.*\b(?:to|in)\b){_HEDGES}", re.I)  # "down a third", not "down to a third"
_REMOVED_PART = re.compile(rf"\b{_REMOVING}\s+{_HEDGES_AFTER_VERB}", re.I)
# Behind a share: "90% of the weights are pruned".
_REMOVED_SHARE = re.compile(
    r"\s*of (?:(?:the|all|its|their|our)\s+)*(?:(?!kept|left|retained|remain)[\w-]+\s+){1,3}?"
    r"(?:(?:is|are|was|were|get|gets|being|been|can|could|be|to|just|simply)\s+)*"
    r"(?:pruned|removed|dropped|skipped|discarded|eliminated|evicted|omitted|deleted|saved|shaved|shed|cut|gone|"
    r"(?:thrown|left|filtered|taken) (?:away|out|off))\b(?! (?:to|down to)\b)",
    re.I,
)
_REDUCED_TO = re.compile(rf"\b(?:to|in)\s+{_HEDGES}", re.I)
# What one takes a share of: nobody asks for a change of 10 % in "10 % labels".
_SHARED = re.compile(
    r"\s*(?:labell?ed |annotated |training )?(?:labels?|data|samples|examples|annotations|tokens)\b|"
    r"\s*(?:(?:trainable|tunable|learnable|updated|tuned|trained) (?:parameters|weights)|"
    r"(?:parameters|params|weights) (?:trained|tuned|updated))\b",
    re.I,
)
_REMOVED = re.compile(rf"\b{_REMOVING}(?!\w)", re.I)
SHARE = re.compile(r"\s*(?:of|as (?:much|many|large|big)|the)\b", re.I)
_KEEP = re.compile(
    rf"\b(?:only|just|uses?|using|needs?|needing|with|on|takes?|at(?!\s+(?:least|most))|below|under|within)\s+{_HEDGES}",
    re.I,
)
_BARE_NOUN = re.compile(r"\s*(?:the |of )?(?:\w+\s?){0,2}$")


def is_share(text: str, figure: Quantity) -> bool:
    """Whether a percentage or part is what is left ("half the memory", "cut to a third"), not what is saved."""
    before, after = text[max(0, figure.start - 30) : figure.start], text[figure.end : figure.end + 40]
    if _REMOVED_SHARE.match(text, figure.end):
        return False
    if figure.spelled == "part":
        removed = _BY.search(before) or _DOWN.search(before) or _REMOVED_PART.search(before)
        return not (removed or COMPARED.match(after))
    if COMPARED.match(after):
        return False  # "in 30 % fewer steps"
    if SHARE.match(after) and (_KEPT.search(before) or not _SAVED.search(before)):
        return True
    if _REDUCED_TO.search(before):
        return True
    if _SHARED.match(after):
        clause = text[slice(*clause_around(text, figure.start, figure.end))]
        return not (figure.mark == "-" or _LESS.search(clause) or _REMOVED.search(clause))
    return bool(_KEEP.search(before) and _BARE_NOUN.match(after) and not _LESS.search(after))


def takes_away(clause: str) -> bool:
    """Whether a clause speaks of less of something: "cut by 30 %", "discards half the frames"."""
    return _LESS_OF.search(clause) is not None or _REMOVED.search(clause) is not None
