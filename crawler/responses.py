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
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO

from crawler.limits import LARGEST_PAGE
from crawler.listing import Problem, shortened

_PIECE = 1 << 20  # bytes unpacked at a time
_MAGIC = b"\x1f\x8b\x08"  # how each kept response begins


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


def read(path: Path) -> Iterator[KeptResponse | Problem]:
    """The responses of a run's file in order. What is damaged is a Problem, and the responses behind it are read.

    One that a killed run left unfinished at the end is passed over.
    """
    for place, line in _lines(path):
        if line is None:
            yield Problem(f"byte {place}", "damaged: what was kept here is passed over")
        elif line.strip():
            try:
                yield _response(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
                yield Problem(f"byte {place}", f"no response as crawls keep them: {shortened(repr(problem))}")


def _response(row: dict[str, Any]) -> KeptResponse:
    body = row["text"].encode() if "text" in row else base64.b64decode(row["base64"])
    at = datetime.fromisoformat(row["at"]).astimezone(UTC)
    url, status, kind = row["url"], row["status"], row["content_type"]
    if not (isinstance(url, str) and isinstance(status, int) and isinstance(kind, str)):
        raise TypeError("url, status and content_type are not text, number and text")
    return KeptResponse(url, status, kind, at, body)


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Each line with the byte at which its gzip member begins; None for a member that is damaged.

    The lines of a member are given once its check sum is seen to be right, or as they come where it is large.
    """
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as held:
        at = 0
        while at < len(held):
            member, fed, rest, lines, size = zlib.decompressobj(wbits=31), at, b"", [], 0
            try:
                while not member.eof and (fed < len(held) or member.unconsumed_tail):
                    packed = member.unconsumed_tail or held[fed : fed + _PIECE]
                    fed += 0 if member.unconsumed_tail else len(packed)
                    *whole, rest = (rest + member.decompress(packed, _PIECE)).split(b"\n")
                    lines += whole
                    size += sum(map(len, whole))
                    if len(rest) > LARGEST_PAGE:
                        raise zlib.error(f"more than {LARGEST_PAGE} bytes on a line")
                    if size > LARGEST_PAGE:
                        yield from ((at, line) for line in lines)
                        lines, size = [], 0
            except zlib.error:
                begin = held.find(_MAGIC, at + 1)
                yield at, None
                at = begin if begin > 0 else len(held)
                continue
            if not member.eof:  # cut off: torn by a kill, or its length was damaged and swallowed what follows
                begin = held.find(_MAGIC, at + 1)
                if begin > 0:
                    yield at, None
                at = begin if begin > 0 else len(held)
                continue
            yield from ((at, line) for line in [*lines, rest])
            at = fed - len(member.unused_data)
