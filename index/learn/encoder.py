"""Makes the fast encoder's static table (data/encoder/) out of all-MiniLM-L6-v2 and a corpus of titles and abstracts.

    python -m index.learn.encoder CORPUS.parquet data/encoder [--work DIR] [--minutes 8] [--threads 2]

Steps, each kept in the work folder so that a second run takes up where the first stopped:

1. Vocabulary: the word pieces of MiniLM that the corpus uses, and the corpus's frequent words as tokens of their own.
2. Teacher: MiniLM's embedding of every token and of every title and some sentences, reduced to `DIM` dimensions by an
   uncentred PCA over the titles (keeps the cosines between titles best).
3. First table: the tokens' reduced embeddings, weighted by a / (a + p(token)) (SIF, Arora et al., ICLR 2017), as in
   model2vec.
4. Training: a text's vector is the mean of its tokens' vectors. Two losses: InfoNCE between a title, or a sentence, and
   the rest of its abstract (in-batch negatives, both directions), and 1 - cosine to the teacher's vector of the same
   text (the idea of tokenlearn). One row in `HELD_OUT` of the corpus is never seen.
5. The table as int8 rows with one scale a row, in model2vec's folder format, and manifest.json.

No text of the corpus goes into the result: only words, their vectors, and counts.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from index.encoder import MINILM_SHA256, minilm_folder

DIM = 256
HELD_OUT = 40  # one corpus row in so many is kept out of training, chosen by the hash of its title
WORD_COUNT = 20  # a word that the corpus has so often becomes a token of its own
SIF = 1e-3
TEMPERATURE = 0.05
TEACHER_WEIGHT = 1.0
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
MAX_TOKENS = 256


def held_out(title: str) -> bool:
    """Whether the corpus row with this title is kept for measuring."""
    return int(sha256(title.encode()).hexdigest()[:8], 16) % HELD_OUT == 0


def corpus(path: Path) -> list[tuple[str, str]]:
    """(title, abstract) of every row that has both."""
    table = pq.read_table(path, columns=["title", "abstract"])
    pairs = zip(table.column("title").to_pylist(), table.column("abstract").to_pylist(), strict=True)
    return [(t.strip(), a.strip()) for t, a in pairs if t and a and len(a) > 200]


def vocabulary(pairs: list[tuple[str, str]], base: Tokenizer) -> Tokenizer:
    """MiniLM's tokenizer with the pieces that the corpus never uses left out and its frequent words put in."""
    counts = Counter(w for t, a in pairs for w in re.findall(r"[a-z]+", f"{t} {a}".lower()))
    known = base.get_vocab()
    used: set[int] = set()
    for encoding in base.encode_batch([t for t, _ in pairs] + [a for _, a in pairs], add_special_tokens=False):
        used.update(encoding.ids)
    words = sorted(w for w, n in counts.items() if n >= WORD_COUNT and w not in known and len(w) < 30)
    letters = {t for t in known if len(t.removeprefix("##")) == 1 and t.isascii()}
    kept = [t for t, i in sorted(known.items(), key=lambda x: x[1]) if i in used or t in letters]
    special = ["[PAD]", "[UNK]"]
    tokens = special + [t for t in kept if t not in special] + words
    state = json.loads(base.to_str())
    state["model"]["vocab"] = {t: i for i, t in enumerate(tokens)}
    state["model"]["max_input_chars_per_word"] = 60
    state["added_tokens"] = [
        {
            "id": i,
            "content": t,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for i, t in enumerate(special)
    ]
    state["post_processor"] = state["truncation"] = state["padding"] = None
    return Tokenizer.from_str(json.dumps(state))


class Teacher:
    """MiniLM in bfloat16: mean-pooled, L2-normalised embeddings of short texts."""

    def __init__(self) -> None:
        from transformers import AutoModel, AutoTokenizer

        folder = str(minilm_folder())
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.model = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.bfloat16).eval()

    def encode(self, texts: list[str], *, tokens: int = 64, batch: int = 128) -> np.ndarray:
        """float32 (n, 384), rows L2-normalised."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        out = np.zeros((len(texts), 384), dtype=np.float32)
        start = time.time()
        with torch.inference_mode():
            for n, at in enumerate(range(0, len(order), batch)):
                rows = order[at : at + batch]
                inputs = self.tokenizer(
                    [texts[i] for i in rows], padding=True, truncation=True, max_length=tokens, return_tensors="pt"
                )
                hidden = self.model(**inputs).last_hidden_state.float()
                mask = inputs["attention_mask"].unsqueeze(-1).float()
                pooled = (hidden * mask).sum(1) / mask.sum(1)
                out[rows] = torch.nn.functional.normalize(pooled, dim=1).numpy()
                if n % 100 == 0:
                    print(f"  teacher {at}/{len(texts)} {time.time() - start:.0f} s", file=sys.stderr)
        return out


def sentences_of(abstract: str) -> list[str]:
    """The abstract's sentences, near enough for training."""
    return [s for s in SENTENCE.split(abstract) if len(s) > 30]


