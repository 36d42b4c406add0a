"""The Streamlit app: pages and style. `claims serve` starts it."""

from pathlib import Path

import streamlit as st

from ui.screens import ask, curate, explore, export, paper, sql, status


def main() -> None:
    st.set_page_config(page_title="paperclaims", page_icon="📏", layout="wide")
    st.html(Path(__file__).with_name("style.css"))
    pages = [
        st.Page(ask.page, title="Ask", icon=":material/search:", url_path="ask", default=True),
        st.Page(explore.page, title="Explore", icon=":material/scatter_plot:", url_path="explore"),
        st.Page(paper.page, title="Papers", icon=":material/article:", url_path="paper"),
        st.Page(sql.page, title="SQL", icon=":material/database:", url_path="sql"),
        st.Page(curate.page, title="Curate", icon=":material/rule:", url_path="curate"),
        st.Page(export.page, title="Export", icon=":material/download:", url_path="export"),
        st.Page(status.page, title="Status", icon=":material/monitoring:", url_path="status"),
    ]
    st.navigation(pages, position="top").run()


main()
