"""What a build reads out of each paper: claims, devices named anywhere in it, families, vectors, words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

import data
from extract import devices
from extract.claim import as_json
from extract.stream import MAX_TEXT
from index import techniques, word_counts
from index.device_counts import count
from index.encoder import EncoderMissing, load

Schemas = dict[str, pa.Schema]  # by table
VECTOR = pa.list_(pa.float32())
_BATCH = 128  # papers handed to a process at a time
# Packages whose code and files decide what is read out of a text. What was read by other code is read again.
_READERS = ("extract",)
_READER_FILES = tuple(
    f"index.{name}"
    for name in (
        "reading",
        "full_texts",
        "techniques",
        "technique_catalogue",
        "family_features",
        "family_model",
        "family_words",
        "phrases",
        "encoder",
        "words",
        "word_counts",
    )
)
_KEPT = {".py", ".toml", ".csv", ".json", ".safetensors", ".npz"}


@cache
def version() -> str:
    """Sixteen hex digits over all code and lexicons that read papers: no one has to remember to raise a number."""
    files = [f for package in _READERS for f in _package(package).rglob("*") if f.suffix in _KEPT]
    files += [Path(str(find_spec(module).origin)) for module in _READER_FILES]  # type: ignore[union-attr]
    for folder in (data.path("schema.sql").parent, data.path("encoder")):
        files += [f for f in folder.iterdir() if f.suffix in _KEPT]
    digest = sha256()
    for file in sorted(files, key=lambda f: (f.parent.name, f.name)):
        digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _package(name: str) -> Path:
    return Path(str(find_spec(name).origin)).parent  # type: ignore[union-attr]


def tables(papers: Iterable[pa.RecordBatch], size: int | None = None) -> Iterator[pa.Table]:
    """Papers in tables of at most `size`, or of what is handed to a process at a time."""
    step = size or _BATCH
    for batch in papers:
        for start in range(0, len(batch), step):
            yield pa.Table.from_batches([batch.slice(start, step)])


def read(papers: pa.Table, *, schemas: Schemas, families: bool) -> pa.Table:
    """What papers say, given by `paper_no`, `paper_id`, `title`, `abstract`: a row a paper, the tables nested in it.

    Columns: `paper_no`; `claims` (numbered within the paper), `paper_devices`, `paper_techniques`: lists of rows of
    these tables, as `schemas` has them; `vector` of the fast encoder, made for the families; `stems`, `counts`: see
    `index.word_counts.counted`. Without `families` there are no techniques, and vectors are null.
    """
    from extract.pipeline import forget_words  # only where papers are read: it takes a second

    forget_words()
    rows = papers.to_pylist()
    texts = [(p["title"], p["abstract"]) for p in rows]
    joined = [techniques.paper_text(*text) for text in texts]
    belonging: list[list[dict[str, Any]]] = [[] for _ in rows]
    vectors = pa.nulls(len(rows), VECTOR)
    if families:
        made = load().encode(joined)
        found = techniques.families_of_many(texts, vectors=made)
        belonging = [_paper_techniques(paper, of_paper) for paper, of_paper in zip(rows, found, strict=True)]
        vectors = vector_column(made)
    stems, of_stems = word_counts.counted(joined)
    return pa.table(
        {
            "paper_no": papers["paper_no"],
            "claims": nested([_claims(paper) for paper in rows], schemas["claims"]),
            "paper_devices": nested([_paper_devices(paper) for paper in rows], schemas["paper_devices"]),
            "paper_techniques": nested(belonging, schemas["paper_techniques"]),
            "vector": vectors,
            "stems": stems,
            "counts": of_stems,
        }
    )


def nested(rows: list[list[dict[str, Any]]], schema: pa.Schema) -> pa.Array:
    """Rows of a table as a column of lists, one list a paper."""
    return pa.array(rows, pa.list_(pa.struct(list(schema))))


def unnested(read: pa.Table, table: str) -> pa.Table:
    """The rows of a table out of its column in what was read."""
    return pa.Table.from_struct_array(read[table].combine_chunks().flatten())


def vector_column(vectors: NDArray[np.float32]) -> pa.Array:
    """Vectors (n, dim) as a column of lists."""
    starts = pa.array(np.arange(len(vectors) + 1, dtype=np.int32) * vectors.shape[1])
    return pa.ListArray.from_arrays(starts, pa.array(vectors.ravel()))


def _claims(paper: dict[str, Any]) -> list[dict[str, Any]]:
    from extract.reader import claims

    title, abstract = paper["title"][:MAX_TEXT], paper["abstract"][:MAX_TEXT]
    found = claims(title, abstract, key=paper["paper_id"])
    return [claim_row(paper, place, as_json(claim)) for place, claim in enumerate(found)]


def claim_row(paper: dict[str, Any], place: int, claim: dict[str, Any]) -> dict[str, Any]:
    """A claim as a row of the table `claims`, its number being its place among the claims of the paper."""
    resolved = [
        {"mention": d["mention"], "device": d["name"], "vendor": d["vendor"], "device_class": d["class"]}
        for d in claim["devices"]
    ]
    return claim | {
        "claim_no": place,
        "paper_no": paper["paper_no"],
        "paper_id": paper["paper_id"],
        "devices": resolved,
        "setting": list(claim["setting"].items()),
    }


def families_missing() -> str:
    """Why families cannot be told here, empty when they can: it takes the fast encoder."""
    try:
        load()
    except EncoderMissing as error:
        return str(error)
    return ""


def _paper_devices(paper: dict[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    said: dict[str, list[int]] = defaultdict(list)
    for in_title, section in ((True, "title"), (False, "abstract")):
        text = paper[section]
        for mention in devices.find(text):
            number = count(text, mention)
            for name in mention.names:
                row = {"device": name, "mention": mention.text, "in_title": in_title, "section": section}
                found.setdefault(name, row | {"paper_no": paper["paper_no"], "paper_id": paper["paper_id"]})
                said[name] += [] if number is None or number in said[name] else [number]
    return [row | {"counts": said[name]} for name, row in found.items()]


def _paper_techniques(paper: dict[str, Any], families: list[tuple[str, float]]) -> list[dict[str, Any]]:
    return [
        {"paper_no": paper["paper_no"], "paper_id": paper["paper_id"], "technique_id": family, "score": float(score)}
        for family, score in families
    ]
