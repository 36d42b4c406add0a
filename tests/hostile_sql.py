"""Queries that would read a file, change something or outgrow their limits, and what tells whether they did."""

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor

from index.sql_guard import QueryError

# {F} is a file that can be read, {W} a path that could be written, {D} the database of the build.
HOSTILE = {
    "reads a file": [
        "SELECT * FROM '{F}'",
        "SELECT * FROM read_csv('{F}')",
        "SELECT * FROM read_csv_auto('{F}')",
        "SELECT * FROM read_text('{F}')",
        "SELECT * FROM read_blob('{F}')",
        "SELECT * FROM read_json('{F}')",
        "SELECT * FROM read_json_auto('{F}')",
        "SELECT * FROM read_ndjson_objects('{F}')",
        "SELECT * FROM read_parquet('{F}')",
        "SELECT * FROM parquet_metadata('{F}')",
        "SELECT * FROM parquet_schema('{F}')",
        "SELECT * FROM sniff_csv('{F}')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_text('/etc/pass*')",
        "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM read_text('/dev/stdin')",
        "FROM query('SELECT * FROM read_text(''{F}'')')",
        "SELECT (SELECT content FROM read_text('{F}'))",
        "WITH f AS (SELECT * FROM read_text('{F}')) SELECT * FROM f",
        "SELECT * FROM query_table('{F}')",
        "DESCRIBE SELECT * FROM read_csv('{F}')",
        "EXPLAIN ANALYZE SELECT * FROM read_text('{F}')",
        "SUMMARIZE FROM read_csv('{F}')",
        "SELECT * FROM read_duckdb('{D}')",
        "SELECT * FROM 'https://127.0.0.1:9/x.csv'",
        "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
        "SELECT getenv('HOME')",
    ],
    "writes or changes": [
        "COPY papers TO '{W}'",
        "COPY (SELECT 1) TO '{W}' (FORMAT csv)",
        "COPY (SELECT 1) TO '{W}' (FORMAT parquet)",
        "COPY papers FROM '{F}'",
        "EXPORT DATABASE '{W}'",
        "IMPORT DATABASE '{W}'",
        "ATTACH '{W}' AS other",
        "ATTACH '{D}' AS other (READ_WRITE)",
        "ATTACH ':memory:' AS other",
        "DETACH main",
        "USE memory",
        "INSTALL httpfs",
        "LOAD httpfs",
        "FORCE INSTALL spatial FROM 'http://127.0.0.1:9'",
        "UPDATE EXTENSIONS",
        "PRAGMA database_list",
        "PRAGMA enable_profiling",
        "PRAGMA memory_limit='100GB'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET GLOBAL memory_limit = '100GB'",
        "SET temp_directory = '{W}'",
        "SET threads = 64",
        "RESET enable_external_access",
        "SET VARIABLE x = 1",
        "CREATE TABLE t (x INTEGER)",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE OR REPLACE VIEW claims_wide AS SELECT 1",
        "CREATE MACRO f(x) AS x",
        "CREATE SECRET s (TYPE s3)",
        "INSERT INTO papers (paper_no) VALUES (1)",
        "UPDATE papers SET title = ''",
        "DELETE FROM claims",
        "TRUNCATE claims",
        "DROP TABLE claims",
        "ALTER TABLE claims ADD COLUMN x INTEGER",
        "COMMENT ON TABLE claims IS 'x'",
        "CHECKPOINT",
        "FORCE CHECKPOINT",
        "VACUUM",
        "ANALYZE",
        "BEGIN",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "CALL pragma_version()",
        "SELECT 1; DROP TABLE claims",
        "SELECT 1; COPY papers TO '{W}'",
        "WITH gone AS (DELETE FROM claims RETURNING *) SELECT * FROM gone",
        "EXPLAIN ANALYZE COPY papers TO '{W}'",
        "EXPLAIN ANALYZE DELETE FROM claims",
        "SELECT nextval('s')",
        "SELECT write_log('x')",
        "",
        "-- nothing",
        ";",
        "SELECT 'a\0b'",
    ],
    "outgrows its limits": [
        "SELECT repeat('x', 10000000000)",
        "SELECT repeat('x', 4000000000)",
        "SELECT length(repeat(repeat('x', 60000), 60000))",
        "SELECT count(*) FROM range(10000000) AS a, range(10000000) AS b",
        "SELECT * FROM range(1000000) AS a, range(1000000) AS b ORDER BY random()",
        "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t) SELECT max(x) FROM t",
        "WITH RECURSIVE t AS (SELECT 'x' AS x UNION ALL SELECT x || x FROM t) SELECT max(length(x)) FROM t",
        "SELECT list_sum(range(2000000000))",
        "SELECT range(5000000000)",
        "SELECT string_agg(repeat('x', 1000000), '') FROM range(100000)",
        "SELECT list(repeat('x', 1000)) FROM range(100000000)",
        "SELECT regexp_replace(repeat('a', 200000000), '(a*)*b', 'x')",
        "SELECT sleep_ms(600000)",
        "SELECT count(DISTINCT hash(i)) FROM range(10000000000) AS t(i)",
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + " + ".join(["1"] * 100_000),
        "SELECT list_reduce(range(100000), lambda x, y: x || y) FROM (SELECT 1)",
        "SELECT array_to_string(list_transform(range(30000000), lambda x: repeat('x', 100)), '')",
        "SELECT bar(1, 0, 1000000000, 2000000000)",
        "SELECT lpad('x', 2000000000, 'y')",
        "SELECT printf('%2000000000d', 1)",
        "SELECT format('{:>2000000000}', 1)",
        "SELECT levenshtein(repeat('a', 3000000), repeat('b', 3000000))",
        "SELECT count(*) FROM " + ", ".join(f"claims_wide c{n}" for n in range(10)),
    ],
}
# Harmless where they are answered: deep or long but finite, one wide cell, a log that is kept nowhere.
MAY_ANSWER = (
    "SELECT " + "(" * 5000,
    "SELECT " + " + ",
    "SELECT bar",
    "SELECT printf",
    "SELECT format",
    "SELECT write_log",
    "SELECT * FROM duckdb_secrets()",
)
# Refused before they run: tried where the queries' own process tries them, without a process for each.
REFUSED = {
    "reads a file": [
        "SELECT * FROM read_csv(['{F}', '/etc/passwd'])",
        "SELECT * FROM read_csv('/etc/*', union_by_name = true, filename = true)",
        "SELECT * FROM read_text('/**/secret.csv')",
        "SELECT * FROM parquet_kv_metadata('{F}')",
        "SELECT * FROM parquet_file_metadata('{F}')",
        "SELECT * FROM parquet_bloom_probe('{F}', 'a', 1)",
        "SELECT * FROM read_json_objects('{F}')",
        "SELECT * FROM read_xlsx('{F}')",
        "SELECT * FROM st_read('{F}')",
        "SELECT * FROM sqlite_scan('{F}', 't')",
        "SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 't')",
        "SELECT * FROM '{D}'.claims",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM read_blob('fd:0')",
        "SELECT * FROM read_text('file://{F}')",
        "SELECT * FROM query('ATTACH ''{D}'' AS o')",
        "SELECT current_setting('home_directory'), content FROM read_text('{F}')",
        "VALUES ((SELECT content FROM read_text('{F}')))",
        "SELECT * FROM papers WHERE title IN (SELECT content FROM read_text('{F}'))",
        "PIVOT (SELECT content FROM read_text('{F}')) ON content USING count(*)",
        "FROM read_text('{F}') SELECT content UNION ALL SELECT title FROM papers",
    ],
    "writes or changes": [
        "INSERT INTO temp.curation (entry_no) VALUES (1)",
        "UPDATE temp.corrected_claims SET value = 1",
        "DELETE FROM measurements",
        "CREATE TEMP MACRO f(x) AS x",
        "CREATE TYPE mood AS ENUM ('a')",
        "CREATE SEQUENCE s",
        "CREATE SCHEMA other",
        "CREATE INDEX i ON claims (claim_id)",
        "CREATE PERSISTENT SECRET s (TYPE http)",
        "MERGE INTO papers USING (SELECT 1 AS x) AS s ON true WHEN MATCHED THEN DELETE",
        "SET SESSION schema = 'temp'",
        "RESET GLOBAL lock_configuration",
        "SET allow_community_extensions = true",
        "SET custom_extension_repository = 'http://127.0.0.1:9'",
        "SET secret_directory = '{W}'",
        "SET log_query_path = '{W}'",
        "SET profiling_output = '{W}'",
        "PRAGMA profiling_output='{W}'",
        "PRAGMA import_database('{W}')",
        "CALL enable_logging(storage = 'file', storage_path = '{W}')",
        "CALL checkpoint()",
        "LOAD '{W}'",
        "INSTALL '{W}'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "COPY (SELECT 1) TO PROGRAM 'touch {W}'",
        "COPY FROM DATABASE memory TO other",
        "ROLLBACK",
        "DEALLOCATE p",
        "EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1",
        "SELECT 1;;SET threads = 64",
        "/* x */ DROP VIEW claims_wide",
    ],
}
if "CLAIMS_FUZZ" in os.environ:  # each burns its two seconds
    HOSTILE["outgrows its limits"] += [
        "SELECT unnest(range(100000000000))",
        "SELECT sum(x) OVER (ORDER BY y) FROM (SELECT random() x, random() y FROM range(99999999))",
        "SELECT json_extract(repeat('[', 50000000), '$')",
        "SELECT DISTINCT a.range, b.range FROM range(200000) a, range(200000) b ORDER BY ALL",
        "WITH RECURSIVE t(l) AS (SELECT [1] UNION ALL SELECT l || l FROM t) SELECT max(len(l)) FROM t",
        "SELECT map_from_entries(list_transform(range(50000000), lambda x: (x, x)))",
        "SELECT histogram(hash(i)) FROM range(1000000000) t(i)",
    ]
