"""What a question asks of claims and of papers, as masks over all of them.

Conditions are met by single claims where they belong together (metric, factor, unit, phase, baseline, hardware), and by
the paper as a whole otherwise (quality kept, largest loss, topic, years). Of two thresholds ("2x faster and half the
memory") each is met by a claim of its own.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from extract import devices
from extract.catalogue import lineage, nodes, resolve
from index import question_words as lexicon
from index.answer import Understood
from index.columns import Columns, Mask
from index.further import apart, meeting, nearer
from index.limits import scales, threshold, unit_threshold, units_named, within
from index.named_measures import of_measure
from index.names import has_part, has_word, squeezed
from index.nearness import nearness
from index.phases import of_phase
from index.topic import asks_of_claims

__all__ = [
    "SURE_ENOUGH",
    "Conditions",
    "against",
    "best_factors",
    "conditions",
    "is_device",
    "names_baseline",
    "scales",
    "threshold",
    "unit_threshold",
    "units_named",
    "wanted_hardware",
    "whole_paper",
    "within",
]

# A claim read with less confidence satisfies nothing, it is only near. Confidence is of all fields together; between
# 0.2 and 0.4 the threshold changes the answers to the open questions and to ours by less than one in a hundred.
SURE_ENOUGH = 0.3
ONE = (1, 1)  # a single device
_VARIED = re.compile(
    r"(?<=\w\w\w)\s+(?:decoding|models?|methods?|training|inference|implementations?|baselines?|code|networks?|systems?|"
    r"approach(?:es)?|counterparts?|versions?|ones?)$",
    re.I,
)
_VERSIONED = re.compile(r"(?P<name>(?:[A-Z]+[a-z]+){2,})[- ]?(?P<version>\d+)")  # FlashAttention-2


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a question asks of claims and papers, as masks over `Columns`."""

    carrying: Mask  # claims that meet every condition on one claim but hardware
    on_wanted: Mask  # claims on the wanted hardware, all when none is wanted
    nearness: NDArray[np.float64]  # of each paper, 0 to 1: `index.nearness`
    near_in_front: NDArray[np.float64]  # the same by its title and abstract alone
    topical: bool  # whether the question names a topic
    parts: dict[str, Mask]  # what is asked of a paper as a whole, by name: the papers that meet it (`whole_paper`)
    papers: Mask  # papers that meet all of that
    unstated: Mask  # papers that name no hardware, none when no hardware is wanted
    on_claims: bool  # whether anything is asked of claims at all
    stated: Mask  # claims that name the wanted hardware themselves, none when none is wanted
    named: Mask  # papers whose title or abstract names it, none when none is wanted
    left_out: Mask  # papers that are in no answer: published before the day asked for, or on no day that is known
    further: tuple[Mask, ...]  # for each threshold behind the first, the claims that meet it
    complete: Mask  # papers that have a claim for each of these, all where there are none


