"""What techniques and baselines are chosen from, how one is chosen, how choosing is learned; sentences of our own."""

import numpy as np
import pytest

from extract.chooser import Candidate, Chooser, content, few, same
from extract.context import Sentence
from extract.figures import sentences_of
from extract.learn.choosing import Choice, answer, fitted
from extract.names import Names
from extract.reader import explain
from extract.spans import phrases, spans
from extract.standing import Standing
from extract.wordshape import is_verb, shape


def only(text: str) -> Sentence:
    (sentence,) = sentences_of(text)
    return sentence


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("HasteNet is 3x faster than dense attention.", {"HasteNet": "run", "dense attention": "run"}),
        # compounds stay whole, parts of long runs and the names in them are phrases too
        (
            "It is 3x faster than the two-stage Haste pipeline.",
            {"two-stage Haste pipeline": "run", "Haste pipeline": "tail", "Haste": "name", "two-stage Haste": "head"},
        ),
        ("Beam search with caching takes 30 ms.", {"Beam search": "run", "Beam search with caching": "join:with"}),
        # a dot within a name parts nothing
        ("HasteNet v2.x runs at 30 FPS.", {"HasteNet v2.x": "run"}),
    ],
)
def test_phrases_of_a_sentence(sentence: str, expected: dict[str, str]) -> None:
    s = only(sentence)
    found = {sentence[s.starts[a] : s.ends[b - 1]]: how for (a, b), how in spans(s).items()}
    assert expected.items() <= found.items()


def test_phrases_of_a_text() -> None:
    assert phrases("Quick Nets for Slow Roads via Haste", most=2) == ["Quick Nets", "Slow Roads"]


@pytest.mark.parametrize(
    ("title", "abstract", "name", "feature"),
    [
        ("HasteNet: Quick Nets", "Nets are slow.", "HasteNet", "N:by=title"),
        ("HasteNet: Quick Nets", "Nets are slow.", "HasteNet", "N:own"),
        ("Quick Nets", "We propose a lazy routing scheme. It is fast.", "lazy routing scheme", "N:by=propose00"),
        ("Quick Nets", "Our lazy router is fast.", "lazy router", "N:by=ours-00"),
        ("Quick Nets", "It beats GlueNet. On GlueNet data we win.", "GlueNet", "N:count=2"),
        ("Quick Nets", "It beats GlueNet.", "GlueNet", "N:no-own"),
        ("HasteNet: Quick Nets", "HasteNet-large wins.", "HasteNet-large", "N:holds-own"),
    ],
)
def test_names_of_a_paper(title: str, abstract: str, name: str, feature: str) -> None:
    assert feature in Names(title, abstract).features[name]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GPT-4", "digits"),
        ("LeoAM", "mixed"),
        ("HASTE", "capitals"),
        ("KV", "short"),
        ("Routing", "plain"),
        ("lazy routing", "lower"),
    ],
)
def test_shape(name: str, expected: str) -> None:
    assert shape(name) == expected


@pytest.mark.parametrize(("word", "expected"), [("reduces", True), ("reduction", False), ("net", False), ("", False)])
def test_is_verb(word: str, expected: bool) -> None:
    assert is_verb(word) is expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("HasteNet", ["L", "Lf0", "Lc0", "Lb0", "Lv1"]),
        ("GlueNet", ["R", "Rf0", "Rc1", "Rb1", "Rv0"]),
    ],
)
def test_standing_to_a_figure(phrase: str, expected: list[str]) -> None:
    text = "HasteNet reaches 30 FPS, while GlueNet needs a day."
    standing = Standing(only(text), text)
    span = next(x for x in standing.spans if x.text == phrase)
    side, features = standing.to_figure(standing.s.places[0], span.first, span.end)
    assert side == expected[0]
    assert features[:5] == expected


def small(weights: dict[str, float], *, least: float = 0.0) -> Chooser:
    """A chooser of linear weights alone."""
    rows = {name: i for i, name in enumerate(["", *weights])}
    table = np.zeros((len(rows), 2), np.float32)
    table[1:, 0] = list(weights.values())
    return Chooser(rows, table, np.zeros(1, np.float32), np.zeros(1, np.float32), {"": 0.0}, least, 0.0)


NONE, A, AB, C = (
    Candidate(None, [few("none")]),
    Candidate("lazy router", [few("a")]),
    Candidate("the lazy router", [few("b")]),
    Candidate("GlueNet", [few("c")]),
)


@pytest.mark.parametrize(
    ("weights", "least", "expected"),
    [
        ({"a": 1.0, "c": 2.0}, 0.0, "GlueNet"),
        # two that name the same thing count together
        ({"a": 1.8, "b": 1.7, "c": 2.0}, 0.0, "lazy router"),
        # the probability of the best one must do
        ({"none": 3.0, "c": 2.0}, 0.5, None),
        ({"none": 1.0, "c": 3.0}, 0.5, "GlueNet"),
        # what is not known counts for nothing
        ({"other": 9.0, "c": 0.1}, 0.0, "lazy router"),
    ],
)
def test_best(weights: dict[str, float], least: float, expected: str | None) -> None:
    best, _ = small(weights, least=least).best([], [NONE, A, AB, C])
    assert (best.text if best is not None else None) == expected


def test_nothing_to_choose_from() -> None:
    assert small({}).best([], [NONE]) == (None, 0.0)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("the lazy router", "lazy router", True),
        ("lazy router", "lazy reader of routes", False),
        ("", "", False),
    ],
)
def test_same(a: str, b: str, expected: bool) -> None:
    assert same(content(a), content(b)) is expected


def made(n: int) -> list[Choice]:
    """Claims whose right name stands left, where the rules are wrong in one kind of them."""
    out = []
    for i in range(n):
        wrong = i % 2 == 0
        found = [NONE, Candidate("Left", [few("left")]), Candidate("Right", [few("right")])]
        context = ["C:odd" if wrong else "C:plain"]
        out.append(Choice(f"p{i}", context, found, [1], "Left", "Right" if wrong else "Left"))
    return out


def test_choosing_is_learned() -> None:
    from extract.chooser import chooser

    claims = made(120)
    stored, arrays = fitted(claims, least=0.1, doubt=0.0)
    model = chooser(stored, arrays)
    assert [answer(model, c) for c in claims[:4]] == ["Left"] * 4
    assert model.doubted(claims[0].context) > 0 > model.doubted(claims[1].context)
    again, same_arrays = fitted(claims, least=0.1, doubt=0.0)
    assert again == stored
    assert all(np.array_equal(same_arrays[name], arrays[name]) for name in arrays)


def test_explained() -> None:
    abstract = "HasteNet is slim. With lazy routing, HasteNet is 3x faster than dense attention."
    (row,) = explain("HasteNet: Quick Nets", abstract, key="k")
    for field, expected in (("technique", "HasteNet"), ("baseline", "dense attention")):
        why = row[field]
        assert isinstance(why, dict)
        assert why["chosen"] == expected
        assert 0 <= why["doubt"] <= 1
