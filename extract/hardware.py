"""Which device of a sentence, or of the one before, a figure was measured on, by rules: what `extract.device_choice`
starts from."""

import re
from itertools import pairwise

from extract.context import Sentence, word_at
from extract.devices import Mention, device
from extract.lists import listed_with

LED = re.compile(
    r"\b(?:on|using|with|across|onto|per|under|via|atop)\s+(?:(?:an?|the|one|two|three|four|eight|"
    r"sixteen|single|our|both|modern|different|up\s+to|over|more\s+than|as\s+few\s+as|low-end|mid-range|existing|"
    r"same|multiple|various|several|real|real-world|actual|target|commodity|commercial|standard|"
    r"popular|consumer-grade|low-power|entry-level|high-end|just|only|"
    r"machine|server|node|workstation|with|of|[\d,]+[kK]?|x|~|-)\s+|\d+x?\s*)*\(?$",
    re.I,
)
# `on server-class boards (X)`: the device itself stands in brackets behind what it is
_IN_BRACKETS = re.compile(r"\b(?:on|using|across|onto)\s+(?:[\w-]+\s+){1,5}\((?:e\.g\.,?\s*|an?\s+)?$", re.I)
# `CPU latency of 3 ms`, `a 2x GPU speedup`: the class is said of what is measured
MEASURE = re.compile(
    r"\s+(?:inference|latenc(?:y|ies)|speed-?ups?|throughput|run-?time|execution|acceleration|decoding|serving|"
    r"training(?!\s+(?:hours?|days?|time|memory)\b))\b",
    re.I,
)
# a general name opens a sentence or clause: `in a large cluster, ...`, `applied to a systolic array, ...`
_IN = re.compile(r"(?:^|[.;]\s|,\s|\bapplied\s|\bwhen\s+\w+\s)\s*(?:in|to)\s+(?:an?|the)\s+$", re.I)
DENIED = re.compile(
    r"\b(?:without|no|not|instead\s+of|rather\s+than)\s+(?:(?:an?|any|the|\w+al|using|needing)\s+){0,3}$", re.I
)
RIVAL = re.compile(
    r"\b(?:than|over|versus|vs\.?|against|compared\s+(?:to|with)|relative\s+to|outperform\w*|"
    r"surpass\w*|exceed\w*|beat\w*)\s+(?:(?:the|an?|both|existing|state-of-the-art|other|its|"
    r"equivalent)\s+)*$",
    re.I,
)
# `4.8x the throughput of an X`, `half the energy of an X`: the X is the measure's, not where the figure was taken,
# but for `72% of the peak of an X`
MULTIPLE_OF = re.compile(
    r"(?:\d\s*(?:x|×|times|-?\s?fold|%(?:\s+of)?)|\b(?:twice|thrice|double|triple|half|third|quarter|fifth|tenth)(?:\s+of)?)"
    r"\s+(?:the|its|as\s+much)\s+(?:(?!peak|theor|max|roofline|limit)[\w-]+\s+){0,3}of\s+(?:(?:an?|the|existing|typical|comparable|single|one)\s+)*$",
    re.I,
)
THEIRS = re.compile(
    r"\b(?:than|over|versus|vs\.?|against|compared\s+(?:to|with)|"
    r"relative\s+to)\s+[\w'.+-]+(?:\s+[\w'.+-]+){0,3}\s+on\s+(?:an?\s+|the\s+)?$",
    re.I,
)
FUTURE = re.compile(
    r"\b(?:enabl|allow|facilitat|suitab|deploy|ideal|feasib|practical|making|design|tailor|support|"
    r"viab|fit|potential|applicab)\w*\s+(?:[\w-]+\s+){0,5}$",
    re.I,
)
_SET = re.compile(r"\b(?:on|using|with|across|onto|for|target\w*)\b.{0,40}$", re.I | re.S)
_TRIED = re.compile(
    r"\b(?:implement|deploy|evaluat|experiment|measur|test|run|conduct|benchmark|port|prototyp|"
    r"demonstrat|achiev|show|validat|profil|optimi[sz]|require|train|accelerator|design|map|"
    r"execut)\w*\b",
    re.I,
)
PART = re.compile(
    r"\s*-?\s*(?:utili[sz]ation|memory|cycles?|hours?|usage|time|cores?\b|kernels?|baselines?|"
    r"implementations?|resources?|vendors?|programming|libraries|library|counterparts?|solutions?|"
    r"days?|performance|overhead|architectures?|cache|bandwidth|version|code|power)\b",
    re.I,
)
_MEASURED = frozenset({"speed", "energy", "memory", "compute", "cost"})
_UNTIED = frozenset({"quality", "parameters", "storage"})  # a device in the sentence seldom belongs to these
_NOWHERE = frozenset({"data", "tokens", "communication"})  # and never to these
_NEEDED = frozenset({"required", "needed", "used", "consumed", "requires", "needs", "uses", "consumes"})
NO_DEVICE = re.compile(r"^(?:a |one )?(?:single )?(?:machine|node|device|platform)s?$", re.I)
_BACK = re.compile(
    r"\b(?:on|using|with)\s+(?:this|the\s+same|these|such\s+an?)\s+(?:\w+\s+)?(?:device|platform|"
    r"hardware|board|gpu|machine|processor|chip|accelerator|setup|phone|fpga|mcu|system)s?\b",
    re.I,
)
_OPENERS = (
    "on ",
    "using ",
    "with ",
    "implemented",
    "evaluated",
    "deployed",
    "running",
    "tested",
    "when ",
    "under ",
    "in ",
    "across ",
    "evaluations on",
    "experiments",
    "executed",
)


