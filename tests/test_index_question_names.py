"""What a question names: techniques, hardware, baselines and phases, in the words of people; and what names none."""

from collections import Counter

import pytest

from index.answer import Understood
from index.family_questions import named_alike
from index.question import understand
from index.technique_catalogue import hits_in, ids, named_places, techniques
from index.topic import _families_asked


@pytest.mark.parametrize(
    ("question", "family"),
    [
        ("an int8 detector below 5 ms", "quantization"),
        ("who quantized a speech model to half its size?", "quantization"),
        ("a ternary transformer for under 1 mW", "extreme-low-bit"),
        ("one bit per weight", "extreme-low-bit"),
        ("bf16 pretraining 1.3x faster", "low-precision-training"),
        ("a network pruned to a third of its FLOPs", "structured-pruning"),
        ("80% sparsity at the same accuracy", "unstructured-pruning"),
        ("channel pruned networks on phones", "structured-pruning"),
        ("distill a large model into a tiny one", "distillation"),
        ("KV quantization, twice the batch", "kv-cache-optimization"),
        ("KV cache down to a tenth", "kv-cache-optimization"),
        ("carbon aware scheduling, emissions down a fifth", "energy-and-carbon"),
        ("gradient compression with 50x less traffic", "distributed-execution"),
        ("chain of thought length cut in half", "concise-reasoning"),
        ("three quarters fewer visual tokens", "token-reduction"),
        ("real-time object detection", "real-time-perception"),
        ("object detection above 30 fps on a Jetson", "real-time-perception"),
        ("FPGA designs with half the energy", "hardware-accelerators"),
        ("images in four denoising steps", "few-step-diffusion"),
        ("object detection in 2 ms on a T4", None),
        ("wearable heart monitors below 1 mW", None),
        ("which SLAM halves the memory?", None),
        ("energy on an FPGA or a neuromorphic chip", None),
    ],
)
def test_families_named_in_questions(question: str, family: str | None) -> None:
    assert understand(question).family == family


@pytest.mark.parametrize("family", techniques(), ids=ids())
def test_what_names_a_family_in_questions_is_not_looked_for_in_papers(family: object) -> None:
    asked = getattr(family, "asked")  # noqa: B009
    assert not [phrase for phrase, n in Counter(asked).items() if n > 1]
    for phrase in asked:
        said = phrase.replace("*", "").replace(" ~ ", " ")
        assert all(hit.cue.kind != "asked" for hit in hits_in(said))


def test_a_word_that_names_several_families_asks_for_all_of_them() -> None:
    assert named_alike("pruned networks", "structured-pruning") == {"unstructured-pruning"}
    assert named_alike("channel pruning", "structured-pruning") == set()
    read = Understood(family="structured-pruning", text="pruned networks")
    assert _families_asked(read, [("structured-pruning", 0.5)]) == {"structured-pruning", "unstructured-pruning"}


def test_names_stand_where_they_are_said() -> None:
    question = "cut the reasoning tokens of agents"
    assert [question[start:end] for start, end in named_places(question)] == ["reasoning tokens"]
    assert named_places("") == []


@pytest.mark.parametrize(
    ("question", "hardware"),
    [
        ("which papers were timed on iPhones or Macs?", ("iPhone", "Apple silicon")),
        ("does it run on a Mac?", ("Apple silicon",)),
        ("half the MACs of a ResNet", ()),
        ("an attention kernel for Hopper beyond 70% utilisation", ("Hopper",)),
        ("robot policy at 10 Hz, orin", ("Jetson Orin",)),
        ("language model, android, time to first token below 1 s", ("mobile",)),
        ("a wearable for under 5 mW", ("edge",)),
        ("training within a day on one desktop", ("desktop",)),
        ("agents that click through desktop programs", ()),
        ("numbers from PYNQ boards", ("PYNQ",)),
        ("on AMD or Intel graphics rather than NVIDIA", ("AMD", "Intel GPU")),
        ("tested on AMD and not only on NVIDIA", ("AMD",)),
        ("anything for AMD or is it all Nvidia?", ("AMD",)),
        ("retrieval w/o GPU", ()),
        ("grasping with a robot arm at 20 Hz", ()),
        ("a 3D model from phone photos", ()),
    ],
)
def test_hardware_named_in_questions(question: str, hardware: tuple[str, ...]) -> None:
    assert understand(question).hardware == hardware


@pytest.mark.parametrize(
    "question", ["2x faster on AMD and not only on NVIDIA", "on AMD rather than NVIDIA", "5 W w/o GPU"]
)
def test_excluded_hardware_is_no_topic(question: str) -> None:
    assert understand(question).text == ""


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("throughput at least 2x SGLang on H100", "SGLang"),
        ("sparse attention 3x faster than full attention or more", "full attention"),
        ("2x faster than vLLM or SGLang", "vLLM or SGLang"),
        ("1.7x throughput over vLLM A100 or MI300X", "vLLM"),
        ("latency down to a fifth of PostgreSQL's", "PostgreSQL"),
        ("energy cut to a tenth of a GPU's", "GPU"),
        ("10 times the tokens per joule of an H100", "H100"),
        ("10 µJ per beat max", None),
        ("stencil code on GPUs, 100x faster than on the CPU", "CPU"),
        ("GPU methods 10 times faster than the CPU one they replace", "CPU"),
        ("steps cut by 30% over AdamW", "AdamW"),
        ("a fifth of the RAM of HNSW", "HNSW"),
        ("ResNet alternatives with lower latency", "ResNet"),
        ("vLLM is beaten by 1.5x", "vLLM"),
        ("tuning that is as good as full fine-tuning", "full fine-tuning"),
        ("keeps 95% of the bf16 accuracy", "bf16"),
        ("an FPGA decoder with 5x GPU efficiency per joule, 5x GPU", "GPU"),
        ("throughput 3x vs fp16 A100", "fp16"),
        ("faster than V100 or A100", "V100 or A100"),
        ("within 2% of fp16", None),  # a loss
        ("2x faster BERT", None),
        ("4x KV cache compression", None),
        ("cheaper alternatives", None),
        ("faster than playback", None),
        ("2x FlashAttention kernels", None),
    ],
)
def test_baselines_named_in_questions(question: str, named: str | None) -> None:
    assert understand(question).baseline == named


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("prompt caching, latency down to a fifth", "prompt caching"),
        ("recomputing activations of a protein model", "recomputing activations of protein model"),
        ("vision on Jetson-class boards", "vision"),
        ("speech on low-power FPGAs", "speech"),
        ("best-of-N sampling for maths", "best-of-N sampling for maths"),
        ("Ascend chips from Huawei with a speedup", ""),
    ],
)
def test_what_is_left_of_questions(question: str, text: str) -> None:
    assert understand(question).text == text
