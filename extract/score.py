"""Figures of the extractor against annotated papers, and what it got wrong, gold and predicted side by side.

found: value and place match, and the claim is not called somebody else's. strict: found, and metric, kind, unit,
direction and target agree. Both are over the claims with a figure that are the paper's own; parity is counted apart.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from extract.agreement import FIELDS, FILLED, STRICT, Record, agrees, pairs, same_device, same_filling

Predict = Callable[[Iterable[dict[str, Any]]], Iterable[Mapping[str, Any]]]


@dataclass(slots=True)
class Count:
    """True positives, false positives, false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def row(self) -> dict[str, float]:
        """precision, recall, f1 (0 where nothing can be told), and the counts."""
        precision = self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0
        recall = self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {
            "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4),
            "tp": self.tp, "fp": self.fp, "fn": self.fn,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mistake:
    """One disagreement. `cause` is what they are grouped by."""

    cause: str
    key: str
    gold: Record | None
    predicted: Record | None


@dataclass(slots=True)
class Tally:
    """Counts over papers."""

    papers: int = 0
    found: Count = field(default_factory=Count)
    strict: Count = field(default_factory=Count)
    parity: Count = field(default_factory=Count)
    hardware: Count = field(default_factory=Count)
    fields: dict[str, list[int]] = field(default_factory=lambda: {f: [0, 0] for f in FIELDS})
    filled: dict[str, Count] = field(default_factory=lambda: {f: Count() for f in FILLED})
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, paper: Mapping[str, Any], predictions: list[Record]) -> None:
        """Counts one annotated paper with its predicted claims."""
        self.papers += 1
        key, golds = paper["key"], paper["claims"]
        partner = pairs(paper["title"] + "\n" + paper["abstract"], golds, predictions)
        for i, gold in enumerate(golds):
            self._gold(key, gold, predictions[partner[i]] if i in partner else None)
        for j in sorted(set(range(len(predictions))) - set(partner.values())):
            self._extra(key, predictions[j])

    def _gold(self, key: str, gold: Record, predicted: Record | None) -> None:
        parity = gold["kind"] == "parity"
        count = self.parity if parity else self.found
        called_other = predicted is not None and predicted.get("target") == "other"
        if gold["target"] == "other":
            if predicted is not None and not called_other:
                count.fp += 1
                self.strict.fp += not parity
                self.mistakes.append(Mistake("is somebody else's", key, gold, predicted))
            return
        if predicted is None or called_other:
            count.fn += 1
            cause = "missed" if predicted is None else "called other"
            if parity:
                self.mistakes.append(Mistake(f"parity {cause}", key, gold, predicted))
                return
            self.strict.fn += 1
            self.hardware.fn += len(gold["hardware"])
            self.mistakes.append(Mistake(cause, key, gold, predicted))
            return
        count.tp += 1
        if not parity:
            self._compared(key, gold, predicted)

    def _compared(self, key: str, gold: Record, predicted: Record) -> None:
        for name in FIELDS:
            self.fields[name][0] += agrees(gold, predicted, name)
            self.fields[name][1] += 1
        for name in FILLED:
            right = same_filling(gold, predicted, name)
            self.filled[name].tp += right
            self.filled[name].fp += predicted.get(name) is not None and not right
            self.filled[name].fn += gold.get(name) is not None and not right
            if not right and (predicted.get(name) is not None or gold.get(name) is not None):
                self.mistakes.append(Mistake(f"differs in {name}", key, gold, predicted))
        wrong = [name for name in STRICT if not agrees(gold, predicted, name)]
        if wrong:
            self.strict.fp += 1
            self.strict.fn += 1
            self.mistakes.append(Mistake("differs in " + ", ".join(wrong), key, gold, predicted))
        else:
            self.strict.tp += 1
        if not agrees(gold, predicted, "bound"):
            self.mistakes.append(Mistake("differs in bound", key, gold, predicted))
        self._devices(key, gold, predicted)

    def _devices(self, key: str, gold: Record, predicted: Record) -> None:
        theirs = list(predicted.get("hardware") or ())
        missed = 0
        for device in gold["hardware"]:
            hit = next((d for d in theirs if same_device(d, device)), None)
            if hit is None:
                missed += 1
            else:
                theirs.remove(hit)
        self.hardware.tp += len(gold["hardware"]) - missed
        self.hardware.fn += missed
        self.hardware.fp += len(theirs)
        if missed or theirs:
            self.mistakes.append(Mistake("differs in hardware", key, gold, predicted))

    def _extra(self, key: str, predicted: Record) -> None:
        if predicted.get("target") == "other":
            return
        if predicted.get("kind") == "parity":
            self.parity.fp += 1
            self.mistakes.append(Mistake("parity not in the gold set", key, None, predicted))
            return
        self.found.fp += 1
        self.strict.fp += 1
        self.hardware.fp += len(predicted.get("hardware") or ())
        self.mistakes.append(Mistake("not in the gold set", key, None, predicted))

    def figures(self) -> dict[str, Any]:
        shares = {f: round(same / n, 4) if n else None for f, (same, n) in self.fields.items()}
        counts = {name: getattr(self, name).row() for name in ("found", "strict", "parity", "hardware")}
        filled = {name: count.row() for name, count in self.filled.items()}
        return {"papers": self.papers, **counts, "fields": shares, **filled}


