"""Figures of many papers as plots. The address carries the filters; a point leads to its paper."""

import math
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from extract.claim import METRICS
from index import KnowledgeBase, explore
from index.explore import Filters
from index.technique_catalogue import techniques
from ui.cards import paper_address
from ui.conditions import family_name
from ui.escaping import as_html
from ui.knowledge import base
from ui.printing import number
from ui.screens.paper import open_paper

ANY = "any"
HEIGHT = 340  # pixels of a plot
SCHEME = ("#3b82c4", "#e07b39", "#3c9d6b", "#b65fc0", "#c9a227", "#d1495b", "#5bb5c8", "#8c6d46")
OTHERS = "other families"
TIMES = "datum.label + '×'"
PICKED = "picked"
AXES = ("family", "device_class")


def _choice(label: str, name: str, values: list[str], *, usual: str = ANY, **more: Any) -> str | None:
    """A filter that the address carries unless it is the usual one."""
    asked = st.query_params.get(name, usual)

    def changed() -> None:
        chosen = st.session_state[f"filter-{name}"]
        if chosen == usual:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = chosen

    options = [ANY, *values]
    chosen = st.selectbox(
        label, options, index=options.index(asked) if asked in options else 0, key=f"filter-{name}", on_change=changed,
        **more,
    )  # fmt: skip
    return None if chosen == ANY else chosen


def _draw_filters(knowledge: KnowledgeBase) -> Filters:
    known = explore.years(knowledge)
    with st.sidebar:
        metric = _choice("Measure", "metric", list(METRICS))
        device = _choice("Device class", "device", list(explore.device_classes(knowledge)))
        names = {t.technique_id: t.name for t in techniques()}
        family = _choice("Technique", "family", list(names), format_func=lambda n: names.get(n, n))
        years = [str(y) for y in range(known[0], known[1] + 1)] if known else []
        first = _choice("From year", "from", years)
        sure = _choice("Read with a confidence of", "sure", ["50%", "70%", "90%"], usual="50%")
    return Filters(
        sure=int(sure.rstrip("%")) / 100 if sure else 0.0, metric=metric, device_class=device, family=family,
        first_year=int(first) if first else None,
    )  # fmt: skip


def _log(field: str, title: str) -> dict[str, Any]:
    steps = [step * 10**power for power in range(7) for step in (1, 2, 5)]
    axis = alt.Axis(labelExpr=TIMES, format="~s", values=steps, labelOverlap="greedy")
    return {"shorthand": field, "title": title, "scale": alt.Scale(type="log", nice=False), "axis": axis}


def _frame(rows: explore.Rows) -> pd.DataFrame:
    """Rows with the family's name and the address of the paper."""
    return pd.DataFrame([row | {"family": family_name(row["family"])} for row in rows])


def _largest(rows: explore.Rows, count: int = len(SCHEME)) -> list[str]:
    """The families with the most rows: more colours than this nobody can tell apart."""
    return (
        pd.Series([row["family"] for row in rows if row["family"] != "no family"])
        .value_counts()
        .head(count)
        .index.tolist()
    )


def _point() -> alt.Parameter:
    """What is clicked, by paper."""
    return alt.selection_point(name=PICKED, fields=["paper_id"], on="click", empty=False)


def _draw_clickable(chart: Any, key: str) -> None:
    """An Altair plot with `_point` in it: a click leads to the paper."""
    event = st.altair_chart(chart, on_select="rerun", selection_mode=PICKED, key=key, width="stretch")
    if chosen := event["selection"].get(PICKED):
        open_paper(chosen[0]["paper_id"])


def _coloured(rows: explore.Rows) -> tuple[pd.DataFrame, alt.Color, str]:
    """The rows with their `colour`, its scale, and a legend as HTML, which wraps on a phone."""
    largest = _largest(rows)
    frame = _frame(rows)
    frame["colour"] = [family_name(row["family"]) if row["family"] in largest else OTHERS for row in rows]
    shown = dict(zip(map(family_name, largest), SCHEME, strict=False))
    if OTHERS in set(frame["colour"]):
        shown[OTHERS] = "#9aa3ad"
    scale = alt.Scale(domain=list(shown), range=list(shown.values()))
    legend = "".join(f'<span><i style="background: {c}"></i>{as_html(name)}</span>' for name, c in shown.items())
    return frame, alt.Color("colour:N", scale=scale, legend=None), f'<div class="pc-legend">{legend}</div>'


