"""Tables as files: named tables, tables, views and collections, all rows, with their manifest."""

import re
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st

from index import KnowledgeBase
from index.citing import bibtex_of
from ui.escaping import as_html
from ui.knowledge import base, message

FORMATS = {"CSV": "csv", "JSON Lines": "jsonl", "Parquet": "parquet"}
MIME = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}


def _draw_described(chosen: dict[str, Any]) -> None:
    columns = "".join(f"<dt>{as_html(c['name'])}</dt><dd>{as_html(c['comment'] or '')}</dd>" for c in chosen["columns"])
    st.html(f'<p>{as_html(chosen["description"] or "")}</p><dl class="pc-columns">{columns}</dl>')


def _write(knowledge: KnowledgeBase, name: str, ending: str, where: str, *, raw: bool) -> dict[str, Any]:
    """The file, its manifest and its name, which says what it is and of which day."""
    words = "-".join([name, *re.findall(r"\w+", where.lower())])[:80].strip("-")
    file_name = f"{words}-{date.today().isoformat()}.{ending}"
    with TemporaryDirectory(prefix="claims-export-") as folder:
        path = Path(folder) / file_name
        report = knowledge.export(name, out=path, where=where.strip() or None, raw=raw)
        manifest = Path(report["manifest"])
        return report | {
            "file": file_name,
            "content": path.read_bytes(),
            "described": manifest.read_bytes(),
            "manifest": manifest.name,
        }


def _draw_made(made: dict[str, Any]) -> None:
    message(f"{made['rows']:,} rows, {made['bytes'] / 1e6:,.2f} MB, from build {made['build']} of {made['built_at']}.")
    with st.container(horizontal=True):
        st.download_button(
            f"Download {made['format'].upper()}", made["content"], made["file"], MIME[made["format"]], type="primary",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Manifest", made["described"], made["manifest"], "application/json", on_click="ignore",
            help="What the file holds: columns, rows, build, condition, checksum",
        )  # fmt: skip
    st.caption("To cite it")
    of = f"knowledge base of {made['built_at'][:10]} (build {made['build']}), exported {made['exported_at'][:10]}"
    words = f"{made['name']}: {made['description']} paperclaims {made['version']}, {of}. SHA-256 {made['sha256'][:16]}."
    st.code(words, language=None, wrap_lines=True)


def _draw_choice(items: dict[str, dict[str, Any]]) -> str:
    """The table to export; the address names it."""
    names = list(items)
    asked = st.query_params.get("table", "")
    if asked and asked not in items:
        message(f"There is no table {asked} to export.", "error")
    return st.selectbox(
        "Table", names, index=names.index(asked) if asked in items else 0, key="table",
        format_func=lambda n: f"{n.replace('_', ' ')} ({items[n]['kind']})",
        on_change=lambda: st.query_params.update(table=st.session_state["table"]),
    )  # fmt: skip


def page() -> None:
    st.title("Export")
    knowledge = base()
    items = {item["name"]: item for item in knowledge.exports()}
    left, right = st.columns([3, 2], gap="large")
    with left:
        name = _draw_choice(items)
        with st.form("export", border=False):
            where = st.text_input(
                "Only rows for which this holds (SQL, may be empty)", key=f"where-{name}",
                placeholder="a condition on the columns beside",
            )  # fmt: skip
            form = st.segmented_control("Format", list(FORMATS), default="CSV", required=True)
            help_ = "Leaves text that begins with = + - @ as it is in CSV; a spreadsheet may run it."
            raw = st.checkbox("Text as it is", help=help_)
            with st.container(horizontal=True):
                make = st.form_submit_button("Make the file", type="primary")
                cite = st.form_submit_button("BibTeX of its papers")
        if cite:
            try:
                cited = bibtex_of(knowledge, name, where=where.strip() or None)
                st.download_button(
                    "Download BibTeX", cited, f"{name}-{date.today().isoformat()}.bib", on_click="ignore"
                )
                st.code(cited[:3000], language=None)
            except (ValueError, OSError) as error:
                message(str(error), "error")
        if make:
            st.session_state.pop("export-made", None)
            try:
                with st.spinner("Writing all rows …", show_time=True):
                    made = _write(knowledge, name, FORMATS[form], where, raw=raw)
                st.session_state["export-made"] = made
            except (ValueError, OSError) as error:
                message(str(error), "error")
        kept = st.session_state.get("export-made")
        if kept and kept["name"] == name:
            _draw_made(kept)
    with right:
        _draw_described(items[name])
