"""What the neurons of one head do by distance, and the numbers of the steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_attention.attend import AttentionLayer
from tb_attention.distance import by_distance, common_share, strongest, vectors
from tb_attention.store.answer import Arrays
from tb_attention.store.index import Steps
from tb_attention.store.threads import one_thread


def distances(layer: AttentionLayer, axis: str) -> Arrays:
    """What the route `distances` answers, for a layer with one head."""
    with one_thread():
        found = by_distance(layer)
    query, key = vectors(layer)
    lines = [found.line(each, axis) for each in found.contributions]
    arrays = {
        "pairs": found.pairs.astype(np.float32),
        "contributions": found.contributions.astype(np.float32),
        "scores": found.scores.astype(np.float32),
        "weights": found.weights.astype(np.float32),
        "lines": np.array(lines, np.float32).reshape(-1, 3),
        "score_line": np.array(found.line(found.scores, axis), np.float32),
        "order": strongest(lines),
    }
    return Arrays(
        arrays,
        {
            "first": found.first,
            "query_common": common_share(query),
            "key_common": common_share(key),
        },
    )


def step_numbers(steps: Steps) -> npt.NDArray[np.int32] | npt.NDArray[np.float64]:
    """The numbers of the steps: int32 [S], float64 if one does not fit."""
    numbers = np.array(list(steps), np.int64)
    fits = np.all(numbers == numbers.astype(np.int32))
    return numbers.astype(np.int32) if fits else numbers.astype(np.float64)
