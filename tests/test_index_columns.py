"""The files that questions are filtered with and answered from hold what the tables hold, verdicts included."""

import subprocess
import sys

import numpy as np
import pytest

from index import KnowledgeBase
from index.codes import Codes, joined
from index.column_files import FOLDER, read
from index.columns import Columns
from index.named_measures import told
from index.record_files import RecordFile

VERDICTS = (
    ("confirm", {}),
    ("reject", {}),
    ("set", {"field": "hardware", "value": "H100; Jetson Orin"}),
    ("set", {"field": "baseline", "value": "A Baseline of Nobody"}),
    ("set", {"field": "value", "value": "7.5"}),
    ("set", {"field": "unit", "value": "parsec"}),
)
WORDS = ("metric", "kind", "unit", "direction", "target", "phase", "bound", "baseline")
NUMBERS = ("value", "value_max", "from_value", "factor_min", "factor_max", "factor", "delta")


@pytest.fixture(params=["as built", "judged"])
def judged(request, home):
    """The small knowledge base as it was built, and with a verdict of each kind."""
    if request.param == "judged":
        with KnowledgeBase.open(home) as base:
            claims = base.rows("SELECT claim_id FROM claims WHERE kind <> 'parity' ORDER BY claim_no")
            for claim, (verdict, more) in zip(claims, VERDICTS, strict=False):
                base.curate(claim["claim_id"], verdict, **more)
    with KnowledgeBase.open(home) as base:
        assert base.verdicts.entries == (len(VERDICTS) if request.param == "judged" else 0)
        yield base


def kept(base):
    """The claims as they stand, from the tables."""
    rejected = "SELECT claim_id FROM curation WHERE verdict = 'reject' AND claim_id IS NOT NULL"
    return base.rows(f"SELECT * FROM claims_now WHERE claim_id NOT IN ({rejected}) ORDER BY claim_no")


def test_columns_hold_what_the_tables_hold(judged):
    claims, columns = kept(judged), judged.columns
    assert columns.claim_no.tolist() == [c["claim_no"] for c in claims]
    assert columns.paper.tolist() == [c["paper_no"] for c in claims]
    for name in WORDS:
        codes = getattr(columns, name)
        assert [codes.words[n] if n >= 0 else None for n in codes.numbers] == [c[name] for c in claims]
    measured = [told(c["metric"], c["measure"], c["quote"]) for c in claims]
    assert [columns.measured.words[n] if n >= 0 else None for n in columns.measured.numbers] == measured
    for name in NUMBERS:
        expected = [np.nan if c[name] is None else c[name] for c in claims]
        np.testing.assert_array_equal(getattr(columns, name), expected)
    confirmed = {r["claim_id"] for r in judged.rows("SELECT claim_id FROM curation WHERE verdict = 'confirm'")}
    sure = [1 if c["claim_id"] in confirmed else c["confidence"] for c in claims]
    np.testing.assert_array_equal(columns.confidence, sure)
    for name in ("H100", "A100", "Jetson Orin"):
        on = [any(d["device"].endswith(name) for d in c["devices"]) for c in claims]
        assert columns.on(lambda device, name=name: device.endswith(name)).tolist() == on
    assert columns.with_hardware().tolist() == [bool(c["devices"]) for c in claims]


def test_papers_hold_what_the_tables_hold(base):
    columns = base.columns
    papers = base.rows("SELECT published_year, published FROM papers ORDER BY paper_no")
    assert [None if np.isnan(y) else int(y) for y in columns.year] == [p["published_year"] for p in papers]
    assert [None if np.isnat(d) else d.astype(object) for d in columns.published] == [p["published"] for p in papers]
    named = {r["paper_no"] for r in base.rows("SELECT paper_no FROM paper_devices")}
    assert set(np.flatnonzero(columns.naming_hardware())) == named
    said = base.rows("SELECT paper_no, unnest(counts) AS number FROM paper_devices WHERE device = 'A100' ORDER BY ALL")
    assert sorted(zip(*columns.device_counts("A100".__eq__), strict=True)) == [tuple(r.values()) for r in said]
    for row in base.rows("SELECT technique_id, paper_no, score FROM paper_techniques"):
        assert columns.family_scores(row["technique_id"])[row["paper_no"]] == row["score"]
    families = base.rows("SELECT technique_id, count(*) AS n FROM paper_techniques GROUP BY technique_id")
    assert families
    for row in families:
        assert len(columns.family_members(row["technique_id"])[0]) == row["n"]
    assert not columns.family_scores("no such family").any()


