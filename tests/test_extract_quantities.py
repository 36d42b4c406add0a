"""Figures in damaged text and raw LaTeX: values, ranges, pairs, units, signs, spans."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.plain import plain
from extract.quantities import find
from extract.sentences import sentences


@pytest.mark.parametrize(
    ("text", "value", "value_max", "from_value", "unit"),
    [
        ("runs 22times faster", 22, None, None, "x"),
        ("a 54.20x gain", 54.2, None, None, "x"),
        ("a x17.8 gain", 17.8, None, None, "x"),
        ("a times1000 gain", 1000, None, None, "x"),
        ("is 5--12times cheaper", 5, 12, None, "x"),
        ("is 1.4 - 7.8 times cheaper", 1.4, 7.8, None, "x"),
        ("saves 25-40\\%", 25, 40, None, "%"),
        ("saves 5sim 40%", 5, 40, None, "%"),
        ("saves approx60%", 60, None, None, "%"),
        ("is 1.2{sim}1.3times faster", 1.2, 1.3, None, "x"),
        ("with -82.30% overhead", 82.3, None, None, "%"),
        ("a $2.5\\times$ gain", 2.5, None, None, "x"),
        ("a $3$-$5\\times$ gain", 3, 5, None, "x"),
        ("a \\(7\\times\\) gain", 7, None, None, "x"),
        ("needs ${\\sim}84$\\,GB", 84, None, None, "GB"),
        ("cuts \\textbf{30\\%} of it", 30, None, None, "%"),
        ("is 64,865x smaller", 64865, None, None, "x"),
        ("uses 12.73T FLOPs", 12.73e12, None, None, "FLOPs"),
        ("from 443s to 22s", 22, None, 443, "s"),
        ("(198 ms to 91 ms)", 91, None, 198, "ms"),
        ("from 10 hours to 5 minutes", 5, None, 600, "min"),
        ("(14.3 FPS v.s. 0.26 FPS)", 14.3, None, 0.26, "FPS"),
        ("from 39.33 to 42.83", 42.83, None, 39.33, "points"),
        ("61.4 % -> 70 %", 70, None, 61.4, "%"),
        ("from 80B to 20B parameters", 20e9, None, 80e9, "params"),
        ("ranging from 56% to 73%", 56, 73, None, "%"),
        ("values between 0.784 and 0.875", 0.784, 0.875, None, "points"),
        ("2x to more than 1000x", 2, 1000, None, "x"),
        ("improves it by 1.84% to 14.51%", 1.84, 14.51, None, "%"),
        ("one million frames per second", 1e6, None, None, "FPS"),
        ("takes five minutes", 5, None, None, "min"),
        ("in a single day", 1, None, None, "days"),
        ("by a factor of 3.5", 3.5, None, None, "x"),
        ("twice as fast", 2, None, None, "x"),
        ("a threefold gain", 3, None, None, "x"),
        ("two orders of magnitude", 100, None, None, "x"),
        ("half the memory", 50, None, None, "%"),
        ("halves the cost", 50, None, None, "%"),
        ("a two-thirds cut", 66.67, None, None, "%"),
        ("a tenth of the cost", 10, None, None, "%"),
        ("about 1/3 of it", 33.33, None, None, "%"),
        ("208 slides per hour", 208, None, None, "slides/h"),
        ("(~1%p)", 1, None, None, "%"),
        ("92.3±0.4%", 92.3, None, None, "%"),
        ("gains &gt;4x", 4, None, None, "x"),
        ("for $0.50 a task", 0.5, None, None, "USD"),
        ("gains of 1.5x~3.25x", 1.5, 3.25, None, "x"),
        ("with -3%-+3% recall", -3, 3, None, "%"),
        ("errors of $4.5 \\times 10^{-3}$", 0.0045, None, None, "points"),
        ("errors of 4.5times10-3", 0.0045, None, None, "points"),
        ("for US\\$12.50 to US\\$20 each", 12.5, 20, None, "USD"),
        ("for €20", 20, None, None, "EUR"),
        ("lies in [31\\%, 47\\%]", 31, 47, None, "%"),
        ("$r \\in [0.6, 0.9]$", 0.6, 0.9, None, "points"),
        ("a near-100% hit rate", 100, None, None, "%"),
        ("a sub-5 ms answer", 5, None, None, "ms"),
        ("an mIoU of 0.64(0.03)", 0.64, None, None, "points"),
        ("a Dice of 91.5 with standard deviation (SD) 2.5", 91.5, None, None, "points"),
        ("with 3/4 of the weights", 75, None, None, "%"),
        ("reads 1/5 tokens", 20, None, None, "%"),
        ("is one magnitude faster", 10, None, None, "x"),
        ("scores nearly double", 2, None, None, "x"),
        ("takes 12 mins 30 secs", 12.5, None, None, "min"),
        ("lifts of +0.2 to +0.4", 0.2, 0.4, None, "points"),
        ("an F1 of 92.4% +/- 0.5", 92.4, None, None, "%"),
        ("at $\\text{FER}=6\\cdot10^{-3}$", 0.006, None, None, "points"),
        ("loses two F1 points", 2, None, None, "points"),
        ("sizes from 2M to 30M parameters", 2e6, 30e6, None, "params"),
        ("codes it in 0.9 bits per byte", 0.9, None, None, "bpb"),
    ],
)
def test_a_figure_is_read_as_written(text, value, value_max, from_value, unit):
    found = find(plain(text))
    assert [(q.value, q.value_max, q.from_value, q.unit.name) for q in found] == [(value, value_max, from_value, unit)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It offers threefold advantages over a plain ensemble.", []),
        ("Our contributions are threefold.", []),
        ("We take a two-fold approach with threefold contributions and twofold strategies.", []),
        ("There is a fourfold advantage in memory.", [4]),
        ("A twofold increase in designs, a threefold reduction of stages.", [2, 3]),
    ],
)
def test_kinds_of_a_thing_are_no_multiple(text, values):
    """Threefold advantages were read as three times better."""
    assert [q.value for q in find(plain(text))] == values


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        # words of what each figure is stand between `from A` and `to B`
        ("cuts it from 8.4 s with Alpha to merely 0.4 s", [(0.4, 8.4)]),
        ("from 21.9 million in Alpha to 0.7 million", [(7e5, 21.9e6)]),
        ("from a 3B teacher to 71%", [(3e9, None), (71, None)]),
        ("from 5% lower to 3% higher", [(5, None), (3, None)]),
        # factors are a range, unless a ratio is what changes
        ("a speed-up from 2x to 4x", [(2, None)]),
        ("raises the speed-up from 2x to 4x", [(4, 2)]),
        ("from 40x to about 8x", [(8, 40)]),
        # a gain `from 1.2 to 3.4` is a range, nothing that falls is one
        ("gains from 1.2 to 3.4", [(1.2, None)]),
        ("an improvement from 71.2 to 74.3", [(74.3, 71.2)]),
        ("gains from 7.4 to 5.3", [(5.3, 7.4)]),
        # rows of pairs
        ("from 31% to 42% on A and 51% to 62% on B", [(42, 31), (62, 51)]),
        ("gains from 31% to 42% on A and 51% to 62% on B", [(31, None), (51, None)]),
        # an earlier state in a bracket, but no change's
        ("reaches 88.1% on A (from 71.2%)", [(88.1, 71.2)]),
        ("reaches 88.1% (previously 71.2%)", [(88.1, 71.2)]),
        ("rises by 8.1% (from 71.2%)", [(8.1, None), (71.2, None)]),
        ("it saves 54% (from 40% to 18%)", [(54, None), (18, 40)]),
        # a range has a start, a rival's range gives none
        ("from 0.51 to 0.62-0.68", [(0.62, 0.51)]),
        ("(12-15 ms vs. 90 ms)", [(12, 90)]),
        ("(12 ms vs. 80-90 ms)", [(12, None)]),
        ("21 kPa vs. 17 kPa", [(21, 17)]),
        ("gains of +2.1 -> +4.3", [(4.3, 2.1)]),
        ("improves it by +5.0% to 93.3%", [(5, None), (93.3, None)]),
        ("2.2M weights, compared with 0.7 Dice", [(2.2e6, None), (0.7, None)]),
        ("71.2 and 3.8 vs. 61.2 and 2.8", [(71.2, None), (3.8, None), (61.2, None), (2.8, None)]),
    ],
)
def test_a_pair_is_one_figure_with_what_it_came_from(text, pairs):
    assert [(q.value, q.from_value) for q in find(plain(text))] == pairs


@pytest.mark.parametrize(
    "text",
    [
        "GPT-4",
        "an A100",
        "ViT-B/32",
        "the R2 score",
        "a 3x3 grid",
        "256\\times256 pixels",
        "x86 code",
        "see arXiv:2401.01234",
        "double precision",
    ],
)
def test_names_and_sizes_hold_no_figure(text):
    assert find(plain(text)) == []


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("at 124 and 78 FPS", ["FPS", "FPS"]),
        ("with eight and four times fewer heads", ["x", "x"]),
        ("5.8x/3.7x faster", ["x", "x"]),
        # half an hour once became half of a baseline
        ("costs half an hour on a GPU, a quarter of a million steps", []),
        ("half of the memory and half the hours", ["%", "%"]),
        # a device's number once became a speed-up of 3090x: the sign in front of the next figure is not its unit
        ("x11.8 on H100, x13.0 on RTX 4090, x12.5 on A10", ["x", "x", "points", "x"]),
        ("on GTX 1080 and 2x faster", ["points", "x"]),
        ("by +2.3, +3.7, and +0.5", ["points", "points", "points"]),
        ("by 1.7%, 1.1% and 0.5%", ["%", "%", "%"]),
    ],
)
def test_listed_figures_share_their_unit(text, units):
    assert [q.unit.name for q in find(plain(text))] == units


@given(st.text(max_size=200))
def test_plain_text_keeps_the_length_of_any_text(text):
    assert len(plain(text)) == len(text)


@given(st.text(alphabet="0123456789.,-–~%x ×±^/$\\{}()abkKMGBmsto\n", max_size=120))
def test_spans_lie_in_the_text_in_order_and_apart(text):
    found = find(plain(text))
    assert all(0 <= q.start < q.end <= len(text) for q in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It is 2.5x faster (vs. Alpha). We like it.", 2),
        ("Tools, e.g. Alpha and Beta, help. Others do not.", 2),
        ("Alpha et al. found it. Beta did not.", 2),
        ("It ends.The next begins here.", 2),
        ("", 0),
    ],
)
def test_sentences(text, count):
    assert len(sentences(text)) == count


@given(st.text(max_size=300))
def test_sentences_cover_nothing_twice(text):
    spans = sentences(plain(text))
    assert all(a < b for a, b in spans)
    assert all(x[1] <= y[0] for x, y in pairwise(spans))
