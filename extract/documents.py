"""A paper's full text in, its claims out, each marked with its section; those of title and abstract are not among them.

Sentences are read as in abstracts, but far more of a text's figures are no results: counts, shares of data, settings,
work of others. So a sentence must lie in a section that can hold results and say itself what was measured. Tables are
read by `extract.tables`. The device of the experiments (`extract.testbed`) goes to claims that name none and whose
figures depend on one. It stands in `devices`, which say what is known of a figure, and `setting` has "hardware from"
with the section that says so; `hardware` stays empty, since it holds words tied to the claim itself. Claims of the
abstract are left as they are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extract import linear, tables
from extract.claim import Claim
from extract.features import paper_features
from extract.heads import FITS, listed
from extract.names import Names
from extract.reader import Found, read_section
from extract.testbed import MEASURED, Run, Testbed, testbed

FRONT = ("title", "abstract")  # the sections of what is not full text
BETWEEN = "\n\n"  # what parts the paragraphs of a section's text
MAX_LETTERS = 2_000_000  # of one document; what is behind is left
# Confidence is calibrated on abstracts. In full texts it is multiplied with the share of claims that were right when 41
# were read by hand (16 of 21 of sentences, 18 of 20 of tables), rounded down: those texts were also learned from.
TEXT_SURE, TABLE_SURE = 0.7, 0.8
_SURE, _SURER, _PARITY = 0.6, 0.8, 0.85  # least probability of a claim in a section of results, elsewhere, of parity
_LONGEST = 700  # letters of a sentence; longer ones are lists whose ends were lost
_CITED = re.compile(r"\bet al\b|\b[A-Z][\w-]+,? \(?(?:19|20)\d\d[a-z]?\)|\[\d+(?:[,;–-] ?\d+)*\]")
_WE = re.compile(r"\b(?:we|our|ours|us|this (?:work|paper))\b", re.I)
_BEATS = re.compile(r"\b(?:outperform|surpass|exceed|improv|beat|gain|better|drop|degrad|lose)\w*\b", re.I)
_FORMULA = re.compile(r"\$[^$]*\$")
_IN_FORMULA = re.compile(
    r"\\(?:color|definecolor|raisebox|hspace|vspace|frac|math(?:bb|bf|cal|rm|op)|in\b|sum|left|begin|operatorname)"
    r"|[=_^{][a-zA-Z\\]"
)
_REFERS = re.compile(
    r"\b(?:Table|Figure|Fig\.|Section|Sec\.|Eq\.|Equation|Algorithm|Appendix|Step|Layer|Chapter|Theorem)s?\s*\(?$", re.I
)
_ASSUMED = re.compile(r"\b(?:unless|if|whether|assum\w+|suppos\w+|requir\w+ that)\b[^,;]*$", re.I)
# A symbol that is set: "increasing $k$ from 8 to 128", "with $k$ of 4".
_VARIED = re.compile(r"\$[^$]*\$\s*(?:(?:is|are|was)\s+)?(?:set\s+)?(?:from\s+\S+\s+)?(?:to|of|at|from|=)\s+$", re.I)
_INDEX = re.compile(r"[_^]\s*\{?\s*[\d:.,]*$")
_EXACT = re.compile(r"\bmatch(?:es|ed)?\s+(?:accuracy|score|rate)s?\b|\bexact", re.I)
_LIKE = re.compile(r"\s*(?:(?:to|with|as)\s+)?(?:that of\s+)?[A-Z][\w-]+ et al")
_LESS = re.compile(
    r"\b(?:fewer|less|reduc\w*|prun\w*|sav\w*|cut\w*|remov\w*|drop\w*|only|smaller|shrink\w*|compress\w*)\b", re.I
)
_PERFORMS = re.compile(
    r"\b(?:accurac\w*|performance|quality|perplexity|scores?|results|F1|mAP|FID|PSNR|BLEU|loss)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its title with those above it ("4 Results > 4.2 Speed"), its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """What the spans of its claims count in."""
        return BETWEEN.join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its caption, its texts as rows of equal length."""

    caption: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A paper with its full text. `key` names it; claim ids are made from it."""

    key: str
    title: str
    abstract: str
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The claims of a full text in order, text before tables, and the machine of its experiments where it names one."""

    claims: tuple[Claim, ...]
    machine: Run | None


def from_json(row: Mapping[str, Any]) -> Document:
    """A document of {"key", "title", "abstract", "sections", "tables"}.

    Sections are {"title", "paragraphs"}, tables {"caption", "rows"}. Raises KeyError when one lacks a field.
    """
    return Document(
        key=str(row["key"]),
        title=row["title"],
        abstract=row["abstract"],
        sections=tuple(Section(s["title"], tuple(s["paragraphs"])) for s in row["sections"]),
        tables=tuple(Table(t["caption"], tuple(map(tuple, t["rows"]))) for t in row["tables"]),
    )


def read(document: Document) -> Reading:
    """The claims of a full text and its machine. Title and abstract only tell what the paper calls its own."""
    names = Names(document.title, document.abstract)
    sections = list(_bounded(document.sections))
    found = [*_text_claims(document, sections, names), *_table_claims(document, names.own)]
    machines = testbed((s.title, s.paragraphs) for s in sections if kind(s.title) != "others")
    elsewhere = {d.name for claim in found for d in claim.devices}
    return Reading(tuple(_placed(claim, machines, elsewhere) for claim in found), machines.of(None, elsewhere))


