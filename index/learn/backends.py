"""What it costs to run the accurate encoder in other ways, and what they lose: speed beside agreement with torch.

    python -m index.learn.backends CORPUS.parquet [--rows 256] [--only NAME …] [--json]

Each way encodes the same abstracts in batches of 64 in one thread, in the order of the corpus or by length.
Seconds are of the processor, so that a busy machine tells the same. `cosine`: of each vector with that of torch in
float32, the mean; `nearest`: of the ten nearest abstracts by torch's vectors, the share that these have too. Ways whose
library is not installed (onnxruntime with onnx and onnxscript, openvino) are named and left out.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from index.encoder import minilm_folder

_BATCH = 64
_LONGEST = 256  # tokens: what all-MiniLM-L6-v2 was trained with
_NEAREST = 10
Vectors = NDArray[np.float32]
Run = Callable[[dict[str, Any]], Any]  # a batch of tokens to vectors (n, dim), not yet of unit length


class Ways:
    """The ways to run the model, each made when it is asked for."""

    def __init__(self, scratch: Path) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(1)
        self._torch, self._scratch = torch, scratch
        made: Any = SentenceTransformer(str(minilm_folder()), device="cpu", local_files_only=True)
        self.tokenizer = made.tokenizer
        self._model = made[0].auto_model.eval()

    def torch_float32(self) -> Run:
        return self._pooled(self._model)

    def torch_bfloat16(self) -> Run:
        import copy

        return self._pooled(copy.deepcopy(self._model).to(self._torch.bfloat16))

    def torch_int8(self) -> Run:
        """Weights of the linear layers in 8 bits, activations as they come."""
        quantized = self._torch.ao.quantization.quantize_dynamic(
            self._model, {self._torch.nn.Linear}, dtype=self._torch.qint8
        )
        return self._pooled(quantized)

    def onnx_float32(self) -> Run:
        return self._onnx(self._exported())

    def onnx_int8(self) -> Run:
        quantization = import_module("onnxruntime.quantization")
        quantized = self._scratch / "int8.onnx"
        if not quantized.exists():
            kind = quantization.QuantType.QInt8
            quantization.quantize_dynamic(self._exported(), quantized, weight_type=kind, per_channel=True)
        return self._onnx(quantized)

    def openvino_float32(self) -> Run:
        return self._openvino(self._exported(), precision="f32")

    def openvino_bfloat16(self) -> Run:
        return self._openvino(self._exported(), precision="bf16")

    def openvino_int8(self) -> Run:
        self.onnx_int8()
        return self._openvino(self._scratch / "int8.onnx", precision="f32")

    def _pooled(self, model: Any) -> Run:
        torch = self._torch

        def run(batch: dict[str, Any]) -> Any:
            with torch.inference_mode():
                states = model(**{name: torch.from_numpy(part) for name, part in batch.items()}).last_hidden_state
            return _mean(states.float().numpy(), batch["attention_mask"])

        return run

    def _exported(self) -> Path:
        file = self._scratch / "model.onnx"
        if not file.exists():
            torch, model = self._torch, self._model
            names = ("input_ids", "attention_mask", "token_type_ids")

            class States(torch.nn.Module):  # type: ignore[name-defined]
                def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
                    given = dict(zip(names, (input_ids, attention_mask, token_type_ids), strict=True))
                    return model(**given).last_hidden_state

            free = {0: torch.export.Dim("texts"), 1: torch.export.Dim("tokens", max=_LONGEST)}
            torch.onnx.export(
                States(), tuple(torch.ones(2, 8, dtype=torch.int64) for _ in names), str(file),
                input_names=list(names), output_names=["states"], dynamic_shapes=[free] * len(names), dynamo=True,
                external_data=False,
            )  # fmt: skip
        return file

    def _onnx(self, file: Path) -> Run:
        onnxruntime = import_module("onnxruntime")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        return lambda batch: _mean(session.run(None, batch)[0], batch["attention_mask"])

    def _openvino(self, file: Path, *, precision: str) -> Run:
        openvino = import_module("openvino")
        settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": precision}
        model = openvino.Core().compile_model(str(file), "CPU", settings)
        return lambda batch: _mean(model(batch)[0], batch["attention_mask"])


NAMES = tuple(name for name in vars(Ways) if not name.startswith("_"))


def _mean(states: Any, mask: NDArray[np.int64]) -> Any:
    """Of the vectors of a text's tokens: how all-MiniLM-L6-v2 pools."""
    weight = mask[:, :, None].astype(np.float32)
    return (states * weight).sum(1) / weight.sum(1)


def measured(run: Run, tokenizer: Any, texts: Sequence[str], *, by_length: bool) -> tuple[Vectors, float]:
    """Vectors of unit length in the order of the texts, and seconds of the processor."""
    started = time.process_time()
    order = np.argsort([-len(text) for text in texts], kind="stable") if by_length else np.arange(len(texts))
    parts = []
    for first in range(0, len(texts), _BATCH):
        some = [texts[place] for place in order[first : first + _BATCH]]
        batch = tokenizer(some, padding=True, truncation=True, max_length=_LONGEST, return_tensors="np")
        parts.append(run({name: np.asarray(part, np.int64) for name, part in batch.items()}))
    found = np.empty((len(texts), parts[0].shape[1]), np.float32)
    found[order] = np.concatenate(parts)
    seconds = time.process_time() - started
    return found / np.linalg.norm(found, axis=1, keepdims=True), seconds


def nearest(vectors: Vectors) -> NDArray[np.int64]:
    """The ten nearest others of each."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    return np.argsort(-cosines, axis=1)[:, :_NEAREST]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rows", type=int, default=256)
    parser.add_argument("--only", action="append", choices=NAMES, default=[])
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with pq.ParquetFile(args.corpus) as file:
        rows = next(file.iter_batches(args.rows, columns=["title", "abstract"])).to_pylist()
    texts = [f"{row['title']}. {row['abstract']}" for row in rows]
    with TemporaryDirectory() as folder:
        ways = Ways(Path(folder))
        true, _ = measured(ways.torch_float32(), ways.tokenizer, texts, by_length=True)
        near = nearest(true)
        for name in args.only or NAMES:
            try:
                run = getattr(ways, name)()
            except (ImportError, RuntimeError, AttributeError) as error:
                print(f"{name:18} left out: {str(error).splitlines()[0]}")
                continue
            for by_length in (False, True) if name == "torch_float32" else (True,):
                found, seconds = measured(run, ways.tokenizer, texts, by_length=by_length)
                agreement = (
                    np.mean([len(set(a) & set(b)) for a, b in zip(nearest(found), near, strict=True)]) / _NEAREST
                )
                row = {
                    "way": name, "order": "by length" if by_length else "in order",
                    "abstracts_per_core_second": round(len(texts) / seconds, 1),
                    "cosine": round(float((found * true).sum(1).mean()), 5), "nearest": round(float(agreement), 4),
                }  # fmt: skip
                print(json.dumps(row) if args.json else _line(row), flush=True)


def _line(row: dict[str, Any]) -> str:
    speed = f"{row['abstracts_per_core_second']:8.1f} abstracts/s a core"
    return f"{row['way']:18}{row['order']:12}{speed}   cosine {row['cosine']:.5f}   nearest {row['nearest']:.4f}"


if __name__ == "__main__":
    main()
