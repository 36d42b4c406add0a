"""Learns which words tell no topic: data/general_words.json, read by index/topic_words.py.

    python -m index.learn.general_words CORPUS.parquet [--out data/general_words.json]

What a paper is about stands in its title; `given`, `thereby` and `brings` stand in abstracts and hardly ever in titles.
A stem is general when few of the papers that have it have it in their title (`TITLED`), and when it is written in small
letters: what begins with a capital names something, however seldom titles say it. Stems of fewer than `LEAST` papers
are not judged.
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from index.words import tokens

TITLED, SMALL, LEAST = 0.04, 0.5, 20
_WORD = re.compile(r"[^\W\d_]{2,}")


def general(papers: list[tuple[str, str]]) -> list[str]:
    """The general stems of papers given as title and abstract, in order."""
    having, titled, small, written = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    stem_of: dict[str, list[str]] = {}
    for title, abstract in papers:
        in_title = set(tokens(title))
        having.update(in_title.union(tokens(abstract)))
        titled.update(in_title)
        for word in _WORD.findall(abstract):
            if word not in stem_of:
                stem_of[word] = tokens(word)
            for stem in stem_of[word]:
                written[stem] += 1
                small[stem] += word.islower()
    return sorted(
        stem
        for stem, papers_with in having.items()
        if papers_with >= LEAST and titled[stem] < TITLED * papers_with and small[stem] > SMALL * max(1, written[stem])
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/general_words.json"))
    args = parser.parse_args()
    table = pq.read_table(args.corpus, columns=["title", "abstract"])
    columns = (table.column(name).to_pylist() for name in ("title", "abstract"))
    found = general(list(zip(*columns, strict=True)))
    args.out.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(found)} general stems, written to {args.out}")


if __name__ == "__main__":
    main()
