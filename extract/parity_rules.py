"""The rules of data/parity.toml: which words of a sentence may state that quality is kept. Plain functions over
strings."""

import re
from functools import cache

import data


@cache
def _rules() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    """Name, the pieces of words of which one must be there, and the pattern of each rule."""
    table = data.table("parity.toml")
    out = []
    for rule in table["rule"]:
        pattern = rule["pattern"]
        for name, written in table["words"].items():
            pattern = pattern.replace("{" + name + "}", written)
        out.append((rule["name"], tuple(rule["needs"]), re.compile(pattern)))
    return tuple(out)


def parity_rules(sentence: str) -> list[tuple[str, int, int]]:
    """Every rule that finds something in a plain sentence in lower case: name, start, end."""
    return [
        (name, m.start(), m.end())
        for name, needs, pattern in _rules()
        if any(piece in sentence for piece in needs)
        for m in pattern.finditer(sentence)
    ]
