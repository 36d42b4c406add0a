"""The figures of 126 questions of our own over 420 papers of the corpus, judged by their annotated claims and by topic.

Other papers and other wordings than those of the open and of our first questions: what was tuned there must hold here.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crawler.archive import Archive, new_run
from crawler.paper import Paper, Source, paper_id_for
from index import KnowledgeBase
from index.build import build

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("CLAIMS_SHARED", HERE.parents[1] / "shared"))
CORPUS, GOLD = SHARED / "corpus" / "abstracts.parquet", SHARED / "gold"
FLOORS = {"nDCG@10": 0.84, "P@1": 0.86, "satisfies": 0.84}


def papers() -> dict[str, tuple[str, str]]:
    """Title and abstract by arXiv id, or by the key of the open gold."""
    wanted = set((HERE / "questions_corpus_papers.txt").read_text(encoding="utf-8").split())
    found = {}
    for row in map(json.loads, (GOLD / "open.jsonl").read_text(encoding="utf-8").splitlines()):
        if row["key"] in wanted:
            found[row["key"]] = row["title"], row["abstract"]
    columns = ["arxiv_id", "title", "abstract"]
    for row in pq.read_table(CORPUS, columns=columns, filters=[("arxiv_id", "in", sorted(wanted))]).to_pylist():
        found[row["arxiv_id"]] = row["title"], row["abstract"]
    assert set(found) == wanted
    return found


@pytest.mark.slow
@pytest.mark.skipif(not (CORPUS.exists() and (GOLD / "open.jsonl").exists()), reason=f"no corpus or gold in {SHARED}")
def test_questions_over_the_corpus(tmp_path: Path) -> None:
    known, asked = papers(), HERE / "questions_corpus.jsonl"
    archive = Archive(tmp_path / "home")
    made = [
        Paper(paper_id_for(title), title, text, sources=(Source("corpus", "corpus", place, title=title),))
        for place, (title, text) in enumerate(known.values())
    ]
    archive.append(made, run=new_run("test"))
    archive.close()
    build(tmp_path / "home", jobs=1)
    answers = tmp_path / "answers.jsonl"
    with KnowledgeBase.open(tmp_path / "home") as base, answers.open("w", encoding="utf-8") as out:
        for question in map(json.loads, asked.read_text(encoding="utf-8").splitlines()):
            answer = base.ask(question["question"])
            row = {"id": question["id"], "understood": {}, "note": answer.note}
            row["answers"] = [{"title": a.title, "satisfies": a.satisfies} for a in answer.answers]
            out.write(json.dumps(row) + "\n")
    script = shutil.copy(GOLD / "score_questions.py", tmp_path)  # which tells papers by the keys.csv beside it
    with (tmp_path / "keys.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("key", "title"), *((key, title) for key, (title, _) in known.items())])
    call = [sys.executable, script, str(asked), str(answers), "--json"]
    figures = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    got = {name: figures[name] for name in FLOORS}
    print(got)
    assert {n: v for n, v in got.items() if v < FLOORS[n]} == {}
