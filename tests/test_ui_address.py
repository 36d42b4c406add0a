"""An address says what a page shows, and a page what its address says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.claim import METRICS, PHASES
from index.answer import Further, MaxLoss, Understood, UnitThreshold
from index.browse import GROUPS
from index.named_measures import names
from ui.address import Asked, asked, overrides, params
from ui.conditions import NAMES, in_words
from ui.escaping import as_html, as_markdown

words = st.text(min_size=1).filter(lambda t: t.strip())
figures = st.floats(0, 1e9).map(lambda v: float(f"{v:g}"))
years = st.integers(1900, 2100)
limits = st.builds(
    UnitThreshold,
    st.sampled_from(["W", "ms", "FPS", "GB/s", "tokens per second"]),
    st.none() | figures,
    st.none() | figures,
)
bounds = limits.filter(lambda u: u.min is not None or u.max is not None)
measures = st.none() | st.sampled_from(METRICS)
further = st.builds(Further, measures, figures, st.booleans()) | st.builds(Further, measures, unit_threshold=bounds)
CHANGES = {
    "metric": st.sampled_from(METRICS),
    "measure": st.sampled_from(names()),
    "min_factor": figures,
    "hardware": st.lists(words, min_size=1, unique=True).map(tuple),
    "max_loss": st.builds(MaxLoss, figures, st.sampled_from(["%", "points"])),
    "unit_threshold": bounds,
    "also": st.lists(further, min_size=1).map(tuple),
    "device_count": st.tuples(st.none() | st.integers(1, 10**6), st.none() | st.integers(1, 10**6)).filter(any),
    "family": words,
    "baseline": words,
    "text": words,
    "parity": st.booleans(),
    "phase": st.sampled_from(PHASES),
    "years": st.tuples(st.none() | years, st.none() | years).filter(any),
}
wanted = st.builds(
    Asked,
    question=st.text(max_size=1000),
    changes=st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in CHANGES.items()}),
    since=st.none() | st.dates(date(1990, 1, 1)),
    group=st.none() | st.sampled_from(list(GROUPS)),
    page=st.integers(1, 10_000),
)


@given(wanted)
def test_an_address_says_all_that_is_asked(wanted):
    assert asked(params(wanted)) == (wanted, [])


@given(
    st.dictionaries(
        st.sampled_from(["q", "page", "since", "without", "show", *CHANGES]), st.lists(st.text(), min_size=1)
    )
)
def test_no_address_breaks_the_page(given_params):
    found, _ = asked(given_params)
    assert asked(params(found)) == (found, [])


def test_a_factor_set_by_hand_means_at_least():
    assert overrides({"min_factor": 2.0}) == {"min_factor": 2.0, "strict": False}
    assert overrides({"metric": None}) == {"metric": None}


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        (Understood(metric="speed"), {"metric": "speed"}),
        (Understood(min_factor=2.5), {"min_factor": "at least 2.5x better"}),
        (Understood(min_factor=2.5, strict=True), {"min_factor": "more than 2.5x better"}),
        (Understood(unit_threshold=UnitThreshold("W", max=20)), {"unit_threshold": "≤ 20 W"}),
        (Understood(unit_threshold=UnitThreshold("FPS", min=30, max=60)), {"unit_threshold": "≥ 30 ≤ 60 FPS"}),
        (Understood(max_loss=MaxLoss(1, "points")), {"max_loss": "at most 1 points lost"}),
        (
            Understood(also=(Further("memory", 2), Further("energy", unit_threshold=UnitThreshold("W", max=5)))),
            {"also": "and memory at least 2x better and energy of 5 W or less"},
        ),
        (
            Understood(also=(Further("parameters", unit_threshold=UnitThreshold("params", max=1e7)),)),
            {"also": "and parameters of 10,000,000 params or less"},
        ),
        (Understood(hardware=("A100", "H100")), {"hardware": "on A100 or H100"}),
        (Understood(family="quantization"), {"family": "Quantization for inference"}),
        (Understood(family="no-such-family"), {"family": "no-such-family"}),
        (Understood(years=(2023, 2025)), {"years": "2023–2025"}),
        (Understood(years=(2023, 2023)), {"years": "2023"}),
        (Understood(years=(2023, None)), {"years": "since 2023"}),
        (Understood(years=(None, 2023)), {"years": "up to 2023"}),
        (Understood(parity=True, baseline="Foo"), {"baseline": "against Foo", "parity": "quality kept"}),
        (Understood(text="protein folding"), {"text": "about “protein folding”"}),
        (Understood(), {}),
    ],
)
def test_conditions_in_words(read, shown):
    assert in_words(read) == shown
    assert set(shown) <= set(NAMES)


@given(st.text())
def test_markdown_shows_the_text_as_it_is(text):
    """Every sign that Markdown could read is escaped, and unescaping gives the text back."""
    shown = as_markdown(text)
    plain, at = "", 0
    while at < len(shown):
        if shown[at] == "\\":
            at += 1
        else:
            assert shown[at] not in "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"
        plain += shown[at]
        at += 1
    assert plain.replace("\u2060", "") == " ".join(text.split()).replace("\u2060", "")


def test_html_is_escaped():
    assert as_html('<a href="x">\n&') == "&lt;a href=&quot;x&quot;&gt; &amp;"
