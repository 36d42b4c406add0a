"""Answers as HTML cards. Everything that comes from a page is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from index.answer import PaperAnswer
from ui.conditions import family_name
from ui.escaping import as_html
from ui.figures_by_family import Measured
from ui.marking import marked_html, safe_link
from ui.printing import BOUNDS, figure, improvement, measure
from ui.wording import plain, span, times

LINK_WORDS = {"official": "official code", "library": "library", "reference": "reference implementation"}
UNSURE = 0.7  # confidence below which a card says that the figure may be read wrongly


def _tag(kind: str, before: str, text: str) -> str:
    return f'<span class="pc-tag">{before} <mark class="{kind}">{as_html(text)}</mark></span>'


def claims_html(claims: Sequence[Mapping[str, Any]]) -> str:
    """Claims as figures with what they measure, those of one sentence together above it."""
    by_sentence: dict[str, list[Mapping[str, Any]]] = {}
    for claim in claims:
        by_sentence.setdefault(claim["sentence"], []).append(claim)
    parts = []
    for found in by_sentence.values():
        figures, evidence = "".join(map(_figure_html, found)), marked_html(*found)
        parts.append(f'<div class="pc-claims">{figures}<div class="pc-evidence">{evidence}</div></div>')
    return "".join(parts)


def _figure_html(claim: Mapping[str, Any]) -> str:
    shown, bound = plain(figure(claim)), BOUNDS[claim["bound"]].strip()
    shown = shown.removeprefix(bound).strip()
    small = f"<small>{as_html(bound)}</small>" if bound else ""
    tags = []
    if claim.get("devices"):
        tags.append(_tag("device", "on", ", ".join(dict.fromkeys(d["name"] for d in claim["devices"]))))
    elif claim.get("hardware"):
        tags.append(_tag("device", "on", ", ".join(claim["hardware"])))
    if claim.get("baseline"):
        tags.append(_tag("baseline", "against", claim["baseline"]))
    setting = dict(claim.get("setting") or {})
    notes = [improvement(claim), claim.get("phase") or "", "; ".join(str(value) for value in setting.values())]
    if claim["section"] not in ("title", "abstract"):
        notes.append(f"in {claim['section']}")
    if claim["target"] != "own":
        notes.append("a result of other work")
    if claim["confidence"] < UNSURE:
        notes.append(f"reading {claim['confidence']:.0%} sure")
    tags += [f'<span class="pc-tag">{as_html(note)}</span>' for note in notes if note]
    measured = measure(claim)
    worse = " (worse)" if claim["direction"] == "worse" else ""
    why = f'<div class="pc-why">Not quite: {as_html(str(claim["why"]))}</div>' if claim.get("why") else ""
    look = " pc-long" if len(shown) > 9 else ""
    factor = claim.get("factor") or 1
    if claim["direction"] == "worse" or factor < 1:
        look += " pc-worse"
    elif claim["direction"] == "none" and factor == 1:
        look += " pc-neutral"
    return (
        f'<div class="pc-figure{look}">{small}{as_html(shown)}</div>'
        f'<div class="pc-what"><b>{as_html(measured)}{worse}</b>{"".join(tags)}{why}</div>'
    )


def link_html(url: str | None, words: str, kind: str = "", how: str = "") -> str:
    """A link that opens beside the app; nothing when the address is no web address."""
    if not (address := safe_link(url)):
        return ""
    title = f' title="{as_html(how)}"' if how else ""
    said = f" <span>{as_html(kind)}</span>" if kind else ""
    return f'<li><a href="{as_html(address)}" target="_blank" rel="noopener"{title}>{as_html(words)} ↗</a>{said}</li>'


def paper_address(paper_id: str) -> str:
    """Where the app shows a paper, from any of its pages."""
    return "paper?" + urlencode({"id": paper_id})


def code_links(implementations: Iterable[Mapping[str, Any]]) -> str:
    """Links to code with what each is; how the link was found shows on pointing at it."""
    found = []
    for link in implementations:
        words = link["name"] or str(link["url"]).removeprefix("https://")
        found.append(link_html(link["url"], words, LINK_WORDS.get(link["kind"], link["kind"]), link["how"]))
    return "".join(found)


def measured_links(families: Iterable[str], measured: Measured) -> str:
    """What the reference implementations of these families reached; pointing says why an effect is absent."""
    parts = []
    for group in (group for family in families for group in measured.get(family, ())):
        reached, why = span(group["low"], group["high"]), ""
        if not group["shows"]:
            reached, why = f"{group['metric']} does not show", plain(group["runs"][0]["why"])
        elif not all(run["shows"] for run in group["runs"]):
            reached = f"up to {times(group['factor'])}"
        where = "measured here" if group["here"] else "measured elsewhere"
        rest = [family_name(group["technique_id"]), group["metric"] if group["shows"] else "", group["device"]]
        title = f' title="{as_html(why)}"' if why else ""
        told = as_html(", ".join(part for part in rest if part))
        parts.append(f"<li{title}>{where}: <b>{as_html(reached)}</b> <span>{told}</span></li>")
    return "".join(parts)


def paper_card(paper: PaperAnswer, *, claims_shown: int = 3, measured: Measured = MappingProxyType({})) -> str:
    """One paper of an answer: claims with evidence, or the nearest miss with the reason, then links."""
    near = not paper.claims and bool(paper.near)
    shown = paper.near[:1] if near else paper.claims[:claims_shown]
    address = as_html(paper_address(paper.paper_id))
    meta = [str(m) for m in (paper.year, paper.arxiv_id and f"arXiv {paper.arxiv_id}") if m]
    if not paper.hardware_stated:
        meta.append("states no hardware")
    if not paper.satisfies:
        meta.extend(paper.missed)
    families = "".join(f'<span class="pc-family">{as_html(family_name(f))}</span>' for f in paper.families)
    more = "" if near else _more(len(paper.claims) - claims_shown, address)
    links = link_html(paper.url, "paper") + code_links(
        {"url": i.url, "name": i.name, "kind": i.kind, "how": i.how} for i in paper.implementations
    )
    links += measured_links(paper.families, measured)
    return (
        f'<article class="pc-card{" pc-near" if near else ""}">'
        f'<h4><a href="{address}" target="_self">{as_html(paper.title)}</a></h4>'
        f'<div class="pc-meta">{"".join(f"<span>{as_html(m)}</span>" for m in meta)}{families}</div>'
        + claims_html(shown)
        + more
        + (f'<ul class="pc-links">{links}</ul>' if links else "")
        + "</article>"
    )


def _more(count: int, address: str) -> str:
    if count <= 0:
        return ""
    words = f"{count} more claim{'s' if count > 1 else ''}"
    return f'<div class="pc-meta"><a href="{address}" target="_self">{words}</a></div>'
