"""What the store answers: arrays with JSON values about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tb_attention.attention.dtypes import Numbers


@dataclass(frozen=True)
class Arrays:
    """An answer of arrays by name, and JSON values about them."""

    arrays: Mapping[str, Numbers]
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Streamed:
    """One array so large that it is made while it is sent, and is never there as a whole.

    Attributes:
        name: its name.
        shape: its shape.
        dtype: its dtype.
        parts: makes its parts, whose numbers follow each other in C order.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    parts: Callable[[], Iterator[Numbers]]
