"""What data/ knows of hardware, techniques and code, as rows of the tables."""

from typing import Any

from extract.catalogue import nodes
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
