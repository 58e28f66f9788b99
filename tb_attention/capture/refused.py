"""Layers whose attention was understood wrongly: a sentence instead of what they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Stack

_NAMED = 3
"""At most this many modules are named in a sentence."""


def without_wrong(stacks: Iterable[Stack]) -> tuple[tuple[Stack, ...], list[AttentionLayer]]:
    """The stacks without the layers that are wrong, and these layers."""
    kept, refused = [], []
    for stack in stacks:
        refused += [layer for layer in stack.layers.values() if layer.check.wrong]
        right = {index: layer for index, layer in stack.layers.items() if not layer.check.wrong}
        if right:
            kept.append(replace(stack, layers=right))
    return tuple(kept), refused


def refusal(model: str, layers: Sequence[AttentionLayer]) -> str:
    """Why nothing is shown, and what to do."""
    return (
        f"what {model} computes in {_named(layers)} is not the attention that its arguments say"
        f"{_far(layers)}, so nothing is shown of it. Load the model with "
        "attn_implementation='eager' or 'sdpa', or log the weights with tb_attention.log_arrays."
    )


def left_out(layers: Sequence[AttentionLayer]) -> str:
    """The note of a capture without these layers."""
    return (
        f"{_named(layers)} left out: what is computed there is not the attention that its "
        f"arguments say{_far(layers)}."
    )


def _named(layers: Sequence[AttentionLayer]) -> str:
    names = [layer.module or "a layer without a name" for layer in layers]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _far(layers: Sequence[AttentionLayer]) -> str:
    errors = [layer.check.error for layer in layers if layer.check.error is not None]
    return f" (its output is off by {max(errors):.2g} of the largest value)" if errors else ""
