"""Corpora with titles and abstracts: JSONL, CSV and Parquet, row by row, in flat memory."""

import csv
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crawler import daily_json
from crawler.limits import LARGEST_LINE, LONGEST_TEXT, LONGEST_TITLE, PARQUET_MEMORY, lines_of, memory
from crawler.listing import (
    Entries,
    Problem,
    UnreadableError,
    code_urls_in,
    day_in,
    plain_text,
    shortened,
    whole_number,
)
from crawler.paper import Paper, Source, arxiv_id_in, paper_id_for

# What corpora call the same thing, the first that is filled counts.
_COLUMNS = {
    "title": ("title",),
    "abstract": ("abstract", "summary"),
    "arxiv_id": ("arxiv_id", "arxivId", "arxiv", "id"),
    "published": ("published", "publishedAt", "published_at", "date", "submitted"),
    "listed": ("listed", "listed_on"),
    "authors": ("authors", "author"),
    "author_count": ("author_count",),
    "organisation": ("organisation", "organization"),
    "url": ("url", "link"),
    "code_urls": ("code_urls", "code_url", "code", "githubRepo", "github_repo", "repository"),
    "upvotes": ("upvotes",),
}
_ROWS_AT_ONCE = 1000


def read_jsonl(lines: Iterable[str], page: str) -> Entries:
    """One object a line, with title and abstract (or an element of the daily-papers API)."""
    position = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as problem:
            what = "nested too deeply" if isinstance(problem, RecursionError) else getattr(problem, "msg", str(problem))
            yield Problem(f"line {number}", f"expected a JSON object, found {line.strip()[:40]!r} ({what})")
            continue
        if isinstance(row, dict) and isinstance(row.get("paper"), dict):
            try:
                yield from daily_json.entries([row], page, kind="api", listed=None, first=position)
            except UnreadableError as problem:
                yield Problem(f"line {number}", str(problem))
        else:
            yield _entry(row, page, position, f"line {number}")
        position += 1


def are_rows(data: Any) -> bool:
    """Whether decoded JSON is a corpus: rows with an abstract, where the daily-papers API says "summary"."""
    rows = data if isinstance(data, list) else [data]
    return any(isinstance(row, dict) and "abstract" in row for row in rows[:10])


def read_rows(data: Any, page: str) -> Entries:
    """The rows of a corpus kept as one JSON list, or a single one."""
    for position, row in enumerate(data if isinstance(data, list) else [data]):
        yield _entry(row, page, position, f"element {position}")


def read_csv(file: TextIO, page: str) -> Entries:
    """A table with a header, comma or tab between cells. Raises UnreadableError without title and abstract columns."""
    head = next(lines_of(file), "")
    file.seek(0)
    csv.field_size_limit(LARGEST_LINE)
    delimiter = "\t" if head.count("\t") > head.count(",") else ","
    rows = csv.DictReader(lines_of(file), delimiter=delimiter, strict=True)
    try:
        _check_columns(rows.fieldnames or [])
        for position, row in enumerate(rows):
            extra = row.pop(None, [])  # where DictReader puts cells beyond the header
            if extra or None in row.values():
                cells = sum(value is not None for value in row.values()) + len(extra)
                yield Problem(f"line {rows.line_num}", f"expected {len(rows.fieldnames or [])} cells, found {cells}")
            else:
                yield _entry(row, page, position, f"line {rows.line_num}")
    except csv.Error as problem:
        raise UnreadableError(f"line {rows.line_num}: {problem}; expected a CSV table with one row a paper") from None


def read_parquet(path: Path, page: str) -> Entries:
    """A Parquet file. Raises UnreadableError when it is none or has no title and abstract columns."""
    position = 0
    with closing(_batches(path)) as batches:
        for batch in batches:
            columns = list(zip(batch.schema.names, batch.columns, strict=True))
            long = _with_long_text(columns)
            for at in range(batch.num_rows):
                if at in long:
                    yield Problem(f"row {position}", f"expected texts of at most {LONGEST_TEXT} characters, found more")
                else:
                    yield _row(columns, at, page, position)
                position += 1


def _with_long_text(columns: list[tuple[str, pa.Array]]) -> frozenset[int]:
    """The rows that hold a text longer than any that is read, told before it becomes one of Python's."""
    found: set[int] = set()
    for _, column in columns:
        texts = column.dictionary if pa.types.is_dictionary(column.type) else column
        if not any(test(texts.type) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary)):
            continue
        long = pc.greater(pc.binary_length(texts), 4 * LONGEST_TEXT)  # bytes
        if pc.any(long).as_py():
            rows = long if texts is column else long.take(column.indices)
            found.update(pc.indices_nonzero(pc.fill_null(rows, False)).to_pylist())
    return frozenset(found)


def _row(columns: list[tuple[str, pa.Array]], at: int, page: str, position: int) -> Paper | Problem:
    place = f"row {position}"
    try:
        row = {name: column[at].as_py() for name, column in columns}
    except (ValueError, OverflowError) as problem:  # text that is no UTF-8, days beyond the calendar
        return Problem(place, f"expected text and dates, found what is neither: {problem}")
    return _entry(row, page, position, place)