class Bags:
    """Token ids of many texts in one flat array, taken out as EmbeddingBag batches."""

    def __init__(self, tokenizer: Tokenizer, texts: list[str]) -> None:
        flat: list[int] = []
        starts = [0]
        unknown = tokenizer.token_to_id("[UNK]")
        for at in range(0, len(texts), 10_000):
            for e in tokenizer.encode_batch(texts[at : at + 10_000], add_special_tokens=False):
                flat.extend([i for i in e.ids if i != unknown][:MAX_TOKENS])
                starts.append(len(flat))
        self.flat, self.starts = np.array(flat, dtype=np.int64), np.array(starts, dtype=np.int64)

    def batch(self, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        parts = [self.flat[self.starts[r] : self.starts[r + 1]] for r in rows]
        offsets = np.cumsum([0] + [len(p) for p in parts[:-1]])
        return torch.from_numpy(np.concatenate(parts)), torch.from_numpy(offsets.astype(np.int64))


def train(
    table: np.ndarray,
    pairs: list[tuple[str, str]],
    tokenizer: Tokenizer,
    taught: tuple[list[str], np.ndarray],
    *,
    minutes: float,
    batch: int = 1024,
    rate: float = 2e-3,
    seed: int = 7,
) -> np.ndarray:
    """The table after training: float32 (tokens, DIM). `taught` holds texts and the teacher's (n, DIM) vectors."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(table.copy()), freeze=False, mode="mean")
    optimizer = torch.optim.Adam(bag.parameters(), lr=rate)
    titles = Bags(tokenizer, [t for t, _ in pairs])
    split = [sentences_of(a) for _, a in pairs]
    firsts = Bags(tokenizer, [" ".join(s[::2]) or a for s, (_, a) in zip(split, pairs, strict=True)])
    seconds = Bags(tokenizer, [" ".join(s[1::2]) or a for s, (_, a) in zip(split, pairs, strict=True)])
    single = Bags(tokenizer, [str(rng.choice(s)) if s else t for s, (t, _) in zip(split, pairs, strict=True)])
    teacher_texts = Bags(tokenizer, taught[0])
    goal = torch.nn.functional.normalize(torch.from_numpy(taught[1]), dim=1)
    print(f"  {len(pairs)} pairs, {len(taught[0])} taught texts", file=sys.stderr)
    encode = lambda bags, rows: torch.nn.functional.normalize(bag(*bags.batch(rows)), dim=1)  # noqa: E731
    start, step, means = time.time(), 0, np.zeros(3)
    total = minutes * 60
    views = [(titles, firsts), (titles, seconds), (single, titles), (firsts, seconds)]
    while (spent := time.time() - start) < total:
        for group in optimizer.param_groups:
            group["lr"] = rate * max(0.05, 1 - spent / total)
        rows = rng.choice(len(pairs), batch, replace=False)
        left, right = views[step % len(views)]
        scores = encode(left, rows) @ encode(right, rows).T / TEMPERATURE
        truth = torch.arange(batch)
        contrast = (
            torch.nn.functional.cross_entropy(scores, truth) + torch.nn.functional.cross_entropy(scores.T, truth)
        ) / 2
        shown = rng.choice(len(taught[0]), batch, replace=False)
        imitate = 1 - (encode(teacher_texts, shown) * goal[shown]).sum(1).mean()
        loss = contrast + TEACHER_WEIGHT * imitate * 10
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        means += (float(loss), float(contrast), float(imitate))
        step += 1
        if step % 100 == 0:
            print(f"  step {step} {spent:.0f} s: loss, contrast, imitate {np.round(means / 100, 4)}", file=sys.stderr)
            means[:] = 0
    return bag.weight.detach().numpy()


def save(table: np.ndarray, tokenizer: Tokenizer, out: Path, *, source: Path, steps: dict[str, object]) -> None:
    """Writes the folder that `index.encoder.load` reads: int8 rows, one float32 scale a row."""
    out.mkdir(parents=True, exist_ok=True)
    scale = np.maximum(np.abs(table).max(axis=1), 1e-8) / 127
    codes = np.round(table / scale[:, None]).astype(np.int8)
    save_file({"embeddings": codes, "weights": scale.astype(np.float32)}, out / "model.safetensors")
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    (out / "config.json").write_text(json.dumps({"normalize": True, "max_length": 512}) + "\n")
    manifest = {
        "name": f"paperclaims-static-{DIM}",
        "dim": int(table.shape[1]),
        "tokens": int(table.shape[0]),
        "made_by": "index/learn/encoder.py",
        "made_on": date.today().isoformat(),
        "teacher": {"model": "all-MiniLM-L6-v2", "licence": "Apache-2.0", "sha256": MINILM_SHA256},
        "corpus": {"file": source.name, "sha256": sha256(source.read_bytes()).hexdigest()},
        "sha256": sha256((out / "model.safetensors").read_bytes()).hexdigest(),
        **steps,
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--work", type=Path, default=Path("var/encoder"))
    parser.add_argument("--minutes", type=float, default=6, help="of training, after the teacher's part")
    parser.add_argument("--sentences", type=int, default=20_000, help="taught beside the titles")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    everything = corpus(args.corpus)
    pairs = [p for p in everything if not held_out(p[0])]
    tokenizer_file = args.work / "tokenizer.json"
    if not tokenizer_file.exists():
        vocabulary(pairs, Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))).save(str(tokenizer_file))
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokens = [t for t, _ in sorted(tokenizer.get_vocab().items(), key=lambda x: x[1])]
    print(f"{len(pairs)} pairs, {len(tokens)} tokens", file=sys.stderr)
    rng = np.random.default_rng(11)
    texts = [t for t, _ in pairs]
    some = rng.choice(len(pairs), min(args.sentences, len(pairs)), replace=False)
    texts += [str(rng.choice(s)) for i in some if (s := sentences_of(pairs[i][1]))]
    taught_file = args.work / f"taught-{len(texts)}.npy"
    tokens_file = args.work / "tokens.npy"
    if not taught_file.exists() or not tokens_file.exists():
        teacher = Teacher()
        np.save(tokens_file, teacher.encode([t.removeprefix("##") for t in tokens], tokens=16))
        np.save(taught_file, teacher.encode(texts))
    taught = np.load(taught_file)
    _, _, axes = np.linalg.svd(taught[:40_000], full_matrices=False)
    project = axes[:DIM].T
    counts = np.bincount(Bags(tokenizer, [a for _, a in pairs]).flat, minlength=len(tokens)) + 1.0
    weights = SIF / (SIF + counts / counts.sum())
    first = (np.load(tokens_file) @ project * weights[:, None]).astype(np.float32)
    np.save(args.work / "first.npy", first)
    table = train(first, pairs, tokenizer, (texts, (taught @ project).astype(np.float32)), minutes=args.minutes)
    save(
        table,
        tokenizer,
        args.out,
        source=args.corpus,
        steps={"minutes": args.minutes, "sentences": args.sentences, "temperature": TEMPERATURE, "sif": SIF},
    )


if __name__ == "__main__":
    main()
