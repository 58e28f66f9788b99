"""JSON of values that may be infinite or not a number, which JSON has no words for."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any


def json_text(value: Any, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """The value as JSON; numbers that are not finite are "NaN", "Infinity" or "-Infinity".

    Example:
        >>> json_text({"scale": float("inf"), "sinks": [0.5, float("nan")]})
        '{"scale": "Infinity", "sinks": [0.5, "NaN"]}'

    Args:
        value: dicts, lists, tuples, texts and numbers.
        indent: spaces before what is inside of something else; None: all stands on one line.
        ascii_only: whether other characters are escaped, as a terminal may need it.
    """
    options: dict[str, Any] = {"allow_nan": False, "ensure_ascii": ascii_only, "indent": indent}
    try:
        return json.dumps(value, **options)
    except ValueError:
        return json.dumps(_spelled(value), **options)


def _spelled(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {name: _spelled(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(each) for each in value]
    return value
