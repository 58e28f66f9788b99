"""Weights of a layer, pooled into cells of several tokens without ever holding all of them.

A cell is the mean over its queries of the weight that goes to its keys, so each row still sums to
1, less what is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tb_attention.answers.blas import one_thread
from tb_attention.attention import softmax
from tb_attention.attention.dtypes import Booleans, Floats32, Integers
from tb_attention.attention.layer import AttentionLayer


@dataclass(frozen=True)
class Kept:
    """What is left of the weights [queries, keys].

    Attributes:
        queries: bool [queries], those that are shown; None: all.
        keys: bool [keys], those that are shown; None: all.
        hidden: bool [1 or heads, keys], whose weights are taken as 0; None: none.
        share_hidden: whether rows are divided by what remains without the hidden keys.
        share_keys: whether rows are divided by what remains without the keys that are not shown.
    """

    queries: Booleans | None = None
    keys: Booleans | None = None
    hidden: Booleans | None = None
    share_hidden: bool = False
    share_keys: bool = False

    def shape(self, layer: AttentionLayer) -> tuple[int, int]:
        """Number of queries and of keys that are shown."""
        queries = layer.queries if self.queries is None else int(self.queries.sum())
        return queries, layer.keys if self.keys is None else int(self.keys.sum())

    def head(self, head: int) -> Kept:
        """The same of one head alone."""
        if self.hidden is None or len(self.hidden) == 1:
            return self
        return replace(self, hidden=self.hidden[head : head + 1])


EVERYTHING = Kept()


def pool_weights(
    layer: AttentionLayer, rows: Integers, columns: Integers, kept: Kept = EVERYTHING
) -> Floats32:
    """Pools the kept queries into cells `rows` and the kept keys into cells `columns`.

    Args:
        layer: the layer.
        rows: int64 [kept queries], the row of each: ascending numbers from 0.
        columns: int64 [kept keys], the column of each: ascending numbers from 0.
        kept: what is left of the weights.

    Returns:
        float32 [heads, rows, columns].
    """
    queries = np.arange(layer.queries) if kept.queries is None else np.flatnonzero(kept.queries)
    keys = None if kept.keys is None else np.flatnonzero(kept.keys)
    sums = np.zeros(
        (layer.heads, rows[-1] + 1 if len(rows) else 0, columns[-1] + 1 if len(columns) else 0),
        np.float32,
    )
    with one_thread():
        for start, _, block in softmax.row_blocks(layer):
            first, last = np.searchsorted(queries, (start, start + block.shape[1]))
            width = block.shape[2] if keys is None else int(np.searchsorted(keys, block.shape[2]))
            if first == last or width == 0:
                continue
            shown = (
                block if last - first == block.shape[1] else block[:, queries[first:last] - start]
            )
            left = leave_out(shown, kept, None if keys is None else keys[:width])
            cells = _sums(left, columns[:width], 2)
            begun = np.flatnonzero(np.diff(rows[first:last], prepend=-1))
            sums[:, rows[first:last][begun], : cells.shape[2]] += np.add.reduceat(
                cells, begun, axis=1
            )
    sums /= np.maximum(np.bincount(rows, minlength=sums.shape[1]), 1).astype(np.float32)[:, None]
    return sums


def leave_out(block: Floats32, kept: Kept, keys: Integers | None = None) -> Floats32:
    """Weights of the keys that are shown, hidden ones 0; rows are divided where that is wanted.

    Args:
        block: float32 [heads, rows, first keys].
        kept: what is left of the weights.
        keys: int64 [shown], the keys that are shown; None: all.

    Returns:
        float32 [heads, rows, shown].
    """
    visible = (
        block
        if kept.hidden is None
        else np.where(kept.hidden[:, None, : block.shape[2]], np.float32(0), block)
    )
    shown = visible if keys is None else visible[:, :, keys]
    if not (kept.share_hidden or kept.share_keys):
        return shown
    remaining = visible if kept.share_hidden else block
    if kept.share_keys and keys is not None:
        remaining = remaining[:, :, keys]
    total = remaining.sum(axis=2, keepdims=True)
    shares: Floats32 = np.divide(shown, total, out=np.zeros_like(shown), where=total != 0)
    return shares


def _sums(array: Floats32, cells: Integers, axis: int) -> Floats32:
    """The sums of the entries of each cell; `cells` ascend."""
    if cells[-1] + 1 == len(cells):
        return array
    sums: Floats32 = np.add.reduceat(array, np.flatnonzero(np.diff(cells, prepend=-1)), axis=axis)
    return sums
