"""Reads calls of flex_attention, whose score function may do anything to scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall

FLEX: Any = torch.ops.higher_order.flex_attention
"""What flex_attention calls, compiled or not."""

_ARGUMENTS = ("query", "key", "value", "score_mod", "block_mask", "scale")


def flex_call(
    path: str,
    module: torch.nn.Module,
    args: tuple[Any, ...],
    options: Mapping[str, Any],
    result: tuple[Any, ...],
) -> AttentionCall:
    """The call in the form of the AttentionInterface.

    Args:
        path: name of the module.
        module: that called it.
        args: of FLEX, by position.
        options: and by name.
        result: the output, and more.
    """
    given = {**options, **dict(zip(_ARGUMENTS, args, strict=False))}
    query, key, value, output = (
        one.detach() for one in (*(given[name] for name in _ARGUMENTS[:3]), result[0])
    )
    # The last entry of a block mask is its function of batch, head, query and key.
    mask, scale = SimpleNamespace(mask_mod=given["block_mask"][-1]), given["scale"]

    def weights(example: int) -> torch.Tensor:
        return _weights(given["score_mod"], query, key, mask.mask_mod, scale, example)

    return AttentionCall(
        path,
        "flex_attention",
        module,
        query,
        key,
        mask,
        {"scaling": scale},
        value=value,
        output=output,
        weights=weights,
    )


def _weights(
    change: Callable[..., Any],
    query: torch.Tensor,
    key: torch.Tensor,
    mask: Callable[..., Any],
    scale: float,
    example: int,
) -> torch.Tensor:
    """[heads, queries, keys] of an example."""
    heads, queries = query.shape[1:3]
    keys = key[example].float().repeat_interleave(heads // key.shape[1], 0)
    places = (
        torch.tensor(example, device=query.device),
        *(torch.arange(count, device=query.device) for count in (heads, queries, keys.shape[1])),
    )
    scores: torch.Tensor = query[example].float() @ keys.mT * scale
    scores = _everywhere(change, (0,))(scores, *places)
    return scores.masked_fill(~_everywhere(mask)(*places), -torch.inf).softmax(-1)


def _everywhere(function: Callable[..., Any], before: tuple[int, ...] = ()) -> Callable[..., Any]:
    """The function of (score,) batch, head, query and key, for all of them at once."""
    for axis in (3, 2, 1):
        places = tuple(0 if place == axis else None for place in range(4))
        function = torch.vmap(function, in_dims=before + places)
    return function
