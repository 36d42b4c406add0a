"""Writes wren.jsonl, the golden claims of wren.html: run it after a change that is meant, and read the difference.

python tests/full_text/make.py
"""

import json
from pathlib import Path
from typing import Any

from crawler import fulltext
from extract import documents
from extract.claim import Claim

FOLDER = Path(__file__).parent
SHOWN = (
    "section", "quote", "metric", "measure", "kind", "value", "value_max", "unit", "bound", "direction", "target",
    "technique", "baseline", "hardware", "phase", "factor",
)  # fmt: skip


def page() -> fulltext.FullText:
    """The invented paper as the crawler reads it."""
    return fulltext.read((FOLDER / "wren.html").read_text(encoding="utf-8"))


def document() -> documents.Document:
    """The same as extraction takes it."""
    return documents.from_json({"key": "wren", **fulltext.as_json(page())})


def shown(claim: Claim) -> dict[str, Any]:
    """What the golden file holds of a claim: no ids, no probabilities."""
    row = {name: getattr(claim, name) for name in SHOWN}
    row["hardware"] = list(claim.hardware)
    row["devices"] = [d.name for d in claim.devices]
    row["setting"] = dict(claim.setting)
    return row


if __name__ == "__main__":
    rows = [json.dumps(shown(claim), ensure_ascii=False) for claim in documents.read(document()).claims]
    (FOLDER / "wren.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
