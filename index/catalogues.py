"""What data/ knows of hardware, techniques and code, as rows of the tables."""

import re
from datetime import date
from typing import Any

from extract.catalogue import nodes
from index.implementations import all_implementations
from index.links import repository
from index.technique_catalogue import techniques as families


def devices() -> list[dict[str, Any]]:
    """Rows of the table `devices`."""
    return [
        {
            "device": node.name,
            "node_level": node.level,
            "vendor": node.vendor,
            "device_class": node.cls,
            "series": node.series,
            "parents": list(node.parents),
            "introduced": node.year,
            "memory_gb": node.memory_gb,
            "bandwidth_gb_s": node.bandwidth_gb_s,
            "tdp_w": node.tdp_w,
            "tflops": list(node.tflops.items()),
        }
        for node in nodes().values()
    ]


def technique_rows() -> list[dict[str, Any]]:
    """Rows of the table `techniques`."""
    return [
        {
            "technique_id": family.technique_id,
            "technique_name": family.name,
            "description": family.plain,
            "parent": family.parent,
            "saves": list(family.saves),
            "costs": family.costs,
            "aliases": list(family.aliases),
        }
        for family in families()
    ]


def implementation_rows() -> list[dict[str, Any]]:
    """Rows of the table `implementations` for the families."""
    return [
        {
            "technique_id": known.technique_id,
            "paper_id": None,
            "implementation_kind": "library",
            "implementation_name": known.name,
            "url": known.repo,
            "package": known.pypi or None,
            "licence": known.licence or None,
            "upkeep": known.status,
            "covers": known.covers or None,
            "note": known.note or None,
            "how": f"for {known.technique_id}",
            "found_on": date.fromisoformat(known.checked) if known.checked else None,
        }
        for known in all_implementations()
    ]


_ADDRESS = re.compile(r"(?:https?://|www\.|git@)\S+|\b(?:github|gitlab|huggingface)\.\w+/\S+", re.I)


def official_code(paper: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of `implementations` for the code of one paper: {paper_id, abstract, code_urls, listed}."""
    how = dict.fromkeys(_ADDRESS.findall(paper["abstract"]), "named in the abstract")
    how = dict.fromkeys(paper["code_urls"], "given by the page that lists the paper") | how
    found: dict[str, dict[str, Any]] = {}
    for url, why in how.items():
        if address := repository(url):
            row = {
                "technique_id": None,
                "paper_id": paper["paper_id"],
                "implementation_kind": "official",
                "implementation_name": address.rsplit("/", 1)[1],
                "url": address,
                "how": why,
                "found_on": paper["listed"],
            }
            known = found.setdefault(address.lower(), row)
            known["how"] = why  # what the paper itself says counts for more than the page
    return list(found.values())
