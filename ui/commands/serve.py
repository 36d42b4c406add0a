"""`claims serve`: the Streamlit app."""

import os
import subprocess
import sys
from pathlib import Path

import click

from ui.command import command


@command()
@click.option("--port", type=click.IntRange(0, 65535), default=8501, show_default=True)
@click.option("--address", default="127.0.0.1", show_default=True, help="Address to listen on.")
def serve(home: Path, as_json: bool, port: int, address: str) -> None:
    """Open the app: ask, see what was understood, answers with evidence and links."""
    if as_json:
        raise click.UsageError("serve prints no result, so --json has no meaning here")
    from index import KnowledgeBase

    KnowledgeBase.open(home).close()  # a clear message now, rather than in the browser
    from ui.serving import call

    environment = os.environ | {"CLAIMS_HOME": str(home.resolve())}
    done = subprocess.run(call(port=port, address=address), env=environment, check=False)
    sys.exit(done.returncode)
