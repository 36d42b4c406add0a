"""Technique families: the catalogue's own examples, families of papers and of questions, implementations."""

import doctest
import re
import subprocess
import sys
from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import encoder, family_features, family_model, family_questions, phrases, spelling, techniques
from index.family_features import NAMES, PRESENT, own_and_rest, presence, read_words
from index.implementations import COLUMNS, all_implementations, implementations
from index.learn.family_labels import invented
from index.learn.family_thresholds import f1, thresholds
from index.phrases import Phrases, words
from index.technique_catalogue import cues, hits_in, ids, technique
from index.techniques import families_meant, families_of, families_of_many, family_in, paper_text

SURE = {"alias", "method", "ambiguous", "strong"}
LICENCES = {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "none stated", "unknown"}
COPYLEFT = {"GPL-3.0", "AGPL-3.0", "LGPL-3.0", "LGPL-2.1"}
NON_COMMERCIAL = {"CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "Gaussian-Splatting License", "NVIDIA Source Code License"}
CUSTOM = {"OpenI-1.0", "VGGT License", "Prior Labs License", "Apple Sample Code License"}


def sure_families(text: str) -> set[str]:
    return {ids()[h.cue.family] for h in hits_in(text) if h.cue.kind in SURE}


YES = [(t.technique_id, text) for t in techniques.techniques() for text in t.yes]
NO = [(t.technique_id, text) for t in techniques.techniques() for text in t.no]


@pytest.mark.parametrize(("family", "text"), YES)
def test_the_catalogue_finds_its_yes(family: str, text: str) -> None:
    assert family in sure_families(text)


@pytest.mark.parametrize(("family", "text"), NO)
def test_the_catalogue_skips_its_no(family: str, text: str) -> None:
    assert family not in sure_families(text)


def test_the_catalogue_is_whole() -> None:
    assert len(ids()) == 60
    for family in techniques.techniques():
        assert family.parent is None or family.parent in ids()
        assert all((family.name, family.costs, family.aliases, family.yes, family.no)), family.technique_id
        assert family.plain.endswith(".")
        assert len(family.lay) >= 3, family.technique_id
        for listed in (family.aliases, family.methods, family.strong, family.weak, family.lay):
            assert not [x for x, n in Counter(listed).items() if n > 1], family.technique_id


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(KeyError, match="no technique 'quantisation'"):
        technique("quantisation")
    with pytest.raises(KeyError, match="no technique"):
        implementations("none")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Wanda", "Wanda prunes weights by their size times the activations.", True),
        ("Wanda", "Our friend Wanda likes long walks.", False),
        ("LoRA", "We tune LoRA matrices only.", True),
        ("LoRA", "LoRa gateways talk to sensors over kilometres.", False),
        ("AWQ", "AWQ keeps salient channels.", True),
        ("AWQ", "the word awq means nothing", False),
        ("Quest", "Quest loads only critical pages of the KV cache.", True),
        ("Quest", "The quest for the northern passage", False),
    ],
)
def test_names_that_are_common_words(name: str, text: str, found: bool) -> None:
    cues = [h.cue for h in hits_in(text) if h.cue.kind in ("method", "ambiguous")]
    assert any(name in c.phrase for c in cues) == found


def test_a_longer_cue_of_another_family_covers_a_shorter_one() -> None:
    """ "Token merging" was once taken for the merging of models."""
    assert "token-reduction" in sure_families("Token merging for vision transformers")
    assert "model-merging" not in sure_families("Token merging for vision transformers")


@pytest.mark.parametrize(
    ("title", "abstract", "family"),
    [
        (
            "Forget Me Wisely: Evicting Cached Keys for Long Chats",
            "The key-value cache of language models grows with every word. We evict the entries that later queries do "
            "not attend to, and reduce the memory of the KV cache by 5x without training.",
            "kv-cache-optimization",
        ),
        (
            "Rounding to Four Bits Without Regret",
            "We present a post-training quantization method for large language models. Weights are quantized to 4 bits "
            "with a small calibration set; inference is 2.1x faster at the same accuracy.",
            "quantization",
        ),
        (
            "Guess Twice, Check Once",
            "Decoding is slow since tokens come one by one. Our draft model proposes a tree of tokens that the target "
            "model verifies in parallel. This speculative decoding scheme speeds up generation by 2.8x.",
            "speculative-decoding",
        ),
        (
            "A Pocket Detector",
            "We propose a real-time object detector that runs at 90 FPS on a phone and outperforms YOLO models "
            "of its size.",
            "real-time-perception",
        ),
    ],
)
def test_families_of_a_paper(title: str, abstract: str, family: str) -> None:
    found = families_of(title, abstract)
    assert found[0][0] == family
    assert all(0 < score <= 1 for _, score in found)
    assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)