def test_records_hold_what_the_tables_hold(judged):
    """The claims of each paper, with the devices renamed, and its families and code, in the order of old queries."""
    claims = kept(judged)
    families = "SELECT technique_id FROM paper_techniques WHERE paper_no = ? ORDER BY score DESC, technique_id"
    code = "SELECT i.url FROM implementations AS i JOIN papers USING (paper_id) WHERE paper_no = ? ORDER BY how, i.url"
    papers = judged.rows("SELECT paper_no, paper_id, arxiv_id, title, url, published_year FROM papers")
    for paper in papers:
        number = paper.pop("paper_no")
        record = judged.records.of(number)
        assert record.paper == paper
        expected = [
            {k: v for k, v in c.items() if k not in ("claim_no", "paper_no", "paper_id", "devices")}
            for c in claims
            if c["paper_no"] == number
        ]
        assert [{k: v for k, v in c.items() if k != "devices"} for c in record.claims] == expected
        devices = [[d["device"] for d in c["devices"]] for c in claims if c["paper_no"] == number]
        assert [[d["name"] for d in c["devices"]] for c in record.claims] == devices
        assert record.families == [r["technique_id"] for r in judged.rows(families, [number])]
        own = [i.url for i in record.implementations if i.kind == "official"]
        assert own == [r["url"] for r in judged.rows(code, [number])]
    for missing in (-1, len(papers)):
        with pytest.raises(KeyError):
            judged.records.of(missing)


def test_a_damaged_record_is_named(home):
    (folder,) = (p for p in (home / "builds").iterdir() if p.name == "1")
    whole = (folder / "records" / "rows.bin").read_bytes()
    (folder / "records" / "rows.bin").write_bytes(b"\0" + whole[1:])
    file = RecordFile(folder)
    with pytest.raises(ValueError, match=r"rows\.bin is damaged at paper 0"):
        file.row(0)
    assert file.row(1).paper["title"].startswith("Heron")
    file.close()


def test_missing_arrays_are_named(home):
    from index.builds import HomeError

    with KnowledgeBase.open(home) as base:
        (base.build.folder / FOLDER / "words.json").write_text("{")
        with pytest.raises(HomeError, match=r"build 1 is damaged.*claims build"):
            base.ask("faster")


def _columns(paper, papers, **more):
    """Columns of nothing but papers of claims."""
    count = len(paper)
    arrays = {name: np.full(count, np.nan) for name in (*NUMBERS, "confidence")}
    arrays |= {name: Codes((), np.full(count, -1)) for name in (*WORDS, "measured")}
    arrays |= {"claim_no": np.arange(count, dtype=np.int32), "paper": np.array(paper, np.int32)}
    arrays |= {"front": np.ones(count, np.bool_), "year": np.full(papers, np.nan)}
    arrays |= {"published": np.full(papers, "NaT", "datetime64[D]")}
    for name, numbers in (
        ("device", "device_claim"), ("mention", "mention_paper"), ("counted", "counted_paper"),
        ("family", "family_paper"),
    ):  # fmt: skip
        arrays |= {name: Codes((), np.zeros(0, np.int8)), numbers: np.zeros(0, np.int32)}
    arrays |= {"counted_number": np.zeros(0, np.int32)}
    return Columns(arrays | {"family_score": np.zeros(0), "mention_in_title": np.zeros(0, np.bool_)} | more)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.06, 0.5, 1.0])
@pytest.mark.parametrize("papers", [1, 7, 300])
def test_papers_of_claims_and_their_largest_value(share, papers):
    """By the few and by the many: the same as claim by claim. Some papers have no claim."""
    random = np.random.default_rng(papers)
    paper = np.sort(random.integers(0, papers, 400))
    factor = np.where(random.random(400) < 0.3, np.nan, random.normal(1, 1, 400))
    columns = _columns(paper, papers, factor=factor)
    claims = random.random(400) < share
    expected = np.zeros(papers, np.bool_)
    largest = np.ones(papers)
    for number, wanted, value in zip(paper, claims, factor, strict=True):
        if wanted:
            expected[number] = True
            largest[number] = max(largest[number], value if value > 1 else 1)
    assert columns.papers_of(claims).tolist() == expected.tolist()
    assert columns.largest(factor, claims, least=1.0).tolist() == largest.tolist()


