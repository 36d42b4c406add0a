"""What `figure_labels`, `parity_labels` and `name_labels` share: their command, and the check that a text is the one
that was read."""

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from extract.learn.labels import digest, kept, text_of, texts, write_packed

Row = dict[str, Any]
Sheet = Callable[[str, str, str], Iterable[str]]  # arXiv id, title, abstract -> lines


def text_read(row: Row, title: str, abstract: str) -> str:
    """Title + newline + abstract. Raises ValueError when that is not the text that was read."""
    text = text_of(title, abstract)
    if digest(text) != row["sha256"]:
        raise ValueError(f"{row['arxiv_id']}: title or abstract differ from what was read")
    return text


def command(
    doc: str | None,
    labels: Path,
    sheet: Callable[[], Sheet],
    read_answers: Callable[[Iterable[str]], dict[str, Any]],
    packed: Callable[[str, str, str, Any], Row],
) -> None:
    """The command line of a module of readings: prints what to read (`sheet` gives what makes a paper's lines), adds
    answers to `labels`."""
    parser = argparse.ArgumentParser(description=(doc or "").split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sheet", type=Path, metavar="IDS", help="a file with an arXiv id a line; prints the texts")
    parser.add_argument("--pack", type=Path, nargs="+", metavar="ANSWERS", help="files with answers, added to the .gz")
    args = parser.parse_args()
    if args.sheet:
        lines_of = sheet()
        for paper in texts(args.corpus, args.sheet.read_text(encoding="utf-8").split()):
            for line in lines_of(*paper):
                print(line)
    if args.pack:
        rows = kept(labels) if labels.exists() else {}
        answers = read_answers(line for path in args.pack for line in path.read_text(encoding="utf-8").splitlines())
        for key, title, abstract in texts(args.corpus, answers):
            rows[key] = packed(key, title, abstract, answers[key])
        write_packed((json.dumps(rows[key], separators=(",", ":")) for key in sorted(rows)), labels)
