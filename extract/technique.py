"""The name, as written, of what reaches a figure: its clause's subject where that is a name, else the paper's own."""

import re

from extract.context import FIGURE, Sentence
from extract.lexicon import words
from extract.lists import listed_with

VERBS = re.compile(
    r"(?:achiev|reach|attain|obtain|outperform|surpass|improv|reduc|increas|deliver|provid|show|demonstrat|yield|maintain|"
    r"retain|preserv|require|use|run|speed|accelerat|cut|lower|offer|enabl|match|save|boost|gain|exceed|perform|exhibit|"
    r"consum|process|support|produc|generat|train|tak|draw|is|are|can|could|has|remain|beat|lead|bring|decreas|sustain|"
    r"recover|keep|score|rank|transmit|minimiz|compress|halv|doubl|employ|utiliz|reproduc|display|comput|introduc|incur|"
    r"add|work|serv|scal|outpac|deliver|get|surg|consistently|significantly|also|further|even|only|still|effectively|"
    r"successfully|substantially|typically|generally|not)\w*$",
    re.I,
)
NOT_VERB = tuple(sorted(words("technique_not_verb")))
_NOUNS = words("technique_nouns")
_GENERIC = words("technique_generic")
_SKIP_LEFT = words("technique_skip_left")
_ENDS = frozenset({",", ";", ":", ")", "(", ".", "?", "'", '"', "!", "]", "%"})
_CAPITAL = re.compile(r"[A-Z]")
_DIGIT = re.compile(r"\d")
_PLAIN = re.compile(r"[A-Z][a-z]+(?:-[a-z]+)*")
_BENCHMARK = re.compile(r"(?:[Bb]ench(?:mark)?|BENCH|Eval|Arena|Dataset|Corpus)(?:-?\d+\w*|\+|\s\d[\d.]*)?$")
_FORMAT = re.compile(
    r"(?:FP|INT|BF|TF|MXFP|NVFP|W)\d+(?:A\d+)?\w*|[GCTN]PUs?|FPGAs?|ASICs?|MCUs?|SoCs?|APIs?|SOTA|[A-Z]"
)


def technique(s: Sentence, k: int, own: str | None, barred: list[tuple[int, int]], text: str) -> str | None:
    """The name for the sentence's k-th figure; `barred` are the words of baselines, which it cannot be."""
    place = s.places[k] if k < len(s.places) else len(s.words)
    best: tuple[int, int] | None = None
    i = 0
    while i < place:
        if _small(s, i) and (own is None or not text.startswith(own, s.starts[i])):
            i += 1  # as for most words
            continue
        span = _own_at(s, i, own, text) or _name_at(s, i, own, text)
        if span is None:
            i += 1
            continue
        if not any(a < span[1] and span[0] < b for a, b in barred) and _is_subject(s, span, text):
            best = span
        i = span[1]
    if best is None and (part := _component(s, place)) is not None:
        return text[s.starts[part[0]] : s.ends[part[1] - 1]]
    if best is None:
        return None if own is not None and _BENCHMARK.search(own) else own
    found = _named(s, k, best, text)
    return found[:-2] if found.endswith(("'s", "’s")) else found


def _small(s: Sentence, i: int) -> bool:
    """Whether a word has no capital and is not the beginning of a longer one."""
    return s.words[i] == s.lows[i] and (i + 1 == len(s.words) or s.starts[i + 1] != s.ends[i])


_DOES = re.compile(
    r"(?:achiev|reduc|improv|speed|yield|cut|bring|boost|increas|deliver|reach|outperform|surpass|accelerat|lower|save|"
    r"retain|attain)(?:s|es|ed)|cut|sped$"
)
_ADVERBS = frozenset({"can", "could", "also", "further", "alone", "consistently", "significantly", "typically", "even"})
_BOUNDS = frozenset({",", ";", ":", "that", "while", "whereas", "(", ")", "and", "where"})
_COMPONENT = re.compile(
    r"(?:pruning|quanti[sz]ation|distillation|sampling|decoding|retraining|fine-tuning|training|inheritance|scheduling|"
    r"attention|caching|compression|search|routing|gating|initiali[sz]ation|augmentation|retrieval|memory|tokeni[sz]er|"
    r"kernels?|module|mechanism|head|strategy|sparsification|merging|batching|parallelism|offloading|reuse|residuals)$"
)


