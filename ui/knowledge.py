"""The knowledge base that the app reads. A new build, verdict or measurement is picked up without a restart."""

import gc
import os
from pathlib import Path

import streamlit as st

from index import KnowledgeBase
from index.browse import sheet
from ui.escaping import as_html


def home() -> Path:
    """The folder of the knowledge base, as `claims serve` hands it on."""
    return Path(os.environ.get("CLAIMS_HOME", "var"))


@st.cache_resource(show_spinner="Opening the knowledge base …", max_entries=2)
def _opened(folder: str, state: str) -> KnowledgeBase:
    """`state` is only looked at to tell one state from another. What is dropped closes once no session uses it."""
    base = KnowledgeBase.open(Path(folder))
    question = "2x faster on a GPU"  # loads catalogues and indexes now, not with somebody's first question
    sheet(base, base.understood(question), question=question)
    # Streamlit collects garbage after every run of a page. What is loaded by now stays, and need not be looked through
    # each time: that took several times as long as the page itself.
    gc.collect()
    gc.freeze()
    return base


def base() -> KnowledgeBase:
    """The knowledge base as it stands; stops the page with words when there is none."""
    try:
        return _opened(str(home()), KnowledgeBase.state(home()))
    except (ValueError, OSError) as error:
        message(str(error), "error")
        st.stop()


def message(text: str, kind: str = "info") -> None:
    """A message that may hold words of a page or a question: shown as text."""
    st.html(f'<div class="pc-message pc-{kind}" role="status">{as_html(text)}</div>')