def told(
    plain: str,
    s: Sentence,
    k: int,
    mentions: list[Mention],
    *,
    metric: str,
    kind: str,
    barred: tuple[int, int] | None,
) -> list[Mention]:
    """The devices that the rules give the k-th figure of a sentence; `barred` are the words of what it is held
    against."""
    here = places(plain, s, mentions, barred)
    found = devices_for(plain, s, k, here, metric=metric, kind=kind)
    if (not found and not here) or points_back(plain, s):
        found = carried(plain, s, mentions, metric=metric)
    return resolved(plain, found, mentions)


def places(plain: str, s: Sentence, mentions: list[Mention], barred: tuple[int, int] | None) -> list[Mention]:
    """The mentions of a sentence that can be where a figure was measured: not a rival's, not a part of another word."""
    out: list[Mention] = []
    for m in mentions:
        if not (s.start <= m.start and m.end <= s.end):
            continue
        before = plain[max(s.start, m.start - 70) : m.start]
        if NO_DEVICE.search(m.text) or RIVAL.search(before) or DENIED.search(before):
            continue
        listed = bool(out) and _coordinated(plain, out[-1], m, [])
        if m.generic and not listed and not _says_where(plain, m, before):
            continue
        if barred is not None and s.starts[barred[0]] <= m.start and m.end <= s.ends[barred[1] - 1]:
            continue
        out.append(m)
    return [m for m in out if not _explained(plain, m, out)]


_CARRIER = re.compile(r"\b(?:platforms?|boards?|systems?|drones?|robots?|phones?)$", re.I)
_EXPLAINS = re.compile(
    r"\s*(?:,|\(|:|,?\s*such\s+as|,?\s*like|,?\s*including|,?\s*i\.e\.,?|,?\s*namely|,?\s*specifically|"
    r"\((?:e\.g\.|i\.e\.),?|(?:equipped|powered|fitted)\s+(?:with|by)|with)\s*(?:the|an?|one|its)?\s*(?:[A-Z]\w+\s+)?",
)


def _says_where(plain: str, m: Mention, before: str) -> bool:
    """Whether a general name is a place of measurement: `on a GPU`, `GPU latency`, not `GPU memory`, `for GPUs`."""
    after = plain[m.end : m.end + 16]
    if MEASURE.match(after):
        return re.search(r"[GC]PU$", m.text) is not None
    return not PART.match(after) and (LED.search(before) or _IN.search(before)) is not None


