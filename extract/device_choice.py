"""Which devices a figure was measured on: learned from abstracts annotated for that alone. A wrong device is worse than
none, which is what a figure gets where nothing is probable.

For each list of devices in the figure's sentence and in those shortly before, boosted regression trees (Friedman,
"Greedy function approximation", 2001) over the features of `extract.device_features` say how probable it is that the
figure was measured there. The rules of `extract.hardware` are among the features. The trees are made by `python -m
extract.learn.devices` and hold no text.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import data
from extract import hardware
from extract.context import Sentence
from extract.device_features import features
from extract.device_places import FAR, Chain, Places, chains_of, resolved
from extract.devices import Mention
from extract.lists import listed_with

FILE = "device_model.json"
_NOWHERE = frozenset({"data", "tokens", "communication"})  # these are never told of a device

_NEEDED = frozenset({"required", "needed", "used", "consumed", "requires", "needs", "uses", "consumes"})


@dataclass(frozen=True, slots=True)
class Tree:
    """A regression tree: where `feature[i]` >= 0 its value decides between `left[i]` (at most `value[i]`) and
    `right[i]`; else `value[i]` is the answer. `mean[i]` is the mean answer below node i."""

    feature: Sequence[int]
    value: Sequence[float]
    left: Sequence[int]
    right: Sequence[int]
    mean: Sequence[float]


@dataclass(frozen=True, slots=True)
class Model:
    """The log odds of a figure having been measured on a list of devices are `start` and the trees' sum; `least` is the
    probability from which on the best list is taken, `more` that for a further one."""

    names: tuple[str, ...]
    trees: tuple[Tree, ...]
    start: float
    least: float
    more: float

    def row(self, found: Mapping[str, float]) -> list[float]:
        """The values of the features that the model knows, in its order."""
        return [found.get(name, 0.0) for name in self.names]

    def probability(self, found: Mapping[str, float]) -> float:
        row, total = self.row(found), self.start
        for tree in self.trees:
            feature, value, left, right = tree.feature, tree.value, tree.left, tree.right
            i = 0
            while (f := feature[i]) >= 0:
                i = left[i] if row[f] <= value[i] else right[i]
            total += value[i]
        return 1.0 / (1.0 + math.exp(-total))

    def reasons(self, found: Mapping[str, float], *, top: int = 6) -> list[tuple[str, float]]:
        """What each feature adds to the log odds on the way through the trees, the most first."""
        row: list[float] = self.row(found)
        added: dict[str, float] = defaultdict(float)
        for tree in self.trees:
            i = 0
            while (f := tree.feature[i]) >= 0:
                following = tree.left[i] if row[f] <= tree.value[i] else tree.right[i]
                added[self.names[f]] += tree.mean[following] - tree.mean[i]
                i = following
        ranked = sorted(added.items(), key=lambda p: (-abs(p[1]), p[0]))
        return [(f"{name}={found.get(name, 0.0):g}", round(weight, 4)) for name, weight in ranked[:top]]


@cache
def load() -> Model:
    """The model of data/device_model.json. Raises FileNotFoundError when the installation lacks it."""
    return model(json.loads(data.text(FILE)))


def model(stored: dict[str, Any]) -> Model:
    """A model from its stored form. Raises KeyError when that lacks a part."""
    trees = tuple(Tree(t["feature"], t["value"], t["left"], t["right"], t["mean"]) for t in stored["trees"])
    return Model(tuple(stored["names"]), trees, stored["start"], stored["least"], stored["more"])


@dataclass(frozen=True, slots=True)
class Option:
    """A list of devices that a figure may have been measured on: which of them, and the features for it."""

    chain: Chain
    devices: tuple[Mention, ...]
    features: dict[str, float]


@dataclass(frozen=True, slots=True)
class Told:
    """What a figure may have been measured on, by the rules, and what is taken of it, the most probable first."""

    options: Sequence[Option]
    ruled: tuple[str, ...]
    taken: Sequence[tuple[Option, float]]

    @property
    def devices(self) -> tuple[Mention, ...]:
        return devices(self.taken)


def told(places: Places, s: Sentence, k: int, *, metric: str, kind: str, barred: tuple[int, int] | None) -> Told:
    """What the k-th figure of a sentence was measured on; `barred` are the words of what it is held against. Where the
    sentence begins with `on this device`, and for `80% at 3 ms on an X`, the rules are followed."""
    if not places.mentions or metric in _NOWHERE:
        return Told((), (), ())
    by_rules = hardware.told(places.plain, s, k, places.found, metric=metric, kind=kind, barred=barred)
    ruled = tuple(m.text for m in by_rules)
    chains = [c for c in chains_of(places, s) if not _barred(places.plain, s, k, c, kind)]
    earlier = [c for back in range(1, min(FAR, s.number) + 1) for c in places.chains(s.number - back)]
    found = [
        Option(c, _given(places, s, k, c), features(places, s, k, c, chains, metric=metric, kind=kind, ruled=ruled))
        for c in [*chains, *earlier]
    ]
    by_rule = hardware.points_back(places.plain, s) or (metric == "quality" and _at_speed(s, k))
    sure = [(o, 1.0) for o in found if by_rule and {*by_rules} & {*o.devices}][:1]
    return Told(found, ruled, sure or chosen(found, load()))


def _at_speed(s: Sentence, k: int) -> bool:
    """Whether quality is told with the time that it takes on the device that follows: `80% top-1 at 3 ms on X`."""
    if k + 1 >= len(s.places) or s.figures[k + 1].unit.family not in ("time", "rate"):
        return False
    between = s.lows[s.places[k] + 1 : s.places[k + 1]]
    return between[-1:] == ["at"] and "," not in between


def _barred(plain: str, s: Sentence, k: int, c: Chain, kind: str) -> bool:
    """Whether a chain is not the figure's whatever else is said: `3x faster than an X`, `3x the speed of an X`, `3 ms
    without an X`, or, of a fraction, what the whole was measured on: `15% of the energy needed on an X`."""
    whole = kind == "fraction" and not _NEEDED.isdisjoint(s.lows[s.places[k] + 1 : c.first])
    before = plain[max(s.start, c.mentions[0].start - 70) : c.mentions[0].start]
    return whole or any(said.search(before) for said in (hardware.RIVAL, hardware.MULTIPLE_OF, hardware.DENIED))


def chosen(found: Sequence[Option], by: Model) -> list[tuple[Option, float]]:
    """The options that are taken, each with its probability, the most probable first."""
    ranked = sorted(((by.probability(o.features), -i) for i, o in enumerate(found)), reverse=True)
    least = [by.least, *[by.more] * len(ranked)]
    return [(found[-i], p) for (p, i), enough in zip(ranked, least, strict=False) if p > enough]


def devices(taken: Sequence[tuple[Option, float]]) -> tuple[Mention, ...]:
    """The devices of the options that were taken, each once, in the order of the text."""
    out: list[Mention] = []
    for option, _ in taken:
        out += [m for m in option.devices if not any({*m.names} & {*o.names} for o in out)]
    return tuple(sorted(out, key=lambda m: m.start))


def _given(places: Places, s: Sentence, k: int, c: Chain) -> tuple[Mention, ...]:
    """The mentions of a chain that can be the figure's: of `A and B on X and Y, respectively` the one in its place."""
    found = list(c.mentions)
    if len(found) > 1 and (turn := _turn(s, k, len(found))) is not None:
        found = [found[turn]]
    return tuple(resolved(places, found))


def _turn(s: Sentence, k: int, wanted: int) -> int | None:
    """The place of a figure in a row of the wanted length, where the sentence says that rows go together."""
    row = listed_with(s, k)
    slashed = len(row) == wanted and "/" in s.lows[s.places[row[0]] : s.places[row[-1]]]
    if not slashed and not {"respectively", "respective"} & set(s.lows):
        return None
    if len(row) != wanted:
        row = [i for i, f in enumerate(s.figures) if f.unit.family == s.figures[k].unit.family]
    return row.index(k) if len(row) == wanted else None
