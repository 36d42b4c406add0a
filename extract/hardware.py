"""Which device of a sentence, or of the one before, a figure was measured on. A wrong device is worse than none."""

import re

from extract.context import FIGURE, Sentence, word_at
from extract.devices import Mention

_PLACE = frozenset({"on", "using", "with", "for", "from", "in", "across", "onto", "to", "at", "per", "under", "via", "over", "of", "and"})
_ON = re.compile(r"\b(?:on|using|with|for|across|onto|per|in|under|via|through|by|to)\s+(?:(?:an?|the|one|two|four|eight|single|our|both|modern|different|same|multiple|various|real|real-world|actual|target|commodity|\d+|x|~|-|of)\s+|\d+x?\s*)*\(?$", re.I)
_RIVAL = re.compile(r"\b(?:than|over|versus|vs\.?|against|compared\s+(?:to|with)|relative\s+to|outperform\w*|surpass\w*|exceed\w*|beat\w*|baselines?\s+on)\s+(?:[\w'.+-]+\s+){0,4}?$", re.I)
_SETS = re.compile(r"\b(?:on|using|with|across|deploy\w*|implement\w*|evaluat\w*|measur\w*|test\w*|run\w*|experiment\w*|conducted)\b", re.I)
_BACK = re.compile(r"\b(?:on|using|with)\s+(?:this|the\s+same|the|that|both|these|such)\s+(?:\w+\s+)?(?:device|platform|hardware|board|gpu|machine|processor|chip|accelerator|system|setup|phone|fpga|mcu)s?\b", re.I)
_FLOPS = re.compile(r"\bper\s+$", re.I)


def places(plain: str, s: Sentence, mentions: list[Mention]) -> list[Mention]:
    """The mentions of a sentence that can be where a figure was measured: not a rival's device, not a part of a name."""
    out = []
    for m in mentions:
        if not (s.start <= m.start and m.end <= s.end):
            continue
        before = plain[max(s.start, m.start - 60) : m.start]
        if _RIVAL.search(before) and not _ON.search(before):
            continue
        if _RIVAL.search(before[: before.rfind(" on ") + 1]) and before.rstrip().endswith((" on", " on an", " on the", " on a")):
            continue
        out.append(m)
    return out


def devices_for(
    plain: str, s: Sentence, k: int, here: list[Mention], *, metric: str, kind: str, last: bool
) -> list[Mention]:
    """The devices of the sentence that the k-th figure was measured on; [] where the sentence does not tie one to it."""
    place = s.places[k]
    q = s.figures[k]
    tied: list[tuple[float, Mention]] = []
    for m in here:
        score = _score(plain, s, place, q.start, q.end, m, metric)
        if score > 0:
            tied.append((score, m))
    if not tied:
        return []
    paired = _paired(plain, s, k, here)
    if paired is not None:
        return [paired]
    tied.sort(key=lambda t: -t[0])
    best = tied[0]
    together = [m for score, m in tied if m is best[1] or _coordinated(plain, best[1], m, here) and score > best[0] - 1.2]
    return sorted(together, key=lambda m: m.start)


def _score(plain: str, s: Sentence, place: int, start: int, end: int, m: Mention, metric: str) -> float:
    at = word_at(s, m.start)
    before = plain[max(s.start, m.start - 40) : m.start]
    led = _ON.search(before) is not None
    if m.start >= end:
        between = s.lows[place + 1 : at]
        score = 2.0 if led else 0.4
        score -= sum(0.9 for w in between if w == FIGURE)
        score -= sum(0.7 for w in between if w in (";",))
        score -= sum(0.45 for w in between if w in (",", "while", "whereas", "but"))
        score -= sum(0.1 for w in between if w in ("and", "("))
        score -= 0.03 * len(between)
        if metric == "quality":
            score -= 1.0
    else:
        between = s.lows[at:place]
        opens = at <= 4 or plain[s.start : m.start].strip().lower().startswith(("on ", "using ", "with ", "implemented", "evaluated", "deployed", "running", "tested", "when ", "experiments", "under "))
        score = 1.9 if led or opens else 0.5
        score -= sum(0.15 for w in between if w == FIGURE)
        score -= sum(0.25 for w in between if w in (";", "while", "whereas", "but"))
        score -= 0.01 * len(between)
        if not led and not opens:
            score += 0.5 if at < place else 0.0
        if metric == "quality":
            score -= 1.5
    return score


def _coordinated(plain: str, a: Mention, b: Mention, here: list[Mention]) -> bool:
    """Whether two mentions stand in one list: `Raspberry Pi 4, Pixel 6 and Y`."""
    first, second = (a, b) if a.start < b.start else (b, a)
    gap = plain[first.end : second.start]
    if re.fullmatch(r"\s*(?:,|and|or|/|&|,\s*and|\(|with|CPU|GPU|\s|,?\s*and\s+(?:an?|the|bespoke|custom))*\s*", gap):
        return True
    return any(m.start >= first.end and m.end <= second.start and m not in (a, b) for m in here) and len(gap) < 90 and "." not in gap and ";" not in gap


def _paired(plain: str, s: Sentence, k: int, here: list[Mention]) -> Mention | None:
    """`A and B on X and Y, respectively`, `A/B on X/Y`: the device in the figure's own place."""
    run = [k]
    while run[0] > 0 and _near(s, run[0] - 1, run[0]):
        run.insert(0, run[0] - 1)
    while run[-1] + 1 < len(s.places) and _near(s, run[-1], run[-1] + 1):
        run.append(run[-1] + 1)
    if len(run) < 2:
        return None
    after = [m for m in here if m.start >= s.figures[run[-1]].end]
    if len(after) == len(run) and all(_coordinated(plain, a, b, here) for a, b in zip(after, after[1:], strict=False)):
        slash = "/" in plain[s.figures[run[0]].end : s.figures[run[1]].start]
        if "respectively" in s.lows or slash:
            return after[run.index(k)]
    return None


def _near(s: Sentence, a: int, b: int) -> bool:
    between = s.lows[s.places[a] + 1 : s.places[b]]
    return s.figures[a].unit.family == s.figures[b].unit.family and bool(between) and len(between) < 4 and all(w in (",", "and", "or", "/", "&") for w in between)


def carried(plain: str, s: Sentence, before: Sentence | None, mentions: list[Mention], *, metric: str) -> list[Mention]:
    """The devices of the sentence before where this one points back to them (`on this device`)."""
    if before is None or metric == "quality":
        return []
    said = plain[s.start : s.end]
    if not _BACK.search(said):
        return []
    inside = [m for m in mentions if before.start <= m.start and m.end <= before.end and not m.generic]
    return inside[-1:]
