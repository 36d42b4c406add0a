"""Work spread over processes: batches in, results out in the same order, so many in flight and no more."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")
_AHEAD = 3  # batches in flight for each process


def spread(work: Callable[[Given], Found], batches: Iterable[Given], *, jobs: int) -> Iterator[Found]:
    """The work on each batch, in order, in `jobs` processes; in this one where `jobs` is 1.

    Batches are taken only as results are: memory stays flat. The processes end with this one, however it ends. Raises
    OSError when one of them is killed.
    """
    if jobs <= 1:
        yield from map(work, batches)
        return
    waiting: deque[Future[Found]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        try:
            for batch in batches:
                waiting.append(pool.submit(work, batch))
                if len(waiting) >= _AHEAD * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise OSError("a process that reads papers ended early, most likely for want of memory") from error


def _end_with_parent() -> None:
    """Lets no process outlive one that was killed: it would wait for work for ever."""
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()
