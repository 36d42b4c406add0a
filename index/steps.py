"""How long each step of a build takes, and how much memory this process and those that it started hold meanwhile."""

import os
import resource
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

_EVERY = 0.5  # seconds between two looks at the memory: one takes some milliseconds a process
_PROC = Path("/proc")


class Steps:
    """Seconds by step and, where `watch` is set, the most megabytes that were in use during each."""

    def __init__(self, *, watch: bool = False) -> None:
        self.seconds: dict[str, float] = {}
        self.megabytes: dict[str, int] = {}
        self._watch = watch

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measures what is done in the block."""
        started = time.monotonic()
        if self._watch:
            with peak_memory() as peak:
                yield
            self.megabytes[name] = peak[0] >> 20
        else:
            yield
        self.seconds[name] = round(time.monotonic() - started, 2)


@contextmanager
def peak_memory(root: int | None = None) -> Iterator[list[int]]:
    """Gives a list whose one number is, after the block, the most bytes in use in it: `memory` every half second."""
    peak, done = [memory(root)], Event()

    def look() -> None:
        while not done.wait(_EVERY):
            peak[0] = max(peak[0], memory(root))

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()
        peak[0] = max(peak[0], memory(root))


def memory(root: int | None = None) -> int:
    """Bytes that the process `root`, or this one, and all that descend from it hold; what they share counts once.

    Linux tells it (proportional set sizes); elsewhere it is the largest size that this process alone ever had.
    """
    if not (_PROC / "self" / "smaps_rollup").exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    return sum(map(_proportional, family(root or os.getpid())))


def family(root: int) -> list[int]:
    """The process `root` and all that descend from it."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it ended meanwhile
                continue
            children[parent].append(int(folder.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += children[found[-1]]
    return found


def _proportional(process: int) -> int:
    try:
        lines = (_PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:  # it ended meanwhile, or is another user's
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)
