"""What an attention call may see: its mask and flags go in.

Causality, a mask and an additive bias for AttentionLayer come out.

As transformers has it: a mask [batch, heads, queries, keys] is complete (causality, window and
padding are in it); with a mask [batch, keys] or none the structure is in the flags `is_causal` and
`sliding_window`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.transformers_hook import EAGER

BLOCKED = -1e4
"""An additive mask blocks with the lowest float or with -1e4 and lower.

Exp(-1e4) is 0 in float32.
"""


@dataclass(frozen=True, eq=False)
class Visibility:
    """What the queries of a call see, as in AttentionLayer.

    Tensors are on the CPU and have no batch axis.

    causal, query_start: j <= i + query_start. mask: bool [1 or heads, queries, keys] or None. bias:
    float or None.
    """

    causal: bool
    query_start: int = 0
    mask: torch.Tensor | None = None
    bias: torch.Tensor | None = None


class Masks:
    """Finds the Visibility of the calls of one forward pass.

    Layers share their masks, so each is looked at once.
    """

    def __init__(self, example: int = 0) -> None:
        """example: which one of the batch."""
        self._example = example
        self._known: dict[tuple[Any, ...], tuple[Any, Visibility]] = {}

    def of(self, call: AttentionCall) -> Visibility:
        """The Visibility of one call.

        Equal tensors of several calls are the same object where the model shared them.
        """
        queries, keys = call.query.shape[2], call.key.shape[2]
        bias = call.options.get("position_bias")
        if isinstance(call.mask, torch.Tensor) and call.mask.ndim == 4:
            seen = self._once(
                call.mask, queries, keys, lambda: self._complete(call.mask, queries, keys)
            )
        elif hasattr(call.mask, "mask_mod"):
            seen = self._once(
                call.mask,
                queries,
                keys,
                lambda: self._complete(self._block_mask(call), queries, keys),
            )
        else:
            seen = self._flags(call, queries, keys)
        if bias is None:
            return seen
        shared = self._once(
            bias,
            queries,
            keys,
            lambda: Visibility(False, bias=self._one(bias)[:, :queries, :keys].cpu()),
        )
        return Visibility(seen.causal, seen.query_start, seen.mask, _added(seen.bias, shared.bias))

    def _once(self, tensor: Any, queries: int, keys: int, make: Any) -> Visibility:
        """`make()` for this tensor, or what it gave before.

        Layers get views of one storage, so its place is the key.
        """
        place = (
            (tensor.data_ptr(), tensor.stride(), tensor.dtype)
            if isinstance(tensor, torch.Tensor)
            else (id(tensor),)
        )
        key = (*place, queries, keys)
        if key not in self._known:
            # The tensor is kept, so that its place cannot be given to another one meanwhile.
            self._known[key] = (tensor, make())
        return self._known[key][1]

    def _one(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.detach()[self._example if tensor.shape[0] > 1 else 0]

    def _complete(self, mask: torch.Tensor, queries: int, keys: int) -> Visibility:
        one = self._one(mask)[:, -queries:, :keys]
        if one.dtype == torch.bool:
            return structure(one.expand(-1, queries, -1), None)
        seen = one > BLOCKED
        bias = torch.where(seen, one, torch.zeros_like(one))
        return structure(
            seen.expand(-1, queries, -1), bias.expand(-1, queries, -1) if bias.any() else None
        )

    def _block_mask(self, call: AttentionCall) -> torch.Tensor:
        from torch.nn.attention.flex_attention import create_mask

        batch, _, queries, _ = call.query.shape
        return create_mask(
            call.mask.mask_mod,
            batch,
            None,
            queries,
            call.key.shape[2],
            device=str(call.query.device),
        )

    def _flags(self, call: AttentionCall, queries: int, keys: int) -> Visibility:
        causal = call.options.get("is_causal")
        causal = getattr(call.module, "is_causal", True) if causal is None else causal
        # Eager functions know no flag: without a mask every query sees every key.
        causal = bool(causal) and queries > 1 and call.implementation != EAGER
        flash = "flash" in call.implementation
        # Flash attention aligns queries with the last keys, sdpa with the first.
        start = keys - queries if flash else 0
        window = call.options.get("sliding_window") if flash else None
        mask = None
        if window is not None and keys > window:
            distance = torch.arange(queries)[:, None] + start - torch.arange(keys)[None, :]
            mask = (distance.abs() < window)[None]
        if call.mask is not None:
            given = self._one(call.mask)[:keys].bool().cpu()
            if not given.all():
                mask = given.expand(1, queries, keys) if mask is None else mask & given
        return Visibility(causal, start if causal else 0, mask)


def structure(seen: torch.Tensor, bias: torch.Tensor | None) -> Visibility:
    """Takes causality out of a complete mask: bool [heads, queries, keys], True may be seen."""
    bias = None if bias is None else bias.cpu()
    queries, keys = seen.shape[1:]
    for start in dict.fromkeys((keys - queries, 0)):
        lower = torch.ones(queries, keys, dtype=torch.bool, device=seen.device).tril(start)
        if not (seen & ~lower).any():
            plain = bool((seen == lower).all())
            return Visibility(True, start, None if plain else _distinct_heads(seen), bias)
    return Visibility(False, 0, None if bool(seen.all()) else _distinct_heads(seen), bias)


def _distinct_heads(seen: torch.Tensor) -> torch.Tensor:
    """One row of heads where all heads see the same."""
    return (seen[:1] if bool((seen == seen[:1]).all()) else seen).cpu()


def _added(first: torch.Tensor | None, second: torch.Tensor | None) -> torch.Tensor | None:
    return second if first is None else first if second is None else first + second
