"""The tools as an assistant sees them: the SDK's own client over stdio."""

import json
import sys

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


def talk(home, *calls):
    """What the server answers to tool calls, as (whether it is an error, text)."""

    async def run():
        server = StdioServerParameters(command=sys.executable, args=["-m", "ui.cli", "mcp", "--home", str(home)])
        async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            tools = await session.list_tools()
            answers = [await session.call_tool(name, arguments) for name, arguments in calls]
            return [t.name for t in tools.tools], [(a.is_error, a.content[0].text) for a in answers]

    return anyio.run(run)


@pytest.mark.slow
def test_an_assistant_can_ask_query_and_look(home):
    tools, answers = talk(
        home,
        ("ask", {"question": "at least 2x faster on an A100", "top": 3}),
        ("sql", {"query": "select count(*) from papers", "limit": 5}),
        ("sql", {"query": "copy papers to '/tmp/stolen.csv'"}),
        ("show", {"paper": "2501.00001"}),
        ("show", {"paper": "no such paper"}),
    )
    assert tools == ["ask", "sql", "show"]
    asked, counted, refused, shown, missing = answers
    assert json.loads(asked[1])["answers"][0]["satisfies"]
    assert json.loads(counted[1])["rows"] == [[6]]
    assert refused[0]
    assert json.loads(shown[1])["arxiv_id"] == "2501.00001"
    assert missing[0]
    assert "near titles" in missing[1]
