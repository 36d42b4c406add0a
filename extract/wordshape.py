"""How words look: what tells a name from a common noun, a verb from a noun, a benchmark from a method."""

import re
from functools import lru_cache

from extract.technique import NOT_VERB, VERBS

_BENCHMARK = re.compile(
    r"(?:[Bb]ench|BENCH|Eval|Arena|[Dd]ataset|Corpus|QA|Net-?1[Kk]|CIFAR|COCO|GLUE|MMLU|GSM|MATH|AIME)"
)
_MODEL = re.compile(
    r"(?:GPT|Llama|LLaMA|Qwen|BERT|ResNet|ViT|Mistral|Gemma|Claude|Gemini|DeepSeek|YOLO|CLIP|T5|LLaVA|Phi|SAM\b|LoRA|"
    r"Transformer|Mamba|CNN|LSTM|LLM|PPO|GRPO)"
)
_DIGIT = re.compile(r"\d")
_MIXED = re.compile(r"[a-z][A-Z]|[A-Z]{2,}[a-z]")


@lru_cache(maxsize=65536)
def is_verb(word: str) -> bool:
    """Whether a lower-case word may be a verb that takes a figure (by its beginning; see `technique.VERBS`)."""
    return bool(word) and word[0].isalpha() and VERBS.match(word) is not None and not word.endswith(NOT_VERB)


def is_benchmark(name: str) -> bool:
    return _BENCHMARK.search(name) is not None


def is_known_model(name: str) -> bool:
    """Whether a name holds that of a model or method that many papers build on."""
    return _MODEL.search(name) is not None


def shape(name: str) -> str:
    """How a name is written: `digits` (GPT-4), `mixed` (LeoAM), `capitals` (HASTE), `short` (KV), `plain` (Routing),
    `lower`."""
    if _DIGIT.search(name):
        return "digits"
    if _MIXED.search(name):
        return "mixed"
    if name.isupper():
        return "capitals" if len(name) > 3 else "short"
    return "lower" if name.islower() else "plain"


def bucket(n: int) -> int:
    """A count, the coarser the larger."""
    return n if n < 4 else 6 if n < 7 else 12 if n < 13 else 20 if n < 21 else 99
