"""The figures that the product lives from, on annotated papers that no rule was learned from.

Floors only ever rise: whoever makes the extractor better raises them. One that falls says here why.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("CLAIMS_SHARED", Path(__file__).parents[2] / "shared"))
GOLD = SHARED / "gold"
needs_gold = pytest.mark.skipif(not (GOLD / "closed.jsonl").exists(), reason=f"no annotated papers at {GOLD}")
needs_pages = pytest.mark.skipif(
    not (SHARED / "pages" / "text").is_dir(), reason=f"no real pages at {SHARED / 'pages'}"
)

CLAIM_FLOORS = {
    "found": 0.935,
    "strict": 0.83,
    "parity": 0.8,  # was 0.81; of 69 statements one fewer, while of 9,541 that were read blind many more are right
    "hardware": 0.65,
    "baseline": 0.705,
    "technique": 0.855,
    "from_value": 0.76,  # of only 12 values
    "value_max": 0.98,
}
QUESTION_FLOORS = {"nDCG@10": 0.9, "P@1": 0.95, "satisfies": 0.82, "understood": 0.95}

pytestmark = pytest.mark.slow


def claims(*args, stdin=None):
    call = [sys.executable, "-m", "ui.cli", *map(str, args)]
    done = subprocess.run(call, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_gold
def test_claims_on_closed_gold(tmp_path):
    """Through the front door: `claims extract`, then the founders' own scoring script."""
    papers = [json.loads(line) for line in (GOLD / "closed.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = "".join(json.dumps({k: p[k] for k in ("key", "title", "abstract")}) + "\n" for p in papers)
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text(claims("extract", "--jobs", 1, stdin=asked), encoding="utf-8")
    call = [sys.executable, str(GOLD / "score.py"), str(GOLD / "closed.jsonl"), str(predicted), "--json"]
    figures = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    got = {name: figures[name]["f1"] for name in CLAIM_FLOORS}
    print(got)
    assert {n: v for n, v in got.items() if v < CLAIM_FLOORS[n]} == {}


@pytest.fixture(scope="module")
def pages_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("pages")
    result = json.loads(claims("import", "--json", "--home", home, SHARED / "pages" / "text"))
    assert (result["read"], result["unreadable"]) == (481, [])
    claims("build", "--jobs", 1, "--home", home)  # starting processes takes longer than reading 432 papers
    return home


@needs_pages
def test_the_five_text_pages_become_432_papers(pages_home):
    status = json.loads(claims("status", "--json", "--home", pages_home))
    assert (status["entries"], status["papers"]) == (481, 432)


@needs_pages
def test_importing_twice_changes_nothing(pages_home):
    again = json.loads(claims("import", "--json", "--home", pages_home, SHARED / "pages" / "text"))
    assert (again["read"], again["new"], again["changed"]) == (481, 0, 0)


@needs_gold
@needs_pages
def test_questions_on_closed_gold(pages_home, tmp_path):
    answers = tmp_path / "answers.jsonl"
    asked = GOLD / "questions_closed.jsonl"
    answers.write_text(claims("ask", "--home", pages_home, "--json", "--file", asked), encoding="utf-8")
    call = [sys.executable, str(GOLD / "score_questions.py"), str(asked), str(answers), "--json"]
    figures = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    got = {name: figures[name] for name in QUESTION_FLOORS}
    print(got)
    assert {n: v for n, v in got.items() if v < QUESTION_FLOORS[n]} == {}


FAMILIES_FLOOR = 0.78


@needs_gold
@needs_pages
def test_families_on_closed_gold(pages_home, tmp_path):
    found = tmp_path / "families.csv"
    pairs = "select title, technique_id from paper_techniques join papers using (paper_id)"
    found.write_text(claims("sql", "--csv", "--home", pages_home, pairs), encoding="utf-8")
    call = [sys.executable, str(GOLD / "score_families.py"), str(GOLD / "families_closed.jsonl"), str(found)]
    said = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    print(said)
    assert float(said.split("f1")[1].split()[0]) >= FAMILIES_FLOOR


DEVELOPMENT_FLOORS = {"nDCG@10": 0.84, "P@1": 0.87, "satisfies": 0.82, "none": 1.0}


@needs_gold
@needs_pages
def test_questions_of_our_own(pages_home, tmp_path):
    """145 questions that we wrote and judged ourselves, with which the order of answers was tuned."""
    asked, answers = Path(__file__).parent / "questions_development.jsonl", tmp_path / "answers.jsonl"
    answers.write_text(claims("ask", "--home", pages_home, "--json", "--file", asked), encoding="utf-8")
    call = [sys.executable, str(GOLD / "score_questions.py"), str(asked), str(answers), "--json"]
    figures = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    got = {name: figures[name] for name in DEVELOPMENT_FLOORS}
    print(got)
    assert {n: v for n, v in got.items() if v < DEVELOPMENT_FLOORS[n]} == {}
