"""Learns the families of papers: data/families.safetensors, data/families.json and data/family_words.json.

    python -m index.learn.families LABELS.jsonl --texts GOLD.jsonl… --corpus CORPUS.parquet [--write]

In three steps, all small:

1. From the corpus, without labels: one logistic regression a family over the fast encoder's vector of a paper, the
   seeds. Its examples come from the cues: a paper with a sure cue in its title has the family, one without any cue has
   not, others are left out (distant supervision).
2. From labelled papers (the open half of the gold, corpus papers that we labelled ourselves, in families_labels.csv,
   and invented papers of families that the corpus has few of, in families_invented.jsonl): the weights of
   `index.family_model`, all families at once, by L-BFGS with L2 penalties.
3. From the same papers: the network over their words (`family_net`), which sees what regressions of step 2 say that
   were learned without the paper.

Prints the cross-validated precision, recall and micro F1, papers kept whole within a fold. The rounds of our labels:
1 to 5, 7, 9 and 14 were chosen for their families, among them papers that a model was unsure of, 11 because a model
saw no family in them; 15 are all papers of the corpus still left of which a model gave a family more than .1; 6, 8,
10, 12 and 13 were drawn so that they resemble the gold's papers: the fairest measure, since no cue was written with
them in view.
"""

import argparse
import json
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from scipy.optimize import minimize
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from index import encoder
from index.family_features import CUES, NAMES, PRESENT, presence, read_words, with_vector
from index.family_model import chosen, vectors_of
from index.family_words import WordNet, grams, stored
from index.learn import family_net
from index.learn.family_labels import gold_labels, invented, own_labels
from index.learn.family_thresholds import figures, thresholds
from index.technique_catalogue import Cue, cues, ids
from index.techniques import paper_text

FOLDS = 5
STEPS = 240  # of L-BFGS: 120 give F1 .005 less
STRETCH = 4.0  # of vectors, so that one penalty suits them and the presence of cues
MEANING, SHARED, WORTH = 14.0, 0.01, 6.0  # L2 penalties
SEED_STRENGTH = 3.0  # inverse of the L2 penalty
POOL = 30_000  # corpus rows that the seeds are learned from
FAIR = ("gold", "6", "8", "10", "12", "13")  # rounds that were not chosen for their families
SMALL = 0.02  # cues of less worth are left out

Floats = NDArray[np.float32]


class Labelled(NamedTuple):
    """Papers as step 2 reads them."""

    meaning: Floats  # (papers, PARTS * dim + len(PRESENT) * families)
    rows: Floats  # (papers, families, len(NAMES)), standardised
    worth: csr_array  # (papers * families, 2 * cues): each cue in title, each in abstract
    truth: NDArray[np.bool_]  # (papers, families)

    def part(self, chosen: NDArray[np.bool_]) -> "Labelled":
        """Those papers only."""
        return Labelled(
            self.meaning[chosen], self.rows[chosen], self.worth[np.repeat(chosen, len(ids()))], self.truth[chosen]
        )


class Weights(NamedTuple):
    """What step 2 finds."""

    meaning: Floats
    biases: Floats
    shared: Floats
    worth: Floats

    def logits(self, papers: Labelled) -> Floats:
        """float32 (papers, families)."""
        cue_part = (papers.worth @ self.worth).reshape(papers.truth.shape)
        return papers.meaning @ self.meaning + papers.rows @ self.shared + cue_part + self.biases


def every_cue() -> list[Cue]:
    """The cues of the catalogue, each once."""
    return list(dict.fromkeys(cues()))


def learn_seeds(corpus: Path) -> dict[str, Floats]:
    """Weights (families, dim) and biases (families,) of the regressions over vectors."""
    table = pq.read_table(corpus, columns=["title", "abstract"])
    rng = np.random.default_rng(5)
    chosen = np.sort(rng.choice(table.num_rows, min(POOL, table.num_rows), replace=False))
    titles = table.column("title").take(chosen).to_pylist()
    abstracts = table.column("abstract").take(chosen).to_pylist()
    vectors = encoder.load("fast").encode([paper_text(t, a) for t, a in zip(titles, abstracts, strict=True)])
    rows = np.stack([read_words(t, a).rows[:, :CUES] for t, a in zip(titles, abstracts, strict=True)])
    weights = np.zeros((len(ids()), vectors.shape[1]), dtype=np.float32)
    biases = np.zeros(len(ids()), dtype=np.float32)
    stretch = np.sqrt(vectors.shape[1]) / 4
    for family, name in enumerate(ids()):
        yes = (rows[:, family, 0] > 0) & (rows[:, family, 4] > 0)
        used = yes | ((rows[:, family, 0] == 0) & (rows[:, family, 4] == 0))
        if yes.sum() < 20:
            print(f"{name}: only {yes.sum()} sure papers")
        fitted = LogisticRegression(C=SEED_STRENGTH, max_iter=300, class_weight="balanced")
        fitted.fit(vectors[used] * stretch, yes[used])
        weights[family], biases[family] = fitted.coef_[0] * stretch, fitted.intercept_[0]
    return {"seeds": weights, "seed_biases": biases}


