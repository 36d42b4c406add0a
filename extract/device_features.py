"""What tells whether a figure was measured on a device that its sentence, or one before, names.

Features are numbers by name; those that are 0 may be left out. A list of devices (`Chain`) is looked at as one. What
the rules say (`extract.hardware`) is among them, as `ruled` and `rule score`.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache

import data
from extract import hardware
from extract.context import Sentence
from extract.device_places import Chain, Places, words
from extract.lists import leans_on, listed_with
from extract.quantities import Quantity

Features = dict[str, float]
_UNMEASURED = frozenset({"bare", "count", "params", "tokens", "bits"})  # figures that seldom have a device
_TURNS = frozenset({"while", "whereas", "but", ";", "although", "though"})
_COMPARES = frozenset({"than", "over", "compared", "versus", "vs", "against", "relative", "outperforming", "from"})
_TIMED = frozenset({"speed", "energy", "memory", "compute", "cost"})  # what is measured by running something
_BACK = re.compile(
    r"\b(?:this|the\s+same|these|such\s+an?|the)\s+(?:\w+\s+)?(?:device|platform|hardware|board|machine|processor|"
    r"chip|accelerator|setup|phone|fpga|mcu|microcontroller|system|prototype|implementation|design)s?\b",
    re.I,
)
_PROBLEM = re.compile(r"\b(?:however|existing|previous|prior|current|recent|traditional|challeng\w*)\b")
_SETUP = re.compile(r"\b(?:prototype|testbed|setup|implementation|evaluated|evaluate|evaluation|experiments)\b")
_FIGURE = re.compile(r"\d(?:\.\d+)?\s*(?:x\b|%|ms\b|fps\b)")
_CHIP = re.compile(r"prototyp|simulat|silicon|tape|fabricat|synthesi|rtl|emulat")
_OURS = re.compile(
    r"\b(?:our|the)\s+(?:\w+\s+){0,3}(?:accelerator|chip|design|prototype|implementation|architecture|processor|"
    r"hardware|system)"
)
_VERB = re.compile(r"achiev|deliver|reach|run|outperf|provid|show|is|reduc|consum|draw|process|attain|yield")
_WORD = re.compile(r"[a-z][a-z-]+")
_FAR = 50.0  # stands for "there is none" where words are counted


def stem(word: str) -> str:
    """A stem, roughly: implemented, implementing, implementation -> implement."""
    for tail in ("ation", "ments", "ment", "ing", "ed", "es", "s", "e"):
        if word.endswith(tail) and len(word) - len(tail) >= 4:
            return word[: -len(tail)]
    return word


@cache
def _begins(name: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words(name)))))


def _any(name: str, among: Iterable[str]) -> float:
    """Whether a word begins with one of the beginnings of that list of data/hardware.toml."""
    begins = _begins(name)
    return float(any(begins.match(w) for w in among))


@cache
def _starts() -> dict[str, str]:
    return dict(data.table("hardware.toml")["places"]["starts"])


def features(
    places: Places,
    s: Sentence,
    k: int,
    c: Chain,
    chains: list[Chain],
    *,
    metric: str,
    kind: str,
    ruled: Collection[str],
) -> Features:
    """Features of the k-th figure of a sentence having been measured on a chain of devices.

    `chains` are those of the figure's sentence, `metric` and `kind` the claim's, `ruled` the devices that the rules
    give it.
    """
    out = _of_both(places, s, k, c, chains, metric, kind, ruled)
    if c.start == s.start:
        out |= _here(places, s, k, c, chains, metric, kind)
    else:
        out |= _before(places, s, k, c, chains, metric)
    return out


def _of_both(
    places: Places, s: Sentence, k: int, c: Chain, chains: list[Chain], metric: str, kind: str, ruled: Collection[str]
) -> Features:
    q, place, row = s.figures[k], s.places[k], listed_with(s, k)
    head, tail = c.mentions[0], c.mentions[-1]
    after = places.plain[tail.end : tail.end + 24]
    before = places.plain[max(c.start, head.start - 80) : head.start]
    mine = any(m.text in ruled for m in c.mentions)
    others = {n for m in places.mentions for n in m.names} - c.names
    near = s.lows[max(0, place - 8) : place + 8]
    opening = words("opening")
    return {
        f"metric {metric}": 1.0,
        f"kind {kind}": 1.0,
        f"unit {q.unit.family}": 1.0,
        f"class {c.cls}": 1.0,
        f"lead {c.lead}": 1.0,
        f"next {c.following}": 1.0,
        "timed": float(metric in _TIMED),
        "general": float(c.generic),
        "devices of the list": min(len(c.mentions), 4),
        "led by did": _any("did", (c.led_by,)),
        "led by could": _any("could", (c.led_by,)),
        "led by train": _any("trains", (c.led_by,)),
        "led by comparison": float(c.led_by in _COMPARES),
        "opens": float(c.opens),
        "based": float(c.based),
        "sentence at": s.number / max(1, s.of - 1),
        "last sentence": float(s.number == s.of - 1),
        "times named": min(4, sum(bool(c.names & set(m.names)) for m in places.mentions)),
        "only device": float(not others),
        "other devices": min(5, len(others)),
        "named devices": min(4, sum(not m.generic for m in places.mentions)),
        "lists here": min(4, len(chains)),
        "named here": sum(not o.generic for o in chains),
        "led here": sum(o.lead in opening for o in chains),
        "figures": min(8, len(s.figures)),
        "listed": len(row),
        "part": float(hardware.PART.match(after) is not None),
        "measure follows": float(hardware.MEASURE.match(after) is not None),
        "led": float(hardware.LED.search(before) is not None),
        "rival": float(hardware.RIVAL.search(before) is not None),
        "theirs": float(hardware.THEIRS.search(before) is not None),
        "future": float(hardware.FUTURE.search(before) is not None),
        "counted": float(hardware.COUNTED.search(before) is not None),
        "compound": float(before[-1:] == "-"),
        "ruled": float(mine),
        "ruled another": float(bool(ruled) and not mine),
        "ruled any": float(bool(ruled)),
        "trains near": _any("trains", near),
        "serves near": _any("serves", near),
        "compares behind": float(not _COMPARES.isdisjoint(s.lows[place + 1 : place + 10])),
        "trains": _any("trains", s.lows),
        "respectively": float("respectively" in s.lows),
    }


def _here(places: Places, s: Sentence, k: int, c: Chain, chains: list[Chain], metric: str, kind: str) -> Features:
    """Of a chain in the figure's own sentence."""
    own, lows = s.places[k], s.lows
    after = c.first > own
    place = s.places[listed_with(s, k)[-1]] if after else own  # what follows a list of figures belongs to all of them
    low, high = (place, c.first) if after else (c.last, place)
    between = lows[low + 1 if after else low : high]
    inner = [i for i, at in enumerate(s.places) if low < at < high and i != k and _measured(s.figures[i])]
    timed = sum(s.figures[i].unit.family in ("time", "rate") for i in inner)
    rest = [o for o in chains if o is not c]
    far = [abs((o.first if o.first > own else o.last) - own) for o in rest]
    figures = [at for i, at in enumerate(s.places) if i != k and _measured(s.figures[i])]
    steps = [c.first - at if at < c.first else at - c.last for at in figures]
    before = lows[max(0, c.first - 12) : c.first]
    distance = min(40, len(between))
    return {
        "after": float(after),
        "words between": distance,
        "words on": distance if after else -distance,
        "figures between": min(5, len(inner)),
        "like figures between": sum(s.figures[i].unit.family == s.figures[k].unit.family for i in inner),
        "times between": timed,
        "no times between": len(inner) - timed,
        "lists between": sum(low <= o.first and o.last <= high for o in rest),
        "commas": between.count(","),
        "semicolons": between.count(";") + between.count(":"),
        "turns": sum(w in _TURNS for w in between),
        "ands": between.count("and"),
        "brackets open": between.count("("),
        "brackets close": between.count(")"),
        "clauses": min(6, abs(s.clauses[min(c.first, len(lows) - 1)] - s.clauses[place])),
        "compares": float(not _COMPARES.isdisjoint(between)),
        "compares near": float(after and not _COMPARES.isdisjoint(lows[max(place, c.first - 9) : c.first])),
        "ings": sum(w.endswith("ing") and len(w) > 5 for w in between),
        "did between": sum(_begins("did").match(w) is not None for w in between),
        "could between": _any("could", between),
        "trains between": _any("trains", between),
        "leaning": float(after and bool(inner) and _leaning(s, k, inner)),
        "nearer lists": sum(d < abs((c.first if after else c.last) - own) for d in far),
        "nearest other list": min(far, default=_FAR),
        "list after": float(any(o.first > own for o in rest)),
        "list before": float(any(o.first < own for o in rest)),
        "other led": float(any(o.lead in words("opening") for o in rest)),
        "nearer figures": sum(d < len(between) for d in steps),
        "figure to the left": min((c.first - at for at in figures if at < c.first), default=_FAR),
        "figure to the right": min((at - c.last for at in figures if at >= c.last), default=_FAR),
        "device at": c.first / max(1, len(lows)),
        "words before": min(20, c.first),
        "ends": float(len(lows) - c.last <= 2),
        "could before": _any("could", before),
        "did before": _any("did", before),
        "trains before": _any("trains", before),
        "subject": float(c.first <= 3),
        "verb follows": float(c.last < len(lows) and _VERB.match(lows[c.last]) is not None),
        "rule score": hardware.score(places.plain, s, k, c.mentions[0], metric, kind),
    }


