"""Layers whose attention was understood wrongly: a sentence instead of what they show."""

from __future__ import annotations

from collections.abc import Sequence

from tb_attention.attention.layer import AttentionLayer

_NAMED = 3
"""At most this many modules are named in a sentence."""


def refusal(model: str, layers: Sequence[AttentionLayer]) -> str:
    """Why nothing is shown, and what to do."""
    return (
        f"what {model} computes in {_named(layers)} is not the attention that its arguments say"
        f"{_far(layers)}, so nothing is shown of it. Load the model with "
        "attn_implementation='eager' or 'sdpa', or log the weights with tb_attention.log_arrays; "
        "where its text is spread over processes, log a probe of a model that one process runs."
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
