"""Figures that are no claims whatever the sentence says: thresholds, counts of devices, test statistics, sizes in
compound words."""

import re

from extract.conditions import condition
from extract.context import Sentence
from extract.lexicon import words
from extract.lists import listed_with

_OPERATING = words("settings_operating")
_DEVICE = re.compile(
    r"(?:nvidia|amd|intel|tesla|rtx|gtx|[ahvtpbl]|gh|gpus?|tpus?|cpus?|geforce|quadro|cards?|nodes?|machines?)$", re.I
)
_STATISTIC = words("settings_statistic")


_FOLDS = words("settings_folds")
_ENDS = words("settings_ends")
_LASTING = frozenset(
    [
        "video",
        "videos",
        "clip",
        "clips",
        "generation",
        "setting",
        "settings",
        "window",
        "windows",
        "audio",
        "segments",
        "episodes",
        "long",
        "recordings",
        "context",
        "sequence",
        "sequences",
        "budget",
        "horizon",
        "utterances",
        "speech",
        "interval",
        "intervals",
        "history",
    ]
)
_SIZES = re.compile(
    r"(?:batch ?- ?size|batch|context length|sequence length|seq \. length|window(?: size)?|rank|"
    r"dimension|resolution|patch size|chunk size|group size|length|seed|seeds|block size|horizon|"
    r"order|depth|width) (?:of |= |is )?$"
)


def _plural(s: Sentence, k: int) -> bool:
    """Whether the unit is written in the plural: `13B parameters`, not `a 13B parameter model`."""
    return s.plural_units[k]


_APART = frozenset(
    {
        "of",
        ",",
        ".",
        "(",
        ")",
        ";",
        ":",
        "and",
        "or",
        "in",
        "on",
        "during",
        "while",
        "for",
        "with",
        "memory",
        "vram",
        "ram",
    }
)


def _gpu(after: list[str]) -> bool:
    """Whether a size in bytes is that of a device: `24GB consumer GPUs`, not `8 GB of GPU memory`."""
    for i, word in enumerate(after):
        if word in _APART:
            return False
        if _DEVICE.match(word) and (len(word) > 1 or "".join(after[i + 1 : i + 2]).isdigit()):
            return not any(w in ("memory", "vram", "ram", "usage") for w in after[i + 1 :])
    return False


def _in_set(s: Sentence, place: int) -> bool:
    """Whether a bare number is a member of a set of settings: `with d in {100, 200}`."""
    k = s.places.index(place)
    group = listed_with(s, k)
    first = s.places[group[0]]
    after = s.lows[s.places[group[-1]] + 1 : s.places[group[-1]] + 2]
    named = any(p.first == s.places[group[-1]] + 1 for p in s.measures)
    whole = all(s.figures[g].value == int(s.figures[g].value) and s.figures[g].mark != "+" for g in group)
    return len(group) > 1 and whole and s.lows[first - 1 : first] == ["in"] and not named and after != ["points"]


_MODELS = frozenset({"model", "models", "llm", "llms", "lm", "vlm", "backbone", "network", "transformer", "teacher"})
_LITTLE = frozenset({"just", "only", "merely", "mere", "tiny", "single"})


def _reached(s: Sentence, place: int, unit: str) -> bool:
    """Whether a figure in a compound word is a result all the same: `enables 2M-token prefill`, `just a 0.1M-parameter
    gate`."""
    left = s.lows[max(0, place - 4) : place]
    if unit == "tokens":
        return any(w.startswith(("enabl", "support", "scal", "extend", "reach")) for w in left)
    after = s.lows[place + 1 : place + 4]
    return unit == "params" and bool(_LITTLE.intersection(left[-2:])) and not _MODELS.intersection(after)


def _numbers_an_item(s: Sentence, place: int) -> bool:
    """Whether a bare number counts the items of a list in the sentence: `by 1) pruning and 2) merging`."""
    value = s.figures[s.places.index(place)].value
    if value != int(value) or value > 9 or s.lows[place + 1 : place + 2] != [")"]:
        return False
    return "(" not in s.lows[max(0, place - 12) : place] or ")" in s.lows[max(0, place - 12) : place]


