"""One call of an attention function, whichever function it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True, eq=False)
class AttentionCall:
    """What went into an attention function, and what came out.

    name: of the module in the model, "" if unknown. implementation: such as "sdpa". query: [batch,
    heads, queries, neurons], key: [batch, key_heads, keys, neurons], as they enter the attention
    function. mask: its attention_mask. options: its keyword arguments. stack: where the watcher
    knows it. value: [batch, value_heads, keys, any] and output: [batch, heads, queries, any], None
    where they are unknown. weights: what the function returned beside its output, if anything.
    inner: the attention functions that it called itself. The tensors belong to the model: copy what
    is kept.
    """

    name: str
    implementation: str
    module: torch.nn.Module
    query: torch.Tensor
    key: torch.Tensor
    mask: Any
    options: Mapping[str, Any]
    stack: str | None = None
    value: torch.Tensor | None = None
    output: torch.Tensor | None = None
    weights: Any = None
    inner: tuple[AttentionCall, ...] = ()
