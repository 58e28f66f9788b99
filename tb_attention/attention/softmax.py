"""Attention weights from queries and keys, in blocks of rows.

Blocks, so that layers x heads x T x T numbers never exist at once. One source for numpy and torch
(array-api-compat): logging may compute on the accelerator, and reading needs no torch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from array_api_compat import array_namespace, device

from tb_attention.attention.layer import Array, AttentionLayer
from tb_attention.errors import InvalidInput

ROWS = 64
"""Rows of a block: the fastest of 64, 128 and 256 at T = 1024, and 3 MB of numbers for 12 heads."""

NUMBERS = 1 << 26
"""Of a layer of very many heads and keys a block has fewer rows, so that it has no more numbers."""


CACHED = 3 << 17
"""Numbers of a block that stays in the second cache of a core while it is worked at."""


def cached_rows(layer: AttentionLayer) -> int:
    """Rows of a block that stays in the second cache of a core, 8 to ROWS."""
    return min(max(CACHED // max(layer.heads * layer.keys, 1), 8), ROWS)


def scores(layer: AttentionLayer, rows: slice = slice(None)) -> Array:
    """Scores before the softmax, after scale, soft cap, bias and masks.

    Example:
        >>> layer = AttentionLayer(np.ones((1, 3, 4)), np.ones((1, 3, 4)), scale=0.5)
        >>> scores(layer, slice(1, 2))
        array([[[  2.,   2., -inf]]], dtype=float32)

    Args:
        layer: a layer with query and key.
        rows: the queries whose scores are wanted, a slice with step 1.

    Returns:
        float32 [heads, rows, keys], -inf where masked, as an array of the layer's library.

    Raises:
        InvalidInput: only weights of the layer are known.
    """
    if layer.weights is not None:
        raise InvalidInput(
            "this layer has no scores: only its weights were logged. Log queries and keys to see "
            "scores."
        )
    start, stop, _ = rows.indices(layer.queries)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        return _scores(float32(layer), start, stop, layer.keys)


def weights(layer: AttentionLayer, rows: slice = slice(None)) -> Array:
    """Attention weights: softmax(query . key * scale + bias) over the keys that may be seen.

    Example:
        >>> layer = AttentionLayer(np.ones((1, 3, 4)), np.ones((1, 3, 4)), scale=0.5)
        >>> weights(layer, slice(1, 2))
        array([[[0.5, 0.5, 0. ]]], dtype=float32)

    Args:
        layer: a layer with query and key, or with weights, which are returned as they are.
        rows: the queries whose weights are wanted, a slice with step 1.

    Returns:
        float32 [heads, rows, keys], as an array of the layer's library. Each row sums to 1, less
        what a sink takes; a row that may see nothing is all zero.
    """
    start, stop, _ = rows.indices(layer.queries)
    xp = array_namespace(layer.query if layer.weights is None else layer.weights)
    where = device(layer.query if layer.weights is None else layer.weights)
    result = xp.zeros(
        (layer.heads, max(stop - start, 0), layer.keys), dtype=xp.float32, device=where
    )
    for first, _, block in row_blocks(layer, rows=rows):
        result[:, first - start : first - start + block.shape[1], : block.shape[2]] = block
    return result


def row_blocks(
    layer: AttentionLayer, size: int = ROWS, rows: slice = slice(None)
) -> Iterator[tuple[int, Array | None, Array]]:
    """Goes through the queries in blocks of `size` rows.

    Keys from `width` on are masked for the whole block, so a causal layer costs half.

    Yields:
        (first query, scores, weights), the arrays float32 [heads, rows, width]. Scores are less the
        largest of their row, and None where only weights are known.
    """
    for block in raised_blocks(layer, size, rows):
        with np.errstate(invalid="ignore"):
            yield (
                block.start,
                block.scores,
                block.raised if block.scores is None else block.raised / block.total[:, :, None],
            )


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of a softmax before its division: weights = raised / total.

    Who gets it may overwrite its arrays. Where only weights are known, scores, shift and top are
    None, raised are the weights, and total is 1. Scores are None where nobody wanted them, too.

    Attributes:
        start: first query.
        scores: float32 [heads, rows, width], less `shift`; -inf where masked.
        raised: float32 [heads, rows, width], exp(scores).
        shift: float32 [heads, rows], what was subtracted from the scores.
        top: float32 [heads, rows], the largest score as it was.
        mass: float32 [heads, rows], the sum of raised.
        total: float32 [heads, rows], mass and what a sink takes; 1 where a row sees nothing.
        seen: all rows see the first `seen` keys.
    """

    start: int
    scores: Array
    raised: Array
    shift: Array
    top: Array
    mass: Array
    total: Array
    seen: int


