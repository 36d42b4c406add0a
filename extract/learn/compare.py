"""Three ways to find claims, on the same annotated papers and the same texts, as a table.

    python -m extract.learn.compare GOLD.jsonl CORPUS.parquet [--rows 400]

`quantulum3` is that package as it comes (`pip install 'paperclaims[compare]'`): each quantity that it reads is taken
for a claim. `regex` takes each number with a unit of results behind it. `paperclaims` is `reader.claims`. Found F1 is
that of `claims score`; abstracts a second are of one process, over the first rows of the corpus, the ways in turns, the
best of three.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from extract.claim import as_json
from extract.reader import claims
from extract.score import score

Way = Callable[[str, str], list[dict[str, Any]]]
_UNITS = r"%|\\%|x\b|times\b|×|-fold|fold|ms\b|seconds?\b|FPS|fps|[KMGT]B\b|W\b|points?\b|percent"
_FIGURE = re.compile(rf"(?P<value>\d+(?:,\d{{3}})*(?:\.\d+)?)\s*(?P<unit>{_UNITS})")
_ROUNDS = 3


def _claim(text: str, start: int, end: int, value: float, unit: str) -> dict[str, Any]:
    """A claim in which nothing is known but its figure, with a quote that holds only that."""
    return {
        "quote": text[start:end],
        "value": value,
        "value_max": None,
        "unit": unit,
        "kind": "change",
        "target": "own",
        "metric": "other",
        "direction": "better",
        "bound": "exact",
        "hardware": [],
    }


def by_regex(title: str, abstract: str) -> list[dict[str, Any]]:
    """Numbers with a unit of results behind them."""
    return [
        _claim(text, m.start(), m.end(), float(m["value"].replace(",", "")), m["unit"])
        for text in (title, abstract)
        for m in _FIGURE.finditer(text)
    ]


def by_quantulum3() -> Way:
    """What quantulum3 reads with its own settings. Raises ImportError where it is not installed."""
    from quantulum3 import classifier, parser

    classifier.USE_CLF = False  # what it does without its extra `classifier`, whose model is a pickle

    def way(title: str, abstract: str) -> list[dict[str, Any]]:
        return [
            _claim(text, quantity.span[0], quantity.span[1], quantity.value, quantity.unit.name)
            for text in (title, abstract)
            for quantity in parser.parse(text)
        ]

    return way


def by_ours(title: str, abstract: str) -> list[dict[str, Any]]:
    return [as_json(claim) for claim in claims(title, abstract, key="")]


def found_f1(way: Way, gold: Path) -> dict[str, float]:
    """Precision, recall and F1 of the claims found in the papers of a gold file."""
    found: dict[str, float] = score(
        gold,
        predict=lambda papers: [{"key": p["key"], "claims": way(p["title"], p["abstract"])} for p in papers],
    )["found"]
    return found


def rates(ways: dict[str, Way], texts: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Abstracts a second for each way: in turns, so that they share what else the machine does; the best of three."""
    texts = list(texts)
    best = dict.fromkeys(ways, 0.0)
    for _ in range(_ROUNDS):
        for name, way in ways.items():
            start = time.perf_counter()
            for title, abstract in texts:
                way(title, abstract)
            best[name] = max(best[name], len(texts) / (time.perf_counter() - start))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rows", type=int, default=400)
    args = parser.parse_args()
    ways: dict[str, Way] = {"regex": by_regex, "paperclaims": by_ours}
    try:
        ways = {"quantulum3": by_quantulum3(), **ways}
    except ImportError:
        print("quantulum3 is not installed: pip install 'paperclaims[compare]'", file=sys.stderr)
    table = pq.read_table(args.corpus, columns=["title", "abstract"]).slice(0, args.rows).to_pylist()
    speed = rates(ways, [(row["title"], row["abstract"]) for row in table])
    print("| way | found F1 | precision | recall | abstracts/s, one process |\n| --- | --- | --- | --- | --- |")
    for name, way in ways.items():
        found = found_f1(way, args.gold)
        cells = [f"{found[what]:.2f}" for what in ("f1", "precision", "recall")]
        print(f"| {name} | {' | '.join(cells)} | {speed[name]:,.0f} |")


if __name__ == "__main__":
    main()