def conditions(
    read: Understood, columns: Columns, *, since: date | None = None, about: Mask | None = None
) -> Conditions:
    """The masks for what was understood of a question. `about` are the papers on its topic, its families included.

    Papers published before `since`, and those without a day of publication, are left out.
    """
    read, also = apart(read)
    own = columns.target.equal("own")
    right_metric = own & columns.metric.equal(read.metric) if read.metric else own
    if read.measure:
        right_metric &= of_measure(read.measure, columns)
    with np.errstate(invalid="ignore"):
        sure = ~(columns.confidence < SURE_ENOUGH)
    meets = right_metric & sure & threshold(read, columns) & unit_threshold(read, columns)
    if units := units_named(read):
        meets &= columns.kind.equal("level") & columns.unit.among(units.__contains__)
    in_phase = of_phase(read.phase, columns) if read.phase else np.ones_like(own)
    meets &= in_phase
    compared = against(read.baseline, columns) if read.baseline else np.ones_like(own)
    meets &= compared
    none, every = np.zeros(columns.papers, np.bool_), np.ones(columns.papers, np.bool_)
    parts = whole_paper(read, columns, about=about)
    on_wanted, stated, named, unstated, akin = np.ones_like(own), np.zeros_like(own), none, none, np.zeros_like(own)
    if read.hardware:
        wanted = wanted_hardware(read.hardware)
        named = columns.papers_naming(wanted)
        stated, akin = columns.on(wanted), columns.on(akin_to(read.hardware))
        on_wanted = stated.copy()
        if not all(is_device(name) for name in read.hardware):
            on_wanted |= ~columns.with_hardware() & _throughout(read, columns)[columns.paper]
        if read.device_count not in (None, ONE):  # "we evaluate at scales of up to 180 GPUs" is of all its figures
            on_wanted |= ~columns.with_hardware() & parts["device_count"][columns.paper]
        unstated = ~columns.naming_hardware()
    on_claims = bool(also) or asks_of_claims(read)
    left_out = ~(columns.published >= np.datetime64(since)) if since else none
    papers = np.logical_and.reduce([~left_out, *parts.values()])
    met = met_in_front = np.zeros(columns.papers)
    if on_claims:
        met, met_in_front = nearness(
            read, columns, right_metric=right_metric, on_wanted=on_wanted, akin=akin, compared=compared, named=named
        )
    further: tuple[Mask, ...] = ()
    if also:
        able = _able(read, columns, own & in_phase, stated, compared)
        further = tuple(meeting(one, columns, able & sure) for one in also)
        met, met_in_front = nearer((met, met_in_front), also, columns, able)
    return Conditions(
        carrying=meets,
        on_wanted=on_wanted,
        nearness=met,
        near_in_front=met_in_front,
        topical=about is not None,
        parts=parts,
        papers=papers,
        unstated=unstated,
        on_claims=on_claims,
        stated=stated,
        named=named,
        left_out=left_out,
        further=further,
        complete=np.logical_and.reduce([columns.papers_of(claims) for claims in further]) if further else every,
    )


def _able(read: Understood, columns: Columns, own: Mask, stated: Mask, compared: Mask) -> Mask:
    """Claims of these that may meet a threshold behind the first: silent about hardware and baseline, or as asked."""
    found = own
    if read.hardware:
        found = found & (stated | ~columns.with_hardware())
    if read.baseline:
        found = found & (compared | (columns.baseline.numbers < 0))
    return found


def _throughout(read: Understood, columns: Columns) -> Mask:
    """Papers whose figures are of the wanted hardware also where they do not say so.

    A paper about an FPGA rarely says so again beside each figure. One that names an A100 may mean a rival's, and one
    that names phones or CPUs mostly does so as a reason for its work: unless they are in its title, its figures are not
    of them. Memory is taken for that of GPUs.
    """
    wanted, table = wanted_hardware(read.hardware), lexicon.table()["hardware"]
    if read.metric == "memory" and set(read.hardware) <= {"GPU", "NVIDIA GPU"}:
        return np.ones(columns.papers, np.bool_)
    if any(name in table["passing"] for name in read.hardware):
        return columns.titles_naming(wanted)
    return columns.papers_naming(wanted)


def wanted_hardware(names: Iterable[str]) -> Callable[[str], bool]:
    """Whether a catalogue name is, or lies below, one of the names asked for."""
    asked, bought = tuple(names), lexicon.table()["hardware"]["bought"]

    def one_of(name: str, wanted: str) -> bool:
        return devices.matches(name, wanted) and not (wanted in bought and devices.matches(name, bought[wanted]))

    return lambda name: any(one_of(name, wanted) for wanted in asked)


def akin_to(names: Iterable[str]) -> Callable[[str], bool]:
    """Whether a catalogue name is of the series of a device that is asked for.

    >>> akin_to(["H100"])("H200"), akin_to(["H100"])("RTX 4090"), akin_to(["GPU"])("A100")
    (True, False, False)
    """
    known = [resolve(name) for name in names if is_device(name)]
    series = {above for name in known if name for above in lineage(name) if nodes()[above].level == "series"}
    return lambda name: any(devices.matches(name, one) for one in series)


def papers_with(asked: tuple[int | None, int | None], wanted: Callable[[str], bool], columns: Columns) -> Mask:
    """Papers that say so many of a wanted device."""
    papers, numbers = columns.device_counts(wanted)
    low, high = asked
    found = np.zeros(columns.papers, np.bool_)
    found[papers[(numbers >= (low or 0)) & (numbers <= (high if high is not None else np.iinfo(np.int32).max))]] = True
    return found


