"""Questions in SQL, with the tables beside them."""

import html
import re
from datetime import date

import streamlit as st

import data
from index import KnowledgeBase
from index.sql_guard import QueryError, Result
from ui.escaping import as_html, as_markdown
from ui.knowledge import base
from ui.tables import shown

ROWS = 1000  # at most
SECONDS = 30.0


def _draw_schema(knowledge: KnowledgeBase) -> None:
    st.subheader("Tables")
    for table in sorted(knowledge.schema(), key=lambda t: (t["name"] != "claims_wide", t["name"])):
        name, rows = table["name"], f"{table['rows']:,}"
        with st.expander(f"{as_markdown(name)} :gray[{rows} rows]", expanded=name == "claims_wide"):
            columns = "".join(
                f"<dt>{as_html(c['name'])} <span>{as_html(c['type'].lower())}</span></dt>"
                f"<dd>{as_html(c['comment'] or '')}</dd>"
                for c in table["columns"]
            )
            st.html(f'<p>{as_html(table["comment"] or "")}</p><dl class="pc-columns">{columns}</dl>')


def _draw_result(query: str, result: Result) -> None:
    count = result.table.num_rows
    more = f"; there are more, and the first {count:,} are shown" if result.truncated else ""
    st.caption(f"{count:,} row{'' if count == 1 else 's'} in {result.seconds:.2f} s{more}")
    st.dataframe(shown(result), hide_index=True, width="stretch", placeholder="")
    words = "-".join(re.findall(r"\w+", query.lower()))[:60].strip("-") or "query"
    st.download_button(
        "Download CSV", result.as_csv(), f"{words}-{date.today().isoformat()}.csv", "text/csv",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def _draw_error(error: QueryError) -> None:
    """DuckDB's own words with its own line breaks, for the caret points at a place."""
    st.html(f'<pre class="pc-message pc-error" role="alert">{html.escape(str(error))}</pre>')


def _choose(query: str) -> None:
    st.session_state["query"] = query.strip()


def _run(knowledge: KnowledgeBase, query: str) -> None:
    st.session_state.pop("sql-result", None)
    try:
        with st.spinner("Running …", show_time=True):
            st.session_state["sql-result"] = (query, knowledge.sql(query, limit=ROWS, timeout=SECONDS))
    except QueryError as error:
        _draw_error(error)


def page() -> None:
    st.title("SQL")
    knowledge, examples = base(), data.table("examples.toml")["query"]
    left, right = st.columns([5, 2], gap="large")
    with left:
        with st.container(horizontal=True, gap="small"):
            for place, example in enumerate(examples):
                st.button(example["name"], key=f"example-{place}", on_click=_choose, args=(example["sql"],))
        with st.form("sql", border=False):
            query = st.text_area(
                "Query", key="query", height=220, label_visibility="collapsed",
                placeholder=examples[0]["sql"].strip(),
            )  # fmt: skip
            run = st.form_submit_button("Run", type="primary", icon=":material/play_arrow:")
        st.caption(f"One statement that reads: {ROWS:,} rows, {SECONDS:.0f} s, 1 GB of memory, no files, no network.")
        if run and query.strip():
            _run(knowledge, query)
        if kept := st.session_state.get("sql-result"):
            _draw_result(*kept)
    with right:
        _draw_schema(knowledge)
