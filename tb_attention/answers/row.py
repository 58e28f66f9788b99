"""Weights and scores of one query."""

from __future__ import annotations

from tb_attention.answers.answer import Arrays
from tb_attention.answers.blas import one_thread
from tb_attention.answers.show import WEIGHT, shown
from tb_attention.attention import softmax
from tb_attention.errors import NotLogged
from tb_attention.store.location import Location
from tb_attention.store.store import Store


def answer_row(
    store: Store,
    location: Location,
    stack: str | None,
    layer: int,
    query: int,
    head: int | None,
    show: str = WEIGHT,
) -> Arrays:
    """`weights` and `scores` float32 [heads, keys]; no scores where only weights were logged."""
    found = store.layer(location, stack, layer, head)
    if not 0 <= query < found.queries:
        raise NotLogged(f"There are the queries 0 to {found.queries - 1}, and no query {query}.")
    rows = slice(query, query + 1)
    with one_thread():
        arrays = {"weights": softmax.weights(shown(found, show), rows=rows)[:, 0]}
        if found.weights is None:
            arrays["scores"] = softmax.scores(found, rows=rows)[:, 0]
    return Arrays(arrays)
