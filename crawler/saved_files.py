"""Files as users give them: paths, folders, archives and standard input, each handed on as one file on disk.

Within folders only the endings of kinds that can be read are taken, so that notes lying beside the pages are no errors;
a file that is named is always tried. Archives are unpacked one member at a time into a temporary file.
"""

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
from typing import IO, BinaryIO

from crawler import responses
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
LARGEST_MEMBER = 512 * 1024 * 1024  # bytes of one member of an archive: more is a bomb, or belongs in a file of its own

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
            with _spooled(sys.stdin.buffer) as path:
                yield SavedFile(path, "-", "-")
            continue
        path = Path(given)
        if path.is_dir():
            found = [p for p in sorted(path.rglob("*")) if p.is_file() and p.suffix.lower() in ENDINGS]
            found = [p for p in found if not any(part.startswith(".") for part in p.relative_to(path).parts)]
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
            with packed.open(path) as stream, _spooled(stream) as whole:
                yield SavedFile(whole, str(path), path.stem)
        else:
            yield SavedFile(path, str(path), path.name)
    except _BROKEN as problem:
        yield Unread(str(path), f"expected a whole archive, found a damaged one: {problem}")
    except UnreadableError as problem:
        yield Unread(str(path), str(problem))


def _zip_members(path: Path) -> Iterator[SavedFile | Unread]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.is_dir() and _wanted(member.filename):
                try:
                    with archive.open(member) as stream, _spooled(stream) as whole:
                        yield SavedFile(whole, f"{path}/{member.filename}", PurePosixPath(member.filename).name)
                except (UnreadableError, zipfile.BadZipFile, RuntimeError) as problem:  # RuntimeError: encrypted
                    yield Unread(f"{path}/{member.filename}", str(problem))


def _tar_members(path: Path) -> Iterator[SavedFile | Unread]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and _wanted(member.name) and (stream := archive.extractfile(member)):
                try:
                    with _spooled(stream) as whole:
                        yield SavedFile(whole, f"{path}/{member.name}", PurePosixPath(member.name).name)
                except UnreadableError as problem:
                    yield Unread(f"{path}/{member.name}", str(problem))


def _wanted(name: str) -> bool:
    member = PurePosixPath(name)
    return member.suffix.lower() in ENDINGS and not any(part.startswith(".") for part in member.parts if part != ".")


@contextmanager
def _spooled(stream: IO[bytes] | BinaryIO) -> Iterator[Path]:
    """The stream as a temporary file. Raises UnreadableError when it is larger than any page or corpus should be."""
    with tempfile.NamedTemporaryFile(prefix="claims-") as copy:
        size = 0
        while piece := stream.read(1 << 20):
            size += len(piece)
            if size > LARGEST_MEMBER:
                raise UnreadableError(f"over {LARGEST_MEMBER >> 20} MiB when unpacked: give it as a file of its own")
            copy.write(piece)
        copy.flush()
        yield Path(copy.name)
