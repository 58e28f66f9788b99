"""Thumbnails: a head's weights pooled to at most 32 x 32 bytes, added up over blocks of rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from array_api_compat import array_namespace, device

from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.softmax import Block

SIZE = 32
"""Largest number of rows and of columns."""


def bins(tokens: int, size: int = SIZE) -> npt.NDArray[np.int64]:
    """The row (or column) of a thumbnail that each token falls into.

    Returns:
        int64 [tokens], ascending, each bin almost equally full.
    """
    return np.arange(tokens) * min(size, tokens) // max(tokens, 1)


def encode(mass: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Bytes of weights: uint8, round(255 * sqrt(mass)), of the same shape.

    The square root keeps small weights visible, where linear bytes lose all under 0.002. NaN
    becomes 0.
    """
    values = np.nan_to_num(np.asarray(mass, dtype=np.float32), nan=0.0, posinf=1.0, neginf=0.0)
    codes: npt.NDArray[np.uint8] = np.rint(255 * np.sqrt(np.clip(values, 0, 1))).astype(np.uint8)
    return codes


class Thumbnails:
    """Pools the weights of one layer: `add` every row block, then `result`.

    A cell is the mean over its queries of the weight that goes to its keys, so each row of a
    thumbnail sums to 1 at any length, and a head that looks at one token stays as dark at T = 1024
    as at T = 8.
    """

    def __init__(self, layer: AttentionLayer) -> None:
        self._rows, self._columns = bins(layer.queries), bins(layer.keys)
        self._begun = np.searchsorted(self._columns, np.arange(min(SIZE, layer.keys)))
        self._sums = np.zeros((layer.heads, min(SIZE, layer.queries), min(SIZE, layer.keys)))

    def add(self, block: Block) -> None:
        """Adds one block of tb_attention.attention.softmax.raised_blocks."""
        xp, on = array_namespace(block.raised), device(block.raised)
        rows, width = block.raised.shape[1:]
        if width == 0:
            return
        cells = self._rows[block.start : block.start + rows]
        first, last = int(cells[0]), int(cells[-1]) + 1
        # [heads, cells, rows] @ [heads, rows, width]; the division that makes weights is in the
        # first.
        falls = xp.asarray((np.arange(first, last)[:, None] == cells).astype(np.float32), device=on)
        pooled = xp.matmul(falls[None, :, :] / block.total[:, None, :], block.raised)
        pooled = np.asarray(pooled.cpu() if hasattr(pooled, "cpu") else pooled)
        begun = self._begun[: self._columns[width - 1] + 1]
        self._sums[:, first:last, : len(begun)] += np.add.reduceat(pooled, begun, axis=2)

    def result(self) -> npt.NDArray[np.uint8]:
        """The thumbnails: uint8 [heads, rows, columns], 255 * sqrt(mass)."""
        queries = np.bincount(self._rows, minlength=self._sums.shape[1])
        return encode(self._sums / np.maximum(queries, 1)[None, :, None])
