"""Distances between heads: the Jensen-Shannon distance of their rows, mean over the rows.

The distance of two rows p and q is sqrt((D(p | m) + D(q | m)) / 2) with m = (p + q) / 2 and D the
Kullback-Leibler divergence with logarithms of base 2 (Lin 1991; Endres and Schindelin 2003; of
attention heads, Clark et al. 2019, as the divergence): 0 is the same, 1 has nothing in common. Rows
that see one token, or are NaN, say nothing and are left out. Computed in blocks of rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_attention.attention.dtypes import Booleans, Floats32, Floats64
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.softmax import float32, row_blocks, support

ROWS = 1024
"""Of longer texts this many rows are taken, evenly spread: seconds instead of minutes."""

_BLOCK = 16
"""Rows of a block where rows are left out."""


LEFT = 0.1
"""Rows with less of their weight than this on the keys that are not hidden say nothing."""


def head_distances(
    first: AttentionLayer,
    second: AttentionLayer,
    rows: int = ROWS,
    hidden: Booleans | None = None,
) -> Floats64:
    """Distance of each head of a layer from the same head of another layer.

    Args:
        first: a layer.
        second: a layer with the same numbers of heads, queries and keys.
        rows: at most this many rows are compared.
        hidden: bool [keys], keys that are left out; rows are divided by what remains. None: none.

    Returns:
        float64 [heads], 0 to 1; NaN where no row can be compared.
    """
    sums, counts = np.zeros(first.heads), np.zeros(first.heads)
    sink = first.sinks is not None or second.sinks is not None
    for (p, sound), (q, also_sound) in zip(
        _rows(first, rows, sink, hidden), _rows(second, rows, sink, hidden), strict=True
    ):
        width = max(p.shape[2], q.shape[2])
        distance = _distance(_wide(p, width), _wide(q, width))
        _add(sums, counts, distance, sound & also_sound)
    return _means(sums, counts)


def head_distances_within(
    layer: AttentionLayer, rows: int = ROWS, near: float = np.inf
) -> Iterator[Floats64]:
    """Distance of each head of a layer from each other one, over more and more of the rows.

    Args:
        layer: a layer.
        rows: at most this many rows are compared.
        near: ends once every two heads are known to be at least this far from each other, whatever
            the rows that are left may say.

    Yields:
        float64 [heads, heads], symmetric, 0 on the diagonal; NaN where no row can be compared. The
        last one is over all rows that are compared, or nowhere less than `near`.
    """
    sums, counts = np.zeros((layer.heads, layer.heads)), np.zeros((layer.heads, layer.heads))
    pairs = np.triu_indices(layer.heads, 1)
    most = sum(chosen.stop - chosen.start for chosen in _chosen(layer.queries, rows))
    for p, sound in _rows(layer, rows, layer.sinks is not None):
        for head in range(layer.heads):
            later = slice(head + 1, None)
            _add(
                sums[head, later],
                counts[head, later],
                _distance(p[head][None], p[later]),
                sound[head] & sound[later],
            )
        result = _means(sums + sums.T, counts + counts.T)
        np.fill_diagonal(result, 0)
        yield result
        # No distance is negative, so the rows that are left can only add to these sums.
        if np.all(sums[pairs] >= near * most):
            return


def _rows(
    layer: AttentionLayer, rows: int, sink: bool, hidden: Booleans | None = None
) -> Iterator[tuple[Floats32, Booleans]]:
    """Blocks of weights [heads, rows, width], and whether each row says something [heads, rows].

    sink: what a sink logit of the model takes is one more key, the first, so that each row sums to
    1.
    """
    layer = float32(layer)
    for chosen in _chosen(layer.queries, rows):
        for start, scores, weights in row_blocks(layer, rows=chosen):
            mass = weights.sum(axis=2, keepdims=True)
            sound = (
                np.isfinite(mass[:, :, 0])
                & (mass[:, :, 0] > 0)
                & (support(layer, start, scores, weights) > 1)
            )
            whole = np.concatenate([np.clip(1 - mass, 0, 1), weights], axis=2) if sink else weights
            if hidden is not None:
                whole = np.where(hidden[: weights.shape[2]], np.float32(0), weights)
                mass = whole.sum(axis=2, keepdims=True)
                sound &= mass[:, :, 0] >= LEFT
                whole = np.divide(whole, mass, out=np.zeros_like(whole), where=mass > 0)
            yield np.where(sound[:, :, None], whole, np.float32(0)), sound


def _chosen(queries: int, rows: int) -> list[slice]:
    if queries <= rows:
        return [slice(0, queries)]
    starts = np.linspace(0, queries - _BLOCK, max(rows // _BLOCK, 1)).astype(int)
    return [slice(start, start + _BLOCK) for start in starts]


def _distance(p: Floats32, q: Floats32) -> Floats32:
    """Distance of each row: [heads, rows] of weights [heads or 1, rows, width]."""
    middle = np.log2(np.maximum(p + q, 1e-37)) - 1
    divergence = _divergence(p, middle) + _divergence(q, middle)
    distance: Floats32 = np.sqrt(np.clip(divergence / 2, 0, 1))
    return distance


def _divergence(p: Floats32, middle: Floats32) -> Floats32:
    divergence: Floats32 = np.sum(p * (np.log2(np.maximum(p, 1e-37)) - middle), axis=2)
    return divergence


def _wide(weights: Floats32, width: int) -> Floats32:
    return np.pad(weights, ((0, 0), (0, 0), (0, width - weights.shape[2])))


def _add(
    sums: Floats64,
    counts: Floats64,
    distance: Floats32,
    sound: Booleans,
) -> None:
    sums += np.where(sound, distance, 0).sum(axis=-1)
    counts += sound.sum(axis=-1)


def _means(sums: Floats64, counts: Floats64) -> Floats64:
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
