"""What each neuron of a head contributes, and what the head weighs, by distance."""

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
    """Means over all pairs of tokens at each distance, with lines through them."""
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
