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
from tb_attention.attention.softmax import float32, raised_blocks, support

ROWS = 1024
"""Of longer texts this many rows are taken, evenly spread: seconds instead of minutes."""

_BLOCK = 16
"""Rows of a block where rows are left out."""

_OF_ALL_HEADS = 256
"""Rows of a block times heads: with 1,024 keys it stays in the second cache of a core."""

LN2, TINY = float(np.log(2)), np.float32(1e-37)

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
        hidden: bool [1 or heads, keys], keys that are left out; rows are divided by what remains.
            None: none.

    Returns:
        float64 [heads], 0 to 1; NaN where no row can be compared.
    """
    *_, (_, distances) = head_distances_so_far(first, second, rows, hidden)
    return distances


def head_distances_so_far(
    first: AttentionLayer,
    second: AttentionLayer,
    rows: int = ROWS,
    hidden: Booleans | None = None,
) -> Iterator[tuple[float, Floats64]]:
    """The same over more and more of the rows: (share of them, distances), from 0 to 1."""
    sums, counts = np.zeros(first.heads), np.zeros(first.heads)
    sink = first.sinks is not None or second.sinks is not None
    most, done = _count(first.queries, rows), 0
    for (p, sound), (q, also_sound) in zip(
        _rows(first, rows, sink, hidden), _rows(second, rows, sink, hidden), strict=True
    ):
        width = max(p.shape[2], q.shape[2])
        distance = _distance(_wide(p, width), _wide(q, width))
        _add(sums, counts, distance, sound & also_sound)
        done += p.shape[1]
        yield done / most, _means(sums, counts)
    if not done:
        yield 1.0, _means(sums, counts)


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
    most = _count(layer.queries, rows)
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
    layer = float32(layer, but=("query",))
    size = min(max(_OF_ALL_HEADS // layer.heads, 8), 64)
    for chosen in _chosen(layer.queries, rows):
        for block in raised_blocks(layer, size, chosen):
            with np.errstate(invalid="ignore"):
                weights = block.raised / block.total[:, :, None]
                mass = block.mass / block.total
            sound = (
                np.isfinite(mass)
                & (mass > 0)
                & (support(layer, block.start, block.scores, weights) > 1)
            )
            if sink and hidden is None:
                weights = np.concatenate([np.clip(1 - mass[:, :, None], 0, 1), weights], axis=2)
            if hidden is not None:
                for of_heads, flags in zip(
                    weights if len(hidden) > 1 else weights[None], hidden, strict=True
                ):
                    of_heads[..., np.flatnonzero(flags[: weights.shape[2]])] = 0
                left = weights.sum(axis=2, keepdims=True)
                sound &= left[:, :, 0] >= LEFT
                np.divide(weights, left, out=weights, where=left > 0)
            if not sound.all():
                weights[~sound] = 0
            yield weights, sound


def _chosen(queries: int, rows: int) -> list[slice]:
    if queries <= rows:
        return [slice(0, queries)]
    starts = np.linspace(0, queries - _BLOCK, max(rows // _BLOCK, 1)).astype(int)
    return [slice(start, start + _BLOCK) for start in starts]


def _count(queries: int, rows: int) -> int:
    return sum(len(range(*chosen.indices(queries))) for chosen in _chosen(queries, rows))


def _distance(p: Floats32, q: Floats32) -> Floats32:
    """Distance of each row: [heads, rows] of weights [heads or 1, rows, width].

    Of m = (p + q) / 2 the share a of p is p / m, that of q is 2 - a, and a row's divergences add up
    to the sum of m (a ln a + (2 - a) ln (2 - a)): where p and q are alike nothing cancels.
    """
    middle = p + q
    middle *= np.float32(0.5)
    share = np.maximum(middle, TINY)
    np.divide(p, share, out=share)
    divergence = _times_log(share)
    np.subtract(2, share, out=share)
    divergence += _times_log(share)
    divergence *= middle
    distance: Floats32 = np.sqrt(np.clip(divergence.sum(axis=2) / np.float32(2 * LN2), 0, 1))
    return distance


def _times_log(share: Floats32) -> Floats32:
    """x ln x, and 0 where x is 0."""
    result: Floats32 = np.maximum(share, TINY)
    np.log(result, out=result)
    result *= share
    return result


def _wide(weights: Floats32, width: int) -> Floats32:
    missing = width - weights.shape[2]
    return np.pad(weights, ((0, 0), (0, 0), (0, missing))) if missing else weights


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
