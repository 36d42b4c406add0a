"""Processes on this machine as tests look at them: which are there, and waiting for something to become true."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def running(which: Callable[[list[str]], bool]) -> list[tuple[int, str]]:
    """(id, command line) of processes by what /proc/ID/stat says of them: state, parent, group, session, …"""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                if which((folder / "stat").read_text().rpartition(")")[2].split()):
                    found.append((int(folder.name), (folder / "cmdline").read_text()))
            except OSError:  # it ended meanwhile
                continue
    return found


def wait_for(what: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true answer; fails when there is none in time."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until
        time.sleep(0.1)
    return found
