"""What `claims reproduce` measured on this machine: measurements.jsonl as a table."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index import store


def measurements_file(home: Path) -> Path:
    return home / "measurements.jsonl"


def load(connection: store.Connection, home: Path) -> list[str]:
    """Puts the measurements into the temporary table of that name; returns the lines that are no measurements."""
    path = measurements_file(home)
    rows: list[dict[str, Any]] = []
    unreadable = []
    for number, line in enumerate(path.read_bytes().split(b"\n") if path.exists() else [], 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            rows.append(_row(number, entry))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            unreadable.append(f"{path}, line {number}: not a measurement: {error!r}")
    store.fill_temporary(connection, "measurements", rows)
    return unreadable


def _row(number: int, entry: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(entry["recorded_at"])
    figures = {n: float(entry[n]) for n in ("measured", "baseline_measured", "factor") if entry.get(n) is not None}
    words = {n: str(entry[n]) for n in ("technique_id", "metric", "unit", "device") if entry.get(n) is not None}
    return {
        "measurement_no": number,
        "recorded_at": (at.astimezone(UTC) if at.tzinfo else at).replace(tzinfo=None),
        "details": json.dumps(entry, ensure_ascii=False),
        **figures,
        **words,
    }
