"""Golden files: what pytest writes and vitest reads, so that both sides are held to the same."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load

REWRITE = os.environ.get("GOLDEN") == "rewrite"
HOW = "If this is meant, `make golden` writes it anew."


def same(path: Path, answer: bytes) -> bool:
    """Whether `compare` finds nothing: last digits are no reason to write a file."""
    try:
        compare(path, answer)
    except AssertionError:
        return False
    return True


def compare(path: Path, answer: bytes) -> None:
    """Fails where the answer is not the file's, beyond the last digits of its numbers."""
    golden = path.read_bytes()
    if path.suffix == ".json":
        alike(json.loads(golden), json.loads(answer), path.name)
        return
    alike(metadata(golden), metadata(answer), path.name)
    expected, found = load(golden), load(answer)
    shapes = [
        {name: (array.dtype, array.shape) for name, array in arrays.items()}
        for arrays in (expected, found)
    ]
    assert shapes[0] == shapes[1], f"{path.name}. {HOW}"
    for name, array in expected.items():
        exact = array.dtype.kind in "iu"
        # A byte of a thumbnail may be rounded the other way.
        tolerance = (
            {"rtol": 0, "atol": int(array.dtype == np.uint8)}
            if exact
            else {"rtol": 1e-4, "atol": 1e-5}
        )
        if array.dtype == np.float16:
            tolerance = {"rtol": 1e-3, "atol": 1e-3}
        np.testing.assert_allclose(
            found[name].astype(np.float64),
            array.astype(np.float64),
            **tolerance,
            err_msg=f"{name} of {path.name}. {HOW}",
        )


def metadata(answer: bytes) -> dict[str, Any]:
    """The values of the header's metadata."""
    length = int.from_bytes(answer[:8], "little")
    values = json.loads(answer[8 : 8 + length]).get("__metadata__", {})
    return {name: json.loads(value) for name, value in values.items()}


def alike(expected: Any, found: Any, where: str) -> None:
    """Fails where two JSON values differ, beyond the last digits of their numbers."""
    assert type(expected) is type(found), f"{where}. {HOW}"
    if isinstance(expected, dict):
        assert set(expected) == set(found), f"the names in {where}. {HOW}"
        for name in expected:
            alike(expected[name], found[name], f"{name} of {where}")
    elif isinstance(expected, list):
        assert len(expected) == len(found), f"the length of {where}. {HOW}"
        for place, pair in enumerate(zip(expected, found, strict=True)):
            alike(*pair, f"entry {place} of {where}")
    elif isinstance(expected, float):
        assert math.isclose(expected, found, rel_tol=1e-4, abs_tol=1e-6), f"{where}. {HOW}"
    else:
        assert expected == found, f"{where}. {HOW}"
