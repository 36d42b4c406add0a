"""`claims mcp`: the knowledge base as tools for assistants, over the Model Context Protocol on stdin and stdout."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ui.command import command

MOST_PAPERS, MOST_ROWS, LONGEST = 50, 1000, 30.0  # of one answer, of one query, seconds of one query


@command()
def mcp(home: Path, as_json: bool) -> None:
    """Serve the tools ask, sql and show to an assistant (Model Context Protocol, stdio).

    \b
    In an assistant's settings:  {"command": "claims", "args": ["mcp", "--home", "/path/to/var"]}
    """
    if as_json:
        raise click.UsageError("mcp speaks its own protocol, so --json has no meaning here")
    from index import KnowledgeBase

    KnowledgeBase.open(home).close()  # a clear message now, rather than in the assistant
    server(home).run("stdio")


def server(home: Path) -> Any:
    """The MCP server over the knowledge base of a home. Each call opens the build that is current then."""
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    from index import KnowledgeBase
    from index.answer import as_json

    @contextmanager
    def opened() -> Iterator[KnowledgeBase]:
        try:
            with KnowledgeBase.open(home) as base:
                yield base
        except (ValueError, OSError) as error:  # others are bugs, and the SDK hides their words from the assistant
            raise ToolError(str(error)) from error

    tools = MCPServer(
        "paperclaims",
        instructions="Quantitative claims of machine-learning papers. Every figure comes with its sentence; cite it.",
    )

    @tools.tool()
    def ask(question: str, top: int = 10) -> dict[str, Any]:
        """Answer a question such as "at least 2x faster on an A100 without losing accuracy".

        Returns what was understood, then papers with claims, evidence sentences and links to code; `satisfies` tells
        those that meet every condition from near misses, `note` says which condition nothing meets. At most 50 papers.
        """
        with opened() as base:
            return as_json(base.ask(question, top=max(1, min(top, MOST_PAPERS))))

    @tools.tool()
    def sql(query: str, limit: int = 100) -> dict[str, Any]:
        """Run one read-only DuckDB statement; the view claims_wide has one row a claim with everything joined.

        Returns columns, rows and whether there were more rows than `limit` (at most 1000). Thirty seconds at most.
        `select table_name, column_name, comment from duckdb_columns()` shows the schema.
        """
        with opened() as base:
            return base.sql(query, limit=max(1, min(limit, MOST_ROWS)), timeout=LONGEST).as_json()

    @tools.tool()
    def show(paper: str) -> dict[str, Any]:
        """One paper by paper id, arXiv id or title: abstract, claims, devices, technique families, code, sources."""
        with opened() as base:
            return base.show(paper)

    return tools
