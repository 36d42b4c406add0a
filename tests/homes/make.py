"""Makes a small home as this version writes it: python tests/homes/make.py FOLDER. Kept for each format in this folder.

Papers of data/sample (invented), as text: of the build only the manifest, for its database is larger than all the rest
and is made again from papers/. `expected.json` says what every later version must find.
"""

import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from crawler.archive import Archive, CrawlDay, new_run
from crawler.daily_json import read
from crawler.demo_site import DAYS, api_answer
from crawler.paper import Paper
from crawler.responses import KeptResponse, Responses
from index import KnowledgeBase, builds
from index.build import build


def make(home: Path) -> None:
    """Fills an empty folder."""
    answer = json.dumps(api_answer({"date": str(DAYS[1])})[:3])
    run = new_run("crawl")
    kept = Responses(home, run)
    kept.keep(KeptResponse("https://papers.invented.test/api/daily_papers?date=2026-01-05", 200, "application/json",
                           datetime(2026, 1, 6, tzinfo=UTC), answer.encode()))  # fmt: skip
    kept.close()
    papers = [paper for paper in read(answer, "/api/daily_papers?date=2026-01-05") if isinstance(paper, Paper)]
    archive = Archive(home)
    archive.append(papers, run=run, repeats=False)
    day = datetime(2026, 1, 5).date()
    archive.record_days(
        [CrawlDay(day, 3, 3, 3, empty=False, failed=False, source="api", at=datetime(2026, 1, 6, tzinfo=UTC))], run=run
    )
    archive.close()
    build(home, jobs=1)
    with KnowledgeBase.open(home) as base:
        claim = base.rows("SELECT claim_id FROM claims WHERE value IS NOT NULL ORDER BY claim_no LIMIT 1")[0][
            "claim_id"
        ]
        base.curate(claim, "note", note="kept by every version")
        expected = {
            "format": builds.FORMAT,
            "titles": [row["title"] for row in base.rows("SELECT title FROM papers ORDER BY paper_no")],
            "days": [str(row["crawl_day"]) for row in base.rows("SELECT crawl_day FROM crawl_days")],
            "noted": base.rows("SELECT quote FROM claims WHERE claim_id = ?", [claim])[0]["quote"],
        }
    (home / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for path in home.glob("papers/index.sqlite*"):
        path.unlink()
    (home / "builds" / "writer.lock").unlink()
    for path in (home / "builds" / "1").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != builds.MANIFEST:
            path.unlink()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
