"""Learns data/question_families.safetensors (half a minute): python -m index.learn.question_families

Softmax regression (Adam, whole batches) over the vector of a text as a question and its stems, from the names,
aliases, descriptions and lay phrasings of data/techniques.toml and the questions of data/paraphrases.toml. Beside it,
how much what is learned counts against the words and the meaning that speak for a family.
Cross-validated over these questions; they are in the style of one author, other people's will be harder.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

import data
from index import question_encoder
from index.family_questions import evidence
from index.phrases import words
from index.question_families import (
    BESIDE,
    FAMILIES,
    MODEL,
    RARITY,
    STEMS,
    WEIGHTS,
    probabilities,
    utilities,
    word_features,
)
from index.technique_catalogue import ids, techniques
from index.words import tokens

FOLDS, ROUNDS, STEP, DECAY, QUESTION = 5, 120, 0.1, 1e-5, 1.5  # QUESTION: weight of a question among the examples
NEWTON, PULL = 20, 1.0  # steps, and how strongly the four weights of the sum are drawn to nothing
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with the place of their family (the last place is for none), and which of them are questions."""

    texts: list[str]
    families: NDArray[np.intp]
    questions: NDArray[np.bool_]


def examples() -> Examples:
    """Everything that there is to learn from."""
    said = data.table("paraphrases.toml")
    rows: list[tuple[str, int, bool]] = []
    for place, (family, technique) in enumerate(zip(ids(), techniques(), strict=True)):
        known = (technique.name, technique.plain, *technique.lay, *technique.aliases, *technique.broad)
        rows += [(text, place, False) for text in known]
        rows += [(text, place, True) for text in said["say"][family]]
    rows += [(text, len(ids()), True) for text in said["none"]["say"]]
    texts = [" ".join(words(text)) for text, _, _ in rows]
    return Examples(texts, np.array([p for _, p, _ in rows]), np.array([q for _, _, q in rows]))


def learned(features: Floats, families: NDArray[np.intp], weights: Floats) -> Floats:
    """float32 (features, classes) of the least weighted cross-entropy plus DECAY times half the squared weights."""
    classes = len(ids()) + 1
    found = np.zeros((features.shape[1], classes), np.float32)
    first, second = np.zeros_like(found), np.zeros_like(found)
    wanted = np.eye(classes, dtype=np.float32)[families]
    share = (weights / weights.sum())[:, None]
    for turn in range(1, ROUNDS + 1):
        slope = features.T @ ((probabilities(features @ found) - wanted) * share) + DECAY * found
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope * slope
        found -= STEP * (first / (1 - 0.9**turn)) / (np.sqrt(second / (1 - 0.999**turn)) + 1e-8)
    return found


def beside(given: Examples, chances: Floats) -> Floats:
    """float32 (4,): the weights of `index.question_families.weighed`, by Newton's method on the questions.

    `chances`: float32 (texts, classes), what models that have not seen a question say of it.
    """
    asked = np.flatnonzero(given.questions)
    spoken = [evidence(given.texts[row]) for row in asked]
    features = utilities(np.array([e.said for e in spoken]), np.array([e.near for e in spoken]), chances[asked])
    places, found = given.families[asked], np.zeros(features.shape[-1])
    right = features[np.arange(len(places)), places]

    def loss(weights: NDArray[np.float64]) -> float:
        scores = features @ weights
        highest = scores.max(1)
        total = highest + np.log(np.exp(scores - highest[:, None]).sum(1))
        return float((total - right @ weights).sum() + PULL / 2 * weights @ weights)

    for _ in range(NEWTON):
        likely = probabilities((features @ found).astype(np.float32)).astype(np.float64)
        mean = np.einsum("qc,qcf->qf", likely, features)
        spread = np.einsum("qc,qcf,qcg->fg", likely, features, features) - mean.T @ mean
        step = np.linalg.solve(spread + PULL * np.eye(len(found)), (right - mean).sum(0) - PULL * found)
        while np.abs(step).max() > 1e-4 and loss(found + step) > loss(found):
            step = step / 2
        found = found + step
    ranked = (features @ found).argmax(1)
    print(
        {"right with words and meaning": round(float((ranked == places).mean()), 3), "weights": found.round(2).tolist()}
    )
    return found.astype(np.float32)


def unseen(features: Floats, given: Examples, weights: Floats) -> Floats:
    """float32 (texts, classes): what a model makes of each question that was learned without it and a fifth of all."""
    fold = np.random.default_rng(0).integers(0, FOLDS, len(given.texts))
    chances = np.zeros((len(fold), len(ids()) + 1), np.float32)
    for number in range(FOLDS):
        out = given.questions & (fold == number)
        model = learned(features[~out], given.families[~out], weights[~out])
        chances[out] = probabilities(features[out] @ model)
    return chances


def worth(given: Examples, chances: Floats) -> dict[str, float]:
    """Shares of the questions by what was learned without them: given their family; surely; rightly of those."""
    asked, sure, right = given.questions, chances.max(1), chances.argmax(1) == given.families
    return {
        "right": float(right[asked].mean()),
        "above 0.7": float((sure[asked] >= 0.7).mean()),
        "right of those": float(right[asked & (sure >= 0.7)].mean()),
    }


def main() -> None:
    """Writes the model beside the other data and prints what cross-validation says."""
    given = examples()
    stems = sorted({stem for text in given.texts for stem in tokens(text)})
    places = {stem: place for place, stem in enumerate(stems)}
    having = np.zeros(len(stems), np.float32)
    for text in given.texts:
        for stem in set(tokens(text)):
            having[places[stem]] += 1
    rarity = np.log((len(given.texts) + 1) / (having + 0.5)).astype(np.float32)
    features = np.hstack([question_encoder.load().encode(given.texts), word_features(given.texts, places, rarity)])
    weights = np.where(given.questions, QUESTION, 1.0).astype(np.float32)
    chances = unseen(features, given, weights)
    print({name: round(value, 3) for name, value in worth(given, chances).items()})
    as_bytes = lambda lines: np.frombuffer("\n".join(lines).encode("utf-8"), np.uint8)  # noqa: E731
    save_file(
        {
            WEIGHTS: learned(features, given.families, weights).astype(np.float16),
            RARITY: rarity.astype(np.float16),
            STEMS: as_bytes(stems),
            FAMILIES: as_bytes(ids()),
            BESIDE: beside(given, chances),
        },
        data.path("paraphrases.toml").with_name(MODEL),
    )


if __name__ == "__main__":
    main()
