"""Train the learned parts of extraction and say how well they do on papers they have not seen.

    python -m extract.learn.train --gold GOLD.jsonl --corpus CORPUS.parquet [--out data/extraction_model.json]
                                  [--predictions DIRECTORY] [--parity-only]

Learns from an open gold file, from our own annotations of corpus abstracts (`labels`) and from our readings of figures
alone (`figure_labels`) and of parity alone (`parity_labels`). The heads for figures are those of a small network
(`net`), the others linear; they are fitted on all papers. Five-fold cross-validation by paper says how well they do,
and its unseen answers teach what makes an answer trustworthy: the head "right", a logistic regression over the answers'
own certainty and an isotonic calibration. The word lists and rules were written with the open gold in view, so it
counts less (`GOLD_WEIGHT`) and is reported apart; so do the readings of figures, for what was doubtful was read, and
that is harder than the rest (`DOUBTFUL_WEIGHT`; for parity 1 does better). With --predictions, the cross-validated
readers write what they read in the papers held out, as gold.jsonl and labels.jsonl, with the papers' annotations beside
them (`*.gold.jsonl`), for the gold set's own scoring script.

The files hold feature names and weights, no text. Same input, same files. Needs torch and scikit-learn, which come
with sentence-transformers.
"""

import argparse
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from extract import linear
from extract.claim import as_json
from extract.decide import CLAIM, OWN, PARITY, PARITY_OWN, Decision, decide
from extract.learn import figure_labels, fit, heads, net, parity_labels
from extract.learn.gold import Example, ParityExample, examples, parity_examples, read
from extract.learn.labels import annotated
from extract.reader import read as read_paper

FOLDS, SEED = 5, 0
LEAST, LEAST_OF_FIGURES = 4, 6  # papers that a feature must occur in
GOLD_WEIGHT, DOUBTFUL_WEIGHT = 0.3, 0.5
# A confidence of 0.9 and more is kept for answers of which SURE are right together. 97 % are wanted; the rest is a
# margin, for the rules have been mended with the annotated papers in view and do less well on others.
SURE, BELOW = 0.982, 0.895
Stored = dict[str, Any]
Weights = Mapping[str, float]  # of papers; 1 for one that is not named


@dataclass(frozen=True, slots=True)
class Learned:
    """Models as stored, and for each example the answer of a model that did not see its paper."""

    final: Stored
    folds: list[Stored]
    answers: list[Decision]


