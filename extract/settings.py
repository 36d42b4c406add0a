"""Figures that are no claims whatever the sentence says: thresholds, counts of devices, test statistics, sizes in compound words."""

import re

from extract.context import Sentence

_OPERATING = frozenset("fpr fnr far frr iou specificity sensitivity confidence ci fdr tpr fppi recall precision overlap".split())
_DEVICE = re.compile(r"(?:nvidia|amd|intel|tesla|rtx|gtx|[ahvtpbl]|gh|gpus?|tpus?|cpus?|geforce|quadro|cards?|nodes?|machines?)$", re.I)
_STATISTIC = frozenset("p n k r z t d q m b l c h w beta alpha lambda epsilon delta gamma sigma tau seed level threshold temperature".split())


def setting(s: Sentence, k: int) -> bool:
    """Whether the sentence's k-th figure is a setting by its form alone."""
    q, place = s.figures[k], s.places[k]
    family = q.unit.family
    before = s.lows[place - 1] if place else ""
    before2 = s.lows[place - 2] if place > 1 else ""
    after = s.lows[place + 1] if place + 1 < len(s.lows) else ""
    if q.hyphen and family not in ("factor", "percent", "points"):
        return not (family == "params" and q.magnitude)
    if family == "factor" and _DEVICE.match(after) and not q.spelled:
        return True
    if after in ("ci", "confidence", "credible") or before in ("ci", "confidence"):
        return True
    if family in ("bare", "percent", "points") and before in ("at", "@") and (after in _OPERATING or before2 in _OPERATING or before2 in ("map", "ap", "recall", "precision")):
        return True
    if family == "bare" and (before == "=" and before2 in _STATISTIC or before in _STATISTIC and q.mark in ("<", ">")):
        return True
    if family == "bare" and before in ("top", "layer", "layers", "epoch", "version", "section", "table", "figure", "equation", "rank", "stage", "phase", "level", "chapter", "task", "type", "class", "since", "year", "age"):
        return True
    return family == "bare" and after == "-" and place + 2 < len(s.lows) and s.starts[place + 2] == s.ends[place + 1] and s.ends[place] == s.starts[place + 1]
