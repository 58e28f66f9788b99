"""Watches scaled_dot_product_attention of torch.

For models that know nothing of transformers' AttentionInterface: modules of one's own,
torch.nn.MultiheadAttention and torch.nn.Transformer, and the architectures of transformers that
call torch themselves. The function is replaced for the time of a `with`. A model that multiplies
queries and keys itself calls no function that could be watched.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from types import ModuleType
from typing import Any

import torch
from torch.nn import functional

from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.patching import (
    Failed,
    harmless,
    inner_calls,
    recomputing,
    replacing,
    reporting,
    uncompiled,
    watched_call,
)
from tb_attention.record.capture import CROSS, DECODER, ENCODER

_PLAIN = ("torch.nn.modules.", "transformers.pytorch_utils", "transformers.activations")
"""Where layers are defined that have no attention, unless they have layers in them."""

_ARGUMENTS = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa")

_FUNCTION, _MULTIHEAD = "scaled_dot_product_attention", "multi_head_attention_forward"


@contextmanager
def capture_sdpa(
    model: torch.nn.Module,
    sink: Callable[[AttentionCall], None],
    failed: Failed | None = None,
    *,
    inside: bool = False,
) -> Iterator[None]:
    """Hands every call of scaled_dot_product_attention in `model` and this thread to `sink`.

    What is computed is not changed, and no exception of a watcher reaches the model. A call made by
    an attention function that capture_attention watches is one of its inner calls. Everything is as
    before when the `with` is left, by an exception too. torch.nn.MultiheadAttention that returns
    weights computes its attention twice meanwhile.

    Args:
        model: the model.
        sink: called with each AttentionCall.
        failed: called with every exception of a watcher; None: the first is raised when the `with`
            is left.
        inside: whether the forward pass of the model has begun, and the `with` is left before it
            ends.
    """
    names = {id(module): name for name, module in model.named_modules()}
    stacks = _transformer_stacks(model)
    original, multihead = getattr(functional, _FUNCTION), getattr(functional, _MULTIHEAD)
    multihead_signature = inspect.signature(multihead)
    thread = threading.get_ident()
    running = [model] if inside else []

    def watching() -> bool:
        return bool(running) and threading.get_ident() == thread and not recomputing()

    def attention(*args: Any, **options: Any) -> Any:
        result = original(*args, **options)
        with harmless(report):
            given = {**options, **dict(zip(_ARGUMENTS, args, strict=False))}
            if watching() and given["query"].ndim in (3, 4):
                inner, module = inner_calls(), running[-1]
                call = _call(names[id(module)], module, stacks.get(id(module)), given, result)
                sink(call) if inner is None else inner.append(call)
        return result

    def multihead_attention(*args: Any, **options: Any) -> Any:
        seen: AbstractContextManager[Any] = nullcontext()
        with harmless(report):
            given = multihead_signature.bind(*args, **options)
            given.apply_defaults()
            if given.arguments["need_weights"] and inner_calls() is None and watching():
                # With weights it multiplies queries and keys itself, so it runs a first time
                # without them, and without random numbers.
                plain = {"need_weights": False, "is_causal": False, "training": False}
                with torch.no_grad():
                    multihead(**given.arguments | plain)
                seen = watched_call()
        with seen:
            return multihead(*args, **options)

    def enters(module: torch.nn.Module, _: Any) -> None:
        if threading.get_ident() == thread:
            running.append(module)

    def leaves(module: torch.nn.Module, _: Any, __: Any) -> None:
        if running and running[-1] is module and threading.get_ident() == thread:
            running.pop()

    with reporting(failed) as report, replacing, ExitStack() as restore:
        with harmless(report):
            for place, name in [*_places(model, original), (functional, _MULTIHEAD)]:
                restore.callback(setattr, place, name, getattr(place, name))
                setattr(place, name, multihead_attention if name == _MULTIHEAD else attention)
            # The fused encoder layer of torch calls nothing that could be watched.
            restore.callback(
                torch.backends.mha.set_fastpath_enabled, torch.backends.mha.get_fastpath_enabled()
            )
            torch.backends.mha.set_fastpath_enabled(False)
            # One for each module: of hooks for all modules torch.compile warns.
            for module in model.modules():
                if (
                    isinstance(module, torch.jit.ScriptModule)
                    or (inside and module is model)
                    or calls_nothing(module)
                ):
                    continue
                restore.callback(module.register_forward_pre_hook(enters).remove)
                restore.callback(module.register_forward_hook(leaves, always_call=True).remove)
            restore.enter_context(uncompiled())
        yield


def calls_nothing(module: torch.nn.Module) -> bool:
    """Whether it is a layer such as Linear, of which a model has many.

    Hooks on these would be most of the time of a short capture.
    """
    return not module._modules and type(module).__module__.startswith(_PLAIN)


def _places(model: torch.nn.Module, function: Any) -> list[tuple[ModuleType, str]]:
    """Where the function has a name.

    In torch, and in the Python modules of the model that imported it by name.
    """
    files = {base.__module__ for module in model.modules() for base in type(module).__mro__}
    sources = [sys.modules[name] for name in sorted(files) if name in sys.modules]
    imported = [
        (source, name)
        for source in sources
        for name, value in list(vars(source).items())
        if value is function
    ]
    return [
        (functional, _FUNCTION),
        *(place for place in imported if place != (functional, _FUNCTION)),
    ]


def _transformer_stacks(model: torch.nn.Module) -> dict[int, str]:
    """The stack of each attention module of a torch.nn.Transformer.

    Without decoder layers the masks say it.
    """
    stacks: dict[int, str] = {}
    layers = list(model.modules())
    if any(isinstance(layer, torch.nn.TransformerDecoderLayer) for layer in layers):
        for layer in layers:
            if isinstance(layer, torch.nn.TransformerEncoderLayer):
                stacks[id(layer.self_attn)] = ENCODER
            elif isinstance(layer, torch.nn.TransformerDecoderLayer):
                stacks[id(layer.self_attn)], stacks[id(layer.multihead_attn)] = DECODER, CROSS
    return stacks


def _call(
    name: str, module: torch.nn.Module, stack: str | None, given: dict[str, Any], output: Any
) -> AttentionCall:
    """The call in the form of the AttentionInterface. Three axes are the heads of one example."""
    query, key, value, output = (
        tensor.detach() if tensor.ndim == 4 else tensor.detach()[None]
        for tensor in (given["query"], given["key"], given["value"], output)
    )
    mask = given.get("attn_mask")
    if mask is not None:
        mask = mask[(None,) * (4 - mask.ndim)].expand(-1, -1, query.shape[2], key.shape[2])
    options = {
        "is_causal": bool(given.get("is_causal", False)),
        "scaling": given.get("scale"),
        "dropout": given.get("dropout_p", 0.0),
    }
    return AttentionCall(
        name, "sdpa", module, query, key, mask, options, stack, value=value, output=output
    )
