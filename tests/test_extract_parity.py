"""Which sentences state that quality is kept, and which only look like it; sentences of our own."""

import pytest

import data
from extract import linear, parity
from extract.figures import sentences_of
from extract.parity_excluded import excluded
from extract.reader import claims, explain


def parities(text: str) -> list[str]:
    return [c.quote for c in claims("A study of Fastnet", text, key="k") if c.kind == "parity" and c.target == "own"]


def candidates(text: str) -> list[parity.Parity]:
    return [c for s in sentences_of(text) for c in parity.candidates(text, s, ())]


@pytest.mark.parametrize(
    "text",
    [
        "Tests show that Fastnet halves latency while maintaining or, in some cases, slightly exceeding the accuracy.",
        "Fastnet runs 2x faster while maintaining the same or even reaching higher accuracy.",
        "Fastnet cuts latency by 20% without appreciably sacrificing accuracy.",
        "On ImageNet, Fastnet matches the frozen-backbone model while running 3x faster.",
        "Fastnet cuts inference cost by 40% while achieving benchmark parity.",
        "Tests show that Fastnet nearly matches native accuracy at half the memory.",
        "Results show that Fastnet is statistically indistinguishable from dense training in accuracy.",
        "Experiments show that Fastnet prunes half of the layers without destroying the model's general abilities.",
        "On our benchmarks Fastnet performs on par with or better than dense models.",
    ],
)
def test_kept_quality(text: str) -> None:
    assert parities(text)


@pytest.mark.parametrize(
    "text",
    [
        "Fastnet achieves training speeds comparable to those of dense models.",
        "Fastnet reduces memory to levels comparable to small models and is 2x faster.",
        "Fastnet is 2x faster while maintaining accuracy within 2% of the baseline.",
        "Fastnet matches the accuracy of dense training to within 3% while skipping most tokens.",
        "Fastnet improves by 7% over the strongest size-matched baseline.",
        "To speed up inference while maintaining performance comparable to dense models, we propose Fastnet.",
        "Deployment on phones demands methods that preserve accuracy.",
        "Fastnet keeps all layers while preserving precision-critical spans.",
        "This often leads to different similarity calculation results.",
        "Existing methods maintain accuracy but need much memory.",
        "Fastnet retains BF16 precision for the first layer.",
        "Fastnet keeps the same structure for all layers.",
        "Fastnet reaches real-time performance on phones.",
        "Fastnet shows competitive performance on three benchmarks.",
        "We study lossless compression of text and its history.",
        "The aim is to cut memory without losing accuracy.",
        "Fastnet has latency on par with small models.",
    ],
)
def test_no_parity(text: str) -> None:
    assert not parities(text)


def test_two_statements_of_one_sentence_are_two_claims() -> None:
    text = "Fastnet runs 2x faster while preserving accuracy and cuts memory by half without hurting recall."
    assert parities(text) == ["preserving accuracy", "without hurting recall"]


@pytest.mark.parametrize(
    ("text", "words", "rules"),
    [
        ("It nets 2x while preserving fluent output.", "preserving fluent output", {"keeps-any"}),
        ("It trains while retaining accuracy and fluent output.", "retaining accuracy", {"keeps", "keeps-any"}),
        ("Accuracy rivals that of dense nets.", "rivals that of dense nets", {"matches-any"}),
        ("It runs on phones, barely affecting the accuracy.", "barely affecting the accuracy", {"barely-changes"}),
    ],
)
def test_a_broad_rule_proposes_and_adds_its_name_to_a_narrow_one(text: str, words: str, rules: set[str]) -> None:
    found = candidates(text)
    assert [text[c.start : c.end] for c in found] == [words]
    assert rules <= set(found[0].rules)


def test_broad_rules_are_told_by_their_names() -> None:
    names = [rule["name"] for rule in data.table("parity.toml")["rule"]]
    assert len(set(names)) == len(names)
    assert {n for n in names if n.endswith("-any")} == {
        "keeps-any", "matches-any", "equal-any", "level-any", "without-any", "lossless-any"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "words", "rules", "why"),
    [
        ("maintaining accuracy is hard.", "maintaining accuracy", {"keeps"}, "opening"),
        ("it is preserving precision-critical spans.", "preserving precision", {"keeps"}, "hyphen"),
        ("it shows latency on par with small nets.", "on par with", {"on-par"}, "cost"),
        ("to run while keeping accuracy, we propose it.", "keeping accuracy", {"keeps"}, "proposal"),
        ("it shows competitive accuracy.", "competitive accuracy", {"competitive", "level-any"}, "competitive"),
        ("it runs with negligible accuracy loss of 1%.", "negligible accuracy loss", {"small-quality-loss"}, "figure"),
        ("deployment needs to keep accuracy.", "keep accuracy", {"keeps"}, "wish"),
        ("it preserves accuracy, a crucial matter.", "preserves accuracy", {"keeps"}, "wish-behind"),
        ("it investigates pruning while preserving accuracy.", "preserving accuracy", {"keeps"}, "plan"),
        ("layers are merged to preserve accuracy.", "preserve accuracy", {"keeps"}, "to"),
        ("it shows no loss of accuracy.", "no loss of accuracy", {"small-loss"}, None),
    ],
)
def test_why_words_may_be_no_parity(sentence: str, words: str, rules: set[str], why: str | None) -> None:
    at = sentence.index(words)
    assert excluded(sentence, at, at + len(words), rules, figures=False) == why


def test_features_tell_the_words_around_what_is_kept_and_whose_it_is() -> None:
    text = "We show that Fastnet halves memory while preserving the accuracy (95.1%)."
    made = set(candidates(text)[0].features)
    assert {
        "l1:while",
        "t:preserv",
        "kept:accuracy",
        "x:while",
        "x:res",
        "own-before",
        "paren-right",
        "digit-right",
    } <= made
    assert "others" not in made
    assert "others" in candidates("Existing methods cut memory while preserving accuracy.")[0].features


def test_most_features_of_a_candidate_are_known_to_the_model() -> None:
    known = linear.load().parity.rows
    made = candidates("Experiments show that Fastnet is 2x faster while preserving the accuracy of dense models.")
    assert sum(f in known for f in made[0].features) > 0.8 * len(made[0].features)


def test_explain_names_rules_and_words_behind_a_parity_claim() -> None:
    text = "Experiments show that Fastnet is 2x faster without loss of accuracy."
    row = next(r for r in explain("Fastnet", text, key="k") if isinstance(r["rules"], list))
    assert "without-loss" in row["rules"]
    assert row["reasons"]["parity"]  # type: ignore[index]
