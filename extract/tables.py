"""Result tables in, claims out. Precision first: a table that is not wholly understood gives nothing.

Understood is a table with a head above its figures, one side (rows or columns) that names methods, the paper's own
among them, and a measure with a unit that fits it, said by the head of the column (of the row, where columns are
methods) or by the first sentence of the caption. A claim is one cell; its quote is the row as shown, its sentence
caption, head and row.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.claim import Claim, Device, claim_id_for
from extract.context import build
from extract.devices import device
from extract.devices import find as find_devices
from extract.factors import factors
from extract.heads import FITS, MAGNITUDES, Measure, caption_measure, listed, measure, whole_unit
from extract.plain import plain
from extract.setting import setting
from extract.units import BARE, FACTOR, Unit

BETWEEN = " | "  # what parts the cells of a row as shown
_CAPTION = re.compile(r"^Tab(?:le|\.)\s*(?P<number>[A-Z]?\d+(?:\.\d+)*[a-z]?|[IVX]+)\s*[.:]?\s+(?=\S)", re.I)
_FIGURE = re.compile(
    r"(?P<mark>[~<>])?\s?(?P<sign>[+-])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:\s?±\s?\d*\.?\d+)?(?P<magnitude>\s?[KMBT](?![A-Za-z]))?(?P<unit>\s?[^\d\s()±*†‡~<>+-][^\d\s()±*†‡]{0,11})?"
    r"(?:\s?±\s?\d*\.?\d+\s?%?)?\s?(?:\([^()]{1,24}\))?\s?[*†‡]?"
)
_MARKS = {"~": "about", "<": "up_to", ">": "at_least"}
_HEADS, _LONGEST = 3, 2000  # rows of a head; letters of a caption


@dataclass(frozen=True, slots=True)
class _Figure:
    value: float
    unit: Unit | None  # where the cell says it
    mark: str
    scale: float


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: int
    value: float
    unit: Unit
    mark: str
    measure: Measure
    method: str  # the label of its method
    baseline: str | None  # the label of what stands at 1x
    under: tuple[str, str] | None  # what else tells it apart where only the caption says what is measured


def name_of(caption: str, place: int) -> str:
    """The section that a table's claims are marked with: its own number, else its place among all tables, from 1."""
    found = _CAPTION.match(caption)
    return f"Table {found['number']}" if found else f"Table ({place})"


def shown(caption: str, rows: Sequence[Sequence[str]]) -> str:
    """A table as text, a line for its caption and one for each row. The spans of table claims count in it."""
    return "\n".join([caption, *(BETWEEN.join(row) for row in rows)])


def claims_of(
    caption: str,
    rows: Sequence[Sequence[str]],
    *,
    section: str,
    own: str | None,
    key: str,
    seen: dict[str, int],
    confidence: float,
) -> list[Claim]:
    """The claims of a table of texts, rows of equal length. `seen` counts equal figures, for the claim ids."""
    caption = caption[:_LONGEST]
    grid = _Grid(rows)
    cells = list(_cells(grid, caption, own))
    if not any(is_own(cell.method, own) for cell in cells):
        return []
    lines = [BETWEEN.join(row) for row in rows]
    head = "\n".join([caption, *lines[: grid.head]])
    claims = []
    for cell in cells:
        written = rows[cell.row][cell.column]
        ordinal = seen[written] = seen.get(written, -1) + 1
        start = len(caption) + 1 + sum(len(line) + 1 for line in lines[: cell.row])
        found, kind = cell.measure, "change" if cell.unit.family == "factor" else "level"
        direction = "none" if kind == "level" else "better" if cell.value > 1 else "worse"
        ratio = factors(
            kind=kind,
            metric=found.metric,
            measure=found.words,
            value=cell.value,
            unit=cell.unit.name,
            direction=direction,
        )
        hardware = () if found.metric == "quality" else _hardware(grid, cell, caption)
        claims.append(
            Claim(
                quote=lines[cell.row],
                metric=found.metric,
                measure=found.words,
                kind=kind,
                value=cell.value,
                value_max=None,
                from_value=None,
                unit=cell.unit.name,
                bound=_MARKS.get(cell.mark, "exact"),
                direction=direction,
                target="own" if is_own(cell.method, own) else "other",
                technique=cell.method,
                baseline=cell.baseline if kind == "change" else None,
                hardware=tuple(mention for mention, _ in hardware),
                claim_id=claim_id_for(f"{key}\n{section}", written, ordinal),
                sentence=f"{head}\n{lines[cell.row]}",
                section=section,
                span_start=start,
                span_end=start + len(lines[cell.row]),
                factor_min=ratio.min,
                factor_max=ratio.max,
                factor=ratio.best,
                devices=tuple(resolved(mention, name) for mention, name in hardware),
                phase=found.phase,
                setting=_setting(grid, cell, caption),
                confidence=confidence,
            )
        )
    return claims


