"""How far heads moved between the first and the last step of a tag, as findings look at it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_attention.answers.change import begin_change
from tb_attention.answers.jobs import Work
from tb_attention.answers.looked_at import LookedAt
from tb_attention.attention.head_distance import ROWS
from tb_attention.attention.pair_change import PairChange, pair_change
from tb_attention.errors import AttentionError
from tb_attention.findings.changes import changed_most
from tb_attention.findings.history import History
from tb_attention.store.store import Store


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
        rows: at most this many rows of each head are compared.

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
        pairs = {}
        for row, head in changed_most(known):
            if pair := _pair(store, looked_at, history, row, head):
                pairs[row, head] = pair
            yield 1.0
        found.append(Moved(history, known, pairs))


def _pair(
    store: Store, looked_at: LookedAt, history: History, row: int, head: int
) -> PairChange | None:
    """The pair of tokens whose weight changed most in a head; None where it cannot be read."""
    try:
        before, after = (
            store.layer(place, history.stack, history.layers[row], head)
            for place in (looked_at.first, looked_at.last)
        )
    except (AttentionError, OSError):
        return None
    return pair_change(before, after)
