"""What data/ knows of hardware, techniques and code, as rows of the tables."""

from typing import Any

from crawler.listing import code_urls_in
from extract.catalogue import nodes
from index.implementations import all_implementations
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
    name = {family.technique_id: family.name for family in families()}
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
            "how": f"known code for {name[known.technique_id]}",
        }
        for known in all_implementations()
    ]


def official_code(paper: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of `implementations` for the code of one paper: {paper_id, abstract, code_urls, listed}."""
    in_abstract = code_urls_in(paper["abstract"])
    how = dict.fromkeys(paper["code_urls"], "given by the page that lists the paper")
    how |= dict.fromkeys(in_abstract, "named in the abstract")
    found: dict[str, dict[str, Any]] = {}
    for url, why in how.items():
        repository = "/".join(url.split("/")[:5])
        if repository.count("/") < 4:  # an owner's page holds no particular code
            continue
        found.setdefault(
            repository.lower(),
            {
                "technique_id": None,
                "paper_id": paper["paper_id"],
                "implementation_kind": "official",
                "implementation_name": repository.rsplit("/", 1)[1],
                "url": repository,
                "how": why,
                "found_on": paper["listed"],
            },
        )
    return list(found.values())
