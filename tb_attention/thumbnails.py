"""Thumbnails: a head's weights pooled to at most 32 x 32 bytes, added up over blocks of rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from array_api_compat import array_namespace, device

from tb_attention.attend import Array, AttentionLayer

SIZE = 32
"""Largest number of rows and of columns."""


def bins(tokens: int, size: int = SIZE) -> npt.NDArray[np.int64]:
    """The row (or column) of a thumbnail that each token falls into: int64 [tokens], ascending, each bin almost equally full."""
    return np.arange(tokens) * min(size, tokens) // max(tokens, 1)


def encode(mass: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """round(255 * sqrt(mass)): the square root keeps small weights visible, where linear bytes lose all under 0.002. NaN becomes 0."""
    values = np.nan_to_num(np.asarray(mass, dtype=np.float32), nan=0.0, posinf=1.0, neginf=0.0)
    codes: npt.NDArray[np.uint8] = np.rint(255 * np.sqrt(np.clip(values, 0, 1))).astype(np.uint8)
    return codes


class Thumbnails:
    """Pools the weights of one layer: `add` every row block, then `result`.

    A cell is the mean over its queries of the weight that goes to its keys, so each row of a thumbnail sums to 1 at any length, and a
    head that looks at one token stays as dark at T = 1024 as at T = 8.
    """

    def __init__(self, layer: AttentionLayer) -> None:
        self._rows, self._columns = bins(layer.queries), bins(layer.keys)
        self._sums = np.zeros((layer.heads, min(SIZE, layer.queries), min(SIZE, layer.keys)))

    def add(self, start: int, weights: Array) -> None:
        """One block of tb_attention.attend.row_blocks: weights [heads, rows, width] of the queries from start."""
        xp = array_namespace(weights)
        rows, width = weights.shape[1:]
        columns = np.eye(self._sums.shape[2], dtype=np.float32)[self._columns[:width]]
        pooled = xp.matmul(weights, xp.asarray(columns, device=device(weights)))
        block = np.asarray(pooled.cpu() if hasattr(pooled, "cpu") else pooled)
        self._sums += np.eye(self._sums.shape[1], dtype=np.float32)[:, self._rows[start : start + rows]] @ block

    def result(self) -> npt.NDArray[np.uint8]:
        """uint8 [heads, rows, columns], 255 * sqrt(mass)."""
        queries = np.bincount(self._rows, minlength=self._sums.shape[1])
        return encode(self._sums / np.maximum(queries, 1)[None, :, None])
