"""Leaves a model as it was before: modes, random numbers, autocast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def undisturbed(model: torch.nn.Module) -> Iterator[None]:
    """A context in evaluation mode without gradients, after which all is as before.

    The mode of every submodule, random numbers, autocast. No inference mode: a tensor that the
    model makes and keeps there, such as a table of positions, could never be trained with.
    """
    # Not eval(): in it some modules merge weights, which does not come back bit for bit.
    modes = [(module, module.training) for module in model.modules()]
    cached = torch.is_autocast_cache_enabled()
    with _random_numbers_restored(model), torch.no_grad():
        try:
            # Older torch would keep casts of weights without gradient for a pass around us.
            torch.set_autocast_cache_enabled(False)
            for module, _ in modes:
                module.training = False
            yield
        finally:
            torch.set_autocast_cache_enabled(cached)
            for module, training in modes:
                module.training = training


@contextmanager
def _random_numbers_restored(model: torch.nn.Module) -> Iterator[None]:
    """Restores the generators of the CPU and of the model's devices."""
    places = {parameter.device for parameter in model.parameters()}
    kinds = {place.type for place in places} - {"cpu", "meta"}
    kind = kinds.pop() if kinds else "cuda"
    devices = sorted(
        place.index for place in places if place.type == kind and place.index is not None
    )
    with torch.random.fork_rng(devices=devices, device_type=kind):
        yield
