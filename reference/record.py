"""A measurement as a row of measurements.jsonl."""

import os
import platform
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

from reference.measurement import Measurement


def as_record(measurement: Measurement, *, at: datetime | None = None) -> dict[str, Any]:
    """JSON-ready: every field of the measurement, `versions` an object, the machine, and the time in UTC."""
    moment = (at or datetime.now(timezone.utc)).astimezone(timezone.utc)  # noqa: UP017 - runs on Python 3.10 too
    return asdict(measurement) | {
        "versions": dict(measurement.versions),
        "machine": f"{platform.platform(terse=True)}, {platform.machine()}, {os.cpu_count()} CPUs",  # no host name
        "date": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def from_record(row: dict[str, Any]) -> Measurement:
    """The measurement of a row. Raises TypeError or KeyError when the row is none, ValueError for wrong figures."""
    kept = {name: value for name, value in row.items() if name not in ("machine", "date")}
    return Measurement(**{**kept, "versions": tuple((name, value) for name, value in row["versions"].items())})
