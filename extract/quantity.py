"""The record of a figure as written."""

from dataclasses import dataclass

from extract.units import Unit


@dataclass(slots=True)
class Quantity:
    """One figure as written. `start` and `end` are offsets in the text that was read.

    Like all records that are made by the thousand it is not frozen: to make a frozen one takes five times as long.
    """

    start: int
    end: int
    value: float
    unit: Unit
    value_max: float | None = None
    from_value: float | None = None
    from_start: int | None = None  # where the `A` of `from A to B` begins, if this is its `B`
    mark: str = ""  # the sign before it: "~", ">", "<", "+", "-" or ""
    plus: bool = False  # a plus after it: `1000+`
    magnitude: bool = False  # written with a letter or word for thousands, millions, ...
    hyphen: bool = False  # tied to its unit by a hyphen, as in `5-second`
    spelled: str = ""  # "part" (`half`), "multiple" (`twice`), "order" (of magnitude) or "number" (`five`)
    link: str = ""  # how `from_value` is written: "from", "vs", "to"
