"""Claims for the papers of an open gold file, each read by models trained on the other papers only.

    python -m extract.learn.evaluate GOLD.jsonl PREDICTED.jsonl

Five folds by paper. Score the written file with `claims score` or the gold set's own script: these figures say how
well the
reader does on papers that it has not learned from (the word lists and rules have seen the open gold all the same).
"""

import argparse
import json
from pathlib import Path

from sklearn.model_selection import GroupKFold

from extract import linear
from extract.claim import as_json
from extract.learn.gold import examples, parity_examples, read
from extract.learn.train import FOLDS, HEADS, PARITY_HEADS, calibration, stored
from extract.reader import read as read_paper


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("gold", type=Path)
    parser.add_argument("predicted", type=Path)
    args = parser.parse_args()
    papers = read(args.gold)
    figures, parities = examples(papers), parity_examples(papers)
    keys = [p["key"] for p in papers]
    rows: dict[str, str] = {}
    for train, test in GroupKFold(FOLDS).split(keys, groups=keys):
        known = {keys[i] for i in train}
        models = linear.models(
            {
                "figures": {
                    **stored([e for e in figures if e.paper in known], HEADS),
                    "calibration": calibration([e for e in figures if e.paper in known]),
                },
                "parity": stored([e for e in parities if e.paper in known], PARITY_HEADS),
            }
        )
        for i in test:
            paper = papers[i]
            found = read_paper(paper["title"], paper["abstract"], key=paper["key"], models=models)
            rows[paper["key"]] = json.dumps({"key": paper["key"], "claims": [as_json(f.claim) for f in found]})
    args.predicted.write_text("".join(rows[k] + "\n" for k in keys), encoding="utf-8")


if __name__ == "__main__":
    main()
