"""Train what chooses techniques and baselines, and say how well it does on papers it has not seen.

    python -m extract.learn.names --gold GOLD.jsonl --corpus CORPUS.parquet [--also ANNOTATED.jsonl …] [--check]

Learns from an open gold file, from our annotations of corpus abstracts (`labels`), from our readings of names alone
(`name_labels`) and from further files in the form of the gold. With --check five-fold cross-validation by paper prints
each field's precision, recall and F1 over the claims with a figure, counted as the gold set's scoring script counts
them, beside those of the rules alone.

Writes data/technique_model and data/baseline_model (.json and .safetensors). The files hold feature names and weights,
no text. Same input, same files.
"""

import argparse
import gzip
import json
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from safetensors.numpy import save_file
from sklearn.model_selection import GroupKFold

from extract import baseline_choice, linear, technique_choice
from extract.chooser import chooser, content, same
from extract.decide import decide
from extract.learn import name_labels
from extract.learn.choosing import Choice, answer, fitted
from extract.learn.gold import Example, examples, read
from extract.learn.labels import PACKED, annotated
from extract.names import Names
from extract.phrases import text_of
from extract.score import Count
from extract.standing import Standing
from extract.technique import technique

FOLDS, SEED = 5, 0
WITHOUT_TECHNIQUE = 780  # the first annotated papers: a technique was often left out there
LEAST = {"technique": 0.45, "baseline": 0.45}
DOUBT = {"technique": -2.2, "baseline": -2.75}  # choosing takes time: where mending is likelier than this (log-odds)
Claimed = tuple[str, str, str]


def choices(papers: Sequence[dict[str, Any]], found: Sequence[Example]) -> dict[str, list[Choice]]:
    """Field -> the own claims among the papers' figures, each with its candidates."""
    model = linear.load().figures
    of = {paper["key"]: paper for paper in papers}
    named: dict[str, Names] = {}
    stands: dict[int, Standing] = {}
    out: dict[str, list[Choice]] = {"technique": [], "baseline": []}
    for e in found:
        if e.gold is None or e.gold["target"] != "own":
            continue
        paper = of[e.paper]
        decision = decide(e.figure, model)
        names = named.setdefault(e.paper, Names(paper["title"], paper["abstract"]))
        s = e.figure.sentence
        standing = stands.setdefault(id(s), Standing(s, paper[s.section]))
        claim = (decision.kind, decision.direction, decision.metric)
        if e.figure.rival is None:
            out["baseline"].append(_baseline(e, standing, claim))
        out["technique"].append(_technique(e, names, standing, claim))
    return out


def _baseline(e: Example, standing: Standing, claim: Claimed) -> Choice:
    ruled = baseline_choice.rule(standing, e.figure, claim)
    return _choice(
        e,
        "baseline",
        baseline_choice.about(standing, e.figure, claim, ruled),
        baseline_choice.candidates(standing, e.figure, claim, ruled),
        text_of(standing.s, ruled, standing.text) if ruled else None,
    )


def _technique(e: Example, names: Names, standing: Standing, claim: Claimed) -> Choice:
    barred = baseline_choice.rule(standing, e.figure, claim)
    k = e.figure.k
    ruled = technique(standing.s, k, names.own, [barred] if barred else [], standing.text)
    return _choice(
        e,
        "technique",
        technique_choice.about(names, standing, k, claim, ruled),
        technique_choice.candidates(names, standing, k, ruled, barred),
        ruled,
    )


def alike(a: str, b: str) -> bool:
    return same(content(a), content(b))


def first_papers(count: int) -> frozenset[str]:
    """The ids of the first annotated papers."""
    with gzip.open(PACKED, "rt", encoding="utf-8") as file:
        return frozenset(json.loads(line)["arxiv_id"] for line in islice(file, count))


def _choice(e: Example, field: str, context: list[str], found: list[Any], ruled: str | None) -> Choice:
    assert e.gold is not None
    wanted = e.gold[field]
    right = [0] if wanted is None else [i for i, c in enumerate(found) if c.text and alike(c.text, wanted)]
    return Choice(e.paper, context, found, right, wanted, ruled)


def counted(claims: Sequence[Choice], said: Callable[[Choice], str | None]) -> Count:
    """Answers over the claims that have the field on either side; a wrong one is false and missed."""
    count = Count()
    for claim in claims:
        got = said(claim)
        right = got is not None and claim.wanted is not None and alike(got, claim.wanted)
        count.tp += right
        count.fp += got is not None and not right
        count.fn += claim.wanted is not None and not right
    return count


def check(field: str, claims: Sequence[Choice]) -> None:
    """Print the figures of a field on papers held out, and those of the rules alone."""
    print(field, "rules", json.dumps(counted(claims, lambda c: c.rule).row()))
    papers = [c.paper for c in claims]
    answers: dict[int, str | None] = {}
    doubted = 0
    for learn, held in GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(papers, groups=papers):
        model = chooser(*fitted([claims[i] for i in learn], least=LEAST[field], doubt=DOUBT[field]))
        for i in held:
            answers[id(claims[i])] = answer(model, claims[i])
            doubted += model.doubted(claims[i].context) >= model.doubt
    print(field, "learned", json.dumps(counted(claims, lambda c: answers[id(c)]).row()))
    print(field, "rules doubted", round(doubted / len(claims), 3))
    print(field, "among the candidates", round(sum(bool(c.right) for c in claims) / len(claims), 4))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--also", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=Path("data"))
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    labels = list(annotated(args.corpus))
    further = [paper for path in args.also for paper in read(path)]
    early = first_papers(WITHOUT_TECHNIQUE)
    judged = list(name_labels.labelled(args.corpus))
    annotated_ones = [*labels, *further, *read(args.gold)]
    found = choices([*annotated_ones, *judged], examples(annotated_ones) + name_labels.examples(judged))
    found["technique"] = [c for c in found["technique"] if c.paper not in early]
    for field, claims in found.items():
        if args.check:
            check(field, claims)
            continue
        stored, arrays = fitted(claims, least=LEAST[field], doubt=DOUBT[field])
        args.out.joinpath(f"{field}_model.json").write_text(json.dumps(stored, indent=None), encoding="utf-8")
        save_file(arrays, args.out / f"{field}_model.safetensors")
        print(field, len(claims), "claims,", len(stored["features"]), "features")


if __name__ == "__main__":
    main()
