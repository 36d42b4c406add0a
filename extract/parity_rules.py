"""The rules of data/parity.toml: which words of a sentence may state that quality is kept. Plain functions over
strings."""

import re
from functools import cache

import data
from extract.sentences import has_one


@cache
def _rules() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str], bool], ...]:
    """Name, the pieces of words of which one must be there, the pattern, and whether it needs a word for quality."""
    table = data.table("parity.toml")
    out = []
    for rule in table["rule"]:
        pattern = rule["pattern"]
        for name, written in table["words"].items():
            pattern = pattern.replace("{" + name + "}", written)
        out.append(
            (
                rule["name"],
                tuple(rule["needs"]),
                re.compile(pattern),
                rule.get("of_quality", "{quality}" in rule["pattern"]),
            )
        )
    return tuple(out)


@cache
def _needing() -> dict[str, tuple[int, ...]]:
    """For each piece of a word the numbers of the rules that are tried where it is there."""
    pieces = {piece for _, needs, _, _ in _rules() for piece in needs}
    return {piece: tuple(i for i, rule in enumerate(_rules()) if piece in rule[1]) for piece in pieces}


# What every word of `quality` in data/parity.toml begins with or holds; rules about quality need one.
_QUALITY = (
    "accurac",
    "perform",
    "qualit",
    "precision",
    "fidelity",
    "result",
    "perplexity",
    "ppl",
    "recall",
    "robust",
    "capabilit",
    "abilit",
    "utility",
    "trustworth",
    "generali",
    "effectiv",
    "correct",
    "realism",
    "faithful",
    "f1",
    "score",
    "map",
    "iou",
    "psnr",
    "ssim",
    "fid",
    "bleu",
    "rouge",
    "wer",
    "auc",
    "reward",
    "win",
    "success",
    "pass@1",
    "predict",
    "solution",
    "reconstruct",
    "express",
    "error",
    "metric",
    "efficacy",
    "natural",
    "intelligib",
    "consisten",
    "align",
    "coheren",
    "reason",
)


@cache
def _pieces() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The pieces of words that hold no other piece, each with those that hold it: these are there only where it is."""
    pieces = sorted(_needing(), key=lambda piece: (len(piece), piece))
    held: dict[str, list[str]] = {}
    for piece in pieces:
        held.setdefault(next((short for short in held if short in piece), piece), []).append(piece)
    return tuple((short, tuple(longer[1:])) for short, longer in held.items())


def parity_rules(sentence: str) -> list[tuple[str, int, int]]:
    """Every rule that finds something in a plain sentence in lower case: name, start, end."""
    there: list[str] = []
    for short, longer in _pieces():
        if short in sentence:
            there.append(short)
            there.extend([piece for piece in longer if piece in sentence])
    if not there:
        return []
    rules, needing = _rules(), _needing()
    quality = has_one(sentence, _QUALITY)
    return [
        (name, m.start(), m.end())
        for name, _, pattern, of_quality in [rules[i] for i in sorted({i for piece in there for i in needing[piece]})]
        if quality or not of_quality
        for m in pattern.finditer(sentence)
    ]
