"""What a build reads out of each paper: claims, devices named anywhere in it, families. In several processes."""

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import data
from extract import devices
from extract.claim import as_json
from extract.processes import spread
from extract.stream import MAX_TEXT
from index import techniques
from index.encoder import EncoderMissing, load

_BATCH = 128  # papers handed to a process at a time
# Packages whose code and files decide what is read out of a text. What was read by other code is read again.
_READERS = ("extract",)
_READER_FILES = tuple(
    f"index.{name}"
    for name in ("reading", "full_texts", "techniques", "technique_catalogue", "family_features", "phrases", "encoder")
)
_KEPT = {".py", ".toml", ".csv", ".json", ".safetensors", ".npz"}


@cache
def version() -> str:
    """Sixteen hex digits over all code and lexicons that read papers: no one has to remember to raise a number."""
    files = [f for package in _READERS for f in _package(package).rglob("*") if f.suffix in _KEPT]
    files += [Path(str(find_spec(module).origin)) for module in _READER_FILES]  # type: ignore[union-attr]
    for folder in (data.path("schema.sql").parent, data.path("encoder")):
        files += [f for f in folder.iterdir() if f.suffix in _KEPT]
    digest = sha256()
    for file in sorted(files, key=lambda f: (f.parent.name, f.name)):
        digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _package(name: str) -> Path:
    return Path(str(find_spec(name).origin)).parent  # type: ignore[union-attr]


class Read(NamedTuple):
    """What is read out of one paper."""

    paper_no: int
    claims: list[dict[str, Any]]  # rows of `claims`, numbered within the paper
    devices: list[dict[str, Any]]  # rows of `paper_devices`
    techniques: list[dict[str, Any]]  # rows of `paper_techniques`
    vector: NDArray[np.float32] | None  # of the fast encoder, made for the families


def read(papers: Iterable[dict[str, Any]], *, jobs: int, families: bool = True) -> Iterator[list[Read]]:
    """Reads papers {"paper_no", "paper_id", "title", "abstract"}, in batches and in order; flat memory.

    Without `families` there are no techniques and no vectors. Raises OSError when a process that reads is killed.
    """
    source = iter(papers)
    batches = iter(lambda: list(islice(source, _BATCH)), [])
    return spread(_read if families else _read_without_families, batches, jobs=jobs)


def _read(papers: list[dict[str, Any]]) -> list[Read]:
    texts = [(p["title"], p["abstract"]) for p in papers]
    vectors = load().encode([techniques.paper_text(*text) for text in texts])
    families = techniques.families_of_many(texts, vectors=vectors)
    return [
        Read(paper["paper_no"], _claims(paper), _paper_devices(paper), _paper_techniques(paper, found), vector)
        for paper, found, vector in zip(papers, families, vectors, strict=True)
    ]


def _read_without_families(papers: list[dict[str, Any]]) -> list[Read]:
    return [Read(paper["paper_no"], _claims(paper), _paper_devices(paper), [], None) for paper in papers]


def _claims(paper: dict[str, Any]) -> list[dict[str, Any]]:
    from extract.reader import claims  # only where papers are read: it takes a second

    title, abstract = paper["title"][:MAX_TEXT], paper["abstract"][:MAX_TEXT]
    found = claims(title, abstract, key=paper["paper_id"])
    return [claim_row(paper, place, as_json(claim)) for place, claim in enumerate(found)]


def claim_row(paper: dict[str, Any], place: int, claim: dict[str, Any]) -> dict[str, Any]:
    """A claim as a row of the table `claims`, its number being its place among the claims of the paper."""
    resolved = [
        {"mention": d["mention"], "device": d["name"], "vendor": d["vendor"], "device_class": d["class"]}
        for d in claim["devices"]
    ]
    return claim | {
        "claim_no": place,
        "paper_no": paper["paper_no"],
        "paper_id": paper["paper_id"],
        "devices": resolved,
        "setting": list(claim["setting"].items()),
    }


def families_missing() -> str:
    """Why families cannot be told here, empty when they can: it takes the fast encoder."""
    try:
        load()
    except EncoderMissing as error:
        return str(error)
    return ""


def _paper_devices(paper: dict[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for in_title, section in ((True, "title"), (False, "abstract")):
        text = paper[section]
        for mention in devices.find(text):
            for name in mention.names:
                row = {"device": name, "mention": mention.text, "in_title": in_title, "section": section}
                found.setdefault(name, row | {"paper_no": paper["paper_no"], "paper_id": paper["paper_id"]})
    return list(found.values())


def _paper_techniques(paper: dict[str, Any], families: list[tuple[str, float]]) -> list[dict[str, Any]]:
    return [
        {"paper_no": paper["paper_no"], "paper_id": paper["paper_id"], "technique_id": family, "score": float(score)}
        for family, score in families
    ]
