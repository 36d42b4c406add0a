"""The machine of a paper's experiments, where its full text names exactly one: what result sentences leave out.

"All experiments run on one NVIDIA A100" sets it for all figures, "models are trained on 8 V100" for those of training.
Nothing is guessed: two devices that a figure may have been measured on are none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extract import devices
from extract.devices import Mention
from extract.heads import listed
from extract.plain import plain
from extract.sentences import sentences

MEASURED = frozenset({"speed", "energy", "memory"})  # figures that a device decides; quality does not depend on it
_PLACE = re.compile(
    r"\b(?:on|onto|using|with|across|use|used|uses|of)\s+(?:[\w.,×$\\-]+\s+){0,6}?\(?(?:\d+\s*(?:x|×|\$\\times\$)?\s*)?$"
)
_LEVELS = ("device", "series")
_RIVAL = re.compile(
    r"\b(?:than|versus|vs\.?|compared (?:to|with)|their|report(?:ed|s)? by|prior|previous|earlier)\b[^.;]*$", re.I
)
_JOINED = re.compile(r"(?:,|\band\b|\bor\b)\s+(?:an?\s+|\d+\s+)?$")
_BATCH = re.compile(r"\bbatch(?:[ -]?size)?s?\s+(?:of\s+|=\s*)?\$?(\d[\d,]*)", re.I)


@dataclass(frozen=True, slots=True)
class Run:
    """A device that a sentence says something was run on."""

    device: str  # catalogue name
    mention: str  # as written
    section: str
    phase: str | None  # "training", "inference" or None: all
    batch: str | None  # batch size that the same sentence sets, as written


@dataclass(frozen=True, slots=True)
class Testbed:
    """All runs that a text tells of."""

    runs: tuple[Run, ...] = ()

    def of(self, phase: str | None, elsewhere: Iterable[str] = ()) -> Run | None:
        """The run whose device holds for a figure of this phase; None unless all that may hold name the same device.

        `elsewhere`: catalogue names of devices that figures of the text name themselves.
        """
        wanted = "training" if phase == "fine-tuning" else phase
        held = [r for r in self.runs if wanted is None or r.phase is None or r.phase == wanted]
        said = {r.device for r in held} | {*elsewhere}
        names = {n for n in said if not any(n != other and devices.matches(other, n) for other in said)}
        # A figure of no told phase is not one of training only because nothing but training has a device.
        if len(names) != 1 or not held or (wanted is None and all(r.phase == "training" for r in held)):
            return None
        (name,) = names
        return min((r for r in held if r.device == name), key=lambda r: r.phase != wanted, default=None)

    def batch_of(self, run: Run) -> str | None:
        """The batch size said with a run's device in its phase; None where several are said."""
        said = {r.batch for r in self.runs if r.device == run.device and r.phase == run.phase and r.batch}
        return said.pop() if len(said) == 1 else None


def testbed(sections: Iterable[tuple[str, tuple[str, ...]]]) -> Testbed:
    """Reads the runs that sections, given as (title, paragraphs), tell of."""
    return Testbed(tuple(run for title, paragraphs in sections for text in paragraphs for run in _runs(title, text)))


def _runs(section: str, text: str) -> Iterator[Run]:
    mentions = [m for m in devices.find(text) if len(m.names) == 1 and devices.device(m.names[0]).level in _LEVELS]
    if not mentions:
        return
    written = plain(text)
    for start, end in sentences(written):
        said = written[start:end]
        inside = [m for m in mentions if start <= m.start and m.end <= end and _is_place(written, start, m)]
        if not inside or not listed("run").search(said):
            continue
        batch = _BATCH.search(said)
        for m in inside:
            yield Run(m.names[0], m.text, section, _phase(said), batch[1] if batch else None)


def _is_place(written: str, start: int, m: Mention) -> bool:
    before = written[max(start, m.start - 80) : m.start]
    placed = _PLACE.search(before) is not None or _JOINED.search(before) is not None
    return placed and _RIVAL.search(written[start : m.start]) is None


def _phase(said: str) -> str | None:
    if listed("run", "all").search(said):
        return None
    training, inference = (listed("run", name).search(said) is not None for name in ("training", "inference"))
    return None if training == inference else "training" if training else "inference"
