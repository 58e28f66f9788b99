"""Values and output projections of a model as dense tensors, beside what a capture says of them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import numpy as np
import torch
from torch import nn

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture

IDS = [7, 3, 44, 12, 30, 9, 21, 5, 16, 40, 11, 2]
FEW = IDS[:3]
"""Fewer than a head has neurons, where norms are computed in another way."""

Made = list[tuple[torch.Tensor, torch.Tensor]]
"""Of each layer, v [value_heads, keys, neurons] and W_O [heads, neurons, width]."""


def large(model: Any) -> Any:
    """The model with weights so large that its attention is not flat."""
    torch.manual_seed(1)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, std=0.25)
    return model


def outputs_of(model: nn.Module, modules: list[nn.Module], **given: Any) -> list[torch.Tensor]:
    found: list[torch.Tensor] = []
    with ExitStack() as restore, torch.no_grad():
        for module in modules:
            hook = module.register_forward_hook(lambda _, __, output: found.append(output[0]))
            restore.callback(hook.remove)
        model.eval()(**given)
    return found


def heads_of(tensor: torch.Tensor, size: int) -> torch.Tensor:
    """[tokens, heads x size] as [heads, tokens, size]."""
    return tensor.unflatten(-1, (-1, size)).transpose(0, 1)


def arrives(layer: AttentionLayer) -> np.ndarray[Any, Any]:
    """[heads, queries, keys], what the capture says."""
    weights = np.asarray(softmax.weights(layer))
    return weights * np.asarray(layer.value_norms)[:, None]


def check(captured: Capture, expected: Made, names: str) -> None:
    layers = list(captured.stacks[0].layers.values())
    assert len(layers) == len(expected) > 0
    for number, (layer, (value, weight)) in enumerate(zip(layers, expected, strict=True)):
        assert layer.projection == names.format(number)
        compared(layer, value, weight)


def compared(layer: AttentionLayer, value: torch.Tensor, weight: torch.Tensor) -> None:
    each = value.repeat_interleave(len(weight) // len(value), 0).double()
    weights = torch.as_tensor(np.asarray(softmax.weights(layer))).double()
    dense = torch.einsum("hij,hjd,hdm->hijm", weights, each, weight.double()).norm(dim=3)
    assert dense.max() > 0.05
    assert layer.value_norms.dtype == torch.float32
    np.testing.assert_allclose(arrives(layer), dense.numpy(), rtol=1e-5, atol=1e-6)
