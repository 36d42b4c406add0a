"""Learns how cues and meaning weigh in the families of a paper: data/families.safetensors and data/families.json.

    python -m index.learn.families LABELS.jsonl --texts GOLD.jsonl… --corpus CORPUS.parquet [--write]

Two learned parts, both small:

1. From the corpus, without labels: one logistic regression a family over the fast encoder's vector of a paper. Its
   examples come from the cues: a paper with a sure cue in its title has the family, one without any cue has not, others
   are left out (distant supervision). It finds papers that say the same in other words.
2. From labelled papers (the open half of the gold, and corpus papers that we labelled ourselves): one logistic
   regression over the features of (paper, family) pairs, the same weights for all families, regularised, and the
   threshold that gives the best micro F1 in cross-validation.

Prints the cross-validated precision, recall and micro F1, papers kept whole within a fold.
"""

import argparse
import csv
import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

from index import encoder
from index.family_features import CUES, NAMES, with_vector, word_features
from index.technique_catalogue import ids
from index.techniques import paper_text

FOLDS, REPEATS = 10, 5
STRENGTH = 0.3  # inverse of the L2 penalty on the shared weights
VECTOR_STRENGTH = 3.0
POOL = 30_000  # corpus rows that the vector part learns from


def plain(text: str) -> str:
    """As gold/score_families.py tells titles apart."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def learn_vectors(corpus: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (families, dim) and biases (families,) of the regressions over vectors."""
    table = pq.read_table(corpus, columns=["title", "abstract"])
    rng = np.random.default_rng(5)
    chosen = np.sort(rng.choice(table.num_rows, min(POOL, table.num_rows), replace=False))
    titles = table.column("title").take(chosen).to_pylist()
    abstracts = table.column("abstract").take(chosen).to_pylist()
    vectors = encoder.load("fast").encode([paper_text(t, a) for t, a in zip(titles, abstracts, strict=True)])
    cues = np.stack([word_features(t, a)[:, :CUES] for t, a in zip(titles, abstracts, strict=True)])
    weights = np.zeros((len(ids()), vectors.shape[1]), dtype=np.float32)
    biases = np.zeros(len(ids()), dtype=np.float32)
    for family in range(len(ids())):
        rows = cues[:, family]
        yes = (rows[:, 0] > 0) & (rows[:, 4] > 0)
        no = (rows[:, 0] == 0) & (rows[:, 4] == 0)
        if yes.sum() < 20:
            print(f"{ids()[family]}: only {yes.sum()} sure papers")
        used = yes | no
        model = LogisticRegression(C=VECTOR_STRENGTH, max_iter=300, class_weight="balanced")
        model.fit(vectors[used] * np.sqrt(vectors.shape[1]) / 4, yes[used])
        weights[family] = model.coef_[0] * np.sqrt(vectors.shape[1]) / 4
        biases[family] = model.intercept_[0]
    return weights, biases


def own_labels(corpus: Path) -> list[tuple[tuple[str, str], list[str]]]:
    """((title, abstract), families) of the corpus papers that we labelled ourselves, in families_labels.csv."""
    with Path(__file__).with_name("families_labels.csv").open(newline="", encoding="utf-8") as file:
        wanted = {row["arxiv_id"]: row["families"].split(";") for row in csv.DictReader(file)}
    table = pq.read_table(corpus, columns=["arxiv_id", "title", "abstract"], filters=[("arxiv_id", "in", list(wanted))])
    return [((r["title"], r["abstract"]), wanted[r["arxiv_id"]]) for r in table.to_pylist()]


def flat(features: NDArray[np.float32]) -> NDArray[np.float32]:
    return features.reshape(-1, features.shape[-1])


def f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Micro precision, recall and F1."""
    right = float((truth & said).sum())
    precision, recall = right / max(said.sum(), 1), right / max(truth.sum(), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def shown(figures: tuple[float, float, float]) -> str:
    return "P {:.3f} R {:.3f} F1 {:.3f}".format(*figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help="JSONL with title and abstract")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument(
        "--vectors", type=Path, default=Path("data/families.safetensors"), help="used again when it is there"
    )
    parser.add_argument("--write", action="store_true", help="write data/families.json")
    parser.add_argument("--features", type=Path, help="also save the features and labels here (NPZ)")
    args = parser.parse_args()
    if not args.vectors.exists():
        weights, biases = learn_vectors(args.corpus)
        save_file({"weights": weights.astype(np.float16), "biases": biases.astype(np.float32)}, args.vectors)
    from safetensors.numpy import load_file

    stored = load_file(args.vectors)
    texts = {}
    for path in args.texts:
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                row = json.loads(line)
                texts[plain(row["title"])] = (row["title"], row["abstract"])
    labels = [json.loads(line) for line in args.labels.read_text(encoding="utf-8").split("\n") if line.strip()]
    pairs = [texts[plain(r["title"])] for r in labels]
    families = [r["families"] for r in labels]
    gold = len(labels)
    for pair, found in own_labels(args.corpus):
        pairs.append(pair)
        families.append(found)
    print(f"{gold} papers of the gold, {len(pairs) - gold} of the corpus")
    truth = np.array([[t in found for t in ids()] for found in families])
    vectors = encoder.load("fast").encode([paper_text(*p) for p in pairs])
    logits = vectors @ stored["weights"].astype(np.float32).T + stored["biases"]
    features = np.stack([with_vector(word_features(*p), z) for p, z in zip(pairs, logits, strict=True)])
    if args.features:
        np.savez(args.features, features=features, truth=truth, gold=gold)
    print("titles of cues alone:", shown(f1(truth, features[:, :, 0] > 0)))
    mean, spread = flat(features).mean(0), flat(features).std(0) + 1e-6
    scale = lambda x: (x - mean) / spread  # noqa: E731
    rng = np.random.default_rng(3)
    scores = np.zeros(truth.shape)
    for _ in range(REPEATS):
        folds = rng.permutation(len(pairs)) % FOLDS
        for fold in range(FOLDS):
            model = LogisticRegression(C=STRENGTH, max_iter=1000)
            model.fit(scale(flat(features[folds != fold])), truth[folds != fold].ravel())
            part = features[folds == fold]
            scores[folds == fold] += model.predict_proba(scale(flat(part)))[:, 1].reshape(part.shape[:2]) / REPEATS
    best = max(np.arange(0.05, 0.9, 0.01), key=lambda t: f1(truth, scores > t)[2])
    print(f"cross-validated, threshold {best:.2f}:", shown(f1(truth, scores > best)))
    for name, part in (("gold", slice(0, gold)), ("corpus", slice(gold, None))):
        print(f"  of these {name}:", shown(f1(truth[part], scores[part] > best)))
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    model.fit(scale(flat(features)), truth.ravel())
    for name, weight in zip(NAMES, model.coef_[0], strict=True):
        print(f"  {name:32} {weight:+.2f}")
    if args.write:
        learned = {
            "made_by": "index/learn/families.py",
            "made_on": date.today().isoformat(),
            "labelled_papers": len(pairs),
            "features": list(NAMES),
            "families": list(ids()),
            "weights": [round(float(w), 5) for w in model.coef_[0] / spread],
            "bias": round(float(model.intercept_[0] - (model.coef_[0] * mean / spread).sum()), 5),
            "threshold": round(float(best), 3),
        }
        Path("data/families.json").write_text(json.dumps(learned, indent=1) + "\n")


if __name__ == "__main__":
    main()
