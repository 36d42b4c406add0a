"""Where papers are read: in processes of this machine, or on a Ray cluster. Both map Arrow tables, a row a paper."""

import logging
import os
import platform
import re
import socket
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import fs

from extract.processes import spread
from index import reading
from index.builds import HomeError

LOCAL, RAY = "local", "ray"
NAMES = (LOCAL, RAY)
# A table of papers, with `paper_no`, to a table with a row for each of them, with `paper_no`, in whatever order. It is
# a function of a module, or a partial of one, so that it can be sent to other processes.
Work = Callable[[pa.Table], pa.Table]
_RETRIES = 8  # of one shard, when the process or node that reads it is lost
_OBJECTS = (
    512 << 20
)  # bytes of shared memory for a cluster of our own: shards and results are files, little is in flight
_RAISED = re.compile(r"^(?!ray\.)[\w.]+(?:Error|Exception|Killed): (.+)", re.MULTILINE)
_ROWS = 1024  # of results taken from a file at a time


class Engine(Protocol):
    """What reads papers for a build."""

    def map(self, work: Work, tables: Iterable[pa.Table], *, few: bool, shard: int) -> Iterator[pa.Table]:
        """The work on each table, in any order, each row once.

        `few`: starting processes would take longer than the work. `shard`: so many tables go to a node together.
        Raises OSError when processes are lost, or cannot be had.
        """

    def close(self) -> None:
        """Ends what was started."""


