"""Our annotations of devices alone: for corpus abstracts, what each figure that is a claim was measured on. Kept as
places in the text, without anybody's words.

    python -m extract.learn.hardware_labels CORPUS.parquet --out ANNOTATED.jsonl     annotated papers with their texts
    python -m extract.learn.hardware_labels CORPUS.parquet --pack ANNOTATED.jsonl    the other way: renews the .gz

One line a paper: arXiv id, SHA-256 of title and abstract, and for each figure [start, end) in title + newline +
abstract its devices, each as the places of the words that name it, the nearest first; null where the figure is not the
paper's own. A figure without devices has none by its text. The papers are those of `labels` that name hardware,
annotated once more for this field alone; none is a paper of a gold file.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extract.learn.labels import digest, text_of, with_words, write_packed

PACKED = Path(__file__).with_name("hardware_labels.jsonl.gz")


def packed(paper: dict[str, Any]) -> dict[str, Any]:
    """An annotated paper without its words. `figures` holds [start, end, devices], a device being a list of places.

    Raises ValueError for a place that is not in the text.
    """
    text = text_of(paper["title"], paper["abstract"])
    for start, end, devices in paper["figures"]:
        for a, b in [(start, end), *(at for places in devices or () for at in places)]:
            if not 0 <= a < b <= len(text):
                raise ValueError(f"{paper['key']}: no place in the text: {a} to {b}")
    return {"arxiv_id": paper["key"], "sha256": digest(text), "figures": paper["figures"]}


def unpacked(row: dict[str, Any], title: str, abstract: str) -> dict[str, Any]:
    """The annotated paper again. Raises ValueError when the text is not the one that was annotated."""
    if digest(text_of(title, abstract)) != row["sha256"]:
        raise ValueError(f"{row['arxiv_id']}: title or abstract differ from what was annotated")
    return {"key": row["arxiv_id"], "title": title, "abstract": abstract, "figures": row["figures"]}


def labelled(corpus: Path, *, labels: Path = PACKED) -> Iterator[dict[str, Any]]:
    """The annotated papers, as `labels.with_words` gives them."""
    return with_words(corpus, labels, unpacked)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--pack", type=Path)
    args = parser.parse_args()
    if args.pack:
        rows = map(json.loads, args.pack.read_text(encoding="utf-8").splitlines())
        write_packed((json.dumps(packed(paper), separators=(",", ":")) for paper in rows), PACKED)
    if args.out:
        with args.out.open("w", encoding="utf-8") as out:
            for paper in labelled(args.corpus):
                out.write(json.dumps(paper, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
