"""People's verdicts on claims: appended to curation.jsonl, seen in every build, moved when texts change, kept."""

import fcntl
import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract import devices
from extract.claim import BOUNDS, DIRECTIONS, KINDS, METRICS, PHASES, TARGETS
from extract.factors import delta, factors

if TYPE_CHECKING:  # imported where tables are read: a question need not wait for it
    from index.store import Connection

VERDICTS = ("confirm", "reject", "set", "note", "add-to", "undo")
CHOICES = {
    "metric": METRICS,
    "kind": KINDS,
    "bound": BOUNDS,
    "direction": DIRECTIONS,
    "target": TARGETS,
    "phase": (*PHASES, None),
}
NUMBERS = ("value", "value_max", "from_value")
TEXTS = ("measure", "unit", "technique", "baseline")
SETTABLE = (*CHOICES, *NUMBERS, *TEXTS, "hardware")
NOTHING = "null"  # written for a field that is to be empty

# What an entry keeps of the claim that it is about, so that the claim is found again when its text changes.
_KEPT = ("paper_id", "quote", "sentence", "metric", "kind", "value", "value_max", "unit")
MOVED_FROM = 0.6  # least similarity, of 1, at which a verdict moves to another claim

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of curation.jsonl."""

    recorded_at: str  # ISO, UTC
    claim_id: str
    verdict: str
    claim: dict[str, Any]  # what the claim said then
    field: str | None = None
    value: str | None = None
    note: str | None = None
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the entries in the build that was opened."""

    entries: int
    moved: tuple[dict[str, str], ...]  # {"claim_id", "to"}
    orphans: tuple[dict[str, Any], ...]  # entries whose claim is gone and has no similar one
    unreadable: tuple[str, ...]  # lines that are no entries


NONE = Loaded(0, (), (), ())


def curation_file(home: Path) -> Path:
    return home / "curation.jsonl"


def parsed(field: str, text: str) -> Any:
    """The value of a settable field from its text; `null` is nothing. Hardware is separated by semicolons.

    Raises ValueError naming the allowed values.
    """
    if field not in SETTABLE:
        raise ValueError(f"field {field!r} cannot be set; these can: {', '.join(SETTABLE)}")
    if field in CHOICES:
        value = None if text == NOTHING else text
        if value not in CHOICES[field]:
            allowed = ", ".join(NOTHING if c is None else c for c in CHOICES[field])
            raise ValueError(f"{field} {text!r} is not one of {allowed}")
        return value
    if field == "hardware":
        return [] if text == NOTHING else [part.strip() for part in text.split(";") if part.strip()]
    if text == NOTHING and field != "measure":
        return None
    if field in NUMBERS:
        try:
            number = float(text)
        except ValueError:
            raise ValueError(f"{field} {text!r} is no number; write it like 2.5, or {NOTHING}") from None
        if not math.isfinite(number):
            raise ValueError(f"{field} {text!r} is no finite number")
        return number
    if not text.strip():
        raise ValueError(f"{field} is empty; write {NOTHING} for nothing" if field != "measure" else "measure is empty")
    return text


def checked(
    claim: Row, verdict: str, *, field: str | None, value: str | None, note: str | None, collection: str | None
) -> Entry:
    """The entry for a verdict on a claim. Raises ValueError when something is missing, too much or not allowed."""
    if verdict not in VERDICTS:
        raise ValueError(f"verdict {verdict!r} is not one of {', '.join(VERDICTS)}")
    needed = {"set": ("field", "value"), "note": ("note",), "add-to": ("collection",)}.get(verdict, ())
    given = {"field": field, "value": value, "note": note, "collection": collection}
    if missing := [name for name in needed if not (given[name] or "").strip()]:
        raise ValueError(f"{verdict} needs {' and '.join(missing)}")
    if extra := [name for name, text in given.items() if text is not None and name not in needed]:
        raise ValueError(f"{verdict} takes no {' and no '.join(extra)}")
    if field is not None:
        _corrected(claim, {field: parsed(field, str(value))})  # what cannot be applied is refused now
    if collection is not None and not collection.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"collection {collection!r}: a name has letters, digits, hyphens and underscores")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Entry(now, claim["claim_id"], verdict, {n: claim[n] for n in _KEPT}, field, value, note, collection)


def append(home: Path, entry: Entry) -> None:
    """One line more, on disk when this returns; processes take turns. A torn last line of a killed one stays apart."""
    line = json.dumps({k: v for k, v in asdict(entry).items() if v is not None}, ensure_ascii=False) + "\n"
    with curation_file(home).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = "\n" + line
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def entries(home: Path) -> tuple[list[tuple[int, Entry]], list[str]]:
    """All entries in force with their line numbers, and what could not be read.

    An `undo` takes back the last entry in force on its claim; neither of the two is in force then.
    """
    path = curation_file(home)
    if not path.exists():
        return [], []
    found, unreadable = [], []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            entry = Entry(**json.loads(line))
            _check(entry)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            unreadable.append(f"{path}, line {number}: not a verdict: {str(error)[:200]}")
            continue
        if entry.verdict != "undo":
            found.append((number, entry))
        elif taken_back := [place for place, (_, e) in enumerate(found) if e.claim_id == entry.claim_id]:
            del found[taken_back[-1]]
    return found, unreadable


