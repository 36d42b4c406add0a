"""What `claims reproduce` measured or took over from another machine: measurements.jsonl as a table."""

import fcntl
import json
import math
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # DuckDB is imported where tables are read: a question need not wait for it
    from index.knowledge_base import KnowledgeBase
    from index.store import Connection

_SAME = ("family", "method", "baseline", "metric", "device", "date", "value")  # what makes two records one


def measurements_file(home: Path) -> Path:
    return home / "measurements.jsonl"


def load(connection: "Connection", home: Path) -> list[str]:
    """Puts the measurements into the temporary table of that name; returns the lines that are no measurements."""
    from index import store

    path = measurements_file(home)
    rows: list[dict[str, Any]] = []
    unreadable = []
    for number, line in enumerate(path.read_bytes().split(b"\n") if path.exists() else [], 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            rows.append(_row(number, entry))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            unreadable.append(f"{path}, line {number}: not a measurement: {repr(error)[:200]}")
    store.fill_temporary(connection, "measurements", rows)
    return unreadable


def _row(number: int, entry: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(entry["recorded_at"])
    figures = {n: float(entry[n]) for n in ("measured", "baseline_measured", "factor") if entry.get(n) is not None}
    if wrong := [name for name, value in figures.items() if not math.isfinite(value)]:
        raise ValueError(f"{', '.join(wrong)} must be finite")
    words = {n: str(entry[n]) for n in ("technique_id", "metric", "unit", "device") if entry.get(n) is not None}
    details = json.dumps(entry, ensure_ascii=False)
    details.encode()  # half characters are no text
    return {
        "measurement_no": number,
        "recorded_at": (at.astimezone(UTC) if at.tzinfo else at).replace(tzinfo=None),
        "details": details,
        **figures,
        **words,
    }


def append(home: Path, records: Iterable[Mapping[str, Any]]) -> int:
    """Appends records of `reference.record.as_record` to measurements.jsonl: whole lines, under a lock.

    Records that are there already (same family, method, baseline, metric, device, date and value) are left out.
    Returns how many were new.
    """
    home.mkdir(parents=True, exist_ok=True)
    with measurements_file(home).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        there = {_sameness(entry) for line in file.read().split(b"\n") if (entry := _object(line)) is not None}
        entries = {_sameness(entry): entry for entry in map(_entry, records)}
        lines = [json.dumps(entry, ensure_ascii=False) + "\n" for key, entry in entries.items() if key not in there]
        file.seek(0, os.SEEK_END)
        torn = file.tell() > 0 and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
        file.write(("\n" * (torn and bool(lines)) + "".join(lines)).encode())
        file.flush()
        os.fsync(file.fileno())
    return len(lines)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _sameness(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(entry.get(name)) for name in _SAME)


def _entry(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record under the names of the table, with all that it says besides."""
    return dict(record) | {
        "recorded_at": record["date"],
        "technique_id": record["family"],
        "measured": record["value"],
        "baseline_measured": record["value_baseline"],
    }


def latest(base: "KnowledgeBase", families: Iterable[str] | None = None) -> dict[str, list[dict[str, Any]]]:
    """By technique id (of `families`, or all) what the last run on each device measured, one entry a metric and device.

    Entries are {technique_id, metric, device, recorded_at, here, factor, low, high, shows, runs}: the best, and the
    least and greatest factor over the methods; `shows` where any method does; `here` is False for figures taken over
    from another machine. `runs` has one {method, baseline, factor, factor_low, factor_high, unit, value,
    value_baseline, quality_name, quality_baseline, quality, setting, shows, why} a method, the best first.
    """
    if not measurements_file(base.home).exists():
        return {}
    query = """
        SELECT technique_id, metric, factor, coalesce(device, '') AS device, recorded_at, details FROM measurements
        WHERE factor IS NOT NULL AND technique_id IS NOT NULL AND metric IS NOT NULL
            AND (? OR technique_id IN (SELECT unnest(?)))
        QUALIFY row_number() OVER (
                PARTITION BY technique_id, device, metric, details->>'method', details->>'baseline'
                ORDER BY recorded_at DESC, measurement_no DESC
            ) = 1
            -- methods that the last run did not have any more are gone; one run lasts seconds
            AND recorded_at >= max(recorded_at) OVER (PARTITION BY technique_id, device) - INTERVAL 5 MINUTE
        ORDER BY technique_id, device, metric, factor DESC, measurement_no
    """
    entries = [
        json.loads(row.pop("details")) | row
        for row in base.rows(query, [families is None, sorted(set(families or ()))])
    ]
    found: dict[str, list[dict[str, Any]]] = {}
    for group in grouped(entries):
        found.setdefault(group["technique_id"], []).append(group)
    return found


def grouped(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Records of one run or more, one entry a family, device and metric, as `latest` describes them."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for entry in entries:
        key = (entry.get("technique_id") or entry["family"], entry["device"], entry["metric"])
        groups.setdefault(key, []).append(entry)
    found = []
    for (family, device, metric), members in groups.items():
        runs = sorted(map(_run, members), key=lambda run: (not run["shows"], -run["factor"]))
        found.append(
            {
                "technique_id": family,
                "metric": metric,
                "device": device,
                "recorded_at": max(member.get("recorded_at") or member["date"] for member in members),
                "here": not any(member.get("taken_from") for member in members),
                "factor": runs[0]["factor"],
                "low": min(run["factor"] for run in runs),
                "high": max(run["factor"] for run in runs),
                "shows": any(run["shows"] for run in runs),
                "runs": runs,
            }
        )
    return sorted(found, key=lambda group: not group["here"])  # what was measured here comes first


def _run(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One method; figures that an entry written by hand lacks are null."""

    def figure(name: str) -> float | None:
        value = entry.get(name)
        known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return float(value) if known else None  # type: ignore[arg-type]

    factor = float(entry["factor"])
    words = ("method", "baseline", "why", "unit", "quality_name", "setting")
    return (
        {
            "factor": factor,
            "factor_low": figure("factor_low") or factor,
            "factor_high": figure("factor_high") or factor,
            "shows": bool(entry.get("shows", factor > 1)),
        }
        | {name: str(entry.get(name) or "") for name in words}
        | {name: figure(name) for name in ("value", "value_baseline", "quality_baseline", "quality")}
    )
