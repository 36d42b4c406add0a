"""Papers in the order of an answer: those that satisfy every condition, near misses with the reason, then the rest.

Conditions are met by single claims where they belong together (metric, factor, unit, phase, baseline, hardware), and by
the paper as a whole otherwise (quality kept, largest loss, family, years).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extract import devices
from index.answer import Understood
from index.columns import Columns, Mask

Row = Mapping[str, Any]

WORDS_SHARE = 0.6  # of the score of words in the fused score; the rest is meaning
SATISFIES, NEAR, UNSTATED, OTHER = 3, 2, 1, 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper with its place in the answer."""

    paper_no: int
    group: int  # SATISFIES, NEAR, UNSTATED or OTHER
    score: float


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a question asks of claims and papers, as masks over `Columns`."""

    carrying: Mask  # claims that meet every condition on one claim but hardware
    on_wanted: Mask  # claims on the wanted hardware, all when none is wanted
    near: Mask  # claims of the right metric that miss one condition
    papers: Mask  # papers that meet the conditions on the paper as a whole
    unstated: Mask  # papers that name no hardware, none when no hardware is wanted
    on_claims: bool  # whether anything is asked of claims at all


def wanted_hardware(names: Iterable[str]) -> Callable[[str], bool]:
    """Whether a catalogue name is, or lies below, one of the names asked for."""
    asked = tuple(names)
    return lambda name: any(devices.matches(name, wanted) for wanted in asked)


def conditions(read: Understood, columns: Columns, *, since: date | None = None) -> Conditions:
    """The masks for what was understood of a question."""
    own = columns.target.equal("own")
    right_metric = own & columns.metric.equal(read.metric) if read.metric else own
    meets = right_metric & threshold(read, columns) & unit_threshold(read, columns)
    if read.phase:
        meets &= columns.phase.equal(read.phase) | (columns.phase.numbers < 0)
    if read.baseline:
        meets &= columns.baseline.among(baseline_pattern(read.baseline).search_in)
    if not read.hardware:
        on_wanted, unstated = np.ones_like(own), np.zeros(columns.papers, np.bool_)
    else:
        wanted = wanted_hardware(read.hardware)
        in_paper = columns.papers_naming(wanted)
        on_wanted = columns.on(wanted) | (~columns.with_hardware() & in_paper[columns.paper])
        unstated = ~columns.papers_naming(lambda _: True)
    on_claims = bool(read.metric or read.min_factor is not None or read.unit_threshold or read.baseline)
    near = right_metric & (on_wanted | meets) if on_claims else np.zeros_like(own)
    return Conditions(meets, on_wanted, near, whole_paper(read, columns, since), unstated, on_claims)


def threshold(read: Understood, columns: Columns) -> Mask:
    """Claims whose factor, its better end, reaches the one asked for."""
    if read.min_factor is None:
        return np.ones(len(columns.factor), np.bool_)
    with np.errstate(invalid="ignore"):
        reached = columns.factor > read.min_factor if read.strict else columns.factor >= read.min_factor * (1 - 1e-9)
    return np.asarray(reached, dtype=np.bool_)


def unit_threshold(read: Understood, columns: Columns) -> Mask:
    """Levels in the unit asked for that keep within the limits."""
    limit = read.unit_threshold
    if limit is None:
        return np.ones(len(columns.factor), np.bool_)
    found = columns.unit.equal(limit.unit) & ~columns.kind.equal("parity")
    high, low = np.fmax(columns.value, columns.value_max), np.fmin(columns.value, columns.value_max)
    with np.errstate(invalid="ignore"):
        if limit.min is not None:
            found &= high >= limit.min
        if limit.max is not None:
            found &= low <= limit.max
    return found


@dataclass(frozen=True, slots=True)
class BaselinePattern:
    """The words of a baseline, in any case, hyphens and spaces aside."""

    words: str

    def search_in(self, text: str) -> bool:
        return self.words in _squeezed(text)


def baseline_pattern(baseline: str) -> BaselinePattern:
    return BaselinePattern(_squeezed(baseline))


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def whole_paper(read: Understood, columns: Columns, since: date | None) -> Mask:
    """Papers that meet what is asked of a paper as a whole."""
    found = np.ones(columns.papers, np.bool_)
    own = columns.target.equal("own")
    kept = own & columns.kind.equal("parity")
    if read.parity:
        found &= columns.papers_of(kept)
    if read.max_loss:
        lost = own & columns.metric.equal("quality") & columns.direction.equal("worse") & columns.kind.equal("change")
        within = np.fmax(columns.value, columns.value_max) <= read.max_loss.value
        found &= columns.papers_of(kept | (lost & within)) & ~columns.papers_of(lost & ~within)
    if read.family:
        found &= columns.family_scores(read.family) > 0
    if read.years:
        start, end = read.years
        with np.errstate(invalid="ignore"):
            found &= columns.year >= (start or -np.inf)
            found &= columns.year <= (end or np.inf)
    if since:
        found &= columns.published >= np.datetime64(since)
    return found


def fused(words: NDArray[np.float32], meaning: NDArray[np.float32] | None) -> NDArray[np.float64]:
    """One score from 0 to 1 a paper: words and meaning, each scaled to its own span before they are added.

    Adding normalised scores keeps how far papers lie apart, which adding ranks throws away.
    """
    spans = [(WORDS_SHARE, words)] if meaning is None else [(WORDS_SHARE, words), (1 - WORDS_SHARE, meaning)]
    total = np.zeros(len(words))
    for share, scores in spans:
        low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 0.0)
        if high > low:
            total += share * (scores - low) / (high - low)
    return total


def groups(read: Understood, asked: Conditions, columns: Columns) -> NDArray[np.int64]:
    """int64 (papers,): the group of each paper."""
    full = asked.carrying & asked.on_wanted
    if asked.on_claims:
        satisfying, near = columns.papers_of(full) & asked.papers, columns.papers_of(asked.near)
        unstated = columns.papers_of(asked.carrying) & asked.unstated & asked.papers
    else:
        named = columns.papers_naming(wanted_hardware(read.hardware)) if read.hardware else np.ones_like(asked.papers)
        satisfying, near, unstated = asked.papers & named, np.zeros_like(asked.papers), asked.papers & asked.unstated
    group = np.full(columns.papers, OTHER)
    group[near], group[unstated] = NEAR, UNSTATED
    group[near & asked.papers & ~unstated] = NEAR
    group[satisfying] = SATISFIES
    return group


def ranked(
    read: Understood, asked: Conditions, columns: Columns, relevance: NDArray[np.float64], *, top: int
) -> list[Ranked]:
    """The first `top` papers."""
    full = asked.carrying & asked.on_wanted
    group = groups(read, asked, columns)
    score = relevance.copy()
    if asked.on_claims:
        score += 0.15 * strength(columns, full & (columns.factor > 0))
    order = np.lexsort((np.arange(columns.papers), -score, -group))[:top]
    return [Ranked(int(n), int(group[n]), float(score[n])) for n in order if group[n] != OTHER or score[n] > 0]


def strength(columns: Columns, claims: Mask) -> NDArray[np.float64]:
    """float64 (papers,): 0 to 1 by the largest factor among each paper's claims, on a logarithmic scale to 1000."""
    best = np.ones(columns.papers)
    np.maximum.at(best, columns.paper[claims], columns.factor[claims])
    scaled: NDArray[np.float64] = np.clip(np.log10(best) / 3, 0, 1)
    return scaled


