"""What a build takes over from the one before: rows of papers whose text is the same, read by the same code."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import full_texts, store

UNCHANGED = "unchanged"  # papers whose text is the one of the attached build `old`: paper_no, old_no
TAKEN = "taken_over"  # those of them that are not read again
TABLES = ("claims", "paper_devices", "paper_techniques")  # of what is read
OF_FULL_TEXTS = "full_text_"  # before the name of a table: the rows of it that only full texts give
FRESH = f"SELECT paper_no, paper_id, title, abstract FROM papers WHERE paper_no NOT IN (SELECT paper_no FROM {TAKEN})"


def mark(connection: store.Connection, old: bool, *, reuse: bool) -> None:
    """Makes the tables of unchanged papers and of those taken over, with their numbers then and now.

    The columns used of `papers` are in all builds of this format, whatever else their tables have.
    """
    connection.execute(f"CREATE TABLE {UNCHANGED} (paper_no INTEGER, old_no INTEGER)")
    if old:
        connection.execute(
            f"INSERT INTO {UNCHANGED} SELECT p.paper_no, o.paper_no FROM papers AS p JOIN old.papers AS o "
            "ON o.paper_id = p.paper_id AND o.content_hash = p.content_hash"
        )
    # Vectors of unchanged texts can be kept even where other code reads them.
    connection.execute(f"CREATE TABLE {TAKEN} AS FROM {UNCHANGED} {'' if reuse else 'LIMIT 0'}")


def number_now(connection: store.Connection, table: str) -> NDArray[np.int32]:
    """int32 (papers of the old build,): the number now of each of its papers that is in `table`, -1 for the others."""
    pairs = connection.sql(f"SELECT paper_no, old_no FROM {table}").to_arrow_table()
    found = np.full(store.count(connection, "old.papers"), -1, np.int32)
    found[pairs["old_no"].to_numpy()] = pairs["paper_no"].to_numpy()
    return found


def merge(connection: store.Connection, file: Callable[[str], Path], *, reuse: bool) -> None:
    """Fills the tables with rows of old and new papers in one order: built in steps they equal those built at once.

    New rows are in the Parquet files `file(table)`, those of full texts in `file(OF_FULL_TEXTS + table)`.
    """
    front = f"section IN {full_texts.FRONT}"
    for table, order in (
        ("claims", f"paper_no, {front} DESC, claim_no"),
        ("paper_devices", f"paper_no, in_title DESC, {front} DESC, device"),
        ("paper_techniques", "paper_no, score DESC, technique_id"),
    ):
        rows = "SELECT * FROM fresh_rows"
        in_full_texts = file(OF_FULL_TEXTS + table).exists()
        if in_full_texts:
            rows += " UNION ALL BY NAME SELECT * FROM fresh_full_text_rows"
        if reuse:
            kept = f"WHERE o.{front} OR t.paper_no IN (FROM {full_texts.SAME})" if in_full_texts else ""
            rows += (
                f" UNION ALL BY NAME SELECT o.* REPLACE (t.paper_no AS paper_no) FROM old.{table} AS o "
                f"JOIN {TAKEN} AS t ON t.old_no = o.paper_no {kept}"
            )
        number = f"* REPLACE (row_number() OVER (ORDER BY {order}) - 1 AS claim_no)" if table == "claims" else "*"
        with ExitStack() as stack:
            stack.enter_context(store.parquet_as(connection, "fresh_rows", file(table)))
            if in_full_texts:
                full = file(OF_FULL_TEXTS + table)
                stack.enter_context(store.parquet_as(connection, "fresh_full_text_rows", full))
            connection.execute(f"INSERT INTO {table} BY NAME SELECT {number} FROM ({rows}) ORDER BY {order}")
    connection.execute(
        "INSERT INTO claim_devices BY NAME "
        "SELECT claim_no, claim_id, unnest(devices, recursive := true) FROM claims ORDER BY claim_no"
    )
