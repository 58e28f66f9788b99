"""Retrieval: whether a head looks at a marked piece of the prompt when the model copies it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from tb_attention.attention.dtypes import Floats64, Numbers
from tb_attention.attention.layer import Array, AttentionLayer
from tb_attention.attention.softmax import Block


@dataclass(frozen=True)
class Needle:
    """A marked piece of the prompt of a generation.

    Args:
        first: position of its first token.
        last: position of its last token.
        prompt: number of tokens that were given; the rest were generated.
    """

    first: int
    last: int
    prompt: int


class NeedleHits:
    """Which tokens of a needle each head of a layer retrieves: `add` every block, then `share`.

    A token is retrieved where a query has its largest weight on it, and the token that was
    generated from this query is the same one.
    """

    def __init__(self, layer: AttentionLayer, ids: Sequence[int], needle: Needle) -> None:
        self._start, self._needle = layer.query_start, needle
        self._ids = np.asarray(ids)
        self._found = np.zeros((layer.heads, needle.last - needle.first + 1), bool)

    def add(self, block: Block) -> None:
        """Adds one block of softmax.raised_blocks."""
        rows, width = block.raised.shape[1:]
        # From the last token of the prompt on, each query generates the token behind it.
        places = np.arange(block.start, block.start + rows) + self._start
        at = np.flatnonzero((places >= self._needle.prompt - 1) & (places + 1 < len(self._ids)))
        if not len(at) or not width:
            return
        xp = array_namespace(block.raised)
        of_rows = block.raised[:, int(at[0]) : int(at[-1]) + 1, :]
        mass = block.mass[:, int(at[0]) : int(at[-1]) + 1]
        # A row that is NaN or sees nothing looks at no token.
        sound = xp.isfinite(mass) & (mass > 0)
        largest = np.where(_numpy(sound), _numpy(xp.argmax(of_rows, axis=2)), -1)
        generated = self._ids[places[at] + 1]
        for head, row in np.argwhere(
            (largest >= self._needle.first) & (largest <= self._needle.last)
        ):
            key = int(largest[head, row])
            if self._ids[key] == generated[row]:
                self._found[head, key - self._needle.first] = True

    def share(self) -> Floats64:
        """Share of the needle's tokens that each head retrieves: float64 [heads]."""
        shares: Floats64 = self._found.mean(axis=1)
        return shares


def _numpy(array: Array) -> Numbers:
    return np.asarray(array.cpu() if hasattr(array, "cpu") else array)
