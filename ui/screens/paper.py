"""One paper: claims marked in its text, families, code, sources, similar papers. Without an id: a search for one."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from index.answer import Understood
from index.browse import sheet
from index.citing import entry
from index.measured import latest
from ui.cards import claims_html, code_links, link_html, measured_links, paper_address, paper_card
from ui.conditions import family_name
from ui.escaping import as_html
from ui.knowledge import base, message
from ui.marking import marked_text_html

FOUND = 20  # papers that a search shows
SIMILAR = 6


def open_paper(paper_id: str) -> None:
    """Goes to the page of a paper, from any other page."""
    st.switch_page(st.Page(page, url_path="paper"), query_params={"id": paper_id})


def _draw_search() -> None:
    words = st.text_input(
        "Find a paper", key="find", bind="query-params", placeholder="words of its title or subject, or an arXiv id"
    )
    if not words.strip():
        st.caption("Words find papers by title and meaning; an arXiv id or a paper id opens the paper.")
        return
    found = sheet(base(), Understood(text=words), question=words, count=FOUND)
    st.html("".join(paper_card(paper, claims_shown=1) for paper in found.papers) or "<p>No papers found.</p>")


def _facts(paper: Mapping[str, Any]) -> str:
    authors = paper["authors"]
    count = paper["author_count"] or 0
    named = ", ".join(authors[:8]) + (f" and {count - 8} more" if count > 8 else "")
    facts = [
        str(paper["published"] or paper["published_year"] or ""),
        f"arXiv {paper['arxiv_id']}" if paper["arxiv_id"] else "",
        named if authors else f"{count} authors" if count else "",
        paper["organisation"] or "",
        f"{paper['upvotes']} upvotes" if paper["upvotes"] is not None else "",
    ]
    families = "".join(f'<span class="pc-family">{as_html(family_name(f))}</span>' for f in paper["families"])
    return '<div class="pc-meta">' + "".join(f"<span>{as_html(f)}</span>" for f in facts if f) + families + "</div>"


def _draw_paper(paper: Mapping[str, Any]) -> None:
    links = link_html(paper["url"], "paper") + code_links(paper["implementations"])
    links += measured_links(paper["families"], latest(base(), paper["families"]))
    title = marked_text_html(paper["title"], "title", paper["claims"])
    abstract = marked_text_html(paper["abstract"], "abstract", paper["claims"])
    st.html(
        f'<h1 class="pc-title">{title}</h1>{_facts(paper)}'
        + (f'<ul class="pc-links">{links}</ul>' if links else "")
        + f'<p class="pc-abstract">{abstract or "No source gave an abstract."}</p>'
    )
    own = [claim for claim in paper["claims"] if claim["target"] == "own"]
    others = [claim for claim in paper["claims"] if claim["target"] != "own"]
    for heading, claims in (("Claims", own), ("Figures of other work", others)):
        if claims:
            st.subheader(f"{heading} ({len(claims)})")
            st.html(f'<article class="pc-card">{claims_html(claims)}</article>')
    if not paper["claims"]:
        st.caption("No claims were found in its text.")


def _draw_around(paper: Mapping[str, Any]) -> None:
    left, right = st.columns(2)
    with left:
        st.subheader("Similar papers")
        try:
            similar = base().similar(paper["paper_id"], top=SIMILAR)
        except ValueError as error:
            message(str(error))
        else:
            rows = "".join(
                f'<li><a href="{as_html(paper_address(p["paper_id"]))}" target="_self">{as_html(p["title"])}</a>'
                f" <span>{p['published_year'] or ''}</span></li>"
                for p in similar
            )
            st.html(f'<ul class="pc-plain">{rows}</ul>')
    with right:
        st.subheader("Seen on")
        rows = "".join(
            f"<li>{as_html(str(s['page']))} <span>entry {s['place'] + 1}"
            f"{', listed ' + str(s['listed']) if s['listed'] else ''}</span></li>"
            for s in paper["sources"]
        )
        st.html(f'<ul class="pc-plain">{rows}</ul>')


def page() -> None:
    wanted = st.query_params.get("id", "")
    if not wanted:
        st.title("Papers")
        _draw_search()
        return
    try:
        paper = base().show(wanted)
    except ValueError as error:
        st.title("Papers")
        message(str(error), "error")
        _draw_search()
        return
    _draw_paper(paper)
    _draw_around(paper)
    with st.expander("Cite it"):
        st.code(entry(paper), language=None)