def folds(papers: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Positions to learn from and held out, five times; a paper's examples stay together."""
    return list(GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(papers, groups=papers))


def fitted(
    found: Sequence[Example | ParityExample], weigh: Weights, which: Sequence[heads.Head], *, least: int = LEAST
) -> Stored:
    """The heads fitted on examples, JSON-ready."""
    papers = [e.paper for e in found]
    known = fit.rows([e.figure.features for e in found], papers, least=least)
    x = fit.matrix([e.figure.features for e in found], known)
    weights = np.array([weigh.get(paper, 1.0) for paper in papers])
    columns: dict[str, list[str]] = {}
    blocks: list[np.ndarray] = []
    for head in which:
        labels = [head.label(e) for e in found]
        use = [i for i, label in enumerate(labels) if label is not None]
        names = sorted({str(labels[i]) for i in use})
        answers = [names.index(str(labels[i])) for i in use]
        w = fit.fit(x[use], answers, weights[use], count=len(names), penalty=head.penalty)
        if head.yes:  # of two answers one column is enough
            at = names.index(head.yes)
            w, names = w[:, [at]] - w[:, [1 - at]], [head.yes]
        columns[head.name] = names
        blocks.append(w)
    return _stored(known, columns, np.concatenate(blocks, axis=1))


def _whole(weight: float) -> int:
    return round(weight * linear.SCALE)


def _stored(known: dict[str, int], columns: dict[str, list[str]], weights: np.ndarray) -> Stored:
    whole = np.round(weights * linear.SCALE).astype(int)
    kept = [(name, row) for name, row in known.items() if np.abs(whole[row]).max() >= 3]
    return {
        "heads": columns,
        "features": [name for name, _ in kept],
        "weights": [[int(v) for c in np.flatnonzero(whole[row]) for v in (c, whole[row, c])] for _, row in kept],
        "shared": {},
    }


def netted(found: Sequence[Example], weigh: Weights) -> Stored:
    """The network for the heads of figures, fitted on examples; JSON-ready but for "arrays"."""
    papers = [e.paper for e in found]
    known = fit.rows([e.figure.features for e in found], papers, least=LEAST_OF_FIGURES)
    rows = [sorted({known[f] for f in e.figure.features if f in known}) for e in found]
    spoken = [heads.speaking(e) for e in found]
    of_papers = [paper for paper, s in zip(papers, spoken, strict=True) for _ in s]
    shared = fit.rows([f for s in spoken for f in s.values()], of_papers, least=LEAST_OF_FIGURES)
    columns: dict[str, list[str]] = {}
    questions: list[net.Question] = []
    spoken_of = ""
    for head in heads.FIGURES:
        labels = [head.label(e) for e in found]
        names = [head.yes] if head.yes else sorted({str(label) for label in labels if label is not None})
        answers = [
            -1 if label is None else int(label == head.yes) if head.yes else names.index(label) for label in labels
        ]
        questions.append(net.Question(head.name, answers, len(names)))
        columns[head.name] = names
        spoken_of = head.name if head.shared else spoken_of
    speaking = [
        [[shared[f] for f in dict.fromkeys(s.get(name, ())) if f in shared] for name in columns[spoken_of]]
        for s in spoken
    ]
    made = net.fit(
        rows,
        len(known),
        questions,
        [weigh.get(paper, 1.0) for paper in papers],
        speaking=speaking,
        spoken_of=spoken_of,
        shared=len(shared),
    )
    return {
        "heads": columns,
        "features": list(known),
        "shared": {name: _whole(float(made.v[i]) / linear.value(name)) for name, i in shared.items()},
        "arrays": linear.packed(made.w, linear.Hidden(made.h, made.b, made.o, made.c)),
    }


def with_head(stored: Stored, beside: Stored) -> Stored:
    """A network with a linear head of one output beside it."""
    model = linear.model(beside)
    rows = {name: i for i, name in enumerate(stored["features"])}
    column = np.zeros((len(rows), 1))
    for name, row in model.rows.items():
        column[rows[name]] = model.weights[row]
    arrays = stored["arrays"]
    whole, scale = linear.packed_columns(column)
    both = {
        "weights": np.concatenate([arrays["weights"], whole], axis=1),
        "weights.scale": np.concatenate([arrays["weights.scale"], scale]),
    }
    return stored | {"heads": stored["heads"] | beside["heads"], "arrays": arrays | both}


def learn(found: Sequence[Example], weigh: Weights) -> Learned:
    """The models for figures, and the unseen answers that their confidence was calibrated on."""
    papers = [e.paper for e in found]
    parts = folds(papers)
    stages = [netted([found[i] for i in train], weigh) for train, _ in parts]
    first = _answers(found, parts, stages)
    correct = {id(e): heads.correct(a, e.gold, e.figure) for e, a in zip(found, first, strict=True)}
    sure = heads.right(correct, {id(e) for e, a in zip(found, first, strict=True) if a.claim >= CLAIM})
    stages = [
        with_head(stage, fitted([found[i] for i in train], weigh, [sure], least=LEAST_OF_FIGURES))
        for stage, (train, _) in zip(stages, parts, strict=True)
    ]
    answers = _answers(found, parts, stages)
    taken = [i for i, a in enumerate(answers) if a.claim >= CLAIM and a.own >= OWN]
    trust = trusted(
        [answers[i].signs for i in taken],
        [correct[id(found[i])] for i in taken],
        [weigh.get(papers[i], 1.0) for i in taken],
    )
    stages = [stage | trust for stage in stages]
    final = with_head(netted(found, weigh), fitted(found, weigh, [sure], least=LEAST_OF_FIGURES))
    return Learned(final | trust, stages, _answers(found, parts, stages))


def _answers(found: Sequence[Example], parts: list[Any], stages: list[Stored]) -> list[Decision]:
    out: dict[int, Decision] = {}
    for (_, test), stage in zip(parts, stages, strict=True):
        model = linear.model(stage)
        out.update((i, decide(found[i].figure, model)) for i in test)
    return [out[i] for i in range(len(found))]


def trusted(signs: list[tuple[float, ...]], correct: list[bool], weights: list[float]) -> Stored:
    """What makes an answer trustworthy (a logistic regression over its signs), and the calibration of that by isotonic
    regression, kept strictly inside (0, 1); 0.9 and more only from where on SURE of the answers are right."""
    x = np.array(signs)
    model = LogisticRegression(C=1.0, max_iter=1000, random_state=SEED).fit(x, correct, sample_weight=weights)
    trust = [round(float(v), 4) for v in (model.intercept_[0], *model.coef_[0])]
    scores = x @ np.array(trust[1:]) + trust[0]
    isotonic = IsotonicRegression(out_of_bounds="clip", y_min=0.02, y_max=0.99).fit(scores, correct, weights)
    sure = _sure_from(scores, np.array(correct, dtype=float), np.array(weights))
    knots = [[round(float(a), 3), round(float(b), 4)] for a, b in zip(*_capped(isotonic, sure), strict=True)]
    return {"trust": trust, "calibration": knots}


def _sure_from(scores: np.ndarray, correct: np.ndarray, weights: np.ndarray) -> float:
    """The least score from which on at least SURE of the answers are right; infinite where there is none."""
    order = np.argsort(-scores, kind="stable")
    share = np.cumsum((correct * weights)[order]) / np.cumsum(weights[order])
    enough = np.flatnonzero((share >= SURE) & (np.arange(len(share)) >= 20))
    return float(scores[order][enough[-1]]) if len(enough) else float("inf")


def _capped(isotonic: IsotonicRegression, sure: float) -> tuple[list[float], list[float]]:
    """The knots of a calibration, below 0.9 before the score `sure` and at least 0.9 from it on."""
    xs, ys = list(isotonic.X_thresholds_), list(isotonic.y_thresholds_)
    if sure > xs[-1]:
        return xs, [min(y, BELOW) for y in ys]
    at = float(isotonic.predict([sure])[0])
    below = [(x, min(y, BELOW)) for x, y in zip(xs, ys, strict=True) if x < sure - 0.002]
    above = [(x, max(y, 0.9)) for x, y in zip(xs, ys, strict=True) if x > sure]
    knots = [*below, (sure - 0.001, min(at, BELOW)), (sure, max(at, 0.9)), *above]
    return [x for x, _ in knots], [y for _, y in knots]


def parity_answers(found: Sequence[ParityExample], weigh: Weights) -> tuple[list[Stored], list[dict[str, float]]]:
    """The parity models of the folds, and the unseen probabilities of each example."""
    parts = folds([e.paper for e in found])
    stages = [fitted([found[i] for i in train], weigh, heads.PARITY) for train, _ in parts]
    out: dict[int, dict[str, float]] = {}
    for (_, test), stage in zip(parts, stages, strict=True):
        model = linear.model(stage)
        for i in test:
            scores = model.scores(found[i].figure.features)
            out[i] = {head: linear.probability(values[0]) for head, values in scores.items()}
    return stages, [out[i] for i in range(len(found))]


def report(name: str, found: list[Example], answers: list[Decision], golds: int) -> None:
    """Prints how the unseen answers do: claims, each field, the strict fields together, and the confidence."""
    taken = [(e, a) for e, a in zip(found, answers, strict=True) if a.claim >= CLAIM]
    hits = [(e, a) for e, a in taken if e.gold is not None]
    print(f"{name}: claims precision {len(hits) / len(taken):.4f} recall {len(hits) / golds:.4f}")
    for field in ("kind", "direction", "metric", "target"):
        learned = sum(getattr(a, field) == e.gold[field] for e, a in hits if e.gold) / len(hits)
        by_rule = sum(heads.by_rule(e.figure, field) == e.gold[field] for e, _ in hits if e.gold) / len(hits)
        print(f"  {field:10} {learned:.4f} (rules {by_rule:.4f})")
    own = [(a.right, heads.correct(a, e.gold, e.figure)) for e, a in taken if a.own >= OWN]
    print(f"  strict     {sum(right for _, right in own) / len(own):.4f} of {len(own)} own claims")
    for least in (0.5, 0.8, 0.9, 0.95):
        above = [right for sure, right in own if sure >= least]
        share = sum(above) / len(above) if above else float("nan")
        print(f"  confidence >= {least}: {len(above) / len(own):.3f} of the claims, {share:.4f} of them right")


def report_parity(
    name: str, keys: Set[str], found: list[ParityExample], answers: list[dict[str, float]], golds: int
) -> None:
    """Prints how the unseen answers do on the own parity statements of the papers `keys`, which are `golds`."""
    taken = [
        e
        for e, a in zip(found, answers, strict=True)
        if e.paper in keys and a["parity"] >= PARITY and a["parity_target"] >= PARITY_OWN
    ]
    hits = sum(e.gold is not None and e.gold["target"] == "own" for e in taken)
    print(f"{name}: own parity precision {hits / max(1, len(taken)):.4f} recall {hits / golds:.4f}")


def _write(path: Path, models: dict[str, Stored]) -> None:
    made = {"made_by": "python -m extract.learn.train", "models": models}
    path.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("data/extraction_model.json"))
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--parity-only", action="store_true", help="only the part for parity, in seconds")
    args = parser.parse_args()
    parts = {"gold": read(args.gold), "labels": list(annotated(args.corpus))}
    papers = [paper for part in parts.values() for paper in part]
    weigh = {p["key"]: GOLD_WEIGHT for p in parts["gold"]}
    keys = {name: {p["key"] for p in part} for name, part in parts.items()}
    judged = parity_labels.examples(parity_labels.labelled(args.corpus))
    parities = parity_examples(papers) + judged
    parity_folds, parity_said = parity_answers(parities, weigh)
    for name, part in parts.items():
        golds = sum(c["kind"] == "parity" and c["target"] == "own" for p in part for c in p["claims"])
        report_parity(name, keys[name], parities, parity_said, golds)
    golds = sum(e.gold is not None and e.gold["target"] == "own" for e in judged)
    report_parity("doubtful", {e.paper for e in judged}, parities, parity_said, golds)
    _write(args.out.with_name(linear.PARITY_FILE), {"parity": fitted(parities, weigh, heads.PARITY)})
    if args.parity_only:
        return
    doubtful = figure_labels.examples(figure_labels.labelled(args.corpus))
    figures = examples(papers) + doubtful
    learned = learn(figures, weigh | {e.paper: DOUBTFUL_WEIGHT for e in doubtful})
    claims = {name: sum(c["kind"] != "parity" for p in part for c in p["claims"]) for name, part in parts.items()}
    claims["doubtful"] = sum(e.gold is not None for e in doubtful)
    for name, papers_of in (keys | {"doubtful": {e.paper for e in doubtful}}).items():
        own = [(e, a) for e, a in zip(figures, learned.answers, strict=True) if e.paper in papers_of]
        report(name, [e for e, _ in own], [a for _, a in own], claims[name])
    save_file(learned.final.pop("arrays"), args.out.with_suffix(".safetensors"))
    _write(args.out, {"figures": learned.final})
    if args.predictions:
        write_predictions(args.predictions, parts, figures, parities, learned.folds, parity_folds)