def test_a_paper_about_something_else_has_no_family() -> None:
    abstract = "We dig up clay jars along the river and date them by their ornaments. Trade with the south began early."
    assert families_of("Bronze age pottery of the upper Danube", abstract) == []


def test_many_papers_are_read_as_one_by_one_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(techniques, "BATCH", 2)
    papers = [(text, text) for _, text in YES[:7]]
    whole = list(families_of_many(iter(papers)))
    assert whole == [families_of(*p) for p in papers]
    vectors = encoder.load().encode([paper_text(*p) for p in papers])
    assert list(families_of_many(papers, vectors=vectors)) == whole


def test_vectors_of_another_encoder_are_refused() -> None:
    with pytest.raises(encoder.EncoderMissing, match="fast encoder"):
        next(families_of_many([("a", "b")], vectors=np.zeros((1, 7), dtype=np.float32)))


@pytest.mark.parametrize(
    ("abstract", "own", "rest"),
    [
        ("", "", ""),
        ("Nothing else", "", "Nothing else"),
        ("This paper is short.", "This paper is short.", ""),
        ("Nets grew. Here\n we cut them! They fit.", "Here we cut them!", "Nets grew. They fit."),
        ("It runs at 1.5 W. Our chip does.", "Our chip does.", "It runs at 1.5 W."),  # no end within a number
    ],
)
def test_sentences_in_which_a_paper_speaks_of_itself(abstract: str, own: str, rest: str) -> None:
    assert own_and_rest(abstract) == (own, rest)


def test_cues_are_counted_by_place() -> None:
    reading = read_words("Channel pruning", "Channel pruning works. Channel pruning again, and quantization.")
    much = {(c.phrase, in_title): m for (c, in_title), m in reading.cues.items() if c.kind == "alias"}
    assert much["channel pruning", True] == much["quantization", False] == 1
    assert 1 < much["channel pruning", False] < 2
    assert ("quantization", True) not in much


def test_what_is_there_is_told_to_every_family() -> None:
    rows = np.zeros((len(ids()), len(NAMES)), dtype=np.float32)
    rows[3, NAMES.index("strong in title")] = 1
    there = presence(rows).reshape(len(PRESENT), len(ids()))
    assert there.sum() == there[PRESENT.index("strong in title"), 3] == 1


def test_the_model_knows_cues_of_a_later_catalogue() -> None:
    """A cue that was added after the learning counts with what all families share, and breaks nothing."""
    learned = family_model.model()
    assert {(cue, place) for cue in cues() for place in (True, False)} == set(learned.worth)
    assert any(learned.worth.values())


def test_a_model_of_other_families_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family_model, "NAMES", (*NAMES, "another"))
    with pytest.raises(ValueError, match="learn again"):
        family_model.model.__wrapped__()


@pytest.mark.parametrize(
    ("question", "family"),
    [
        ("speculative decoding on one GPU", "speculative-decoding"),
        ("speculatve decodng 2x", "speculative-decoding"),  # misspelt
        ("quantizaton methods that keep accuracy", "quantization"),
        ("which papers use SmoothQuant?", "quantization"),
        ("drop old keys and values to chat for longer", "kv-cache-optimization"),
        ("guess the next words and let the big model check them", "speculative-decoding"),
        ("a small model that imitates a big one", "distillation"),
        ("send easy questions to a cheap model", "routing-and-cascades"),
        ("approximate nearest neighbour search", "ann-search-and-index-compression"),
        ("token merging for ViTs", "token-reduction"),
        ("Gaussian splatting with fewer Gaussians", "gaussian-splatting-compression"),
        ("kv cache eviction", "kv-cache-optimization"),
    ],
)
def test_family_of_a_question(question: str, family: str) -> None:
    assert family_in(question) == family
    assert families_meant(question)[0][0] == family


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "10x faster",
        "what was measured on an A100?",
        "papers of 2023",
        "at least 50 % less",
        "which results hold?",
    ],
)
def test_a_question_that_names_no_family(question: str) -> None:
    assert family_in(question) is None


