"""Time and memory of the steps of a build, and of the way from a corpus to the first answer."""

import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from index import steps, walkthrough
from ui.cli import cli

HOLDS = "import time; held = bytearray(120 << 20); print('held', flush=True); time.sleep(60)"


def test_the_memory_of_processes_that_were_started_counts_and_is_gone_with_them():
    before = steps.memory()
    with steps.peak_memory() as peak, subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        # It holds 40 MB more than that: what this process holds itself may shrink meanwhile.
        assert before + (80 << 20) <= steps.memory() < before + (200 << 20)
        other.kill()
    assert steps.memory() < before + (40 << 20)
    assert peak[0] < before + (200 << 20)


@pytest.mark.parametrize("watch", [False, True])
def test_steps_are_told_by_name(watch):
    made = steps.Steps(watch=watch)
    for name in ("one", "two"):
        with made.step(name):
            pass
    assert list(made.seconds) == ["one", "two"]
    assert list(made.megabytes) == (["one", "two"] if watch else [])
    assert all(10 < size < 100_000 for size in made.megabytes.values())


def in_this_process(*words):
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return 0.1, done.stdout.encode()


def test_the_walk_from_a_corpus_to_an_answer_names_each_step(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(walkthrough, "_run", in_this_process)
    rows = {
        "title": [f"Wren {n}: A Paper" for n in range(9)],
        "abstract": [f"Wren {n} is {n + 2}x faster." for n in range(9)],
    }
    pq.write_table(pa.table(rows), tmp_path / "corpus.parquet")
    walkthrough.main([str(tmp_path / "corpus.parquet"), "--rows", "5", "--jobs", "1"])
    printed = capsys.readouterr().out
    for step in ("import", "  reading", "  words", "build again", "ask, the first time", "import to first answer"):
        assert f"\n{step} " in f"\n{printed}", step


def test_a_command_that_fails_is_said(tmp_path):
    with pytest.raises(OSError, match=r"claims build .*no papers in"):
        walkthrough._run("build", "--home", str(tmp_path))
