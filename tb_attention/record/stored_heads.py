"""Which heads of a layer have their tensors stored, and how the others are filled when read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from tb_attention.attention.layer import Array, AttentionLayer
from tb_attention.errors import InvalidInput

LARGEST = 1 << 30
"""Bytes: the heads that were not logged may make a tensor at most so large."""


def chosen_heads(layer: AttentionLayer, heads: Collection[int] | None) -> list[int]:
    """The heads, ascending; empty where all are meant.

    Raises:
        InvalidInput: the layer does not have one of them.
    """
    if heads is None:
        return []
    chosen = sorted(set(heads))
    if not chosen or not 0 <= chosen[0] <= chosen[-1] < layer.heads:
        raise InvalidInput(
            f"heads are {chosen}, the model has 0 to {layer.heads - 1}: choose among these, or "
            "None for all."
        )
    return [] if len(chosen) == layer.heads else chosen


def stored_rows(chosen: Sequence[int], kind: str, heads: int, key_heads: int) -> list[int]:
    """Which rows of a tensor of tensor_kinds are stored; empty where all are.

    Query heads may share a key head.
    """
    if kind != "key":
        return list(chosen)
    return sorted({head // (heads // key_heads) for head in chosen})


def spread(stored: Any, rows: Sequence[int], count: int) -> Any:
    """The tensor with all its `count` rows, of which only `rows` were stored: the others are NaN.

    A tensor that is only read row by row stays so.

    Raises:
        InvalidInput: with all its rows it takes more than LARGEST bytes.
    """
    if not rows:
        return stored
    if not isinstance(stored, np.ndarray):
        return _Rows(stored, rows, count)
    if count * stored[0].nbytes > LARGEST:
        raise InvalidInput(
            f"{len(rows)} of {count} heads were logged, and all take more than "
            f"{LARGEST / 1e9:.1f} GB: ask for one head."
        )
    whole = np.full((count, *stored.shape[1:]), np.nan, stored.dtype)
    whole[list(rows)] = stored
    return whole


class _Rows:
    """A tensor of which single rows are read, by their numbers among all."""

    ndim = 3

    def __init__(self, stored: Any, rows: Sequence[int], count: int) -> None:
        self._stored, self._places = stored, {row: place for place, row in enumerate(rows)}
        self.shape = (count, *stored.shape[1:])

    def __getitem__(self, one: slice) -> Array:
        place = self._places[one.start]
        return self._stored[place : place + 1]
