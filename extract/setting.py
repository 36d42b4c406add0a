"""Under what conditions a figure was measured: phase, model, data set, batch and context length, in the words of its
sentence."""

import re
from functools import lru_cache

from extract.context import Sentence
from extract.sentences import has_one

_PHASES = ("fine-tuning", "training", "search", "data preparation", "inference")
_MODEL = re.compile(
    r"\b(?:(?:Code)?LL?a[mM][aA][- ]?\d?(?:\.\d)?(?:-?\d+[BM])?|L[lL]a[vV][aA][-\w.]*|OPT-\d[\w.]*|"
    r"GPT-?\d[\w.-]*|GPT-J|BERT(?:-\w+)?|RoBERTa(?:-\w+)?|ViT-[BLSHTG](?:/\d+)?|DeiT-\w+|Swin-\w+|"
    r"ResNet-?\d+|MobileNet\w*|"
    r"Qwen[\d.]*(?:-[\w.]+)*|Mi[sx]tral(?:-[\w.]+)*|Gemma[\w.-]*|Phi-\d[\w.-]*|DeepSeek-[\w.-]+|"
    r"Falcon-\w+|Pythia-?\w+|BLOOM(?:-\w+)?|T5(?:-\w+)?|Whisper(?:-\w+)?|Stable Diffusion(?: \w+)?|"
    r"SDXL|FLUX(?:\.\d)?|DiT(?:-\w+/\d)?|YOLOv?\d+\w*|EfficientNet\w*|Vicuna-\w+|Mamba\d?(?:-\w+)?)\b"
    r"(?:[- ]\d+(?:\.\d+)?[BM]\b)?"
)
_DATA = re.compile(
    r"\b(?:ImageNet(?:-\w+)?(?: \d+x\d+)?|CIFAR-?\d+|MNIST|COCO(?:-\w+)?|ADE20K|Cityscapes|KITTI|"
    r"nuScenes|GLUE|SuperGLUE|SQuAD(?: ?[\dv.]+)?|MMLU(?:-\w+)?|GSM8K|MATH(?:-?500)?|HumanEval\+?|"
    r"MBPP\+?|LongBench(?:-\w+)?|"
    r"RULER|WikiText-?\d*|C4|The Pile|LibriSpeech|AudioSet|Kinetics-\d+|UCF101|VBench|ScanNet\w*|"
    r"ShapeNet|ModelNet\d*|LVIS|Pascal VOC|AIME(?:[ -]?\d+)?|GPQA(?:-\w+)?|SWE-bench(?: \w+)?|"
    r"AlpacaEval(?: [\d.]+)?|MT-Bench|MMMU|BEIR|MS ?MARCO|Kodak|Tanks and Temples|Waymo(?: \w+)?)\b"
)
_BATCH = re.compile(r"\bbatch(?:[ -]?size)?s?\s+(?:of\s+|=\s*)?(\d[\d,]*)|\b(\d[\d,]*)\s+batch(?:[ -]?size)?\b", re.I)
_CONTEXT = re.compile(
    r"\b(\d+(?:\.\d+)?[kKM]?)(?:[- ]tokens?)?\s+(?:context|sequence|input|prompt)(?:[ -]?(?:length|window|size))?s?\b|"
    r"\b(?:context|sequence|seq\.?|input)(?:[ -]?(?:length|window|size))?s?\s+(?:of\s+|"
    r"up to\s+)?(\d+(?:\.\d+)?[kKM]?)\b",
    re.I,
)
# In what _CONTEXT finds there is one of these; without i and s, which stand for more letters where case is no matter.
_LENGTHS = ("context", "eq", "nput", "prompt")


def phase(s: Sentence, place: int) -> str | None:
    """The phase whose word stands nearest to a figure in its clause, then in its sentence; None where none does."""
    best, distance = None, 25
    for cls in _PHASES:
        for cue in s.by_class.get(cls, ()):
            d = abs(cue.first - place) + (
                0 if s.clauses[cue.first] == s.clauses[min(place, len(s.clauses) - 1)] else 10
            )
            if d < distance:
                best, distance = cls, d
    return best


def setting(s: Sentence, text: str) -> tuple[tuple[str, str], ...]:
    """Model, data set, batch and context length as the sentence writes them; what it does not name is left out."""
    return _setting(text[s.start : s.end])


@lru_cache(maxsize=16)  # the claims of a sentence ask one after the other
def _setting(said: str) -> tuple[tuple[str, str], ...]:
    out = []
    if found := _MODEL.search(said):
        out.append(("model", found[0]))
    if found := _DATA.search(said):
        out.append(("dataset", found[0]))
    low = said.lower()
    if "batch" in low and (found := _BATCH.search(said)):
        out.append(("batch", found[1] or found[2]))
    if has_one(low, _LENGTHS) and (found := _CONTEXT.search(said)):
        out.append(("context", found[1] or found[2]))
    return tuple(out)
