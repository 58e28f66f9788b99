"""Sums over the queries of every key: on which one token a head rests.

They are added up over blocks of rows, so that no T x T array is kept.
"""

from __future__ import annotations

import numpy as np
from array_api_compat import array_namespace, device

from tb_attention.attention.dtypes import Booleans, Floats32, Floats64
from tb_attention.attention.layer import Array, AttentionLayer
from tb_attention.attention.softmax import Block

SEES = 4
"""Queries that see fewer tokens do not count: even weights would put a third or a half on each."""

SEEN = 8
"""A key that fewer of the queries that count see is no place to rest.

A head that moves along half as fast as the text has two queries for each key: of five 0.4.
"""

SEEN_SHARE = 0.25
"""A key must be seen by this share of the queries that count.

The last tokens of a long text are seen by a few, which look at what is near in any case.
"""

RESTS = 0.3
"""A head rests on a token that has this share of its weight.

As a sink is defined by Gu et al. 2024. Of four tokens that count even weights give a quarter.
"""


class KeySums:
    """Adds up the weights on each key of one layer: `add` every block, then `resting`."""

    def __init__(self, layer: AttentionLayer) -> None:
        self._layer = layer
        self._weight = np.zeros((layer.heads, layer.keys))
        self._counted = np.zeros((layer.heads, layer.queries), bool)
        self._visible = np.zeros((layer.heads, layer.keys)) if layer.mask is not None else None

    def add(self, block: Block, support: Floats64) -> None:
        """Adds one block of softmax.raised_blocks, before its scores are overwritten.

        Args:
            block: some rows.
            support: how many keys each of them may see, [heads or 1, rows].
        """
        raised, mass, total = block.raised, _numpy(block.mass), _numpy(block.total)
        rows, width = raised.shape[1:]
        counted = np.isfinite(mass) & (support >= SEES)
        self._counted[:, block.start : block.start + rows] = counted
        if not width or not counted.any():
            return
        xp, on = array_namespace(raised), device(raised)
        if not np.isfinite(mass).all():
            counts = xp.asarray(counted, device=on)[:, :, None]
            raised = xp.where(counts, raised, xp.zeros_like(raised))
        shares = np.divide(1, total, out=np.zeros_like(total), where=counted)
        summed = xp.matmul(xp.asarray(shares, device=on)[:, None, :], raised)
        self._weight[:, :width] += _numpy(summed)[:, 0]
        if self._visible is not None and block.scores is not None:
            seen = xp.astype(block.scores > -xp.inf, xp.float32)
            rows_counted = xp.asarray(counted.astype(np.float32), device=on)
            self._visible[:, :width] += _numpy(xp.matmul(rows_counted[:, None, :], seen))[:, 0]

    def resting(self) -> tuple[Floats64, Floats64]:
        """The largest mean weight on one key, and which: float64 [heads] each, NaN without one.

        The mean is over the queries that count and see the key.
        """
        if not self._layer.keys or not self._layer.queries:
            return np.full(self._layer.heads, np.nan), np.full(self._layer.heads, np.nan)
        seen, count = self._seen(), self._counted.sum(axis=1)
        places: Booleans = seen >= np.maximum(SEEN, SEEN_SHARE * count)[:, None]
        mean = np.where(places, self._weight / np.maximum(seen, 1), -1.0)
        some = places.any(axis=1)
        return (
            np.where(some, mean.max(axis=1), np.nan),
            np.where(some, mean.argmax(axis=1), np.nan),
        )

    def _seen(self) -> Floats64:
        """How many of the queries that count see each key: float64 [heads, keys]."""
        if self._visible is not None and self._layer.weights is None:
            return self._visible
        counted = self._counted.astype(np.float64)
        if not self._layer.causal:
            return np.repeat(counted.sum(axis=1)[:, None], self._layer.keys, axis=1)
        # Key j is seen from query j - query_start on.
        later = np.concatenate(
            [np.cumsum(counted[:, ::-1], axis=1)[:, ::-1], np.zeros((len(counted), 1))], axis=1
        )
        begins = np.clip(
            np.arange(self._layer.keys) - self._layer.query_start, 0, self._layer.queries
        )
        return later[:, begins]


def _numpy(array: Array) -> Floats32:
    return np.asarray(array.cpu() if hasattr(array, "cpu") else array)
