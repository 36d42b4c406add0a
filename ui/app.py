"""The Streamlit app: pages, style, and the knowledge base that all pages read. `claims serve` starts it."""

from pathlib import Path

import streamlit as st

from ui.screens import ask


def main() -> None:
    st.set_page_config(page_title="paperclaims", page_icon="📏", layout="wide")
    st.html(Path(__file__).with_name("style.css"))
    st.navigation([st.Page(ask.page, title="Ask", icon=":material/search:", url_path="ask", default=True)]).run()


main()
