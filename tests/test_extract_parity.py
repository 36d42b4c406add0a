"""Which sentences state that quality is kept, and which only look like it; sentences of our own."""

import pytest

from extract.reader import claims


def parities(text: str) -> list[str]:
    return [c.quote for c in claims("A study of Fastnet", text, key="k") if c.kind == "parity" and c.target == "own"]


@pytest.mark.parametrize(
    "text",
    [
        "Tests show that Fastnet halves latency while maintaining or, in some cases, slightly exceeding the accuracy.",
        "Fastnet runs 2x faster while maintaining the same or even reaching higher accuracy.",
        "Fastnet cuts latency by 20% without appreciably sacrificing accuracy.",
        "On ImageNet, Fastnet matches the frozen-backbone model while running 3x faster.",
        "Fastnet cuts inference cost by 40% while achieving benchmark parity.",
    ],
)
def test_kept_quality(text: str) -> None:
    assert parities(text)


@pytest.mark.parametrize(
    "text",
    [
        "Fastnet achieves training speeds comparable to those of dense models.",
        "Fastnet reduces memory to levels comparable to small models and is 2x faster.",
        "Fastnet is 2x faster while maintaining accuracy within 2% of the baseline.",
        "Fastnet matches the accuracy of dense training to within 3% while skipping most tokens.",
        "Fastnet improves by 7% over the strongest size-matched baseline.",
        "To speed up inference while maintaining performance comparable to dense models, we propose Fastnet.",
        "Deployment on phones demands methods that preserve accuracy.",
        "Fastnet keeps all layers while preserving precision-critical spans.",
        "This often leads to different similarity calculation results.",
    ],
)
def test_no_parity(text: str) -> None:
    assert not parities(text)
