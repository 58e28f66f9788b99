"""Attention weights that a model itself returns, as stacks.

For architectures with attention code of their own, of which no queries and keys can be seen.
"""

from __future__ import annotations

from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer, Check
from tb_attention.record.capture import CROSS, DECODER, ENCODER, Stack

RETURNED = "the model itself returned these weights"

_STACKS = {
    "encoder_attentions": ENCODER,
    "attentions": None,
    "decoder_attentions": DECODER,
    "cross_attentions": CROSS,
}


def eager_stacks(output: Any, config: Any) -> tuple[Stack, ...]:
    """The stacks of what a model returns for output_attentions=True on one example.

    Empty where it has no attention weights. A layer without attention is left out, and so is what
    is no distribution over keys, as of models that approximate attention, or not of one example, as
    of models that attend inside windows.
    """
    stacks = []
    for name, stack in _STACKS.items():
        given = getattr(output, name, None) or ()
        whole = getattr(output, f"{name.removesuffix('attentions')}global_attentions", None) or (
            None,
        ) * len(given)
        if stack in (None, ENCODER) and hasattr(config, "attention_window"):
            given = [
                _from_band(*three)
                for three in zip(given, whole, _windows(config, len(given)), strict=True)
            ]
        layers = {index: _layer(one[0]) for index, one in enumerate(given) if _is_of_one(one)}
        if layers:
            causal = all(layer.causal for layer in layers.values())
            stacks.append(Stack(stack or (DECODER if causal else ENCODER), layers))
    return tuple(stacks)


def layers_in_parts(output: Any) -> list[int]:
    """The layers whose weights are attention, and not of one example: inside windows, say."""
    given = getattr(output, "attentions", None) or ()
    return [
        index
        for index, one in enumerate(given)
        if isinstance(one, torch.Tensor) and one.ndim > 2 and one.shape[0] != 1
    ]


def _is_of_one(weights: Any) -> bool:
    """Whether these are attention [1, heads, queries, keys]."""
    one = isinstance(weights, torch.Tensor) and weights.ndim == 4 and weights.shape[0] == 1
    return one and is_attention(weights)


def is_attention(weights: torch.Tensor) -> bool:
    """Whether no weight is negative and no row sums to more than 1; NaN may be.

    In bfloat16 a row may sum to 2 % more.
    """
    return not bool((weights < 0).any()) and not bool((weights.float().sum(-1) > 1.02).any())


def _layer(weights: torch.Tensor) -> AttentionLayer:
    causal = weights.shape[1] == weights.shape[2] and not bool(weights.triu(1).any())
    return AttentionLayer(
        weights=weights.detach().cpu(),
        causal=causal,
        implementation="eager",
        check=Check(unchecked=RETURNED),
    )


def _windows(config: Any, layers: int) -> list[int]:
    window = config.attention_window
    return [window] * layers if isinstance(window, int) else list(window)[:layers]


def _from_band(local: torch.Tensor, whole: torch.Tensor | None, window: int) -> torch.Tensor:
    """Weights over all keys, from those of a sliding window (Longformer).

    Args:
        local: [batch, heads, tokens, n + window + 1], the n tokens that all attend to, then the
            window around each token.
        whole: [batch, heads, tokens, n], how much each of the n attends to every token; their own
            rows in `local` are 0.
        window: number of tokens around a token that it attends to.
    """
    batch, heads, tokens, width = local.shape
    everywhere = width - window - 1
    places = torch.arange(tokens)[:, None] - window // 2 + torch.arange(window + 1)[None, :]
    inside = (places >= 0) & (places < tokens)
    rows, columns = torch.arange(tokens)[:, None].expand_as(places)[inside], places[inside]
    dense = local.new_zeros(batch, heads, tokens, tokens)
    dense[:, :, rows, columns] = local[..., everywhere:][:, :, inside]
    if whole is None:
        return dense
    for example in range(batch):
        where = (local[example].sum((0, 2)) == 0).nonzero().flatten()[:everywhere]
        dense[example][:, :, where] += local[example][:, :, : len(where)]
        dense[example][:, where] = whole[example][:, :, : len(where)].transpose(1, 2)
    return dense