@dataclass(slots=True)
class Judge:
    """Why a claim, as a row of `claims_now`, does not meet the question. The same conditions as the masks, in words."""

    read: Understood
    _wanted: Callable[[str], bool] = field(init=False)

    def __post_init__(self) -> None:
        self._wanted = wanted_hardware(self.read.hardware)

    def reasons(self, claim: Row, *, paper_on_wanted: bool) -> list[str]:
        """What is missed, in words; empty when the claim meets everything asked of claims."""
        found = []
        if claim["target"] != "own":
            found.append("a result of other work")
        if self.read.metric and claim["metric"] != self.read.metric:
            found.append(f"about {claim['metric']}, asked for {self.read.metric}")
        found += self._figure(claim)
        if self.read.phase and claim["phase"] and claim["phase"] != self.read.phase:
            found.append(f"in {claim['phase']}, asked for {self.read.phase}")
        if self.read.baseline and not baseline_pattern(self.read.baseline).search_in(claim["baseline"] or ""):
            found.append(f"against {claim['baseline'] or 'nothing named'}, asked for {self.read.baseline}")
        if self.read.hardware:
            found += self._hardware(claim, paper_on_wanted)
        return found

    def _figure(self, claim: Row) -> list[str]:
        least, limit = self.read.min_factor, self.read.unit_threshold
        found = []
        if least is not None:
            factor = claim["factor"]
            if factor is None:
                found.append(f"no factor can be told, asked for {least:g}x")
            elif factor <= least if self.read.strict else factor < least * (1 - 1e-9):
                found.append(f"{factor:.3g}x, asked for {'more than ' if self.read.strict else ''}{least:g}x")
        if limit is not None:
            if claim["unit"] != limit.unit:
                found.append(f"in {claim['unit'] or 'no unit'}, asked for {limit.unit}")
            else:
                high = max(v for v in (claim["value"], claim["value_max"]) if v is not None)
                low = min(v for v in (claim["value"], claim["value_max"]) if v is not None)
                if limit.min is not None and high < limit.min:
                    found.append(f"{high:g} {limit.unit}, asked for {limit.min:g} or more")
                if limit.max is not None and low > limit.max:
                    found.append(f"{low:g} {limit.unit}, asked for {limit.max:g} or less")
        return found

    def _hardware(self, claim: Row, paper_on_wanted: bool) -> list[str]:
        names = [d["name"] for d in claim["devices"]]
        asked = " or ".join(self.read.hardware)
        if names:
            return [] if any(map(self._wanted, names)) else [f"on {', '.join(dict.fromkeys(names))}, asked for {asked}"]
        return [] if paper_on_wanted else [f"hardware not stated, asked for {asked}"]

    def sorted_claims(
        self, claims: Iterable[Row], place: Ranked, asked: Conditions
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The claims of a paper that meet the question, the largest factor first, and those that nearly do, with `why`.

        Near are the paper's own results with exactly one reason against them.
        """
        met, near = [], []
        paper_on_wanted = place.group in (SATISFIES, UNSTATED)
        for claim in claims:
            reasons = self.reasons(claim, paper_on_wanted=paper_on_wanted)
            if not reasons:
                met.append(dict(claim))
            elif len(reasons) == 1 and claim["target"] == "own":
                near.append({**claim, "why": reasons[0]})
        largest = lambda claim: (-(claim["factor"] or 0), claim["claim_id"])  # noqa: E731
        return sorted(met, key=largest), sorted(near, key=largest)


def note(read: Understood, asked: Conditions, columns: Columns) -> str:
    """Why nothing satisfies: the condition that no claim or paper meets, else the two that no paper meets together."""
    own = columns.target.equal("own")
    parts: list[tuple[str, Mask]] = []
    if read.metric:
        parts.append(
            (f"a result of its own about {read.metric}", columns.papers_of(own & columns.metric.equal(read.metric)))
        )
    if read.min_factor is not None:
        parts.append((f"{read.min_factor:g}x or better", columns.papers_of(own & threshold(read, columns))))
    if read.unit_threshold:
        parts.append(
            (
                f"a figure in {read.unit_threshold.unit} within the limit",
                columns.papers_of(own & unit_threshold(read, columns)),
            )
        )
    if read.hardware:
        parts.append((f"hardware {' or '.join(read.hardware)}", columns.papers_naming(wanted_hardware(read.hardware))))
    if read.baseline:
        pattern = baseline_pattern(read.baseline)
        parts.append(
            (f"a comparison with {read.baseline}", columns.papers_of(own & columns.baseline.among(pattern.search_in)))
        )
    for name in ("parity", "max_loss", "family", "years"):
        if getattr(read, name):
            only = Understood(**{name: getattr(read, name)})
            said = {
                "parity": "quality said to be kept",
                "max_loss": "a loss within the limit",
                "family": f"family {read.family}",
                "years": "those years",
            }
            parts.append((said[name], whole_paper(only, columns, None)))
    for words, papers in parts:
        if not papers.any():
            return f"Nothing satisfies this: no paper here has {words}."
    for i, (one, first) in enumerate(parts):
        for other, second in parts[i + 1 :]:
            if not (first & second).any():
                return f"Nothing satisfies this: no paper here has both {one} and {other}."
    if not columns.papers:
        return "Nothing satisfies this: there are no papers here."
    if not parts:
        return "Nothing satisfies this: no paper shares a word with the question."
    return "Nothing satisfies this: no paper here meets all of: " + "; ".join(words for words, _ in parts) + "."