def labelled(
    pairs: list[tuple[str, str]], found: list[list[str]], seeds: dict[str, Floats]
) -> tuple[Labelled, Floats, Floats]:
    """The papers, and by how much their rows were moved and divided to be standardised."""
    fast = encoder.load("fast")
    whole = fast.encode([paper_text(*pair) for pair in pairs])
    readings = [read_words(*pair) for pair in pairs]
    seed_logits = whole @ seeds["seeds"].T.astype(np.float32) + seeds["seed_biases"]
    rows = np.stack([with_vector(r.rows, logits) for r, logits in zip(readings, seed_logits, strict=True)])
    mean, spread = rows.reshape(-1, len(NAMES)).mean(0), rows.reshape(-1, len(NAMES)).std(0) + 1e-6
    places = {cue: number for number, cue in enumerate(every_cue())}
    entries = [
        (paper * len(ids()) + cue.family, places[cue] + (0 if in_title else len(places)), much)
        for paper, reading in enumerate(readings)
        for (cue, in_title), much in reading.cues.items()
    ]
    at, cue_at, much = (np.array(column) for column in zip(*entries, strict=True))
    worth = csr_array((much.astype(np.float32), (at, cue_at)), shape=(len(pairs) * len(ids()), 2 * len(places)))
    meaning = [vectors_of(pairs, whole, fast) * STRETCH, np.stack([presence(r.rows) for r in readings])]
    truth = np.array([[family in named for family in ids()] for named in found])
    return Labelled(np.hstack(meaning), ((rows - mean) / spread).astype(np.float32), worth, truth), mean, spread


def learn(papers: Labelled) -> Weights:
    """The weights that make the labels most likely, under the penalties."""
    families, width, named = papers.truth.shape[1], papers.meaning.shape[1], papers.rows.shape[2]
    cuts = np.cumsum([width * families, families, named])
    flat, sparse_t = papers.rows.reshape(-1, named), papers.worth.T.tocsr()

    def weights(point: NDArray[np.float64]) -> Weights:
        meaning, biases, shared, worth = np.split(point.astype(np.float32), cuts)
        return Weights(meaning.reshape(width, families), biases, shared, worth)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        now = weights(point)
        logits = now.logits(papers)
        misfit = np.logaddexp(0, logits).sum() - logits[papers.truth].sum()
        penalty = MEANING * (now.meaning**2).sum() + SHARED * (now.shared**2).sum() + WORTH * (now.worth**2).sum()
        off = 1 / (1 + np.exp(-logits)) - papers.truth
        slope = [
            (papers.meaning.T @ off + MEANING * now.meaning).ravel(),
            off.sum(0),
            flat.T @ off.ravel() + SHARED * now.shared,
            sparse_t @ off.ravel() + WORTH * now.worth,
        ]
        return float(misfit + penalty / 2), np.concatenate(slope).astype(np.float64)

    start = np.zeros(cuts[-1] + papers.worth.shape[1])
    start[cuts[0] : cuts[1]] = -4
    options = {"maxiter": STEPS, "maxcor": 8}
    return weights(minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x)


def unseen(papers: Labelled, folds: NDArray[np.int64]) -> Floats:
    """Scores (papers, families) by regressions of step 2 that were learned from all folds but the paper's."""
    said = np.zeros(papers.truth.shape, dtype=np.float32)
    for fold in range(FOLDS):
        said[folds == fold] = learn(papers.part(folds != fold)).logits(papers.part(folds == fold))
    return said


