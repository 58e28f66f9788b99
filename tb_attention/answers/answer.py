"""What the store answers: arrays with JSON values about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tb_attention.attention.dtypes import Numbers


@dataclass(frozen=True)
class Arrays:
    """An answer of arrays by name, and JSON values about them."""

    arrays: Mapping[str, Numbers]
    metadata: Mapping[str, Any] = field(default_factory=dict)
