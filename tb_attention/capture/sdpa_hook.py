"""Watches plain torch attention.

A model goes in, one AttentionCall for each call of scaled_dot_product_attention comes out.

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
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any

import torch
from torch.nn import functional

from tb_attention.capture.patching import is_seen, recomputing, replacing, uncompiled, watched_call
from tb_attention.capture.transformers_hook import AttentionCall
from tb_attention.record.capture import CROSS, DECODER, ENCODER

_PLAIN = ("torch.nn.modules.", "transformers.pytorch_utils", "transformers.activations")
"""Where layers are defined that have no attention, unless they have layers in them."""

_FUNCTION, _MULTIHEAD = "scaled_dot_product_attention", "multi_head_attention_forward"


@contextmanager
def capture_sdpa(
    model: torch.nn.Module, sink: Callable[[AttentionCall], None], *, inside: bool = False
) -> Iterator[None]:
    """Hands every call of scaled_dot_product_attention in `model` and this thread to `sink`.

    What is computed is not changed.

    A call made by an attention function that capture_attention watches is left to it. Everything is
    as before when the `with` is left, by an exception too. torch.nn.MultiheadAttention that returns
    weights computes its attention twice meanwhile. inside: the forward pass of the model has begun,
    and the `with` is left before it ends.
    """
    names = {id(module): name for name, module in model.named_modules()}
    stacks = _transformer_stacks(model)
    original, multihead = getattr(functional, _FUNCTION), getattr(functional, _MULTIHEAD)
    multihead_signature = inspect.signature(multihead)
    thread = threading.get_ident()
    running = [model] if inside else []

    def watching() -> bool:
        return (
            bool(running)
            and threading.get_ident() == thread
            and not is_seen()
            and not recomputing()
        )

    def attention(
        query: Any, key: Any, value: Any, attn_mask: Any = None, *args: Any, **options: Any
    ) -> Any:
        if watching() and query.ndim in (3, 4):
            given = (
                dict(zip(("dropout_p", "is_causal", "scale", "enable_gqa"), args, strict=False))
                | options
            )
            module = running[-1]
            sink(
                _call(
                    names[id(module)], module, stacks.get(id(module)), query, key, attn_mask, given
                )
            )
        return original(query, key, value, attn_mask, *args, **options)

    def multihead_attention(*args: Any, **options: Any) -> Any:
        given = multihead_signature.bind(*args, **options)
        given.apply_defaults()
        if not (given.arguments["need_weights"] and watching()):
            return multihead(*args, **options)
        # With weights it multiplies queries and keys itself, so it runs a second time without them,
        # and without random numbers.
        with torch.no_grad():
            multihead(
                **given.arguments | {"need_weights": False, "is_causal": False, "training": False}
            )
        with watched_call():
            return multihead(*args, **options)

    def enters(module: torch.nn.Module, _: Any) -> None:
        if threading.get_ident() == thread:
            running.append(module)

    def leaves(module: torch.nn.Module, _: Any, __: Any) -> None:
        if running and running[-1] is module and threading.get_ident() == thread:
            running.pop()

    with replacing, ExitStack() as restore:
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
                or _calls_nothing(module)
            ):
                continue
            restore.callback(module.register_forward_pre_hook(enters).remove)
            restore.callback(module.register_forward_hook(leaves, always_call=True).remove)
        restore.enter_context(uncompiled())
        yield


def _calls_nothing(module: torch.nn.Module) -> bool:
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
    name: str,
    module: torch.nn.Module,
    stack: str | None,
    query: torch.Tensor,
    key: torch.Tensor,
    mask: Any,
    given: dict[str, Any],
) -> AttentionCall:
    """The call in the form of the AttentionInterface. Three axes are the heads of one example."""
    query, key = (
        tensor.detach() if tensor.ndim == 4 else tensor.detach()[None] for tensor in (query, key)
    )
    if mask is not None:
        mask = mask[(None,) * (4 - mask.ndim)].expand(-1, -1, query.shape[2], key.shape[2])
    options = {"is_causal": bool(given.get("is_causal", False)), "scaling": given.get("scale")}
    return AttentionCall(name, "sdpa", module, query, key, mask, options, stack)
