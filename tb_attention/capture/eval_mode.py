"""A model looked at without being disturbed.

Everything that a forward pass could change is as before afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def undisturbed(model: torch.nn.Module) -> Iterator[None]:
    """Evaluation mode, no gradients.

    Afterwards everything as before: the mode of every submodule, random numbers, autocast.

    No inference mode: a tensor that the model makes and keeps there, such as a table of positions,
    could never be trained with.
    """
    # The attribute and not eval(): some modules do more in eval(), such as merging weights, which
    # does not come back bit for bit.
    modes = [(module, module.training) for module in model.modules()]
    cached = torch.is_autocast_cache_enabled()
    with _random_numbers_restored(model), torch.no_grad():
        try:
            # Older releases of torch keep the casts of weights made here, which have no gradient,
            # for a training pass around us.
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
