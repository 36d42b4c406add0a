"""The figures of all claims as NumPy arrays: what questions are filtered with, a millisecond or so a condition."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from index.store import Connection

Mask = NDArray[np.bool_]

_JUDGED = """
SELECT claim_id FROM curation WHERE claim_id IS NOT NULL GROUP BY claim_id
HAVING arg_max(verdict, entry_no) FILTER (WHERE verdict IN ('confirm', 'reject')) = """
REJECTED, CONFIRMED = f"{_JUDGED}'reject'", f"{_JUDGED}'confirm'"  # ids of claims, by the last verdict on them
_KEPT = f"SELECT * FROM claims_now WHERE claim_id NOT IN ({REJECTED})"


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of words that repeat, as numbers into `words`; -1 where there is none."""

    words: tuple[str, ...]
    numbers: NDArray[np.signedinteger]  # of the smallest type that will do: a million are compared in microseconds

    def among(self, wanted: Callable[[str], bool]) -> Mask:
        """Rows whose word is wanted; each different word is asked about once. Rows without a word are not."""
        yes = np.array([*map(wanted, self.words), False], dtype=np.bool_)
        found: Mask = yes[self.numbers]
        return found

    def equal(self, word: str) -> Mask:
        """Rows that hold this word."""
        found: Mask = self.numbers == (self.words.index(word) if word in self.words else -2)
        return found


class Columns:
    """Claims as they stand (as corrected by people, without the rejected), papers, and what belongs to them.

    Arrays with names in `claims` run over the kept claims in order of claim_no: `metric`, `kind`, `unit`, `direction`,
    `target`, `phase`, `bound`, `baseline` are `Codes`; `paper`, `claim_no` int32; `front` whether title or
    abstract make the claim, not the full text; the others float64, NaN for null. `confidence` is 1 where a person
    confirmed the claim.
    `year` and `published` run over papers by paper_no.
    """

    def __init__(self, connection: Connection) -> None:
        found = connection.sql(
            "SELECT claim_no, paper_no, metric, kind, unit, direction, target, phase, bound, baseline, value, "
            "value_max, from_value, factor_min, factor_max, factor, delta, "
            f"CASE WHEN claim_id IN ({CONFIRMED}) THEN 1 ELSE confidence END AS confidence, "
            f"section IN ('title', 'abstract') AS front FROM ({_KEPT}) ORDER BY claim_no"
        ).to_arrow_table()
        self.claim_no: NDArray[np.int32] = _numbers(found, "claim_no").astype(np.int32)
        self.paper: NDArray[np.int32] = _numbers(found, "paper_no").astype(np.int32)
        self.metric, self.kind, self.unit = (_codes(found, n) for n in ("metric", "kind", "unit"))
        self.direction, self.target, self.phase = (_codes(found, n) for n in ("direction", "target", "phase"))
        self.bound, self.baseline = (_codes(found, n) for n in ("bound", "baseline"))
        self.value, self.value_max, self.from_value = (_numbers(found, n) for n in ("value", "value_max", "from_value"))
        self.factor_min, self.factor_max = _numbers(found, "factor_min"), _numbers(found, "factor_max")
        self.factor, self.delta = _numbers(found, "factor"), _numbers(found, "delta")
        self.confidence = _numbers(found, "confidence")
        self.front: Mask = _numbers(found, "front") > 0

        devices = connection.sql(
            f"SELECT claim_no, unnest(devices).device AS device FROM ({_KEPT}) WHERE len(devices) > 0"
        ).to_arrow_table()
        self._device_claim = np.searchsorted(self.claim_no, _numbers(devices, "claim_no")).astype(np.int32)
        self._device = _codes(devices, "device")

        papers = connection.sql("SELECT published_year, published FROM papers ORDER BY paper_no").to_arrow_table()
        self.papers: int = papers.num_rows
        self.year: NDArray[np.float64] = _numbers(papers, "published_year")
        self.published: NDArray[np.datetime64] = _days(papers["published"])

        mentioned = connection.sql("SELECT paper_no, device FROM paper_devices").to_arrow_table()
        self._mention_paper, self._mention = (
            _numbers(mentioned, "paper_no").astype(np.int32),
            _codes(mentioned, "device"),
        )
        families = connection.sql("SELECT paper_no, technique_id, score FROM paper_techniques").to_arrow_table()
        self._family_paper, self._family = (
            _numbers(families, "paper_no").astype(np.int32),
            _codes(families, "technique_id"),
        )
        self._family_score = _numbers(families, "score")

    def on(self, wanted: Callable[[str], bool]) -> Mask:
        """Claims whose own hardware has a catalogue name that is wanted."""
        found = np.zeros(len(self.claim_no), np.bool_)
        found[self._device_claim[self._device.among(wanted)]] = True
        return found

    def with_hardware(self) -> Mask:
        """Claims that name any hardware."""
        return self.on(lambda _: True)

    def papers_naming(self, wanted: Callable[[str], bool]) -> Mask:
        """Papers whose title or abstract names a wanted device, tied to a claim or not."""
        return self._paper_mask(self._mention_paper[self._mention.among(wanted)])

    def family_scores(self, family: str) -> NDArray[np.float64]:
        """float64 (papers,): how sure each paper belongs to the family, 0 where it does not."""
        found = np.zeros(self.papers)
        rows = self._family.equal(family)
        found[self._family_paper[rows]] = self._family_score[rows]
        return found

    def papers_of(self, claims: Mask) -> Mask:
        """Papers with at least one of the claims."""
        return self._paper_mask(self.paper[claims])

    def _paper_mask(self, numbers: NDArray[np.int32]) -> Mask:
        found = np.zeros(self.papers, np.bool_)
        found[numbers] = True
        return found


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    """A column of numbers as float64, null as NaN."""
    return _filled(table[name].cast(pa.float64()).combine_chunks(), np.float64, np.nan)


def _days(column: pa.ChunkedArray) -> NDArray[np.datetime64]:
    """A column of dates, null as NaT."""
    return _filled(column.combine_chunks().cast(pa.int32()).cast(pa.int64()), "datetime64[D]", np.datetime64("NaT"))


def _codes(table: pa.Table, name: str) -> Codes:
    encoded = table[name].combine_chunks().dictionary_encode()
    words = tuple(encoded.dictionary.to_pylist())
    return Codes(words, _filled(encoded.indices, np.int32, -1).astype(np.min_scalar_type(-len(words) - 1)))


def _filled(column: pa.Array, kind: Any, null: Any) -> NDArray[Any]:
    """The values of a column with `null` where there is none. Arrow's own ways import pandas: a quarter of a second."""
    size = np.dtype(kind).itemsize
    found = np.zeros(len(column), kind)
    if values := column.buffers()[1]:
        found[:] = np.frombuffer(values, kind, len(column), column.offset * size)
    if column.null_count:
        bits = np.frombuffer(column.is_valid().buffers()[1], np.uint8)
        found[np.unpackbits(bits, count=len(column), bitorder="little") == 0] = null
    return found
