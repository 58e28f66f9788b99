"""Weights of a layer, pooled into cells of several tokens without ever holding all of them.

A cell is the mean over its queries of the weight that goes to its keys, so each row still sums to
1, less what is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
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

SMALL = 1e-30
"""1 / a sum that is smaller may not be finite."""


class Pool:
    """Pools the weights of a layer: `add` every block of its rows, then `results`."""

    def __init__(
        self,
        layer: AttentionLayer,
        rows: Integers,
        columns: Integers,
        ways: Sequence[Kept] = (EVERYTHING,),
    ) -> None:
        """Pools the kept queries into cells `rows` and the kept keys into cells `columns`.

        Args:
            layer: the layer.
            rows: int64 [kept queries], the row of each: ascending numbers from 0.
            columns: int64 [kept keys], the column of each: ascending numbers from 0.
            ways: what is left of the weights, once for each result; they may differ only in
                whether rows are divided by what remains without the hidden keys.
        """
        kept = ways[0]
        self._rows, self._columns, self._ways = rows, columns, ways
        everything = np.arange(layer.queries)
        self._queries = everything if kept.queries is None else np.flatnonzero(kept.queries)
        self._keys = None if kept.keys is None else np.flatnonzero(kept.keys)
        shape = (int(cells[-1]) + 1 if len(cells) else 0 for cells in (rows, columns))
        self._sums = np.zeros((len(ways), layer.heads, *shape), np.float32)

    def add(self, block: softmax.Block) -> None:
        """Adds a block of softmax.raised_blocks, whose arrays are overwritten."""
        rows, width = block.raised.shape[1:]
        first, last = np.searchsorted(self._queries, (block.start, block.start + rows))
        keys = None if self._keys is None else self._keys[: np.searchsorted(self._keys, width)]
        columns = self._columns[: width if keys is None else len(keys)]
        if first == last or len(columns) == 0:
            return
        cells = self._rows[first:last]
        raised, totals = _left(block, self._ways, keys)
        pooled = _pooled(raised, totals, block.mass, self._queries[first:last] - block.start, cells)
        made = _sums(pooled if keys is None else pooled[..., keys], columns, 3)
        self._sums[:, :, cells[0] : cells[-1] + 1, : made.shape[3]] += made

    def results(self) -> Floats32:
        """The cells of each way: float32 [ways, heads, rows, columns]."""
        counts = np.bincount(self._rows, minlength=self._sums.shape[2])
        cells: Floats32 = self._sums / np.maximum(counts, 1).astype(np.float32)[:, None]
        return cells


def pool_weights(
    layer: AttentionLayer, rows: Integers, columns: Integers, kept: Kept = EVERYTHING
) -> Floats32:
    """The cells of a layer, float32 [heads, rows, columns]; takes what `Pool` takes."""
    pool = Pool(layer, rows, columns, (kept,))
    with one_thread():
        for block in softmax.raised_blocks(layer, with_scores=False):
            pool.add(block)
    cells: Floats32 = pool.results()[0]
    return cells


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


def _left(
    block: softmax.Block, ways: Sequence[Kept], keys: Integers | None
) -> tuple[Floats32, Floats32]:
    """What remains of a block, and what its rows are divided by: [ways, heads, rows].

    0: by nothing.
    """
    raised, total, kept = block.raised, block.total, ways[0]
    if kept.share_keys and not all(way.share_hidden for way in ways):
        total = _row_sums(raised, kept, keys)
    if kept.hidden is not None:
        # Where only weights are known they are the layer's own.
        raised = raised.copy() if block.shift is None else raised
        for of_heads, flags in zip(_each(raised, len(kept.hidden)), kept.hidden, strict=True):
            of_heads[..., np.flatnonzero(flags[: raised.shape[2]])] = 0
    totals = [_row_sums(raised, way, keys) if way.share_hidden else total for way in ways]
    return raised, np.stack(totals)


def _each(raised: Floats32, hidden: int) -> Sequence[Floats32]:
    """The heads one by one, or all at once where the same is hidden in all of them."""
    return [raised] if hidden == 1 else list(raised)


def _row_sums(raised: Floats32, kept: Kept, keys: Integers | None) -> Floats32:
    remaining = raised[:, :, keys] if kept.share_keys and keys is not None else raised
    # A product takes a third of the time of a sum.
    total: Floats32 = remaining @ np.ones(remaining.shape[2], np.float32)
    return total


def _pooled(
    raised: Floats32, totals: Floats32, mass: Floats32, places: Integers, cells: Integers
) -> Floats32:
    """The sums of raised / total over the rows of each cell: float32 [ways, heads, cells, width].

    Args:
        raised: float32 [heads, rows, width].
        totals: float32 [ways, heads, rows]; a row of which nothing is left, 0, is 0.
        mass: float32 [heads, rows], not finite where the row is not.
        places: int64 [kept], the rows that count.
        cells: int64 [kept], the cell of each, ascending.
    """
    (ways, heads, rows), width = totals.shape, raised.shape[2]
    small = (totals != 0) & ~(totals > SMALL)
    if np.isfinite(mass).all() and np.isfinite(totals).all() and not small.any():
        # One product divides and adds, whatever the number of ways.
        factors = np.zeros((heads, ways, cells[-1] + 1 - cells[0], rows), np.float32)
        shares = np.divide(1, totals, out=np.zeros_like(totals), where=totals != 0)
        for way, share in enumerate(shares):
            factors[:, way, cells - cells[0], places] = share[:, places]
        pooled: Floats32 = factors.reshape(heads, -1, rows) @ raised
        return pooled.reshape(heads, ways, -1, width).swapaxes(0, 1)
    # A row that is not finite stays in its own cell.
    shown, totals = raised[None, :, places], totals[:, :, places, None]
    shown = np.divide(
        shown, totals, out=np.zeros((ways, *shown.shape[1:]), np.float32), where=totals != 0
    )
    return _sums(shown, cells - cells[0], 2)


def _sums(array: Floats32, cells: Integers, axis: int) -> Floats32:
    """The sums of the entries of each cell; `cells` ascend."""
    if cells[-1] + 1 == len(cells):
        return array
    sums: Floats32 = np.add.reduceat(array, np.flatnonzero(np.diff(cells, prepend=-1)), axis=axis)
    return sums
