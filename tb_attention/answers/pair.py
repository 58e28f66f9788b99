"""One query and one key: the weight of each head at every step, from coarse to fine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_attention import schema
from tb_attention.answers.answer import Arrays
from tb_attention.answers.jobs import Job, Work
from tb_attention.answers.left_out import PLAIN, LeftOut
from tb_attention.answers.metrics import step_numbers
from tb_attention.answers.pool import leave_out
from tb_attention.answers.resting import resting_tokens
from tb_attention.answers.show import ARRIVING, WEIGHT, shown
from tb_attention.answers.size import refuse_large
from tb_attention.attention import softmax
from tb_attention.errors import NotLogged, UnreadableRecord
from tb_attention.store.layers import find_stack
from tb_attention.store.location import Location
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store


def begin_pair(
    store: Store,
    steps: Steps,
    location: Location,
    stack: str | None,
    query: int,
    key: int,
    left_out: LeftOut = PLAIN,
    show: str = WEIGHT,
) -> Job:
    """Fills `weights` float32 [S, layers, heads]: how much a query looks at a key.

    Args:
        store: the store.
        steps: the steps of the tag.
        location: the capture whose tokens are meant; a step with other tokens there is NaN.
        stack: name of the stack; None: the first one.
        query: index of the query.
        key: index of the key.
        left_out: what of the weights is left out.
        show: one of SHOW; a step where what arrives is not known is NaN.

    Raises:
        NotLogged: there are no such tokens.
    """
    message = store.message(location)
    found = find_stack(message, stack)
    meant = _tokens(message, found, query, key)
    layers = [layer.layer for layer in found.layers]
    shape = (len(steps), len(layers), max(layer.heads for layer in found.layers))
    refuse_large("These weights", shape, np.dtype(np.float32), "log fewer steps under one tag")
    weights = np.full(shape, np.nan, np.float32)
    notes: list[str] = []
    places = list(steps.values())

    def fill(place: int) -> str:
        """Fills a step, or says why not."""
        try:
            message = store.message(places[place])
            of_stack = find_stack(message, found.name)
            if _tokens(message, of_stack, query, key) != meant:
                return "other"
            resting = resting_tokens(store, places[place]) if left_out.rests else {}
            for row, layer in enumerate(layers):
                tensors = store.layer(places[place], found.name, layer, keep=False)
                if show == ARRIVING and tensors.value_norms is None:
                    weights[place] = np.nan
                    return "norms"
                kept = left_out.kept(
                    message, of_stack, tensors, resting.get((found.name, layer), ())
                )
                of_query = softmax.weights(shown(tensors, show), rows=slice(query, query + 1))
                one = leave_out(of_query, kept)[:, 0, key][: weights.shape[2]]
                weights[place, row, : len(one)] = one
        except NotLogged:
            return "other"
        except (UnreadableRecord, OSError):
            return "unreadable"
        return ""

    def work() -> Work:
        failed = []
        for done, place in enumerate(coarse_to_fine(len(places))):
            failed.append(fill(place))
            yield (done + 1) / len(places)
        for kind, why in (
            ("other", "other tokens or layers there"),
            ("norms", "no lengths of values, so that what arrives is not known there"),
            ("unreadable", "damage on disk"),
        ):
            if count := failed.count(kind):
                notes.append(f"Left out: {count:,} step{'' if count == 1 else 's'} with {why}.")

    answer = Arrays(
        {"steps": step_numbers(steps), "weights": weights},
        {"stack": found.name, "layers": layers, "notes": notes},
    )
    return Job(answer, work(), 1000 + weights.nbytes + 8 * len(steps))


def coarse_to_fine(count: int) -> Iterator[int]:
    """0 to count - 1, each once: the first and the last, then what lies half-way, and so on."""
    if count:
        yield 0
    stride = 1 << max(count - 2, 0).bit_length()
    if count > 1:
        yield count - 1
    while stride > 1:
        yield from range(stride // 2, count - 1, stride)
        stride //= 2


def _tokens(
    capture: schema.Capture, stack: schema.Stack, query: int, key: int
) -> tuple[bytes, bytes]:
    queries, keys = (
        capture.sequences[place].tokens for place in (stack.query_sequence, stack.key_sequence)
    )
    for name, tokens, place in (("queries", queries, query), ("keys", keys, key)):
        if not 0 <= place < len(tokens):
            raise NotLogged(f"There are the {name} 0 to {len(tokens) - 1}, and no {place}.")
    return queries[query], keys[key]
