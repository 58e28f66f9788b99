"""Output projections of attention that no function computes, found by what goes into them.

A model that multiplies its weights with its values itself calls no function that could be watched.
But its weights are known, since it returns them: the input of the output projection is, head by
head, these weights times some columns of what a linear layer gave shortly before, the values.
Names say nothing, and nothing is taken for a projection that does not prove it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture
from tb_attention.record.effects import Row

_BEFORE = 8
"""Outputs of so many linear layers are kept, among which the values are."""

_ROWS, _FEWEST = 32, 4
"""So many queries are compared; with fewer, columns may be alike by chance."""

_CLOSE, _ROUGHLY = 1e-3, 0.03
"""How far columns may be apart, as a share of their length, in float32 and in half precision."""


@dataclass
class OwnAttention:
    """The output projections that were found in one pass.

    Attributes:
        names: (stack, layer) -> name of the module.
    """

    names: dict[Row, str] = field(default_factory=dict)


def own_layers(capture: Capture) -> dict[Row, AttentionLayer]:
    """The layers of which the model itself returned the weights."""
    return {
        (stack.name, index): layer
        for stack in capture.stacks
        for index, layer in sorted(stack.layers.items())
        if not layer.module and layer.weights is not None
    }


@contextmanager
def finding_projections(
    model: torch.nn.Module, layers: Mapping[Row, AttentionLayer]
) -> Iterator[OwnAttention]:
    """Yields what is filled by one pass over the same text, with a batch of 1.

    Args:
        model: without wrappers.
        layers: whose projections are looked for.
    """
    found, finder = OwnAttention(), _Finder(layers)

    def before(name: str) -> Any:
        def hook(_: Any, args: tuple[Any, ...]) -> None:
            if args and isinstance(args[0], torch.Tensor):
                row = finder.row_of(args[0].detach())
                if row is not None:
                    found.names[row] = name

        return hook

    def after(_: Any, __: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor):
            finder.gave(output.detach())

    with ExitStack() as restore:
        for name, module in model.named_modules():
            weight = getattr(module, "weight", None)
            if isinstance(weight, torch.Tensor) and weight.ndim == 2:
                restore.callback(module.register_forward_pre_hook(before(name)).remove)
                restore.callback(module.register_forward_hook(after).remove)
        yield found


class _Finder:
    """Compares inputs of linear layers with weights times values."""

    def __init__(self, layers: Mapping[Row, AttentionLayer]) -> None:
        self._waiting = dict(layers)
        self._before: deque[torch.Tensor] = deque(maxlen=_BEFORE)

    def gave(self, output: torch.Tensor) -> None:
        """What a linear layer gave."""
        self._before.append(output)

    def row_of(self, given: torch.Tensor) -> Row | None:
        """The layer whose outputs these are; each is found once, in the order of its stack."""
        tried = set[str]()
        for row, layer in self._waiting.items():
            if row[0] not in tried and _is_output(given, layer, list(self._before)):
                del self._waiting[row]
                return row
            tried.add(row[0])
        return None


def _is_output(given: torch.Tensor, layer: AttentionLayer, before: list[torch.Tensor]) -> bool:
    """Whether this is what all heads of the layer give, side by side."""
    if given.numel() % (layer.heads * layer.queries) or layer.queries < _FEWEST:
        return False
    if given.shape[-1] * layer.queries != given.numel():
        return False
    values = [
        one.reshape(layer.keys, -1).float()
        for one in before
        if one.shape[-1] * layer.keys == one.numel()
    ]
    if not values or not given.is_floating_point():
        return False
    rows = torch.linspace(0, layer.queries - 1, min(_ROWS, layer.queries)).long()
    heads = given.reshape(layer.queries, layer.heads, -1)[rows.to(given.device)].float()
    weights = torch.as_tensor(layer.weights)[:, rows].to(given.device).float()
    close = _CLOSE if given.dtype.itemsize > 2 else _ROUGHLY
    every = torch.cat(values, 1)
    with torch.autocast(given.device.type, enabled=False):
        return all(
            _has_columns(weights[head] @ every, heads[:, head], close)
            for head in range(layer.heads)
        )


def _has_columns(every: torch.Tensor, some: torch.Tensor, close: float) -> bool:
    """Whether each column of `some` is one of `every`, but for a constant.

    Rows of weights sum to 1, so that a bias of the values that is added later is a constant.
    """
    every, some = every - every.mean(0), some - some.mean(0)
    length = some.norm(dim=0)
    if not bool((length > 0).any()):
        return False
    nearest = torch.cdist(some.T, every.T).amin(1)
    return bool((nearest <= close * length.clamp(min=float(length.max()) * 0.01)).all())
