"""Texts that no paper holds, read for claims: every claim says what stands there, and no text breaks the reader.

A few of each by default, more with CLAIMS_FUZZ=5000 (`make fuzz`).
"""

import json
import math
import os
import time

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from extract import devices, documents, quantities, stream
from extract.claim import as_json, from_json
from extract.factors import factors
from extract.plain import plain
from extract.reader import claims, explain
from extract.sentences import LONGEST, sentences

EXAMPLES = int(os.environ.get("CLAIMS_FUZZ", "10"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CLAIMS_FUZZ" not in os.environ,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=list(HealthCheck),
)

PIECES = [
    "2.5x",
    "30%",
    "198 ms to 91 ms",
    "from 9 to 3",
    "twice",
    "half",
    "two-thirds",
    "an order of magnitude",
    "1,000",
    ".5",
    "1e-3",
    "10^400",
    "9" * 320,
    "0x",
    "0%",
    "100%",
    "120%",
    "-3%",
    "~",
    ">",
    "<=",
    "±",
    "up to",
    "at least",
    "faster",
    "slower",
    "less memory",
    "fewer parameters",
    "higher accuracy",
    "lower latency",
    "throughput",
    "energy",
    "than",
    "compared to",
    "over",
    "FlexGen",
    "vs.",
    "on an A100",
    "on Jetson Orin",
    "Cortex-M4",
    "H100 GPUs",
    "we",
    "prior work",
    "our method",
    "Larkspur:",
    "without loss of",
    "comparable to",
    "on par with",
    "matches",
    "respectively",
    "and",
    "while",
    "(",
    ")",
    "[1]",
    "$",
    "\\times",
    "\\%",
    "$2.5\\times$",
    "\\mathbf{3}",
    "{,}",
    "^",
    "_",
    "FPS",
    "GB",
    "tokens/s",
    "hours",
    "USD",
    "W",
    "billion",
    "M",
    "k",
    ".",
    ",",
    ";",
    ":",
    "-",
    "–",
    "/",
    "e.g.",
    "et al.",
    "https://github.com/a/b",
    "\n",
    "\u00a0",
    "\u202e",
    "\0",
    "\ufeff",
    "²",
    "٣",
    "½",
    "∞",
    "𝟐",
    "İ",
    "ﬁ",
    "👍",
]
words = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=30).map(" ".join)
glued = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=20).map("".join)
texts = words | glued | st.text(max_size=200)


@fuzzed
@given(texts, texts)
def test_claims_of_any_text_say_what_stands_there(title: str, abstract: str) -> None:
    for claim in claims(title, abstract, key="k"):
        text = title if claim.section == "title" else abstract
        assert text[claim.span_start : claim.span_end] == claim.quote
        assert claim.sentence in text
        for number in (claim.value, claim.value_max, claim.from_value, claim.factor, claim.factor_min, claim.delta):
            assert number is None or math.isfinite(number), claim
        assert 0 <= claim.confidence <= 1
        row = json.loads(json.dumps(as_json(claim), allow_nan=False))
        assert as_json(from_json(row)) == row


@fuzzed
@given(texts)
def test_figures_sentences_and_devices_lie_in_the_text(text: str) -> None:
    flat = plain(text)
    for figure in quantities.find(flat):
        assert 0 <= figure.start < figure.end <= len(flat)
        assert math.isfinite(figure.value)
    last = 0
    for start, end in sentences(flat):
        assert last <= start < end <= len(flat)
        last = end
    for question in (False, True):
        for mention in devices.find(text, question=question):
            assert text[mention.start : mention.end] == mention.text
            assert all(devices.device(name).name == name for name in mention.names)
    explain("", text, key="k")


cells = st.sampled_from([*PIECES, "", "Ours", "Speedup (x)", "Latency (ms)", "Model", "A100"])
tables = st.fixed_dictionaries(
    {
        "caption": words,
        "rows": st.integers(0, 4).flatmap(lambda wide: st.lists(st.lists(cells, min_size=wide, max_size=wide))),
    },
)
sections = st.fixed_dictionaries({"title": words, "paragraphs": st.lists(texts, max_size=3)})


