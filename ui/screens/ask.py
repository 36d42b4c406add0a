"""The page with the question box. Its address holds all that it shows: question, changed conditions, page."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

import data
from index import KnowledgeBase
from index.answer import Answer, Understood
from index.answer_csv import answer_csv
from index.browse import Choice, Sheet, newest_strong, sheet
from index.measured import latest
from ui.address import Asked, asked, overrides, params
from ui.cards import paper_card
from ui.conditions import CLEARED_ONLY, NAMES, editor, in_words
from ui.escaping import as_markdown
from ui.knowledge import base, message

PAGE_SIZE = 10
GROUP_NAMES = {
    "satisfying": "meet every condition",
    "near": "near misses",
    "unstated": "hardware not stated",
    "related": "related",
}
FACET_NAMES = {
    "metric": "Measure",
    "min_factor": "Times better",
    "hardware": "Device",
    "family": "Technique",
    "years": "Year",
}
FACET_LENGTH = 10


def _go(wanted: Asked) -> None:
    """Shows this; the next run of the page reads it from the address."""
    st.query_params.from_dict(params(wanted))


def _change(wanted: Asked, **changes: Any) -> None:
    """The same question with conditions changed, from the first page of the answer again."""
    before = {name: value for name, value in wanted.changes.items() if name != "measure" or "metric" not in changes}
    _go(replace(wanted, changes=before | changes, group=None, page=1))


def _draw_question(wanted: Asked) -> None:
    with st.form("ask", border=False):
        left, right = st.columns([7, 1], vertical_alignment="bottom")
        typed = left.text_input(
            "Question", wanted.question, placeholder="2x faster on a GPU", max_chars=1000, label_visibility="collapsed"
        )
        if right.form_submit_button("Ask", type="primary", width="stretch"):
            _go(Asked(typed.strip()))
            st.rerun()


def _draw_conditions(wanted: Asked, read: Understood) -> None:
    """What was understood, as chips: each opens to be changed or removed; what was removed can be put back."""
    words = in_words(read)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chips"):
        st.markdown("Understood as" if words else "No condition recognised: ordered by relevance", width="content")
        for name, label in words.items():
            if name == "also":
                _draw_further(wanted, read)
                continue
            with st.popover(as_markdown(label), key=f"chip-{name}-{label}"):
                _draw_editor(wanted, read, name, "Change", remove=True)
        for name in [n for n, v in wanted.changes.items() if v is None]:
            label = as_markdown(NAMES[name])
            if st.button(f"~~{label}~~", key=f"back-{name}", type="tertiary", help="Use this condition again"):
                kept = {n: v for n, v in wanted.changes.items() if n != name}
                _go(replace(wanted, changes=kept, page=1))
                st.rerun()
        if missing := [n for n in NAMES if n not in words and n not in CLEARED_ONLY]:
            with st.popover("Add", icon=":material/add:", type="tertiary", key=f"add-{len(words)}"):
                name = st.selectbox("Condition", missing, format_func=lambda n: NAMES[n].capitalize(), key="add-name")
                _draw_editor(wanted, read, name, "Add", remove=False)


def _draw_further(wanted: Asked, read: Understood) -> None:
    """The thresholds behind the first, a chip each, which can be removed singly."""
    for one in read.also:
        with st.popover(as_markdown(f"and {one.words()}"), key=f"chip-also-{one.words()}"):
            if st.button("Remove", key=f"remove-also-{one.words()}", width="stretch"):
                _change(wanted, also=tuple(other for other in read.also if other != one) or None)
                st.rerun()


def _draw_editor(wanted: Asked, read: Understood, name: str, verb: str, *, remove: bool) -> None:
    with st.form(f"{verb}-{name}", border=False):
        value = editor(name, read)
        done = st.form_submit_button(verb, type="primary", width="stretch")
        gone = remove and st.form_submit_button("Remove", width="stretch")
    if done or gone:
        _change(wanted, **{name: None if gone or value == () else value})
        st.rerun()


def _draw_facets(wanted: Asked, found: Sheet) -> None:
    """How many papers there are with each measure, device and so on; a click narrows the answer to them."""
    with st.sidebar:
        for name, choices in found.facets.items():
            _draw_facet(wanted, found.understood, name, choices[:FACET_LENGTH])


def _draw_facet(wanted: Asked, read: Understood, name: str, choices: tuple[Choice, ...]) -> None:
    value = getattr(read, name)
    single: Callable[[Any], Any] = {
        "hardware": lambda v: v[0] if len(v) == 1 else None,
        "years": lambda v: v[0] if v and v[0] == v[1] else None,
    }.get(name, lambda v: v)
    current = single(value)
    values = [c.value for c in choices]
    if not values or values == [current]:
        return
    labels = {c.value: f"{as_markdown(c.label)} :gray[{c.papers:,}]" for c in choices}
    key = f"facet-{name}-{current}"

    def picked() -> None:
        chosen = st.session_state[key]
        as_condition = {"hardware": (chosen,), "years": (chosen, chosen)}.get(name, chosen)
        _change(wanted, **{name: None if chosen is None else as_condition})

    st.pills(
        FACET_NAMES[name], values, format_func=labels.__getitem__, default=current if current in values else None,
        key=key, on_change=picked,
    )  # fmt: skip


def _draw_groups(wanted: Asked, found: Sheet) -> None:
    """Papers that meet everything, near misses and the like, one at a time."""
    present = [name for name, size in found.counts.items() if size or name == found.group]
    if len(present) < 2:
        return
    labels = {name: f"{found.counts[name]:,} {GROUP_NAMES[name]}" for name in present}
    key = f"group-{found.group}"
    st.segmented_control(
        "Papers", present, default=found.group, format_func=labels.__getitem__, key=key, label_visibility="collapsed",
        on_change=lambda: _go(replace(wanted, group=st.session_state[key], page=1)),
    )  # fmt: skip


def _draw_loosenings(wanted: Asked, found: Sheet) -> None:
    """What to drop so that something satisfies, each one click."""
    words = in_words(found.understood)
    with st.container(horizontal=True, vertical_alignment="center"):
        for loosening in found.loosenings[:4]:
            many = "paper" if loosening.papers == 1 else "papers"
            label = f"Drop “{as_markdown(words[loosening.condition])}”: {loosening.papers:,} {many}"
            if st.button(label, key=f"loosen-{loosening.condition}", icon=":material/filter_alt_off:"):
                _change(wanted, **{loosening.condition: None})
                st.rerun()


def _draw_paging(wanted: Asked, found: Sheet) -> None:
    pages = -(-found.counts[found.group] // PAGE_SIZE)
    if pages < 2 and wanted.page == 1:
        return
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        if st.button("Previous", icon=":material/chevron_left:", disabled=wanted.page == 1):
            _go(replace(wanted, page=min(wanted.page - 1, pages)))
            st.rerun()
        st.markdown(f"Page {wanted.page:,} of {pages:,}", width="content")
        if st.button("Next", icon=":material/chevron_right:", icon_position="right", disabled=wanted.page >= pages):
            _go(replace(wanted, page=wanted.page + 1))
            st.rerun()


def _draw_download(knowledge: KnowledgeBase, wanted: Asked, found: Sheet) -> None:
    """All papers of the group that is shown, not only those of this page; made when it is clicked."""
    size = found.counts[found.group]

    def whole() -> str:
        rest = sheet(
            knowledge, found.understood, question=wanted.question, group=found.group, count=size, since=wanted.since
        )
        return answer_csv(Answer(wanted.question, rest.note, rest.understood, rest.papers))

    words = "-".join(re.findall(r"\w+", wanted.question.lower()))[:60].strip("-") or "answer"
    label = f"CSV of these {size:,} papers" if size > 1 else "CSV of this paper"
    st.download_button(
        label, whole, f"{words}-{date.today().isoformat()}.csv", "text/csv",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def _draw_answer(wanted: Asked) -> None:
    knowledge = base()
    try:
        read = knowledge.understood(wanted.question, **overrides(wanted.changes))
    except ValueError as error:
        message(str(error), "error")
        return
    found = sheet(
        knowledge, read, question=wanted.question, group=wanted.group, start=(wanted.page - 1) * PAGE_SIZE,
        count=PAGE_SIZE, since=wanted.since,
    )  # fmt: skip
    _draw_conditions(wanted, read)
    if found.note:
        message(found.note, "empty")
        _draw_loosenings(wanted, found)
    _draw_facets(wanted, found)
    _draw_groups(wanted, found)
    if found.papers:
        measured = latest(knowledge, (family for paper in found.papers for family in paper.families))
        st.html("".join(paper_card(paper, measured=measured) for paper in found.papers))
        _draw_download(knowledge, wanted, found)
    else:
        st.caption("No papers here.")
    _draw_paging(wanted, found)


def _draw_welcome() -> None:
    st.caption("For example")
    with st.container(horizontal=True):
        for place, example in enumerate(data.table("examples.toml")["questions"]):
            st.button(example, key=f"example-{place}", on_click=_go, args=(Asked(example),))
    knowledge = base()
    built = knowledge.build.manifest
    counts, day = built["counts"], built["built_at"][:10]
    st.caption(f"{counts['papers']:,} papers with {counts['claims']:,} claims, as of {day}.")
    if strong := newest_strong(knowledge):
        st.subheader("Newest strong claims")
        st.html("".join(paper_card(paper, claims_shown=2) for paper in strong))


def page() -> None:
    wanted, problems = asked({name: st.query_params.get_all(name) for name in st.query_params})
    st.title("Which techniques hit X on hardware Y?")
    _draw_question(wanted)
    for problem in problems:
        message(problem, "error")
    if wanted.question or wanted.changes:
        _draw_answer(wanted)
    else:
        _draw_welcome()
