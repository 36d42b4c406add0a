"""README's generated parts are what the program prints today."""

from pathlib import Path

import pytest
from cogapp import Cog

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_readme_is_what_the_program_prints(monkeypatch):
    """Fails when the demo or a command's help changed and `make docs` was not run."""
    monkeypatch.chdir(ROOT)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert Cog().process_string(text, "README.md") == text, "run: make docs"