@fuzzed
@given(words, words, st.lists(sections, max_size=3), st.lists(tables, max_size=2))
def test_any_full_text_is_read(
    title: str, abstract: str, parts: list[dict[str, object]], grids: list[dict[str, object]]
) -> None:
    row = {"key": "k", "title": title, "abstract": abstract, "sections": parts, "tables": grids}
    for claim in documents.read(documents.from_json(row)).claims:
        assert claim.value is None or math.isfinite(claim.value)
        assert claim.factor is None or math.isfinite(claim.factor)


numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@fuzzed
@example(2.7e235, None, 1.4e-105, "", "level", "points")  # their ratio is beyond any number
@example(2.7e-235, None, 1.4e105, "", "level", "points")  # and here nothing is left of it, which was then divided by
@given(
    numbers,
    numbers,
    numbers,
    words,
    st.sampled_from(["change", "level", "parity"]),
    st.sampled_from(["%", "x", "ms", "points", ""]),
)
def test_no_factor_is_without_end(
    value: float | None, most: float | None, level: float | None, measure: str, kind: str, unit: str
) -> None:
    for direction in ("better", "worse", "none"):
        found = factors(
            kind=kind,
            metric="speed",
            measure=measure,
            value=value,
            value_max=most,
            from_value=level,
            unit=unit,
            direction=direction,
        )
        assert all(n is None or (math.isfinite(n) and n > 0) for n in (found.min, found.max, found.best))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["[" * 5000, "9" * 5000]),
    lambda x: (
        st.lists(x, max_size=2) | st.dictionaries(st.sampled_from(["key", "id", "title", "abstract"]), x, max_size=3)
    ),
)


@fuzzed
@given(
    st.lists(values | st.fixed_dictionaries({"id": values, "title": texts, "abstract": texts}), max_size=4),
    st.text(max_size=9),
)
def test_any_lines_give_rows_or_a_word(rows: list[object], rest: str) -> None:
    lines = [json.dumps(row) if not isinstance(row, str) else row for row in rows] + [rest]
    bad: list[stream.BadRow] = []
    found = list(stream.extract_rows(stream.parsed(lines), bad=bad.append))
    assert len(found) + len(bad) == sum(bool(line.strip()) for line in lines)


LONG = [
    "It is 2.5x faster than FlexGen on an A100, ",
    "2.5x ",
    "9",
    "1,000,",
    "(",
    "a-",
    "-",
    ". ",
    "1/2/",
    "from 3 to ",
    "$",
    "\\frac{1}{",
    "A100 ",
    "NVIDIA ",
    "we ",
    "et al. ",
    "without loss of accuracy ",
    "2x faster and ",
    "www.",
    "e-1",
    " ",
    "%",
    "x x ",
    "{,}",
    "\u0301",
]


LETTERS = 20_000 if "CLAIMS_FUZZ" in os.environ else 1_500


@pytest.mark.parametrize("piece", LONG)
def test_a_long_text_takes_time_in_proportion(piece: str) -> None:
    """Without a sentence's end: a sentence of 4,000 letters once took 10 s, its cube, and one page stopped a build."""
    started = time.process_time()
    claims("", (piece * LETTERS)[:LETTERS], key="k")
    assert time.process_time() - started < LETTERS / 400


def test_three_hundred_digits_are_no_figure() -> None:
    """They were one without end, and the reader failed on it."""
    assert claims("", f"It is {'9' * 320}x faster and needs 30% less memory.", key="k")[0].value == 30


def test_a_sentence_longer_than_any_is_read_in_pieces() -> None:
    """No letter is left out, and none is in two pieces."""
    text = "It is 2x faster and " * 200
    spans = sentences(text)
    assert max(end - start for start, end in spans) <= LONGEST
    assert "".join(text[a:b] for a, b in spans).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("written", ["1e999", "2e-999", "10^999", "9e308x faster"])
def test_powers_beyond_any_number_break_nothing(written: str) -> None:
    """A question with `1e999` in it once ended in an OverflowError."""
    assert all(math.isfinite(q.value) for q in quantities.find(plain(f"it is {written} of it")))
