"""Papers read on a Ray cluster give the build that is made without one, also when a process is lost in the middle."""

import os
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

from crawler.archive import Archive, new_run
from index import builds, engines, steps, store
from index.build import build
from index.builds import HomeError
from tests.full_text import make

EVERY_TABLE = "SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY table_name"


def made(home):
    """Every row of every table of the current build in stored order, and the bytes of its indexes."""
    build_ = builds.open_current(home)
    with store.reading(build_.folder / store.DATABASE) as connection:
        names = [row["table_name"] for row in store.rows(connection, EVERY_TABLE)]
        tables = {name: store.rows(connection, f"FROM {name}") for name in names}
    files = {name: (build_.folder / name).read_bytes() for name in build_.manifest["files"] if name != store.DATABASE}
    build_.close()
    return tables, files


@pytest.fixture(scope="module")
def cluster():
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'paperclaims[ray]'")
    pytest.importorskip("ray.data", reason="Ray's data part is not installed: pip install 'paperclaims[ray]'")
    engines._start(None, 2)
    yield
    ray.shutdown()


@pytest.fixture
def two_homes(tmp_path, papers, fill, monkeypatch):
    """Two homes with the same papers and a full text, to be read in many small shards."""
    for name in ("here", "cluster"):
        fill(tmp_path / name, papers)
        archive = Archive(tmp_path / name)
        archive.add_full_texts([make.page()], run=new_run("texts"))
        archive.close()
    monkeypatch.setattr("index.reading._BATCH", 1)
    monkeypatch.setattr("index.build._SHARD", 1)
    return tmp_path / "here", tmp_path / "cluster"


@pytest.mark.slow
def test_a_cluster_gives_the_same_build_also_when_a_process_is_lost(cluster, two_homes):
    here, there = two_homes
    build(here, jobs=1)
    lost = []
    watch = threading.Thread(target=kill_one_that_reads, args=(lost,), daemon=True)
    watch.start()
    shared = there.parent / "shared"
    report = build(there, engine="ray", jobs=2, shards=f"file://{shared}")
    watch.join()
    assert lost, "no process was seen reading: nothing was tried"
    assert report.papers_read == 6
    assert made(there) == made(here)
    assert not list(shared.iterdir()), "shards and results are removed"
    again = build(there, engine="ray", jobs=2)
    assert (again.papers_read, again.vectors_made) == (0, 0)


def kill_one_that_reads(lost, seconds=300):
    """Ends the first process of the cluster that is seen at work on a shard."""
    until = time.monotonic() + seconds
    while not lost and time.monotonic() < until:
        for pid in steps.family(os.getpid()):
            try:
                working = Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::MapBatches")
            except OSError:  # it ended meanwhile
                continue
            if working:
                os.kill(pid, signal.SIGKILL)
                lost.append(pid)
                return
        time.sleep(0.02)


def test_without_ray_it_is_said_what_to_install(two_homes, monkeypatch):
    for name in ("ray", "ray.data"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(HomeError, match=r"pip install 'paperclaims\[ray\]'"):
        build(two_homes[0], engine="ray")
    assert not builds.current_number(two_homes[0])


def test_a_cluster_that_is_not_there_is_said_at_once():
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'paperclaims[ray]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(OSError, match=f"no Ray cluster answers at {address}: .*refused"):
            engines._start(address, None)


def test_an_engine_that_is_none_is_named(two_homes):
    with pytest.raises(ValueError, match=r"no engine 'spark': choose from local, ray"):
        build(two_homes[0], engine="spark")


def table(*numbers):
    return pa.table({"paper_no": pa.array(numbers, pa.int32()), "said": [f"of {n}" for n in numbers]})


def written(folder, **parts):
    folder.mkdir()
    for name, part in parts.items():
        pq.write_table(part, folder / f"{name}.parquet")
    return str(folder)


SENT = np.array([2, 5, 9], np.int64)


def test_results_count_once_in_whatever_order_they_lie(tmp_path):
    folder = written(tmp_path / "results", a=table(9), b=table(5, 2), c=table(5, 9))
    found = pa.concat_tables(engines.results_of(fs.LocalFileSystem(), folder, SENT))
    assert sorted(found.to_pydict()["paper_no"]) == [2, 5, 9]


def test_a_torn_result_is_passed_over_and_a_missing_one_is_an_error(tmp_path):
    folder = written(tmp_path / "results", a=table(9), b=table(2, 5))
    shutil.copy(tmp_path / "results" / "b.parquet", tmp_path / "results" / "torn.parquet")
    with (tmp_path / "results" / "torn.parquet").open("r+b") as file:
        file.truncate(100)
    assert sum(map(len, engines.results_of(fs.LocalFileSystem(), folder, SENT))) == 3
    (tmp_path / "results" / "a.parquet").unlink()
    with pytest.raises(OSError, match="gave back 2 of 3 papers"):
        list(engines.results_of(fs.LocalFileSystem(), folder, SENT))


def test_a_node_with_other_code_is_refused():
    with pytest.raises(RuntimeError, match=r"other code or lexicons .* install the same version"):
        engines._on_a_node(table(1), work=lambda papers: papers, version="0" * 16)


@pytest.mark.parametrize("place", ["s4://nowhere/at-all", "://"])
def test_a_place_for_shards_that_is_none_is_named(place):
    with pytest.raises(HomeError, match="shards cannot be kept at"):
        engines._place(place)


def test_what_a_node_raised_is_said_without_the_traceback_and_advice():
    traceback = (
        "ray::MapBatches(_on_a_node)() (pid=1)\n  File 'engines.py', line 1, in _on_a_node\n"
        "RuntimeError: the node n7 has other code\n\nray.exceptions.UserCodeException: UDF failed\nTo change it, ...\n"
    )
    assert engines._reason(RuntimeError(traceback)) == "the node n7 has other code"
    assert engines._reason(RuntimeError("The worker died unexpectedly.")) == "The worker died unexpectedly."
