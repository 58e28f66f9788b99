"""A model with its adapter disabled for a while, and then as it was to the last flag."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tb_attention.errors import InvalidInput


@contextmanager
def without_adapter(model: Any) -> Iterator[None]:
    """A context in which the adapters of PEFT in a model do nothing.

    Args:
        model: a model with adapters in its layers, such as LoRA, in any wrapper.

    Raises:
        InvalidInput: it has none, or they are merged into its weights.
    """
    layers = [module for module in model.modules() if _has_switch(module)]
    if not layers:
        raise InvalidInput(
            "the model has no adapter of PEFT that can be disabled: leave without_adapter out."
        )
    if any(getattr(layer, "merged", False) for layer in layers):
        raise InvalidInput(
            "the adapter is merged into the weights of the model, so that there is no model "
            "without it: call unmerge_adapter() before."
        )
    # Not PEFT's own disable_adapter: coming back, it lets frozen adapters be trained.
    before = [layer._disable_adapters for layer in layers]
    try:
        for layer in layers:
            layer._disable_adapters = True
        yield
    finally:
        for layer, disabled in zip(layers, before, strict=True):
            layer._disable_adapters = disabled


def _has_switch(module: Any) -> bool:
    """Whether this is a layer of PEFT, which looks at a flag before it uses an adapter."""
    switch = getattr(type(module), "disable_adapters", None)
    return isinstance(switch, property) and hasattr(module, "_disable_adapters")
