"""Weights of a layer or of one head, token by token or in cells of several tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tb_attention.answers.answer import Arrays, Streamed
from tb_attention.answers.blas import one_thread
from tb_attention.answers.left_out import PLAIN, LeftOut, Resting
from tb_attention.answers.pool import Kept, pool_weights
from tb_attention.answers.resting import resting_tokens
from tb_attention.answers.show import WEIGHT, shown
from tb_attention.answers.size import refuse_large
from tb_attention.attention import softmax
from tb_attention.attention.dtypes import Numbers
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.thumbnails import encode
from tb_attention.store.layers import find_stack
from tb_attention.store.location import Location
from tb_attention.store.store import Store

WHOLE = 16 << 20
"""Bytes: a larger answer is made while it is sent."""

PART = 256
"""Rows of one head that are made, and sent, at once: 4 MB at 4,096 tokens."""

DTYPES: dict[str, np.dtype[Any]] = {
    "float32": np.dtype("<f4"),
    "float16": np.dtype("<f2"),
    "uint8": np.dtype("u1"),
}
"""How weights may be asked for; uint8 holds round(255 * sqrt(weight))."""

_ADVICE = "ask for one head, or for dtype=uint8, or for cells of several tokens (block)"


def answer_weights(
    store: Store,
    location: Location,
    stack: str | None,
    layer: int,
    head: int | None,
    dtype: str = "float32",
    show: str = WEIGHT,
) -> Arrays | Streamed:
    """`weights` [heads, queries, keys] of a layer, or of one head of it, with one of DTYPES."""
    found = shown(store.layer(location, stack, layer, head), show)
    shape = (found.heads, found.queries, found.keys)

    def parts() -> Iterator[Numbers]:
        for one in range(found.heads):
            for start in range(0, found.queries, PART):
                yield _weights(found.head(one), dtype, slice(start, start + PART))

    if refuse_large("These weights", shape, DTYPES[dtype], _ADVICE) <= WHOLE:
        return Arrays({"weights": _weights(found, dtype)})
    return Streamed("weights", shape, DTYPES[dtype], parts)


def answer_cells(
    store: Store,
    location: Location,
    stack: str | None,
    layer: int,
    head: int | None,
    dtype: str,
    block: int,
    left_out: LeftOut = PLAIN,
    show: str = WEIGHT,
) -> Arrays | Streamed:
    """`weights` [heads, rows, columns] of cells of block x block tokens, with one of DTYPES.

    A cell is the mean over its queries of the sum over its keys.
    """
    message = store.message(location)
    found = shown(store.layer(location, stack, layer, head), show)
    of_stack = find_stack(message, stack)
    resting: Resting = ()
    if left_out.rests:
        resting = resting_tokens(store, location).get((of_stack.name, layer), ())
        resting = resting if head is None else resting[head : head + 1]
    kept = left_out.kept(message, of_stack, found, resting)
    rows, columns = (np.arange(tokens) // block for tokens in kept.shape(found))
    shape = (found.heads, *(int(cells[-1]) + 1 if len(cells) else 0 for cells in (rows, columns)))

    def cells(of: AttentionLayer, kept: Kept = kept) -> Numbers:
        pooled = pool_weights(of, rows, columns, kept)
        return encode(pooled) if dtype == "uint8" else pooled.astype(DTYPES[dtype], copy=False)

    if refuse_large("These weights", shape, np.dtype(np.float32), _ADVICE) <= WHOLE:
        return Arrays({"weights": cells(found)})
    heads = range(found.heads)
    return Streamed(
        "weights",
        shape,
        DTYPES[dtype],
        lambda: map(cells, map(found.head, heads), map(kept.head, heads)),
    )


def _weights(layer: AttentionLayer, dtype: str, rows: slice = slice(None)) -> Numbers:
    """The weights of these rows: [heads, rows, keys]."""
    first, last, _ = rows.indices(layer.queries)
    weights = np.zeros((layer.heads, last - first, layer.keys), DTYPES[dtype])
    with one_thread():
        # Of a single head, more rows at once take less time.
        size = softmax.ROWS if layer.heads > 1 else PART
        for start, _, block in softmax.row_blocks(layer, size, rows):
            place = slice(start - first, start - first + block.shape[1])
            weights[:, place, : block.shape[2]] = encode(block) if dtype == "uint8" else block
    return weights
