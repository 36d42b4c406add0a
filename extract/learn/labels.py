"""Our own annotations of corpus abstracts, kept without anybody's sentences: places in the text instead of words.

    python -m extract.learn.labels CORPUS.parquet --out LABELS.jsonl        annotated papers, in the form of the gold
    python -m extract.learn.labels CORPUS.parquet --pack ANNOTATED.jsonl    the other way: renews labels.jsonl.gz

One line a paper: arXiv id, SHA-256 of title and abstract (so that another version of a text is noticed, not misread),
and its claims with the fields of the annotation guideline; what is a substring there is [start, end) in
title + newline + abstract here. The annotations were made by correcting the extractor's own output, paper by paper,
after the guideline; no paper of a gold file is among them.
"""

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

PACKED = Path(__file__).with_name("labels.jsonl.gz")
WORDS = ("quote", "measure", "technique", "baseline")  # fields that are substrings of the text


def text_of(title: str, abstract: str) -> str:
    return f"{title}\n{abstract}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _place(text: str, words: str | None, near: int = 0) -> list[int] | None:
    """Where words stand, the occurrence nearest to `near`; None for none. Raises ValueError when they are not there."""
    if not words:
        return None
    starts, at = [], text.find(words)
    while at >= 0:
        starts.append(at)
        at = text.find(words, at + 1)
    if not starts:
        raise ValueError(f"{words!r} is not in the text")
    start = min(starts, key=lambda s: abs(s - near))
    return [start, start + len(words)]


def packed(paper: dict[str, Any]) -> dict[str, Any]:
    """An annotated paper without its words. A technique, measure or baseline not written in the text becomes None."""
    text = text_of(paper["title"], paper["abstract"])
    claims = []
    for claim in paper["claims"]:
        quote = _place(text, claim["quote"])
        assert quote is not None
        row = dict(claim) | {"quote": quote}
        for name in WORDS[1:]:
            row[name] = _place(text, claim[name], quote[0]) if claim[name] and claim[name] in text else None
        row["hardware"] = [_place(text, h, quote[0]) for h in claim["hardware"]]
        claims.append(row)
    return {"arxiv_id": paper["key"], "sha256": _digest(text), "claims": claims}


def unpacked(row: dict[str, Any], title: str, abstract: str) -> dict[str, Any]:
    """The annotated paper again. Raises ValueError when the text is not the one that was annotated."""
    text = text_of(title, abstract)
    if _digest(text) != row["sha256"]:
        raise ValueError(f"{row['arxiv_id']}: title or abstract differ from what was annotated")
    words = lambda place: text[place[0] : place[1]] if place else None  # noqa: E731
    claims = [
        claim | {n: words(claim[n]) for n in WORDS} | {"hardware": [words(h) for h in claim["hardware"]]}
        for claim in row["claims"]
    ]
    for claim in claims:
        claim["measure"] = claim["measure"] or ""
    return {"key": row["arxiv_id"], "source": "corpus", "title": title, "abstract": abstract, "claims": claims}


def annotated(corpus: Path, *, labels: Path = PACKED) -> Iterator[dict[str, Any]]:
    """The annotated papers in the form of the gold files, their words taken from the corpus.

    Papers whose text is missing or another one are named on stderr and left out.
    """
    with gzip.open(labels, "rt", encoding="utf-8") as file:
        rows = {row["arxiv_id"]: row for row in map(json.loads, file)}
    found = 0
    for batch in pq.ParquetFile(corpus).iter_batches(columns=["arxiv_id", "title", "abstract"]):
        for paper in batch.to_pylist():
            if row := rows.get(paper["arxiv_id"]):
                try:
                    yield unpacked(row, paper["title"], paper["abstract"])
                    found += 1
                except ValueError as error:
                    print(error, file=sys.stderr)
    if found < len(rows):
        print(f"{len(rows) - found} of {len(rows)} annotated papers are not in {corpus}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--pack", type=Path)
    args = parser.parse_args()
    if args.pack:
        lines = [json.dumps(packed(json.loads(line))) for line in args.pack.read_text(encoding="utf-8").splitlines()]
        PACKED.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))
    if args.out:
        with args.out.open("w", encoding="utf-8") as out:
            for paper in annotated(args.corpus):
                out.write(json.dumps(paper, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