def read_gold(path: Path) -> list[dict[str, Any]]:
    """The annotated papers of a JSONL file. Raises ValueError naming the line that is none."""
    papers = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            paper = json.loads(line)
            papers.append({"source": "pages", **{k: paper[k] for k in ("key", "title", "abstract", "claims")}, **paper})
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(
                f"{path}, line {number}: not an annotated paper ({error}); expected key, title, abstract and claims"
            ) from error
    return papers


def tallies(gold_path: Path, *, predict: Predict) -> dict[str, Tally]:
    """Counts over all papers ("all") and over those of each source ("pages", "elsewhere").

    `predict` is given the papers as `{"key", "title", "abstract"}` and gives `{"key", "claims"}` for each of them.
    Raises ValueError when it gives a paper that the gold file lacks.
    """
    papers = read_gold(gold_path)
    asked = [{k: paper[k] for k in ("key", "title", "abstract")} for paper in papers]
    predicted = {row["key"]: list(row["claims"]) for row in predict(asked)}
    if unknown := sorted(predicted.keys() - {paper["key"] for paper in papers}):
        raise ValueError(f"predictions for papers that {gold_path} lacks: {', '.join(unknown[:5])}")
    found: dict[str, Tally] = defaultdict(Tally)
    for paper in papers:
        for part in ("all", paper["source"]):
            found[part].add(paper, predicted.get(paper["key"], []))
    return dict(found)


def score(gold_path: Path, *, predict: Predict) -> dict[str, Any]:
    """The figures over all papers, and under `by_source` those of papers from pages and from elsewhere apart."""
    counts = tallies(gold_path, predict=predict)
    total = counts.pop("all", Tally()).figures()
    return {**total, "by_source": {name: tally.figures() for name, tally in sorted(counts.items())}}


def extractor(jobs: int) -> Predict:
    """The extractor of this installation, as `score` takes it."""
    from extract.stream import extract_rows

    return partial(extract_rows, jobs=jobs)


def score_file(gold_path: Path, *, jobs: int) -> dict[str, Any]:
    """`score` of the extractor itself, run in `jobs` processes."""
    return score(gold_path, predict=extractor(jobs))


def report(figures: Mapping[str, Any]) -> str:
    """The figures as text, one row a figure: over all papers, then for each source."""
    by_source = figures.get("by_source", {})
    lines = []
    for part, row in [("all", figures), *by_source.items()]:
        lines.append(f"{part}: {row['papers']} papers")
        for name, value in row.items():
            if name in ("papers", "by_source"):
                continue
            lines.append(f"  {name:11} " + "  ".join(f"{k} {'-' if v is None else v}" for k, v in value.items()))
    return "\n".join(lines)


_SHOWN = (
    "metric", "measure", "kind", "value", "value_max", "from_value", "unit", "bound", "direction", "target",
    "technique", "baseline", "hardware", "quote",
)  # fmt: skip


def _side(name: str, claim: Record | None, other: Record | None) -> str:
    if claim is None:
        return f"    {name}: -"
    shown = [f for f in _SHOWN if other is None or f == "quote" or claim.get(f) != other.get(f)]
    return f"    {name}: " + ", ".join(f"{f} {json.dumps(claim.get(f), ensure_ascii=False)}" for f in shown)


def _listed(mistakes: Iterable[Mistake]) -> Iterator[str]:
    groups: dict[str, list[Mistake]] = defaultdict(list)
    for mistake in mistakes:
        groups[mistake.cause].append(mistake)
    for cause, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"{cause}: {len(group)}"
        for mistake in group:
            yield f"  {mistake.key}"
            yield _side("gold     ", mistake.gold, mistake.predicted)
            yield _side("predicted", mistake.predicted, mistake.gold)


def _refuse_closed(gold_path: Path) -> None:
    if "closed" in gold_path.name.lower():
        raise ValueError(f"{gold_path} is closed: it gives figures only, its errors stay unread; use an open file")


def errors(gold_path: Path, *, predict: Predict) -> str:
    """Every disagreement, gold and predicted side by side in the fields that differ, by cause, commonest first.

    Raises ValueError for a closed gold file: its errors are not for learning from.
    """
    _refuse_closed(gold_path)
    return "\n".join(_listed(tallies(gold_path, predict=predict)["all"].mistakes))


def error_listing(gold_path: Path, *, jobs: int) -> str:
    """`errors` of the extractor itself, run in `jobs` processes."""
    _refuse_closed(gold_path)
    return errors(gold_path, predict=extractor(jobs))
