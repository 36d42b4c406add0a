"""`claims crawl` and `claims import`: papers into the knowledge base's archive."""

from pathlib import Path
from typing import Any

import click

from ui.command import command, err, out, print_json, report_unreadable

_DAY = click.DateTime(["%Y-%m-%d"])


def _report(result: Any, as_json: bool) -> None:
    """What was read, for people or as JSON; leaves with code 3 when something could not be read."""
    if as_json:
        print_json(result.as_json())
    else:
        out.print(f"{result.read} entries read: {result.new} new papers, {result.changed} changed")
        if result.new or result.changed:
            err.print("next: claims build")
    report_unreadable(result.as_json()["unreadable"])


@command()
@click.argument("paths", nargs=-1, required=True, type=click.Path())
def import_(home: Path, as_json: bool, paths: tuple[str, ...]) -> None:
    """Read saved pages (text, HTML), API responses (JSON, Atom), corpora (JSONL, CSV, Parquet), folders of them.

    \b
    A path - reads standard input. Importing the same again changes nothing.
    Example:  claims import pages/ corpus.parquet
    """
    from crawler.reading import import_paths

    with err.status("reading …") as status:
        result = import_paths(home, paths, progress=lambda file, read: status.update(f"{file}: {read:,} entries"))
    _report(result, as_json)


@command()
@click.option("--date", type=_DAY, help="One day.")
@click.option("--from", "start", type=_DAY, help="First day of a range.")
@click.option("--to", "end", type=_DAY, help="Last day of a range; today if not given.")
@click.option("--week", metavar="YYYY-Www", help="One week, such as 2026-W09.")
@click.option("--month", metavar="YYYY-MM", help="One month.")
@click.option("--trending", is_flag=True, help="The trending papers.")
@click.option("--search", metavar="TEXT", help="Papers that the site finds for TEXT.")
@click.option("--arxiv", metavar="QUERY", help="An arXiv API query, such as 'cat:cs.LG AND abs:pruning'.")
@click.option(
    "--paper", "papers", multiple=True, metavar="ARXIV_ID", help="Details of a single paper; may be repeated."
)
@click.option("--gaps", is_flag=True, help="Days between those ever crawled that failed or were never asked for.")
@click.option(
    "--fulltext", is_flag=True, help="Full texts (arXiv HTML) of papers here that lack them, or of each --paper."
)
@click.option("--fulltext-limit", type=click.IntRange(1), default=500, show_default=True, help="Full texts in one run.")
@click.option("--contact", help="Address for the user agent at which you can be reached; also CLAIMS_CONTACT.")
@click.option("--source", type=click.Choice(["auto", "api", "html"]), default="auto", show_default=True)
@click.option("--base-url", help="Another site of the same structure.")
@click.option("--arxiv-base-url", help="Another arXiv API.")
@click.option("--no-throttle", is_flag=True, help="As fast as it goes; only for a host on this machine.")
def crawl(home: Path, as_json: bool, **options: Any) -> None:
    """Fetch daily papers politely; without options: everything since the last crawl.

    \b
    Example:  claims crawl --from 2026-06-01 --to 2026-06-05
              claims crawl --arxiv "abs:quantization AND cat:cs.LG"
    """
    from crawler.crawl import CrawlError, CrawlRequest
    from crawler.crawl import crawl as run
    from ui.progress import steps

    for name in ("date", "start", "end"):
        options[name] = options[name] and options[name].date()
    try:
        request = CrawlRequest(**options)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    try:
        with steps() as tell:
            result = run(home, request, progress=tell)
    except CrawlError as error:
        raise click.ClickException(str(error)) from error
    _report(result, as_json)


import_.name = "import"