def _explained(plain: str, m: Mention, others: list[Mention]) -> bool:
    """Whether a general name is followed by the device itself: `an embedded platform, the X`, `edge hardware such as
    X`."""
    if not m.generic and not _CARRIER.search(m.text):
        return False
    return any(
        o.start > m.end
        and not o.generic
        and re.fullmatch(
            _EXPLAINS,
            plain[m.end : o.start],
        )
        for o in others
    )


def devices_for(plain: str, s: Sentence, k: int, here: list[Mention], *, metric: str, kind: str) -> list[Mention]:
    """The devices of the sentence that the k-th figure was measured on; [] where the sentence does not tie one to
    it."""
    if metric in _NOWHERE:
        return []
    if (paired := _paired(plain, s, k, here)) is not None:
        return [paired]
    scored = [(points, m) for m in here if (points := score(plain, s, k, m, metric, kind)) > 0]
    if not scored:
        return []
    _, best = max(scored, key=lambda t: (t[0], -t[1].start))
    together = [m for m in here if m is best or _coordinated(plain, best, m, here)]
    return sorted(together, key=lambda m: m.start)


def score(plain: str, s: Sentence, k: int, m: Mention, metric: str, kind: str) -> float:
    """How well a mention of the sentence fits its k-th figure; 0 or less where it does not."""
    last = listed_with(s, k)[-1]  # what follows a list of figures belongs to all of them
    q, place = (s.figures[last], s.places[last]) if m.start >= s.figures[last].end else (s.figures[k], s.places[k])
    at = word_at(s, m.start)
    before = plain[max(s.start, m.start - 60) : m.start]
    led = (LED.search(before) or (not m.generic and _IN_BRACKETS.search(before))) is not None
    if m.start >= q.end:
        between = s.lows[place + 1 : at]
        if FUTURE.search(before) and ("," in between or "and" in between):
            return 0.0
        if kind == "fraction" and any(w in _NEEDED for w in between):
            return 0.0  # `15% of the energy needed on a CPU`: the whole's device
        score = 2.1 if led or MEASURE.match(plain[m.end : m.end + 16]) else 0.5
        score -= sum(
            0.8
            for f, p in zip(s.figures, s.places, strict=True)
            if place < p < at and f.unit.family != "bare" and f.unit.family != "count"
        )
        score -= sum(1.2 for w in between if w == ";")
        score -= sum(0.4 for w in between if w in (",", "while", "whereas", "but"))
        score -= 0.02 * len(between)
        if THEIRS.search(before):
            score -= 0.9
        if metric == "quality" and _at_speed(s, place, at):
            return score
        return score - 1.6 if metric in _UNTIED else score
    between = s.lows[at:place]
    opens = at <= 3 or (
        plain[s.start : s.start + 16].lower().startswith(_OPENERS) and not any(p < at for p in s.places)
    )
    if opens:
        score = 2.0
    elif any(
        p < at and at - p < 9
        for p, f in zip(s.places, s.figures, strict=True)
        if f.unit.family not in ("bare", "count", "params", "tokens")
    ):  # it belongs to the figure before it
        goes_on = any(a == "," and b.endswith("ing") for a, b in pairwise(between))  # `..., achieving 3x`
        score = 1.2 if place - at < (16 if goes_on else 8) else 0.0
    else:
        score = 1.4 if led else 0.9
    score -= sum(0.3 for w in between if w in (";", "while", "whereas", "but"))
    return score - (1.8 if metric == "quality" else 2.1 if metric in _UNTIED else 0.0)


def _at_speed(s: Sentence, place: int, at: int) -> bool:
    """Whether quality is told together with the time it takes on the device: `80% top-1 at 3 ms on X`."""
    between = s.lows[place + 1 : at]
    if any(w in (";", "while", "whereas", "but", ",") for w in between):
        return False
    figures = [f for f, p in zip(s.figures, s.places, strict=True) if place < p < at]
    return any(f.unit.family in ("time", "rate") for f in figures) and any(w in ("at", "with", "in") for w in between)


