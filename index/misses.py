"""In words: why a claim does not meet a question, and why no paper does. The same conditions as the masks."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from index.answer import Further, Understood
from index.columns import Columns, Mask
from index.conditions import (
    SURE_ENOUGH,
    Conditions,
    against,
    names_baseline,
    scales,
    threshold,
    unit_threshold,
    units_named,
    wanted_hardware,
    within,
)
from index.further import apart
from index.named_measures import meets, told
from index.phases import of_families, same_phase

Row = Mapping[str, Any]
FRONT = ("title", "abstract")


@dataclass(slots=True)
class Judge:
    """Why a claim, as a row of `claims_now`, does not meet the question: its first threshold and what goes with it."""

    read: Understood
    confirmed: Collection[str] = ()  # ids of claims that a person confirmed: they count however unsure their reading
    silent: bool = False  # whether a claim that names no hardware and no baseline counts as on and against those asked
    _wanted: Callable[[str], bool] = field(init=False)
    _compared: Callable[[str | None], bool] = field(init=False)
    _further: tuple[tuple[Further, "Judge"], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.read, also = apart(self.read)
        self._wanted = wanted_hardware(self.read.hardware)
        self._compared = names_baseline(self.read.baseline or "")
        self._further = tuple((one, Judge(self._reading(one), self.confirmed, silent=True)) for one in also)

    def _reading(self, one: Further) -> Understood:
        """The question with a further threshold in the place of the first."""
        return replace(
            self.read,
            metric=one.metric,
            measure=None,
            min_factor=one.min_factor,
            strict=one.strict,
            unit_threshold=one.unit_threshold,
        )

    def reasons(self, claim: Row, *, paper_on_wanted: bool, families: Sequence[str] = ()) -> list[str]:
        """What is missed, in words; empty when a claim meets what is asked of it. `families` are its paper's."""
        found = []
        if claim["target"] != "own":
            found.append("a result of other work")
        unsure = claim["confidence"] is not None and claim["confidence"] < SURE_ENOUGH
        if unsure and claim["claim_id"] not in self.confirmed:
            found.append("may be misread")
        if self.read.metric and claim["metric"] != self.read.metric:
            found.append(f"about {claim['metric']}, asked for {self.read.metric}")
        elif self.read.measure:
            found += self._measure(claim, self.read.measure)
        found += self.figure(claim)
        if self.read.phase:
            found += self._phase(claim, self.read.phase, of_families(families))
        named = claim["baseline"] or not self.silent
        if self.read.baseline and named and not self._compared(claim["baseline"]):
            found.append(f"against {claim['baseline'] or 'nothing named'}, asked for {self.read.baseline}")
        if self.read.hardware:
            found += self._hardware(claim, paper_on_wanted or self.silent)
        return found

    def _measure(self, claim: Row, asked: str) -> list[str]:
        named = told(claim["metric"], claim["measure"], claim["quote"])
        return [] if meets(asked, named) else [f"{named or 'measure not named'}, asked for {asked}"]

    def _phase(self, claim: Row, asked: str, of_paper: str | None) -> list[str]:
        if same_phase(asked, claim["phase"], claim["metric"], of_paper=of_paper):
            return []
        if claim["phase"]:
            return [f"in {claim['phase']}, asked for {asked}"]
        told = f"a technique of {of_paper}" if of_paper else "does not say in which phase"
        return [f"{told}, asked for {asked}"]

    def figure(self, claim: Row) -> list[str]:
        """What the figure alone misses."""
        return self._factor(claim) + self._level(claim)

    def _factor(self, claim: Row) -> list[str]:
        least, factor = self.read.min_factor, claim["factor"]
        if least is None:
            return []
        if factor is None:
            return [f"no factor can be told, asked for {least:g}x"]
        more = not self.read.strict or claim["bound"] == "at_least" or factor > least * (1 + 1e-3)
        if factor < least * (1 - 1e-3) or not more:
            return [f"{factor:.3g}x, asked for {'more than ' if self.read.strict else ''}{least:g}x"]
        return []

    def _level(self, claim: Row) -> list[str]:
        limit = self.read.unit_threshold
        if limit is None:
            units = units_named(self.read)
            named = [word for word in self.read.text.split() if word in units]
            told = not units or (claim["kind"] == "level" and claim["unit"] in units)
            return [] if told else [f"in {claim['unit'] or 'no unit'}, asked for {' or '.join(named)}"]
        size = scales(limit.unit).get(claim["unit"] or "")
        if size is None or claim["kind"] not in ("level", "fraction"):
            return [f"{'a change' if size else 'in ' + (claim['unit'] or 'no unit')}, asked for {limit.unit}"]
        if limit.unit == "%" and claim["factor"] is not None:
            return ["a share of what was needed before, asked for a level"]
        values = [v * size for v in (claim["value"], claim["value_max"]) if v is not None]
        if not values or within(limit, min(values), max(values)):
            return []
        if limit.min is not None and max(values) < limit.min:
            return [f"{max(values):g} {limit.unit}, asked for {limit.min:g} or more"]
        return [f"{min(values):g} {limit.unit}, asked for {limit.max:g} or less"]

    def _hardware(self, claim: Row, paper_on_wanted: bool) -> list[str]:
        names = [d["name"] for d in claim["devices"]]
        asked = " or ".join(self.read.hardware)
        if names:
            return [] if any(map(self._wanted, names)) else [f"on {', '.join(dict.fromkeys(names))}, asked for {asked}"]
        return [] if paper_on_wanted else [f"hardware not stated, asked for {asked}"]

    def sorted_claims(
        self, claims: Iterable[Row], *, paper_on_wanted: bool, families: Sequence[str] = ()
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The claims of a paper that meet the question, the largest factor first, and those that nearly do, with `why`.

        Those of title and abstract come before those of the full text. Of several thresholds the best claim for each
        leads; where none meets the first, those that meet the others are left out.

        Near are the paper's own results with exactly one reason against them.
        """
        judges = (self, *(judge for _, judge in self._further))
        met: list[list[dict[str, Any]]] = [[] for _ in judges]
        near: list[list[dict[str, Any]]] = [[] for _ in judges]
        for claim in claims:
            reasons = [judge.reasons(claim, paper_on_wanted=paper_on_wanted, families=families) for judge in judges]
            other = [judge.read.metric not in (None, claim["metric"]) for judge in judges]
            place = min(range(len(judges)), key=lambda n: (len(reasons[n]), other[n], n))
            if not reasons[place]:
                met[place].append(dict(claim))
            elif len(reasons[place]) == 1 and claim["target"] == "own":
                near[place].append({**claim, "why": reasons[place][0]})
        largest = lambda claim: (claim["section"] not in FRONT, -(claim["factor"] or 0), claim["claim_id"])  # noqa: E731
        met, near = ([sorted(part, key=largest) for part in parts] for parts in (met, near))
        if not met[0]:
            met = []
        leading = [part[0] for part in met if part]
        return leading + [claim for part in met for claim in part[1:]], [claim for part in near for claim in part]

    def lacking(self, claims: Sequence[Row], families: Sequence[str] = ()) -> tuple[str, ...]:
        """In words, each further threshold that none of a paper's claims meets, with the best that it states."""
        return tuple(
            _lack(one, judge, claims, families)
            for one, judge in self._further
            if all(judge.reasons(claim, paper_on_wanted=True, families=families) for claim in claims)
        )


def _lack(one: Further, judge: Judge, claims: Sequence[Row], families: Sequence[str]) -> str:
    """What a paper states of a measure, and that it does not meet the threshold."""
    own = [claim for claim in claims if claim["target"] == "own" and one.metric in (None, claim["metric"])]
    for claim in own:
        if not judge.figure(claim):
            reasons = judge.reasons(claim, paper_on_wanted=True, families=families)
            return f"no {one.words()} that counts: {reasons[0]}"
    limit = one.unit_threshold
    if limit is None:
        factors = [claim["factor"] for claim in own if claim["factor"] is not None]
        if factors:
            return f"no {one.words()}; its best is {max(factors):.3g}x"
        return f"states no {one.metric or 'such'} figure{' to compare' if own else ''}"
    sizes = scales(limit.unit)
    levels = [
        value * sizes[claim["unit"]]
        for claim in own
        if claim["kind"] in ("level", "fraction") and claim["unit"] in sizes
        for value in (claim["value"], claim["value_max"])
        if value is not None
    ]
    if not levels:
        return f"states no {one.metric or 'figure'} in {limit.unit}"
    best = min(levels) if limit.max is not None else max(levels)
    return f"no {one.words()}; its best is {best:,.10g} {limit.unit}"


_MISSED = {
    "device_count": "not said to be on so many devices",
    "parity": "quality is not said to be kept",
    "max_loss": "no loss within the limit is told",
    "family": "not of this family",
    "years": "not of those years",
    "topic": "not surely on this topic",
}


def missed(asked: Conditions, paper_no: int) -> tuple[str, ...]:
    """In words, what is asked of a paper as a whole and this one does not meet; `Judge.lacking` tells of thresholds."""
    return tuple(_MISSED[name] for name, papers in asked.parts.items() if not papers[paper_no])


def note(read: Understood, asked: Conditions, columns: Columns) -> str:
    """Why nothing satisfies: the condition that no claim or paper meets, else the two that no paper meets together."""
    if asked.left_out.all() and columns.papers:
        return "Nothing satisfies this: no paper here is known to have been published since the day asked for."
    parts = [(words, papers & ~asked.left_out) for words, papers in _parts(read, asked, columns)]
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


def _parts(read: Understood, asked: Conditions, columns: Columns) -> Iterable[tuple[str, Mask]]:
    """Each condition in words with the papers that meet it."""
    read, also = apart(read)
    own = columns.target.equal("own")
    if read.metric:
        yield f"a result of its own about {read.metric}", columns.papers_of(own & columns.metric.equal(read.metric))
    if read.min_factor is not None:
        yield f"{read.min_factor:g}x or better", columns.papers_of(own & threshold(read, columns))
    if read.unit_threshold:
        fits = columns.papers_of(own & unit_threshold(read, columns))
        yield f"a figure in {read.unit_threshold.unit} within the limit", fits
    for one, claims in zip(also, asked.further, strict=True):
        yield one.words(), columns.papers_of(claims)
    if read.hardware:
        yield f"hardware {' or '.join(read.hardware)}", columns.papers_naming(wanted_hardware(read.hardware))
    if read.baseline:
        yield f"a comparison with {read.baseline}", columns.papers_of(own & against(read.baseline, columns))
    said = {
        "device_count": "so many of this hardware",
        "parity": "quality said to be kept",
        "max_loss": "a loss within the limit",
        "family": f"family {read.family}",
        "years": "those years",
        "topic": "this topic",
    }
    yield from ((said[name], papers) for name, papers in asked.parts.items())