def resolved(mention: str, name: str) -> Device:
    """A mention with the catalogue's word on it."""
    info = device(name)
    return Device(mention, info.name, info.vendor, info.cls)


def is_own(label: str, own: str | None) -> bool:
    """Whether a label names the paper's own method: by its name, or a word such as "ours"."""
    if listed("own").search(label):
        return True
    return own is not None and re.search(rf"(?<![\w-]){re.escape(own)}(?!\w)", label) is not None


class _Grid:
    """A table's texts, tidied in `rows`, with the number of its head rows and label columns and the end of its body."""

    def __init__(self, raw: Sequence[Sequence[str]]) -> None:
        self.raw = raw
        self.rows = [[" ".join(plain(cell).split()) for cell in row] for row in raw]
        width = len(self.rows[0]) if self.rows else 0
        self.figures = [[_figure(cell) for cell in row] for row in self.rows]
        told = [any(cell is not None for cell in row[1:]) for row in self.figures]
        self.head = next((i for i, yes in enumerate(told) if yes), len(self.rows))
        while self.head > 1 and len(set(self.rows[self.head - 1]) - {""}) == 1:
            self.head -= 1
        # Lines within the body that hold one text only name what follows; a second head ends what is understood.
        self.end = self.head
        while self.end < len(told) and (told[self.end] or len(set(self.rows[self.end]) - {""}) <= 1):
            self.end += 1
        body = self.figures[self.head : self.end]
        self.labels = next((j for j in range(width) if any(row[j] for row in body)), width)
        self.understood = 1 <= self.head <= _HEADS and 1 <= self.labels < width

    def above(self, column: int) -> list[str]:
        """The texts above a column, from above, each once."""
        return list(dict.fromkeys(row[column] for row in self.rows[: self.head] if row[column]))

    def beside(self, row: int) -> list[str]:
        """The line that names a group of rows, then the labels of a row."""
        return [text for text in dict.fromkeys([self.group(row), *self.rows[row][: self.labels]]) if text]

    def title(self, column: int) -> str:
        return " ".join(self.above(column))

    def label(self, row: int) -> str:
        return _joined(self.rows[row][: self.labels])

    def group(self, row: int) -> str:
        """The line within the body that names the rows under it, if there is one."""
        for above in range(row - 1, self.head - 1, -1):
            if len(said := set(self.rows[above]) - {""}) == 1:
                return said.pop()
        return ""

    def said_of(self, cell: _Cell) -> list[str]:
        """What labels, group and head say of a cell, as written, the nearest first."""
        row = self.raw[cell.row][: self.labels]
        return [_joined(row), self.group(cell.row), _joined(r[cell.column] for r in self.raw[: self.head])]


def _joined(texts: Iterator[str] | Sequence[str]) -> str:
    return " ".join(dict.fromkeys(text for text in texts if text))


