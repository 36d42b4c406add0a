"""What a figure is said to be compared with, by what kind of sentence; sentences of our own."""

import pytest

from extract.reader import claims


def baselines(text: str) -> dict[str, str | None]:
    """The baseline of each claim with a figure, by value and unit."""
    found = claims("A study of Fastnet", text, key="k")
    return {f"{c.value:g}{c.unit}": c.baseline for c in found if c.value is not None}


@pytest.mark.parametrize(
    ("text", "figure", "expected"),
    [
        # compounds and pairs of adjectives do not end the phrase
        ("Fastnet is 3x faster than the end-to-end method.", "3x", "the end-to-end method"),
        ("Fastnet lowers latency by 12% compared to previous per-token methods.", "12%", "previous per-token methods"),
        ("Fastnet is 3x faster than strong, single-model baselines.", "3x", "strong, single-model baselines"),
        # nor does an `and` before a verb belong to it
        ("Fastnet needs 35% less memory than Slownet and fits on a phone.", "35%", "Slownet"),
        ("Fastnet is 3x faster than Slownet and Oldnet.", "3x", "Slownet and Oldnet"),
        # each of two objects has its own figure
        ("Fastnet outperforms Slownet by 5% and Oldnet by 3%.", "5%", "Slownet"),
        ("Fastnet outperforms Slownet by 5% and Oldnet by 3%.", "3%", "Oldnet"),
        # what equal quality is told against, the figure is told against as well
        (
            "Fastnet achieves comparable image quality to full attention while speeding up inference by 1.4x.",
            "1.4x",
            "full attention",
        ),
        ("Compared to prior work, Fastnet requires only 12% of the storage.", "12%", "prior work"),
        # no rivals
        ("Fastnet is robust against input noise and cuts latency by 40%.", "40%", None),
        ("Fastnet reaches a gain of 2.6% in mean Intersection over Union (mIoU).", "2.6%", None),
    ],
)
def test_baseline(text: str, figure: str, expected: str | None) -> None:
    assert baselines(text)[figure] == expected
