"""What each neuron of a head contributes, and the head's weights, by distance in tokens."""

from __future__ import annotations

import numpy as np

from tb_attention.answers.answer import Arrays
from tb_attention.answers.blas import one_thread
from tb_attention.attention.dtypes import Numbers
from tb_attention.attention.neuron_distance import (
    by_distance,
    common_share,
    has_partners,
    is_clear,
    strongest,
    vectors,
)
from tb_attention.store.location import Location
from tb_attention.store.store import Store


def answer_distances(
    store: Store, location: Location, stack: str | None, layer: int, head: int, axis: str
) -> Arrays:
    """Means over all pairs of tokens at each distance, with lines through them.

    Returns:
        `pairs`, `scores` and `weights` float32 [distances]; `contributions` float32 [neurons,
        distances]. Curves are those of single neurons, or of rotary partners together (curve n is
        that of neurons n and n + neurons / 2): `lines` float32 [curves, 3] and `score_line` float32
        [3], each slope, intercept and r2; `turns_back` float32 [curves]; `clear` uint8 [curves], 1
        where the curve follows its line; `order` int32 [curves], the clearest slope first.
    """
    of_head = store.layer(location, stack, layer, head)
    with one_thread():
        found = by_distance(of_head)
    query, key = vectors(of_head)
    partners = has_partners(of_head)
    curves = found.joined() if partners else found.contributions
    lines = [found.line(each, axis) for each in curves]
    turns = [found.turns_back(*each) for each in zip(curves, lines, strict=True)]
    clear = [is_clear(*each) for each in zip(lines, turns, strict=True)]
    arrays: dict[str, Numbers] = {
        "pairs": found.pairs.astype(np.float32),
        "contributions": found.contributions.astype(np.float32),
        "scores": found.scores.astype(np.float32),
        "weights": found.weights.astype(np.float32),
        "lines": np.array(lines, np.float32).reshape(-1, 3),
        "score_line": np.array(found.line(found.scores, axis), np.float32),
        "turns_back": np.array(turns, np.float32),
        "clear": np.array(clear, np.uint8),
        "order": strongest(lines),
    }
    return Arrays(
        arrays,
        {
            "first": found.first,
            "partners": partners,
            "query_common": common_share(query),
            "key_common": common_share(key),
        },
    )
