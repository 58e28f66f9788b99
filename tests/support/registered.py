"""Attention functions that are registered with transformers, and models that run them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
import transformers
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, AttentionMaskInterface
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from tb_attention.attention import softmax
from tb_attention.record.capture import Capture

TOKENS = 10
IDS = torch.arange(5, 5 + TOKENS)
SMALL: dict[str, Any] = {
    "vocab_size": 99,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
AWAY = torch.arange(TOKENS)[:, None] - torch.arange(TOKENS)
LOWER = AWAY >= 0

Weights = Callable[..., torch.Tensor]
"""(query, key, options) -> weights [batch, heads, queries, keys]."""


def sharp(model: Any) -> Any:
    """Random weights that make attention uneven, so that a wrong mask shows."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.data.normal_(0, 0.3)
    return model.eval()


@contextmanager
def registered(name: str, function: Any, masks: str) -> Iterator[None]:
    """A function under a name of its own, with the masks of another one."""
    transformers.AttentionInterface.register(name, function)
    AttentionMaskInterface.register(name, ALL_MASK_ATTENTION_FUNCTIONS[masks])
    try:
        yield
    finally:
        for registry in (ALL_ATTENTION_FUNCTIONS, ALL_MASK_ATTENTION_FUNCTIONS):
            type(registry)._global_mapping.pop(name)


def model_with(name: str, config: Any = None) -> Any:
    model = sharp(
        transformers.AutoModelForCausalLM.from_config(config or transformers.LlamaConfig(**SMALL))
    )
    model.config._attn_implementation = name  # the setter asks a hub for names of kernels
    return model


def seen_by(weights: Weights, *, returns: bool = False) -> tuple[Any, list[torch.Tensor]]:
    """A function on the AttentionInterface that computes these weights, and those of its calls."""
    calls: list[torch.Tensor] = []

    def function(module: Any, q: Any, k: Any, v: Any, mask: Any, **options: Any) -> Any:
        groups = q.shape[1] // k.shape[1]
        found = weights(q, k.repeat_interleave(groups, 1), mask=mask, **options)
        calls.append(found[0].detach())
        output = (found @ v.repeat_interleave(groups, 1)).transpose(1, 2).contiguous()
        return output, found if returns else None

    return function, calls


def plain(allowed: torch.Tensor) -> Weights:
    def weights(q: Any, k: Any, scaling: float, **_: Any) -> torch.Tensor:
        return (q @ k.mT * scaling).masked_fill(~allowed, -torch.inf).softmax(-1)

    return weights


def shown(captured: Capture) -> list[np.ndarray[Any, Any]]:
    layers = captured.stacks[0].layers
    assert all(layer.check.error is not None for layer in layers.values())
    return [np.asarray(softmax.weights(layer)) for layer in layers.values()]


def same(captured: Capture, calls: list[torch.Tensor]) -> bool:
    pairs = zip(shown(captured), calls[-len(captured.stacks[0].layers) :], strict=True)
    return all(np.abs(one - other.numpy()).max() < 1e-5 for one, other in pairs)