def test_no_claims_and_no_papers():
    empty = _columns([], 0)
    assert empty.papers_of(np.zeros(0, np.bool_)).tolist() == []
    assert _columns([], 3).papers_of(np.zeros(0, np.bool_)).tolist() == [False] * 3


@pytest.mark.parametrize("known", [1, 126, 127, 128, 300])
def test_joined_codes_keep_their_words(known):
    """Around the largest number of each type; rows without a word keep none."""
    one = Codes(tuple(f"a{n}" for n in range(known)), np.array([-1, 0, known - 1]))
    other = Codes(("new", "a0"), np.array([0, 1, -1], np.int8))
    both = joined(one, other)
    assert [both.words[n] if n >= 0 else None for n in both.numbers] == [
        None, "a0", f"a{known - 1}", "new", "a0", None,
    ]  # fmt: skip
    assert both.equal("new").tolist() == [False, False, False, True, False, False]


def test_arrays_of_a_build_are_all_read(base):
    found = read(base.build.folder)
    assert {f.stem for f in (base.build.folder / FOLDER).glob("*.npy")} == set(found)
    assert all(f"{FOLDER}/{name}.npy" in base.build.manifest["files"] for name in found), "hashed in the manifest"


def test_a_question_alone_loads_neither_duckdb_nor_arrow(home):
    """They take a third of the time that a cold question has."""
    code = (
        "import sys\nfrom index import KnowledgeBase\n"
        f"with KnowledgeBase.open({str(home)!r}) as base:\n"
        "    assert base.ask('at least 2x faster on an A100').answers[0].satisfies\n"
        "    print([m for m in ('duckdb', 'pyarrow', 'pandas', 'scipy', 'sklearn', 'torch', 'spacy') "
        "if m in sys.modules])\n"
        "    print(base.rows('SELECT count(*) AS n FROM papers'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[{'n': 6}]"]


@pytest.mark.parametrize(
    "asked",
    [
        "FlashAttention",
        "FlashAttention-2",
        "autoregressive decoding",
        "PyTorch or JAX",
        "full fine-tuning",
        "x",
        "vLLM / SGLang, TGI",
        "Straße",
        "---",
        "a_b",
    ],
)
def test_baselines_are_searched_all_at_once_as_one_by_one(asked):
    from index.conditions import alternatives, names_baseline, short_names
    from index.names import Names

    written = (
        "FlashAttention-2", "flash\nattention", "the PyTorch code", "pytorch", "JAX", "FFT", "an FFT here", "xFFT",
        "full fine tuning", "", "vLLM", "v LLM", "SG-Lang v0.3", "STRASSE", "straße", "_", "A_B", "ab", "a\nb", "x",
        "TorchJAX FFT", "FA2", "FA 2", "AR models", "non-autoregressive decoding", "autoregressive ones",
    )  # fmt: skip
    found = Names(written).holding(alternatives(asked), short_names(asked))
    assert found.tolist() == [names_baseline(asked)(name) for name in written]


@pytest.mark.parametrize(
    ("asked", "written", "named"),
    [
        ("FlashAttention-2", "FA2", True), ("FlashAttention-2", "FA3", False), ("LoRA", "QLoRA", True),
        ("autoregressive models", "strong AR baselines", True), ("AR", "an ARM core", True),
        ("autoregressive models", "non-autoregressive solvers", False),
        ("autoregressive models", "both autoregressive and non-autoregressive ones", True),
        ("3D Gaussian Splatting", "vanilla 3DGS", True),
    ],
)  # fmt: skip
def test_names_for_short_and_opposites(asked, written, named):
    from index.conditions import names_baseline

    assert names_baseline(asked)(written) is named


def test_no_names_hold_nothing():
    from index.names import Names

    assert Names(()).holding(["x"], ["X"]).tolist() == []


def test_words_say_which_papers_have_them(base):
    papers = np.array([5, 0, 3, 1])
    for word in ("faster", "larkspur", "nowhere", "accuraci"):
        scores = base.words.scores_of([word])
        assert base.words.having(word, papers).tolist() == (scores[papers] > 0).tolist()
        assert base.words.papers_with(word).tolist() == np.flatnonzero(scores).tolist()
