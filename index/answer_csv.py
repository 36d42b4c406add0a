"""An answer as a table: one row a claim, papers in the order of the answer."""

from csv import writer
from io import StringIO

from index.answer import Answer
from index.export import guarded

COLUMNS = (
    "rank", "satisfies", "paper_id", "arxiv_id", "title", "url", "claim_id", "metric", "measure", "kind", "value",
    "value_max", "from_value", "unit", "bound", "direction", "factor", "technique", "baseline", "hardware", "devices",
    "confidence", "why", "quote", "sentence", "code",
)  # fmt: skip


def answer_csv(answer: Answer, *, raw: bool = False) -> str:
    """CSV with a header line; `why` is filled for near misses.

    Text that a spreadsheet would run gets a leading ' unless `raw`.
    """
    text = StringIO()
    out = writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for rank, paper in enumerate(answer.answers, 1):
        of_paper = {
            "rank": rank,
            "satisfies": paper.satisfies,
            "paper_id": paper.paper_id,
            "arxiv_id": paper.arxiv_id,
            "title": paper.title,
            "url": paper.url,
            "code": " ".join(link.url for link in paper.implementations),
        }
        for claim in (*paper.claims, *paper.near) or ({},):
            row = dict(claim) | of_paper
            row["hardware"] = "; ".join(claim.get("hardware", ()))
            row["devices"] = "; ".join(dict.fromkeys(d["name"] for d in claim.get("devices", ())))
            cells = ["" if row.get(name) is None else row[name] for name in COLUMNS]
            out.writerow([_cell(c, raw=raw) for c in cells])
    return text.getvalue()


def _cell(value: object, *, raw: bool) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace("\r", "\n")  # which Python's writer puts between quotes; a bare CR would begin another row
    return text if raw else guarded(text)