def _check(entry: Entry) -> None:
    """Raises ValueError or OverflowError when an entry, written by hand or by another version, cannot be used."""
    datetime.fromisoformat(entry.recorded_at).astimezone(UTC)
    if entry.verdict not in VERDICTS or not isinstance(entry.claim, dict):
        raise ValueError(f"verdict {entry.verdict!r}")
    texts = (entry.claim_id, entry.field, entry.value, entry.note, entry.collection, entry.claim.get("paper_id"))
    if wrong := [text for text in texts if text is not None and not isinstance(text, str)]:
        raise ValueError(f"expected text, found {wrong[0]!r}")
    if not isinstance(entry.claim_id, str):
        raise ValueError("it names no claim")
    json.dumps(asdict(entry), ensure_ascii=False).encode()  # half characters are no text
    if entry.verdict == "set":
        parsed(str(entry.field), str(entry.value))


def undoing(home: Path, claim_id: str) -> Entry:
    """The entry that takes back the last one in force on a claim. Raises ValueError when there is none."""
    given = [entry for _, entry in entries(home)[0] if entry.claim_id == claim_id]
    if not given:
        raise ValueError(f"there is nothing to undo on claim {claim_id!r}")
    return Entry(datetime.now(UTC).isoformat(timespec="seconds"), claim_id, "undo", given[-1].claim)


def load(connection: "Connection", home: Path) -> Loaded:
    """Puts the verdicts into the temporary tables `curation` and `corrected_claims` of a connection."""
    from index import store

    found, unreadable = entries(home)
    claims = _claims(connection, {e.claim_id for _, e in found})
    place: dict[str, str | None] = {claim_id: claim_id for claim_id in claims}
    for _, entry in found:
        if entry.claim_id not in place:
            place[entry.claim_id] = _most_similar(connection, entry.claim)
    moved = {old: new for old, new in place.items() if new and new != old}
    claims |= _claims(connection, set(moved.values()))

    changes: dict[str, dict[str, Any]] = {}
    rows, orphans = [], []
    for number, entry in found:
        now = place[entry.claim_id]
        resolved = "orphan" if now is None else "moved" if now != entry.claim_id else "same"
        rows.append(
            {
                "entry_no": number,
                "recorded_at": datetime.fromisoformat(entry.recorded_at).astimezone(UTC).replace(tzinfo=None),
                "claim_id": now,
                "given_claim_id": entry.claim_id,
                "resolved": resolved,
                "verdict": entry.verdict,
                "field": entry.field,
                "new_value": entry.value,
                "note": entry.note,
                "collection": entry.collection,
            }
        )
        if now is None:
            orphans.append({"line": number} | asdict(entry))
        elif entry.verdict == "set":
            changes.setdefault(now, {})[str(entry.field)] = parsed(str(entry.field), str(entry.value))
    store.fill_temporary(connection, "curation", rows)
    store.fill_temporary(connection, "corrected_claims", [_corrected(claims[c], changes[c]) for c in changes])
    return Loaded(
        len(found),
        tuple({"claim_id": old, "to": new} for old, new in sorted(moved.items())),
        tuple(orphans),
        tuple(unreadable),
    )


def _claims(connection: "Connection", ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    from index import store

    wanted = sorted(ids)
    if not wanted:
        return {}
    found = store.rows(connection, "SELECT * FROM claims WHERE claim_id IN (SELECT unnest(?))", [wanted])
    return {row["claim_id"]: row for row in found}


def _most_similar(connection: "Connection", gone: Row) -> str | None:
    """The claim of the same paper that says nearly the same as one that is gone; None when none does."""
    from index import store

    best, best_id = MOVED_FROM, None
    for claim in store.rows(
        connection, "SELECT * FROM claims WHERE paper_id = ? ORDER BY claim_no", [gone.get("paper_id")]
    ):
        likeness = similarity(gone, claim)
        if likeness > best:
            best, best_id = likeness, claim["claim_id"]
    return best_id


def similarity(one: Row, other: Row) -> float:
    """From 0 to 1: half by the words of the quote, the rest by figure, metric and kind."""
    words = SequenceMatcher(None, str(one.get("quote")), str(other.get("quote")), autojunk=False).ratio()
    figure = all(one.get(n) == other.get(n) for n in ("value", "value_max", "unit"))
    return (
        0.5 * words
        + 0.3 * figure
        + 0.1 * (one.get("metric") == other.get("metric"))
        + 0.1 * (one.get("kind") == other.get("kind"))
    )


def _corrected(claim: Row, changes: Row) -> dict[str, Any]:
    """A row of `claims` with corrections in place, and what follows from them: devices, factors, change in quality."""
    row = {**claim, **changes}
    if row["kind"] != "parity" and row["value"] is None:
        raise ValueError(f"a claim of kind {row['kind']} needs a value")
    if "hardware" in changes:
        row["devices"] = [
            _resolved(m.text, name) for text in row["hardware"] for m in devices.find(text) for name in m.names
        ]
    figure = {n: row[n] for n in ("kind", "metric", "measure", "value", "value_max", "from_value", "unit", "direction")}
    better = factors(**figure, quote=row["quote"], baseline=row["baseline"])
    row |= {"factor_min": better.min, "factor_max": better.max, "factor": better.best, "delta": delta(**figure)}
    row["setting"] = list(row["setting"].items()) if isinstance(row["setting"], dict) else row["setting"]
    return row


def _resolved(mention: str, name: str) -> dict[str, Any]:
    device = devices.device(name)
    return {"mention": mention, "device": device.name, "vendor": device.vendor, "device_class": device.cls}
