"""Exports: named tables that say what they hold, all rows in three formats, safe in spreadsheets, the same twice."""

import csv
import io
import json

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import KnowledgeBase, store
from index.catalogues import official_code
from index.export import FORMULA, guarded, named_tables
from index.sql_guard import QueryError


def test_there_are_at_least_eight_named_tables():
    assert len(named_tables()) >= 8


@pytest.mark.parametrize("name", named_tables())
def test_a_named_table_describes_itself_and_each_of_its_columns(base, tmp_path, name):
    table = named_tables()[name]
    report = base.export(name, out=tmp_path / "table.parquet")
    assert [c["name"] for c in report["columns"]] == list(table.columns), "the header names the columns in their order"
    assert all(c["description"] == table.columns[c["name"]] for c in report["columns"])
    assert table.description.endswith(".")
    assert pq.read_table(tmp_path / "table.parquet").num_rows == report["rows"]


ROWS_EXPECTED = {
    "best_speedups": {"A100": 3.2, "Alveo U280": 1.6},
    "memory_savings": ["2501.00001", "2312.01234"],
    "energy": 45.0,
    "papers_with_code": "https://github.com/invented/larkspur",
}


def exported(base, tmp_path, name, **options):
    base.export(name, out=tmp_path / "table.jsonl", **options)
    return [json.loads(line) for line in (tmp_path / "table.jsonl").read_text().splitlines()]


def test_named_tables_hold_what_their_names_say(base, tmp_path):
    best = {row["device"]: row["factor"] for row in exported(base, tmp_path, "best_speedups")}
    assert ROWS_EXPECTED["best_speedups"].items() <= best.items()
    saved = exported(base, tmp_path, "memory_savings")
    assert set(ROWS_EXPECTED["memory_savings"]) <= {row["arxiv_id"] for row in saved}
    assert [row["quality_kept"] for row in saved if row["arxiv_id"] == "2501.00001"] == [True]
    assert ROWS_EXPECTED["energy"] in [row["value"] for row in exported(base, tmp_path, "energy")]
    (code,) = exported(base, tmp_path, "papers_with_code")
    assert (code["code"], code["how"]) == (ROWS_EXPECTED["papers_with_code"], "named in the abstract")
    assert "Larkspur: Paged Weights for Small GPUs" in {r["title"] for r in exported(base, tmp_path, "quality_kept")}
    cost = {row["title"][:5]: row for row in exported(base, tmp_path, "accuracy_cost")}
    assert (cost["Heron"]["quality"], cost["Heron"]["worst_delta"]) == ("lost", -0.8)
    assert cost["Larks"]["quality"] == "kept"


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_three_formats_hold_the_same_rows_and_two_runs_the_same_bytes(base, tmp_path, ending):
    one, two = tmp_path / f"one{ending}", tmp_path / f"two{ending}"
    first, second = base.export("claims_wide", out=one), base.export("claims_wide", out=two)
    assert one.read_bytes() == two.read_bytes()
    assert first["sha256"] == second["sha256"]
    read = {".csv": "read_csv", ".jsonl": "read_json", ".parquet": "read_parquet"}[ending]
    ids = [row[0] for row in duckdb.sql(f"SELECT claim_id FROM {read}('{one}')").fetchall()]
    assert sorted(ids) == sorted(row["claim_id"] for row in base.rows("SELECT claim_id FROM claims"))


def test_the_manifest_says_what_was_written(base, tmp_path):
    base.export("by_device", out=tmp_path / "d.csv", where="device = 'A100'", raw=True)
    manifest = json.loads((tmp_path / "d.csv.manifest.json").read_text())
    rows = list(csv.DictReader((tmp_path / "d.csv").open()))
    assert (manifest["file"], manifest["rows"], manifest["where"]) == ("d.csv", len(rows), "device = 'A100'")
    assert (manifest["csv_guard"], manifest["build"], manifest["bytes"]) == (
        False,
        1,
        (tmp_path / "d.csv").stat().st_size,
    )
    assert {row["device"] for row in rows} == {"A100"}


@pytest.mark.parametrize("first", [*FORMULA])
def test_a_text_cell_that_a_spreadsheet_would_run_is_disarmed(first):
    assert guarded(f"{first}cmd") == f"'{first}cmd"
    assert guarded(f"a{first}") == f"a{first}"


