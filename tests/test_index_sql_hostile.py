"""Hostile SQL: nothing reads a file, writes or reaches out. test_index_sql_limits.py tries what outgrows its limits."""

import os

import pytest

from index import store
from tests.hostile_sql import HOSTILE, MAY_ANSWER, REFUSED, harm_done, state


def test_there_are_enough_of_them():
    assert sum(map(len, [*HOSTILE.values(), *REFUSED.values()])) >= 150


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["reads a file", "writes or changes"])
def test_hostile_queries_do_no_harm(base, home, tmp_path, kind):
    assert not harm_done(base, home, tmp_path, kind)


@pytest.mark.parametrize("kind", REFUSED)
def test_queries_are_refused_by_the_locked_connection(base, home, tmp_path, kind):
    """What the process of a query does before its limits matter: lock, one statement, and only one that reads."""
    secret, target, database = tmp_path / "secret.csv", tmp_path / "written", home / "builds" / "1" / store.DATABASE
    secret.write_text("word\nsesame\n")
    before, entries = state(home), sorted(os.listdir(tmp_path))
    connection = store.reading(database, threads=1, memory="1GB")
    store.lock(connection)
    for query in REFUSED[kind]:
        text = query.replace("{F}", str(secret)).replace("{W}", str(target)).replace("{D}", str(database))
        try:
            shown = str(store.reader(connection, text).read_all().to_pylist())
        except (store.Failure, ValueError) as error:
            shown = str(error)
        else:
            assert query.startswith(MAY_ANSWER), query
        assert "sesame" not in shown, query
        assert "root:" not in shown, query
    connection.close()
    assert state(home) == before
    assert sorted(os.listdir(tmp_path)) == entries
