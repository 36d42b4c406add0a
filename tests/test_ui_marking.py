"""What a screen marks in an evidence sentence, and that nothing from a page becomes HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.marking import marked_html, marks, safe_link


def claim(sentence, quote, value=None, hardware=(), baseline=None, value_max=None, from_value=None):
    return {
        "sentence": sentence,
        "quote": quote,
        "value": value,
        "value_max": value_max,
        "from_value": from_value,
        "hardware": hardware,
        "baseline": baseline,
    }


CASES = [
    (
        claim("It runs 2.5times faster than Foo on an A100.", "2.5times faster", 2.5, ["A100"], "Foo"),
        ["2.5times", "Foo", "A100"],
    ),
    (claim("Latency falls from 198 ms to 91 ms.", "from 198 ms to 91 ms", 91, from_value=198), ["198 ms", "91 ms"]),
    (claim("It halves memory.", "halves memory", 50), ["halves"]),
    (claim("Saves 54\\% of energy, 5 runs.", "Saves 54\\% of energy", 54), ["54\\%"]),
    (claim("A 1,776x gain.", "1,776x gain", 1776), ["1,776x"]),
    (claim("Quality is kept.", "Quality is kept"), []),
]


@pytest.mark.parametrize(("row", "expected"), CASES, ids=[c[0]["quote"] for c in CASES])
def test_marks_figure_device_and_baseline(row, expected):
    assert [row["sentence"][m.start : m.end] for m in marks(row)] == expected


def test_page_text_is_escaped():
    row = claim('<script>alert(1)</script> is 2x faster on "A100"', "2x faster", 2, ['"A100"'])
    shown = marked_html(row)
    assert "<script>" not in shown
    assert '<mark class="figure">2x</mark>' in shown


@given(st.text(), st.text(), st.floats(0, 1e6))
def test_any_text_survives_marking(before, after, value):
    """Unmarking gives back the escaped sentence, whatever the text."""
    import html

    sentence = f"{before}{value}x{after}"
    shown = marked_html(claim(sentence, f"{value}x", value, [after] if after else [], before or None))
    for kind in ("figure", "device", "baseline"):
        shown = shown.replace(f'<mark class="{kind}">', "")
    assert shown.replace("</mark>", "") == html.escape(sentence)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", 'https://x"onload="y', "", None, "ftp://a"])
def test_only_web_addresses_become_links(url):
    assert safe_link(url) is None


def test_a_web_address_is_a_link():
    assert safe_link("https://github.com/a/b") == "https://github.com/a/b"