def _batches(path: Path) -> Generator[pa.RecordBatch]:
    """The known columns, some rows at a time. A few bytes may stand for billions of rows: so memory is limited."""
    try:
        with memory(PARQUET_MEMORY):
            file = pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False)
            _check_columns(file.schema_arrow.names)
            known = {name for names in _COLUMNS.values() for name in names}
            columns = [name for name in file.schema_arrow.names if name in known]
            batches = file.iter_batches(_ROWS_AT_ONCE, columns=columns, use_threads=False)
        while True:
            with memory(PARQUET_MEMORY):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch
    except MemoryError:
        raise UnreadableError(
            f"needs more than {PARQUET_MEMORY >> 30} GB of memory to read: expected a corpus written in smaller pages"
        ) from None
    except (pa.ArrowException, OSError, ValueError) as problem:
        if isinstance(problem, UnreadableError):
            raise
        raise UnreadableError(f"expected a whole Parquet file: {shortened(str(problem))}") from None


def is_table(head: str) -> bool:
    """Whether a first line is the header of a table with titles and abstracts."""
    cells = {cell.strip().strip('"') for cell in head.replace("\t", ",").split(",")}
    return all(cells & set(_COLUMNS[name]) for name in ("title", "abstract"))


def _check_columns(names: Iterable[str]) -> None:
    found = list(names)
    for needed in ("title", "abstract"):
        if not set(_COLUMNS[needed]) & set(found):
            raise UnreadableError(
                f"expected a column {' or '.join(_COLUMNS[needed])}, found {_named(found[:12]) or 'none'}"
            )


def _named(names: Iterable[Any]) -> str:
    return shortened(", ".join(map(str, names)))


def _entry(row: Any, page: str, position: int, place: str) -> Paper | Problem:
    if not isinstance(row, Mapping):
        return Problem(place, f"expected an object with title and abstract, found {str(row)[:40]!r}")

    def cell(name: str) -> Any:
        return next((row[column] for column in _COLUMNS[name] if row.get(column) not in (None, "")), None)

    title, abstract = cell("title"), cell("abstract")
    if not isinstance(title, str) or not plain_text(title):
        return Problem(place, f"expected a title, found {_shown(title)} in a row with {_named(list(row)[:8])}")
    if not isinstance(abstract, str):
        return Problem(place, f"expected an abstract for {title[:60]!r}, found {_shown(abstract)}")
    if len(title) > LONGEST_TITLE or len(abstract) > LONGEST_TEXT:
        return Problem(
            place,
            f"expected a title of at most {LONGEST_TITLE} characters and an abstract of at most {LONGEST_TEXT}, "
            f"found {len(title)} and {len(abstract)}",
        )
    title, abstract, url = plain_text(title), plain_text(abstract), _string(cell("url"))
    listed, upvotes = _day(cell("listed")), whole_number(cell("upvotes"))
    authors = tuple(_names(cell("authors")))
    return Paper(
        paper_id=paper_id_for(title),
        title=title,
        abstract=abstract,
        arxiv_id=_arxiv_number(_string(cell("arxiv_id")))
        or (arxiv_id_in(url) if url and "arxiv.org/" in url else None),
        published=_day(cell("published")),
        listed=listed,
        authors=authors,
        author_count=whole_number(cell("author_count")),
        organisation=_string(cell("organisation")),
        url=url,
        code_urls=tuple(dict.fromkeys((*_addresses(cell("code_urls")), *code_urls_in(abstract)))),
        upvotes=upvotes,
        sources=(Source("corpus", page, position, listed=listed, title=title, upvotes=upvotes),),
    )


def _arxiv_number(text: str | None) -> str | None:
    """An id column may hold anything: only what is an arXiv number as a whole, or an address of arXiv, counts."""
    found = arxiv_id_in(text) if text else None
    if not text or not found:
        return None
    rest = text.partition(found)[2]
    begins = text.removeprefix("arXiv:").removeprefix("arxiv:").startswith(found)
    return found if "arxiv.org/" in text or (begins and (not rest or rest[1:].isdecimal())) else None


def _string(value: Any) -> str | None:
    return plain_text(value) or None if isinstance(value, str) else None


def _shown(value: Any) -> str:
    return shortened(repr(value), 80)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else day_in(value)


def _names(value: Any) -> Iterator[str]:
    people = value if isinstance(value, list) else value.replace(";", ",").split(",") if isinstance(value, str) else []
    yield from _strings(people, lambda person: person.get("name") if isinstance(person, dict) else person)


def _addresses(value: Any) -> Iterator[str]:
    found = value if isinstance(value, list) else value.split() if isinstance(value, str) else []
    yield from (url for url in _strings(found, lambda url: url) if url.startswith(("http://", "https://")))


def _strings(values: Iterable[Any], taken: Callable[[Any], Any]) -> Iterator[str]:
    yield from (plain_text(text) for text in map(taken, values) if isinstance(text, str) and text.strip())