SECONDS = 2.0


def state(home):
    """Names and contents of all files of a home."""
    return {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in home.rglob("*") if f.is_file()}


def harm_done(base, home, tmp_path, kind):
    """What went wrong: each should end within its limit with an error (or, where it only burns time, a short answer),
    and leave no trace."""
    secret, target = tmp_path / "secret.csv", tmp_path / "written"
    secret.write_text("word\nsesame\n")
    database = home / "builds" / "1" / "claims.duckdb"
    before, entries = state(home), sorted(os.listdir(tmp_path))

    def harm(query):
        text = query
        for mark, path in (("{F}", secret), ("{W}", target), ("{D}", database)):
            text = text.replace(mark, str(path))
        started = time.monotonic()
        try:
            shown = str(base.sql(text, limit=3, timeout=SECONDS).rows)
        except QueryError as error:
            shown = "sesame" if "sesame" in str(error) else ""
        else:
            if not query.startswith(MAY_ANSWER):
                return f"{query[:80]}: was answered with {shown[:100]}"
        if "sesame" in shown or "root:" in shown:
            return f"{query[:80]}: told what a file holds"
        took = time.monotonic() - started
        return f"{query[:80]}: took {took:.1f} s" if took > SECONDS + 3 else ""

    with ThreadPoolExecutor(2) as pool:
        wrong = [found for found in pool.map(harm, HOSTILE[kind]) if found]
    after = (state(home), sorted(os.listdir(tmp_path)), base.sql("SELECT count(*) FROM papers").rows)
    if after != (before, entries, [(6,)]):
        wrong.append(f"{before, entries} became {after}")
    return wrong
