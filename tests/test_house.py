"""The house itself: imports flow one way, names are ours, nothing in ui/ hides a room."""

import ast
import importlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("data", "crawler", "extract", "index", "ui")
# What each room may import, by DESIGN: only rooms before it; `reference` stands alone and serves only the screens.
ALLOWED = {room: set(ROOMS[:i]) for i, room in enumerate(ROOMS)} | {"reference": set()}
ALLOWED["ui"] |= {"reference"}
# extract/ does not know where papers come from
ALLOWED["extract"] -= {"crawler"}


def imports(path: Path) -> set[str]:
    """Top-level names that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the room's name, the line then shows the direction"
            found.add((node.module or "").split(".")[0])
    return found


def wrong_way(room: str, path: Path) -> set[str]:
    return imports(path) & set(ALLOWED) - ALLOWED[room] - {room}


@pytest.mark.parametrize("room", [r for r in ALLOWED if (ROOT / r).is_dir()])
def test_imports_flow_one_way(room):
    wrong = {str(f.relative_to(ROOT)): w for f in (ROOT / room).rglob("*.py") if (w := wrong_way(room, f))}
    assert not wrong


def test_a_planted_import_is_caught(tmp_path):
    """The guard itself works: an import against the direction is seen, also inside a function."""
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from ui.cli import cli\n")
    assert wrong_way("index", bad) == {"ui"}


@pytest.mark.parametrize("room", ROOMS)
def test_names_are_ours(room):
    """No other distribution's `data` or `index` stands before ours (an editable install is assumed)."""
    assert Path(importlib.import_module(room).__file__).is_relative_to(ROOT)


def test_no_file_in_ui_hides_a_room():
    """`streamlit run ui/app.py` puts ui/ first on sys.path."""
    assert not {p.stem for p in (ROOT / "ui").iterdir()} & (set(ROOMS) | set(sys.stdlib_module_names) - {"__init__"})


def test_grammar_and_arithmetic_load_without_spacy_or_torch():
    """Questions are read with them, and `claims ask` must start fast."""
    heavy = {"spacy", "torch", "sentence_transformers", "transformers"}
    plain = ("quantities", "devices", "factors", "sentences", "claim")
    found = {f.name: imports(f) & heavy for f in (ROOT / "extract").glob("*.py") if f.stem in plain}
    assert not {name: names for name, names in found.items() if names}


def test_no_registry_address_and_no_product_code_that_reads_shared():
    """The project names no package index; the product never reads the founders' shared folder."""
    registry = re.compile(
        "py" + r"pi\.org|files\.python" + "hosted|deb\\.deb" + "ian|registry\\.np" + "mjs|index-" + "url"
    )
    wrong = []
    for path in [
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
        ROOT / "README.md",
        *(f for r in ROOMS for f in (ROOT / r).rglob("*.py")),
    ]:
        text = path.read_text(encoding="utf-8")
        if registry.search(text) or (path.suffix == ".py" and "/shared/" in text):
            wrong.append(str(path))
    assert not wrong
