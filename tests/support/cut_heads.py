"""Copies of a model whose heads are really cut: what they give to the output projection is lost."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture import capture
from tb_attention.effects.measure import measure_effects
from tb_attention.effects.options import Effects
from tb_attention.record.capture import Capture
from tb_attention.record.effects import Row

ALL = Effects(exact="all")


def layer_of(capture: Capture, row: Row) -> AttentionLayer:
    stacks = {stack.name: stack for stack in capture.stacks}
    return stacks[row[0]].layers[row[1]]


def without(model: Any, capture: Capture, row: Row, head: int) -> Any:
    """The model whose output projection of this layer takes nothing from this head."""
    layer = layer_of(capture, row)
    return cut(model, layer.projection, layer.heads, head)


def cut(model: Any, projection: str, heads: int, head: int) -> Any:
    """A copy whose module of this name takes nothing from one of so many heads."""
    other = copy.deepcopy(model).eval()
    module = other.get_submodule(projection)
    with torch.no_grad():
        weight = module.weight if type(module).__name__ == "Conv1D" else module.weight.T
        size = len(weight) // heads
        weight[head * size : (head + 1) * size] = 0
    return other


@contextmanager
def changed(
    model: Any, layer: AttentionLayer, head: int, change: Callable[[torch.Tensor], torch.Tensor]
) -> Iterator[None]:
    """What the head gives to the output projection, [batch, tokens, any], is changed inside."""
    projection = model.get_submodule(layer.projection)

    def before(_: Any, given: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        heads = list(given[0].chunk(layer.heads, -1))
        heads[head] = change(heads[head])
        return (torch.cat(heads, -1), *given[1:])

    hook = projection.register_forward_pre_hook(before)
    try:
        yield
    finally:
        hook.remove()


@torch.no_grad()
def next_token_loss(logits: torch.Tensor, ids: torch.Tensor) -> float:
    """Of logits [1, tokens, words] and ids [1, tokens]."""
    return float(functional.cross_entropy(logits[0, :-1].float(), ids[0, 1:]))


def large(model: nn.Module, std: float = 0.2) -> Any:
    """The model in evaluation mode, with weights so large that each head matters."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.copy_(std * torch.randn(parameter.shape, generator=generator))
    return model.eval()


def measured(
    model: Any, given: Any, *, noted: tuple[str, ...] = (), **options: Any
) -> tuple[Capture, Any]:
    """The capture, and the first effect; noted: words of the note that there is."""
    captured = capture(model, given)
    found = measure_effects(model, given, capture=captured, **{"effects": ALL, **options})
    notes = found.notes[len(captured.notes) :]
    assert len(notes) == bool(noted)
    assert all(word in notes[0] for word in noted)
    return captured, found.effects[0]


def compared(model: Any, given: Any, loss: Any, **options: Any) -> None:
    """All heads beside copies of the model without them."""
    captured, effect = measured(model, given, **options)
    assert effect.value == pytest.approx(loss(model), abs=1e-5)
    assert len(effect.exact) == sum(len(stack.layers) for stack in captured.stacks)
    for row, exact in effect.exact.items():
        expected = [loss(without(model, captured, row, head)) for head in range(len(exact))]
        np.testing.assert_allclose(exact, np.array(expected) - loss(model), rtol=1e-5, atol=1e-5)
        assert np.abs(exact).max() > 1e-3
