"""The probability of each technique family for a paper, by what index/learn/families.py learned.

One logistic regression a family, and beside them a network over the paper's words (`index.family_words`). The logit of
a regression is the sum of four parts:

- the meaning: weights of the family over four vectors of the fast encoder (the whole paper, its title, the sentences in
  which it speaks of itself, the other sentences), and over which families' cues are there at all;
- the cues of the family, counted and placed (`index.family_features`), with weights that all families share;
- what each single cue of the catalogue turned out to be worth, in a title and in an abstract;
- the bias of the family.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

import data
from index.encoder import Encoder, EncoderMissing
from index.family_features import NAMES, PRESENT, own_and_rest, presence, read_words, with_vector
from index.family_words import WordNet
from index.family_words import read as read_net
from index.technique_catalogue import Cue, cues, ids

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
PARTS = 4  # vectors that the meaning of a paper is read from


@dataclass(frozen=True, slots=True)
class FamilyModel:
    """What was learned; `predict` says how the parts work together."""

    threshold: float  # families above it belong to the paper, and others as `chosen` says
    least: float
    seeds: Doubles  # (families, dim) and (families,): the classifier over the paper's vector that needed no labels
    seed_biases: Doubles
    weights: Doubles  # (families, PARTS * dim + len(PRESENT) * families)
    biases: Doubles  # (families,)
    shared: Doubles  # (len(NAMES),)
    worth: dict[tuple[Cue, bool], float]  # of a cue, in a title (True) or an abstract
    net: WordNet

    @property
    def dim(self) -> int:
        """Numbers of a vector of the encoder that it was learned with."""
        return int(self.seeds.shape[1])


@cache
def model() -> FamilyModel:
    """Read from data/families.* and data/family_words.json. Raises ValueError where they do not fit the code."""
    row: dict[str, Any] = json.loads(data.text("families.json"))
    stored = load(data.path("families.safetensors").read_bytes())
    tensors: dict[str, Doubles] = {
        name: values.astype(np.float64) for name, values in stored.items() if not name.startswith("words.")
    }
    if (row["features"], row["present"], row["families"]) != (list(NAMES), list(PRESENT), list(ids())):
        raise ValueError(
            "data/families.json was learned for other features or families than index/family_features.py and "
            "techniques.toml have; learn again with: python -m index.learn.families"
        )
    learned = {(family, kind, phrase): both for family, kind, phrase, *both in row["cues"]}
    worth = {}
    for cue in cues():
        both = learned.get((ids()[cue.family], cue.kind, cue.phrase), [0.0, 0.0])
        worth.update({(cue, True): both[0], (cue, False): both[1]})
    return FamilyModel(
        threshold=float(row["threshold"]),
        least=float(row["least"]),
        seeds=tensors["seeds"],
        seed_biases=tensors["seed_biases"],
        weights=tensors["weights"],
        biases=tensors["biases"],
        shared=np.array(row["shared"]),
        worth=worth,
        net=read_net(json.loads(data.text("family_words.json")), stored),
    )


def chosen(probabilities: NDArray[np.floating], threshold: float, least: float) -> NDArray[np.bool_]:
    """bool (papers, families): those above `threshold`, and the most probable one of a paper from above `least` on."""
    out: NDArray[np.bool_] = probabilities > threshold
    out[np.arange(len(out)), probabilities.argmax(axis=1)] |= probabilities.max(axis=1) > least
    return out


def vectors_of(papers: Sequence[tuple[str, str]], whole: Floats, encoder: Encoder) -> Floats:
    """float32 (papers, PARTS * dim): `whole`, of whole papers, beside those of titles, own sentences, the rest."""
    texts = []
    for title, abstract in papers:
        texts += [title, *own_and_rest(abstract)]
    parts = encoder.encode(texts).reshape(len(papers), -1)
    return np.hstack([whole, parts])


def predict(papers: Sequence[tuple[str, str]], whole: Floats, encoder: Encoder) -> Floats:
    """float32 (papers, families): calibrated probabilities, families in the order of `ids()`.

    `whole` are the fast encoder's vectors of whole papers, float32 (papers, dim), `encoder` that encoder. Raises
    EncoderMissing when the vectors are another encoder's.
    """
    learned = model()
    if whole.shape[1] != learned.dim:
        raise EncoderMissing(
            f"families were learned on vectors of {learned.dim} numbers, got {whole.shape[1]}: "
            "give the vectors of the fast encoder, or none"
        )
    # In float64 and paper by paper, so that rounded scores are the same however many papers go together.
    meaning = vectors_of(papers, whole, encoder).astype(np.float64)
    logits = np.zeros((len(papers), len(ids())))
    for number, (title, abstract) in enumerate(papers):
        reading = read_words(title, abstract)
        said = np.concatenate([meaning[number], presence(reading.rows)])
        seed_logits = learned.seeds @ meaning[number, : learned.dim] + learned.seed_biases
        by_cues = learned.weights @ said + with_vector(reading.rows, seed_logits) @ learned.shared + learned.biases
        for (cue, in_title), much in reading.cues.items():
            by_cues[cue.family] += learned.worth[cue, in_title] * much
        logits[number] = learned.net.share * by_cues + learned.net.scores(title, abstract, said)
    return (1 / (1 + np.exp(-logits))).astype(np.float32)
