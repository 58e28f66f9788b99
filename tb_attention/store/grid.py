"""Thumbnails of all heads of a stack with something left out, which are not stored: made layer by layer from the weights.

A long text takes seconds, so each request goes on for a while where the one before stopped; nothing runs when nobody asks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from tb_attention.attend import AttentionLayer
from tb_attention.store.pool import Kept, pool
from tb_attention.store.reader import Array
from tb_attention.thumbnails import bins, encode

AT_ONCE = 1.0
"""Seconds after which a request is answered with the layers that are done. 12 x 12 heads of 1,024 tokens take about as long."""


class Grid:
    """The thumbnails of some layers, as far as they are made. Any thread may ask; they wait for each other."""

    def __init__(self, layers: int, layer: Callable[[int], AttentionLayer], kept: Callable[[int, int], Kept]) -> None:
        """layer: gives the layer at a place 0 .. layers - 1. kept: what is left of weights [queries, keys]."""
        self._layers, self._layer, self._kept = layers, layer, kept
        self._made: list[Array] = []
        self._lock = threading.Lock()

    def proceed(self, seconds: float) -> tuple[Array, float]:
        """Works for so long, but at least one layer. Returns uint8 [layers, heads, rows, columns], 0 where not done, and the share 0..1."""
        until = time.monotonic() + seconds
        with self._lock:
            while len(self._made) < self._layers:
                self._made.append(self._next())
                if time.monotonic() >= until:
                    break
            shape = np.max([made.shape for made in self._made], axis=0)
            joined = np.zeros((self._layers, *shape), np.uint8)
            for place, made in zip(joined, self._made, strict=False):
                place[: made.shape[0]] = made
            return joined, len(self._made) / self._layers

    def _next(self) -> Array:
        layer = self._layer(len(self._made))
        kept = self._kept(layer.queries, layer.keys)
        rows, columns = (bins(tokens) for tokens in kept.shape(layer))
        return encode(pool(layer, rows, columns, kept))
