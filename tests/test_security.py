"""SECURITY.md keeps its word: the tests that it names are there, and the guards without a test elsewhere hold."""

import ast
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from index import encoder
from index.build import build
from index.encoder import EncoderMissing
from ui.cli import cli
from ui.commands.serve import serve

ROOT = Path(__file__).parents[1]
ROOMS = ("crawler", "extract", "index", "ui", "data", "reference")


def functions():
    """Names of all test functions."""
    files = (ROOT / "tests").glob("test_*.py")
    return {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.M)}


def test_every_threat_has_a_guard_and_a_test_that_is_there():
    text, there = (ROOT / "SECURITY.md").read_text(encoding="utf-8"), functions()
    rows = [line for line in text.splitlines() if line.startswith("|")][2:]
    assert len(rows) > 15
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert cells[1], row
        assert cells[2], row
        named = re.findall(r"`(test_\w+)`", cells[3])
        assert named, f"without a test: {row}"
        assert set(named) <= there, set(named) - there


UNPICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "skops"}


def test_nothing_is_unpickled():
    """No module that unpickles, no `allow_pickle`, no `torch.load`, no bm25s index loaded by bm25s' own reader."""
    wrong = []
    for path in (f for room in ROOMS for f in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                wrong += [f"{place} imports {name}" for name in names if name.split(".")[0] in UNPICKLES]
            if isinstance(node, ast.keyword) and node.arg in ("allow_pickle", "trust_remote_code"):
                told = node.value.value if isinstance(node.value, ast.Constant) else None
                wrong += [f"{place} sets {node.arg}"] if told is not False else []
            if isinstance(node, ast.Attribute) and node.attr in ("load", "read_pickle", "load_model"):
                owner = ast.unparse(node.value)
                if owner in ("torch", "pd", "pandas", "bm25s.BM25", "bm25s", "joblib", "Words", "BM25"):
                    wrong.append(f"{place} calls {owner}.{node.attr}")
    assert not wrong


def test_a_planted_unpickling_is_seen():
    """The guard above itself works."""
    for source, what in (("import joblib", ast.Import), ("x = np.load(f, allow_pickle=True)", ast.keyword)):
        assert any(isinstance(node, what) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "1_Dense/pytorch_model.bin", "weights.pt", "head.pkl"])
def test_pickled_weights_are_refused(tmp_path, name):
    (tmp_path / "modules.json").write_text("[]")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'touch /tmp/claims-pickled'\ntR.")
    with pytest.raises(EncoderMissing, match=r"pickled.*safetensors"):
        encoder.load(str(tmp_path))
    assert not Path("/tmp/claims-pickled").exists()


@pytest.mark.parametrize(
    ("modules", "why"),
    [
        ([{"idx": 0, "name": "0", "path": "", "type": "os.system"}], "code of its own, 'os.system'"),
        ([{"type": "sentence_transformers_evil.Model"}], "code of its own"),
        ({"type": "x"}, "is not as sentence-transformers writes it"),
        ([3], "is not as sentence-transformers writes it"),
    ],
)
def test_a_model_with_code_of_its_own_is_refused(tmp_path, modules, why):
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(EncoderMissing, match=why):
        encoder.load(str(tmp_path))


def test_the_app_listens_on_this_machine_only():
    (address,) = [option for option in serve.params if option.name == "address"]
    assert address.default == "127.0.0.1"


def test_a_title_cannot_drive_the_terminal(tmp_path, fill, invented):
    title = "Wren \x1b]0;owned\x07\x1b[2J\x9b31m: A Paper"
    fill(tmp_path, [invented(title, f"{title} is 2x faster than Heron on an A100.", 1, arxiv_id="2501.00009")])
    build(tmp_path, jobs=1)
    for words in (["show", "2501.00009"], ["ask", "faster on an A100"], ["sql", "SELECT title, abstract FROM papers"]):
        shown = CliRunner().invoke(cli, [*words, "--home", str(tmp_path)])
        assert shown.exit_code == 0, shown.output
        assert "Wren" in shown.output
        assert not re.search(r"[\x1b\x07\x9b]", shown.output), words
