"""What is in the knowledge base, how fresh it is, what failed to read."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from index import explore
from ui.escaping import as_html
from ui.knowledge import base, message

HEIGHT = 220  # pixels of a plot


def _bars(rows: list[dict[str, Any]], x: alt.X, y: alt.Y, **encodings: Any) -> None:
    chart = alt.Chart(pd.DataFrame(rows)).mark_bar().encode(x=x, y=y, **encodings).properties(height=HEIGHT)
    st.altair_chart(chart, width="stretch")


def _draw_counts(found: dict[str, Any]) -> None:
    shown = {
        "papers": found["papers"],
        "claims": found["claims"],
        "entries read": found["entries"],
        "days": found["days"],
        "days that failed": len(found["failed"]),
        "verdicts of people": found["verdicts"],
    }
    with st.container(horizontal=True, gap="large"):
        for label, value in shown.items():
            st.metric(label, f"{value:,}", width="content")


def _draw_health(found: dict[str, Any]) -> None:
    if found["waiting"] > 0:
        message(f"{found['waiting']:,} entries were read since this build. Take them in with: claims build", "empty")
    elif found["extractor_changed"]:
        message("The rules that read claims changed since this build. Read all again with: claims build", "empty")
    for name in ("damage", "unreadable", "notes"):
        for line in found[name]:
            message(f"{name}: {line}", "error" if name == "damage" else "empty")
    for orphan in found["orphans"]:
        message(f"A verdict has no claim any more: {orphan}", "empty")


def _draw_failed(found: dict[str, Any]) -> None:
    st.subheader("Days that failed")
    if found["failed"]:
        st.dataframe(pd.DataFrame(found["failed"]), hide_index=True, width="stretch")
    else:
        st.caption("None.")


def _draw_build(found: dict[str, Any]) -> None:
    st.subheader("This build")
    facts = {
        "number": found["build"],
        "built at": found["built_at"],
        "size": f"{found['bytes'] / 1e6:,.1f} MB",
        "encoder": found["encoder"] or "none: words and claims only",
        "extractor": found["extractor"],
        **found["versions"],
    }
    rows = "".join(f"<dt>{as_html(str(name))}</dt><dd>{as_html(str(value))}</dd>" for name, value in facts.items())
    st.html(f'<dl class="pc-facts">{rows}</dl>')


def page() -> None:
    st.title("Status")
    knowledge = base()
    found = knowledge.status()
    _draw_counts(found)
    _draw_health(found)
    if months := explore.papers_by_month(knowledge):
        st.subheader("Papers by month")
        _bars(
            months, alt.X("yearmonth(month):T", title=None), alt.Y("papers:Q", title="papers"),
            tooltip=[alt.Tooltip("yearmonth(month):T", title="month"), "papers", "claims"],
        )  # fmt: skip
    if days := explore.days(knowledge):
        st.subheader("Coverage by day")
        _bars(
            days, alt.X("yearmonthdate(day):T", title=None), alt.Y("papers:Q", title="papers listed"),
            color=alt.Color("state:N", title=None), tooltip=["day:T", "papers", "state"],
        )  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("How sure the readings are")
        _bars(
            [row | {"high": row["low"] + 0.05} for row in explore.confidences(knowledge)],
            alt.X("low:Q", bin="binned", title="confidence", axis=alt.Axis(format="%")),
            alt.Y("claims:Q", title="claims"), x2="high", tooltip=[alt.Tooltip("low:Q", format=".0%"), "claims"],
        )  # fmt: skip
    with right:
        _draw_build(found)
    _draw_failed(found)
