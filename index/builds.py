"""Build folders of a home: one writer, numbered builds, `current` replaced atomically, old ones pruned once unread.

builds/writer.lock      held by the one build that is writing
builds/.unfinished-N    being written; left behind by a killed build, removed by the next one
builds/N                complete: claims.duckdb, indexes, manifest.json (which readers hold locked)
builds/current          symbolic link to N
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, Any

import data

# Of the files of a build. A build of another format, or with other tables, is made again from papers/.
FORMAT = 6
MANIFEST = "manifest.json"
HASHED_ON_OPENING = 32 << 20  # bytes: a build up to this size is hashed whole whenever it is opened (some 30 ms)
_END = 64 << 10  # bytes at each end of a file that are compared whenever a build is opened
_UNFINISHED, _DISCARDED = ".unfinished-", ".discarded-"


class HomeError(ValueError):
    """The home, or a build in it, cannot be used. The message names the place and says what to do."""


@dataclass(frozen=True, slots=True)
class OpenBuild:
    """A complete build that stays on disk as long as this is open."""

    number: int
    folder: Path
    manifest: dict[str, Any]
    lock: IO[bytes]

    def close(self) -> None:
        self.lock.close()


def builds_folder(home: Path) -> Path:
    return home / "builds"


def current_number(home: Path) -> int | None:
    """The number of the build in force, without opening it; None when there is none."""
    try:
        return int(os.readlink(builds_folder(home) / "current"))
    except (OSError, ValueError):
        return None


def tables_version() -> str:
    """Sixteen hex digits of data/schema.sql."""
    return sha256(data.text("schema.sql").encode()).hexdigest()[:16]


def open_current(home: Path, *, other_tables: bool = False) -> OpenBuild:
    """The build in force, locked against pruning until closed.

    Raises HomeError when there is none, when it is of another format or has (unless `other_tables`) other tables, or
    when its manifest cannot be read.
    """
    link = builds_folder(home) / "current"
    for _ in range(100):  # a build that is replaced and pruned between two lines here is looked up again
        try:
            folder = link.parent / os.readlink(link)
        except OSError:
            raise HomeError(
                f"no knowledge base in {home}: nothing was built there yet. Make one with: claims build --home {home}"
            ) from None
        try:
            lock = (folder / MANIFEST).open("rb")
        except OSError as error:
            if current_number(home) != int(folder.name if folder.name.isdecimal() else -1):
                continue
            raise HomeError(f"the build in {folder} is damaged: {MANIFEST}: {error.strerror}. {_cure(home)}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if os.fstat(lock.fileno()).st_ino != (folder / MANIFEST).stat().st_ino:
                raise BlockingIOError
        except (BlockingIOError, FileNotFoundError):  # the pruner has it
            lock.close()
            continue
        try:
            manifest = json.load(lock)
            number, made_by = int(manifest["build"]), int(manifest["format"])
            if made_by == FORMAT and manifest.get("sum") != _sum(manifest):
                raise ValueError("it has changed since it was written: its sum is not its own")
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            lock.close()
            raise HomeError(f"the build in {folder} is damaged: {MANIFEST}: {error!r}. {_cure(home)}") from None
        if made_by != FORMAT:
            lock.close()
            newer = "; it was made by a newer version: use that, or give up what it made" if made_by > FORMAT else ""
            raise HomeError(
                f"the build in {folder} has format {made_by}, this version reads format {FORMAT}{newer}. {_cure(home)}"
            )
        if not other_tables and manifest.get("tables") != tables_version():
            lock.close()
            raise HomeError(f"the build in {folder} was made by another version and has other tables. {_cure(home)}")
        return OpenBuild(number, folder, manifest, lock)
    raise HomeError(f"the current build in {link.parent} changed a hundred times while it was opened; try again")


def _cure(home: Path) -> str:
    return f"Make it again from {home / 'papers'} with: claims build --home {home}"


def damage(build: OpenBuild, *, whole: bool) -> list[str]:
    """What does not agree with the manifest, one line a file, empty when all is well.

    Sizes and the ends of files are always compared; all of them when `whole` is set or the build is small.
    """
    found = []
    files: dict[str, Any] = build.manifest["files"]
    hashed = whole or sum(f["bytes"] for f in files.values()) <= HASHED_ON_OPENING
    for name, expected in sorted(files.items()):
        path = build.folder / name
        if not path.is_file():
            found.append(f"{path} is missing")
        elif path.stat().st_size != expected["bytes"]:
            found.append(f"{path} has {path.stat().st_size} bytes, its manifest says {expected['bytes']}")
        elif _sha256(path) != expected["sha256"] if hashed else _ends(path) != expected["ends"]:
            found.append(f"{path} has changed since it was built: its SHA-256 is not the one in its manifest")
    return found


def damaged(home: Path, build: OpenBuild, found: list[str]) -> HomeError:
    """The error that names what is damaged."""
    return HomeError(f"build {build.number} is damaged: {'; '.join(found)}. {_cure(home)}")


def _sum(manifest: dict[str, Any]) -> str:
    """SHA-256 of all that a manifest says but this sum itself."""
    return sha256(json.dumps({k: v for k, v in manifest.items() if k != "sum"}, sort_keys=True).encode()).hexdigest()


def _ends(path: Path) -> str:
    """SHA-256 of the first and last bytes of a file: where formats say how long their parts are."""
    with path.open("rb") as file:
        digest = sha256(file.read(_END))
        file.seek(max(0, path.stat().st_size - _END))
        digest.update(file.read(_END))
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def writing(home: Path) -> Iterator[tuple[int, Path]]:
    """The only writer of a home: gives the number of the build to write and an empty folder for it.

    Leaves nothing behind when the block raises. Raises HomeError when another build is writing.
    """
    folder = builds_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "writer.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise HomeError(
                f"another build is writing in {folder} ({lock.read().strip() or 'process unknown'}). "
                "Wait until it is done, or end it; the current build can be asked meanwhile"
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        for left in (*folder.glob(f"{_UNFINISHED}*"), *folder.glob(f"{_DISCARDED}*")):
            _remove(left)
        number = max((int(p.name) for p in folder.iterdir() if p.name.isdecimal()), default=0) + 1
        staging = folder / f"{_UNFINISHED}{number}"
        staging.mkdir()
        try:
            yield number, staging
        finally:
            if staging.exists():
                shutil.rmtree(staging)


def publish(home: Path, number: int, staging: Path, manifest: dict[str, Any]) -> Path:
    """Makes the files in `staging` build `number` and that build the current one; returns its folder.

    All bytes are on disk before the one rename that puts them in force.
    """
    names = sorted(p.relative_to(staging).as_posix() for p in staging.rglob("*") if p.is_file())
    files = {
        name: {
            "bytes": (staging / name).stat().st_size,
            "sha256": _sha256(staging / name),
            "ends": _ends(staging / name),
        }
        for name in names
    }
    made = {"format": FORMAT, "build": number, "tables": tables_version()} | manifest | {"files": files}
    text = json.dumps(made | {"sum": _sum(made)}, indent=1, ensure_ascii=False)
    (staging / MANIFEST).write_text(text + "\n", encoding="utf-8")
    for path in (*staging.rglob("*"), staging):
        _to_disk(path)
    folder = builds_folder(home)
    done = folder / str(number)
    staging.rename(done)
    link = folder / f"{_UNFINISHED}current"
    link.symlink_to(str(number))
    _to_disk(folder)
    link.rename(folder / "current")
    _to_disk(folder)
    return done


def prune(home: Path) -> list[int]:
    """Removes the builds that are neither current nor open in some reader; returns their numbers.

    To be called by the writer only. A reader holds the manifest of its build locked.
    """
    folder = builds_folder(home)
    current = os.readlink(folder / "current")
    gone = []
    for old in sorted(
        (p for p in folder.iterdir() if p.name.isdecimal() and p.name != current), key=lambda p: int(p.name)
    ):
        if (old / MANIFEST).exists():
            with (old / MANIFEST).open("rb") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                discarded = folder / f"{_DISCARDED}{old.name}"
                old.rename(discarded)
        else:
            discarded = old
        _remove(discarded)
        gone.append(int(old.name))
    return gone


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
