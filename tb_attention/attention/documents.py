"""How much the documents of a packed sequence attend to each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.softmax import row_blocks


def document_mass(layer: AttentionLayer, documents: Sequence[int]) -> npt.NDArray[np.float64]:
    """The weight of each document's queries on each document's keys, mean over the queries.

    Example:
        >>> layer = AttentionLayer(weights=np.full((1, 2, 2), 0.5, np.float32))
        >>> document_mass(layer, [0, 1])[0].tolist()
        [[0.5, 0.5], [0.5, 0.5]]

    Args:
        layer: a layer whose queries and keys are the same T tokens.
        documents: T numbers, the document of each token.

    Returns:
        float64 [heads, documents, documents]: mass[h, b, a] of document b on document a. Queries
        whose weights are NaN take no part; a document without any is NaN.
    """
    numbers, of = np.unique(documents, return_inverse=True)
    count = len(numbers)
    member = (of[:, None] == np.arange(count)[None, :]).astype(np.float32)
    sums = np.zeros((layer.heads, count, count))
    rows = np.zeros((layer.heads, count))
    for start, _, weights in row_blocks(layer):
        mass = weights @ member[: weights.shape[2]]
        queries = member[start : start + weights.shape[1]]
        sound = np.isfinite(mass).all(axis=2)
        sums += np.einsum("hqa,qb->hba", np.where(sound[:, :, None], mass, 0), queries)
        rows += sound.astype(np.float64) @ queries
    with np.errstate(invalid="ignore"):
        return np.where(rows[:, :, None] > 0, sums / np.maximum(rows, 1)[:, :, None], np.nan)
