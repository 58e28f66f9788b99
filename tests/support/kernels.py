"""Stand-ins for attention kernels that need a GPU, with their names, arguments and axes.

Computed densely; they keep their weights.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

WEIGHTS: list[torch.Tensor] = []
"""[heads, queries, keys] of the first text of each call."""


def dense(
    q: Any, k: Any, v: Any, seen: torch.Tensor, scale: float | None, cap: float = 0.0, bias: Any = 0
) -> torch.Tensor:
    """q, k, v: [batch, tokens, heads, neurons]; seen: [queries, keys]."""
    q, k, v = (one.transpose(1, 2) for one in (q, k, v))
    k, v = (one.repeat_interleave(q.shape[1] // one.shape[1], 1) for one in (k, v))
    scores = q @ k.mT * (q.shape[-1] ** -0.5 if scale is None else scale)
    scores = cap * torch.tanh(scores / cap) if cap else scores
    weights = (scores + bias).masked_fill(~seen, -torch.inf).softmax(-1)
    WEIGHTS.append(weights[0].detach())
    return (weights @ v).transpose(1, 2)


def visible(
    queries: int, keys: int, causal: bool, window: tuple[int, int], start: int | None = None
) -> torch.Tensor:
    away = torch.arange(queries)[:, None] + (keys - queries if start is None else start)
    away = away - torch.arange(keys)
    seen = away >= 0 if causal else torch.ones_like(away, dtype=torch.bool)
    left, right = window
    seen = seen & (away <= left) if left >= 0 else seen
    return seen & (-away <= right) if right >= 0 and not causal else seen


def flash_attn_func(
    q: Any,
    k: Any,
    v: Any,
    dropout_p: float = 0.0,
    softmax_scale: float | None = None,
    causal: bool = False,
    window_size: tuple[int, int] = (-1, -1),
    softcap: float = 0.0,
    alibi_slopes: Any = None,
    deterministic: bool = False,
) -> torch.Tensor:
    """Of flash-attn 2."""
    queries, keys = q.shape[1], k.shape[1]
    bias: Any = 0
    if alibi_slopes is not None:
        away = torch.arange(queries)[:, None] + keys - queries - torch.arange(keys)
        bias = -alibi_slopes[:, None, None] * away.abs()
    seen = visible(queries, keys, causal, window_size)
    return dense(q, k, v, seen, softmax_scale, softcap, bias)


def flash_attn_varlen_func(
    q: Any,
    k: Any,
    v: Any,
    cu_seqlens_q: Any,
    cu_seqlens_k: Any,
    max_seqlen_q: int,
    max_seqlen_k: int,
    dropout_p: float = 0.0,
    softmax_scale: float | None = None,
    causal: bool = False,
    window_size: tuple[int, int] = (-1, -1),
    **_: Any,
) -> torch.Tensor:
    """Tokens of all texts one after the other: [tokens, heads, neurons]."""
    document = torch.searchsorted(cu_seqlens_q[1:].contiguous(), torch.arange(len(q)), right=True)
    seen = visible(len(q), len(q), causal, window_size) & (document[:, None] == document)
    return dense(q[None], k[None], v[None], seen, softmax_scale)[0]


def of_flash_3() -> Any:
    """As get_kernel("...").flash_attn_interface: other arguments after v, and a second result."""

    def flash_attn_func(
        q: Any,
        k: Any,
        v: Any,
        softmax_scale: float | None = None,
        causal: bool = False,
        qv: Any = None,
        window_size: tuple[int, int] = (-1, -1),
        attention_chunk: int = 0,
        softcap: float = 0.0,
    ) -> tuple[torch.Tensor, None]:
        seen = visible(q.shape[1], k.shape[1], causal, window_size)
        return dense(q, k, v, seen, softmax_scale, softcap), None

    def flash_attn_with_kvcache(
        q: Any,
        k_cache: Any,
        v_cache: Any,
        k: Any = None,
        v: Any = None,
        cache_seqlens: Any = None,
        causal: bool = False,
        window_size: tuple[int, int] = (-1, -1),
    ) -> torch.Tensor:
        held = int(cache_seqlens.max())
        end = held + k.shape[1]
        k_cache[:, held:end], v_cache[:, held:end] = k, v
        seen = visible(q.shape[1], end, causal, window_size)
        return dense(q, k_cache[:, :end], v_cache[:, :end], seen, None)

    return SimpleNamespace(
        flash_attn_func=flash_attn_func, flash_attn_with_kvcache=flash_attn_with_kvcache
    )


def memory_efficient_attention(
    query: Any, key: Any, value: Any, attn_bias: Any = None, p: float = 0.0, scale: Any = None
) -> torch.Tensor:
    """Of xformers."""
    shape = (len(query), query.shape[2], query.shape[1], key.shape[1])
    bias = torch.zeros(shape) if attn_bias is None else attn_bias.materialize(shape)
    return dense(query, key, value, torch.tensor(True), scale, bias=bias)


class LowerTriangularMask:
    """Of xformers."""

    def materialize(self, shape: Any, dtype: Any = torch.float32, device: Any = "cpu") -> Any:
        return torch.full(shape, -torch.inf, dtype=dtype, device=device).triu(1)


def sageattn(
    q: Any,
    k: Any,
    v: Any,
    tensor_layout: str = "HND",
    is_causal: bool = False,
    sm_scale: Any = None,
) -> torch.Tensor:
    """Of SageAttention."""
    if tensor_layout == "HND":
        q, k, v = (one.transpose(1, 2) for one in (q, k, v))
    out = dense(q, k, v, visible(q.shape[1], k.shape[1], is_causal, (-1, -1)), sm_scale)
    return out.transpose(1, 2) if tensor_layout == "HND" else out
