"""Measures encoders: title to abstract on corpus rows kept out of training, and questions over the papers of a home.

    python -m index.learn.measure CORPUS.parquet [--encoder fast --encoder accurate …] [--rows 2000]
    python -m index.learn.measure --questions QUESTIONS.jsonl --keys KEYS.csv --home HOME [--encoder …]

Prints MRR and nDCG@10 of BM25 (bm25s), of each encoder, and of both fused: the weighted sum of scores scaled to 0..1 by
the largest and smallest of the query, for a row of weights.
"""

import argparse
import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from crawler.archive import Archive
from crawler.paper import normalised_title
from index import encoder as encoders
from index.learn.encoder import corpus, held_out

WEIGHTS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0)
Scores = NDArray[np.float32]


def bm25_scores(queries: Sequence[str], texts: Sequence[str]) -> Scores:
    """float32 (queries, texts)."""
    index = bm25s.BM25()
    index.index(bm25s.tokenize(list(texts), stopwords="en", show_progress=False), show_progress=False)
    tokens = bm25s.tokenize(list(queries), stopwords="en", show_progress=False, return_ids=False)
    known = index.vocab_dict
    return np.stack(
        [
            index.get_scores(kept) if (kept := [t for t in q if t in known]) else np.zeros(len(texts), np.float32)
            for q in tokens
        ]
    )


def scaled(scores: Scores) -> Scores:
    """Each row from 0 to 1."""
    low, high = scores.min(1, keepdims=True), scores.max(1, keepdims=True)
    return (scores - low) / np.maximum(high - low, 1e-9)


def mrr(scores: Scores) -> float:
    """Mean reciprocal rank where text i is the one answer to query i."""
    right = np.diag(scores)[:, None]
    return float((1 / (1 + (scores > right).sum(1))).mean())


def ndcg(order: Sequence[int], grades: NDArray[np.float64], k: int = 10) -> float:
    """nDCG@k with gains 2**grade - 1."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    gains = (2.0 ** grades[list(order[:k])] - 1) * discount[: len(order[:k])]
    best = np.sort(2.0**grades - 1)[::-1][:k]
    return float(gains.sum() / (best * discount[: len(best)]).sum())


def report(name: str, figure: Callable[[Scores], str], words: Scores, vectors: Scores) -> None:
    for weight in WEIGHTS:
        print(f"{name:40.40} vectors x {weight:.1f}  {figure(weight * scaled(vectors) + (1 - weight) * scaled(words))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--encoder", action="append", default=[])
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--keys", type=Path)
    parser.add_argument("--home", type=Path, help="a home into which the pages were imported")
    args = parser.parse_args()
    names = args.encoder or ["fast"]
    if args.corpus:
        pairs = [p for p in corpus(args.corpus) if held_out(p[0])][: args.rows]
        queries, texts = [t for t, _ in pairs], [a for _, a in pairs]
        words = bm25_scores(queries, texts)
        for name in names:
            encoder = encoders.load(name)
            vectors = encoder.encode(queries) @ encoder.encode(texts).T
            report(f"titles, {len(pairs)} rows: {name}", lambda s: f"MRR {mrr(s):.4f}", words, vectors)
    if args.questions:
        with args.keys.open(newline="", encoding="utf-8") as file:
            key_of = {normalised_title(r["title"]): r["key"] for r in csv.DictReader(file)}
        papers = list(Archive(args.home).papers())
        place = {key_of.get(normalised_title(p.title), p.title): i for i, p in enumerate(papers)}
        texts = [f"{p.title}. {p.abstract}" for p in papers]
        asked = [q for line in args.questions.read_text().splitlines() if (q := json.loads(line))["relevant"]]
        grades = np.zeros((len(asked), len(texts)))
        for row, question in enumerate(asked):
            for key, grade in question["relevant"].items():
                grades[row, place[key]] = grade

        def figure(scores: Scores) -> str:
            order = np.argsort(-scores, axis=1)
            values = [ndcg(order[i].tolist(), grades[i]) for i in range(len(asked))]
            kinds = sorted({q["kind"] for q in asked})
            by_kind = {k: np.mean([v for v, q in zip(values, asked, strict=True) if q["kind"] == k]) for k in kinds}
            return f"nDCG@10 {np.mean(values):.4f}  " + " ".join(f"{k} {v:.2f}" for k, v in by_kind.items())

        queries = [q["question"] for q in asked]
        words = bm25_scores(queries, texts)
        for name in names:
            encoder = encoders.load(name)
            report(f"{len(asked)} questions: {name}", figure, words, encoder.encode(queries) @ encoder.encode(texts).T)


if __name__ == "__main__":
    main()