class Local:
    """Processes of this machine, a few tables in flight for each."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def map(self, work: Work, tables: Iterable[pa.Table], *, few: bool, shard: int) -> Iterator[pa.Table]:
        return spread(work, tables, jobs=1 if few else self._jobs)

    def close(self) -> None:
        """Its processes end with each `map`."""


class Ray:
    """Ray Data over Parquet shards: what it reads and what it writes are files that all nodes reach.

    A process or node that is lost costs the shards that it was reading; Ray gives them to others. Results are told
    apart by the papers' numbers, so that a shard that was written twice counts once, and a missing one is an error.
    """

    def __init__(self, *, address: str | None, shards: str, jobs: int | None) -> None:
        """`shards`: a folder, or an address such as s3://bucket/prefix, where a folder of our own is made and removed.

        `address` as in `ray.init`: "auto" or HOST:PORT of a running cluster that this machine is a node of; without
        one, a cluster of `jobs` processes is started here. Raises HomeError when Ray is not installed, OSError when
        the cluster or the folder cannot be reached.
        """
        try:
            import ray.data
        except ImportError as error:
            raise HomeError(f"the engine {RAY!r} needs Ray: pip install 'paperclaims[ray]' ({error})") from None
        self._files, folder = _place(shards)
        self._folder = f"{folder.rstrip('/')}/paperclaims-{platform.node()}-{os.getpid()}"
        self._rounds = 0
        self._started = not ray.is_initialized()
        if self._started:
            _start(address, jobs)

    def map(self, work: Work, tables: Iterable[pa.Table], *, few: bool, shard: int) -> Iterator[pa.Table]:
        import ray.data
        from ray.exceptions import RayError

        self._rounds += 1
        begin = f"{self._folder}/{self._rounds}"
        paths, sent = self._write(tables, f"{begin}/shards", shard)
        if not paths:
            return
        results = f"{begin}/results"
        self._files.create_dir(results)
        task = partial(_on_a_node, work=work, version=reading.version())
        try:
            ray.data.DataContext.get_current().enable_progress_bars = False
            logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what goes wrong is raised here
            data = ray.data.read_parquet(paths, filesystem=self._files, override_num_blocks=len(paths))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the last argument goes with Ray 2.64; pyproject.toml stays below
                data = data.map_batches(
                    task,
                    batch_size=None,
                    batch_format="pyarrow",
                    num_cpus=1,
                    # Ray Data itself would try for ever, also what ends its process each time.
                    ray_remote_args_fn=lambda: {"max_retries": _RETRIES},
                )
            data.write_parquet(results, filesystem=self._files)
        except (RayError, RuntimeError, pa.ArrowException) as error:
            raise OSError(f"Ray could not read the papers: {_reason(error)}") from error
        yield from results_of(self._files, results, sent)
        self._files.delete_dir(begin)

    def close(self) -> None:
        """Removes shards and results, and ends a cluster that was started here."""
        if self._files.get_file_info(self._folder).type is not fs.FileType.NotFound:
            self._files.delete_dir(self._folder)
        if self._started:
            import ray

            ray.shutdown()

    def _write(self, tables: Iterable[pa.Table], folder: str, shard: int) -> tuple[list[str], NDArray[np.int64]]:
        """The tables as shards; their paths, and the numbers of their papers in order."""
        self._files.create_dir(folder)
        paths: list[str] = []
        sent: list[NDArray[np.int64]] = []
        source = iter(tables)
        while group := list(islice(source, shard)):
            together = pa.concat_tables(group)
            paths.append(f"{folder}/{len(paths):06}.parquet")
            pq.write_table(together, paths[-1], filesystem=self._files, compression="zstd")
            sent.append(together["paper_no"].to_numpy().astype(np.int64))
        return paths, np.sort(np.concatenate(sent)) if sent else np.zeros(0, np.int64)


def results_of(files: fs.FileSystem, folder: str, sent: NDArray[np.int64]) -> Iterator[pa.Table]:
    """The rows of all Parquet files of a folder, each paper of `sent` (in order) once.

    What a lost process left half written is passed over: another one wrote it whole. Raises OSError when papers lack.
    """
    had = np.zeros(len(sent), np.bool_)
    for found in files.get_file_info(fs.FileSelector(folder, recursive=True)):
        if found.type is not fs.FileType.File:
            continue
        with files.open_input_file(found.path) as handle:
            try:
                file = pq.ParquetFile(handle)
            except pa.ArrowInvalid:
                continue
            for batch in file.iter_batches(_ROWS):
                table = pa.Table.from_batches([batch])
                places = np.searchsorted(sent, table["paper_no"].to_numpy())
                new = ~had[places]
                had[places] = True
                yield table if new.all() else table.filter(pa.array(new))
    if not had.all():
        raise OSError(f"Ray gave back {had.sum():,} of {len(had):,} papers; nothing was built")


def make(name: str, *, jobs: int | None, address: str | None, shards: str) -> Engine:
    """The engine `local` or `ray`. Raises what they raise, ValueError for another name."""
    if name == LOCAL:
        return Local(jobs or len(os.sched_getaffinity(0)))
    if name == RAY:
        return Ray(address=address, shards=shards, jobs=jobs)
    raise ValueError(f"no engine {name!r}: choose from {', '.join(NAMES)}")


def _place(shards: str) -> tuple[fs.FileSystem, str]:
    """The file system of a folder or address, and the path in it."""
    if "://" not in shards:
        return fs.LocalFileSystem(), str(Path(shards).absolute())
    try:
        found, path = fs.FileSystem.from_uri(shards)
    except (pa.ArrowException, ValueError) as error:
        raise HomeError(f"shards cannot be kept at {shards}: {error}") from None
    return found, path


def _start(address: str | None, jobs: int | None) -> None:
    import ray

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
    quiet: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if not address:
        cores = jobs or len(os.sched_getaffinity(0))
        ray.init(num_cpus=cores, object_store_memory=_OBJECTS, include_dashboard=False, **quiet)
        return
    host, _, port = address.rpartition(":")
    try:
        if host and port.isdecimal() and "://" not in address:
            socket.create_connection((host, int(port)), timeout=10).close()  # Ray itself gives up after minutes
        ray.init(address=address, **quiet)
    except (OSError, ValueError, RuntimeError) as error:
        raise OSError(f"no Ray cluster answers at {address}: {_reason(error)}") from error


def _on_a_node(papers: pa.Table, *, work: Work, version: str) -> pa.Table:
    """The work on one shard, in a process of the cluster. Raises RuntimeError where the code there is not the same."""
    if (here := reading.version()) != version:
        raise RuntimeError(
            f"the node {platform.node()} has other code or lexicons ({here}) than the machine that builds ({version}): "
            "install the same version of paperclaims on every node"
        )
    return work(papers)


def _reason(error: BaseException) -> str:
    """What happened, out of the traceback of a node that Ray gives as the message, with its own advice behind."""
    said = _RAISED.findall(str(error))
    return str(said[0] if said else str(error).strip() or repr(error))[:500]