def kind(heading: str) -> str:
    """What a section holds by its headings: "results", "others" (work of others, data, settings) or "": not told.

    >>> [kind(h) for h in ("4 Results > 4.1 Speed", "5 Experiments > 5.1 Datasets", "3 Method")]
    ['results', 'others', '']
    """
    if listed_section("others", heading):
        return "others"
    return "results" if listed_section("results", heading) else ""


def listed_section(name: str, heading: str) -> bool:
    """Whether a word of data/documents.toml for this kind of section stands in a heading."""
    return listed(f"section.{name}").search(heading) is not None


def _bounded(sections: Iterable[Section]) -> Iterator[Section]:
    room = MAX_LETTERS
    for section in sections:
        room -= len(section.text)
        if room >= 0:
            yield section


def _text_claims(document: Document, sections: Sequence[Section], names: Names) -> Iterator[Claim]:
    setup, models = paper_features(f"{document.title}\n{document.abstract}"), linear.load()
    counts: dict[str, dict[str, int]] = {}  # two sections may have one title
    for section in sections:
        holds, start = kind(section.title), 0
        if holds == "others" or section.title.lower() in FRONT:
            continue
        seen = counts.setdefault(section.title, {})
        for paragraph in section.paragraphs:
            key = f"{document.key}\n{section.title}"
            # Named as an abstract, for the learned parts know no other kind of text.
            for found in read_section(FRONT[1], paragraph, names=names, setup=setup, key=key, seen=seen, models=models):
                if _is_result(found, names.own, results=holds == "results"):
                    claim = found.claim
                    yield replace(
                        claim,
                        section=section.title,
                        span_start=start + claim.span_start,
                        span_end=start + claim.span_end,
                        confidence=round(claim.confidence * TEXT_SURE, 4),
                    )
            start += len(paragraph) + len(BETWEEN)


def _is_result(found: Found, own: str | None, *, results: bool) -> bool:
    """Whether what looks like a claim is a result of this paper that its sentence tells in full."""
    claim, sentence = found.claim, found.claim.sentence
    ours = _WE.search(sentence) is not None or (own is not None and own in sentence)
    if claim.target != "own" or len(sentence) > _LONGEST or (_CITED.search(sentence) and not ours):
        return False
    if found.figure is None or found.decision is None:
        following = sentence[sentence.find(claim.quote) + len(claim.quote) :]
        named = _PERFORMS.search(sentence) is not None and not _EXACT.search(claim.quote) and not _LIKE.match(following)
        return results and named and claim.confidence >= _PARITY
    figure, decision = found.figure, found.decision
    q, metric = figure.quantity, decision.metric
    at = q.start - figure.sentence.start
    if _REFERS.search(sentence[:at]) or _ASSUMED.search(sentence[:at]) or _in_formula(sentence, at):
        return False
    if q.unit.family == "bare" and _VARIED.search(sentence[:at]):
        return False
    phrase = figure.choice.phrase
    relative = q.unit.family in ("factor", "percent")
    if metric in ("parameters", "data", "tokens") and not (relative and ours and _LESS.search(sentence)):
        return False  # sizes of models and of data are settings more often than results
    named = phrase is not None and phrase.strong and phrase.cls == metric
    if not named and q.unit.metric != metric and not (metric == "quality" and _BEATS.search(sentence[:at])):
        return False
    if not relative and q.unit.family not in FITS.get(metric, ()):
        return False
    return decision.claim >= _SURE if results else ours and decision.claim >= _SURER


def _in_formula(sentence: str, at: int) -> bool:
    """Whether a place lies in a formula that is more than a number with its sign and unit, or is an index."""
    whole = (m[0] for m in _FORMULA.finditer(sentence) if m.start() <= at < m.end())
    return _INDEX.search(sentence[:at]) is not None or any(map(_IN_FORMULA.search, whole))


def _table_claims(document: Document, own: str | None) -> Iterator[Claim]:
    counts: dict[str, dict[str, int]] = {}
    for place, table in enumerate(document.tables, 1):
        section = tables.name_of(table.caption, place)
        seen = counts.setdefault(section, {})
        yield from tables.claims_of(
            table.caption, table.rows, section=section, own=own, key=document.key, seen=seen, confidence=TABLE_SURE
        )


def _placed(claim: Claim, machines: Testbed, elsewhere: Iterable[str]) -> Claim:
    """The claim with the machine of the experiments, where it names none itself and its figure depends on one."""
    if claim.devices or claim.hardware or claim.metric not in MEASURED or claim.target != "own":
        return claim
    run = machines.of(claim.phase, elsewhere)
    if run is None:
        return claim
    said = dict(claim.setting)
    batch = machines.batch_of(run)
    if batch is not None:
        said.setdefault("batch", batch)
    said["hardware from"] = run.section
    return replace(claim, devices=(tables.resolved(run.mention, run.device),), setting=tuple(said.items()))
