"""Our readings of baselines and techniques alone: for claims of `figure_labels`, what the figure is compared with and
the name of what reaches it. Made by reading, without seeing what the extractor says. Kept as places, without anybody's
words.

    python -m extract.learn.name_labels CORPUS.parquet --sheet IDS.txt > SHEET.txt      texts to read, claims named
    python -m extract.learn.name_labels CORPUS.parquet --pack ANSWERS.txt…              adds answers to the .gz

A sheet has the texts of `figure_labels.marked` and the numbers of the figures that are own claims. The answers to a
paper are a line `### ID` and for each claim a line `3: b=FlexGen | t=Finch`, words of the text, or - for none.

One line a paper is kept: arXiv id, SHA-256 of title and abstract, and [start, end, baseline, technique], places in
title + newline + abstract, null for none. The papers are those whose names the choosers were least sure of.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from extract.learn import figure_labels
from extract.learn.figure_labels import claims_of, figures_of, marked, places
from extract.learn.gold import Example
from extract.learn.labels import digest, kept, place, text_of, with_words
from extract.learn.readings import Sheet, command, text_read

PACKED = Path(__file__).with_name("name_labels.jsonl.gz")
_ANSWER = re.compile(r"(\d+): b=(.+?) \| t=(.+)")
Row = dict[str, Any]
Names = tuple[str | None, str | None]  # baseline and technique


def own_claims(judged: Row) -> list[int]:
    """The numbers of the marks whose figures are claims of the paper's own, of a packed paper of `figure_labels`."""
    return [
        n
        for n, (_, _, answer) in enumerate(judged["figures"], 1)
        if any(claim["target"] == "own" for claim in claims_of(answer))
    ]


def read_answers(lines: Iterable[str]) -> dict[str, dict[int, Names]]:
    """The answers of each paper by the numbers of the marks. Raises ValueError naming a line that is none.

    >>> read_answers(["### 2401.00001", "2: b=FlexGen | t=-"])
    {'2401.00001': {2: ('FlexGen', None)}}
    """
    found: dict[str, dict[int, Names]] = {}
    key = ""
    for line in filter(None, map(str.strip, lines)):
        if line.startswith("### "):
            key = line[4:]
            found[key] = {}
            continue
        said = _ANSWER.fullmatch(line)
        if said is None or not key:
            raise ValueError(f"{key}: {line!r} is no answer: expected one like 3: b=FlexGen | t=-")
        baseline, technique = (None if words.strip() == "-" else words.strip() for words in said.groups()[1:])
        found[key][int(said[1])] = (baseline, technique)
    return found


def packed(key: str, title: str, abstract: str, answers: dict[int, Names]) -> Row:
    """A paper's answers at their places. Raises ValueError for a mark or words that the text has not."""
    text, at = text_of(title, abstract), places(title, abstract)
    claims = []
    for number, names in sorted(answers.items()):
        if not 1 <= number <= len(at):
            raise ValueError(f"{key}: {len(at)} figures are marked, one answer is for {number}")
        start, end = at[number - 1]
        claims.append([start, end, *(place(text, words, start) if words else None for words in names)])
    return {"arxiv_id": key, "sha256": digest(text), "claims": claims}


def unpacked(row: Row, title: str, abstract: str) -> Row:
    """The paper with its answers. Raises ValueError when the text is not the one that was read."""
    text = text_read(row, title, abstract)
    words = lambda at: text[at[0] : at[1]] if at else None  # noqa: E731
    claims = [[start, end, words(baseline), words(technique)] for start, end, baseline, technique in row["claims"]]
    return {"key": row["arxiv_id"], "title": title, "abstract": abstract, "claims": claims}


def examples(papers: Iterable[Row]) -> list[Example]:
    """The figures that were read, each once, with what the readings name."""
    out = []
    for paper in papers:
        named = {end: (baseline, technique) for _, end, baseline, technique in paper["claims"]}
        for _, end, figure in figures_of(paper["title"], paper["abstract"]):
            if end in named and not figure.twin:
                baseline, technique = named[end]
                gold = {"target": "own", "baseline": baseline, "technique": technique}
                out.append(Example(paper["key"], figure, gold))
    return out


def labelled(corpus: Path, *, labels: Path = PACKED) -> Iterator[Row]:
    """The papers that were read, as `labels.with_words` gives them."""
    return with_words(corpus, labels, unpacked)


def sheet() -> Sheet:
    """What makes the lines of a sheet for one paper."""
    judged = kept(figure_labels.PACKED)

    def lines_of(key: str, title: str, abstract: str) -> Iterator[str]:
        claims = ", ".join(map(str, own_claims(judged[key])))
        yield f"### {key}\n{marked(title, abstract)}\nCLAIMS: {claims}\n"

    return lines_of


if __name__ == "__main__":
    command(__doc__, PACKED, sheet, read_answers, packed)