def _coordinated(plain: str, a: Mention, b: Mention, here: list[Mention]) -> bool:
    """Whether two mentions stand in one list: `a Pi 4, a Pixel 6 and an X`."""
    first, second = (a, b) if a.start < b.start else (b, a)
    inside = sorted((m for m in here if first.end <= m.start and m.end <= second.start), key=lambda m: m.start)
    at = first.end
    for m in [*inside, second]:
        if not re.fullmatch(
            r"\s*(?:,|/|&|\band\b|\bor\b|\b(?:an?|the|bespoke|custom|one|even)\b|\d+x?|CPUs?|GPUs?|\s|"
            r"\([^()]{0,24}\))*\s*",
            plain[at : m.start],
        ):
            return False
        at = m.end
    return True


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
    if len(after) == len(run) and all(_coordinated(plain, a, b, here) for a, b in pairwise(after)):
        slash = "/" in plain[s.figures[run[0]].end : s.figures[run[1]].start]
        if "respectively" in s.lows or slash:
            return after[run.index(k)]
    return None


def _near(s: Sentence, a: int, b: int) -> bool:
    between = s.lows[s.places[a] + 1 : s.places[b]]
    return (
        s.figures[a].unit.family == s.figures[b].unit.family
        and bool(between)
        and len(between) < 4
        and all(w in (",", "and", "or", "/", "&") for w in between)
    )


def carried(plain: str, s: Sentence, mentions: list[Mention], *, metric: str) -> list[Mention]:
    """The devices that the sentence before sets for this one; [] for quality, and where it names none as a place."""
    if s.before is None or metric not in _MEASURED:
        return []
    start, end = s.before
    said = plain[start:end]
    if points_back(plain, s):
        named = [m for m in mentions if start <= m.start and m.end <= end and not m.generic]
        return named[-1:]
    if not _TRIED.search(said):
        return []
    inside = [
        m
        for m in mentions
        if start <= m.start
        and m.end <= end
        and (not m.generic or _used(plain[start : m.start], m))
        and _SET.search(plain[max(start, m.start - 50) : m.start])
        and not RIVAL.search(plain[max(start, m.start - 70) : m.start])
        and not PART.match(plain[m.end : m.end + 16])
    ]
    if not inside or (len(inside) > 1 and not all(_coordinated(plain, a, b, inside) for a, b in pairwise(inside))):
        return inside[-1:] if inside and LED.search(plain[max(start, inside[-1].start - 50) : inside[-1].start]) else []
    return inside


COUNTED = re.compile(r"\b(?:\d+|two|four|eight|sixteen|thirty-two|hundreds\s+of|thousands\s+of)\s*(?:x\s*)?$", re.I)
_RAN = re.compile(
    r"\b(?:evaluat|experiment|train|run|test|implement|deploy|measur|benchmark|conduct|prototyp)\w*\b", re.I
)


def _used(before: str, m: Mention) -> bool:
    """Whether a general name is what something ran on: with its count, `we evaluate on 128 GPUs`, or something rarer
    than a GPU, `a prototype on an FPGA`."""
    if not re.search(r"[GC]PUs?$", m.text) and _RAN.search(before) and LED.search(before[-50:]):
        return True
    return COUNTED.search(before) is not None and _RAN.search(before) is not None and m.text.endswith("s")


def resolved(plain: str, found: list[Mention], mentions: list[Mention]) -> list[Mention]:
    """`the edge device` becomes the device named before it, where the text names one of that class."""
    out: list[Mention] = []
    for m in found:
        if (
            m.generic
            and not re.search(r"[GC]PUs?$", m.text)
            and re.search(r"\b(?:the|this|same)\s+$", plain[max(0, m.start - 8) : m.start], re.I)
        ):
            kinds = {device(n).cls for n in m.names} | {n.lower() for n in m.names}
            earlier = [
                o
                for o in mentions
                if o.end <= m.start
                and not o.generic
                and (o.text.lower().endswith(m.text.lower()) or kinds & {device(n).cls for n in o.names})
            ]
            ending = [o for o in earlier if o.text.lower().endswith(m.text.lower())]
            m = (ending or earlier or [m])[-1]
        if m not in out:
            out.append(m)
    return out


def points_back(plain: str, s: Sentence) -> bool:
    """Whether a sentence points back to the device of the sentence before: `on this device`."""
    return _BACK.search(plain[s.start : s.start + 60]) is not None