def _owned(s: Sentence, place: int) -> bool:
    """Whether parameters are those of the model that a share is taken of: `1% of the model's 87M parameters`."""
    return place > 0 and (s.lows[place - 1].endswith("'s") or s.lows[place - 2 : place] == ["'", "s"])


def setting(s: Sentence, k: int) -> bool:
    """Whether the sentence's k-th figure is a setting by its form alone."""
    q, place = s.figures[k], s.places[k]
    family = q.unit.family
    before = s.lows[place - 1] if place else ""
    before2 = s.lows[place - 2] if place > 1 else ""
    after = s.lows[place + 1] if place + 1 < len(s.lows) else ""
    if condition(s, k):
        return True
    if q.hyphen and family not in ("factor", "percent", "points") and not _reached(s, place, q.unit.name):
        return True
    if (
        family == "params"
        and q.end - q.start > 4
        and s.words[place]
        and after.isalpha()
        and after not in _ENDS
        and not _plural(s, k)
        and not _reached(s, place, q.unit.name)
    ):
        return True
    if family == "factor" and (after in _FOLDS or (after == "-" and s.lows[place + 2 : place + 3] == ["cross"])):
        return True
    if family == "bare" and (_in_set(s, place) or _numbers_an_item(s, place)):
        return True
    if family == "params" and _owned(s, place):
        return True
    if family == "time" and after in _LASTING and not q.spelled:
        return True
    if family == "length" and q.unit.name == "nm":
        return True
    if (
        family == "bare"
        and q.value == int(q.value)
        and not q.mark
        and q.from_value is None
        and q.value_max is None
        and after.isalpha()
        and after not in _ENDS
        and s.words[place + 1].islower()
        and before not in ("of", "by", "=")
        and not any(p.first <= place + 1 < p.end for p in s.measures)
        and not s.cue_at(place + 1) & {"up", "down", "good", "bad"}
    ):
        return True
    if family == "bytes" and (
        _gpu(s.lows[place + 1 : place + 5]) or (before.isdigit() and len(before) > 2 and _DEVICE.match(before2))
    ):
        return True
    if family == "bare" and _SIZES.search(" ".join(s.lows[max(0, place - 4) : place])):
        return True
    if (
        family == "bare"
        and place
        and s.words[place - 1][0].isupper()
        and not q.mark
        and q.from_value is None
        and not any(p.first <= place - 1 < p.end for p in s.measures)
    ):
        return True
    if family == "factor" and _DEVICE.match(after) and not q.spelled:
        measured = any(p.first <= place + 2 < p.end or p.first == place + 1 < p.end - 1 for p in s.measures)
        return not measured  # `4x A100 GPUs`, not `4x GPU speedup`
    if after in ("ci", "cis", "confidence", "credible", "statistical") or before in ("ci", "confidence"):
        return True
    if (
        family in ("bare", "percent", "points")
        and before in ("at", "@")
        and (after in _OPERATING or before2 in _OPERATING or before2 in ("map", "ap", "recall", "precision"))
    ):
        return True
    if family == "bare" and (
        (before == "=" and before2 in _STATISTIC) or (before in _STATISTIC and q.mark in ("<", ">"))
    ):
        return True
    if family == "bare" and before in (
        "top",
        "layer",
        "layers",
        "epoch",
        "version",
        "section",
        "table",
        "figure",
        "equation",
        "rank",
        "stage",
        "phase",
        "level",
        "chapter",
        "task",
        "type",
        "class",
        "since",
        "year",
        "age",
    ):
        return True
    return (
        family == "bare"
        and after == "-"
        and place + 2 < len(s.lows)
        and s.starts[place + 2] == s.ends[place + 1]
        and s.ends[place] == s.starts[place + 1]
    )
