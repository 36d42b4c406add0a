"""People's SQL: what reads is answered, limited and safe to open. test_index_sql_*.py try what is hostile."""

from datetime import date

import pytest

from index.sql_guard import QueryError

READS = [
    ("SELECT count(*) AS n FROM papers", [(6,)]),
    ("FROM papers SELECT count(*) AS n", [(6,)]),
    ("WITH p AS (SELECT 1 AS x) SELECT x + 1 AS y FROM p", [(2,)]),
    ("VALUES (1, 'a'), (2, 'b')", [(1, "a"), (2, "b")]),
    ("SELECT DATE '2025-01-02' AS d, [1, 2] AS l, NULL AS n", [(date(2025, 1, 2), [1, 2], None)]),
    ("SELECT factor AS f FROM claims_wide WHERE value = 3.2", [(3.2,)]),
]


@pytest.mark.parametrize(("query", "rows"), READS, ids=[q for q, _ in READS])
def test_what_reads_is_answered(base, query, rows):
    result = base.sql(query)
    assert result.rows == rows
    assert not result.truncated
    assert result.relation().fetchall() == rows


@pytest.mark.parametrize(
    "query",
    [
        "DESCRIBE claims",
        "SHOW TABLES",
        "SUMMARIZE papers",
        "EXPLAIN SELECT 1",
    ],
)
def test_tables_can_be_looked_at(base, query):
    assert base.sql(query).rows


def test_rows_are_limited_and_said_to_be(base):
    result = base.sql("SELECT * FROM range(100000) AS t(i)", limit=7)
    assert [i for (i,) in result.rows] == list(range(7))
    assert result.truncated
    assert not base.sql("SELECT * FROM range(7) AS t(i)", limit=7).truncated
    assert base.sql("SELECT 1 WHERE false").rows == []


def test_csv_of_a_result_cannot_run_in_a_spreadsheet(base):
    text = base.sql("SELECT title, -1.5 AS change, ['a'] AS l FROM papers WHERE title LIKE '=%'").as_csv()
    assert text == 'title,change,l\n\'=SUM: A Title That a Spreadsheet Would Run,-1.5,"[""a""]"\n'


def test_an_error_says_where_in_the_query(base):
    with pytest.raises(QueryError, match=r"(?s)Binder Error.*factr.*factor"):
        base.sql("SELECT factr FROM claims_wide")
