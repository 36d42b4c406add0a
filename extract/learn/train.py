"""Train the learned parts of extraction from an open gold file and say how well they do on papers they have not seen.

    python -m extract.learn.train GOLD.jsonl [--out data/extraction_model.json]

Logistic regressions (L2) over the features of `extract.features`, one a question: is this figure a claim, whose, and
are all strict fields right that the rules give it; is this a statement of parity, and whose. Five-fold
cross-validation by paper; the stored model is trained on all papers. The file holds
feature names of our own making and weights, no text. Needs scikit-learn, which comes with sentence-transformers.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from extract import linear
from extract.figures import Figure
from extract.learn.gold import Example, ParityExample, examples, parity_examples, read
from extract.reader import unit_name

SEED, FOLDS, LEAST = 0, 5, 3
HEADS = {"claim": 0.2, "target": 0.1, "right": 0.1}  # head -> C of its regression
PARITY_HEADS = {"parity": 0.1, "parity_target": 0.05}
Anyone = Example | ParityExample


def label(example: Anyone, head: str) -> str | None:
    """What the gold says for a head; None where the head does not learn from this example."""
    if head == "parity_target":
        return example.gold["target"] if example.gold else None
    if head in ("claim", "parity"):
        return "yes" if example.gold else "no"
    if head == "right":
        return "yes" if isinstance(example, Example) and example.gold and _right(example.figure, example.gold) else "no"
    return example.gold[head] if example.gold else None


def _right(figure: Figure, gold: dict[str, Any]) -> bool:
    """Whether the rules' strict fields are the gold ones, and the claim is the paper's own."""
    unit = unit_name(figure.quantity.unit.name, figure.metric, figure.said.kind, figure.quantity.magnitude)
    return (
        figure.metric == gold["metric"]
        and figure.said.kind == gold["kind"]
        and figure.said.direction == gold["direction"]
        and unit.lower().rstrip("s") == (gold["unit"] or "").lower().rstrip("s")
        and gold["target"] == "own"
    )


def matrix(found: Sequence[Anyone], rows: dict[str, int]) -> csr_matrix:
    data: list[float] = []
    indices: list[int] = []
    pointers = [0]
    values = [linear.value(f) for f in rows]
    for example in found:
        ids = sorted({rows[f] for f in example.figure.features if f in rows})
        indices.extend(ids)
        data.extend(values[i] for i in ids)
        pointers.append(len(indices))
    return csr_matrix((data, indices, pointers), shape=(len(found), len(rows)))


def feature_rows(found: Sequence[Anyone]) -> dict[str, int]:
    papers: dict[str, set[str]] = {}
    for example in found:
        for feature in example.figure.features:
            papers.setdefault(feature, set()).add(example.paper)
    return {f: i for i, f in enumerate(sorted(f for f, seen in papers.items() if len(seen) >= LEAST))}


def fit(x: csr_matrix, y: list[str], c: float) -> LogisticRegression:
    return LogisticRegression(C=c, max_iter=400, random_state=SEED, solver="liblinear").fit(x, y)


def cross_validated(found: Sequence[Anyone], heads: dict[str, float]) -> dict[str, list[str | None]]:
    """For each head the label that a model trained on other papers gives each example."""
    groups = [e.paper for e in found]
    out: dict[str, list[str | None]] = {head: [None] * len(found) for head in heads}
    for train, test in GroupKFold(FOLDS).split(found, groups=groups):
        part = [found[i] for i in train]
        rows = feature_rows(part)
        for head, c in heads.items():
            learn = [e for e in part if label(e, head) is not None]
            model = fit(matrix(learn, rows), [label(e, head) or "" for e in learn], c)
            for i, said in zip(test, model.predict(matrix([found[i] for i in test], rows)), strict=True):
                out[head][i] = str(said)
    return out


def stored(found: Sequence[Anyone], heads: dict[str, float]) -> dict[str, Any]:
    """The models trained on all examples, as JSON-ready dict."""
    rows = feature_rows(found)
    columns: dict[str, list[str]] = {}
    blocks = []
    for head, c in heads.items():
        learn = [e for e in found if label(e, head) is not None]
        model = fit(matrix(learn, rows), [label(e, head) or "" for e in learn], c)
        weights, offset = model.coef_.copy(), model.intercept_
        names = [str(n) for n in model.classes_]
        if len(names) == 2:
            names = names[1:]
        weights[:, rows["bias"]] += offset
        columns[head] = names
        blocks.append(weights)
    weights = np.round(np.concatenate(blocks), 4).T
    return {
        "heads": columns,
        "outputs": weights.shape[1],
        "features": sorted(rows, key=rows.__getitem__),
        "weights": [[[int(c), float(w)] for c, w in enumerate(row) if w] for row in weights],
    }


def calibration(found: Sequence[Anyone]) -> list[list[float]]:
    """Knots [score, probability] that turn the log-odds of the head "right" into how often it is right on unseen
    papers.

    Isotonic regression over out-of-fold scores of the figures taken for claims, kept strictly inside (0, 1).
    """
    groups = [e.paper for e in found]
    scores, truth = [], []
    for train, test in GroupKFold(FOLDS).split(found, groups=groups):
        part = [found[i] for i in train]
        rows = feature_rows(part)
        claim = fit(matrix(part, rows), [label(e, "claim") or "" for e in part], HEADS["claim"])
        right = fit(matrix(part, rows), [label(e, "right") or "" for e in part], HEADS["right"])
        held = [found[i] for i in test]
        x = matrix(held, rows)
        for e, taken, score in zip(held, claim.decision_function(x), right.decision_function(x), strict=True):
            if taken >= 0:
                scores.append(float(score))
                truth.append(float(label(e, "right") == "yes"))
    fitted = IsotonicRegression(out_of_bounds="clip", y_min=0.02, y_max=0.985).fit(scores, truth)
    return [
        [round(float(a), 3), round(float(b), 4)]
        for a, b in zip(fitted.X_thresholds_, fitted.y_thresholds_, strict=True)
    ]


def report(found: Sequence[Anyone], said: dict[str, list[str | None]]) -> None:
    for head in said:
        pairs = [(label(e, head), p) for e, p in zip(found, said[head], strict=True) if label(e, head) is not None]
        right = sum(a == b for a, b in pairs)
        print(
            f"{head:10} {right}/{len(pairs)} = {right / len(pairs):.4f}",
            Counter((a, b) for a, b in pairs if a != b).most_common(6),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/extraction_model.json"))
    args = parser.parse_args()
    papers = read(args.gold)
    found = examples(papers)
    golds = sum(c["kind"] != "parity" for p in papers for c in p["claims"])
    print(
        f"{len(papers)} papers, {len(found)} candidates, "
        f"{sum(e.gold is not None for e in found)} of {golds} gold figures among them"
    )
    report(found, cross_validated(found, HEADS))
    parities = parity_examples(papers)
    report(parities, cross_validated(parities, PARITY_HEADS))
    models = {"figures": stored(found, HEADS), "parity": stored(parities, PARITY_HEADS)}
    models["figures"]["calibration"] = calibration(found)
    made = {"made_by": "python -m extract.learn.train", "models": models}
    args.out.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
