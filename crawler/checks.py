"""How damage in `papers/` is told: a check sum on every line, and hashes of whole files kept by those who read them."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crawler.listing import Problem

Known = Mapping[str, Mapping[str, Any]]  # by file name: {"bytes", "sha256"} of what was read of it
_SUM = b', "sum": "'


def with_sum(row: Mapping[str, Any]) -> bytes:
    """A row as one line of JSON whose last field is the CRC-32 of all before it."""
    line = json.dumps(row, ensure_ascii=False).encode()[:-1]
    return line + _SUM + f"{zlib.crc32(line):08x}".encode() + b'"}\n'


def checked_row(line: bytes) -> dict[str, Any]:
    """The row of a line. Raises ValueError when it is no object or not what was written.

    Lines written by versions that kept no sum are held against the hash that entries and full texts carry.
    """
    try:
        row = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(row, dict):
        raise ValueError(f"expected an object, found {str(row)[:40]!r}")
    said = row.get("sum")
    if said is not None:
        if said != f"{zlib.crc32(line[: line.rfind(_SUM)]):08x}":
            raise ValueError("its check sum is not that of the line")
    elif "paper" in row and row.get("digest") != entry_digest(row["paper"]):
        raise ValueError("its digest is not that of the paper")
    elif "full_text" in row and row.get("digest") != text_digest(row["full_text"]):
        raise ValueError("its digest is not that of the text")
    return row


def entry_digest(said: dict[str, Any]) -> str:
    """Sixteen hex digits of all that an entry says, but not of its place in the list, which moves with every vote."""
    row = said | {"paper_id": "", "sources": [source | {"position": 0} for source in said["sources"]]}
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]


def text_digest(said: dict[str, Any]) -> str:
    """Sixteen hex digits of a full text as JSON."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def hashes(folder: Path, sizes: Mapping[str, int], known: Known) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """The SHA-256 of the first bytes of files, `sizes` saying how many, and what is not as `known` says it was.

    Files are only ever appended to: what was known of one is a beginning of it.
    """
    found: dict[str, dict[str, Any]] = {}
    wrong = []
    for name in sorted({*sizes, *known}):
        path, before = folder / name, known.get(name, {"bytes": 0, "sha256": hashlib.sha256().hexdigest()})
        if not path.exists():
            wrong.append(Problem(name, "is gone"))
            continue
        size = path.stat().st_size
        if size < before["bytes"]:
            wrong.append(Problem(name, f"has {size} bytes, it had {before['bytes']}"))
            before = {"bytes": 0, "sha256": hashlib.sha256().hexdigest()}
        wanted = max(sizes.get(name, 0), before["bytes"])
        digest, at = hashlib.sha256(), 0
        with path.open("rb") as file:
            for end in sorted({before["bytes"], min(wanted, size)}):
                while at < end and (piece := file.read(min(1 << 20, end - at))):
                    digest.update(piece)
                    at += len(piece)
                if end == before["bytes"] and digest.hexdigest() != before["sha256"]:
                    wrong.append(Problem(name, f"its first {end} bytes have changed since they were read"))
        found[name] = {"bytes": at, "sha256": digest.hexdigest()}
    return found, wrong
