"""`claims import`: files of every kind that papers come in, told apart by what they hold, into the archive.

Saved pages (text in two layouts, HTML), API responses (JSON), arXiv feeds, abstract pages and full texts, the responses
that crawls keep, and corpora (JSONL, CSV, Parquet), by path, in folders and archives, or on standard input. What cannot
be read is named with the place and what was expected; everything else is read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from crawler import arxiv_pages, corpus, daily_html, daily_json, fulltext, rereading, text_pages
from crawler.archive import Archive, Changes, new_run
from crawler.fulltext import FullText
from crawler.limits import LARGEST_PAGE, lines_of
from crawler.listing import Entries, Problem, RunResult, Unread, UnreadableError, day_in
from crawler.paper import Paper, arxiv_id_in
from crawler.saved_files import SavedFile, files_in

ImportResult = RunResult
Readings = Iterator[Paper | Problem | FullText]
Progress = Callable[[str, int], None]  # called with the file at hand and the entries read so far

_AT_ONCE = 1000  # papers that go to the disk together
_TEXTS_AT_ONCE = 20  # full texts that do
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}")


def import_paths(home: Path, paths: Sequence[str], *, progress: Progress | None = None) -> ImportResult:
    """Reads files, folders, archives and standard input ("-") into the archive of a home.

    Importing the same again appends nothing. A file that cannot be read, or not wholly, is named in `unreadable`.
    """
    archive = Archive(home)
    run = new_run("import")
    changes = Changes()
    unreadable: list[Unread] = []
    try:
        for file in files_in(paths):
            if isinstance(file, Unread):
                unreadable.append(file)
                continue
            papers: list[Paper] = []
            full_texts: list[FullText] = []
            for entry in chain(_entries(file, unreadable), [None]):
                if isinstance(entry, Paper):
                    papers.append(entry)
                elif entry:
                    full_texts.append(entry)
                if papers and (entry is None or len(papers) == _AT_ONCE):
                    changes += archive.append(papers, run=run)
                    papers = []
                    if progress:
                        progress(file.shown, changes.read)
                if full_texts and (entry is None or len(full_texts) == _TEXTS_AT_ONCE):
                    archive.add_full_texts(full_texts, run=run)
                    full_texts = []
    finally:
        archive.close()
    return ImportResult(changes.read, changes.new, changes.changed, tuple(unreadable))


def _entries(file: SavedFile, unreadable: list[Unread]) -> Iterator[Paper | FullText]:
    """The papers and full texts of one file; what cannot be read is added to `unreadable`."""
    try:
        for entry in read_file(file.path, file.page):
            if isinstance(entry, Problem):
                unreadable.append(Unread(file.shown, f"{entry.place}: {entry.why}" if entry.place else entry.why))
            else:
                yield entry
    except UnreadableError as problem:
        unreadable.append(Unread(file.shown, str(problem)))
    except OSError as problem:
        unreadable.append(Unread(file.shown, f"cannot be read: {problem.strerror or problem}"))


def read_file(path: Path, page: str) -> Readings:
    """The entries of one file and full texts, its kind told from its content; `page` names it in their sources.

    Raises UnreadableError when it is of no known kind or not what it seems, OSError when it cannot be opened.
    """
    with path.open("rb") as handle:
        head = handle.read(65536)
    if head.startswith(b"\x1f\x8b"):
        return rereading.read_again(path)
    if head.startswith(b"PAR1"):
        return corpus.read_parquet(path, page)
    encoding = _encoding(head)
    begin = head.decode(encoding, errors="replace").lstrip()
    first_line = begin.partition("\n")[0]
    if page.endswith((".jsonl", ".ndjson")) or _is_jsonl(begin):
        return _from_lines(path, encoding, page, lambda file, page: corpus.read_jsonl(lines_of(file), page))
    if page.endswith((".csv", ".tsv")) or (not begin.startswith(("{", "[", "<")) and corpus.is_table(first_line)):
        return _from_lines(path, encoding, page, corpus.read_csv)
    if path.stat().st_size > LARGEST_PAGE:
        raise UnreadableError(
            f"{path.stat().st_size >> 20} MiB: expected a page or response of at most {LARGEST_PAGE >> 20} MiB, "
            "or a corpus as JSONL, CSV or Parquet"
        )
    return _whole(path.read_bytes(), encoding, page)


def _whole(body: bytes, encoding: str, page: str) -> Readings:
    if not body.strip():
        raise UnreadableError("empty: expected a saved page, an API response, a feed or a corpus")
    text = _decoded(body, encoding)
    begin = text.lstrip()
    if begin.startswith(("[", "{")) or page.endswith(".json"):
        # The responses of a day are saved under its name; the day is what was asked for.
        listed = day_in(Path(page).stem) if _TIMESTAMP.fullmatch(Path(page).stem) else None
        data = daily_json.parsed(text)
        if corpus.are_rows(data):
            return corpus.read_rows(data, page)
        return daily_json.entries(data, page, kind="api", listed=listed)
    if begin.startswith("<feed") or (begin.startswith("<?xml") and "<html" not in begin[:2000]):
        return arxiv_pages.read_feed(body, page)
    if begin.startswith("<") and fulltext.looks_like(text):
        return _full_text(text, page)
    if begin.startswith("<"):
        return (
            arxiv_pages.read_abstract_page(text, page)
            if arxiv_pages.is_abstract_page(text)
            else daily_html.read(text, page)
        )
    return text_pages.read(text, page)


def _full_text(text: str, page: str) -> Readings:
    found = fulltext.read(text, arxiv_id=arxiv_id_in(page))
    if paper := fulltext.paper_of(found, page):
        yield paper
    yield found


def _from_lines(path: Path, encoding: str, page: str, read: Callable[..., Entries]) -> Entries:
    try:
        with path.open(encoding=encoding, newline="") as lines:
            yield from read(lines, page)
    except UnicodeDecodeError as problem:
        raise UnreadableError(_wrong_bytes(problem)) from None


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig"


def _decoded(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as problem:
        raise UnreadableError(_wrong_bytes(problem)) from None


def _wrong_bytes(problem: UnicodeDecodeError) -> str:
    found = problem.object[problem.start : problem.start + 8]
    return f"byte {problem.start}: expected UTF-8 text, found {found!r} ({problem.reason}); save the page as UTF-8"


def _is_jsonl(begin: str) -> bool:
    """Whether objects stand one on a line: the first line is a whole object and another one follows."""
    lines = begin.split("\n", 2)
    return len(lines) > 1 and all(line.strip().startswith("{") and line.strip().endswith("}") for line in lines[:2])