def _cells(grid: _Grid, caption: str, own: str | None) -> Iterator[_Cell]:
    if not grid.understood:
        return
    body, columns = range(grid.head, grid.end), range(grid.labels, len(grid.rows[0]))
    named = next((j for j in range(grid.labels) if any(is_own(grid.rows[r][j], own) for r in body)), None)
    across = any(is_own(grid.title(c), own) for c in columns)
    if (named is not None) == across:
        return  # nobody's table, or one where it cannot be told which side names the methods
    heads = {n: measure(grid.above(n)) for n in columns} if not across else {n: measure(grid.beside(n)) for n in body}
    common = None if any(heads.values()) else caption_measure(" ".join(plain(_CAPTION.sub("", caption)).split()))
    metrics = {m.metric for m in (*heads.values(), common) if m}
    if metrics <= {"parameters"}:
        return  # sizes alone tell models apart; they are no results

    def method(r: int, c: int) -> str:
        return grid.title(c) if named is None else grid.rows[r][named] or grid.label(r)

    for r in body:
        for c in columns:
            found, read = heads[r if across else c] or common, grid.figures[r][c]
            fitted = _fitted(read, found) if read and found else None
            if fitted and found and read:
                line = [(r, n) for n in columns] if across else [(n, c) for n in body]
                units = [method(*at) for at in line if (f := grid.figures[at[0]][at[1]]) and f.value == 1.0]
                under = (
                    None
                    if heads[r if across else c]
                    else ("row", grid.label(r))
                    if across
                    else ("column", grid.title(c))
                )
                yield _Cell(r, c, *fitted, read.mark, found, method(r, c), units[0] if len(units) == 1 else None, under)


def _figure(cell: str) -> _Figure | None:
    """A cell that is one figure; None for every other."""
    found = _FIGURE.fullmatch(cell)
    if found is None:
        return None
    written = (found["unit"] or "").strip()
    unit = whole_unit(written)
    if written and unit is None:
        return None
    value = float(found["number"].replace(",", "")) * (-1 if found["sign"] == "-" else 1)
    return _Figure(
        value, unit, found["mark"] or "", MAGNITUDES[found["magnitude"].strip()] if found["magnitude"] else 1.0
    )


def _fitted(read: _Figure, measured: Measure) -> tuple[float, Unit] | None:
    """Value and unit of a figure under a measure; None where they do not belong together."""
    unit = read.unit or measured.unit or BARE
    if unit.family == "bare" and measured.gain:
        unit = FACTOR
    scale = read.scale if read.scale != 1.0 else measured.scale
    if measured.metric == "parameters" and unit.family == "bare" and scale != 1.0:
        unit = Unit("params", "params")
    if unit.family not in FITS[measured.metric] or read.value < 0:
        return None
    if unit.family == "factor" and (not measured.gain or read.value in (0, 1)):
        return None  # 1x is what the others are compared with
    if unit.family == "percent" and read.value > 100:
        return None
    return read.value * scale, unit


def _hardware(grid: _Grid, cell: _Cell, caption: str) -> tuple[tuple[str, str], ...]:
    """The device that the nearest of labels, heads and caption names, as (mention, catalogue name); () for several."""
    for text in (*grid.said_of(cell), caption):
        found = [m for m in find_devices(text) if not m.generic and len(m.names) == 1]
        if found:
            return ((found[0].text, found[0].names[0]),) if len({m.names for m in found}) == 1 else ()
    return ()


def _setting(grid: _Grid, cell: _Cell, caption: str) -> tuple[tuple[str, str], ...]:
    """Model, data set, batch and context length as labels, heads and caption write them, the nearest counting."""
    found: dict[str, str] = {}
    for text in (*grid.said_of(cell), caption):
        for name, value in setting(build(plain(text), 0, len(text), []), text):
            found.setdefault(name, value)
    if found.get("model") == cell.method:
        del found["model"]
    return (*found.items(), *([cell.under] if cell.under else []))