def _draw_years(rows: explore.Rows) -> None:
    st.subheader("Improvement by year")
    if not rows:
        st.caption("No improvement in a known year.")
        return
    if rows[0]["all_rows"] > len(rows):
        st.caption(f"The {len(rows):,} largest of {rows[0]['all_rows']:,}.")
    frame, colour, legend = _coloured(rows)
    years = alt.Axis(format="d", tickMinStep=1)
    chart = (
        alt.Chart(frame)
        .transform_calculate(place="datum.year + (random() - 0.5) * 0.6")
        .mark_circle(size=70, opacity=0.75)
        .encode(
            x=alt.X("place:Q", title=None, axis=years, scale=alt.Scale(zero=False, nice=False)),
            y=alt.Y(**_log("factor:Q", "times better")),
            color=colour,
            tooltip=["title", "factor", "metric", "measure", "device", "baseline", "year", "quote"],
        )
        .properties(height=HEIGHT)
    )
    _draw_clickable(chart.add_params(_point()), "plot-years")
    st.html(legend)


def _draw_metrics(rows: explore.Rows) -> None:
    st.subheader("How much better, by measure")
    if not rows:
        st.caption("No improvement.")
        return
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_rect()
        .encode(
            x=alt.X(**_log("low:Q", "times better")),
            x2="high:Q",
            y=alt.Y("metric:N", title=None, sort=alt.EncodingSortField("claims", op="sum", order="descending")),
            color=alt.Color("claims:Q", scale=alt.Scale(scheme="tealblues"), legend=alt.Legend(orient="top")),
            tooltip=["metric", alt.Tooltip("low:Q", format=".3~g"), alt.Tooltip("high:Q", format=".3~g"), "claims"],
        )
        .properties(height=alt.Step(28))
    )
    st.altair_chart(chart, width="stretch")


def _draw_trade_offs(rows: explore.Rows) -> None:
    st.subheader("What speed costs")
    if not rows:
        st.caption("No paper states both a speed-up and what it does to quality.")
        return
    st.caption("Each paper's largest speed-up and largest loss. The line joins those that no other beats in both.")
    frame, colour, legend = _coloured(rows)
    axes = {
        "x": alt.X(**_log("factor:Q", "times faster")),
        "y": alt.Y(
            "loss:Q",
            title="quality lost (points or %)",
            scale=alt.Scale(type="symlog", nice=False),
            axis=alt.Axis(values=[-100, -30, -10, -3, -1, 0, 1, 3, 10, 30, 100], labelExpr="datum.value"),
        ),
    }
    front = alt.Chart(frame[frame["pareto"]]).mark_line(interpolate="step-before", strokeDash=[4, 3], color="#888")
    points = (
        alt.Chart(frame)
        .mark_circle(opacity=0.8)
        .encode(
            color=colour, size=alt.condition("datum.pareto", alt.value(150), alt.value(60)),
            tooltip=["title", "factor", "quote", "loss", "quality_quote", "family", "year"], **axes,
        )
    )  # fmt: skip
    chart = alt.layer(front.encode(**axes), points.add_params(_point()))
    _draw_clickable(chart.properties(height=HEIGHT), "plot-trade")
    st.html(legend)


def _draw_heat(rows: explore.Rows) -> None:
    """A table rather than a plot: it scrolls on a phone, and its links work with the keyboard."""
    st.subheader("Devices and techniques")
    if not rows:
        st.caption("No improvement on a named device.")
        return
    st.caption("The largest improvement and the number of claims; a click leads to the paper of the largest.")
    frame = pd.DataFrame(rows)
    order = {axis: frame.groupby(axis)["claims"].sum().sort_values(ascending=False).index for axis in AXES}
    cells = {(row["family"], row["device_class"]): row for row in rows}
    most = frame["claims"].max()
    head = "".join(f'<th scope="col">{as_html(device)}</th>' for device in order["device_class"])
    body = ""
    for family in order["family"]:
        found = (cells.get((family, device)) for device in order["device_class"])
        body += f'<tr><th scope="row">{as_html(family_name(family))}</th>{"".join(_cell(c, most) for c in found)}</tr>'
    st.html(f'<div class="pc-heat"><table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>')


def _cell(row: dict[str, Any] | None, most: int) -> str:
    if row is None:
        return "<td></td>"
    shade = round(15 + 70 * (math.log1p(row["claims"]) / math.log1p(most)))
    claims = f"{row['claims']} claim{'' if row['claims'] == 1 else 's'}"
    best = number(float(f"{row['best']:.3g}"))
    return (
        f'<td style="--pc-shade: {shade}%"><a href="{as_html(paper_address(row["paper_id"]))}" target="_self" '
        f'title="{as_html(row["title"])}">{best}x<small>{claims}</small></a></td>'
    )


def page() -> None:
    st.title("Explore")
    knowledge = base()
    filters = _draw_filters(knowledge)
    _draw_years(explore.improvements(knowledge, filters))
    left, right = st.columns(2, gap="large")
    with left:
        _draw_metrics(explore.factors_by_metric(knowledge, filters))
    with right:
        _draw_trade_offs(explore.trade_offs(knowledge, filters))
    _draw_heat(explore.heat_map(knowledge, filters))
