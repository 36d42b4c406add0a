"""Which device a figure is given, by what kind of sentence; sentences of our own."""

import pytest

from extract.reader import claims


def devices(text: str) -> dict[str, list[str]]:
    """The devices of each claim, by value and unit."""
    found = claims("A study of Fastnet", text, key="k")
    return {f"{c.value:g}{c.unit}": list(c.hardware) for c in found if c.value is not None}


@pytest.mark.parametrize(
    ("text", "figure", "expected"),
    [
        # what a general name turns out to be
        ("Fastnet runs 3.1x faster on embedded boards such as the Jetson Nano.", "3.1x", ["Jetson Nano"]),
        ("On laptops equipped with an Intel CPU, Fastnet reaches a latency of 7 ms.", "7ms", ["Intel CPU"]),
        ("Fastnet runs at 30 FPS on low-cost boards (Raspberry Pi 4).", "30FPS", ["Raspberry Pi 4"]),
        # a general name beside another one is in the same place
        ("Fastnet is 2.5x/1.5x faster on the GPU/CPU than Slownet.", "2.5x", ["GPU"]),
        ("Fastnet is 2.5x/1.5x faster on the GPU/CPU than Slownet.", "1.5x", ["CPU"]),
        # a class said of what is measured
        ("Fastnet gives a 4.6x CPU speedup over Slownet.", "4.6x", ["CPU"]),
        ("Fastnet cuts GPU memory by 42%.", "42%", []),
        ("Fastnet needs 12x fewer GPU training hours than Slownet.", "12x", []),
        # counts with bounds
        ("Fastnet doubles throughput by 2.2x on up to 1,024 AMD GPUs.", "2.2x", ["AMD GPUs"]),
        # quality and counts of things are told of no device, unless with the time they take there
        ("Fastnet is 2.4x faster on a V100 GPU while maintaining 81.5% accuracy.", "81.5%", []),
        ("Fastnet reaches 81.5% top-1 accuracy at 3 ms on an iPhone 13.", "81.5%", ["iPhone 13"]),
        ("Fastnet needs 60% fewer training samples than Slownet on a single A100.", "60%", []),
        # whose device it is
        ("Fastnet uses only 15% of the energy needed to run Slownet on a standard CPU.", "15%", []),
        ("Fastnet speeds up inference by 14% over Slownet and supports clusters with old GPUs.", "14%", []),
        ("Fastnet is 3.2x faster than an RTX 3090 GPU.", "3.2x", []),
        ("Fastnet processes a frame in 12 ms without a GPU.", "12ms", []),
        # the sentence before
        (
            "We use a Jetson Orin Nano. On this device, Fastnet takes 4 ms, 9x faster than Slownet on an RTX 3090.",
            "9x",
            ["Jetson Orin Nano"],
        ),
        ("We built a prototype of Fastnet on an FPGA. It achieves a 2.7x speedup over Slownet.", "2.7x", ["FPGA"]),
        ("It targets x86 and RISC-V. On an Apple M2, Fastnet achieves a 1.7x speedup.", "1.7x", ["Apple M2"]),
        # what comes of a figure on a device
        ("Fastnet runs at 35 FPS on A100 GPUs, achieving a speedup of up to 90 times.", "90x", ["A100 GPUs"]),
    ],
)
def test_device(text: str, figure: str, expected: list[str]) -> None:
    assert devices(text)[figure] == expected
