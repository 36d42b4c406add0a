"""Rows of a query as a table on a screen."""

import json
from collections import Counter
from typing import Any

import pandas as pd

from index.sql_guard import Result


def shown(result: Result) -> pd.DataFrame:
    """The rows with every column name once, lists of text joined by "; ", other nested values as JSON."""
    seen: Counter[str] = Counter()
    names = []
    for name in result.columns:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return pd.DataFrame([[_cell(value) for value in row] for row in result.rows], columns=names)


def _cell(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "; ".join(value)
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
