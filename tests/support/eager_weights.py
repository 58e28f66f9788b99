"""The weights that eager attention functions of transformers return, beside those of a capture."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from tb_attention.attention import softmax
from tb_attention.record.capture import Capture

Weights = dict[str, list[torch.Tensor]]
"""Module -> [batch, heads, queries, keys] of each of its calls."""


@contextmanager
def eager_weights(model: torch.nn.Module) -> Iterator[Weights]:
    """What the attention functions of a model return, which must run eagerly."""
    names = {id(module): name for name, module in model.named_modules()}
    found: Weights = {}

    def kept(function: Callable[..., Any]) -> Callable[..., Any]:
        def attention(module: Any, *args: Any, **options: Any) -> Any:
            result = function(module, *args, **options)
            found.setdefault(names[id(module)], []).append(result[1].detach())
            return result

        return attention

    with ExitStack() as restore:
        for file in {sys.modules[type(one).__module__] for one in model.modules()}:
            for name, function in list(vars(file).items()):
                if name.endswith("eager_attention_forward"):
                    restore.callback(setattr, file, name, function)
                    setattr(file, name, kept(function))
        yield found


def run_eagerly(model: torch.nn.Module, run: Callable[[Any], Any]) -> Weights:
    """Of a copy of the model, which is run by `run`."""
    other = copy.deepcopy(model)
    for part in other.modules():
        if hasattr(part, "set_attn_implementation"):
            part.set_attn_implementation("eager")
    with eager_weights(other) as found, torch.no_grad():
        run(other)
    return found


def largest_error(captured: Capture, own: Weights, rows: tuple[int, ...] = (0,)) -> float:
    """Over all layers, beside the calls of the same module over one of these rows of its batch."""
    errors = []
    for stack in captured.stacks:
        for layer in stack.layers.values():
            weights = torch.as_tensor(softmax.weights(layer))
            errors.append(
                min(
                    float((weights - call[row]).abs().max())
                    for call in own[layer.module]
                    for row in rows
                    if row < len(call) and call[row].shape == weights.shape
                )
            )
    return max(errors)
