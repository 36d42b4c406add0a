"""Figures by technique family: what papers claim and what was measured, of a knowledge base or as published."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any

import data
from index import measured
from index.claimed import claimed_factors, counted
from index.implementations import implementations
from index.technique_catalogue import techniques

if TYPE_CHECKING:
    from index.knowledge_base import KnowledgeBase

COLUMNS = (
    *("technique_id", "metric", "papers", "claims", "median", "low", "high", "first", "last"),
    *("device", "measured", "measured_low", "measured_high", "shows", "methods", "measured_on"),
)
PUBLISHED = "family_figures.csv"


def overview(base: "KnowledgeBase | None") -> list[dict[str, Any]]:
    """Each family of the catalogue with what is known of it, most papers first, else in the order of the catalogue.

    {technique_id, name, plain, parent, saves, costs, aliases, methods, papers, claims, claimed, measured,
    implementations}; `claimed` as `index.claimed.claimed_factors`, `measured` as `index.measured.latest` give it.
    Without a knowledge base `papers` and `claims` are null, `claimed` and `measured` empty.
    """
    counts = counted(base) if base else {}
    claimed = claimed_factors(base) if base else {}
    reached = measured.latest(base) if base else {}
    found = []
    for family in techniques():
        name = family.technique_id
        count = counts.get(name, {"papers": 0, "claims": 0} if base else {"papers": None, "claims": None})
        found.append(
            {
                "technique_id": name,
                "name": family.name,
                "plain": family.plain,
                "parent": family.parent,
                "saves": list(family.saves),
                "costs": family.costs,
                "aliases": list(family.aliases),
                "methods": list(family.methods),
                "papers": count["papers"],
                "claims": count["claims"],
                "claimed": claimed.get(name, {}),
                "measured": reached.get(name, []),
                "implementations": [
                    {field: getattr(known, field) for field in known.__slots__} for known in implementations(name)
                ],
            }
        )
    return sorted(found, key=lambda row: -(row["papers"] or 0))


def figure_rows(base: "KnowledgeBase") -> list[dict[str, Any]]:
    """The figures alone, one row a line of the published file, with COLUMNS.

    A row without technique_id counts the whole knowledge base, one without metric the family, one without device says
    what papers claim for a metric, one with a device what was measured there.
    """
    counts = counted(base)
    rows = [counts[None]]
    for family in overview(base):
        name = family["technique_id"]
        rows.append({"technique_id": name} | counts.get(name, {"papers": 0, "claims": 0}))
        rows += [{"technique_id": name, "metric": metric} | row for metric, row in family["claimed"].items()]
        for group in family["measured"]:
            rows.append(
                {
                    "technique_id": name,
                    "metric": group["metric"],
                    "device": group["device"],
                    "measured": group["factor"],
                    "measured_low": group["low"],
                    "measured_high": group["high"],
                    "shows": sum(run["shows"] for run in group["runs"]),
                    "methods": len(group["runs"]),
                    "measured_on": group["recorded_at"].date(),
                }
            )
    return [{column: _written(row.get(column)) for column in COLUMNS} for row in rows]


def figures_csv(base: "KnowledgeBase") -> str:
    """`figure_rows` as CSV text: what data/family_figures.csv holds."""
    file = StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(figure_rows(base))
    return file.getvalue()


def _written(value: Any) -> Any:
    """Factors with the four digits that they are good for."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def published() -> dict[str | None, dict[str, Any]]:
    """The figures of data/family_figures.csv: technique id -> {papers, claims, first, last, claimed, measured}.

    `claimed` is metric -> {median, low, high, papers}; `measured` a list of {metric, device, measured_on, best, low,
    high, shows, methods}: of so many methods so many show the effect. Under None stands the whole knowledge base that
    they were taken from.
    """
    return read_figures(data.rows(PUBLISHED))


def read_figures(rows: Iterable[Mapping[str, str]]) -> dict[str | None, dict[str, Any]]:
    """The rows of `figure_rows` as read back from CSV."""
    found: dict[str | None, dict[str, Any]] = {}
    group: dict[str, Any]
    for row in rows:
        name, metric = row["technique_id"] or None, row["metric"]
        if not metric:
            found[name] = {"papers": int(row["papers"]), "claims": int(row["claims"]), "claimed": {}, "measured": []}
            found[name] |= {"first": row["first"], "last": row["last"]}
        elif not row["device"]:
            factors = {part: float(row[part]) for part in ("median", "low", "high")}
            found[name]["claimed"][metric] = factors | {"papers": int(row["papers"])}
        else:
            group = {"metric": metric, "device": row["device"], "measured_on": row["measured_on"]}
            group |= {part: float(row[f"measured_{part}"]) for part in ("low", "high")}
            group |= {"best": float(row["measured"]), "shows": int(row["shows"]), "methods": int(row["methods"])}
            found[name]["measured"].append(group)
    return found
