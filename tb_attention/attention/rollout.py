"""Attention rollout: how much of each token of the text reaches each place through the layers.

R_l = (A_l + I) / 2 with rows divided by their sum, times R_(l - 1); A_l is the mean of the weights
over the heads of layer l, and I stands for what goes past the attention (Abnar and Zuidema 2020).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_attention.attention.dtypes import Floats32
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.softmax import row_blocks


def roll_out(layer: AttentionLayer, before: Floats32 | None, into: Floats32) -> Iterator[float]:
    """Takes the rollout one layer further, a block of rows at a time.

    Args:
        layer: the layer; its queries are its keys.
        before: float32 [tokens, tokens], the rollout up to the layer before; None: this is the
            first.
        into: float32 [tokens, tokens], which becomes the rollout up to this layer.

    Yields:
        What share of the rows is done.
    """
    tokens = layer.queries
    for start, _, weights in row_blocks(layer):
        mean = np.asarray(weights).mean(axis=0)
        rows, width = mean.shape
        passed = np.zeros((rows, tokens), np.float32)
        passed[:, :width] = mean
        passed[np.arange(rows), np.arange(start, start + rows)] += 1
        passed /= passed.sum(axis=1, keepdims=True)
        # What no row of the block sees is 0 in all of them.
        seen = max(width, start + rows)
        into[start : start + rows] = passed if before is None else passed[:, :seen] @ before[:seen]
        yield (start + rows) / tokens
