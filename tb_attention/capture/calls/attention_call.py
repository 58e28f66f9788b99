"""One call of an attention function, whichever function it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

Change = Callable[[str, torch.Tensor], torch.Tensor]
"""Called with the name of a module and the output of its attention function.

Returns what the model goes on with. Both are [batch, heads, queries, any].
"""


@dataclass(frozen=True, eq=False)
class AttentionCall:
    """The input and output of one call of an attention function.

    The tensors belong to the model: copy what is kept.

    Attributes:
        name: name of the module in the model, "" if unknown.
        implementation: of the attention, such as "sdpa".
        module: the module that called it.
        query: [batch, heads, queries, neurons], as it enters the attention function.
        key: [batch, key_heads, keys, neurons], as it enters the attention function.
        mask: its attention_mask, in whatever form the function takes it.
        options: its keyword arguments.
        stack: "encoder", "decoder" or "cross", where the watcher knows it.
        value: [batch, value_heads, keys, any]; None where it is unknown.
        output: [batch, heads, queries, any]; None where it is unknown.
        weights: what the function returned beside its output, if anything, or a function that makes
            the weights [heads, queries, keys] of an example.
        inner: the attention functions that it called itself.
        projected: calls a function with the Projection that takes the output, as soon as it runs;
            None where nobody follows the output. See Projections.follow.
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
    projected: Callable[[Callable[[Any], None]], None] | None = None
