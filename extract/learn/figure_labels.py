"""Our readings of figures alone: for corpus abstracts, what each candidate figure is. Made by reading, without seeing
what the extractor says. Kept as places in the text, without anybody's words.

    python -m extract.learn.figure_labels CORPUS.parquet --sheet IDS.txt > SHEET.txt      texts to read, figures marked
    python -m extract.learn.figure_labels CORPUS.parquet --pack ANSWERS.txt          adds answers to the .gz

A sheet has for each paper `### ID`, title and abstract, with a mark such as ⟦3⟧ behind each candidate figure. An answer
is a line `### ID: 1 C+s  2 -  3 L0q,L0m`: for each mark what the figure claims, several claims with commas between, or
`-` for none. The letters are those of KINDS, DIRECTIONS and METRICS, in this order, and OTHERS behind them for
somebody else's result.

One line a paper is kept: arXiv id, SHA-256 of title and abstract, and [start, end, answer] for each figure, places in
title + newline + abstract. The papers are those of the corpus whose figures the extractor was least sure of; none is
one of a gold file or of `labels`.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from extract.features import paper_features
from extract.figures import Figure, candidates, sentences_of
from extract.learn.gold import Example
from extract.learn.labels import digest, text_of, with_words
from extract.learn.readings import command, text_read
from extract.plain import plain
from extract.reader import unit_name

PACKED = Path(__file__).with_name("figure_labels.jsonl.gz")
KINDS = {"C": "change", "F": "fraction", "L": "level"}
DIRECTIONS = {"+": "better", "-": "worse", "0": "none"}
METRICS = {
    "s": "speed",
    "m": "memory",
    "st": "storage",
    "p": "parameters",
    "c": "compute",
    "e": "energy",
    "$": "cost",
    "n": "communication",
    "d": "data",
    "t": "tokens",
    "q": "quality",
    "x": "other",
}
OTHERS = "o"
_CLAIM = re.compile(r"([CFL])([-+0])(st|[smpce$ndtqx])(o?)")
Row = dict[str, Any]
Told = dict[str, str]  # kind, direction, metric and target of a claim


def claims_of(answer: str) -> list[Told]:
    """What an answer says, nothing for `-`. Raises ValueError for what is no answer.

    >>> claims_of("C+s")
    [{'kind': 'change', 'direction': 'better', 'metric': 'speed', 'target': 'own'}]
    """
    told = []
    for code in answer.split(",") if answer != "-" else ():
        said = _CLAIM.fullmatch(code)
        if said is None:
            raise ValueError(f"{code!r} is no answer: expected one like C+s, L0q or F0mo, or - for no claim")
        kind, direction, metric, other = said.groups()
        told.append(
            {
                "kind": KINDS[kind],
                "direction": DIRECTIONS[direction],
                "metric": METRICS[metric],
                "target": "other" if other else "own",
            }
        )
    return told


def figures_of(title: str, abstract: str) -> Iterator[tuple[int, int, Figure]]:
    """The candidate figures of a paper and their places in title + newline + abstract, in order."""
    setup = paper_features(text_of(title, abstract))
    for section, text, ahead in (("title", title, 0), ("abstract", abstract, len(title) + 1)):
        for sentence in sentences_of(plain(text), section=section):
            for figure in candidates(sentence, setup):
                yield ahead + figure.quantity.start, ahead + figure.quantity.end, figure


def places(title: str, abstract: str) -> list[tuple[int, int]]:
    """Where the candidates stand; such as end together count as one."""
    first: dict[int, int] = {}
    for start, end, _ in figures_of(title, abstract):
        first[end] = min(start, first.get(end, start))
    return [(start, end) for end, start in sorted(first.items())]


def marked(title: str, abstract: str) -> str:
    """Title, newline and abstract with a numbered mark behind each candidate."""
    text, parts, at = text_of(title, abstract), [], 0
    for number, (_, end) in enumerate(places(title, abstract), 1):
        parts += [text[at:end], f"⟦{number}⟧"]
        at = end
    return "".join(parts) + text[at:]


def read_answers(lines: Iterable[str]) -> dict[str, dict[int, str]]:
    """The answers of each paper by the numbers of the marks. Raises ValueError naming the paper for one that is none.

    >>> read_answers(["### 2401.00001: 1 C+s  2 -"])
    {'2401.00001': {1: 'C+s', 2: '-'}}
    """
    found: dict[str, dict[int, str]] = {}
    for line in lines:
        if not line.startswith("### "):
            continue
        key, _, rest = line[4:].partition(": ")
        words = rest.split()
        try:
            answers = {int(n): answer for n, answer in zip(words[::2], words[1::2], strict=True)}
            for answer in answers.values():
                claims_of(answer)
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
        found[key] = answers
    return found


def packed(key: str, title: str, abstract: str, answers: dict[int, str]) -> Row:
    """A paper's answers at their places. Raises ValueError when marks and answers are not the same numbers."""
    at = places(title, abstract)
    if set(answers) != set(range(1, len(at) + 1)):
        raise ValueError(f"{key}: {len(at)} figures are marked, answered are {sorted(answers)}")
    figures = [[start, end, answers[n]] for n, (start, end) in enumerate(at, 1)]
    return {"arxiv_id": key, "sha256": digest(text_of(title, abstract)), "figures": figures}


def unpacked(row: Row, title: str, abstract: str) -> Row:
    """The paper with its answers. Raises ValueError when the text is not the one that was read."""
    text_read(row, title, abstract)
    return {"key": row["arxiv_id"], "title": title, "abstract": abstract, "figures": row["figures"]}


def examples(papers: Iterable[Row]) -> list[Example]:
    """Every candidate of the papers that was judged, with what it claims or None. Of the candidates that one written
    figure makes (see `extract.twins`), each claim goes to the one that fits it best."""
    out = []
    for paper in papers:
        answers = {end: claims_of(answer) for _, end, answer in paper["figures"]}
        there: dict[int, list[Figure]] = {}
        for _, end, figure in figures_of(paper["title"], paper["abstract"]):
            if end in answers:
                there.setdefault(end, []).append(figure)
        for end, figures in there.items():
            told = _partners(figures, answers[end])
            out += [Example(paper["key"], figure, told.get(i)) for i, figure in enumerate(figures)]
    return out


def _partners(figures: list[Figure], claims: list[Told]) -> dict[int, Row]:
    """For the candidates that have one, by number, their claim, with the unit that extraction would name."""
    found: dict[int, Row] = {}
    for claim in claims:
        free = [i for i in range(len(figures)) if i not in found]
        if not free:
            break

        def unlike(i: int, metric: str = claim["metric"]) -> tuple[bool, bool, int, bool]:
            figure = figures[i]
            another = figure.settled is not None and figure.settled != metric
            return another, figure.settled != metric, figure.twin, figure.metric != metric

        best = min(free, key=unlike)
        q = figures[best].quantity
        found[best] = claim | {"unit": unit_name(q.unit.name, claim["metric"], claim["kind"], q.magnitude)}
    return found


def labelled(corpus: Path, *, labels: Path = PACKED) -> Iterator[Row]:
    """The papers that were read, as `labels.with_words` gives them."""
    return with_words(corpus, labels, unpacked)


def sheet_of(key: str, title: str, abstract: str) -> Iterator[str]:
    """The lines of a sheet for one paper."""
    yield f"### {key}\n{marked(title, abstract)}\n"


if __name__ == "__main__":
    command(__doc__, PACKED, lambda: sheet_of, read_answers, packed)
