"""Claims and answers as text for a terminal. What comes from a page is printed as text, never as markup."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.text import Text

from index.answer import Answer, PaperAnswer, Understood
from ui.figures_by_family import Measured, measured_lines, print_family
from ui.wording import number, plain

LIBRARIES_SHOWN = 3  # of a paper in a terminal; --json has all
BOUNDS = {"up_to": "up to ", "at_least": "at least ", "about": "about ", "average": "on average ", "exact": ""}


def figure(claim: Mapping[str, Any]) -> str:
    """The figure of a claim as people write it: `up to 2.5x`, `198 → 91 ms`, `same quality`."""
    if claim["kind"] == "parity":
        return "same quality"
    unit = claim["unit"] or ""
    glued = unit if unit in ("x", "%") else f" {unit}"
    low = number(claim["value"])
    shown = f"{low}–{number(claim['value_max'])}" if claim.get("value_max") is not None else low
    if claim.get("from_value") is not None:
        shown = f"{number(claim['from_value'])} → {shown}"
    return f"{BOUNDS[claim['bound']]}{shown}{glued}"


def improvement(claim: Mapping[str, Any]) -> str:
    """The factor behind a figure not written as one: `2.2x better` for 54 % less time; empty when it says no more."""
    factor = claim.get("factor")
    if factor is None or (claim["unit"] == "x" and claim["kind"] == "change"):
        return ""
    return f"{number(factor)}x better" if factor >= 1 else f"{number(1 / factor)}x worse"


def measure(claim: Mapping[str, Any]) -> str:
    """What was measured in the words of the text; the metric where it has none and the unit stands for them."""
    said = claim["measure"]
    return plain(said if said and said != claim["unit"] else claim["metric"])


def what(claim: Mapping[str, Any]) -> str:
    """What was measured, where and against what, in one line."""
    parts = [measure(claim)]
    if claim["direction"] == "worse":
        parts[0] += " (worse)"
    if extra := improvement(claim):
        parts.append(extra)
    if claim.get("devices"):
        parts.append("on " + ", ".join(dict.fromkeys(d["name"] for d in claim["devices"])))
    elif claim.get("hardware"):
        parts.append("on " + ", ".join(plain(h) for h in claim["hardware"]))
    if claim.get("baseline"):
        parts.append("against " + plain(claim["baseline"]))
    if claim["section"] not in ("title", "abstract"):
        parts.append("in " + plain(claim["section"]))
    if told := claim["setting"].get("hardware from"):
        parts.append(f"hardware from {plain(told)}")
    return " · ".join(parts)


def evidence(sentence: str, claims: Sequence[Mapping[str, Any]]) -> Text:
    """The sentence that carries claims, their quotes in bold."""
    shown = plain(sentence)
    text = Text(f"“{shown}”", style="dim")
    for claim in claims:
        quote = plain(claim["quote"])
        if (at := shown.find(quote)) >= 0:
            text.stylize("not dim bold", at + 1, at + 1 + len(quote))
    return text


def so_many(count: tuple[int | None, int | None]) -> str:
    """A number of devices that is asked for, as people say it.

    >>> so_many((1, 1)), so_many((101, None)), so_many((2, 8))
    ('on a single one', 'on 101 or more of them', 'on 2 to 8 of them')
    """
    low, high = count
    if low == high:
        return "on a single one" if low == 1 else f"on {low:,} of them"
    if high is None:
        return f"on {low:,} or more of them"
    return f"on {low:,} to {high:,} of them" if low is not None else f"on {high:,} or fewer of them"


def understood(read: Understood) -> str:
    """What was understood of a question, for the reader to check."""
    parts = []
    if read.metric:
        parts.append(f"{read.metric}: {read.measure}" if read.measure else read.metric)
    if read.min_factor is not None:
        parts.append(f"{'more than' if read.strict else 'at least'} {number(read.min_factor)}x better")
    if read.unit_threshold:
        limit = read.unit_threshold
        if limit.min is not None:
            parts.append(f"{number(limit.min)} {limit.unit} or more")
        if limit.max is not None:
            parts.append(f"{number(limit.max)} {limit.unit} or less")
    parts += [f"and {plain(one.words())}" for one in read.also]
    if read.max_loss:
        parts.append(f"at most {number(read.max_loss.value)} {read.max_loss.unit} lost")
    if read.parity:
        parts.append("quality kept")
    if read.hardware:
        parts.append("on " + " or ".join(read.hardware))
    if read.device_count:
        parts.append(so_many(read.device_count))
    if read.family:
        parts.append(f"family {read.family}")
    if read.baseline:
        parts.append(f"against {plain(read.baseline)}")
    if read.phase:
        parts.append(read.phase)
    if read.years:
        parts.append("years " + "–".join("" if y is None else str(y) for y in read.years))
    if read.text:
        parts.append(f"about “{plain(read.text)}”")
    return " · ".join(parts) or "nothing but its words"


def _link(link: Mapping[str, Any]) -> str:
    """`library: ADDRESS  (GPL-3.0; copyleft, for …, checked 2026-11-21)`."""
    licence = f"{plain(link['licence'])}; " if link["licence"] else ""
    return f"{link['kind']}: {plain(link['url'])}  ({licence}{plain(link['how'])})"


def print_paper(
    console: Console, rank: int, paper: PaperAnswer, claims_shown: int = 3, *, measured: Measured = MappingProxyType({})
) -> None:
    """One paper of an answer: its claims with evidence, families with what was measured of them, and links."""
    where = ", ".join(str(p) for p in (paper.year, paper.arxiv_id) if p)
    console.print(Text.assemble((f"{rank:>2}. {plain(paper.title)}", "bold"), (f"  {where}" if where else "", "dim")))
    for sentence, claims in groupby(paper.claims[:claims_shown], key=lambda claim: claim["sentence"]):
        same = list(claims)
        for claim in same:
            console.print(Text.assemble("    ", (figure(claim), "bold green"), "  ", what(claim)))
        console.print(Text.assemble("      ", evidence(sentence, same)))
    if len(paper.claims) > claims_shown:
        console.print(f"    and {len(paper.claims) - claims_shown} more claims", style="dim")
    if not paper.claims:
        for claim in paper.near[:1]:
            console.print(Text.assemble("    ", (figure(claim), "bold yellow"), "  ", what(claim)))
            console.print(Text.assemble("      why not: ", plain(str(claim["why"]))), style="yellow")
            console.print(Text.assemble("      ", evidence(claim["sentence"], [claim])))
    if not paper.hardware_stated:
        console.print("    states no hardware", style="yellow")
    if not paper.satisfies and paper.missed:
        console.print(Text(f"    why not: {'; '.join(paper.missed)}", style="yellow"))
    if paper.families:
        console.print(f"    families: {', '.join(paper.families)}", style="dim")
    for line in measured_lines(paper.families, measured):
        console.print(Text(f"    {line}", style="cyan"))
    own = [link for link in paper.implementations if link.kind == "official"]
    others = [link for link in paper.implementations if link.kind != "official"]
    for link in own + others[:LIBRARIES_SHOWN]:
        console.print(Text(f"    {_link(asdict(link))}", style="dim"))
    if paper.url:
        console.print(Text(f"    paper: {plain(paper.url)}", style="dim"))


def print_answer(console: Console, answer: Answer, *, measured: Measured = MappingProxyType({})) -> None:
    """A whole answer: the question as understood, papers that satisfy it, then the others with the reason."""
    console.print(Text(plain(answer.question), style="bold"))
    console.print(Text.assemble(("understood as: ", "dim"), understood(answer.understood)))
    if answer.note:
        console.print(Text(plain(answer.note), style="yellow"))
    others_announced = False
    for rank, paper in enumerate(answer.answers, 1):
        if not paper.satisfies and not others_announced and answer.answers[0].satisfies:
            console.print(Text("\nThe rest do not meet every condition:", style="yellow"))
        others_announced |= not paper.satisfies
        console.print()
        print_paper(console, rank, paper, measured=measured)


def print_whole_paper(console: Console, paper: Mapping[str, Any]) -> None:
    """One paper: its text with the quotes of its claims in bold, then claims, sources, families and code."""
    console.print(Text(plain(paper["title"]), style="bold"))
    known = [("published", paper.get("published")), ("arXiv", paper.get("arxiv_id")), ("by", paper.get("organisation"))]
    console.print(Text(" · ".join(f"{name} {value}" for name, value in known if value), style="dim"))
    abstract = plain(paper["abstract"])
    text = Text(abstract)
    for claim in paper["claims"]:
        if (at := abstract.find(quote := plain(claim["quote"]))) >= 0:
            text.stylize("bold green", at, at + len(quote))
    console.print(text)
    console.print(Text(f"\n{len(paper['claims'])} claims", style="bold"))
    for claim in paper["claims"]:
        whose = "" if claim["target"] == "own" else "  (somebody else's result)"
        console.print(
            Text.assemble((f"  {claim['claim_id']}  ", "dim"), (figure(claim), "bold green"), f"  {what(claim)}{whose}")
        )
    _print_families(console, paper)
    for link in paper["implementations"]:
        console.print(Text(_link(link)))
    for source in paper["sources"]:
        console.print(
            Text(
                f"seen on {plain(str(source['page']))}, listed {source.get('listed') or 'on no stated day'}",
                style="dim",
            )
        )


def _print_families(console: Console, paper: Mapping[str, Any]) -> None:
    """The families of a paper: its own best factors beside what other papers of the family claim and what was measured.

    `paper["claimed"]` and `paper["measured"]` are as `index.claimed.claimed_factors` and `index.measured.latest` give
    them.
    """
    own: dict[str, float] = {}
    for claim in paper["claims"]:
        if claim["target"] == "own" and claim["factor"] is not None and claim["direction"] != "worse":
            own[claim["metric"]] = max(claim["factor"], own.get(claim["metric"], 0.0))
    for family in paper["families"]:
        console.print(Text(f"family {family}"))
        claimed, measured = paper["claimed"].get(family, {}), paper["measured"].get(family, [])
        shown = own.keys() | {group["metric"] for group in measured}
        print_family(console, {m: c for m, c in claimed.items() if m in shown}, measured, own=own)
