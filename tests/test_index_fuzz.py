"""Questions, SQL, verdicts, measurements, addresses and manifests as nobody writes them: an answer or a word, no more.

A few of each by default, more with CLAIMS_FUZZ=5000 (`make fuzz`).
"""

import csv
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from index import KnowledgeBase, builds, curation, measured, store
from index.answer import Answer, PaperAnswer, Understood
from index.answer_csv import answer_csv
from index.builds import HomeError
from index.citing import entry as bibtex_entry
from index.links import repository
from index.overrides import checked
from index.question import understand
from index.sql_guard import QueryError
from ui.address import asked, params
from ui.escaping import as_html, as_markdown
from ui.marking import safe_link

EXAMPLES = int(os.environ.get("CLAIMS_FUZZ", "10"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CLAIMS_FUZZ" not in os.environ,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=list(HealthCheck),
)
few = settings(fuzzed, max_examples=max(EXAMPLES // 8, 3))

PIECES = [
    "which techniques",
    "at least",
    "2x",
    "faster",
    "less memory",
    "50%",
    "half",
    "twice",
    "without losing accuracy",
    "on",
    "a Jetson",
    "A100",
    "GPU",
    "microcontroller",
    "since 2023",
    "between 2020 and 1999",
    "before 0000",
    "9" * 400,
    "1e999",
    "-",
    "under",
    "20 W",
    "1000 FPS",
    "quantization",
    "LoRA",
    "KV cache",
    "vs.",
    "than",
    "FlexGen",
    "no loss",
    "1% loss",
    "for training",
    "papers",
    "?",
    "%",
    "\0",
    "\u202e",
    "²",
    "٣",
    "İ",
    "ﬁ",
    "½",
    "👍",
    "\n",
    "'",
    '"',
    "\\",
    "$2\\times$",
    "(" * 50,
    "x" * 500,
]
words = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map(" ".join) | st.text(max_size=120)


@pytest.fixture(scope="module")
def opened(app_home: Path) -> Any:
    """The small knowledge base, opened once."""
    with KnowledgeBase.open(app_home) as base:
        yield base


@fuzzed
@given(words)
def test_any_question_is_understood_and_answered(opened: KnowledgeBase, question: str) -> None:
    read = understand(question)
    assert isinstance(read, Understood)
    answer = opened.ask(question, top=3)
    assert answer.note or any(a.satisfies for a in answer.answers)
    rows = list(csv.reader(io.StringIO(answer_csv(answer))))
    assert len({len(row) for row in rows}) == 1


short = st.text(max_size=9)
conditions = st.fixed_dictionaries(
    {},
    optional={
        **{name: short | st.none() for name in ("metric", "phase", "family", "baseline", "text", "nonsense")},
        "min_factor": st.floats() | st.integers() | st.none(),
        "hardware": st.tuples(short) | short,
        "years": st.tuples(st.none() | st.integers(-9, 9999), st.none() | st.integers(-9, 9999)),
        "parity": st.booleans(),
    },
)


@fuzzed
@given(words, conditions)
def test_any_condition_set_by_hand_is_taken_or_named(
    opened: KnowledgeBase, question: str, given_: dict[str, Any]
) -> None:
    try:
        checked(given_)
        opened.ask(question, top=3, **given_)
    except ValueError as error:
        assert str(error)  # noqa: PT017


cells = st.text(max_size=12) | st.sampled_from(["=1+1", "+x", "-1", "@a", "\t=", "\r", 'a"b', "a,b", "a\nb", "\0"])


@fuzzed
@given(st.lists(st.tuples(cells, cells), max_size=4))
def test_an_answer_as_csv_is_read_back_and_runs_nothing(titles: list[tuple[str, str]]) -> None:
    claim = {"hardware": (), "devices": (), "measure": "speed", "value": -1.5}
    papers = tuple(
        PaperAnswer(
            paper_id="p",
            arxiv_id=None,
            title=title,
            url=quote,
            score=1.0,
            satisfies=True,
            claims=({**claim, "quote": quote},),
        )
        for title, quote in titles
    )
    text = answer_csv(Answer("q", "", Understood(), papers))
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert len(rows) == len(titles)
    for row, (title, _) in zip(rows, titles, strict=True):
        cell = row[head.index("title")]
        assert cell.removeprefix("'") == title.replace("\r", "\n").removeprefix("'")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert row[head.index("value")] == "-1.5"


SQL = [
    "SELECT",
    "*",
    "FROM",
    "claims_wide",
    "papers",
    "WHERE",
    "factor",
    ">",
    "2",
    "GROUP BY ALL",
    "ORDER BY 1",
    "LIMIT 3",
    ";",
    "--",
    "/*",
    "'",
    '"',
    "(",
    ")",
    ",",
    "WITH",
    "AS",
    "UNION",
    "read_text('/etc/passwd')",
    "COPY",
    "TO",
    "PRAGMA",
    "SET",
    "x",
    "NULL",
    "::",
    "[",
    "{",
    "lambda",
    "->",
    "$1",
    "?",
    "unnest",
    "range(10)",
    "\0",
    "²",
    "\u202e",
    "EXPLAIN",
    "SUMMARIZE",
    "DESCRIBE",
    "VALUES",
    "@",
    "E'\\x00'",
]
queries = st.lists(st.sampled_from(SQL) | st.text(max_size=4), max_size=12).map(" ".join)


@few
@given(queries)
def test_any_sql_gives_rows_or_a_word(opened: KnowledgeBase, query: str) -> None:
    try:
        rows = opened.sql(query, limit=5, timeout=5).rows
    except QueryError as error:
        assert "root:" not in str(error)  # noqa: PT017
    else:
        assert "root:" not in str(rows)


LINE = {
    "recorded_at": "2026-01-05T12:00:00+00:00",
    "claim_id": "c",
    "verdict": "set",
    "claim": {"paper_id": "p", "quote": "2x"},
    "field": "value",
    "value": "3",
    "note": None,
    "collection": None,
}
RECORD = {
    "recorded_at": "2026-01-05T12:00:00+00:00",
    "technique_id": "kv-cache",
    "metric": "speed",
    "unit": "x",
    "device": "CPU",
    "measured": 2.0,
    "baseline_measured": 1.0,
    "factor": 2.0,
}
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(
        [10**400, 2**63, "null", "nan", "0001-01-01T00:00:00", "9999-12-31T23:59:59-23:59", "undo", "confirm", "\ud800"]
    )
)
values = st.recursive(leaves, lambda x: st.lists(x, max_size=2) | st.dictionaries(st.text(max_size=3), x, max_size=2))
changes = st.dictionaries(st.sampled_from([*LINE, *RECORD, "other"]), values, max_size=3)
lines = st.lists(
    changes.map(lambda c: json.dumps(LINE | {k: v for k, v in c.items() if k in LINE or k == "other"}))
    | changes.map(lambda c: json.dumps(RECORD | c))
    | values.map(json.dumps)
    | st.text(max_size=20)
    | st.sampled_from(["[" * 5000, "9" * 5000, "{", "\0", '{"a":' * 3000]),
    max_size=4,
)


@fuzzed
@given(lines)
@example([json.dumps(LINE | {"claim_id": ["c"]})])
@example([json.dumps(LINE | {"claim_id": 3}), json.dumps(LINE)])
@example([json.dumps(LINE | {"claim": {"paper_id": {"a": 1}}})])
@example([json.dumps(LINE | {"recorded_at": "0001-01-01T00:00:00+23:59"})])
@example([json.dumps(LINE | {"note": {"a": 1}})])
def test_a_home_opens_whatever_stands_among_its_verdicts_and_measurements(
    tmp_path_factory: Any, opened: KnowledgeBase, written: list[str]
) -> None:
    """One strange line, written by hand or by another version, once kept a whole home from being opened."""
    home = tmp_path_factory.mktemp("home")
    kept = "\n".join(written).encode(errors="surrogatepass") + b"\n"
    curation.curation_file(home).write_bytes(kept)
    measured.measurements_file(home).write_bytes(kept)
    connection = store.reading(opened.build.folder / store.DATABASE)
    loaded = curation.load(connection, home)
    unread = measured.load(connection, home)
    assert store.rows(connection, "SELECT count(*) AS n FROM curation")[0]["n"] == loaded.entries
    store.rows(connection, "FROM measurements")
    assert all(isinstance(line, str) for line in [*loaded.unreadable, *unread])
    connection.close()


MANIFEST_VALUES = st.sampled_from(
    ["build", "format", "tables", "files", "encoder", "counts", "reading", "notes", "versions", "papers"]
)


@few
@given(st.dictionaries(MANIFEST_VALUES, values, min_size=1, max_size=3), st.booleans())
@example({"files": {}}, False)
@example({"files": {"claims.duckdb": 3}}, False)
@example({"encoder": "other"}, False)
def test_a_manifest_with_any_values_is_named_or_right(
    tmp_path_factory: Any, app_home: Path, wrong: dict[str, Any], gone: bool
) -> None:
    home = Path(shutil.copytree(app_home, tmp_path_factory.mktemp("x") / "home", symlinks=True))
    path = home / "builds" / "1" / builds.MANIFEST
    manifest = json.loads(path.read_text())
    changed = {k: v for k, v in manifest.items() if k not in wrong} if gone else manifest | wrong
    path.write_text(json.dumps(changed))
    try:
        with KnowledgeBase.open(home) as base:
            base.status()
            base.ask("faster on an A100")
    except HomeError as error:
        assert "claims build" in str(error)  # noqa: PT017
    else:
        assert changed == manifest


PARTS = [*Understood.__dataclass_fields__, "q", "since", "page", "show", "without", "x"]
hostile = ["..", "1..", "..9" * 200, "9" * 5000, "1e308..1e309 W", "2023..x", "%", "0 points", "-1"]
addresses = st.dictionaries(st.sampled_from(PARTS), st.lists(words | st.sampled_from(hostile), max_size=2), max_size=5)


@fuzzed
@given(addresses)
def test_any_address_of_the_app_is_read(given_: dict[str, list[str]]) -> None:
    wanted, problems = asked(given_)
    assert all(isinstance(p, str) for p in problems)
    assert asked(params(wanted))[0] == wanted


@fuzzed
@given(words)
def test_what_is_shown_is_text(text: str) -> None:
    assert "<" not in as_html(text)
    as_markdown(text)
    link = safe_link(text)
    assert link is None or link.startswith(("http://", "https://"))
    repository(text)
    bibtex_entry(
        {
            "title": text,
            "authors": [text],
            "url": text,
            "arxiv_id": None,
            "published": None,
            "paper_id": "p",
            "published_year": None,
        }
    )
