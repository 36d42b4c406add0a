"""Which levels the words around them judge."""

import pytest

from extract.features import paper_features
from extract.figures import candidates, sentences_of
from extract.plain import plain


def directions(text: str) -> dict[float, tuple[str, str]]:
    found = [f for s in sentences_of(plain(text)) for f in candidates(s, paper_features(text))]
    return {f.quantity.value: (f.said.kind, f.said.direction) for f in found}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It gets new best results on Alpha (98.1%), Beta (94.4%), Gamma (93.7%), and Delta (91.6%).", [94.4, 91.6]),
        ("It reaches state-of-the-art quality with 72.3 MUSIQ and 0.77 CLIP score on faces.", [72.3, 0.77]),
        ("Our codec sets new benchmarks on speech (0.74 similarity).", [0.74]),
        ("A comparison puts our net at the top (24.3 dB PSNR).", [24.3]),
        ("It serves the model at 348 tokens/s, making it the fastest system known.", [348]),
        ("On the small board our net leads with 326 ms of latency.", [326]),
        ("It yields clearly better top-rank hit rates (precision 24%, recall 59%).", [24, 59]),
        ("Four people are shown at real-time speed (15 FPS).", [15]),
        ("The solver has absolute errors as low as 0.0031 on all sets.", [0.0031]),
        ("We cut the old 12-layer net to 6 layers.", [6]),
        ("We compress the Foo 8B hybrid model down to 4B parameters.", [4e9]),
        ("It cuts the error to 4.1% (5% less) and the FID to 3.2.", [4.1, 3.2]),
        ("It has a small memory footprint (2.2 MiB vs. 340 MiB-4.1 GiB).", [2.2]),
        ("It has 74.1% accuracy, exceeding all prior nets.", [74.1]),
    ],
)
def test_levels_that_are_judged(text, values):
    said = directions(text)
    assert {v: said[v] for v in values} == dict.fromkeys(values, ("level", "better"))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It has an accuracy of 91% with F1 scores exceeding 90.5%.", [91, 90.5]),
        ("It has a Dice of 91.3%, comparable to or exceeding much larger nets.", [91.3]),
        ("Our best model has an accuracy of 91%.", [91]),
        ("We see the best agent reach an accuracy of 25%.", [25]),
        ("It has an accuracy of 74.1% and is trained in as few as 5000 steps.", [5000]),
        ("It reaches 74.1% accuracy, outperforming all prior nets by 2%.", [74.1]),
    ],
)
def test_levels_that_are_not_judged(text, values):
    said = directions(text)
    assert {v: said[v] for v in values} == dict.fromkeys(values, ("level", "none"))


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("We reach a lower FID of 2.81.", "better"),
        ("It has a lower error of 3.2%.", "better"),
        ("It has a lower accuracy of 71.2%.", "worse"),
        ("It has a higher accuracy of 81.2%.", "better"),
        ("It has a higher error of 4.1%.", "worse"),
    ],
)
def test_lower_and_higher_judge_by_which_way_the_measure_goes(text, direction):
    """A lower accuracy was called better by the rules."""
    assert set(directions(text).values()) == {("level", direction)}
