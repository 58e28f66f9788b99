"""How torch's own attention is read: scaled_dot_product_attention, and the modules that call it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.calls.patching import Failed, harmless, inner_calls, watched_call
from tb_attention.record.capture import CROSS, DECODER, ENCODER

SDPA_ARGUMENTS = (
    "query",
    "key",
    "value",
    "attn_mask",
    "dropout_p",
    "is_causal",
    "scale",
    "enable_gqa",
)

_PLAIN = {"need_weights": False, "is_causal": False, "training": False}
"""Arguments with which multi_head_attention_forward calls scaled_dot_product_attention."""


def transformer_stacks(layers: Sequence[torch.nn.Module]) -> dict[int, str]:
    """The stack of each attention module of a torch.nn.Transformer.

    Without decoder layers the masks say it.
    """
    stacks: dict[int, str] = {}
    if any(isinstance(layer, torch.nn.TransformerDecoderLayer) for layer in layers):
        for layer in layers:
            if isinstance(layer, torch.nn.TransformerEncoderLayer):
                stacks[id(layer.self_attn)] = ENCODER
            elif isinstance(layer, torch.nn.TransformerDecoderLayer):
                stacks[id(layer.self_attn)], stacks[id(layer.multihead_attn)] = DECODER, CROSS
    return stacks


def sdpa_call(
    name: str, module: torch.nn.Module, stack: str | None, given: dict[str, Any], output: Any
) -> AttentionCall:
    """The call in the form of the AttentionInterface. Three axes are the heads of one example."""
    query, key, value, output = (
        tensor.detach() if tensor.ndim == 4 else tensor.detach()[None]
        for tensor in (given["query"], given["key"], given["value"], output)
    )
    mask = given.get("attn_mask")
    if mask is not None:
        mask = mask[(None,) * (4 - mask.ndim)].expand(-1, -1, query.shape[2], key.shape[2])
    options = {
        "is_causal": bool(given.get("is_causal", False)),
        "scaling": given.get("scale"),
        "dropout": given.get("dropout_p", 0.0),
    }
    return AttentionCall(
        name, "sdpa", module, query, key, mask, options, stack, value=value, output=output
    )


def runs_without_weights(
    original: Callable[..., Any], watching: Callable[[], bool], failed: Failed
) -> Callable[..., Any]:
    """Stands in the place of multi_head_attention_forward, which is `original`.

    With weights it multiplies queries and keys itself, so it runs a first time without them, and
    without random numbers.

    Args:
        original: that is replaced.
        watching: whether its attention is to be seen.
        failed: called with what goes wrong.
    """
    signature = inspect.signature(original)

    def attention(*args: Any, **options: Any) -> Any:
        seen: AbstractContextManager[Any] = nullcontext()
        with harmless(failed):
            given = signature.bind(*args, **options)
            given.apply_defaults()
            if given.arguments["need_weights"] and inner_calls() is None and watching():
                with torch.no_grad():
                    original(**given.arguments | _PLAIN)
                seen = watched_call()
        with seen:
            return original(*args, **options)

    return attention


def with_output_of_sdpa(
    original: Callable[..., Any], watching: Callable[[], bool]
) -> Callable[..., Any]:
    """Stands in the place of multi_head_attention_forward, which is `original`.

    Its output is always that of scaled_dot_product_attention, which can be changed; weights that
    are asked for are those of a second run.

    Args:
        original: that is replaced.
        watching: whether its attention is to be changed.
    """
    signature = inspect.signature(original)

    def attention(*args: Any, **options: Any) -> Any:
        given = signature.bind(*args, **options)
        given.apply_defaults()
        if not (given.arguments["need_weights"] and inner_calls() is None and watching()):
            return original(*args, **options)
        output, _ = original(**given.arguments | _PLAIN)
        with watched_call(), torch.no_grad():
            return output, original(*args, **options)[1]

    return attention
