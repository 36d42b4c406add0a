"""Builds of several processes, beside each other and killed: one writer, nothing lost or half, nobody left behind."""

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from index import KnowledgeBase, builds
from index.build import build
from index.builds import HomeError
from tests.builds import QUESTION, content
from tests.processes import running, wait_for


@pytest.mark.slow
def test_two_processes_give_what_one_gives(home, tmp_path, monkeypatch):
    monkeypatch.setattr("index.build._FEW", 0)
    monkeypatch.setattr("index.reading._BATCH", 2)
    shutil.copytree(home / "papers", tmp_path / "two" / "papers")
    build(tmp_path / "two", jobs=2)
    assert content(tmp_path / "two") == content(home)


def test_only_one_build_writes_and_the_other_is_told(home):
    with (home / "builds" / "writer.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(HomeError, match=r"another build is writing in .*builds"):
            build(home, jobs=1)
        with KnowledgeBase.open(home) as base:
            assert base.ask(QUESTION).answers


KILLS = int(os.environ.get("CLAIMS_KILLS", "0"))  # at least so many, in whole rounds of all steps; 100 by `make fuzz`
# Builds each home that it is told of in a child of its own, which has all modules (pandas: Arrow imports it) and models
# that start no threads already: they take much longer than the build. Says the child's number, the steps as they begin,
# and how the child ended.
FORKING = """
import os, sys, traceback
from pathlib import Path
import pandas
from extract.stream import extract_rows
from index.build import build
from index.steps import Steps

list(extract_rows([{"key": 0, "title": "Heron", "abstract": "It is 2x faster on an A100."}], jobs=1))
begin = Steps.step
Steps.step = lambda self, name: (print(name, flush=True), begin(self, name))[1]
for home in sys.stdin:
    if not (child := os.fork()):
        try:
            print(os.getpid(), flush=True)
            build(Path(home.removesuffix("\\n")), jobs=1)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print("ended", os.waitpid(child, 0)[1], flush=True)
"""


@pytest.fixture
def forking():
    """A process that forks builds. It is stopped when a build hangs, which ends the test with an error."""
    process = subprocess.Popen(
        [sys.executable, "-c", FORKING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    clock = threading.Timer(300 + 10 * KILLS, os.killpg, (process.pid, signal.SIGKILL))
    clock.start()
    yield process
    clock.cancel()
    process.stdin.close()
    process.wait()
    process.stdout.close()


def built(forking, home, stop=None, after=0.0):
    """Builds in a child that is killed so many seconds after its line number `stop`; (lines, when each came)."""
    forking.stdin.write(f"{home}\n")
    forking.stdin.flush()
    lines, came = [], []
    while not lines or not lines[-1].startswith("ended"):
        line = forking.stdout.readline()
        assert line, "the process that forks has ended"
        lines.append(line.strip())
        came.append(time.monotonic())
        if len(lines) - 1 == stop and not line.startswith("ended"):
            time.sleep(after)
            os.kill(int(lines[0]), signal.SIGKILL)  # its number is not used again before its parent has waited for it
    return lines, came


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_or_half(home, tmp_path, fill, invented, forking):
    """SIGKILL at random moments of each step: the old build answers in between, and what an undisturbed run gives is
    what the next run gives."""
    fill(
        home,
        [invented(f"Wren {i}: A Later Paper", f"Wren is {i + 2}x faster than Heron {i}.", 10 + i) for i in range(5)],
    )
    undisturbed = Path(shutil.copytree(home, tmp_path / "undisturbed", symlinks=True))
    lines, came = built(forking, undisturbed)
    assert lines[-1] == "ended 0"
    steps = lines[1:-1]
    assert steps[0] == "papers"
    assert {"reading", "merging", "vectors", "words"} <= set(steps)
    assert steps[-1] == "publishing"
    expected = content(undisturbed)
    random.seed(7)
    for number in range(max(-(-KILLS // len(lines[:-1])), 1)):
        torn = Path(shutil.copytree(home, tmp_path / f"torn-{number}", symlinks=True))
        killed = 0
        for at, (begun, over) in enumerate(pairwise(came)):
            ended = built(forking, torn, at, random.random() * (over - begun))[0][-1]
            assert ended in ("ended 0", f"ended {signal.SIGKILL:d}")
            killed += ended != "ended 0"
            with KnowledgeBase.open(torn) as base:
                assert base.ask(QUESTION).answers[0].title.startswith("Larkspur")
                assert not builds.damage(base.build, whole=True)
        assert killed > len(steps) // 2, "builds were over before they were killed: nothing was tried"
        assert built(forking, torn)[0][-1] == "ended 0"
        assert content(torn) == expected
        assert not list((torn / "builds").glob(".*"))


@pytest.mark.slow
def test_no_process_outlives_a_killed_build(tmp_path, papers, fill):
    """Workers once waited for ever for work from a build that had been killed."""
    fill(tmp_path, papers)
    program = (
        "import sys, time; from pathlib import Path; from index import build, reading\n"
        "if __name__ == '__main__':\n"
        "    build._FEW = 0; reading._BATCH = 1\n"
        "    slow = build._Build.fresh\n"
        "    build._Build.fresh = lambda *a: ((time.sleep(i and 30), p)[1] for i, p in enumerate([*slow(*a)] * 100))\n"
        "    build.build(Path(sys.argv[1]), jobs=2)\n"
    )
    (tmp_path / "run.py").write_text(program)
    process = subprocess.Popen([sys.executable, str(tmp_path / "run.py"), str(tmp_path)], cwd=Path(__file__).parents[1])
    workers = wait_for(lambda: [p for p in children(process.pid) if "spawn_main" in p[1]])
    process.kill()
    process.wait()
    wait_for(lambda: not [pid for pid, _ in workers if Path(f"/proc/{pid}").exists()])


def children(parent):
    """(id, command line) of the processes whose parent this is."""
    return running(lambda fields: int(fields[1]) == parent)