def test_csv_cells_are_disarmed_unless_raw_and_numbers_never(base, tmp_path):
    out = tmp_path / "papers.csv"
    titles = {}
    for raw in (False, True):
        base.export("papers", out=out, raw=raw)
        titles[raw] = [row["title"] for row in csv.DictReader(out.open())]
    assert [t for t in titles[True] if t.startswith("=")] == ["=SUM: A Title That a Spreadsheet Would Run"]
    assert [t for t in titles[False] if t[0] in FORMULA] == []
    assert "'=SUM: A Title That a Spreadsheet Would Run" in titles[False]
    base.export("claims", out=out, where="delta < 0")
    assert [row["delta"] for row in csv.DictReader(out.open())] == ["-0.8"]
    base.export("papers", out=tmp_path / "papers.jsonl")
    assert '"=SUM' in (tmp_path / "papers.jsonl").read_text(), "only CSV is read by spreadsheets"


def test_dates_are_iso_and_text_is_utf8(base, tmp_path):
    base.export("papers", out=tmp_path / "papers.csv", where="title LIKE 'Larkspur%'")
    (row,) = csv.DictReader((tmp_path / "papers.csv").open(encoding="utf-8"))
    assert (row["published"], row["code_urls"], row["arxiv_id"]) == ("2025-01-02", "", "2501.00001")


def test_a_collection_is_exported(base, home, tmp_path):
    claim = base.rows("SELECT claim_id FROM claims ORDER BY claim_id LIMIT 1")[0]["claim_id"]
    base.curate(claim, "add-to", collection="reading-list")
    with KnowledgeBase.open(home) as again:
        assert "reading-list" in {found["name"] for found in again.exports()}
        assert [row["claim_id"] for row in exported(again, tmp_path, "reading-list")] == [claim]


def test_without_a_file_csv_goes_to_standard_output(base, capfdbinary):
    base.export("techniques")
    rows = list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode())))
    assert "quantization" in {row["technique_id"] for row in rows}


@pytest.mark.parametrize(
    ("name", "file", "where", "error", "why"),
    [
        ("nothing", "t.csv", None, ValueError, "nothing called 'nothing' to export; there are accuracy_cost"),
        ("papers", "t.xlsx", None, ValueError, r"ends in '.xlsx': give it one of the endings .csv, .jsonl, .parquet"),
        ("papers", "none/t.csv", None, FileNotFoundError, "no folder"),
        ("papers", "t.csv", "titel = 'x'", QueryError, "titel"),
        ("papers", "t.csv", "1 = 1) UNION SELECT * FROM read_text('/etc/passwd'", QueryError, "."),
        ("papers", "t.csv", "1 = 1); COPY papers TO '/tmp/x'; SELECT (1", QueryError, "one statement"),
        ("papers", "t.csv", "title IN (SELECT content FROM read_text('/etc/passwd'))", QueryError, "disabled"),
    ],
)
def test_what_cannot_be_exported_is_said_and_leaves_no_file(base, tmp_path, name, file, where, error, why):
    with pytest.raises(error, match=why):
        base.export(name, out=tmp_path / file, where=where)
    assert [p.name for p in tmp_path.iterdir()] == ["home"]


def test_a_file_from_before_stays_when_an_export_fails(base, tmp_path):
    out = tmp_path / "t.csv"
    out.write_text("kept")
    with pytest.raises(QueryError, match=r"stopped after 1 s|broke off"):
        base.export("papers", out=out, where="(SELECT sleep_ms(600000)) IS NULL AND paper_no >= 0", timeout=1.0)
    assert out.read_text() == "kept"


@pytest.mark.parametrize(
    ("abstract", "given", "found"),
    [
        ("Code at https://github.com/a/b.", [], [("https://github.com/a/b", "named in the abstract")]),
        (
            "Code: github.com/a/b/tree/main",
            ["https://github.com/A/B"],
            [("https://github.com/A/B", "named in the abstract")],
        ),
        ("None.", ["https://github.com/a/b"], [("https://github.com/a/b", "given by the page that lists the paper")]),
        ("See https://example.org/demo and https://github.com/orgs/x", [], []),
    ],
)
def test_a_papers_own_code_is_listed_once_with_how_it_was_found(abstract, given, found):
    rows = official_code({"paper_id": "p", "abstract": abstract, "code_urls": given, "listed": None})
    assert [(row["url"], row["how"]) for row in rows] == found


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12), min_size=1))
def test_any_text_comes_back_from_csv_but_for_the_guard(tmp_path_factory, texts):
    """Quotes, commas, line ends, any script: a spreadsheet opens the same text, with a ' before what it would run."""
    out = tmp_path_factory.mktemp("csv") / "t.csv"
    table = pa.table({"text": texts, "number": [-float(i) for i in range(len(texts))]})
    for formula, expected in ((None, texts), (FORMULA, [guarded(text) for text in texts])):
        assert store.write_rows(table.schema, table.to_batches(), out, "csv", formula=formula) == len(texts)
        with out.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["text"] for row in rows] == expected
        assert [float(row["number"]) for row in rows] == [-float(i) for i in range(len(texts))]
