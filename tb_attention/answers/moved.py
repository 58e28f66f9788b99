"""How far heads moved between the first and the last step of a tag, as findings look at it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_attention.answers.change import begin_change
from tb_attention.answers.jobs import Work
from tb_attention.answers.looked_at import LookedAt
from tb_attention.attention.head_distance import head_distances
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.pair_change import PairChange, pair_change
from tb_attention.errors import AttentionError
from tb_attention.findings.changes import changed_most
from tb_attention.findings.history import History
from tb_attention.store.store import Store

ROWS = 256
"""Rows of each head that are compared in long texts, a quarter of those that `change` compares."""

CANDIDATES = 6
"""So many heads that changed most by these rows are compared by as many as `change` does."""


@dataclass(frozen=True)
class Moved:
    """How far the heads of a stack moved.

    Attributes:
        history: the stack.
        distances: [layers, heads], NaN where not comparable.
        pairs: (row, head) -> the pair of tokens whose weight changed most, of the heads that
            changed most.
    """

    history: History
    distances: npt.NDArray[np.floating]
    pairs: dict[tuple[int, int], PairChange]


def compare_steps(store: Store, looked_at: LookedAt, found: list[Moved], rows: int = ROWS) -> Work:
    """Compares the first step with the last one; nothing where their texts differ.

    Args:
        store: has the captures.
        looked_at: the tag.
        found: gets one for each stack.
        rows: at most this many rows of each head are compared; of the heads that changed most all
            that `change` compares.

    Yields:
        Its progress, 0 to 1.
    """
    if not looked_at.same_text or looked_at.first is looked_at.last:
        return
    try:
        change = begin_change(store, looked_at.first, looked_at.last, compared=rows)
    except AttentionError:
        return
    yield from change.work
    of_rows, distance = change.value.metadata["rows"], change.value.arrays["distance"]
    for history in looked_at.stacks:
        places = [
            of_rows.index((history.stack, layer)) if (history.stack, layer) in of_rows else -1
            for layer in history.layers
        ]
        known = np.where(np.array(places)[:, None] >= 0, distance[places], np.nan)
        heads = {}
        for row, head in changed_most(known, CANDIDATES):
            if (of_head := _of_head(store, looked_at, history, row, head)) is not None:
                heads[row, head] = of_head
                known[row, head] = head_distances(*of_head)[0]
            yield 1.0
        pairs = {}
        for place in changed_most(known):
            if place in heads and (pair := pair_change(*heads[place])):
                pairs[place] = pair
            yield 1.0
        found.append(Moved(history, known, pairs))


def _of_head(
    store: Store, looked_at: LookedAt, history: History, row: int, head: int
) -> tuple[AttentionLayer, AttentionLayer] | None:
    """The head at the first and the last step; None where it cannot be read."""
    try:
        before, after = (
            store.layer(place, history.stack, history.layers[row], head)
            for place in (looked_at.first, looked_at.last)
        )
    except (AttentionError, OSError):
        return None
    return before, after
