"""Train the chooser of devices and say how well it does on papers it has not seen.

    python -m extract.learn.devices --corpus CORPUS.parquet [--out data/device_model.json]

Learns from our annotations of devices (`hardware_labels`). Figures are the extractor's own, with the metric and kind
that it gives them; five-fold cross-validation by paper says how well devices are told, beside the rules alone. The file
holds feature names and numbers, no text. Same input, same file.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from extract.agreement import same_device
from extract.device_choice import Model, Option, Told, Tree, chosen, devices
from extract.learn.hardware_labels import labelled
from extract.reader import read as read_paper
from extract.score import Count

FOLDS, SEED = 5, 0
TREES, LEAVES, RATE, SHARE, COLUMNS, LEAF = 200, 8, 0.06, 0.7, 0.2, 12
LEAST, MORE = 0.4, 0.8  # F1 is flat from 0.35 to 0.45
RARE = 5  # papers that a feature must occur in
Place = tuple[int, int]


@dataclass(slots=True)
class Case:
    """A figure with what it may have been measured on, and what it was: for each device the places that name it; None
    for a figure that is not the paper's own."""

    paper: str
    text: str
    shift: int  # where its section begins in the text
    figure: int  # where the figure stands in its section
    wanted: list[list[Place]] | None
    told: Told

    @property
    def options(self) -> Sequence[Option]:
        return self.told.options

    def names(self, option: Option, places: list[Place]) -> bool:
        """Whether an option gives a device that one of the places names."""
        spans = [(self.shift + m.start, self.shift + m.end) for m in option.devices]
        return any(a < d and c < b for a, b in spans for c, d in places)

    def answers(self) -> list[int]:
        """For each option 1 for one that is right, 0 for a wrong one, -1 for one that says the same as a right one
        nearer to the figure."""
        out = [0] * len(self.options)
        for places in self.wanted or ():
            good = [i for i, o in enumerate(self.options) if self.names(o, places)]
            for i in good:
                out[i] = out[i] or -1
            if good:
                out[min(good, key=self._far)] = 1
        return out

    def _far(self, i: int) -> tuple[bool, int]:
        chain = self.options[i].chain
        ends = (chain.mentions[0].start, chain.mentions[-1].end)
        return chain.first < 0, min(abs(at - self.figure) for at in ends)


def cases(papers: Iterable[dict[str, Any]]) -> Iterator[Case]:
    """The figures of annotated papers that the extractor takes for claims, in the order of their texts."""
    for paper in papers:
        text = paper["title"] + "\n" + paper["abstract"]
        wanted = {(a, b): given for a, b, given in paper["figures"]}
        for found in read_paper(paper["title"], paper["abstract"], key=paper["key"]):
            if found.figure is None or found.told is None:
                continue
            shift = len(paper["title"]) + 1 if found.claim.section == "abstract" else 0
            q = found.figure.quantity
            given = wanted.get((shift + q.start, shift + q.end), [])
            own = given is not None and found.claim.target == "own"
            devices_of = [[(a, b) for a, b in device] for device in given or ()] if own else None
            yield Case(paper["key"], text, shift, q.start, devices_of, found.told)


def fitted(found: Sequence[Case]) -> Model:
    """The chooser learned from cases."""
    rows = [
        (case.paper, option, answer)
        for case in found
        if case.wanted is not None
        for option, answer in zip(case.options, case.answers(), strict=True)
        if answer >= 0
    ]
    papers: dict[str, set[str]] = {}
    for paper, option, _ in rows:
        for name, value in option.features.items():
            if value:
                papers.setdefault(name, set()).add(paper)
    names = tuple(sorted(name for name, seen in papers.items() if len(seen) >= RARE))
    x = np.array([[option.features.get(name, 0.0) for name in names] for _, option, _ in rows], dtype=np.float32)
    y = np.array([answer for _, _, answer in rows])
    made = GradientBoostingClassifier(
        n_estimators=TREES, max_leaf_nodes=LEAVES, max_depth=None, learning_rate=RATE, subsample=SHARE,
        max_features=COLUMNS, min_samples_leaf=LEAF, random_state=SEED,
    ).fit(x, y)  # fmt: skip
    prior = float(made.init_.class_prior_[1])
    return Model(
        names, tuple(_tree(t.tree_) for t in made.estimators_[:, 0]), round(float(np.log(prior / (1 - prior))), 5),
        LEAST, MORE,
    )  # fmt: skip


def _tree(grown: Any) -> Tree:
    answers = [round(RATE * float(v), 5) for v in grown.value[:, 0, 0]]
    leaf = [f < 0 for f in grown.feature]
    return Tree(
        [-1 if end else int(f) for f, end in zip(grown.feature, leaf, strict=True)],
        [a if end else round(float(t), 5) for a, t, end in zip(answers, grown.threshold, leaf, strict=True)],
        [int(i) for i in grown.children_left],
        [int(i) for i in grown.children_right],
        answers,
    )


def cross_validated(found: Sequence[Case]) -> list[tuple[str, ...]]:
    """For each case the devices that a chooser gives it which did not see its paper."""
    keys = [case.paper for case in found]
    out: list[tuple[str, ...]] = [()] * len(found)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(keys, groups=keys):
        by = fitted([found[i] for i in train])
        for i in test:
            out[i] = tuple(m.text for m in devices(chosen(found[i].options, by)))
    return out


def counted(found: Iterable[Case], given: Iterable[Sequence[str]]) -> tuple[int, int, int]:
    """True positives, false positives and false negatives among the devices of the papers' own figures."""
    right = wrong = missed = 0
    for case, answer in zip(found, given, strict=True):
        if case.wanted is None:
            continue
        rest = list(answer)
        for places in case.wanted:
            named = [case.text[a:b] for a, b in places]
            hit = next((d for d in rest if any(same_device(d, name) for name in named)), None)
            if hit is None:
                missed += 1
            else:
                right += 1
                rest.remove(hit)
        wrong += len(rest)
    return right, wrong, missed


def stored(by: Model) -> dict[str, Any]:
    trees = [
        {"feature": t.feature, "value": t.value, "left": t.left, "right": t.right, "mean": t.mean} for t in by.trees
    ]
    return {
        "made_by": "python -m extract.learn.devices", "least": by.least, "more": by.more, "start": by.start,
        "names": by.names, "trees": trees,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("data/device_model.json"))
    args = parser.parse_args()
    if not args.out.exists():  # papers are read with a chooser in place; what it chooses is not looked at
        args.out.write_text(json.dumps(stored(Model((), (), 0.0, LEAST, MORE))), encoding="utf-8")
    found = list(cases(labelled(args.corpus)))
    print("rules", json.dumps(Count(*counted(found, [case.told.ruled for case in found])).row()))
    print("learned", json.dumps(Count(*counted(found, cross_validated(found))).row()))
    made = json.dumps(stored(fitted(found)), separators=(",", ":"))
    args.out.write_text(made + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
