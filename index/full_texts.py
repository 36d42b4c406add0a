"""Full texts in a build: the claims that only they give, and the machine where a paper says that there was one.

What was read by the same code from the same text is taken over from the last build, as for abstracts.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from crawler import fulltext
from crawler.archive import Archive
from extract import devices, documents
from extract.claim import as_json
from extract.testbed import Run
from index import reading, store
from index.engines import Engine

SAME = "same_full_texts"  # paper_no of those taken over
FRONT = "('title', 'abstract')"  # sections that are not full text
_BATCH = 4  # full texts handed to a process at a time
_SHARD = 8  # such tables go to a node of a cluster together
_FEW = 8
_PAPERS = 2000
_GIVEN = pa.schema(
    [("paper_no", pa.int32()), *((name, pa.string()) for name in ("paper_id", "title", "abstract", "text"))]
)


class Read(NamedTuple):
    """What is read out of one full text."""

    claims: list[dict[str, Any]]  # rows of `claims`, numbered within the text
    devices: list[dict[str, Any]]  # rows of `paper_devices`


def load(connection: store.Connection, archive: Archive, *, reuse: bool) -> None:
    """Fills `full_texts`, and `same_full_texts` with those that the attached build `old` read from the same text."""
    connection.execute(f"CREATE TABLE {SAME} (paper_no INTEGER)")
    digests = archive.full_text_digests()
    if not digests:
        return
    for batch in store.batches(connection, "SELECT paper_no, paper_id FROM papers ORDER BY paper_no", _PAPERS):
        rows = [row | {"text_hash": digests[row["paper_id"]]} for row in batch if row["paper_id"] in digests]
        store.insert(connection, "full_texts", rows)
    if reuse:
        # What a paper calls its own is told by title and abstract, so those must be the same too.
        connection.execute(
            f"INSERT INTO {SAME} SELECT f.paper_no FROM full_texts AS f "
            "JOIN old.full_texts AS o USING (paper_id, text_hash) JOIN unchanged AS u ON u.paper_no = f.paper_no"
        )


def read_fresh(connection: store.Connection, archive: Archive, engine: Engine, *, claims: Path, named: Path) -> int:
    """Reads the full texts that are not taken over into the Parquet files `claims` and `named`; returns how many."""
    query = f"SELECT paper_id FROM full_texts ANTI JOIN {SAME} USING (paper_no)"
    fresh = {row["paper_id"] for row in store.rows(connection, query)}
    texts = _with_fronts(connection, archive.full_texts(fresh) if fresh else iter(()), len(fresh))
    files = {"claims": claims, "paper_devices": named}
    schemas = {table: store.schema_of(connection, table) for table in files}
    tables = (pa.Table.from_pylist(batch, _GIVEN) for batch in iter(lambda: list(islice(texts, _BATCH)), []))
    with ExitStack() as stack:
        to = {table: stack.enter_context(store.ParquetRows(file, schemas[table])) for table, file in files.items()}
        for found in engine.map(partial(read, schemas=schemas), tables, few=len(fresh) <= _FEW, shard=_SHARD):
            for table, file in to.items():
                file.add(reading.unnested(found, table))
    return len(fresh)


def _with_fronts(
    connection: store.Connection, texts: Iterator[tuple[str, fulltext.FullText]], expected: int
) -> Iterator[dict[str, Any]]:
    """Each text with number, title and abstract of its paper; archive and tables have the papers in one order.

    Raises OSError when they do not: somebody has changed the archive meanwhile.
    """
    query = (
        "SELECT paper_no, paper_id, title, abstract FROM papers SEMI JOIN full_texts USING (paper_no) "
        f"ANTI JOIN {SAME} USING (paper_no) ORDER BY paper_no"
    )
    fronts = chain.from_iterable(store.batches(connection, query, _PAPERS))
    found = 0
    for paper_id, text in texts:
        front = next((row for row in fronts if row["paper_id"] == paper_id), None)
        if front is None:
            break
        found += 1
        yield front | {"text": json.dumps(fulltext.as_json(text))}
    if found != expected:
        raise OSError("papers with full texts became others while they were read; build again")


def read(texts: pa.Table, *, schemas: reading.Schemas) -> pa.Table:
    """What full texts say: `paper_no` and, nested, rows of `claims` (numbered within the text) and `paper_devices`.

    Given of each: `paper_no`, `paper_id`, `title` and `abstract` of the paper, and `text`, `crawler.fulltext` as JSON.
    """
    from extract.pipeline import forget_words

    forget_words()
    found = [_read_one(json.loads(row.pop("text")) | row) for row in texts.to_pylist()]
    columns = {
        table: reading.nested([getattr(one, field) for one in found], schemas[table])
        for table, field in (("claims", "claims"), ("paper_devices", "devices"))
    }
    return pa.table({"paper_no": texts["paper_no"], **columns})


def _read_one(text: dict[str, Any]) -> Read:
    found = documents.read(documents.from_json(text | {"key": text["paper_id"]}))
    claims = [reading.claim_row(text, place, as_json(claim)) for place, claim in enumerate(found.claims)]
    return Read(claims, [_device_row(text, found.machine)] if found.machine and not _known(text, found.machine) else [])


def _known(text: dict[str, Any], machine: Run) -> bool:
    """Whether title or abstract name the machine themselves."""
    return any(machine.device in m.names for front in ("title", "abstract") for m in devices.find(text[front]))


def _device_row(text: dict[str, Any], machine: Run) -> dict[str, Any]:
    return {
        "paper_no": text["paper_no"],
        "paper_id": text["paper_id"],
        "device": machine.device,
        "mention": machine.mention,
        "in_title": False,
        "section": machine.section,
        "counts": [],
    }
