"""What a figure is credited to, by what kind of sentence; titles and sentences of our own."""

import pytest

from extract.names import Names
from extract.reader import claims


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Fastnet: Nets in Haste", "Nets are slow.", "Fastnet"),
        # the short form that the abstract goes on to use
        (
            "Dense Routing Trees: A Study",
            "We propose Dense Routing Trees (DRT). DRT is small. On images, DRT is fast.",
            "DRT",
        ),
        ("Dense Routing Trees: A Study", "We propose Dense Routing Trees (DRT). They are fast.", "Dense Routing Trees"),
        ("Nets in Haste", "Nets are slow. Our small model, coined as MiniHaste, is not.", "MiniHaste"),
    ],
)
def test_own_name(title: str, abstract: str, expected: str) -> None:
    assert Names(title, abstract).own == expected


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        # a benchmark reaches nothing itself
        ("HasteBench: Testing Nets", "The best system reaches only 28% accuracy.", None),
        ("HasteNet: Quick Nets", "The best variant reaches 88% accuracy.", "HasteNet"),
        # a name with what it counts in brackets
        ("HasteNet: Quick Nets", "HasteNet-large (4.3M) reaches 88% accuracy.", "HasteNet-large"),
        # a device is not what achieves
        ("HasteNet: Quick Nets", "The port on Jetson Nano achieved a throughput of 45 FPS.", "HasteNet"),
        # a component with a common name
        ("HasteNet: Quick Nets", "Meanwhile, signal-based sampling reduces latency by 30%.", "signal-based sampling"),
        ("HasteNet: Quick Nets", "We show that signal-based sampling reduces latency by 30%.", "signal-based sampling"),
        ("HasteNet: Quick Nets", "Our results reduce latency by 30%.", "HasteNet"),
    ],
)
def test_technique(title: str, abstract: str, expected: str | None) -> None:
    found = [c.technique for c in claims(title, abstract, key="k") if c.value is not None]
    assert found[:1] == [expected]
