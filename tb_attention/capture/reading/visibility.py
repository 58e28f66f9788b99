"""What the queries of a call see: causality, a mask and an additive bias."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True, eq=False)
class Visibility:
    """Causality, mask and bias as in AttentionLayer; tensors are on the CPU, without a batch axis.

    Attributes:
        causal: whether query i sees key j only where j <= i + query_start.
        query_start: position of the first query among the keys.
        mask: bool [1 or heads, queries, keys], True where a key may be seen; None: all.
        bias: floating [1 or heads, queries, keys]; None: nothing.
    """

    causal: bool
    query_start: int = 0
    mask: torch.Tensor | None = None
    bias: torch.Tensor | None = None

    def seen(self, rows: list[int], keys: int) -> torch.Tensor | None:
        """bool [1 or heads, rows, keys] of some queries; None where they see all keys."""
        mask = None if self.mask is None else self.mask[:, rows, :keys]
        if not self.causal:
            return mask
        lower = torch.arange(keys) <= torch.tensor(rows)[:, None] + self.query_start
        return lower[None] if mask is None else mask & lower


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
