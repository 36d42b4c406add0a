"""Claims for people to confirm, correct, reject, note and collect. A table that works with the keyboard; undo below."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from extract.claim import BOUNDS, DIRECTIONS, KINDS, METRICS, TARGETS
from index import KnowledgeBase, review
from index.curation import NOTHING, SETTABLE
from ui.escaping import as_html
from ui.knowledge import base, message
from ui.printing import plain

PAGE_SIZE = 50
LIST_NAMES = {
    "unsure": "least sure first",
    "strong": "strongest first",
    "newest": "newest first",
    "decided": "looked at",
    "collection": "a collection",
}
VERDICTS = {"": None, "confirm": "confirm", "reject": "reject"}
FIXED = ("title", "sentence", "confidence", "status", "claim_id")
COLUMNS = (
    "verdict", "quote", "metric", "measure", "value", "value_max", "unit", "bound", "direction", "target", "kind",
    "baseline", "hardware", "technique", "note", "collect", *FIXED,
)  # fmt: skip


def _config() -> dict[str, Any]:
    column = st.column_config
    chosen = {"metric": METRICS, "bound": BOUNDS, "direction": DIRECTIONS, "target": TARGETS, "kind": KINDS}
    return {
        "verdict": column.SelectboxColumn("verdict", options=["confirm", "reject"], width="small", pinned=True),
        "quote": column.TextColumn("words", width="large", disabled=True),
        "note": column.TextColumn("add a note"),
        "collect": column.TextColumn("add to collection", help="Letters, digits, hyphens and underscores"),
        "sentence": column.TextColumn("sentence", width="large", disabled=True),
        "title": column.TextColumn("paper", width="medium", disabled=True),
        "confidence": column.NumberColumn("sure", format="percent", disabled=True),
        "hardware": column.TextColumn("hardware", help="Separated by semicolons"),
        **{name: column.SelectboxColumn(name, options=list(values), required=True) for name, values in chosen.items()},
        **{name: column.TextColumn(name, disabled=True) for name in ("status", "claim_id")},
    }


def _frame(rows: review.Rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows).assign(verdict=None, note=None, collect=None)
    return frame.reindex(columns=list(COLUMNS)).astype({"verdict": "object", "note": "object", "collect": "object"})


def _save(knowledge: KnowledgeBase, rows: review.Rows, edited: Mapping[int, Mapping[str, Any]]) -> list[str]:
    """Records each changed cell; returns a message for each that could not be."""
    problems = []
    for place, cells in edited.items():
        claim = rows[int(place)]["claim_id"]
        for name, value in cells.items():
            try:
                if name == "verdict":
                    if value:
                        knowledge.curate(claim, value)
                elif name == "note":
                    if value:
                        knowledge.curate(claim, "note", note=value)
                elif name == "collect":
                    if value:
                        knowledge.curate(claim, "add-to", collection=value)
                elif name in SETTABLE:
                    written = NOTHING if value is None or value == "" else str(value)
                    knowledge.curate(claim, "set", field=name, value=written)
            except ValueError as error:
                problems.append(f"{rows[int(place)]['quote']}: {name} {value!r} was not recorded: {error}")
    return problems


def _draw_table(knowledge: KnowledgeBase, rows: review.Rows) -> None:
    version = st.session_state.setdefault("curate-version", 0)  # a new key gives a table without edits
    key = f"curate-{version}"
    st.data_editor(
        _frame(rows), key=key, column_config=_config(), column_order=COLUMNS, hide_index=True, width="stretch",
        height=min(560, 38 * (len(rows) + 1)), placeholder="", disabled=["quote", *FIXED],
    )  # fmt: skip
    edited = st.session_state[key]["edited_rows"]
    count = sum(len(cells) for cells in edited.values())
    words = f"Save {count} change{'' if count == 1 else 's'}" if count else "Save changes"
    if st.button(words, type="primary", disabled=not count, key="save", shortcut="Ctrl+S"):
        st.session_state["curate-problems"] = _save(knowledge, rows, edited)
        st.session_state["curate-version"] = version + 1
        st.rerun()
    st.caption("Arrow keys move, Enter or typing edits, Ctrl+S saves. Nothing is recorded before it is saved.")


def _undo(claim_id: str) -> None:
    try:
        base().curate(claim_id, "undo")
    except ValueError as error:
        st.session_state["curate-problems"] = [str(error)]


def _said(entry: Mapping[str, Any]) -> str:
    what = {
        "set": f"set {entry['field']} to {entry['new_value']}",
        "note": f"note: {entry['note']}",
        "add-to": f"added to {entry['collection']}",
    }.get(entry["verdict"], f"{entry['verdict']}ed")
    about = plain(entry["quote"] or f"claim {entry['given_claim_id']}, which is not in this build")
    return f"<b>{as_html(what)}</b> “{as_html(about)}” <small>{as_html(entry['title'] or '')}</small>"


def _draw_latest(knowledge: KnowledgeBase) -> None:
    entries = review.latest(knowledge)
    if not entries:
        return
    st.subheader("Latest verdicts")
    for entry in entries:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<div class="pc-said">{_said(entry)}</div>')
            if entry["undoable"]:
                st.button(
                    "Undo", key=f"undo-{entry['entry_no']}", type="tertiary", icon=":material/undo:", on_click=_undo,
                    args=(entry["given_claim_id"],),
                )  # fmt: skip


def _list_chosen(knowledge: KnowledgeBase) -> tuple[str, str | None, str]:
    """The list to go through, the collection where it is one, and words to look for."""
    made = review.collections(knowledge)
    lists = [name for name in review.LISTS if name != "collection" or made]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = st.segmented_control(
            "Claims", lists, default="unsure", required=True, format_func=LIST_NAMES.__getitem__, key="curate-list"
        )
        collection = st.selectbox("Collection", made, width=220) if which == "collection" else None
        words = st.text_input("With the words", key="curate-words", placeholder="in the title or sentence", width=260)
    return which, collection, words


def page() -> None:
    st.title("Curate")
    knowledge = base()
    for problem in st.session_state.pop("curate-problems", []):
        message(problem, "error")
    which, collection, words = _list_chosen(knowledge)
    start = _start((which, collection, words))
    rows, total = review.claims(knowledge, which, words=words, collection=collection, start=start, count=PAGE_SIZE)
    if rows:
        _draw_table(knowledge, rows)
    _draw_paging(start, len(rows), total)
    _draw_latest(knowledge)


def _start(wanted: tuple[str, str | None, str]) -> int:
    """Where in the list the table begins: anew with each list."""
    if st.session_state.get("curate-wanted") != wanted:
        st.session_state["curate-wanted"], st.session_state["curate-start"] = wanted, 0
    return int(st.session_state["curate-start"])


def _draw_paging(start: int, shown: int, total: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        words = f"{start + 1:,} to {start + shown:,} of {total:,} claims" if shown else "No claims."
        st.markdown(words, width="content")
        for label, place in (("Previous", start - PAGE_SIZE), ("Next", start + PAGE_SIZE)):
            if total > PAGE_SIZE:
                st.button(label, key=f"curate-{label}", disabled=not 0 <= place < total, on_click=_move, args=(place,))


def _move(place: int) -> None:
    st.session_state["curate-start"] = place
    st.session_state["curate-version"] += 1
