"""`home/responses/`: what the sites sent, compressed, append-only, one file a run.

Each response is one gzip member holding one JSON line, so a file is a valid .jsonl.gz at any time, and a run that was
killed loses at most the response it was writing. `papers/` can be read again from here by a better parser.
"""

import base64
import gzip
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """A response as it came, the body unpacked."""

    url: str
    status: int
    content_type: str
    at: datetime
    body: bytes


class Responses:
    """The responses of one run; its file is made with the first one."""

    def __init__(self, home: Path, run: str) -> None:
        self._path = home / "responses" / f"{run}.jsonl.gz"
        self._handle: BinaryIO | None = None

    def keep(self, response: KeptResponse) -> None:
        """Appends a response; on disk when this returns."""
        if self._handle is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = self._path.open("ab")
        row: dict[str, Any] = {
            "url": response.url,
            "status": response.status,
            "content_type": response.content_type,
            "at": response.at.isoformat(),
        }
        try:
            row["text"] = response.body.decode("utf-8")
        except UnicodeDecodeError:
            row["base64"] = base64.b64encode(response.body).decode("ascii")
        line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        self._handle.write(gzip.compress(line, compresslevel=6))
        self._handle.flush()
        os.fsync(self._handle.fileno())

    def close(self) -> None:
        """Closes the file."""
        if self._handle:
            self._handle.close()


def is_kept(path: Path) -> bool:
    """Whether a compressed file holds kept responses."""
    try:
        with gzip.open(path) as lines:
            begin = lines.read(7)
    except (OSError, EOFError, zlib.error):
        return False
    return begin == b'{"url":'


def read(path: Path) -> Iterator[KeptResponse]:
    """The responses of a run's file in order; one that a killed run left unfinished is passed over."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        while True:
            try:
                line = lines.readline()
                row = json.loads(line) if line else None
            except (EOFError, zlib.error, gzip.BadGzipFile, json.JSONDecodeError):
                return  # torn: nothing was appended after it, as each run has its own file
            if row is None:
                return
            body = row["text"].encode() if "text" in row else base64.b64decode(row["base64"])
            at = datetime.fromisoformat(row["at"]).astimezone(UTC)
            yield KeptResponse(row["url"], row["status"], row["content_type"], at, body)
