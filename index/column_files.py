"""The arrays that questions are filtered with, as files of a build: written once from the tables, then only mapped.

`columns/` holds one .npy file an array, and `words.json` with the words that codes stand for. People's verdicts are
laid over them when a knowledge base is opened.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.codes import Codes, joined, smallest
from index.named_measures import named_by, words_told

if TYPE_CHECKING:
    import pyarrow as pa

    from index.store import Connection

FOLDER, WORDS = "columns", "words.json"
Arrays = dict[str, NDArray[Any] | Codes]

_JUDGED = """
SELECT claim_id FROM curation WHERE claim_id IS NOT NULL GROUP BY claim_id
HAVING arg_max(verdict, entry_no) FILTER (WHERE verdict IN ('confirm', 'reject')) = """
REJECTED, CONFIRMED = f"{_JUDGED}'reject'", f"{_JUDGED}'confirm'"  # ids of claims, by the last verdict on them
_TOUCHED = "SELECT claim_no FROM claims WHERE claim_id IN (SELECT claim_id FROM curation)"
_CODES = ("metric", "kind", "unit", "direction", "target", "phase", "bound", "baseline")
_MEASURED = "measured"  # by name, see index.named_measures
_NUMBERS = ("value", "value_max", "from_value", "factor_min", "factor_max", "factor", "delta", "confidence")


def write(connection: "Connection", folder: Path) -> None:
    """Writes the arrays of the build whose tables are complete in `connection` to `folder`/columns."""
    arrays = _of_claims(connection, "claims") | _of_papers(connection)
    (folder / FOLDER).mkdir()
    words = {}
    for name, array in arrays.items():
        if isinstance(array, Codes):
            words[name] = array.words
        np.save(folder / FOLDER / f"{name}.npy", array.numbers if isinstance(array, Codes) else array)
    (folder / FOLDER / WORDS).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")


def read(folder: Path) -> Arrays:
    """The arrays of a build, by name, mapped into memory. Raises OSError when files are missing."""
    words = json.loads((folder / FOLDER / WORDS).read_text(encoding="utf-8"))
    found: Arrays = {}
    for file in (folder / FOLDER).glob("*.npy"):
        array = np.asarray(np.load(file, mmap_mode="r" if file.stat().st_size > _MAPPED_FROM else None))
        found[file.stem] = Codes(tuple(words[file.stem]), array) if file.stem in words else array
    return found


_MAPPED_FROM = 1 << 16  # bytes: smaller files are read faster than they are mapped


def corrected(arrays: Arrays, connection: "Connection") -> Arrays:
    """The same with people's verdicts in place: claims as corrected, those confirmed sure, those rejected left out.

    `connection` has the tables `curation` and `corrected_claims` filled.
    """
    touched = np.array([row[0] for row in connection.execute(_TOUCHED).fetchall()], np.int32)
    if not len(touched):
        return arrays
    rows = f"claim_no IN ({_TOUCHED}) AND claim_id NOT IN ({REJECTED})"
    now = _of_claims(connection, f"(SELECT * FROM claims_now WHERE {rows})", confirmed=CONFIRMED)
    found = dict(arrays)
    for number, names in _BY_CLAIM.items():
        mine = np.asarray(arrays[number])
        kept = np.flatnonzero(~np.isin(mine, touched))
        order = np.argsort(np.concatenate([mine[kept], np.asarray(now[number])]), kind="stable")
        for name in (number, *names):
            one, other = arrays[name], now[name]
            if isinstance(one, Codes) and isinstance(other, Codes):
                found[name] = joined(one.taken(kept), other).taken(order)
            elif not isinstance(one, Codes) and not isinstance(other, Codes):
                found[name] = np.concatenate([one[kept], other])[order]
    return found


# Arrays that run over claims, and over the devices of claims, under the name of the one with the claims' numbers.
_BY_CLAIM = {"claim_no": ("paper", *_CODES, _MEASURED, *_NUMBERS, "front"), "device_claim": ("device",)}


def _of_claims(connection: "Connection", claims: str, *, confirmed: str = "") -> Arrays:
    """The arrays over claims and their devices. `claims` names the rows, `confirmed` is a query of ids."""
    sure = f"CASE WHEN claim_id IN ({confirmed}) THEN 1 ELSE confidence END AS confidence" if confirmed else ""
    numbers = ", ".join(name for name in _NUMBERS if name != "confidence" or not sure)
    rows = connection.sql(
        f"SELECT claim_no, paper_no, {', '.join(_CODES)}, {words_told()} AS {_MEASURED}, {numbers}, "
        f"{sure + ',' if sure else ''} "
        f"section IN ('title', 'abstract') AS front FROM {claims} ORDER BY claim_no"
    ).to_arrow_table()
    found: Arrays = {"claim_no": _numbers(rows, "claim_no", np.int32), "paper": _numbers(rows, "paper_no", np.int32)}
    found |= {name: _codes(rows, name) for name in _CODES}
    found[_MEASURED] = _named(_codes(rows, _MEASURED))
    found |= {name: _numbers(rows, name) for name in _NUMBERS}
    found["front"] = _numbers(rows, "front") > 0
    devices = connection.sql(
        f"SELECT claim_no, unnest(devices).device AS device FROM {claims} WHERE len(devices) > 0 ORDER BY claim_no"
    ).to_arrow_table()
    return found | {"device_claim": _numbers(devices, "claim_no", np.int32), "device": _codes(devices, "device")}


def _of_papers(connection: "Connection") -> Arrays:
    papers = connection.sql("SELECT published_year, published FROM papers ORDER BY paper_no").to_arrow_table()
    named = connection.sql("SELECT paper_no, device, in_title FROM paper_devices ORDER BY ALL").to_arrow_table()
    counted = connection.sql(
        "SELECT paper_no, device, unnest(counts) AS number FROM paper_devices WHERE len(counts) > 0 ORDER BY ALL"
    ).to_arrow_table()
    families = connection.sql(
        "SELECT paper_no, technique_id, score FROM paper_techniques ORDER BY technique_id, paper_no"
    ).to_arrow_table()
    return {
        "year": _numbers(papers, "published_year"),
        "published": _days(papers["published"]),
        "mention_paper": _numbers(named, "paper_no", np.int32),
        "mention": _codes(named, "device"),
        "mention_in_title": _numbers(named, "in_title") > 0,
        "counted_paper": _numbers(counted, "paper_no", np.int32),
        "counted": _codes(counted, "device"),
        "counted_number": _numbers(counted, "number", np.int32),
        "family_paper": _numbers(families, "paper_no", np.int32),
        "family": _codes(families, "technique_id"),
        "family_score": _numbers(families, "score"),
    }


def _numbers(table: "pa.Table", name: str, kind: type[np.number[Any]] = np.float64) -> NDArray[Any]:
    """A column of numbers as float64, null as NaN; as another kind where it has no nulls."""
    import pyarrow as pa

    return _filled(table[name].cast(pa.float64()).combine_chunks(), np.float64, np.nan).astype(kind)


def _days(column: "pa.ChunkedArray") -> NDArray[np.datetime64]:
    """A column of dates, null as NaT."""
    import pyarrow as pa

    return _filled(column.combine_chunks().cast(pa.int32()).cast(pa.int64()), "datetime64[D]", np.datetime64("NaT"))


def _codes(table: "pa.Table", name: str) -> Codes:
    encoded = table[name].combine_chunks().dictionary_encode()
    words = tuple(encoded.dictionary.to_pylist())
    return Codes(words, _filled(encoded.indices, np.int32, -1).astype(smallest(words)))


def _named(told: Codes) -> Codes:
    """The measures that words name."""
    names = [named_by(words) for words in told.words]
    kept = tuple(dict.fromkeys(name for name in names if name is not None))
    places = np.array([*(-1 if name is None else kept.index(name) for name in names), -1], smallest(kept))
    return Codes(kept, places[told.numbers])


def _filled(column: "pa.Array", kind: Any, null: Any) -> NDArray[Any]:
    """The values of a column with `null` where there is none. Arrow's own ways import pandas: a quarter of a second."""
    size = np.dtype(kind).itemsize
    found = np.zeros(len(column), kind)
    if values := column.buffers()[1]:
        found[:] = np.frombuffer(values, kind, len(column), column.offset * size)
    if column.null_count:
        bits = np.frombuffer(column.is_valid().buffers()[1], np.uint8)
        found[np.unpackbits(bits, count=len(column), bitorder="little") == 0] = null
    return found
