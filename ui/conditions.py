"""The conditions of a question in words, and the widgets that change them."""

from typing import Any

import streamlit as st

from extract.catalogue import nodes
from extract.claim import METRICS, PHASES
from index.answer import MaxLoss, Understood, UnitThreshold
from index.browse import stated
from index.named_measures import metric_of, names
from index.technique_catalogue import ids, technique
from ui.printing import number, so_many

NAMES = {
    "metric": "metric",
    "measure": "measure by name",
    "min_factor": "times better",
    "max_loss": "largest loss",
    "unit_threshold": "limit in a unit",
    "also": "further thresholds",
    "hardware": "hardware",
    "device_count": "number of devices",
    "family": "technique family",
    "baseline": "compared with",
    "parity": "quality kept",
    "phase": "phase",
    "years": "years",
    "text": "subject",
}


CLEARED_ONLY = ("also",)  # a question says them, a click takes them away: no widget sets them


def in_words(read: Understood) -> dict[str, str]:
    """Each condition that is set, by name, as people say it."""
    return {name: _words(name, read) for name in stated(read)}


def _words(name: str, read: Understood) -> str:
    value = getattr(read, name)
    if name == "min_factor":
        return f"{'more than' if read.strict else 'at least'} {number(value)}x better"
    if isinstance(value, UnitThreshold):
        ends = [f"≥ {number(value.min)}" if value.min is not None else ""]
        ends.append(f"≤ {number(value.max)}" if value.max is not None else "")
        return " ".join([*filter(None, ends), value.unit])
    if isinstance(value, MaxLoss):
        return f"at most {number(value.value)} {value.unit} lost"
    if name == "years":
        return _years(*value)
    if name == "device_count":
        return so_many(value)
    return {
        "metric": lambda: str(value),
        "measure": lambda: str(value),
        "also": lambda: "and " + " and ".join(one.words() for one in value),
        "hardware": lambda: "on " + " or ".join(value),
        "family": lambda: family_name(value),
        "baseline": lambda: f"against {value}",
        "parity": lambda: "quality kept",
        "phase": lambda: str(value),
        "text": lambda: f"about “{value}”",
    }[name]()


def _years(low: int | None, high: int | None) -> str:
    if low is None:
        return f"up to {high}"
    if high is None:
        return f"since {low}"
    return str(low) if low == high else f"{low}–{high}"


def family_name(technique_id: str) -> str:
    """The name for people; an id that this installation does not know stays as it is."""
    return technique(technique_id).name if technique_id in ids() else technique_id


def editor(name: str, read: Understood) -> Any:
    """Draws the widget for one condition, set as `read` has it; returns its value, None for no condition."""
    value, label = getattr(read, name), NAMES[name].capitalize()
    if name == "metric":
        return st.selectbox(label, METRICS, index=METRICS.index(value) if value else 0)
    if name == "measure":
        known = [m for m in names() if read.metric in (None, metric_of(m))]
        return st.selectbox(label, known, index=known.index(value) if value else 0)
    if name == "phase":
        return st.selectbox(label, PHASES, index=PHASES.index(value) if value else 2)
    if name == "min_factor":
        return st.number_input("Times better, at least", 1.0, 1e12, float(value or 2), step=0.5, format="%g")
    if name == "hardware":
        devices = list(nodes())
        return tuple(
            st.multiselect(
                "Any of these devices, series, vendors or classes",
                [*devices, *(v for v in value if v not in devices)],
                default=list(value),
                placeholder="A100, Jetson, FPGA, GPU …",
            )
        )
    if name == "family":
        known = [*ids(), *([value] if value and value not in ids() else [])]
        return st.selectbox(label, known, index=known.index(value) if value else 0, format_func=family_name)
    if name == "baseline":
        return st.text_input("Compared with", value or "", placeholder="FlashAttention-2").strip() or None
    if name == "text":
        return st.text_input("About", value, placeholder="protein folding").strip() or None
    if name == "parity":
        return st.toggle("Only where quality is said to be kept", value=True) or None
    if name == "device_count":
        low, high = value or (None, None)
        fewest = st.number_input("At least", 1, 10**7, low, placeholder="any")
        largest = st.number_input("At most", 1, 10**7, high, placeholder="any")
        return None if fewest is None and largest is None else (fewest, largest)
    if name == "years":
        low, high = value or (None, None)
        first = st.number_input("From year", 1990, 2100, low, placeholder="any")
        last = st.number_input("To year", 1990, 2100, high, placeholder="any")
        return None if first is None and last is None else (first, last)
    if name == "max_loss":
        amount = st.number_input("At most", 0.0, 100.0, float(value.value) if value else 1.0, format="%g")
        unit = st.selectbox("of", ("%", "points"), index=1 if value and value.unit == "points" else 0)
        return MaxLoss(amount, unit)
    unit = st.text_input("Unit, as papers write it", value.unit if value else "", placeholder="W, ms, GB, FPS").strip()
    least = st.number_input("At least", 0.0, 1e15, value.min if value else None, format="%g", placeholder="any")
    most = st.number_input("At most", 0.0, 1e15, value.max if value else None, format="%g", placeholder="any")
    return UnitThreshold(unit, least, most) if unit and (least is not None or most is not None) else None
