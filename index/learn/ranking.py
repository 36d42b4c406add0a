"""Learns the order of papers in an answer: data/ranking.json, read by index/rank_model.py.

    python -m index.learn.ranking SHARED [--write] [--work DIRECTORY]

SHARED holds `gold/`, `pages/text/` and `corpus/abstracts.parquet`. Learns from graded questions over seven collections
of 246 to 432 papers, which are built in a temporary folder: the open questions of the gold and three sets of our own
over the papers of the text pages, and six sets over papers of the corpus, each by other authors than the last.

A linear score over `index.rank_features`, fitted so that the softmax over a question's papers comes near their gains
(Cao et al., Learning to rank: from pairwise approach to listwise approach, 2007), with an L2 penalty on standardised
signals, by L-BFGS from zero. Prints nDCG@10 of each collection by weights that were learned from the others,
beside that of the order in which papers are chosen; --write learns from all.
"""

import argparse
import csv
import json
import math
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from crawler.archive import Archive, new_run
from crawler.paper import Paper, Source, normalised_title, paper_id_for
from crawler.reading import import_paths
from extract.learn.gold import read
from index import KnowledgeBase, ranking
from index.build import build
from index.rank_features import KINDS, SIGNALS
from index.rank_model import FILE, RankModel

HERE = Path(__file__).parent / "questions"
TESTS = Path(__file__).parents[2] / "tests"
PENALTY = 0.1  # for the mean loss of a question; half or three times of it changes nDCG by .001
LEAST_SPREAD = 0.05  # added to a signal's spread, so that rare ones are not blown up
GRADES = {1: 1.0, 2: 3.0}  # gains, as nDCG counts them

Floats = NDArray[np.float64]


class Asked(NamedTuple):
    """A question as the order of its papers is learned."""

    likely: ranking.Likely
    gain_of: Floats  # (papers,)
    best: Sequence[float]  # the gains of the ten best papers that there are

    @property
    def gains(self) -> Floats:
        """float64 (papers,): of the papers whose order is learned."""
        return self.gain_of[self.likely.places[: len(self.likely.signals)]]

    def first(self, model: RankModel | None) -> list[float]:
        """The gains of the first ten papers by a model, without one by the order in which they were chosen."""
        if model is None:
            return [float(gain) for gain in self.gain_of[self.likely.places[:10]]]
        return [float(self.gain_of[place.paper_no]) for place in ranking.ordered(self.likely, model, top=10)]


def asked(base: KnowledgeBase, questions: Iterable[dict[str, Any]], key_of: dict[str, str]) -> list[Asked]:
    """The questions of a collection that any of its papers answers; `key_of` gives a paper's key by its normalised
    title."""
    titles = (row["title"] for row in base.rows("SELECT title FROM papers ORDER BY paper_no"))
    keys = [key_of.get(normalised_title(title), "") for title in titles]
    found = []
    for question in questions:
        if relevant := question["relevant"]:
            understood = base.understood(question["question"])
            topic = base.topic(understood, question["question"])
            conditions = ranking.conditions(understood, base.columns, about=topic.about)
            likely = ranking.likely(understood, conditions, base.columns, topic, base.words)
            gain_of = np.array([GRADES.get(relevant.get(key, 0), 0.0) for key in keys])
            best = sorted((GRADES[grade] for grade in relevant.values()), reverse=True)[:10]
            found.append(Asked(likely, gain_of, best))
    return found


