"""What each neuron of a head contributes, and the head's weights, by distance in tokens."""

from __future__ import annotations

import numpy as np

from tb_attention.answers.answer import Arrays
from tb_attention.answers.blas import one_thread
from tb_attention.attention.neuron_distance import by_distance, common_share, strongest, vectors
from tb_attention.store.location import Location
from tb_attention.store.store import Store


def answer_distances(
    store: Store, location: Location, stack: str | None, layer: int, head: int, axis: str
) -> Arrays:
    """Means over all pairs of tokens at each distance, with lines through them.

    Returns:
        `pairs`, `scores` and `weights` float32 [distances]; `contributions` float32 [neurons,
        distances]; `lines` float32 [neurons, 3] and `score_line` float32 [3], each slope, intercept
        and r2; `order` int32 [neurons], the clearest slope first.
    """
    of_head = store.layer(location, stack, layer, head)
    with one_thread():
        found = by_distance(of_head)
    query, key = vectors(of_head)
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
