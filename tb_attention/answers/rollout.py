"""Attention rollout of a stack up to a layer, from its queries and keys."""

from __future__ import annotations

import numpy as np

from tb_attention import schema
from tb_attention.answers.answer import Arrays
from tb_attention.answers.jobs import Job, Work
from tb_attention.attention.dtypes import Numbers
from tb_attention.attention.rollout import roll_out
from tb_attention.errors import InvalidInput, NotLogged
from tb_attention.store.layers import find_stack
from tb_attention.store.location import Location
from tb_attention.store.store import Store

MOST = 2048
"""Tokens: two arrays of 16 MB. The products grow with the third power: 4,096 take eight times as
long."""


def begin_rollout(store: Store, location: Location, stack: str | None, layer: int | None) -> Job:
    """Fills `rollout` float32 [tokens, tokens]; until it is done that of fewer layers.

    Args:
        store: the store.
        location: the capture.
        stack: name of the stack; None: the first one.
        layer: the last layer that counts; None: the last one of the stack.

    Raises:
        InvalidInput: the stack attends to other tokens, the text is too long, or not all heads were
            logged.
        NotLogged: there is no such layer.
    """
    message = store.message(location)
    found = find_stack(message, stack)
    tokens = _tokens(message, found)
    numbers = [one.layer for one in found.layers]
    last = numbers[-1] if layer is None else layer
    if last not in numbers:
        raise NotLogged(
            f"The stack {found.name} has no layer {last}; it has {numbers[0]} to {numbers[-1]}."
        )
    below = [number for number in numbers if number <= last]
    metadata = {
        "stack": found.name,
        "layer": last,
        "layers": numbers,
        "notes": _notes(below),
    }
    arrays: dict[str, Numbers] = {"rollout": np.eye(tokens, dtype=np.float32)}

    def work() -> Work:
        before = None
        for place, number in enumerate(below):
            into = np.zeros((tokens, tokens), np.float32)
            tensors = store.layer(location, found.name, number, keep=False)
            for share in roll_out(tensors, before, into):
                yield (place + share) / len(below)
            before = arrays["rollout"] = into

    return Job(Arrays(arrays, metadata), work(), 1000 + 4 * tokens * tokens)


def _tokens(message: schema.Capture, stack: schema.Stack) -> int:
    """Number of tokens, where a rollout of the stack can be made."""
    tokens = len(message.sequences[stack.key_sequence].tokens)
    if stack.query_sequence != stack.key_sequence:
        raise InvalidInput(
            f"The stack {stack.name} attends to the tokens of another text, so there is nothing to "
            "roll out: choose a stack whose tokens attend to each other."
        )
    if any(layer.query_start for layer in stack.layers):
        raise InvalidInput(
            "The first tokens of this text have no queries, so their way through the layers is not "
            "known: log the text in one pass."
        )
    if any(0 < len(layer.logged_heads) < layer.heads for layer in stack.layers):
        raise InvalidInput(
            "A rollout takes the mean over all heads, and only some were logged: log without "
            "heads=."
        )
    if tokens > MOST:
        raise InvalidInput(
            f"This text has {tokens:,} tokens: a rollout multiplies {tokens:,} x {tokens:,} "
            f"numbers for each layer, and is made of at most {MOST:,}. Log a shorter text."
        )
    return tokens


def _notes(below: list[int]) -> list[str]:
    missing = sorted(set(range(below[-1] + 1)) - set(below))
    if not missing:
        return []
    which = ", ".join(map(str, missing[:8])) + (" ..." if len(missing) > 8 else "")
    return [f"Without the layers that were not logged or have no attention: {which}."]
