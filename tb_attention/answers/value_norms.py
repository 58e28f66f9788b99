"""How long the values of a layer are when they arrive."""

from __future__ import annotations

import numpy as np

from tb_attention.answers.answer import Arrays
from tb_attention.store.location import Location
from tb_attention.store.store import Store


def answer_value_norms(store: Store, location: Location, stack: str | None, layer: int) -> Arrays:
    """`norms` float32 [heads, keys] of a layer; NaN of heads that were not logged.

    Raises:
        NotLogged: the lengths of values were not logged.
    """
    found = store.layer(location, stack, layer).arrived()
    return Arrays({"norms": np.asarray(found.value_norms, np.float32)})
