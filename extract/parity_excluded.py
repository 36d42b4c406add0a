"""Sentences that sound like parity of quality and state none: aims, plans, wishes, parity of cost, a figure of
their own."""

import re
from functools import cache

import data

AIM = re.compile(
    r"\b(?:aim\w*|in order to|need\w*|goal|challeng\w*|how to|want\w*|crucial|essential|important|"
    r"strive\w*|seek\w*|attempt\w*|designed to|required? to|desir\w*|must|difficult\w*|hard|question|"
    r"whether|while aiming|promis\w*|ideal\w*|should|objective|critical|try|tries|problem|can we|"
    r"motivat\w*|tailored|focus\w*)\b"
)
NOT_QUALITY = re.compile(
    r"\b(?:efficien|latenc|speed|throughput|memor|complexit|flops|cost|budget|guarantee|programmab|"
    r"generality|privacy|overhead|storage|resource|size|semantic|structur|diversity|bandwidth|"
    r"interpretab|flexib|scalab|simplicity|portab|parameter|compute|training time|inference time|"
    r"runtime)\w*"
)
SURE = frozenset(
    {"proposal", "opening", "within"}
)  # reasons that stand by themselves; the others are what a learned part weighs
_COMPETITIVE = frozenset({"competitive", "competitive-with", "keeps"})
_WITH_FIGURE = frozenset({"small-loss", "small-quality-loss", "negligible", "sacrificing-little", "keeps", "matches"})
_LED_BY = r"(?:of\s+|by\s+|only\s+|just\s+|about\s+|around\s+|up to\s+|less than\s+|at most\s+|under\s+|below\s+)*"
_HAS_FIGURE = re.compile(
    r"\s*(?:rates?\s*)?(?:\([^()\d]{1,12}\)\s*)?(?:,\s*)?"
    rf"(?:\(\s*(?:(?:fid|fvd|psnr|ssim|wer|ppl|map|miou|auc|f1):?\s+)?{_LED_BY}[~<>+-]?\s*\d|"
    rf"(?:of|by)\s+{_LED_BY}[~<>+-]?\s*\d|"
    r"(?:[^,;.]{0,60}\s)?to\s+within\s+[~<]?\s*\d|within\s+[~<]?\s*\d)"
)
# `latency on par with`, `memory at levels comparable to`: what is equal is no quality
_EQUAL_COST = re.compile(
    r"\b(?:latenc(?:y|ies)|speeds?|throughput|efficiency|costs?|consumption|usage|footprint|runtimes?|overheads?|time|size)\s+"
    r"(?:(?:(?:to|at)\s+)?(?:levels?\s+)?|(?:is|are|remains?|that\s+is|that\s+are)\s+)$"
)
_WISH = re.compile(
    r"\b(?:aim(?:s|ing|ed)?\s+(?:to|for|at)|in order to|so as to|fail(?:s|ed|ing)?\s+to|"
    r"struggl\w+\s+to|need(?:s|ed)?\s+(?:to|for)|need\s+for|how\s+to|goal|challeng\w*|"
    r"difficult\w*|hurdles?|limitations?\s+in|crucial|critical(?:ly)?\s+(?:to|for|need|challenge|"
    r"issue)|essential|demands?\b|strive\w*|seek\w*|attempt\w*|must|should|desir\w*|motivat\w*|emphasis|hard to|"
    r"important\s+to|"
    r"require[sd]?\s+to|necessary|question|whether|cannot|can't|unable\s+to|not\s+able\s+to|hoping|"
    r"try(?:ing)?\s+to|expected\s+to|trade-?offs?\s+between|(?:techniques|methods|approaches|"
    r"strategies|designs?)\s+for)\b"
)
_PLAN = re.compile(r"\b(?:evaluate|explor\w+|investigat\w+|stud(?:y|ies)|examine|objectives?)\b")
_PROPOSED = re.compile(
    r",\s+(?:(?:in\s+)?this\s+(?:paper|work|article),?\s+)?(?:we\s+)?(?:propos|introduc|present|develop)"
)
_ABLE = re.compile(
    r"\b(?:able|shown|found|managed|manages|proven|proved|continues?|enough|sufficient|suffices|"
    r"needed|required|observed|known|demonstrated|helps?|allow\w*|enabl\w*)\s+(?:\w+\s+){0,3}?to\s*$"
)
_RESULT = re.compile(r"\b(?:show|demonstrat|find|found|reveal|observ|achiev|result|confirm|indicat|verif|validat)\w*\b")


@cache
def quality_words() -> re.Pattern[str]:
    """The words for quality, with up to two words before them."""
    return re.compile(rf"(?:(?:[\w@./-]+\s+){{0,2}})\b{data.table('parity.toml')['words']['quality']}\b")


def excluded(sentence: str, start: int, end: int, rules: set[str], *, figures: bool) -> str | None:
    """Why words that look like parity, in a plain sentence in lower case, may be none (an aim, a loss that has a
    figure, mere competitiveness); None where nothing speaks against them. `rules`: those that found them."""
    rules = {rule for rule in rules if not rule.endswith("-any")}  # the broad ones tell nothing
    said, before, after = sentence[start:end], sentence[:start], sentence[end:]
    opening = ("maintaining", "preserving", "retaining", "keeping", "achieving")
    if start == 0 and said.startswith(opening) and not figures:
        return "opening"
    if after[:1] == "-" and after[1:2].isalpha() and "matches-rival" not in rules:  # `precision-critical`
        return "hyphen"
    if rules <= {"comparable-to", "on-par", "close", "competitive-with"} and _EQUAL_COST.search(before):
        return "cost"
    if sentence.startswith("to ") and _PROPOSED.search(after):
        return "proposal"
    if "competitive" in said and rules <= _COMPETITIVE:
        return "competitive"
    if (figure := _HAS_FIGURE.match(after)) and rules & _WITH_FIGURE:
        return "within" if "within" in figure[0] else "figure"
    clause = before[max(before.rfind(";"), before.rfind(". "), before.rfind(":"), 0) :]
    close = clause[clause.rfind(",") + 1 :][-50:]
    if rules <= _COMPETITIVE and NOT_QUALITY.search(close) and not quality_words().search(close + said):
        return "cost"  # `reduces memory to levels comparable to`
    return _no_result(said, before, after, clause, rules, figures=figures)


def _no_result(said: str, before: str, after: str, clause: str, rules: set[str], *, figures: bool) -> str | None:
    """Whether it is wished for or planned rather than reported."""
    results = [m.end() for m in _RESULT.finditer(clause)]
    near = clause[results[-1] :] if results else clause
    if _WISH.search((near + said[:4])[-110:]) and not _ABLE.search(clause):
        return "wish"
    if _WISH.search(after[:60]) and not figures:
        return "wish-behind"
    if not figures and not results and _PLAN.search(before):
        return "plan"
    kept = rules & {"keeps", "equal-quality", "quality-kept"}
    return "to" if before.endswith("to ") and kept and not _ABLE.search(before) and not figures else None
