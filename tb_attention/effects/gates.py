"""Gates: what the outputs of heads are multiplied by, before the output projection."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Literal

import torch

from tb_attention.effects.places import CutLayer, Places
from tb_attention.record.effects import Row

Means = dict[Row, torch.Tensor]
"""(stack, layer) -> mean outputs of its heads over the tokens of the text, float32 [heads, any]."""


class Gates:
    """Stands behind the attention functions of a model for one pass.

    A gate of 1 leaves a head as it is, to the last bit; a gate of 0 cuts it.
    """

    def __init__(
        self,
        places: Places,
        values: torch.Tensor,
        *,
        replace: Literal["zero", "mean"] = "zero",
        means: Means | None = None,
    ) -> None:
        """A pass begins.

        Args:
            places: the heads.
            values: float32 [rows, heads], the gates of the rows of a batch.
            replace: what a head that is cut gives.
            means: of the heads; None: they are those of this pass, which is not cut.
        """
        self.values, self._replace, self._known = values, replace, means
        self.means: Means = {}
        self.unfit: dict[Row, str] = {}
        """Layers whose calls are not as expected, and how."""
        self._layers: defaultdict[str, list[CutLayer]] = defaultdict(list)
        for layer in places.layers:
            self._layers[layer.module].append(layer)
        self._calls: Counter[str] = Counter()
        self._on: dict[torch.device, torch.Tensor] = {}
        # Where nothing is cut and nothing is differentiated, outputs go on as they are.
        self._asked = {
            layer
            for layer in places.layers
            if values.requires_grad or bool((values[:, layer.where] != 1).any())
        }

    def begin(self) -> None:
        """The pass is made once more."""
        self._calls.clear()

    def change(self, name: str, output: torch.Tensor) -> torch.Tensor:
        """The output of a call, [rows, heads, queries, any], behind its gates."""
        layers = self._layers.get(name)
        if layers is None:
            return output
        layer = layers[0]
        if len(layers) > 1:
            if self._calls[name] >= len(layers):
                self._calls[name] += 1
                return output
            layer = layers[self._calls[name]]
        self._calls[name] += 1
        if (problem := self._problem(layer, output)) is not None:
            self.unfit[layer.row] = problem
            return output
        if self._replace == "mean" and self._known is None:
            self.means[layer.row] = _mean(layer, output.detach()[0])
        return self._behind(layer, output) if layer in self._asked else output

    def unreached(self) -> dict[Row, str]:
        """After the pass: the layers whose heads cannot be cut, and why."""
        found = dict(self.unfit)
        for name, layers in self._layers.items():
            for layer in layers:
                if self._calls[name] == 0:
                    found[layer.row] = "no attention function is seen there"
                elif self._calls[name] != len(layers):
                    found[layer.row] = "one module attends several times there"
        return found

    def _problem(self, layer: CutLayer, output: torch.Tensor) -> str | None:
        if output.ndim != 4 or output.shape[0] != len(self.values):
            return "attention runs inside of parts of the text"
        if output.shape[1] != layer.heads:
            return f"the output has {output.shape[1]} heads there, not {layer.heads}"
        return None

    def _behind(self, layer: CutLayer, output: torch.Tensor) -> torch.Tensor:
        if output.device not in self._on:
            self._on[output.device] = self.values.to(output.device)
        gates = self._on[output.device][:, layer.where, None, None].to(output.dtype)
        if self._replace == "zero":
            return output * gates
        means = self.means[layer.row] if self._known is None else self._known[layer.row]
        return output * gates + means.to(output.device, output.dtype)[:, None] * (1 - gates)


def _mean(layer: CutLayer, output: torch.Tensor) -> torch.Tensor:
    """Of [heads, queries, any] over the tokens of the text, without padding."""
    return output[:, layer.start : layer.start + layer.queries].float().mean(1)
