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
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = dict[str, Any]
PACKED = Path(__file__).with_name("labels.jsonl.gz")
WORDS = ("quote", "measure", "technique", "baseline")  # fields that are substrings of the text


def text_of(title: str, abstract: str) -> str:
    return f"{title}\n{abstract}"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def place(text: str, words: str, near: int = 0) -> list[int]:
    """Where words stand, the occurrence nearest to `near`. Raises ValueError when they are not there."""
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
        quote = place(text, claim["quote"])
        row = dict(claim) | {"quote": quote}
        for name in WORDS[1:]:
            row[name] = place(text, claim[name], quote[0]) if claim[name] and claim[name] in text else None
        row["hardware"] = [place(text, h, quote[0]) for h in claim["hardware"]]
        claims.append(row)
    return {"arxiv_id": paper["key"], "sha256": digest(text), "claims": claims}


def unpacked(row: dict[str, Any], title: str, abstract: str) -> dict[str, Any]:
    """The annotated paper again. Raises ValueError when the text is not the one that was annotated."""
    text = text_of(title, abstract)
    if digest(text) != row["sha256"]:
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
    """The annotated papers in the form of the gold files, as `with_words` gives them."""
    return with_words(corpus, labels, unpacked)


def with_words(
    corpus: Path, labels: Path, unpack: Callable[[Row, str, str], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Packed papers, given their words by `unpack` with title and abstract from the corpus.

    Papers whose text is missing or another one (ValueError of `unpack`) are named on stderr and left out.
    """
    rows = kept(labels)
    found = 0
    for batch in pq.ParquetFile(corpus).iter_batches(columns=["arxiv_id", "title", "abstract"]):
        for paper in batch.to_pylist():
            if row := rows.get(paper["arxiv_id"]):
                try:
                    yield unpack(row, paper["title"], paper["abstract"])
                    found += 1
                except ValueError as error:
                    print(error, file=sys.stderr)
    if found < len(rows):
        print(f"{len(rows) - found} of {len(rows)} annotated papers are not in {corpus}", file=sys.stderr)


def texts(corpus: Path, ids: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """arXiv id, title and abstract of those papers that the corpus has."""
    wanted = [("arxiv_id", "in", list(ids))]
    table = pq.read_table(corpus, columns=["arxiv_id", "title", "abstract"], filters=wanted)
    for row in table.to_pylist():
        yield row["arxiv_id"], row["title"], row["abstract"]


def kept(labels: Path) -> dict[str, Row]:
    """The packed papers of a file by arXiv id. Raises FileNotFoundError."""
    with gzip.open(labels, "rt", encoding="utf-8") as file:
        return {row["arxiv_id"]: row for row in map(json.loads, file)}


def write_packed(lines: Iterable[str], labels: Path) -> None:
    """Lines of packed papers as a file; the same lines, the same bytes."""
    labels.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--pack", type=Path)
    args = parser.parse_args()
    if args.pack:
        papers = map(json.loads, args.pack.read_text(encoding="utf-8").splitlines())
        write_packed((json.dumps(packed(paper)) for paper in papers), PACKED)
    if args.out:
        with args.out.open("w", encoding="utf-8") as out:
            for paper in annotated(args.corpus):
                out.write(json.dumps(paper, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
