"""The record that this room hands on: what was understood of a question, and the papers that answer it."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class UnitThreshold:
    """A limit in a physical unit, such as below 20 W (`max=20`) or 1000 FPS and more (`min=1000`)."""

    unit: str
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class MaxLoss:
    """The largest loss in quality that the question allows."""

    value: float
    unit: str  # "%" or "points"


@dataclass(frozen=True, slots=True)
class Further:
    """A threshold beside the first one, on another measure: a paper meets it with a claim of its own.

    The fields are those of the first, see `Understood`; one of `min_factor` and `unit_threshold` is set.
    """

    metric: str | None = None
    min_factor: float | None = None
    strict: bool = False
    unit_threshold: UnitThreshold | None = None

    def words(self) -> str:
        """As people say it.

        >>> Further("energy", unit_threshold=UnitThreshold("W", max=5)).words()
        'energy of 5 W or less'
        """
        measure, limit = self.metric or "a figure", self.unit_threshold
        if self.min_factor is not None:
            return f"{measure} {'more than' if self.strict else 'at least'} {round(self.min_factor, 3):,.10g}x better"
        if limit is None:
            return measure
        ends = [f"{limit.min:,.10g} {limit.unit} or more" if limit.min is not None else ""]
        ends.append(f"{limit.max:,.10g} {limit.unit} or less" if limit.max is not None else "")
        return f"{measure} of {' and '.join(filter(None, ends))}"


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words of a question say. A field is set exactly when words of the question say it."""

    metric: str | None = None
    measure: str | None = None  # one of index.named_measures, finer than the metric: "time to first token"
    min_factor: float | None = None
    strict: bool = False  # "more than 2x" is strict, "at least 2x" is not
    max_loss: MaxLoss | None = None
    unit_threshold: UnitThreshold | None = None
    also: tuple[Further, ...] = ()  # "half the memory" of "2x faster and half the memory"
    hardware: tuple[str, ...] = ()  # catalogue names or classes: "A100", "FPGA", "GPU"
    device_count: tuple[int | None, int | None] | None = None  # of these: "more than 100 GPUs" is (101, None)
    family: str | None = None  # technique id of data/techniques.toml
    baseline: str | None = None
    parity: bool = False
    phase: str | None = None
    years: tuple[int | None, int | None] | None = None
    text: str = ""  # the rest, read by meaning


@dataclass(frozen=True, slots=True)
class Implementation:
    """Code that a reader can run."""

    url: str
    kind: str  # "official" | "library" | "reference"
    how: str  # how the link was found
    name: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """One paper of an answer."""

    paper_id: str
    arxiv_id: str | None
    title: str
    url: str | None
    score: float
    satisfies: bool
    claims: tuple[
        dict[str, Any], ...
    ] = ()  # rows as in DESIGN: claim_id, gold fields, factor, devices, confidence, sentence
    near: tuple[dict[str, Any], ...] = ()  # the same, with `why`
    missed: tuple[str, ...] = ()  # in words, what is asked of a paper as a whole and this one does not meet
    families: tuple[str, ...] = ()
    implementations: tuple[Implementation, ...] = ()
    hardware_stated: bool = True  # False: meets all else, but the text names no hardware
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. `note` is never empty when nothing satisfies."""

    question: str
    note: str
    understood: Understood
    answers: tuple[PaperAnswer, ...] = field(default=())


def as_json(answer: Answer) -> dict[str, Any]:
    """An answer as JSON-ready dict, tuples as lists."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [plain(v) for v in value]
        return value

    return plain(asdict(answer))