def of_count(asked: tuple[int | None, int | None], wanted: Callable[[str], bool], columns: Columns) -> Mask:
    """The same, and for a single device those that say no number: who needs but one mostly does not say so."""
    found = papers_with(asked, wanted, columns)
    return found | ~papers_with((None, None), wanted, columns) if asked == ONE else found


def is_device(name: str) -> bool:
    """Whether the name is one exact device, not a series, vendor or class."""
    found = resolve(name)
    return found is not None and nodes()[found].level == "device"


def alternatives(baseline: str) -> tuple[str, ...]:
    """The names of a baseline, squeezed: "PyTorch or JAX" are two; without the noun that papers vary behind them.

    >>> alternatives("autoregressive decoding or vLLM")
    ('autoregressive', 'vllm')
    """
    names = (_VARIED.sub("", name) for name in re.split(r"\s+(?:or|and)\s+|\s*/\s*|,\s*", baseline))
    return tuple(squeezed(name) for name in names if squeezed(name))


def short_names(baseline: str) -> tuple[str, ...]:
    """What papers write for short: the initials of three words or more, those of a name with a version, known ones.

    >>> short_names("full parameter fine-tuning"), short_names("FlashAttention-2"), short_names("autoregressive models")
    (('FPFT',), ('FA2',), ('AR',))
    """
    words = re.findall(r"[A-Za-z]+", baseline)
    found = ["".join(w[0].upper() for w in words)] if 3 <= len(words) <= 6 else []
    if named := _VERSIONED.fullmatch(baseline.strip()):
        found.append("".join(c for c in named["name"] if c.isupper()) + named["version"])
    plain = _VARIED.sub("", baseline).lower()
    found += [short for long, short in lexicon.table()["baseline"]["short"] if plain == long]
    return tuple(found)


def names_baseline(baseline: str) -> Callable[[str | None], bool]:
    """Whether a text names the baseline, in any case, hyphens and spaces aside."""
    wanted, short = alternatives(baseline), short_names(baseline)

    def named(text: str | None) -> bool:
        if not text:
            return False
        plain = squeezed(text)
        return any(has_part(plain, name) for name in wanted) or any(has_word(text, word) for word in short)

    return named


def against(baseline: str, columns: Columns) -> Mask:
    """Claims whose baseline is the one asked for."""
    return columns.baseline.chosen(columns.baseline_names.holding(alternatives(baseline), short_names(baseline)))


def whole_paper(read: Understood, columns: Columns, *, about: Mask | None = None) -> dict[str, Mask]:
    """What is asked of a paper as a whole, by name, with the papers that meet it: "parity", "max_loss", "years", and
    "topic" where it is known which papers are `about` it, else "family"."""
    found: dict[str, Mask] = {}
    # A full text has so many figures that one of them always is a small loss.
    own = columns.target.equal("own") & columns.front
    better = columns.metric.equal("quality") & columns.direction.equal("better")  # "84.8 %, more than X reaches"
    kept = own & (columns.kind.equal("parity") | better)
    if read.parity:
        found["parity"] = columns.papers_of(kept | (own & (columns.delta >= 0)))
    if read.max_loss:
        with np.errstate(invalid="ignore"):
            small = own & (columns.delta >= -read.max_loss.value)
        found["max_loss"] = columns.papers_of(kept | small)
    if read.device_count and read.hardware:
        found["device_count"] = of_count(read.device_count, wanted_hardware(read.hardware), columns)
    if read.family and about is None:
        found["family"] = columns.family_scores(read.family) > 0
    if read.years:
        start, end = read.years
        with np.errstate(invalid="ignore"):
            found["years"] = (columns.year >= (start or -np.inf)) & (columns.year <= (end or np.inf))
    if about is not None:
        found["topic"] = about
    return found


def best_factors(columns: Columns, claims: Mask) -> NDArray[np.float64]:
    """float64 (papers,): the largest factor among each paper's claims of the mask, 1 where there is none above 1."""
    return columns.largest(columns.factor, claims, least=1.0)
