"""Hostile SQL that runs for ever or takes all memory: it ends at its limits, and so does its process."""

from pathlib import Path

import pytest

from index.sql_guard import QueryError
from tests.hostile_sql import HOSTILE, harm_done

ENDLESS = sorted(HOSTILE.keys() - {"reads a file", "writes or changes"})  # those are in test_index_sql_hostile.py


@pytest.mark.slow
@pytest.mark.parametrize("kind", ENDLESS)
def test_hostile_queries_do_no_harm(base, home, tmp_path, kind):
    assert not harm_done(base, home, tmp_path, kind)


def test_no_process_is_left_behind(base):
    with pytest.raises(QueryError, match="stopped after 1 s"):
        base.sql("SELECT sleep_ms(600000)", timeout=1)
    children = [c for task in Path("/proc/self/task").iterdir() for c in (task / "children").read_text().split()]
    assert not [c for c in children if b"sql_guard" in Path(f"/proc/{c}/cmdline").read_bytes()]


def test_a_query_that_is_too_long_is_refused(base):
    with pytest.raises(QueryError, match="characters, at most"):
        base.sql("SELECT '" + "x" * 2_000_000 + "'")


def test_a_large_result_is_cut_and_said_to_be(base):
    result = base.sql("SELECT repeat('x', 10000) AS x FROM range(200000)", limit=200_000)
    assert result.truncated
    assert 0 < len(result.rows) < 200_000
