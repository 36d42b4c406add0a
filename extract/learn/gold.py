"""Gold claims laid beside the candidates of the rules: what the learned parts learn from."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract import parity
from extract.features import paper_features
from extract.figures import Figure, candidates, sentences_of
from extract.plain import plain


@dataclass(slots=True)
class Example:
    """One candidate figure of a gold paper, with the gold claim that it is, or None."""

    paper: str
    figure: Figure
    gold: dict[str, Any] | None


def read(path: Path) -> list[dict[str, Any]]:
    """The papers of a gold file. Raises FileNotFoundError, or ValueError naming a line that is no JSON."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                raise ValueError(f"{path}:{number}: no JSON: {error}") from error
    return rows


def same(a: float | None, b: float | None) -> bool:
    """Equal within 0.1 %, sign aside, or both missing."""
    if a is None or b is None:
        return a is None and b is None
    return abs(abs(a) - abs(b)) <= 0.001 * max(abs(a), abs(b))


def examples(papers: list[dict[str, Any]]) -> list[Example]:
    """Every candidate figure of the papers, with its gold claim where it has one."""
    out = []
    for paper in papers:
        setup = paper_features(paper["title"] + "\n" + paper["abstract"])
        golds = [c for c in paper["claims"] if c["kind"] != "parity"]
        taken: set[int] = set()
        for section in ("title", "abstract"):
            text = paper[section]
            for sentence in sentences_of(plain(text), section=section):
                for figure in candidates(sentence, setup):
                    out.append(Example(paper["key"], figure, _gold_for(figure, text, golds, taken)))
    return out


def _gold_for(figure: Figure, text: str, golds: list[dict[str, Any]], taken: set[int]) -> dict[str, Any] | None:
    q = figure.quantity
    fits: list[tuple[int, int]] = []
    for i, gold in enumerate(golds):
        if i in taken or not same(gold["value"], q.value) or not same(gold["value_max"], q.value_max):
            continue
        at = text.find(gold["quote"])
        while at >= 0:
            if q.start < at + len(gold["quote"]) and q.end > at:
                unlike = (gold["metric"] != figure.metric) + (not same(gold["from_value"], q.from_value))
                fits.append((unlike if figure.settled or figure.twin or figure.sentence.further else 0, i))
                break
            at = text.find(gold["quote"], at + 1)
    if not fits:
        return None
    best = min(fits)[1]
    taken.add(best)
    return golds[best]


@dataclass(slots=True)
class ParityExample:
    """One candidate for a parity statement, with the gold claim that it is, or None."""

    paper: str
    figure: parity.Parity
    gold: dict[str, Any] | None


def parity_examples(papers: list[dict[str, Any]]) -> list[ParityExample]:
    """Every candidate for a parity statement, with its gold claim where it has one. Of several candidates in a gold
    quote it is that of a narrow rule, then the one with most in common."""
    out: list[ParityExample] = []
    for paper in papers:
        setup = paper_features(paper["title"] + "\n" + paper["abstract"])
        golds = [c for c in paper["claims"] if c["kind"] == "parity"]
        taken: set[int] = set()
        for section in ("title", "abstract"):
            text = paper[section]
            plain_text = plain(text)
            found = [
                candidate
                for sentence in sentences_of(plain_text, section=section)
                for candidate in parity.candidates(plain_text, sentence, setup)
            ]
            partner = _partners(text, found, golds, taken)
            out.extend(ParityExample(paper["key"], c, partner.get(i)) for i, c in enumerate(found))
    return out


def _partners(
    text: str, found: list[parity.Parity], golds: list[dict[str, Any]], taken: set[int]
) -> dict[int, dict[str, Any]]:
    """For each candidate that has one its gold claim; `taken` are the golds that have a partner, and grows."""
    fits = []
    for i, gold in enumerate(golds):
        at = text.find(gold["quote"])
        while at >= 0:
            end = at + len(gold["quote"])
            for k, c in enumerate(found):
                shared = min(c.end, end) - max(c.start, at)
                if shared > 0:
                    fits.append((all(rule.endswith("-any") for rule in c.rules), -shared, i, k))
            at = text.find(gold["quote"], at + 1)
    out: dict[int, dict[str, Any]] = {}
    for _, _, i, k in sorted(fits):
        if i not in taken and k not in out:
            taken.add(i)
            out[k] = golds[i]
    return out
