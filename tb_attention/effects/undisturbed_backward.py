"""A backward pass that nobody else sees, through parts that would be computed again in it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
import torch.utils.checkpoint

from tb_attention.capture.calls.namespaces import Place, places_of
from tb_attention.capture.calls.patching import replacing

_CHECKPOINT = torch.utils.checkpoint.checkpoint
_OPTIONS = ("use_reentrant", "context_fn", "determinism_check", "debug", "early_stop")
_HOOKS = ("_backward_hooks", "_backward_pre_hooks")


@contextmanager
def undisturbed_backward(model: torch.nn.Module) -> Iterator[None]:
    """Inside, no hook on gradients of a module is called, and nothing is checkpointed.

    A part that is computed again in the backward pass would be so without our gates, or not give
    their gradients at all, as reentrant checkpoints do not.
    """

    def replace(restore: ExitStack) -> None:
        modules = list(model.modules())
        for place in (
            Place(vars(torch.utils.checkpoint), "checkpoint", _CHECKPOINT, _CHECKPOINT),
            *places_of(modules, lambda value: value is _CHECKPOINT),
        ):
            restore.callback(place.restore)
            place.replace(_directly)

    with ExitStack() as restore, replacing(replace):
        for module in model.modules():
            for name in _HOOKS:
                if hooks := vars(module).get(name):
                    restore.callback(vars(module).__setitem__, name, hooks)
                    vars(module)[name] = OrderedDict()
        yield


def _directly(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Stands in the place of torch.utils.checkpoint.checkpoint."""
    return function(*args, **{name: one for name, one in options.items() if name not in _OPTIONS})
