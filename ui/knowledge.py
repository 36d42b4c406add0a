"""The knowledge base that the app reads: opened once a build, a new build picked up without a restart."""

import os
from pathlib import Path

import streamlit as st

from index import KnowledgeBase


def home() -> Path:
    """The folder of the knowledge base, as `claims serve` hands it on."""
    return Path(os.environ.get("CLAIMS_HOME", "var"))


@st.cache_resource(show_spinner="Opening the knowledge base …", max_entries=2)
def _opened(folder: str, build: str) -> KnowledgeBase:
    return KnowledgeBase.open(Path(folder))


def base() -> KnowledgeBase:
    """The current build; stops the page with words when there is none."""
    try:
        return _opened(str(home()), KnowledgeBase.current(home()))
    except (ValueError, OSError) as error:
        st.error(str(error))
        st.stop()