def held_out(papers: Labelled, worded: family_net.Papers, folds: NDArray[np.int64]) -> Floats:
    """Scores (papers, families) by all steps learned without the paper's fold; `worded.said` is of `unseen`."""
    without = {}  # by regressions learned from all folds but two; of the papers of both
    for pair in combinations(range(FOLDS), 2):
        inside = np.isin(folds, pair)
        without[pair] = np.zeros_like(worded.said)
        without[pair][inside] = learn(papers.part(~inside)).logits(papers.part(inside))

    def part(chosen: NDArray[np.bool_], said: Floats) -> family_net.Papers:
        at = [int(i) for i in np.flatnonzero(chosen)]
        return family_net.Papers([worded.grams[i] for i in at], worded.meaning[at], said[at], worded.truth[at])

    out = np.zeros(worded.truth.shape, dtype=np.float32)
    for fold in range(FOLDS):
        said = np.zeros_like(worded.said)
        for other in set(range(FOLDS)) - {fold}:
            of_both = without[min(fold, other), max(fold, other)]
            said[folds == other] = of_both[folds == other]
        net = family_net.fit(part(folds != fold, said))
        out[folds == fold] = family_net.scores(net, part(folds == fold, worded.said))
    return out


def kept_thresholds() -> tuple[float, float]:
    """As the last cross-validation chose them: `threshold` and `least` of data/families.json."""
    row = json.loads(Path("data/families.json").read_text(encoding="utf-8"))
    return float(row["threshold"]), float(row["least"])


def unstretched(net: WordNet) -> WordNet:
    """The network for vectors as the encoder gives them."""
    meaning = net.meaning.copy()
    meaning[: -len(PRESENT) * len(ids())] *= STRETCH
    return replace(net, meaning=meaning)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help="JSONL with title and abstract")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--seeds", action="store_true", help="learn step 1 again, else the seeds of data/ are used")
    parser.add_argument("--write", action="store_true", help="write data/families.*")
    parser.add_argument(
        "--keep-thresholds", action="store_true", help="of data/: no cross-validation, in a third of the time"
    )
    args = parser.parse_args()
    written = Path("data/families.safetensors")
    seeds = learn_seeds(args.corpus) if args.seeds or not written.exists() else load_file(written)
    known = gold_labels(args.labels, args.texts) + own_labels(args.corpus) + invented()
    rounds = np.array([name for _, _, name in known])
    papers, mean, spread = labelled([pair for pair, _, _ in known], [found for _, found, _ in known], seeds)
    folds = np.random.default_rng(11).permutation(len(rounds)) % FOLDS
    said = unseen(papers, folds)
    worded = family_net.Papers([grams(*pair) for pair, _, _ in known], papers.meaning, said, papers.truth)
    if args.keep_thresholds:
        pair = kept_thresholds()
    else:
        probabilities = (1 / (1 + np.exp(-held_out(papers, worded, folds)))).astype(np.float32)
        # People read pages whose papers nearly all have a family; of papers at large fewer do. Both count alike.
        pair = thresholds(probabilities, papers.truth, [rounds == "gold", np.isin(rounds, FAIR)])
        print("cross-validated, threshold {:.2f}, least {:.2f}".format(*pair))
        print(figures(chosen(probabilities, *pair), papers.truth, rounds, ids()))
    if not args.write:
        return
    final, net = learn(papers), family_net.fit(worded)
    parts = final.meaning.T.copy()
    parts[:, : -len(PRESENT) * len(ids())] *= STRETCH
    biases = final.biases - (final.shared * mean / spread).sum()
    in_title, in_abstract = np.split(final.worth.astype(float), 2)
    worth = {
        (ids()[cue.family], cue.kind, cue.phrase): [round(in_title[n], 3), round(in_abstract[n], 3)]
        for n, cue in enumerate(every_cue())
        if max(abs(in_title[n]), abs(in_abstract[n])) >= SMALL
    }
    learned = {
        "made_by": "index/learn/families.py",
        "made_on": date.today().isoformat(),
        "labelled_papers": len(known),
        "features": list(NAMES),
        "present": list(PRESENT),
        "families": list(ids()),
        "shared": [round(float(w), 5) for w in final.shared / spread],
        "threshold": pair[0],
        "least": pair[1],
        "cues": [[*cue, *both] for cue, both in worth.items()],
    }
    lines = ",\n".join(
        f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in learned.items()
    )
    Path("data/families.json").write_text("{\n" + lines.replace("], [", "],\n  [") + "\n}\n", encoding="utf-8")
    tensors: dict[str, NDArray[np.generic]] = {"seeds": seeds["seeds"].astype(np.float16)}
    tensors["weights"] = parts.astype(np.float16)
    tensors |= stored(unstretched(net))
    one_a_line = json.dumps(list(net.vocabulary), ensure_ascii=False, indent=0)
    Path("data/family_words.json").write_text(one_a_line + "\n", encoding="utf-8")
    save_file({**tensors, "seed_biases": seeds["seed_biases"], "biases": biases.astype(np.float32)}, written)
    written.chmod(0o644)


if __name__ == "__main__":
    main()
