"""What every parser of this room hands back, and how it says that something could not be read.

A parser is a pure function from a saved response (text or bytes) to an iterator of `Paper | Problem`, each paper with
exactly one source. It yields a `Problem` for an entry that cannot be read and goes on; it raises `UnreadableError` when
the page as a whole is not what it should be. Papers yielded before that stay good.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from crawler.paper import Paper

_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "anonymous.4open.science", "gitee.com")
_CODE_URL = re.compile(
    rf"(?:https?://)?(?:www\.)?(?:{'|'.join(map(re.escape, _HOSTS))})/[\w.~%+-]+(?:/[\w.~%+-]+)*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: the place within the page ("line 12", "item 3", "" for all of it) and why."""

    place: str
    why: str


class UnreadableError(ValueError):
    """A page, response or file is not what it should be. The message says what was found and what was expected."""


Entries = Iterator[Paper | Problem]


def plain_text(text: str) -> str:
    """Text with every run of white space as one space, hard-wrapped newlines among them; half characters as "?"."""
    return " ".join(text.encode(errors="replace").decode().replace("\0", " ").split())


def code_urls_in(text: str) -> tuple[str, ...]:
    r"""The addresses of code repositories in a text, in order, each once.

    >>> code_urls_in(r"Code: github.com/a/b_c. Also (https://github.com/a/b\_c), https://a.github.io")
    ('https://github.com/a/b_c',)
    """
    lowered = text.lower()
    if not any(host in lowered for host in _HOSTS):  # most texts: the pattern takes a third of an import otherwise
        return ()
    found: dict[str, None] = {}
    for match in _CODE_URL.finditer(text.replace("\\_", "_")):
        address = match.group().rstrip(".~%+-")
        address = address if address.startswith(("http://", "https://")) else f"https://{address}"
        found.setdefault(address.removesuffix(".git"))
    return tuple(found)


def day_in(text: object) -> date | None:
    """The day of an ISO date or timestamp, None for anything else.

    >>> day_in("2024-08-01T02:44:09.345Z")
    datetime.date(2024, 8, 1)
    """
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def whole_number(value: object) -> int | None:
    """A count, as a number or in digits; None for anything else and for what no table can hold (beyond 32 bits).

    >>> whole_number("12"), whole_number(-3), whole_number(10**400), whole_number(True)
    (12, -3, None, None)
    """
    if isinstance(value, str):
        text = value.strip()
        value = int(text) if text.isdecimal() and len(text) < 12 else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) < 2**31 else None


def shortened(text: str, most: int = 200) -> str:
    """A text for a message: what is too long ends in an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


@dataclass(frozen=True, slots=True)
class Unread:
    """What an import or a crawl could not read: the file or address, and what was found there and expected."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """What an import or a crawl did: entries read, papers new and changed, and what could not be read."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unreadable: tuple[Unread, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """`{read, new, changed, unreadable: [{path, why}]}`."""
        return asdict(self) | {"unreadable": [asdict(unread) for unread in self.unreadable]}