def raised_blocks(
    layer: AttentionLayer,
    size: int = ROWS,
    rows: slice = slice(None),
    *,
    with_scores: bool = True,
) -> Iterator[Block]:
    """Goes through the queries in blocks of `size` rows, with the parts of the softmax.

    Args:
        layer: a layer.
        size: rows of a block.
        rows: the queries that are wanted, a slice with step 1.
        with_scores: False where nobody needs the scores: half of the memory is touched then.

    Yields:
        Blocks, whose keys are those that `row_blocks` gives too.
    """
    start, stop, _ = rows.indices(layer.queries)
    layer = float32(layer, but=_BY_ROWS)
    size = max(1, min(size, NUMBERS // max(layer.heads * layer.keys, 1)))
    for first in range(start, stop, size):
        last = min(first + size, stop)
        if layer.weights is not None:
            xp = array_namespace(layer.weights)
            weights = xp.astype(layer.weights[:, first:last, :], xp.float32, copy=False)
            if layer.arriving:
                weights = _shares(weights * layer.value_norms[:, None, :])
            mass = xp.sum(weights, axis=2)
            yield Block(first, None, weights, None, None, mass, xp.ones_like(mass), 0)
            continue
        width = min(max(last + layer.query_start, 0), layer.keys) if layer.causal else layer.keys
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            block = _raised(layer, first, last, width, with_scores)
        yield block


def support(
    layer: AttentionLayer, start: int, scores: Array | None, weights: Array
) -> npt.NDArray[np.float64]:
    """How many keys each row of a block of row_blocks may see: float64 [heads or 1, rows]."""
    rows = weights.shape[1]
    if scores is not None and layer.mask is not None:
        xp = array_namespace(scores)
        seen = xp.sum(xp.astype(scores > -xp.inf, xp.float32), axis=2)
        return np.asarray(seen.cpu() if hasattr(seen, "cpu") else seen, dtype=np.float64)
    if layer.causal:
        return np.clip(np.arange(start, start + rows) + layer.query_start + 1.0, 0, layer.keys)[
            None, :
        ]
    return np.full((1, rows), float(layer.keys))


_BY_ROWS = ("query", "weights")
"""Of these a block of rows is made float32 when its turn comes: often few rows are wanted."""


def float32(layer: AttentionLayer, but: Collection[str] = ()) -> AttentionLayer:
    """The same layer with its tensors in float32, but for these; none is copied needlessly."""

    def of(array: Array | None) -> Array | None:
        return (
            None
            if array is None
            else array_namespace(array).astype(array, array_namespace(array).float32, copy=False)
        )

    arrays: Any = {
        name: of(getattr(layer, name))
        for name in ("query", "key", "weights", "bias", "sinks", "value_norms")
        if name not in but
    }
    return replace(layer, **arrays)


def _scores(layer: AttentionLayer, start: int, stop: int, width: int) -> Array:
    """Scores of the first `width` keys: float32 [heads, stop - start, width].

    The order of operations is that of transformers: scale, soft cap, bias, masks.
    """
    query, key = layer.query, layer.key
    xp = array_namespace(query)
    heads, rows, neurons = layer.heads, stop - start, query.shape[2]
    # The query heads that share a key head stand one after the other, so their rows make one
    # product with it.
    shared = xp.reshape(
        xp.astype(query[:, start:stop, :], xp.float32, copy=False) * layer.scale,
        (layer.key_heads, heads // layer.key_heads * rows, neurons),
    )
    result = xp.reshape(
        xp.matmul(shared, xp.matrix_transpose(key[:, :width, :])), (heads, rows, width)
    )
    if layer.softcap is not None:
        result = xp.tanh(result / layer.softcap) * layer.softcap
    if layer.bias is not None:
        result = result + layer.bias[:, start:stop, :width]
    if layer.causal:
        # Keys up to the first query's own are seen by all rows: only the last corner needs a mask,
        # a tenth of the time of a whole one.
        where, corner = device(query), _corner(layer, start, width)
        seen = (
            xp.arange(corner, width, device=where)[None, :]
            <= xp.arange(start, stop, device=where)[:, None] + layer.query_start
        )
        result[:, :, corner:] = xp.where(
            seen[None, :, :],
            result[:, :, corner:],
            xp.asarray(-xp.inf, dtype=xp.float32, device=where),
        )
    if layer.mask is not None:
        result = xp.where(
            layer.mask[:, start:stop, :width],
            result,
            xp.asarray(-xp.inf, dtype=xp.float32, device=device(query)),
        )
    return result


def _raised(layer: AttentionLayer, start: int, stop: int, width: int, with_scores: bool) -> Block:
    scores, sinks = _scores(layer, start, stop, width), layer.sinks
    xp = array_namespace(scores)
    if layer.arriving:
        # exp(score) times the length of a value is exp(score + ln of that length).
        norms = xp.asarray(layer.value_norms[:, :width], device=device(scores))
        scores, sinks = scores + xp.log(norms)[:, None, :], None
    if width:
        top = xp.max(scores, axis=2)
    else:
        top = xp.full(scores.shape[:2], -xp.inf, dtype=xp.float32, device=device(scores))
    shift = top if sinks is None else xp.maximum(top, sinks[:, None])
    shift = xp.where(shift == -xp.inf, xp.zeros_like(shift), shift)
    scores -= shift[:, :, None]
    raised = xp.exp(scores) if with_scores else xp.exp(scores, out=scores)
    mass = xp.sum(raised, axis=2)
    total = mass if sinks is None else mass + xp.exp(sinks[:, None] - shift)
    # A corner that causality hides, or any place where there is a mask.
    plain = layer.mask is None and layer.bias is None and not layer.arriving
    seen = _corner(layer, start, width) if plain else 0
    return Block(
        start,
        scores if with_scores else None,
        raised,
        shift,
        top,
        mass,
        xp.where(total == 0, xp.ones_like(total), total),
        seen,
    )


def _shares(numbers: Array) -> Array:
    """The numbers divided by the sum of their row; rows that are all 0 stay so."""
    xp = array_namespace(numbers)
    total = xp.sum(numbers, axis=2, keepdims=True)
    return numbers / xp.where(total == 0, xp.ones_like(total), total)


def _corner(layer: AttentionLayer, start: int, width: int) -> int:
    """The number of keys that causality hides from none of the queries from `start` on."""
    return min(max(start + layer.query_start + 1, 0), width) if layer.causal else width
