"""Files as users give them: paths, folders, archives and standard input, each handed on as one file on disk.

Within folders only the endings of kinds that can be read are taken, so that notes lying beside the pages are no errors;
a file that is named is always tried. Archives are unpacked one member at a time into a temporary file.
"""

import bz2
import gzip
import lzma
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from crawler import limits, responses
from crawler.listing import Unread, UnreadableError

ENDINGS = frozenset(
    [
        ".txt",
        ".html",
        ".htm",
        ".json",
        ".jsonl",
        ".ndjson",
        ".csv",
        ".tsv",
        ".parquet",
        ".xml",
        ".atom",
        ".gz",
        ".xz",
        ".tar",
        ".tgz",
        ".zip",
    ]
)
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, gzip.BadGzipFile)


@dataclass(frozen=True, slots=True)
class SavedFile:
    """One file to be read. `shown`: how it is named to the user; `page`: its base name, the same from any folder."""

    path: Path
    shown: str
    page: str


def files_in(paths: Sequence[str]) -> Iterator[SavedFile | Unread]:
    """Every file that the paths stand for, in order, each once; what is not there or broken as Unread."""
    taken: set[Path] = set()
    for given in paths:
        if given == "-":
            with _Room(None).spooled(sys.stdin.buffer) as path:
                yield SavedFile(path, "-", "-")
            continue
        path = Path(given)
        if path.is_dir():
            found = [p for p in sorted(path.rglob("*")) if p.is_file() and p.suffix.lower() in ENDINGS]
            found = [p for p in found if not any(part.startswith(".") for part in p.relative_to(path).parts)]
            # A folder from somebody else may hold links: what they lead to outside is not among its files.
            found = [p for p in found if p.resolve().is_relative_to(path.resolve())]
            if not found:
                yield Unread(given, f"a folder without a file to read: expected endings {' '.join(sorted(ENDINGS))}")
        else:
            found = [path]
        for file in found:
            if file.resolve() in taken:
                continue
            taken.add(file.resolve())
            yield from _unpacked(file)


def _unpacked(path: Path) -> Iterator[SavedFile | Unread]:
    try:
        with path.open("rb") as handle:
            head = handle.read(6)
    except OSError as problem:
        yield Unread(str(path), f"cannot be opened: {problem.strerror}")
        return
    try:
        if head.startswith(b"PK\x03\x04"):
            yield from _zip_members(path)
        elif path.name.endswith((".tar", ".tgz")) or ".tar." in path.name:
            yield from _tar_members(path)
        elif head.startswith(b"\x1f\x8b") and responses.is_kept(path):
            yield SavedFile(path, str(path), path.name)
        elif head.startswith(b"\x1f\x8b") or head.startswith(b"\xfd7zXZ\0"):
            packed = gzip if head.startswith(b"\x1f\x8b") else lzma
            with packed.open(path) as stream, _Room(path).spooled(stream) as whole:
                yield SavedFile(whole, str(path), path.stem)
        else:
            yield SavedFile(path, str(path), path.name)
    except _BROKEN as problem:
        yield Unread(str(path), f"expected a whole archive, found a damaged one: {problem}")
    except UnreadableError as problem:
        yield Unread(str(path), str(problem))


def _zip_members(path: Path) -> Iterator[SavedFile | Unread]:
    room = _Room(path)
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.is_dir() and _wanted(member.filename):
                try:
                    with archive.open(member) as stream, room.spooled(stream) as whole:
                        yield SavedFile(whole, f"{path}/{member.filename}", PurePosixPath(member.filename).name)
                except (UnreadableError, zipfile.BadZipFile, RuntimeError, zlib.error) as problem:  # or encrypted
                    yield Unread(f"{path}/{member.filename}", str(problem))


def _tar_members(path: Path) -> Iterator[SavedFile | Unread]:
    room = _Room(path)
    with _unpacked_tar(path) as whole_tar, tarfile.open(fileobj=whole_tar, mode="r:") as archive:
        for member in archive:
            archive.members = []  # type: ignore[attr-defined]  # or all that were seen would stay in memory
            if member.isfile() and _wanted(member.name) and (stream := archive.extractfile(member)):
                try:
                    with room.spooled(stream) as whole:
                        yield SavedFile(whole, f"{path}/{member.name}", PurePosixPath(member.name).name)
                except UnreadableError as problem:
                    yield Unread(f"{path}/{member.name}", str(problem))


def _wanted(name: str) -> bool:
    member = PurePosixPath(name)
    return member.suffix.lower() in ENDINGS and not any(part.startswith(".") for part in member.parts if part != ".")


class _Room:
    """How much may still be unpacked of one archive; without a file, of one stream."""

    def __init__(self, archive: Path | None) -> None:
        size = archive.stat().st_size if archive else 0
        self._left = max(limits.MOST_TIMES * size, limits.MOST_ANYHOW)

    @contextmanager
    def spooled(self, stream: IO[bytes] | BinaryIO) -> Iterator[Path]:
        """The stream as a temporary file. Raises UnreadableError when it is larger than any file should be."""
        with tempfile.NamedTemporaryFile(prefix="claims-") as copy:
            size = 0
            while piece := stream.read(1 << 20):
                size += len(piece)
                self._left -= len(piece)
                if size > limits.LARGEST_MEMBER:
                    raise UnreadableError(
                        f"over {limits.LARGEST_MEMBER >> 20} MiB when unpacked: give it as a file of its own"
                    )
                if self._left < 0:
                    raise UnreadableError(
                        f"the archive holds over {limits.MOST_TIMES} times its own size: expected pages and corpora, "
                        "which have a tenth of that; unpack it yourself if it is what it should be"
                    )
                copy.write(piece)
            copy.flush()
            yield Path(copy.name)


class _InPieces:
    """A stream of which nobody reads a lot at once: tar headers may ask for any number of bytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek, self.tell, self.close = stream.seek, stream.tell, stream.close

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= limits.LARGEST_HEADER:
            raise tarfile.ReadError(f"a header of {size} bytes: expected {limits.LARGEST_HEADER} at most")
        return self._stream.read(size)


@contextmanager
def _unpacked_tar(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        head = raw.read(6)
    openers: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ\0": lzma.open, b"BZh": bz2.open}
    opener = next((opener for begin, opener in openers.items() if head.startswith(begin)), open)
    with opener(path, "rb") as stream:
        yield cast(IO[bytes], _InPieces(stream))
