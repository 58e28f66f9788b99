"""Weights of a layer or of one head, token by token or in cells of several tokens."""

from __future__ import annotations

from typing import Any

import numpy as np

from tb_attention.answers.answer import Arrays
from tb_attention.answers.blas import one_thread
from tb_attention.answers.left_out import PLAIN, LeftOut
from tb_attention.answers.pool import pool_weights
from tb_attention.answers.size import refuse_large
from tb_attention.attention import softmax
from tb_attention.attention.thumbnails import encode
from tb_attention.store.layers import find_stack
from tb_attention.store.location import Location
from tb_attention.store.store import Store

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
) -> Arrays:
    """`weights` [heads, queries, keys] of a layer, or of one head of it, with one of DTYPES."""
    found = store.layer(location, stack, layer, head)
    shape = (found.heads, found.queries, found.keys)
    refuse_large("These weights", shape, DTYPES[dtype], _ADVICE)
    weights = np.zeros(shape, DTYPES[dtype])
    with one_thread():
        for start, _, block in softmax.row_blocks(found):
            rows = slice(start, start + block.shape[1])
            weights[:, rows, : block.shape[2]] = encode(block) if dtype == "uint8" else block
    return Arrays({"weights": weights})


def answer_cells(
    store: Store,
    location: Location,
    stack: str | None,
    layer: int,
    head: int | None,
    dtype: str,
    block: int,
    left_out: LeftOut = PLAIN,
) -> Arrays:
    """`weights` [heads, rows, columns] of cells of block x block tokens, with one of DTYPES.

    A cell is the mean over its queries of the sum over its keys.
    """
    message = store.message(location)
    found = store.layer(location, stack, layer, head)
    kept = left_out.kept(message, find_stack(message, stack), found.queries, found.keys)
    rows, columns = (np.arange(tokens) // block for tokens in kept.shape(found))
    shape = (found.heads, len(rows) // block + 1, len(columns) // block + 1)
    refuse_large("These weights", shape, np.dtype(np.float32), _ADVICE)
    cells = pool_weights(found, rows, columns, kept)
    return Arrays({"weights": encode(cells) if dtype == "uint8" else cells.astype(DTYPES[dtype])})
