"""What a build reads out of each paper: claims, devices named anywhere in it, families. In several processes."""

from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import data
from extract import devices, stream
from index import techniques
from index.encoder import EncoderMissing, load

_BATCH = 256
# Packages whose code and files decide what is read out of a text. What was read by other code is read again.
_READERS = ("extract",)
_READER_FILES = tuple(
    f"index.{name}"
    for name in ("reading", "techniques", "technique_catalogue", "family_features", "phrases", "encoder")
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


def claims_of(papers: Iterable[dict[str, Any]], *, jobs: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each paper ({"paper_no", "paper_id", "title", "abstract"}) with the rows of its claims, in the order given."""
    waiting: deque[dict[str, Any]] = deque()  # papers handed on whose claims have not come back yet, in order

    def handed_on() -> Iterator[dict[str, Any]]:
        for paper in papers:
            waiting.append(paper)
            yield {"key": paper["paper_id"], "title": paper["title"], "abstract": paper["abstract"]}

    for result in stream.extract_rows(handed_on(), jobs=jobs):
        paper = waiting.popleft()
        yield paper, [_claim_row(paper, place, claim) for place, claim in enumerate(result["claims"])]


def _claim_row(paper: dict[str, Any], place: int, claim: dict[str, Any]) -> dict[str, Any]:
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


class Traits(NamedTuple):
    """What is read out of one paper beside its claims."""

    paper_no: int
    devices: list[dict[str, Any]]  # rows of `paper_devices`
    techniques: list[dict[str, Any]]  # rows of `paper_techniques`
    vector: NDArray[np.float32] | None  # of the fast encoder, made for the families


def traits_of(papers: Iterable[dict[str, Any]], *, jobs: int, families: bool = True) -> Iterator[list[Traits]]:
    """The traits of each paper, in batches and in order; no techniques and vectors if `families` is off."""
    traits = _traits if families else _devices_only
    source = iter(papers)
    batches = iter(lambda: list(islice(source, _BATCH)), [])
    if jobs == 1:
        yield from map(traits, batches)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(traits, batches)
        pool.close()
        pool.join()


def _traits(papers: list[dict[str, Any]]) -> list[Traits]:
    texts = [(p["title"], p["abstract"]) for p in papers]
    vectors = load().encode([techniques.paper_text(*text) for text in texts])
    families = techniques.families_of_many(texts, vectors=vectors)
    return [
        Traits(paper["paper_no"], _paper_devices(paper), _paper_techniques(paper, found), vector)
        for paper, found, vector in zip(papers, families, vectors, strict=True)
    ]


def _devices_only(papers: list[dict[str, Any]]) -> list[Traits]:
    return [Traits(paper["paper_no"], _paper_devices(paper), [], None) for paper in papers]


def _paper_devices(paper: dict[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for in_title, text in ((True, paper["title"]), (False, paper["abstract"])):
        for mention in devices.find(text):
            for name in mention.names:
                row = {"device": name, "mention": mention.text, "in_title": in_title}
                found.setdefault(name, row | {"paper_no": paper["paper_no"], "paper_id": paper["paper_id"]})
    return list(found.values())


def _paper_techniques(paper: dict[str, Any], families: list[tuple[str, float]]) -> list[dict[str, Any]]:
    return [
        {"paper_no": paper["paper_no"], "paper_id": paper["paper_id"], "technique_id": family, "score": float(score)}
        for family, score in families
    ]
