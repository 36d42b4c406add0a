"""`claims demo`: the whole main job on the bundled sample pages, in a home of its own."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import click

from index.answer import Answer
from ui.command import command, err, out, print_json

QUESTIONS = (
    "which techniques give at least 2x speedup on GPUs",
    "less memory on a Jetson or a microcontroller without losing accuracy",
)
MARK = "demo-home"  # a file that says: made by the demo, may be made anew


def _without_addresses(answer: Answer) -> Answer:
    """The papers' pages were on the demo's server, which is gone when a reader could click on them."""
    return replace(answer, answers=tuple(replace(paper, url=None) for paper in answer.answers))


@command(home=False)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/demo"),
    show_default=True,
    help="Folder that the demo makes anew; never a knowledge base of yours.",
)
def demo(home: Path, as_json: bool) -> None:
    """Crawl the bundled sample pages from a server on this machine, extract, build, ask, and print the answers.

    The papers are invented. They go to a home of their own and never enter another one.
    """
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        raise click.UsageError(f"{home} is not empty and was not made by the demo; give another folder with --home")
    from crawler.crawl import CrawlRequest, crawl
    from crawler.demo_site import DAYS, serve

    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / MARK).write_text("Invented papers of `claims demo`. Made anew each time.\n", encoding="utf-8")
    started = time.monotonic()
    with serve() as site:
        err.print(f"1/3 crawling the sample pages of {len(DAYS)} invented days, served at {site} ...", markup=False)
        request = CrawlRequest(start=min(DAYS), end=max(DAYS), base_url=site, no_throttle=True)
        crawled = crawl(home, request)
    err.print(f"    {crawled.read} papers read, {crawled.new} new, {len(crawled.unreadable)} pages unreadable")
    err.print("2/3 extracting claims and building the knowledge base ...")
    from index.build import build

    report = build(home)
    err.print(f"    {report.claims} claims in {report.papers} papers")
    err.print("3/3 asking ...")
    from index import KnowledgeBase
    from index.answer import as_json as answer_json
    from ui.printing import print_answer

    with KnowledgeBase.open(home) as base:
        answers = [_without_addresses(base.ask(question, top=3)) for question in QUESTIONS]
    if as_json:
        print_json([answer_json(answer) for answer in answers])
    else:
        for answer in answers:
            out.rule()
            print_answer(out, answer)
        out.rule()
    err.print(f"done in {time.monotonic() - started:.0f} s. The papers above are invented. Next, with real ones:")
    err.print(
        "  claims import PAGES...       saved daily-paper pages, API responses, or JSONL, CSV and Parquet corpora"
    )
    err.print("  claims crawl --date DAY      the live daily papers")
    err.print("  claims build                 then: claims ask QUESTION, claims sql QUERY, claims status")
    err.print(f'  claims ask --home {home} "..."   ask the sample papers something else', markup=False)
