"""Watches the attention functions of transformers.

A model on the AttentionInterface of transformers looks its attention function up at call time: the
registered ones (sdpa, flash, flex) in a registry, eager as a global of its modelling file. Both are
replaced for the time of a `with`, so the model keeps the function that it runs, and neither model
nor config is touched. Registering a function under a new name instead would drop masks silently
unless a mask function is registered too, and would change the config.
"""

from __future__ import annotations

import inspect
import itertools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall, Change
from tb_attention.capture.calls.patching import (
    Failed,
    harmless,
    recomputing,
    replacing,
    reporting,
    uncompiled,
    watched_call,
)

EAGER = "eager"
_EAGER_FUNCTION = "eager_attention_forward"
_ARGUMENTS = ("module", "query", "key", "value", "attention_mask")
"""How every function on the AttentionInterface begins; a model may name any of them."""


@contextmanager
def capture_attention(
    model: torch.nn.Module,
    sink: Callable[[AttentionCall], None],
    failed: Failed | None = None,
    *,
    anywhere: bool = False,
    change: Change | None = None,
) -> Iterator[None]:
    """Hands every attention call of `model` in this thread to `sink`, when it is computed.

    What the model computes is not changed, and no exception of a watcher reaches it. Everything is
    as before when the `with` is left, by an exception too. May be nested. A compiled model runs its
    Python code meanwhile, without being compiled anew.

    Args:
        model: the model, on the AttentionInterface of transformers.
        sink: called with each AttentionCall.
        failed: called with every exception of a watcher; None: the first is raised when the `with`
            is left.
        anywhere: whether calls in other threads are handed on too, in their threads.
        change: what the output of each call is replaced by; `sink` is then not called.
    """
    names = {id(module): name for name, module in model.named_modules()}
    thread = threading.get_ident()

    def here() -> bool:
        return anywhere or threading.get_ident() == thread

    def watched(implementation: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def attention(*args: Any, **options: Any) -> Any:
            with watched_call() as inner:
                result = function(*args, **options)
            module = args[0] if args else options.get("module")
            if change is not None:
                if id(module) in names and here():
                    result = _changed(change, names[id(module)], result)
                return result
            with harmless(report):
                if id(module) in names and here() and not recomputing():
                    given = _given(function, args, options)
                    sink(_call(names[id(module)], implementation, given, result, inner))
            return result

        return attention

    def replace(restore: ExitStack) -> None:
        with harmless(report):
            sources = _modelling_files(model)
            for registry in {
                id(source.ALL_ATTENTION_FUNCTIONS): source.ALL_ATTENTION_FUNCTIONS
                for source in sources
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

    with reporting(failed) as report, replacing(replace):
        yield


def _changed(change: Change, name: str, result: Any) -> Any:
    """The result with another output, which is [batch, queries, heads, neurons]."""
    output, *others = result if isinstance(result, tuple) else (result,)
    output = change(name, output.transpose(1, 2)).transpose(1, 2)
    return (output, *others) if isinstance(result, tuple) else output


def _given(
    function: Callable[..., Any], args: tuple[Any, ...], options: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments by name."""
    names: Iterable[str] = _ARGUMENTS
    if len(args) > len(_ARGUMENTS):
        names = itertools.chain(
            names, list(inspect.signature(function).parameters)[len(_ARGUMENTS) :]
        )
    return {**options, **dict(zip(names, args, strict=False))}


def _call(
    name: str,
    implementation: str,
    given: dict[str, Any],
    result: Any,
    inner: Sequence[AttentionCall],
) -> AttentionCall:
    module, query, key, value, mask = (given.pop(argument, None) for argument in _ARGUMENTS)
    output, weights = result if isinstance(result, tuple) and len(result) == 2 else (result, None)
    return AttentionCall(
        name,
        implementation,
        module,
        query.detach(),
        key.detach(),
        mask,
        given,
        value=None if value is None else value.detach(),
        # The interface returns [batch, queries, heads, neurons].
        output=output.detach().transpose(1, 2) if isinstance(output, torch.Tensor) else None,
        weights=weights,
        inner=tuple(inner),
    )


def _modelling_files(model: torch.nn.Module) -> list[ModuleType]:
    """The Python modules with the model's parts that look attention functions up.

    By the MRO, because FSDP2 changes classes.
    """
    kinds = {type(module) for module in model.modules()}
    files = {base.__module__ for kind in kinds for base in kind.__mro__}
    return [
        sys.modules[name]
        for name in sorted(files)
        if hasattr(sys.modules.get(name), "ALL_ATTENTION_FUNCTIONS")
    ]


def _restore_mapping(mapping: dict[str, Any], before: dict[str, Any]) -> None:
    mapping.clear()
    mapping.update(before)
