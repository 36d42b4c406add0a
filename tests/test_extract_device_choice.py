"""The learned choice of devices: its trees, the lists that it chooses from, what it says of itself."""

import math

import pytest

from extract import device_choice
from extract.device_choice import Model, Option, Tree, chosen, devices
from extract.device_places import chains_of, read, resolved
from extract.figures import sentences_of
from extract.learn.devices import Case, counted
from extract.plain import plain
from extract.reader import claims, explain

# `a` above 1 gives 2, else -1; then `b` above 0 gives 1, else 0
TREES = (
    Tree([0, -1, -1], [1.0, -1.0, 2.0], [1, 0, 0], [2, 0, 0], [0.5, -1.0, 2.0]),
    Tree([1, -1, -1], [0.0, 0.0, 1.0], [1, 0, 0], [2, 0, 0], [0.25, 0.0, 1.0]),
)
MODEL = Model(("a", "b"), TREES, -1.0, 0.4, 0.8)


@pytest.mark.parametrize(
    ("found", "odds"), [({}, -2.0), ({"a": 1.0}, -2.0), ({"a": 1.5}, 1.0), ({"a": 3.0, "b": 1.0, "c": 9.0}, 2.0)]
)
def test_trees_are_summed(found: dict[str, float], odds: float) -> None:
    assert math.log(1 / (1 / MODEL.probability(found) - 1)) == pytest.approx(odds)


def test_reasons_add_up_to_the_odds() -> None:
    found = {"a": 3.0, "b": 1.0}
    assert MODEL.reasons(found) == [("a=3", 1.5), ("b=1", 0.75)]
    start = MODEL.start + sum(tree.mean[0] for tree in TREES)
    assert start + sum(weight for _, weight in MODEL.reasons(found)) == pytest.approx(2.0)


def lists(text: str) -> list[list[str]]:
    """The lists of devices in the last sentence of a text that has a figure."""
    places = read(text, plain(text))
    return [[m.text for m in c.mentions] for c in chains_of(places, sentences_of(plain(text))[-1])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "It takes 3 ms on a Pixel 6, an iPhone 13 and a Raspberry Pi 5.",
            [["Pixel 6", "iPhone 13", "Raspberry Pi 5"]],
        ),
        ("It takes 3 ms on an A100 GPU and runs at 4 FPS on an H100.", [["A100 GPU"], ["H100"]]),
        ("It runs at 30 FPS on edge boards such as the Jetson Nano.", [["Jetson Nano"]]),
        ("It runs at 30 FPS on a laptop-grade RTX 3050.", [["RTX 3050"]]),
        ("It runs at 30 FPS on one server (8x H100 GPUs).", [["H100 GPUs"]]),
    ],
)
def test_lists(text: str, expected: list[list[str]]) -> None:
    assert lists(text) == expected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("We use a Jetson Orin. It is 3x faster on edge devices.", "Jetson Orin"),
        ("We use a Jetson Orin. It is 3x faster on the Jetson.", "Jetson Orin"),
        ("We use an A100. It is 3x faster on 8 GPUs.", "GPUs"),  # stays as written
        ("It is 3x faster on edge devices. We use a Jetson Orin.", "edge devices"),
        ("We use a Jetson Orin and a Raspberry Pi 5. It is 3x faster on edge devices.", "edge devices"),
    ],
)
def test_general_names_are_resolved(text: str, meant: str) -> None:
    places = read(text, plain(text))
    general = next(m for m in reversed(places.mentions) if m.text in (meant, "edge devices", "Jetson", "GPUs"))
    assert [m.text for m in resolved(places, [general])] == [meant]


def test_a_second_list_must_be_surer() -> None:
    text = "It takes 3 ms on an A100 and 4 ms on an H100."
    places = read(text, plain(text))
    one, two = (
        Option(c, c.mentions, found)
        for c, found in zip(
            chains_of(places, sentences_of(plain(text))[0]), ({"a": 3.0}, {"a": 3.0, "b": 1.0}), strict=True
        )
    )
    assert [m.text for m in devices(chosen([one, two], MODEL))] == ["H100"]
    assert [m.text for m in devices(chosen([two, two, one], MODEL))] == ["H100"]
    assert chosen([Option(one.chain, one.devices, {})], MODEL) == []


def test_counts_are_of_devices() -> None:
    text = "It takes 3 ms on an A100 and a Pi 5."
    told = device_choice.Told((), (), ())
    case = Case("k", text, 0, 9, [[(20, 24)], [(31, 35)]], told)
    assert counted([case], [("A100 GPU", "H100")]) == (1, 1, 1)
    assert counted([Case("k", text, 0, 9, None, told)], [("H100",)]) == (0, 0, 0)


def test_explain_says_why() -> None:
    text = "Fastnet is 3x faster than Slownet on an A100 GPU."
    (row,) = explain("Fastnet", text, key="k")
    told = row["hardware"]
    assert isinstance(told, dict)
    assert told["devices"] == ["A100 GPU"] == told["rules"]
    assert told["probability"] > 0.5
    assert len(told["reasons"]) == 6


def test_same_text_same_devices() -> None:
    text = "We test on an Orin. Fastnet takes 3 ms. It saves 40% energy on the device."
    assert [c.hardware for c in claims("", text, key="k")] == [c.hardware for c in claims("", text, key="k")]


@pytest.mark.parametrize(
    ("sentence", "devices"),
    [
        ("On a Zynq FPGA this is 4.8x the throughput of an embedded GPU.", ("Zynq FPGA",)),
        ("The Zynq FPGA has twice the speed of a Jetson Nano.", ("Zynq FPGA",)),
        ("On a Zynq FPGA it needs 15% of the energy of a Jetson Nano.", ("Zynq FPGA",)),
        ("Our kernels reach 72% of the theoretical peak throughput of an H100.", ("H100",)),
    ],
)
def test_a_multiple_of_what_a_device_reaches_was_not_measured_there(sentence, devices):
    """`4.8x the throughput of an embedded GPU` was shown as measured on the GPU."""
    found = [c.hardware for c in claims("", sentence, key="k") if c.kind != "parity"]
    assert found == [devices]
