"""The page with the question box."""

from typing import Any

import streamlit as st

from extract.claim import METRICS, PHASES
from index.answer import Answer, Understood
from ui.cards import paper_card
from ui.knowledge import base
from ui.printing import number

EXAMPLES = (
    "which techniques give at least 2x speedup on GPUs",
    "half the memory without losing accuracy",
    "speedup over FlashAttention-2",
    "fast object detection on a Jetson",
)
PAGE_SIZE = 10


def _conditions(read: Understood) -> dict[str, str]:
    """Each condition read from the question, as field name and words."""
    words: dict[str, str] = {}
    if read.metric:
        words["metric"] = f"measures {read.metric}"
    if read.min_factor is not None:
        words["min_factor"] = f"{'more than' if read.strict else 'at least'} {number(read.min_factor)}x better"
    if read.unit_threshold:
        limit = read.unit_threshold
        ends = [
            f"≥ {number(limit.min)}" if limit.min is not None else "",
            f"≤ {number(limit.max)}" if limit.max is not None else "",
        ]
        words["unit_threshold"] = " ".join(e for e in ends if e) + f" {limit.unit}"
    if read.max_loss:
        words["max_loss"] = f"at most {number(read.max_loss.value)} {read.max_loss.unit} lost"
    if read.parity:
        words["parity"] = "quality kept"
    if read.hardware:
        words["hardware"] = "on " + " or ".join(read.hardware)
    if read.family:
        words["family"] = read.family.replace("-", " ")
    if read.baseline:
        words["baseline"] = f"against {read.baseline}"
    if read.phase:
        words["phase"] = read.phase
    if read.years:
        words["years"] = "–".join("" if y is None else str(y) for y in read.years)
    return words


def _removed() -> set[str]:
    return set(st.query_params.get_all("without"))


def _draw_conditions(read: Understood) -> None:
    """What was understood, as chips: a click removes one; a removed one can be put back."""
    words = _conditions(read)
    st.caption("Understood as" + ("" if words else " words only; no figure, device or baseline was recognised") + ":")
    with st.container(horizontal=True):
        for field, label in words.items():
            if st.button(f"{label} ✕", key=f"chip-{field}", help="Drop this condition"):
                st.query_params["without"] = sorted(_removed() | {field})
                st.rerun()
        for field in sorted(_removed()):
            if st.button(
                f"+ {field.replace('_', ' ')}", key=f"back-{field}", type="tertiary", help="Use this condition again"
            ):
                st.query_params["without"] = sorted(_removed() - {field})
                st.rerun()
        _draw_change(read)


def _draw_change(read: Understood) -> None:
    """Every part can be set by hand."""
    with st.popover("Change", icon=":material/tune:"), st.form("change", border=False):
        any_metric, any_phase = "any measure", "any phase"
        metric = st.selectbox(
            "Measure", [any_metric, *METRICS], index=METRICS.index(read.metric) + 1 if read.metric else 0
        )
        factor = st.number_input(
            "Times better, at least", min_value=0.0, value=float(read.min_factor or 0), help="0: any"
        )
        hardware = st.text_input("Hardware", ", ".join(read.hardware), placeholder="A100, Jetson, FPGA, GPU")
        baseline = st.text_input("Compared with", read.baseline or "")
        phase = st.selectbox("Phase", [any_phase, *PHASES], index=PHASES.index(read.phase) + 1 if read.phase else 0)
        parity = st.toggle("Quality kept", read.parity)
        if st.form_submit_button("Ask again", type="primary"):
            changed: dict[str, Any] = {
                "metric": None if metric == any_metric else metric,
                "min_factor": factor or None,
                "hardware": tuple(h.strip() for h in hardware.split(",") if h.strip()),
                "baseline": baseline.strip() or None,
                "phase": None if phase == any_phase else phase,
                "parity": parity,
            }
            st.session_state["overrides"] = {k: v for k, v in changed.items() if v != getattr(read, k)}
            st.rerun()


def _draw_answers(answer: Answer, top: int) -> None:
    satisfying = [p for p in answer.answers if p.satisfies]
    unstated = [p for p in answer.answers if not p.satisfies and not p.hardware_stated]
    near = [p for p in answer.answers if not p.satisfies and p.hardware_stated]
    if answer.note:
        st.info(answer.note, icon=":material/info:") if satisfying else st.warning(
            answer.note, icon=":material/search_off:"
        )
    for heading, papers in (
        ("", satisfying),
        ("Near misses and related papers", near),
        ("Hardware not stated", unstated),
    ):
        if papers:
            if heading:
                st.subheader(heading, divider="gray")
            for paper in papers:
                st.html(paper_card(paper))
    if len(answer.answers) == top and st.button("More papers"):
        st.session_state["top"] = top + PAGE_SIZE
        st.rerun()


def _ask(question: str) -> None:
    """A new question: the address carries it, and conditions set by hand are forgotten."""
    st.query_params.from_dict({"q": question} if question else {})
    for name in ("overrides", "top"):
        st.session_state.pop(name, None)


def page() -> None:
    st.title("Which techniques hit X on hardware Y?")
    question = st.query_params.get("q", "")
    with st.form("ask", border=False):
        left, right = st.columns([6, 1], vertical_alignment="bottom")
        typed = left.text_input("Question", question, placeholder=EXAMPLES[0], max_chars=1000)
        if right.form_submit_button("Ask", type="primary", use_container_width=True):
            _ask(typed.strip())
            st.rerun()
    if not question:
        st.caption("For example:")
        for number_, example in enumerate(EXAMPLES):
            if st.button(example, key=f"example-{number_}"):
                _ask(example)
                st.rerun()
        status = base().status()
        st.caption(f"{status['papers']:,} papers with {status['claims']:,} claims, built {status['built_at']}.")
        return
    overrides = dict.fromkeys(_removed()) | st.session_state.get("overrides", {})
    top = st.session_state.get("top", PAGE_SIZE)
    answer = base().ask(question, top=top, **overrides)
    _draw_conditions(answer.understood)
    _draw_answers(answer, top)
