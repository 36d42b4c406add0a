"""What `claims reproduce` measured on this machine: measurements.jsonl as a table."""

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import store

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase


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


def append(home: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Appends records of `reference.record.as_record` to measurements.jsonl: whole lines, under a lock."""
    home.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(_entry(record), ensure_ascii=False) + "\n" for record in records]
    with measurements_file(home).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0, os.SEEK_END)
        torn = file.tell() > 0 and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
        file.write(("\n" * torn + "".join(lines)).encode())
        file.flush()
        os.fsync(file.fileno())


def claimed_factors(base: "KnowledgeBase") -> dict[tuple[str, str], dict[str, Any]]:
    """(technique id, metric) -> what papers of the family claim as their own: {median, low, high, papers, claims}.

    Over papers, not claims: each paper counts once, with the best factor that it claims for the metric.
    """
    query = """
        WITH best AS (
            SELECT t.technique_id, c.metric, c.paper_id, max(c.factor) AS factor, count(*) AS claims
            FROM claims_now AS c JOIN paper_techniques AS t USING (paper_no)
            WHERE c.target = 'own' AND c.factor IS NOT NULL AND c.direction <> 'worse'
                AND c.section IN ('title', 'abstract')
            GROUP BY ALL
        )
        SELECT technique_id, metric, median(factor) AS median, min(factor) AS low, max(factor) AS high,
               count(*) AS papers, sum(claims)::BIGINT AS claims
        FROM best GROUP BY ALL ORDER BY ALL
    """
    return {(row.pop("technique_id"), row.pop("metric")): row for row in base.rows(query)}


def latest(base: "KnowledgeBase", families: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """By technique id the last measurement of each metric: {technique_id, metric, factor, device, recorded_at}."""
    query = """
        SELECT technique_id, metric, arg_max(factor, measurement_no) AS factor,
            arg_max(device, measurement_no) AS device, max(recorded_at) AS recorded_at
        FROM measurements WHERE technique_id IN (SELECT unnest(?)) AND factor IS NOT NULL
        GROUP BY technique_id, metric ORDER BY technique_id, metric
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for row in base.rows(query, [sorted(set(families))]):
        found.setdefault(row["technique_id"], []).append(row)
    return found


def _entry(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record under the names of the table, with all that it says besides."""
    return dict(record) | {
        "recorded_at": record["date"],
        "technique_id": record["family"],
        "measured": record["value"],
        "baseline_measured": record["value_baseline"],
    }
