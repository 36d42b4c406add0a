"""What is shown of papers: their claims as they stand, families and code, read for a few papers at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from index.answer import Implementation
from index.record_files import RecordFile

LIBRARIES_SHOWN = 2  # of each family of a paper


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What people said of claims, by claim id."""

    rejected: Collection[str] = frozenset()
    confirmed: Collection[str] = frozenset()
    corrected: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # rows of `corrected_claims`


@dataclass(frozen=True, slots=True)
class Record:
    """One paper."""

    paper: dict[str, Any]  # paper_id, arxiv_id, title, url, published_year
    claims: list[dict[str, Any]]  # records of `extract.claim.as_json`, as corrected, without the rejected
    families: list[str]  # technique ids, the surest first
    implementations: list[Implementation]  # its own code first, then the first libraries of each family


class Records:
    """What is shown of the papers of a build."""

    def __init__(self, file: RecordFile, verdicts: Verdicts) -> None:
        self._file, self.verdicts = file, verdicts
        # In the order of the catalogue: the ones to try first come first.
        self._libraries = {
            family: [_implementation(row) for row in rows[:LIBRARIES_SHOWN]] for family, rows in file.libraries.items()
        }

    def of(self, number: int) -> Record:
        """The paper of this number. Raises KeyError when there is none."""
        row = self._file.row(number)
        kept = [claim for claim in row.claims if claim["claim_id"] not in self.verdicts.rejected]
        now = [_corrected(claim, self.verdicts.corrected.get(claim["claim_id"])) for claim in kept]
        code = [_implementation(own) for own in row.code]
        code += [library for family in row.families for library in self._libraries.get(family, ())]
        return Record(row.paper, [_claim(claim) for claim in now], row.families, code)

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Title and abstract of papers, in the order asked for."""
        return [self._file.text(number) for number in numbers]


def _corrected(claim: dict[str, Any], now: Mapping[str, Any] | None) -> dict[str, Any]:
    return claim if now is None else {name: now[name] for name in claim}


def _implementation(row: Mapping[str, Any]) -> Implementation:
    """With words of warning, how and when the link was found in `how`."""
    official = row["implementation_kind"] == "official"
    when = f"{'seen' if official else 'checked'} {row['found_on']}" if row["found_on"] else ""
    if not official and not when:
        when = "licence not checked"
    how = ", ".join(part for part in (row["note"], row["how"], when) if part)
    return Implementation(row["url"], row["implementation_kind"], how, row["implementation_name"], row["licence"] or "")


def _claim(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `claims` as the record that `extract.claim.as_json` makes."""
    devices = [
        {"mention": d["mention"], "name": d["device"], "vendor": d["vendor"], "class": d["device_class"]}
        for d in row["devices"]
    ]
    return row | {"devices": devices}
