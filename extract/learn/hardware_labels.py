"""Our annotations of devices alone: for corpus abstracts, what each figure that the extractor reads as the paper's own
claim was measured on. Kept as places in the text, without anybody's words.

    python -m extract.learn.hardware_labels CORPUS.parquet --pack ANNOTATED.jsonl    renews hardware_labels.jsonl.gz

One line a paper: arXiv id, SHA-256 of title and abstract, and for each figure [start, end) in title + newline +
abstract its devices, each as the places of the words that may name it; null where the annotator was not sure. The
abstracts were chosen for naming hardware near a figure; none is a paper of a gold file or of `labels`.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extract.learn.labels import digest, place, text_of, with_words, write_packed

PACKED = Path(__file__).with_name("hardware_labels.jsonl.gz")


def packed(paper: dict[str, Any]) -> dict[str, Any]:
    """An annotated paper without its words. `devices` maps (start, end) of a figure to its devices, each a list of the
    names that may stand for it, or to None. Raises ValueError for a name that is not in the text."""
    text = text_of(paper["title"], paper["abstract"])
    figures = []
    for (start, end), devices in paper["devices"].items():
        given = None if devices is None else [[place(text, n, start) for n in names] for names in devices]
        figures.append([start, end, given])
    return {"arxiv_id": paper["key"], "sha256": digest(text), "figures": figures}


def unpacked(row: dict[str, Any], title: str, abstract: str) -> dict[str, Any]:
    """The annotated paper again. Raises ValueError when the text is not the one that was annotated."""
    text = text_of(title, abstract)
    if digest(text) != row["sha256"]:
        raise ValueError(f"{row['arxiv_id']}: title or abstract differ from what was annotated")
    devices = {
        (start, end): None if given is None else [[text[a:b] for a, b in names] for names in given]
        for start, end, given in row["figures"]
    }
    return {"key": row["arxiv_id"], "title": title, "abstract": abstract, "devices": devices}


def labelled(corpus: Path, *, labels: Path = PACKED) -> Iterator[dict[str, Any]]:
    """The annotated papers, as `labels.with_words` gives them."""
    return with_words(corpus, labels, unpacked)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, help="annotated papers as JSONL, each figure as [start, end, devices]")
    parser.add_argument("--pack", type=Path, help="the other way: renews the packed file from such JSONL")
    args = parser.parse_args()
    if args.pack:
        rows = [json.loads(line) for line in args.pack.read_text(encoding="utf-8").splitlines()]
        papers = (row | {"devices": {(a, b): given for a, b, given in row["devices"]}} for row in rows)
        write_packed((json.dumps(packed(paper), separators=(",", ":")) for paper in papers), PACKED)
    if args.out:
        with args.out.open("w", encoding="utf-8") as out:
            for paper in labelled(args.corpus):
                figures = [[*at, given] for at, given in paper["devices"].items()]
                out.write(json.dumps(paper | {"devices": figures}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
