"""Units of measured figures, from data/units.toml. Plain functions over strings."""

import re
from dataclasses import dataclass
from functools import cache

import data


@dataclass(frozen=True, slots=True)
class Unit:
    name: str  # what a claim's `unit` says
    family: str  # "factor", "percent", "points", "time", "rate", "bytes", ..., "bare" for a number without a unit
    metric: str | None = None  # what a figure in this unit measures unless the words say otherwise


BARE = Unit("points", "bare")
FACTOR = Unit("x", "factor")
PERCENT = Unit("%", "percent")
_PER = {
    "s": "s",
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "min": "min",
    "minute": "min",
    "h": "h",
    "hr": "h",
    "hour": "h",
    "day": "day",
    "J": "J",
    "kJ": "kJ",
    "mJ": "mJ",
    "joule": "J",
    "W": "W",
    "Watt": "W",
    "watt": "W",
    "kWh": "kWh",
    "clk": "clk",
    "cycle": "cycle",
    "dollar": "USD",
}
_ENERGY_RATES = frozenset({"J", "kJ", "mJ", "W", "kWh"})
_RATE = re.compile(
    r"\s?(?P<noun>[A-Za-z]{3,14})(?:\s?/\s?|\s+per\s+)"
    rf"(?P<per>{'|'.join(sorted(_PER, key=len, reverse=True))})(?![A-Za-z])"
)


@cache
def units() -> dict[str, Unit]:
    """Every unit by the form that texts write, lower case for forms of more than four letters."""
    return {
        (word if len(word) <= 4 else word.lower()): Unit(u["name"], u["family"], u.get("metric"))
        for u in data.table("units.toml")["unit"]
        for word in u["words"]
    }


@cache
def _pattern() -> re.Pattern[str]:
    def form(word: str) -> str:
        written = re.escape(word).replace(r"\ ", r"[\s-]+")
        end = "" if word.endswith(("%", "$")) else r"(?![A-Za-z0-9])"
        return (written if len(word) <= 4 else f"(?i:{written})") + end

    words = sorted(units(), key=lambda w: (-len(w), w))
    return re.compile(rf"(?P<sep>\s{{0,12}}(?:-\s?)?)(?P<unit>{'|'.join(form(w) for w in words)})")


def unit_at(text: str, position: int) -> tuple[Unit, int, bool] | None:
    """The unit at a position of a plain text (`plain.plain`): unit, end, and whether a hyphen ties it to the number.

    A rate of any noun is read too: `208 slides per hour` is in `slides/h`.
    """
    if found := _pattern().match(text, position):
        word = found["unit"]
        key = word if len(word) <= 4 else re.sub(r"[\s-]+", " ", word.lower())
        unit = units().get(key) or units().get(word.lower()) or units().get(key.replace(" ", "-"))
        if unit is None:
            unit = next(
                u for form, u in units().items() if re.sub(r"[\s-]+", " ", form.lower()).strip() == key.lower().strip()
            )
        if unit.family not in ("factor", "percent", "points"):
            longer = _RATE.match(text, position)
            if longer and longer.end() > found.end():
                return _rate(longer)
        return unit, found.end(), "-" in found["sep"] or word.startswith("-")
    if found := _RATE.match(text, position):
        return _rate(found)
    return None


def _rate(found: re.Match[str]) -> tuple[Unit, int, bool]:
    per = _PER[found["per"]]
    return Unit(f"{found['noun']}/{per}", "rate", "energy" if per in _ENERGY_RATES else "speed"), found.end(), False
