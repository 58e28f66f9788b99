"""Watches a Hugging Face model.

The model goes in, one AttentionCall for each call of its attention function comes out.

A model on the AttentionInterface of transformers looks its attention function up at call time: the
registered ones (sdpa, flash, flex) in a registry, eager as a global of its modelling file. Both are
replaced for the time of a `with`, so the model keeps the function that it runs, and neither model
nor config is touched. Registering a function under a new name instead would drop masks silently
unless a mask function is registered too, and would change the config.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch

from tb_attention.capture.patching import recomputing, replacing, uncompiled, watched_call

EAGER = "eager"
_EAGER_FUNCTION = "eager_attention_forward"


@dataclass(frozen=True, eq=False)
class AttentionCall:
    """One call of an attention function.

    name: of the module in the model, "" if unknown. implementation: such as "sdpa". query: [batch,
    heads, queries, neurons], key: [batch, key_heads, keys, neurons], as they enter the attention
    function. mask: its attention_mask. options: its keyword arguments. stack: where the watcher
    knows it. The tensors belong to the model: copy what is kept.
    """

    name: str
    implementation: str
    module: torch.nn.Module
    query: torch.Tensor
    key: torch.Tensor
    mask: Any
    options: Mapping[str, Any]
    stack: str | None = None


@contextmanager
def capture_attention(
    model: torch.nn.Module, sink: Callable[[AttentionCall], None]
) -> Iterator[None]:
    """Hands every attention call of `model` in this thread to `sink`.

    What the model computes is not changed.

    Everything is as before when the `with` is left, by an exception too. May be nested. A compiled
    model runs its Python code meanwhile, without being compiled anew.
    """
    names = {id(module): name for name, module in model.named_modules()}
    thread = threading.get_ident()

    def watched(implementation: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def attention(
            module: Any,
            query: Any,
            key: Any,
            value: Any,
            mask: Any = None,
            *args: Any,
            **options: Any,
        ) -> Any:
            if id(module) in names and threading.get_ident() == thread and not recomputing():
                sink(
                    AttentionCall(
                        names[id(module)],
                        implementation,
                        module,
                        query.detach(),
                        key.detach(),
                        mask,
                        options,
                    )
                )
            with watched_call():
                return function(module, query, key, value, mask, *args, **options)

        return attention

    with replacing, ExitStack() as restore:
        sources = _modelling_files(model)
        for registry in {
            id(source.ALL_ATTENTION_FUNCTIONS): source.ALL_ATTENTION_FUNCTIONS for source in sources
        }.values():
            local = getattr(
                registry, "_local_mapping", registry
            )  # transformers 4.48: the registry is a plain dict
            restore.callback(_restore_mapping, local, dict(local))
            for implementation, function in list(registry.items()):
                registry[implementation] = watched(implementation, function)
        for source in sources:
            for name, function in list(vars(source).items()):
                if name.endswith(_EAGER_FUNCTION):
                    restore.callback(setattr, source, name, function)
                    setattr(source, name, watched(EAGER, function))
        restore.enter_context(uncompiled())
        yield


def _modelling_files(model: torch.nn.Module) -> list[ModuleType]:
    """The Python modules with the model's parts that look attention functions up.

    By the MRO, because FSDP2 changes classes.
    """
    files = {base.__module__ for module in model.modules() for base in type(module).__mro__}
    return [
        sys.modules[name]
        for name in sorted(files)
        if hasattr(sys.modules.get(name), "ALL_ATTENTION_FUNCTIONS")
    ]


def _restore_mapping(mapping: dict[str, Any], before: dict[str, Any]) -> None:
    mapping.clear()
    mapping.update(before)
