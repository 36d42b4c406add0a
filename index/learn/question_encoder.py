"""Learns data/question_encoder.safetensors from questions that we wrote to papers of the corpus.

    python -m index.learn.question_encoder CORPUS.parquet [--write] [--threads 1]

asked_of_papers.tsv.gz has two questions a paper: what its technique does, in everyday words, and what it is good for.
A question is the mean of its tokens' vectors, which begin as the fast encoder's; papers keep that encoder's vectors.
InfoNCE (van den Oord et al., 2018): a softmax over the cosines to all these papers and as many more, learned
temperature, against its own paper and, for a part, those nearest to that paper, which answer it as well. Titles of
the other papers count as questions too. Adam; a part of the tokens is left out at random.

Prints for questions of held-out papers how often theirs is among the first ten, and the mean reciprocal rank, before
and after; --write then learns from all.
"""

import argparse
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from index import encoder
from index.question_encoder import FILE, MADE_FOR, ROWS, SCALE, TOKENS
from index.techniques import paper_text

ASKED = Path(__file__).with_name("asked_of_papers.tsv.gz")
OTHERS = 12_000  # papers without questions, for their titles and to tell from
TITLES = 0.5  # so many of them a round, as a share of the questions
HELD = 400  # papers
ROUNDS, BATCH, RATE, TEMPERATURE, TEMPERATURE_RATE = 3, 128, 3e-3, 0.05, 0.02
DROPPED = 0.2  # of a question's tokens
LIKE, NEAREST, NEARNESS = 0.4, 10, 0.05  # weight of like papers; how many; temperature of how like they are

Tokens = NDArray[np.int64]


class Pairs(NamedTuple):
    """Questions as tokens, and the place of each one's paper."""

    questions: list[Tokens]
    papers: NDArray[np.int64]


class Papers(NamedTuple):
    """Vectors float32 (papers, dim); of each paper the places of those nearest to it and how like it they are."""

    vectors: torch.Tensor
    nearest: torch.Tensor
    likeness: torch.Tensor


def asked() -> list[tuple[str, list[str]]]:
    """arXiv id and questions of each paper."""
    lines = gzip.decompress(ASKED.read_bytes()).decode("utf-8").splitlines()
    return [(key, questions) for key, *questions in (line.split("\t") for line in lines)]


def papers_of(vectors: NDArray[np.float32]) -> Papers:
    """The papers with what is near them; the first of the nearest is the nearest other one."""
    every = torch.from_numpy(vectors)
    places, likeness = [], []
    for first in range(0, len(every), 500):
        scores = every[first : first + 500] @ every.T
        scores[torch.arange(len(scores)), torch.arange(first, first + len(scores))] = -1
        best, at = scores.topk(NEAREST, 1)
        places.append(at)
        likeness.append((best / NEARNESS).softmax(1))
    return Papers(every, torch.cat(places), torch.cat(likeness))


class Questions(torch.nn.Module):
    """Vectors of questions by a table of tokens, and the inverse temperature, as a logarithm."""

    def __init__(self, table: NDArray[np.float32]) -> None:
        super().__init__()
        self.table = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(table.copy()), freeze=False, mode="mean")
        self.sharpness = torch.nn.Parameter(torch.tensor(-float(np.log(TEMPERATURE))))

    def forward(self, questions: Sequence[Tokens]) -> torch.Tensor:
        """float32 (questions, dim), rows of length 1."""
        starts = np.cumsum([0, *(len(q) for q in questions[:-1])])
        rows = self.table(torch.from_numpy(np.concatenate(questions)), torch.from_numpy(starts))
        return torch.nn.functional.normalize(rows, dim=-1)


