"""The attention that a model itself returns."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from transformers.models.swin.modeling_swin import window_partition

OUTPUTS = {
    "encoder": "encoder_attentions",
    "decoder": "decoder_attentions",
    "cross": "cross_attentions",
}
Own = dict[str, list[torch.Tensor]]
"""Stack -> [heads, queries, keys] of each layer that has attention, by the model itself."""


def own_attention(model: Any, given: dict[str, torch.Tensor]) -> Own:
    accepted = inspect.signature(model.forward).parameters
    options = {"use_cache": False} if "use_cache" in accepted else {}
    windows: list[torch.Tensor] = []
    hooks = [
        module.register_forward_hook(
            lambda layer, _, result: windows.append(from_windows(layer, result[1].cpu()))
        )
        for module in model.modules()
        if type(module).__name__ == "SwinLayer"
    ]
    with torch.no_grad():
        output = model(**given, **options, output_attentions=True, return_dict=True)
    for hook in hooks:
        hook.remove()
    own = {}
    for stack, name in OUTPUTS.items():
        layers = (
            getattr(output, name, None)
            or (stack != "cross" and getattr(output, "attentions", None))
            or ()
        )
        layers = [layer.cpu() for layer in layers if layer is not None]
        if stack == "encoder" and hasattr(model.config, "attention_window"):
            layers = [from_band(layer) for layer in layers]
        own[stack] = [layer[0] for layer in windows or layers]
    return own


def from_band(band: torch.Tensor) -> torch.Tensor:
    """[1, heads, tokens, tokens] of a sliding window [1, heads, tokens, window + 1], by entry."""
    tokens, half = band.shape[2], band.shape[3] // 2
    result = torch.zeros(*band.shape[:3], tokens)
    for query in range(tokens):
        for key in range(max(query - half, 0), min(query + half + 1, tokens)):
            result[:, :, query, key] = band[:, :, query, key - query + half]
    return result


def from_windows(layer: Any, windows: torch.Tensor) -> torch.Tensor:
    """Weights inside windows [windows, heads, n, n] -> [1, heads, patches, patches].

    The model's own code moves patch numbers.
    """
    side = int((windows.shape[0] * windows.shape[2]) ** 0.5)
    numbers = torch.arange(side**2, dtype=torch.float32).view(1, side, side, 1)
    places = window_partition(layer.cyclic_shift(numbers), layer.window_size).flatten(1).long()
    result = torch.zeros(1, windows.shape[1], side**2, side**2)
    for window, here in zip(windows, places, strict=True):
        result[0][:, here[:, None], here[None, :]] = window
    return result
