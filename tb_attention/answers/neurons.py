"""Query and key vectors of one head."""

from __future__ import annotations

import numpy as np

from tb_attention.answers.answer import Arrays
from tb_attention.errors import NotLogged
from tb_attention.store.layers import find_layer, find_stack
from tb_attention.store.location import Location
from tb_attention.store.store import Store


def answer_neurons(
    store: Store, location: Location, stack: str | None, layer: int, head: int
) -> Arrays:
    """`query` float32 [queries, neurons] and `key` float32 [keys, neurons] of a head."""
    message = find_layer(find_stack(store.message(location), stack), layer)
    if message.weights_only:
        raise NotLogged(
            f"Only the weights of layer {layer} were logged, because the model does not give "
            "queries and keys: they have no neurons to show."
        )
    found = store.layer(location, stack, layer, head)
    arrays = {"query": found.query[0].astype(np.float32), "key": found.key[0].astype(np.float32)}
    key_head = head // (message.heads // message.key_heads)
    return Arrays(arrays, {"scale": found.scale, "key_head": key_head})