def trained(table: NDArray[np.float32], papers: Papers, pairs: Pairs, titles: Pairs) -> Questions:
    """The table, float32 (tokens, dim), after learning from the pairs and, every round, some of the titles."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    model = Questions(table)
    optimizer = torch.optim.Adam(
        [
            {"params": model.table.parameters(), "lr": RATE},
            {"params": [model.sharpness], "lr": TEMPERATURE_RATE},
        ]
    )
    some = min(int(TITLES * len(pairs.questions)), len(titles.questions))
    steps, step = ROUNDS * ((len(pairs.questions) + some) // BATCH), 0
    for _ in range(ROUNDS):
        shown = rng.choice(len(titles.questions), some, replace=False)
        questions = pairs.questions + [titles.questions[i] for i in shown]
        goals = np.concatenate([pairs.papers, titles.papers[shown]])
        order = rng.permutation(len(questions))
        for first in range(0, len(order) - BATCH + 1, BATCH):
            batch = order[first : first + BATCH]
            optimizer.param_groups[0]["lr"] = RATE * (1 - step / steps)
            logs = model([_some(questions[i], rng) for i in batch]) @ papers.vectors.T * model.sharpness.exp()
            logs = torch.log_softmax(logs, 1)
            goal = torch.from_numpy(goals[batch])
            own = logs.gather(1, goal[:, None]).mean()
            like = (logs.gather(1, papers.nearest[goal]) * papers.likeness[goal]).sum(1).mean()
            loss = -(1 - LIKE) * own - LIKE * like
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
    return model


def _some(tokens: Tokens, rng: np.random.Generator) -> Tokens:
    """The tokens without some of them, but never none."""
    kept = rng.random(len(tokens)) >= DROPPED
    return tokens[kept] if kept.any() else tokens


def figures(model: Questions, papers: Papers, pairs: Pairs) -> dict[str, float]:
    """How well questions find their own papers among all."""
    with torch.no_grad():
        scores = model(pairs.questions) @ papers.vectors.T
        own = scores.gather(1, torch.from_numpy(pairs.papers)[:, None])
        better = (scores > own).sum(1).double()
    return {
        "among the first ten": round(float((better < 10).double().mean()), 3),
        "mean reciprocal rank": round(float((1 / (1 + better)).mean()), 3),
    }


def stored(model: Questions, used: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
    """The rows of the tokens used, as whole numbers of eight bits with a scale for each."""
    rows = model.table.weight.detach().numpy()[used]
    scale = (np.maximum(np.abs(rows).max(axis=1), 1e-6) / 127).astype(np.float16)
    codes = np.clip(np.round(rows / scale.astype(np.float32)[:, None]), -127, 127).astype(np.int8)
    return {TOKENS: used.astype(np.int32), ROWS: np.ascontiguousarray(codes), SCALE: scale}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write data/{FILE}, learned from all questions")
    parser.add_argument("--threads", type=int, default=1, help="sums, and so the last bits, differ by their number")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    fast = encoder.load(encoder.FAST)
    assert isinstance(fast, encoder.StaticEncoder)
    table = pq.read_table(args.corpus, columns=["arxiv_id", "title", "abstract"]).to_pylist()
    texts = {row["arxiv_id"]: (row["title"], row["abstract"] or "") for row in table}
    known = [(key, questions) for key, questions in asked() if key in texts]
    rng = np.random.default_rng(0)
    rng.shuffle(known)
    taken = {key for key, _ in known}
    free = sorted(texts.keys() - taken)
    others = [free[i] for i in sorted(rng.choice(len(free), min(OTHERS, len(free)), replace=False))]
    papers = papers_of(fast.encode([paper_text(*texts[key]) for key in [*(k for k, _ in known), *others]]))
    tokens = lambda found: [np.array(t, np.int64) for t in fast.tokens(found)]  # noqa: E731
    titles = Pairs(tokens([texts[key][0] for key in others]), np.arange(len(known), len(known) + len(others)))

    def pairs(first: int, last: int) -> Pairs:
        of = [(q, place) for place in range(first, last) for q in known[place][1]]
        found = [(t, place) for t, (_, place) in zip(tokens([q for q, _ in of]), of, strict=True) if len(t)]
        return Pairs([t for t, _ in found], np.array([place for _, place in found]))

    begin = fast.rows(np.arange(fast.size))
    held = pairs(0, HELD)
    print("before", figures(Questions(begin), papers, held))
    print("after", figures(trained(begin, papers, pairs(HELD, len(known)), titles), papers, held))
    if args.write:
        every = pairs(0, len(known))
        used = np.unique(np.concatenate(every.questions + titles.questions))
        save_file(
            stored(trained(begin, papers, every, titles), used),
            Path("data", FILE),
            metadata={MADE_FOR: fast.name},
        )


if __name__ == "__main__":
    main()
