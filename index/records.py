"""What is shown of papers: their claims, families and code, read from the tables for a few papers at a time."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from index.answer import Implementation
from index.columns import CONFIRMED, REJECTED

LIBRARIES_SHOWN = 2  # of each family of a paper
_PAPER = "paper_no, paper_id, arxiv_id, title, url, published_year"


class Records:
    """Rows of a build as records. `rows` runs a query of ours with its parameters."""

    def __init__(self, rows: Callable[[str, Sequence[Any]], list[dict[str, Any]]]) -> None:
        self._rows = rows

    def papers(self, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
        """paper_id, arxiv_id, title, url and published_year of papers, by paper_no."""
        found = self._rows(f"SELECT {_PAPER} FROM papers WHERE paper_no IN (SELECT unnest(?))", [list(numbers)])
        return {paper["paper_no"]: paper for paper in found}

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Title and abstract of papers, in the order asked for."""
        query = "SELECT paper_no, title || '. ' || abstract AS text FROM papers WHERE paper_no IN (SELECT unnest(?))"
        found = {row["paper_no"]: row["text"] for row in self._rows(query, [list(numbers)])}
        return [found.get(number) or "" for number in numbers]

    def claims(self, numbers: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
        """The claims of papers, by paper_no, as records of `extract.claim.as_json`; rejected ones are left out."""
        found: dict[int, list[dict[str, Any]]] = {}
        columns = "* EXCLUDE (claim_no, paper_id)"
        query = f"SELECT {columns} FROM claims_now WHERE paper_no IN (SELECT unnest(?)) ORDER BY claim_no"
        for row in self._rows(query, [list(numbers)]):
            number = row.pop("paper_no")
            if row["claim_id"] not in self._rejected:
                found.setdefault(number, []).append(_claim(row))
        return found

    def families(self, numbers: Sequence[int]) -> dict[int, list[str]]:
        """Technique ids of papers, the surest first, by paper_no."""
        query = (
            "SELECT paper_no, technique_id FROM paper_techniques WHERE paper_no IN (SELECT unnest(?)) "
            "ORDER BY paper_no, score DESC, technique_id"
        )
        found: dict[int, list[str]] = {}
        for row in self._rows(query, [list(numbers)]):
            found.setdefault(row["paper_no"], []).append(row["technique_id"])
        return found

    def implementations(self, families: Mapping[str, Sequence[str]]) -> dict[str, list[Implementation]]:
        """For each paper id, given with its families: its own code first, then the first libraries of each family."""
        found: dict[str, list[Implementation]] = {paper: [] for paper in families}
        own = "SELECT * FROM implementations WHERE paper_id IN (SELECT unnest(?)) ORDER BY paper_id, how, url"
        for row in self._rows(own, [list(families)]):
            found[row["paper_id"]].append(_implementation(row))
        for paper, named in families.items():
            for family in named:
                found[paper] += self._libraries.get(family, [])[:LIBRARIES_SHOWN]
        return found

    @cached_property
    def _libraries(self) -> dict[str, list[Implementation]]:
        """Of each family, in the order of the catalogue: the ones to try first come first."""
        found: dict[str, list[Implementation]] = {}
        for row in self._rows("SELECT * FROM implementations WHERE technique_id IS NOT NULL ORDER BY rowid", []):
            found.setdefault(row["technique_id"], []).append(_implementation(row))
        return found

    @cached_property
    def _rejected(self) -> frozenset[str]:
        return frozenset(row["claim_id"] for row in self._rows(REJECTED, []))

    @cached_property
    def confirmed(self) -> frozenset[str]:
        """Ids of the claims that a person confirmed."""
        return frozenset(row["claim_id"] for row in self._rows(CONFIRMED, []))


def _implementation(row: Mapping[str, Any]) -> Implementation:
    """With words of warning, how and when the link was found in `how`."""
    official = row["implementation_kind"] == "official"
    when = f"{'seen' if official else 'checked'} {row['found_on']}" if row["found_on"] else ""
    if not official and not when:
        when = "licence not checked"
    how = ", ".join(part for part in (row["note"], row["how"], when) if part)
    return Implementation(row["url"], row["implementation_kind"], how, row["implementation_name"], row["licence"] or "")


def _claim(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `claims_now` as the record that `extract.claim.as_json` makes."""
    row["devices"] = [
        {"mention": d["mention"], "name": d["device"], "vendor": d["vendor"], "class": d["device_class"]}
        for d in row["devices"]
    ]
    return row
