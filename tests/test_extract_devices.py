"""The hardware catalogue and how its names are found: each entry's own examples, spans, the tree, any text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from extract.catalogue import expanded, lineage, nodes, resolve
from extract.devices import device, find, matches

GOLD = Path(__file__).parents[2] / "shared" / "gold" / "open.jsonl"
TABLE = data.table("hardware.toml")
ENTRIES = [*TABLE["class"], *TABLE["series"], *(d for s in TABLE["series"] for d in s.get("device", ()))]


def found(text: str, name: str) -> bool:
    return any(name in lineage(n) for mention in find(text) for n in mention.names)


@pytest.mark.parametrize(("text", "name"), [(y, e["name"]) for e in ENTRIES for y in e.get("yes", ())])
def test_examples_are_found(text: str, name: str) -> None:
    assert found(text, name), find(text)


@pytest.mark.parametrize(("text", "name"), [(n, e["name"]) for e in ENTRIES for n in e.get("no", ())])
def test_counter_examples_are_not_found(text: str, name: str) -> None:
    assert not found(text, name), find(text)


def test_every_device_is_found_by_its_name_beside_its_vendor_and_class() -> None:
    missing = []
    for node in nodes().values():
        if node.level != "device":
            continue
        vendor = "" if node.name.lower().startswith((node.vendor or "").lower()) else f"{node.vendor} "
        if not found(f"measured on {vendor}{node.name} chips.", node.name):
            missing.append((node.name, find(f"measured on {vendor}{node.name} chips.")))
    assert not missing


SPANS = [
    ("tried on one NVIDIA A6000 GPU, and", ["NVIDIA A6000 GPU"]),
    ("run with 64 GPUs for", ["GPUs"]),
    ("from 16GB consumer GPUs to 40GB A100 GPUs.", ["16GB consumer GPUs", "40GB A100 GPUs"]),
    ("a RISC-V-based 4+1-core MCU with", ["RISC-V-based 4+1-core MCU"]),
    ("from Nvidia V100 GPU to Intel Xeon CPU", ["Nvidia V100 GPU", "Intel Xeon CPU"]),
    ("on an RTX~5090 GPU.", ["RTX~5090 GPU"]),
    (r"8$\times$NVIDIA~H100 GPUs", ["NVIDIA~H100 GPUs"]),
    ("8xA100 and 4xV100 nodes", ["A100", "V100 nodes"]),
    ("between CPU and GPU", ["CPU", "GPU"]),
    ("a CPU-GPU system", ["CPU", "GPU system"]),
    ("on an A100/H100 pair", ["A100", "H100"]),
    ("Intel(R) Xeon(R) Gold 6248R CPU @ 3.0GHz", ["Intel(R) Xeon(R) Gold 6248R CPU"]),
    ("an unheard-of HiSilicon Hi9999 NPU", ["HiSilicon Hi9999 NPU"]),
    ("on a QX310 neuromorphic chip", ["QX310 neuromorphic chip"]),
    ("the INT8 chip, a YOLO11 FPGA", ["FPGA"]),
    ("on an RTX 6000 PRO, a laptop CPU and edge-grade hardware", ["RTX 6000 PRO", "laptop CPU", "edge-grade hardware"]),
    ("on the Xilinx Spartan3-XC3S400 FPGA board", ["Xilinx Spartan3-XC3S400 FPGA board"]),
    ("custom neural processing units (NPUs) help", ["custom neural processing units (NPUs)"]),
    ("uses 1 GB GPU memory", ["GPU"]),
    ("in 3 GPU hours", []),
    ("Pixel 7, iPhone 14 and Raspberry Pi 4", ["Pixel 7", "iPhone 14", "Raspberry Pi 4"]),
    ("on A100, T4 and L4", ["A100", "T4", "L4"]),
    ("measured T4 and L4 in blood", []),
    ("AMD-Xilinx VCK190 FPGA", ["AMD-Xilinx VCK190 FPGA"]),
    ("NVIDIA RTX 3090 and 4090 GPUs", ["NVIDIA RTX 3090", "4090 GPUs"]),
    ("with an NVIDIA GeForce RTX 3080 Ti laptop GPU.", ["NVIDIA GeForce RTX 3080 Ti laptop GPU"]),
]


@pytest.mark.parametrize(("text", "expected"), SPANS)
def test_spans(text: str, expected: list[str]) -> None:
    assert [m.text for m in find(text)] == expected


NAMES = [
    ("NVIDIA A6000 GPU", ("RTX A6000",)),
    ("an NVIDIA GPU", ("NVIDIA GPU",)),
    ("AMD GPUs", ("AMD GPU",)),
    ("a Snapdragon 8 Elite CPU", ("Snapdragon 8 Elite", "CPU")),
    ("a RISC-V-based 4+1-core MCU", ("RISC-V", "microcontroller")),
    ("Jetson AGX Orin edge devices", ("Jetson AGX Orin",)),
    ("NVIDIA DGX-A100", ("DGX A100",)),
    ("a Huawei smartphone", ("Huawei phone",)),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_are_the_most_specific_nodes(text: str, expected: tuple[str, ...]) -> None:
    assert find(text)[0].names == expected


QUESTIONS = [
    ("h100 figures", ("H100",)),
    ("throughput of the huawei ascend npu", ("Ascend",)),
    ("small vision nets on snapdragon", ("Snapdragon",)),
    ("what runs on m1", ("M1",)),
    ("fast detection on edge", ("edge",)),
    ("rtx4090 speedups", ("RTX 4090",)),
    ("with cerebras wafer-scale engines", ("Cerebras WSE",)),
]


@pytest.mark.parametrize(("text", "expected"), QUESTIONS)
def test_questions_are_read_freely(text: str, expected: tuple[str, ...]) -> None:
    assert find(text, question=True)[0].names == expected


TREE = [
    ("A100", "A100", True),
    ("A100", "NVIDIA data-center GPU", True),
    ("A100", "NVIDIA GPU", True),
    ("A100", "NVIDIA", True),
    ("A100", "Ampere", True),
    ("A100", "GPU", True),
    ("A100", "H100", False),
    ("A100", "AMD GPU", False),
    ("GPU", "A100", False),
    ("NVIDIA GPU", "A100", False),
    ("Hopper", "H100", False),
    ("H100", "Hopper", True),
    ("DGX A100", "A100", True),
    ("Jetson Orin Nano Super", "Jetson", True),
    ("Jetson Orin Nano Super", "edge", True),
    ("Jetson Orin Nano Super", "GPU", True),
    ("Jetson Orin Nano Super", "consumer GPU", False),
    ("Snapdragon 835", "Snapdragon", True),
    ("Snapdragon 835", "mobile", True),
    ("iPhone 13", "smartphone", True),
    ("iPhone 13", "edge", True),
    ("MI300X", "AMD GPU", True),
    ("MI300X", "NVIDIA", False),
    ("Xeon", "Intel CPU", True),
    ("Xeon", "GPU", False),
    ("VCK190", "FPGA", True),
    ("VCK190", "Xilinx FPGA", True),
    ("VCK190", "AMD FPGA", True),
    ("VCK190", "AMD GPU", False),
    ("Raspberry Pi 4", "edge", True),
    ("STM32H7", "microcontroller", True),
    ("ESP32-S3", "edge", True),
    ("microcontroller", "edge", True),
    ("edge", "microcontroller", False),
    ("RTX 4090", "consumer GPU", True),
    ("RTX A6000", "consumer GPU", False),
    ("TPU v4", "TPU", True),
    ("TPU v4", "Google TPU", True),
    ("Ascend 910B", "NPU", True),
    ("Loihi 2", "neuromorphic", True),
    ("rtx-4090", "graphics cards", True),
    ("something new", "something new", True),
    ("something new", "GPU", False),
]


@pytest.mark.parametrize(("name", "wanted", "expected"), TREE)
def test_tree(name: str, wanted: str, expected: bool) -> None:
    assert matches(name, wanted) is expected


@pytest.mark.parametrize(
    ("name", "vendor", "cls"),
    [
        ("A100", "NVIDIA", "gpu"),
        ("Jetson Orin Nano", "NVIDIA", "edge"),
        ("Snapdragon 835", "Qualcomm", "mobile"),
        ("EPYC", "AMD", "cpu"),
        ("Alveo U280", "Xilinx", "fpga"),
        ("STM32", "STMicroelectronics", "microcontroller"),
        ("TPU v3", "Google", "tpu"),
        ("Ascend", "Huawei", "npu"),
        ("GPU", None, "gpu"),
    ],
)
def test_device_tells_vendor_and_class(name: str, vendor: str | None, cls: str) -> None:
    assert (device(name).vendor, device(name).cls) == (vendor, cls)


def test_figures_name_their_source() -> None:
    with_figures = [n for n in nodes().values() if n.memory_gb or n.bandwidth_gb_s or n.tdp_w or n.tflops]
    assert len(with_figures) > 90
    assert [n.name for n in with_figures if not n.source] == []


def test_unknown_device_is_said_to_be_unknown() -> None:
    with pytest.raises(KeyError, match="abacus"):
        device("abacus")


def test_every_class_has_a_broad_one_or_itself() -> None:
    assert all(n.cls for n in nodes().values() if n.level in ("class", "device", "vendor class"))


def test_resolve_takes_names_in_any_case_and_separators() -> None:
    assert resolve("jetson-orin_nano") == "Jetson Orin Nano"
    assert all(resolve(name) == name for name in nodes())


def test_braces() -> None:
    assert expanded("Pi {3,4}B") == ["Pi 3B", "Pi 4B"]
    assert expanded("S{1..3}") == ["S1", "S2", "S3"]


words = st.sampled_from(
    [
        "on",
        "a",
        "NVIDIA",
        "A100",
        "GPU",
        "GPUs",
        "(",
        ")",
        ",",
        "-",
        "Jetson",
        "Orin",
        "Nano",
        "8x",
        "40GB",
        "RISC-V",
        "based",
        "MCU",
        "Xeon",
        "é",
        "İ",
        "$\\times$",
        "M1",
    ]
)


@given(st.text() | st.lists(words).map(" ".join))
def test_mentions_are_exact_ordered_and_apart_in_any_text(text: str) -> None:
    for question in (False, True):
        end = 0
        for mention in find(text, question=question):
            assert text[mention.start : mention.end] == mention.text
            assert end <= mention.start < mention.end
            assert mention.names
            assert all(n in nodes() for n in mention.names)
            end = mention.end


@pytest.mark.skipif(not GOLD.exists(), reason="the open gold (../shared/gold) is not on this machine")
def test_hardware_of_the_open_gold_is_found() -> None:
    seen = missed = 0
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        paper = json.loads(line)
        mentions = {m.text for m in find(paper["title"] + "\n" + paper["abstract"])}
        for name in {h for c in paper["claims"] for h in c["hardware"]}:
            seen += 1
            missed += not any(name in m or m in name for m in mentions)
    assert seen > 50
    assert missed / seen < 0.05