@given(st.text(max_size=200))
def test_any_text_can_be_asked_and_read(text: str) -> None:
    assert all(0 <= score <= 1 for _, score in families_meant(text))
    assert all(0 <= score <= 1 for _, score in families_of(text, text))


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("prun* ~ weight", "Pruning the smallest weights", True),
        ("prun* ~ weight", "Pruning. The weights stay", False),  # sentence ends are not crossed
        ("prun* ~ weight", "pruning one two three four weights", False),
        ("kv cache", "KV-caches", True),
        ("a|b c", "b c", True),
        ("=AWQ", "awq", False),
        ("quantize", "quantise", True),
        ("customis* model", "customizing models", True),
        ("2 4 sparsity", "2:4 sparsity", True),
    ],
)
def test_phrases(phrase: str, text: str, found: bool) -> None:
    assert bool(list(Phrases([phrase]).find(words(text)))) == found


@pytest.mark.parametrize("phrase", ["", "~ a", "a ~", "!!"])
def test_what_is_no_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="is no phrase"):
        Phrases([phrase])


def test_implementations_are_sound() -> None:
    rows = all_implementations()
    assert {r.technique_id for r in rows} == set(ids())
    for row in rows:
        assert re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", row.repo), row
        assert row.status in ("maintained", "archived", "unknown"), row
        assert row.licence in LICENCES | COPYLEFT | NON_COMMERCIAL | CUSTOM, row
        assert not re.search(r"[^\w.-]", row.pypi), row
        assert all((row.name, row.covers)), row
        assert ("non-commercial" in row.note) == (row.licence in NON_COMMERCIAL), row
        assert ("copyleft" in row.note) == (row.licence in COPYLEFT), row
        assert row.note or row.licence not in {*CUSTOM, "none stated", "unknown"}, row
        assert not row.checked or date.fromisoformat(row.checked) >= date(2026, 11, 21), row
        assert not row.checked or row.licence != "unknown", row
    pairs = Counter((r.technique_id, r.repo.lower()) for r in rows)
    assert not [p for p, n in pairs.items() if n > 1]
    facts: dict[str, set[tuple[str, str, str]]] = {}
    for row in rows:
        facts.setdefault(row.repo.lower(), set()).add((row.licence, row.status, row.checked))
    assert not [repo for repo, seen in facts.items() if len(seen) > 1]
    assert len(COLUMNS) == 9


@pytest.mark.parametrize("family", ids())
def test_every_family_has_three_implementations(family: str) -> None:
    assert len(implementations(family)) >= 3


def test_neither_torch_nor_spacy_is_loaded() -> None:
    code = (
        "import sys; from index.techniques import families_of, family_in; family_in('lora'); families_of('a', 'b'); "
        "print([m for m in ('torch', 'spacy', 'transformers', 'sentence_transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", [phrases, spelling, techniques, family_questions, family_features])
def test_the_examples_in_the_code(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        ([0.6, 0.5, 0.0], [True, True, False]),
        ([0.29, 0.25, 0.0], [True, False, False]),  # not sure, but the likeliest
        ([0.19, 0.18, 0.17], [False, False, False]),
        ([0.1, 0.05, 0.0], [False, False, False]),
    ],
)
def test_a_family_is_sure_or_the_likeliest(probabilities: list[float], expected: list[bool]) -> None:
    assert family_model.chosen(np.array([probabilities]), 0.3, 0.2)[0].tolist() == expected


def test_thresholds_are_those_that_do_best_on_the_samples() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.random((300, 4)) ** 3
    truth = rng.random(probabilities.shape) < probabilities
    whole = np.ones(300, dtype=bool)
    pair = thresholds(probabilities, truth, [whole])
    best = f1(truth, family_model.chosen(probabilities, *pair))[2]
    assert best >= max(f1(truth, family_model.chosen(probabilities, t, 0.6))[2] for t in (0.16, 0.2, 0.3, 0.4))


def test_invented_papers_are_whole_and_each_its_own() -> None:
    papers = invented()
    assert len({title.casefold() for (title, _), _, _ in papers}) == len(papers) > 500
    for (title, abstract), families, origin in papers:
        assert origin == "invented"
        assert 1 <= len(set(families)) == len(families) <= 4, title
        assert set(families) <= set(ids()), title
        assert 40 <= len(abstract.split()) <= 160, title