def write_predictions(
    directory: Path,
    parts: dict[str, list[dict[str, Any]]],
    figures: list[Example],
    parities: list[ParityExample],
    figure_folds: list[Stored],
    parity_folds: list[Stored],
) -> None:
    """What each fold's models read in the papers that they did not see."""
    directory.mkdir(parents=True, exist_ok=True)
    held = [_held(figures), _held(parities)]
    for name, papers in parts.items():
        lines = []
        for paper in papers:
            own, parity = (fold.get(paper["key"], 0) for fold in held)
            models = linear.models({"figures": figure_folds[own], "parity": parity_folds[parity]})
            read = read_paper(paper["title"], paper["abstract"], key=paper["key"], models=models)
            lines.append(json.dumps({"key": paper["key"], "claims": [as_json(f.claim) for f in read]}))
        (directory / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        truth = "\n".join(json.dumps(p, ensure_ascii=False) for p in papers)
        (directory / f"{name}.gold.jsonl").write_text(truth + "\n", encoding="utf-8")


def _held(found: Sequence[Example | ParityExample]) -> dict[str, int]:
    """For each paper the number of the fold that holds it out."""
    names = [e.paper for e in found]
    return {names[i]: number for number, (_, test) in enumerate(folds(names)) for i in test}


if __name__ == "__main__":
    main()