def fitted(questions: Sequence[Asked]) -> RankModel:
    """The weights, rounded as they are stored. Questions that ask nothing of claims are not ordered by them."""
    learned = [q for q in questions if q.gains.any()]
    every = np.concatenate([q.likely.signals for q in learned])
    spread = every.std(axis=0) + LEAST_SPREAD
    rows = [np.kron(np.concatenate([[1.0], q.likely.kinds]), q.likely.signals / spread) for q in learned]
    shares = [q.gains / q.gains.sum() for q in learned]

    def loss(w: Floats) -> tuple[float, Floats]:
        value, slope = PENALTY * float(w @ w), 2 * PENALTY * w
        for x, share in zip(rows, shares, strict=True):
            scores = x @ w
            logs = scores - logsumexp(scores)
            value -= float(share @ logs) / len(rows)
            slope = slope + x.T @ (np.exp(logs) - share) / len(rows)
        return value, slope

    start = np.zeros(rows[0].shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return RankModel((found.reshape(1 + len(KINDS), len(SIGNALS)) / spread).round(4))


def ndcg(gains: Sequence[float], best: Sequence[float]) -> float:
    """nDCG@10 of gains in the order given, against the best order."""
    total = lambda found: sum(g / math.log2(i + 2) for i, g in enumerate(found))  # noqa: E731
    return total(gains[:10]) / total(best)


def mean(questions: Sequence[Asked], model: RankModel | None = None) -> float:
    """The mean nDCG@10 of questions; `model` as in `Asked.first`."""
    return float(np.mean([ndcg(q.first(model), q.best) for q in questions]))


def collections(shared: Path, work: Path) -> dict[str, list[Asked]]:
    """The questions over each collection of papers, by its name."""
    pages = work / "pages"
    import_paths(pages, [str(shared / "pages" / "text")])
    build(pages, jobs=1)
    with (shared / "gold" / "keys.csv").open(newline="", encoding="utf-8") as file:
        key_of = {normalised_title(row["title"]): row["key"] for row in csv.DictReader(file)}
    out = {}
    with KnowledgeBase.open(pages) as base:
        files = (
            shared / "gold" / "questions_open.jsonl",
            TESTS / "questions_development.jsonl",
            HERE / "authors_4.jsonl",
            HERE / "authors_7.jsonl",
        )
        out["pages"] = asked(base, [question for file in files for question in read(file)], key_of)
    for name, folder in (("questions_corpus", TESTS), *((f"authors_{n}", HERE) for n in (1, 2, 3, 5, 6))):
        titles = corpus_home(work / name, shared, (folder / f"{name}_papers.txt").read_text(encoding="utf-8").split())
        with KnowledgeBase.open(work / name) as base:
            out[name] = asked(base, read(folder / f"{name}.jsonl"), titles)
    return out


def corpus_home(home: Path, shared: Path, wanted: Sequence[str]) -> dict[str, str]:
    """Builds a home of these papers, by arXiv id or key of the open gold; their keys by title."""
    gold = read(shared / "gold" / "open.jsonl")
    texts = {row["key"]: (row["title"], row["abstract"]) for row in gold if row["key"] in set(wanted)}
    corpus = pq.read_table(
        shared / "corpus" / "abstracts.parquet",
        columns=["arxiv_id", "title", "abstract"],
        filters=[("arxiv_id", "in", sorted(wanted))],
    )
    texts |= {row["arxiv_id"]: (row["title"], row["abstract"]) for row in corpus.to_pylist()}
    archive = Archive(home)
    made = [
        Paper(paper_id_for(title), title, text, sources=(Source("corpus", "corpus", place, title=title),))
        for place, (title, text) in enumerate(texts.values())
    ]
    archive.append(made, run=new_run("learn"))
    archive.close()
    build(home, jobs=1)
    return {normalised_title(title): key for key, (title, _) in texts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", action="store_true", help="write data/ranking.json, learned from all")
    parser.add_argument("--work", type=Path, help="a new folder that the built collections are left in")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        found = collections(args.shared, args.work or Path(temporary))
        for name, held in found.items():
            model = fitted([q for other, part in found.items() if other != name for q in part])
            print(f"{name}: {len(held)} questions, nDCG@10 {mean(held, model):.4f}, as chosen {mean(held):.4f}")
        if args.write:
            weights = fitted([q for part in found.values() for q in part]).weights
            stored = {
                "made_by": "python -m index.learn.ranking",
                "questions": sum(map(len, found.values())),
                "signals": SIGNALS,
                "kinds": KINDS,
                "weights": weights.tolist(),
            }
            Path("data", FILE).write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
