"""A measurement as a row of measurements.jsonl."""

import math
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime, timezone
from typing import Any

from reference.measurement import Measurement

_KINDS: dict[Any, tuple[tuple[type, ...], str]] = {
    str: ((str,), "a string"),
    float: ((int, float), "a number"),
    bool: ((bool,), "true or false"),
}


def as_record(measurement: Measurement, *, at: datetime | None = None) -> dict[str, Any]:
    """JSON-ready: every field of the measurement, `versions` an object, the machine, and the time in UTC.

    Records of one run take the same `at`, by default now.
    """
    moment = (at or datetime.now(timezone.utc)).astimezone(timezone.utc)  # noqa: UP017 - runs on Python 3.10 too
    return asdict(measurement) | {
        "versions": dict(measurement.versions),
        "machine": f"{platform.platform(terse=True)}, {platform.machine()}, {os.cpu_count()} CPUs",  # no host name
        "date": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def from_record(row: Mapping[str, Any]) -> Measurement:
    """The measurement of a row. Raises ValueError, saying what is wrong, when the row is none or its figures cannot be.

    `machine` and `date` are looked at as well, other additions are passed over.
    """
    if not isinstance(row, dict):
        raise ValueError(f"a record is a JSON object, this is {type(row).__name__}")
    wanted = {f.name: f.type for f in fields(Measurement) if f.name != "versions"} | {"machine": str, "date": str}
    if missing := [name for name in [*wanted, "versions"] if name not in row]:
        raise ValueError(f"not a record of a measurement: it lacks {', '.join(missing)}")
    for name, kind in wanted.items():
        value, (types, word) = row[name], _KINDS[kind]
        if not isinstance(value, types) or (kind is float and isinstance(value, bool)):
            raise ValueError(f"{name} must be {word}, got {value!r}")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{name} must be finite, got {value!r}")
    versions = row["versions"]
    if not isinstance(versions, dict) or not all(isinstance(v, str) for v in versions.values()):
        raise ValueError(f"versions must be an object of strings, got {versions!r}")
    try:
        datetime.strptime(row["date"], "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise ValueError(f"date must look like 2026-01-31T12:00:00Z, got {row['date']!r}") from None
    given = {name: row[name] for name in wanted if name not in ("machine", "date")}
    return Measurement(**given, versions=tuple(versions.items()))
