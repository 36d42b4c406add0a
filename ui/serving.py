"""How the app is started: one place for the command and for the tests that open it in a browser."""

import sys
from pathlib import Path

OPTIONS = {
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "viewer",
    "client.showErrorDetails": "none",
    "theme.light.primaryColor": "#0b7a4b",
    "theme.dark.primaryColor": "#1f9d66",
    "theme.light.linkColor": "#0b5cad",
    "theme.dark.linkColor": "#7db7ff",
    "theme.paddingTop": "1.5rem",
}


def call(*, port: int, address: str) -> list[str]:
    """The command line that serves the app; the home comes from CLAIMS_HOME in its environment."""
    app = Path(__file__).with_name("app.py")
    options = OPTIONS | {"server.port": str(port), "server.address": address}
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(app),
        *(f"--{name}={value}" for name, value in options.items()),
    ]
