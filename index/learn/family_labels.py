"""Papers with their families: the open half of the gold, corpus papers that we labelled, and papers that we invented
for families of which the corpus has few (families_invented.jsonl)."""

import csv
import json
import re
from pathlib import Path

import pyarrow.parquet as pq

Known = tuple[tuple[str, str], list[str], str]  # (title, abstract), families, round


def plain(text: str) -> str:
    """As gold/score_families.py tells titles apart."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def own_labels(corpus: Path) -> list[Known]:
    """((title, abstract), families, round) of the corpus papers that we labelled, in the order of the file."""
    with Path(__file__).with_name("families_labels.csv").open(newline="", encoding="utf-8") as file:
        labels = list(csv.DictReader(file))
    wanted = [("arxiv_id", "in", [row["arxiv_id"] for row in labels])]
    table = pq.read_table(corpus, columns=["arxiv_id", "title", "abstract"], filters=wanted)
    texts = {row["arxiv_id"]: (row["title"], row["abstract"]) for row in table.to_pylist()}
    return [(texts[row["arxiv_id"]], row["families"].split(";"), row["round"]) for row in labels]


def gold_labels(labels: Path, texts: list[Path]) -> list[Known]:
    """((title, abstract), families, "gold") of the papers of the open gold."""
    by_title = {}
    for path in texts:
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                row = json.loads(line)
                by_title[plain(row["title"])] = (row["title"], row["abstract"])
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [(by_title[plain(row["title"])], row["families"], "gold") for row in rows]


def invented() -> list[Known]:
    """((title, abstract), families, "invented") of papers that nobody wrote but we, for families rare in the corpus."""
    lines = Path(__file__).with_name("families_invented.jsonl").read_text(encoding="utf-8").splitlines()
    return [((row["title"], row["abstract"]), row["families"], "invented") for row in map(json.loads, lines)]
