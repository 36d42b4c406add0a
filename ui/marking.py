"""Where figure, device and baseline stand in the evidence sentence, so that a screen can mark them."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# What belongs to a figure around its digits, as far as a mark is concerned: signs before, factor sign or unit after.
_AFTER = re.compile(r"\\?\s?(?:%|percent|points?|times|fold|[x×]|-fold|[kKMGT]?B\b|ms\b|s\b|FPS\b|W\b|mW\b|J\b|mJ\b)")
_SPELLED = re.compile(
    r"\b(?:twice|double[sd]?|triple[sd]?|halv(?:e[sd]?|ing)|half|quarter|third|tenth|fold"
    r"|(?:two |three )?orders? of magnitude)\b",
    re.I,
)


KINDS = ("figure", "device", "baseline")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a sentence, `start` inclusive, `end` exclusive."""

    start: int
    end: int
    kind: str  # one of KINDS


def _figure(sentence: str, quote_at: int, quote: str, claim: Mapping[str, Any]) -> list[Mark]:
    wanted = [abs(claim[n]) for n in ("value", "value_max", "from_value") if claim.get(n) is not None]
    found = []
    for match in _NUMBER.finditer(quote):
        written = float(match.group().replace(",", ""))
        if any(abs(written - v) <= 1e-9 * max(1.0, v) for v in wanted):
            after = _AFTER.match(quote, match.end())
            found.append(Mark(quote_at + match.start(), quote_at + (after.end() if after else match.end()), "figure"))
    if not found and (spelled := _SPELLED.search(quote)):
        found.append(Mark(quote_at + spelled.start(), quote_at + spelled.end(), "figure"))
    return found


def marks(claim: Mapping[str, Any]) -> list[Mark]:
    """The marks of a claim in its own `sentence`, in order, none overlapping another.

    Figures come before devices, devices before baselines, where they would overlap.
    """
    sentence, quote = claim["sentence"], claim["quote"]
    at = sentence.find(quote)
    wished = _figure(sentence, at, quote, claim) if at >= 0 else []
    for phrase in claim.get("hardware") or ():
        if (place := sentence.find(phrase)) >= 0:
            wished.append(Mark(place, place + len(phrase), "device"))
    baseline = claim.get("baseline")
    if baseline and (place := sentence.find(baseline)) >= 0:
        wished.append(Mark(place, place + len(baseline), "baseline"))
    return _apart(wished)


def _apart(wished: Iterable[Mark]) -> list[Mark]:
    """In order of place, without those that overlap an earlier one."""
    kept: list[Mark] = []
    for mark in wished:
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda m: m.start)


def marked_html(*claims: Mapping[str, Any]) -> str:
    """The sentence of claims (one for all) as HTML: all of it escaped, the marks of all as <mark class=kind>."""
    wished = [mark for kind in KINDS for claim in claims for mark in marks(claim) if mark.kind == kind]
    return _html(claims[0]["sentence"], _apart(wished))


def _html(text: str, kept: Iterable[Mark]) -> str:
    parts, at = [], 0
    for mark in kept:
        parts.append(html.escape(text[at : mark.start]))
        parts.append(f'<mark class="{mark.kind}">{html.escape(text[mark.start : mark.end])}</mark>')
        at = mark.end
    return "".join(parts) + html.escape(text[at:])


def safe_link(url: str | None) -> str | None:
    """The address if it is a web address, else None: `javascript:` and the like never become links."""
    return url if url and re.match(r"https?://[^\s\"'<>]+$", url) else None


def marked_text_html(text: str, section: str, claims: Iterable[Mapping[str, Any]]) -> str:
    """A whole title or abstract as HTML with the marks of all its claims, each at the place where its claim stands."""
    wished: list[Mark] = []
    for claim in claims:
        inside = claim["sentence"].find(claim["quote"])
        at = claim["span_start"] - inside
        if claim["section"] == section and inside >= 0 and text.startswith(claim["sentence"], max(at, 0)):
            wished += [Mark(at + m.start, at + m.end, m.kind) for m in marks(claim)]
    return _html(text, _apart(sorted(wished, key=lambda m: KINDS.index(m.kind))))
