"""Answers as HTML cards. Everything that comes from a page is escaped."""

import html
from collections.abc import Mapping
from typing import Any

from index.answer import Implementation, PaperAnswer
from ui.marking import marked_html, safe_link
from ui.printing import figure, what

LINK_WORDS = {"official": "official code", "library": "library", "reference": "reference implementation"}


def _claim(claim: Mapping[str, Any]) -> str:
    bound, shown = "", figure(claim)
    for words in ("up to ", "at least ", "about ", "on average "):
        if shown.startswith(words):
            bound, shown = words.strip(), shown.removeprefix(words)
    small = f"<small>{bound}</small>" if bound else ""
    why = f'<div class="pc-evidence pc-why">{html.escape(str(claim["why"]))}</div>' if claim.get("why") else ""
    return (
        f'<div class="pc-claim"><div class="pc-figure">{small}{html.escape(shown)}</div>'
        f'<div class="pc-what">{html.escape(what(claim))}</div>{why}'
        f'<div class="pc-evidence">“{marked_html(claim)}”</div></div>'
    )


def _link(link: Implementation) -> str:
    url = safe_link(link.url)
    if url is None:
        return ""
    words = html.escape(link.name or url.removeprefix("https://"))
    kind = html.escape(LINK_WORDS.get(link.kind, link.kind))
    how = f"<span>{kind}, {html.escape(link.how)}</span>"
    return f'<li><a href="{url}" target="_blank" rel="noopener">{words}</a> {how}</li>'


def paper_card(paper: PaperAnswer, *, claims_shown: int = 3) -> str:
    """One paper of an answer as HTML: claims with evidence, or the near misses with the reason, then links."""
    near = not paper.claims and bool(paper.near)
    shown = paper.near[:1] if near else paper.claims[:claims_shown]
    url = safe_link(paper.url)
    title = html.escape(paper.title)
    head = f'<a href="{url}" target="_blank" rel="noopener">{title}</a>' if url else title
    meta = [str(m) for m in (paper.year, paper.arxiv_id) if m] + [f.replace("-", " ") for f in paper.families]
    if not paper.hardware_stated:
        meta.append("states no hardware")
    more = len(paper.claims) - claims_shown
    links = "".join(_link(link) for link in paper.implementations)
    return (
        f'<div class="pc-card{" pc-near" if near else ""}"><h4>{head}</h4>'
        f'<div class="pc-meta">{html.escape(" · ".join(meta))}</div>'
        + "".join(_claim(claim) for claim in shown)
        + (f'<div class="pc-meta">and {more} more claims</div>' if more > 0 and not near else "")
        + (f'<ul class="pc-links">{links}</ul>' if links else "")
        + "</div>"
    )
