"""Our readings of candidates for parity alone: words of corpus abstracts that may state that quality is kept, and
whether they do. Made by reading, without seeing what the extractor says. Kept as places, without anybody's words.

    python -m extract.learn.parity_labels CORPUS.parquet --sheet IDS.txt > SHEET.txt      sentences to read
    python -m extract.learn.parity_labels CORPUS.parquet --pack ANSWERS.txt…              adds answers to the .gz

A sheet has a line a candidate, `ID START END: [title] sentence with the «candidate»`; an answer is a line
`ID START END: y`, with y for a statement of the paper's own, o for one about others' work, n for none.

One line a paper is kept: arXiv id, SHA-256 of title and abstract, and [start, end, answer], places in title + newline +
abstract. Most candidates are such as the extractor was not sure of; no paper is one of a gold file or of `labels`.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from extract.features import paper_features
from extract.figures import sentences_of
from extract.learn.gold import ParityExample
from extract.learn.labels import digest, text_of, with_words
from extract.learn.readings import command, text_read
from extract.parity import Parity, candidates
from extract.plain import plain

PACKED = Path(__file__).with_name("parity_labels.jsonl.gz")
ANSWERS = {"y": {"target": "own"}, "o": {"target": "other"}, "n": None}
_ANSWER = re.compile(r"(\S+) (\d+) (\d+): ([yon])")
Row = dict[str, Any]


def candidates_of(title: str, abstract: str) -> Iterator[tuple[int, Parity]]:
    """The candidates of a paper, each with where its section begins in title + newline + abstract."""
    setup = paper_features(text_of(title, abstract))
    for section, text, ahead in (("title", title, 0), ("abstract", abstract, len(title) + 1)):
        written = plain(text)
        for sentence in sentences_of(written, section=section):
            for candidate in candidates(written, sentence, setup):
                yield ahead, candidate


def lines_of(key: str, title: str, abstract: str) -> Iterator[str]:
    """The lines of a sheet for one paper."""
    text = text_of(title, abstract)
    for ahead, c in candidates_of(title, abstract):
        start, end = ahead + c.start, ahead + c.end
        first, last = ahead + c.sentence.start, ahead + c.sentence.end
        said = f"{text[first:start]}«{text[start:end]}»{text[end:last]}"
        yield f"{key} {start} {end}: [{title}] {said}".replace("\n", " ")


def read_answers(lines: Iterable[str]) -> dict[str, list[list[int | str]]]:
    """[start, end, answer] of each paper. Raises ValueError with the line for one that is no answer.

    >>> read_answers(["2401.00001 10 25: y"])
    {'2401.00001': [[10, 25, 'y']]}
    """
    found: dict[str, list[list[int | str]]] = {}
    for line in lines:
        said = _ANSWER.fullmatch(line.strip())
        if said is None:
            raise ValueError(f"{line!r} is no answer: expected ID START END: y, o or n")
        key, start, end, answer = said.groups()
        found.setdefault(key, []).append([int(start), int(end), answer])
    return found


def packed(key: str, title: str, abstract: str, statements: list[list[int | str]]) -> Row:
    """A paper's answers. Raises ValueError for a place that is not in the text."""
    text = text_of(title, abstract)
    for start, end, _ in statements:
        if not 0 <= int(start) < int(end) <= len(text):
            raise ValueError(f"{key}: no place in the text: {start} to {end}")
    return {"arxiv_id": key, "sha256": digest(text), "statements": sorted(statements)}


def unpacked(row: Row, title: str, abstract: str) -> Row:
    """The paper with its answers. Raises ValueError when the text is not the one that was read."""
    text_read(row, title, abstract)
    return {"key": row["arxiv_id"], "title": title, "abstract": abstract, "statements": row["statements"]}


def examples(papers: Iterable[Row]) -> list[ParityExample]:
    """The candidates that were judged: those that overlap a place that has an answer, with what it says."""
    out = []
    for paper in papers:
        for ahead, candidate in candidates_of(paper["title"], paper["abstract"]):
            start, end = ahead + candidate.start, ahead + candidate.end
            said = [answer for a, b, answer in paper["statements"] if a < end and start < b]
            if said:
                out.append(ParityExample(paper["key"], candidate, ANSWERS[said[0]]))
    return out


def labelled(corpus: Path, *, labels: Path = PACKED) -> Iterator[Row]:
    """The papers that were read, as `labels.with_words` gives them."""
    return with_words(corpus, labels, unpacked)


if __name__ == "__main__":
    command(__doc__, PACKED, lambda: lines_of, read_answers, packed)