def _component(s: Sentence, place: int) -> tuple[int, int] | None:
    """The component that a clause credits by a common name: `performance-based retraining reduces ...`."""
    for i in range(place - 1, 1, -1):
        if s.lows[i] == FIGURE:
            return None
        if not _DOES.fullmatch(s.lows[i]):
            continue
        end = i
        while end > 0 and s.lows[end - 1] in _ADVERBS:
            end -= 1
        if not _COMPONENT.search(s.lows[end - 1]):
            return None
        first = end
        while first > 0 and s.lows[first - 1] not in _BOUNDS and s.lows[first - 1] != FIGURE and end - first < 8:
            first -= 1
        if first < end and s.lows[first] in ("the", "our", "a", "an", "this"):
            first += 1
        inside = s.lows[first:end]
        if len([w for w in inside if w != "-"]) < 2 or any(w in _SKIP_LEFT or w in ("proposed", "our") for w in inside):
            return None
        return first, end
    return None


def _is_subject(s: Sentence, span: tuple[int, int], text: str) -> bool:
    """Whether a name is what a verb is said of: `NAME reduces`, `with NAME achieving`, `our NAME model`."""
    first, end = span
    while first > 1 and s.words[first - 1][:1].isupper() and s.ends[first - 1] < s.starts[first]:
        if s.words[first - 1] in _GENERIC:
            break
        first -= 1  # `on Speedy Nano`: what stands before the whole name decides
    left = s.lows[first - 1] if first else ""
    after = s.lows[end] if end < len(s.lows) else ""
    if after == "(" and (close := next((j for j in range(end + 1, min(end + 6, len(s.lows))) if s.lows[j] == ")"), 0)):
        end = close + 1  # `NAME (4.3M) achieves`
        after = s.lows[end] if end < len(s.lows) else ""
    if after in _NOUNS and end + 1 < len(s.lows):
        after = s.lows[end + 1]
    measured = any(p.first < end and first < p.end and p.strong for p in s.measures)
    if measured or _FORMAT.fullmatch(text[s.starts[first] : s.ends[end - 1]]):
        return False
    if left == "our" and s.lows[end : end + 1] != ["'"]:
        return True
    if not VERBS.match(after) or after.endswith(NOT_VERB):
        return False
    return left not in _SKIP_LEFT or (left in ("with", "and") and after.endswith("ing"))


def _named(s: Sentence, k: int, span: tuple[int, int], text: str) -> str:
    """The name, with the one joined to it by `and`; of two for two figures, the one in the figure's place."""
    first, end = span
    second = text[s.starts[first] : s.ends[end - 1]]
    if first > 1 and s.lows[first - 1] == "and":
        start = first - 2
        while start > 0 and s.starts[start] == s.ends[start - 1] and s.words[start - 1] not in _ENDS:
            start -= 1
        before = text[s.starts[start] : s.ends[first - 2]]
        if _CAPITAL.search(before) and before not in _GENERIC:
            group = listed_with(s, k) if k < len(s.places) else []
            if len(group) == 2:
                return (before, second)[group.index(k)]
            return text[s.starts[start] : s.ends[end - 1]]
    return second


def _own_at(s: Sentence, i: int, own: str | None, text: str) -> tuple[int, int] | None:
    """The paper's own name where it begins at a word, with the name of a variant right behind it (`Net ViT-S/16`)."""
    if own is None or not text.startswith(own, s.starts[i]):
        return None
    stop = s.starts[i] + len(own)
    end = i
    while end < len(s.ends) and s.ends[end] <= stop:
        end += 1
    if end == i:
        return None
    while end < len(s.words) and s.starts[end] == s.ends[end - 1] and s.words[end] not in _ENDS:
        end += 1
    variant = _name_at(s, end, own, text) if end < len(s.words) and any(c.isdigit() for c in s.words[end]) else None
    if end < len(s.words) and _CAPITAL.search(s.words[end]) and (tail := _name_at(s, end, own, text)) is not None:
        variant = tail if _DIGIT.search(text, s.starts[tail[0]], s.ends[tail[1] - 1]) else None
    return (i, variant[1]) if variant else (i, end)


def _name_at(s: Sentence, i: int, own: str | None, text: str) -> tuple[int, int] | None:
    """A proper name that begins at a word, pieces joined by hyphens, dots or plus signs taken together."""
    word = s.words[i]
    if word == FIGURE or not (word[0].isalpha() or word[0].isdigit()):
        return None
    end = i + 1
    while (
        end < len(s.words) and s.starts[end] == s.ends[end - 1] and s.words[end] != FIGURE and s.words[end] not in _ENDS
    ):
        end += 1
    if s.words[end - 1] == "-" or not _CAPITAL.search(text, s.starts[i], s.ends[end - 1]):
        return None
    whole = text[s.starts[i] : s.ends[end - 1]]
    if whole in _GENERIC:
        return None
    if _PLAIN.fullmatch(whole) and i == 0 and whole != own:
        return None  # an ordinary word that begins the sentence
    return i, end
