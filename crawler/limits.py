"""How much of one thing is read: what strangers send may be wrong, but it must not fill memory or run for ever."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from crawler.listing import UnreadableError

LARGEST_PAGE = 64 << 20  # bytes; pages and responses are read whole, corpora row by row
LARGEST_LINE = 16 << 20  # characters of a line of JSONL or CSV
LONGEST_TITLE = 10_000  # characters of a title in a corpus
LONGEST_TEXT = 1_000_000  # characters of an abstract in a corpus
LARGEST_MEMBER = 512 << 20  # bytes of one member of an archive: more is a bomb, or belongs in a file of its own
LARGEST_HEADER = 16 << 20  # bytes of what an archive says of a member
MOST_TIMES, MOST_ANYHOW = 200, 4 << 30  # how many times its size an archive may be unpacked, and what each may be
MOST_TAGS = 500_000  # of a page: half a kilobyte each when parsed; the longest papers have a fifth of that
MOST_CELLS = 100_000  # of a table, spans filled out
MOST_ELEMENTS = 100_000  # of a list in a response
PARQUET_MEMORY = 2 << 30  # bytes that reading a Parquet file may take

_TAKEN = Path("/proc/self/statm")


def check_tags(text: str | bytes) -> None:
    """Raises UnreadableError when a page has more tags than any that is read."""
    found = text.count(b"<") if isinstance(text, bytes) else text.count("<")
    if found > MOST_TAGS:
        raise UnreadableError(f"{found} tags: expected a page of at most {MOST_TAGS}")


def lines_of(handle: TextIO) -> Iterator[str]:
    """The lines of a file. Raises UnreadableError where one is longer than any that is read."""
    number = 0
    while line := handle.readline(LARGEST_LINE):
        number += 1
        if len(line) == LARGEST_LINE and not line.endswith("\n"):
            raise UnreadableError(f"line {number}: expected at most {LARGEST_LINE >> 20} million characters on a line")
        yield line


@contextmanager
def memory(limit: int) -> Iterator[None]:
    """Lets this process take `limit` bytes more at most while the block runs; what needs more raises MemoryError.

    Where the system does not tell what a process has taken (without /proc), it holds nothing back.
    """
    if not _TAKEN.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(_TAKEN.read_text().split()[0]) * resource.getpagesize()
    most = taken + limit
    if soft == resource.RLIM_INFINITY or most < soft:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