def _measured(q: Quantity) -> bool:
    return q.unit.family not in _UNMEASURED


def _leaning(s: Sentence, k: int, inner: list[int]) -> bool:
    """Whether the figures up to the device lean on this one: `3x on short and 2.5x on long texts on X`."""
    return all((source := leans_on(s, i)) is not None and source >= k for i in inner)


def _before(places: Places, s: Sentence, k: int, c: Chain, chains: list[Chain], metric: str) -> Features:
    """Of a chain in a sentence before."""
    said = places.plain[c.start : c.end].lower()
    at = c.mentions[0].start - c.start
    inside = [m for m in places.mentions if c.start <= m.start < c.end]
    between = [m for m in places.mentions if c.end <= m.start < s.start]
    spoken = _WORD.findall(said)
    stems = {stem(w) for w in spoken}
    near = _WORD.findall(said[:at])[-12:]
    back = next(n for n in range(1, s.number + 1) if places.spans[s.number - n][0] == c.start)
    return {
        "back": back,
        f"start {_starts().get(s.lows[0], 'other')}": 1.0,
        "ran": float(not stems.isdisjoint(words("ran"))),
        "made": float(not stems.isdisjoint(words("made"))),
        "did before": _any("did", near),
        "could before": _any("could", near),
        "trains before": _any("trains", near),
        "said trains": _any("trains", spoken),
        "placed": float(c.lead in words("opening")),
        "we": float("we" in spoken[:6]),
        "problem": float(_PROBLEM.search(said) is not None),
        "setup": float(_SETUP.search(said) is not None),
        "said figures": len(_FIGURE.findall(said)),
        "said words": len(spoken),
        "later": len(between),
        "later named": sum(not m.generic for m in between),
        "of its sentence": min(5, len(inside)),
        "last of its sentence": float(inside[-1] in c.mentions),
        "first of its sentence": float(inside[0] in c.mentions),
        "again here": float(any(o.names & c.names for o in chains)),
        "class here": float(any(o.cls == c.cls for o in chains)),
        "points back": float(_BACK.search(places.plain[s.start : s.end]) is not None),
        "begins pointing back": float(hardware.points_back(places.plain, s)),
        "carried": float(any(m in c.mentions for m in hardware.carried(places.plain, s, places.found, metric=metric))),
        "built": float(_CHIP.search(said) is not None),
        "ours": float(_OURS.search(said) is not None),
        "device at": at / max(1, len(said)),
        "begins comparing": float(not _COMPARES.isdisjoint(s.lows[:4])),
        "figure at": s.places[k] / max(1, len(s.lows)),
    }
