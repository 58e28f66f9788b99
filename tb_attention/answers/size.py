"""Answers that are too large are refused before anything is allocated for them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tb_attention.errors import InvalidInput

LARGEST = 1 << 30
"""Bytes: a larger answer is refused; it would take the memory of the browser."""


def refuse_large(what: str, shape: tuple[int, ...], dtype: np.dtype[Any], advice: str) -> int:
    """The bytes of an array, which are not more than LARGEST.

    Args:
        what: what it is, as a sentence begins.
        shape: its shape.
        dtype: its dtype.
        advice: what to ask for instead.

    Raises:
        InvalidInput: it is too large.
    """
    size = math.prod(shape) * dtype.itemsize
    if size > LARGEST:
        raise InvalidInput(
            f"{what} take {size / 1e9:.1f} GB, more than the {LARGEST / 1e9:.1f} GB of one answer: "
            f"{advice}."
        )
    return size
