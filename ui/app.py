"""The Streamlit app: pages and style. `claims serve` starts it."""

from pathlib import Path

import streamlit as st

from ui.screens import ask


def main() -> None:
    st.set_page_config(page_title="paperclaims", page_icon="📏", layout="wide")
    st.html(Path(__file__).with_name("style.css"))
    pages = [st.Page(ask.page, title="Ask", icon=":material/search:", url_path="ask", default=True)]
    st.navigation(pages, position="top").run()


main()
