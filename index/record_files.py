"""What is shown of each paper, as files of a build: written once from the tables, read back for a few papers at a time.

`records/rows.bin` holds one compressed JSON a paper, `texts.bin` its title and abstract, `starts.npy` where each
begins, `head.json` the names of the columns and the libraries of each technique family. A wide row of a DuckDB table
takes milliseconds to gather, each.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from index.store import Connection

FOLDER = "records"
_ROWS, _TEXTS, _STARTS, _HEAD = "rows.bin", "texts.bin", "starts.npy", "head.json"
PAPER = ("paper_id", "arxiv_id", "title", "url", "published_year")
_OWNERS = ("technique_id", "paper_id")  # of an implementation
_AT_ONCE = 4000  # papers whose texts are in memory together
_LEVEL = 1  # of zlib: higher ones take three times as long and save a tenth

_QUERY = """
WITH claims_of AS (
    SELECT paper_no, string_agg(json_array({claim})::VARCHAR, ',' ORDER BY claim_no) AS of_paper
    FROM claims WHERE paper_no BETWEEN $1 AND $2 GROUP BY paper_no
), families_of AS (
    SELECT paper_no, to_json(list(technique_id ORDER BY score DESC, technique_id))::VARCHAR AS of_paper
    FROM paper_techniques WHERE paper_no BETWEEN $1 AND $2 GROUP BY paper_no
), code_of AS (
    SELECT paper_no, string_agg(json_array({code})::VARCHAR, ',' ORDER BY i.how, i.url) AS of_paper
    FROM implementations AS i JOIN papers USING (paper_id) WHERE paper_no BETWEEN $1 AND $2 GROUP BY paper_no
)
SELECT '[' || json_array({paper})::VARCHAR || ',[' || coalesce(c.of_paper, '') || '],'
    || coalesce(f.of_paper, '[]') || ',[' || coalesce(i.of_paper, '') || ']]', title || '. ' || abstract
FROM papers AS p LEFT JOIN claims_of AS c USING (paper_no) LEFT JOIN families_of AS f USING (paper_no)
    LEFT JOIN code_of AS i USING (paper_no)
WHERE p.paper_no BETWEEN $1 AND $2 ORDER BY p.paper_no
"""


class Row(NamedTuple):
    """What the files hold of one paper."""

    paper: dict[str, Any]  # with the columns of PAPER
    claims: list[dict[str, Any]]  # rows of `claims` without claim_no, paper_no and paper_id, by claim_no
    families: list[str]  # technique ids, the surest first
    code: list[dict[str, Any]]  # rows of `implementations` that are its own


def write(connection: "Connection", folder: Path) -> None:
    """Writes what is shown of the papers of the build whose tables are complete in `connection` to `folder`/records."""
    (folder / FOLDER).mkdir()
    columns = _columns(connection, "claims", without=("claim_no", "paper_no", "paper_id"))
    code = _columns(connection, "implementations", without=_OWNERS)
    libraries: dict[str, list[Any]] = {}
    query = f"SELECT technique_id, {', '.join(code)} FROM implementations WHERE technique_id IS NOT NULL ORDER BY rowid"
    for family, *library in connection.execute(query).fetchall():
        libraries.setdefault(family, []).append(library)
    head = json.dumps({"claim": columns, "code": code, "libraries": libraries}, ensure_ascii=False, default=str)
    (folder / FOLDER / _HEAD).write_text(head, encoding="utf-8")
    starts = [(0, 0)]
    with (folder / FOLDER / _ROWS).open("wb") as rows, (folder / FOLDER / _TEXTS).open("wb") as texts:
        for row, text in _papers(connection, columns, code):
            lengths = (file.write(zlib.compress(s.encode(), _LEVEL)) for file, s in ((rows, row), (texts, text)))
            starts.append((starts[-1][0] + next(lengths), starts[-1][1] + next(lengths)))
    np.save(folder / FOLDER / _STARTS, np.array(starts, np.int64))


def _columns(connection: "Connection", table: str, *, without: Sequence[str]) -> list[str]:
    names = [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]
    return [name for name in names if name not in without]


def _papers(connection: "Connection", columns: list[str], code: list[str]) -> Iterator[tuple[str, str]]:
    """The JSON of each paper, and its title and abstract, by its number; no more than a few thousand at once."""
    query = _QUERY.format(
        claim=", ".join(columns), code=", ".join(f"i.{name}" for name in code), paper=", ".join(PAPER)
    )
    (papers,) = connection.execute("SELECT count(*) FROM papers").fetchall()[0]
    for first in range(0, papers, _AT_ONCE):
        yield from connection.execute(query, [first, first + _AT_ONCE - 1]).fetchall()


class RecordFile:
    """What is shown of the papers of one build. Raises OSError when files are missing."""

    def __init__(self, folder: Path) -> None:
        head = json.loads((folder / FOLDER / _HEAD).read_text(encoding="utf-8"))
        self._claim: list[str] = head["claim"]
        self._code: list[str] = head["code"]
        self.libraries: dict[str, list[dict[str, Any]]] = {
            family: [dict(zip(self._code, row, strict=True)) for row in rows]
            for family, rows in head["libraries"].items()
        }
        self._starts: NDArray[np.int64] = np.load(folder / FOLDER / _STARTS, mmap_mode="r")
        self._rows, self._texts = ((folder / FOLDER / name).open("rb", buffering=0) for name in (_ROWS, _TEXTS))

    def row(self, number: int) -> Row:
        """What is shown of the paper of this number; threads may ask at once.

        Raises KeyError when there is no such paper, ValueError when what the file holds of it is damaged.
        """
        paper, claims, families, code = self._read(self._rows, 0, number, json.loads)
        return Row(
            dict(zip(PAPER, paper, strict=True)),
            [dict(zip(self._claim, claim, strict=True)) for claim in claims],
            families,
            [dict(zip(self._code, row, strict=True)) for row in code],
        )

    def text(self, number: int) -> str:
        """Title and abstract of the paper of this number. Raises as `row` does."""
        found: str = self._read(self._texts, 1, number, bytes.decode)
        return found

    def _read(self, file: IO[bytes], column: int, number: int, read: Callable[[bytes], Any]) -> Any:
        if not 0 <= number < len(self._starts) - 1:
            raise KeyError(number)
        start, end = int(self._starts[number, column]), int(self._starts[number + 1, column])
        try:
            return read(zlib.decompress(os.pread(file.fileno(), end - start, start)))
        except (zlib.error, ValueError) as error:
            raise ValueError(f"{file.name} is damaged at paper {number}: {error}; run claims build again") from None

    def close(self) -> None:
        self._rows.close()
        self._texts.close()
