"""The pair of tokens whose weight changed most between two captures of one head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer

OF_FIRST = 2.0
"""A change of the weight on the first token counts where no other one is at least 1 / this of it.

What a head takes from the first token it gives to another one, and that one says more.
"""


@dataclass(frozen=True)
class PairChange:
    """The weight of one query on one key, before and after.

    Attributes:
        query: index of the query.
        key: index of the key.
        before: the weight in the first capture.
        after: the weight in the second.
    """

    query: int
    key: int
    before: float
    after: float

    @property
    def size(self) -> float:
        """How far the two weights are apart."""
        return abs(self.after - self.before)


def pair_change(before: AttentionLayer, after: AttentionLayer) -> PairChange | None:
    """The pair of tokens whose weight changed most, of layers with one head; None: none is known.

    Example:
        >>> even, first = np.full((1, 2, 2), 0.5), np.array([[[0.5, 0.5], [0.9, 0.1]]])
        >>> pair_change(AttentionLayer(weights=even), AttentionLayer(weights=first)).query
        1
    """
    best: PairChange | None = None
    on_first: PairChange | None = None
    for start in range(0, before.queries, softmax.ROWS):
        rows = slice(start, start + softmax.ROWS)
        one, other = (softmax.weights(layer, rows=rows)[0] for layer in (before, after))
        sizes = np.nan_to_num(np.abs(other - one), nan=-1.0)
        sizes_of_rest = sizes.copy()
        sizes_of_rest[:, 0] = -1.0
        best = _larger(best, one, other, sizes_of_rest, start)
        sizes[:, 1:] = -1.0
        on_first = _larger(on_first, one, other, sizes, start)
    if best is None or (on_first is not None and on_first.size > OF_FIRST * best.size):
        return on_first
    return best


def _larger(
    known: PairChange | None,
    one: npt.NDArray[np.floating],
    other: npt.NDArray[np.floating],
    sizes: npt.NDArray[np.floating],
    start: int,
) -> PairChange | None:
    """The largest change of these rows, or the known one where that is larger."""
    row, key = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
    size = float(sizes[row, key])
    if size < 0 or (known is not None and known.size >= size):
        return known
    return PairChange(start + int(row), int(key), float(one[row, key]), float(other[row, key]))
