"""The tables: what data/schema.sql says of them, and what a build puts in."""

import duckdb
import pytest

import data
from index import store


@pytest.fixture(scope="module")
def empty():
    with duckdb.connect() as connection:
        connection.execute(data.text("schema.sql"))
        yield connection


TABLES = (
    "papers", "paper_sources", "crawl_days", "claims", "claim_devices", "devices", "techniques", "paper_techniques",
    "implementations", "curation", "measurements", "claims_wide",
)  # fmt: skip


def test_all_tables_of_the_design_are_there(empty):
    found = {row[0] for row in empty.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    assert found >= set(TABLES)


def test_no_name_is_a_word_of_sql(empty):
    names = {
        n
        for row in empty.execute("SELECT table_name, column_name FROM information_schema.columns").fetchall()
        for n in row
    }
    words = {
        row[0]
        for row in empty.execute(
            "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
        ).fetchall()
    }
    assert not names & words


def test_every_table_and_column_says_what_it_holds(base):
    same_as_claims = {"corrected_claims", "claims_now"}
    silent = [t["name"] for t in base.schema() if not t["comment"]]
    silent += [
        f"{t['name']}.{c['name']}"
        for t in base.schema()
        for c in t["columns"]
        if not c["comment"] and t["name"] not in same_as_claims
    ]
    assert not silent


def test_claims_wide_has_one_row_a_claim(base):
    (row,) = base.rows("SELECT count(*) AS claims, count(DISTINCT claim_id) AS ids FROM claims_wide")
    (stored,) = base.rows("SELECT count(*) AS claims FROM claims")
    assert row["claims"] == row["ids"] == stored["claims"] > 8


def test_papers_and_what_hangs_on_them(base):
    paper = base.show("2501.00001")
    assert paper["title"].startswith("Larkspur")
    assert paper["published_year"] == 2025
    assert [i["url"] for i in paper["implementations"] if i["kind"] == "official"] == [
        "https://github.com/invented/larkspur"
    ]
    assert "A100" in {d["device"] for d in paper["devices"]}
    assert [s["page"] for s in paper["sources"]] == ["invented.jsonl"]
    speed = next(c for c in paper["claims"] if c["metric"] == "speed" and c["kind"] == "change")
    assert speed["factor"] == pytest.approx(3.2)
    assert speed["devices"][0]["name"] == "A100"


@pytest.mark.parametrize(
    ("title", "year"),
    [("Larkspur: Paged Weights for Small GPUs", 2025), ("Plover: Speech Recognition under One Watt", 2023),
     ("On the Number of Birds", 2023), ("=SUM: A Title That a Spreadsheet Would Run", None)],
)  # fmt: skip
def test_the_year_is_of_publication_else_of_the_arxiv_id_else_of_the_listing(base, title, year):
    assert base.show(title)["published_year"] == year


@pytest.mark.parametrize(
    "name",
    [
        "2501.00001",
        "https://arxiv.org/abs/2501.00001v2",
        "larkspur paged weights for small gpus",
        "LARKSPUR:  Paged Weights for small GPUs",
    ],
)
def test_a_paper_is_found_by_arxiv_id_address_or_title(base, name):
    assert base.show(name)["title"].startswith("Larkspur")


def test_an_unknown_paper_is_named_with_near_titles(base):
    with pytest.raises(ValueError, match=r"no paper 'Larkspur weights' here.*Larkspur: Paged"):
        base.show("Larkspur weights")


def test_similar_papers_leave_out_the_paper_itself(base):
    found = base.similar("2501.00001", top=3)
    assert len(found) == 3
    assert all(not p["title"].startswith("Larkspur") for p in found)
    assert [p["score"] for p in found] == sorted((p["score"] for p in found), reverse=True)


def test_temporary_tables_stand_before_the_stored_ones_in_views(home):
    """The views of the file must see what a reader fills in: all of curation rests on it."""
    connection = store.reading(home / "builds" / "current" / store.DATABASE)
    (claim,) = store.rows(connection, "SELECT * FROM claims ORDER BY claim_no LIMIT 1")
    changed = claim | {"technique": "changed", "setting": list(claim["setting"].items())}
    store.fill_temporary(connection, "corrected_claims", [changed])
    rows = store.rows(connection, "SELECT technique FROM claims_wide WHERE claim_id = ?", [claim["claim_id"]])
    assert rows == [{"technique": "changed"}]
    connection.close()


def test_status_counts_what_is_there(base):
    status = base.status()
    assert (status["entries"], status["papers"], status["build"]) == (6, 6, 1)
    assert status["claims"] == base.rows("SELECT count(*) AS n FROM claims")[0]["n"]
    assert status["damage"] == status["orphans"] == status["failed"] == []
    assert status["waiting"] == 0
