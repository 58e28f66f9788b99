"""Watches attention that is called without transformers' AttentionInterface.

For modules of one's own, torch.nn.MultiheadAttention and torch.nn.Transformer, and the
architectures of transformers that call torch themselves. The functions are replaced for the time of
a `with`, in torch and wherever the model's code has a name for them; in code that is not of
transformers a mode of torch sees those that have none. A model that multiplies queries and keys
itself calls no function that could be watched.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch.nn import functional

from tb_attention.capture.calls.attention_call import AttentionCall, Change
from tb_attention.capture.calls.flex import FLEX, flex_call
from tb_attention.capture.calls.function_mode import SDPA, SeesFunctions
from tb_attention.capture.calls.kernels import (
    HEADS,
    in_heads,
    kernel_axes,
    kernel_call,
    kernel_name,
)
from tb_attention.capture.calls.namespaces import Place, own_code, places_of
from tb_attention.capture.calls.patching import (
    Failed,
    harmless,
    inner_calls,
    recomputing,
    replacing,
    reporting,
    uncompiled,
    watched_call,
)
from tb_attention.capture.calls.running import Running
from tb_attention.capture.calls.torch_attention import (
    SDPA_ARGUMENTS,
    runs_without_weights,
    sdpa_call,
    transformer_stacks,
    with_output_of_sdpa,
)
from tb_attention.errors import NotUnderstood

_FUNCTION, _MULTIHEAD = "scaled_dot_product_attention", "multi_head_attention_forward"


@contextmanager
def capture_sdpa(
    model: torch.nn.Module,
    sink: Callable[[AttentionCall], None],
    failed: Failed | None = None,
    *,
    inside: bool = False,
    anywhere: bool = False,
    change: Change | None = None,
) -> Iterator[None]:
    """Hands every attention call of `model` in this thread to `sink`, when it is computed.

    What is computed is not changed, and no exception of a watcher reaches the model. A call made by
    an attention function that is watched is one of its inner calls. Everything is as
    before when the `with` is left, by an exception too. torch.nn.MultiheadAttention that returns
    weights computes its attention twice meanwhile.

    Args:
        model: the model.
        sink: called with each AttentionCall.
        failed: called with every exception of a watcher; None: the first is raised when the `with`
            is left.
        inside: whether the forward pass of the model has begun, and the `with` is left before it
            ends.
        anywhere: whether calls in other threads are handed on too, in their threads.
        change: what the output of each call is replaced by; `sink` is then not called.
    """

    def replace(restore: ExitStack) -> None:
        with harmless(report):
            watcher = _Watcher(model, sink, report, inside, anywhere, change)
            left.callback(watcher.ends)
            watcher.watch(restore)
            restore.enter_context(uncompiled())

    with reporting(failed) as report, ExitStack() as left, replacing(replace):
        yield


class _Watcher:
    """The functions that stand in the place of others."""

    def __init__(
        self,
        model: torch.nn.Module,
        sink: Callable[[AttentionCall], None],
        failed: Failed,
        inside: bool,
        anywhere: bool,
        change: Change | None,
    ) -> None:
        names = {module: name for name, module in model.named_modules()}
        self._sink, self._failed, self._modules = sink, failed, list(names)
        self._change = change
        self._running = Running(names, inside=model if inside else None, anywhere=anywhere)
        self._stacks = transformer_stacks(self._modules)
        self._original = getattr(functional, _FUNCTION)
        self._here = _OfThread()

    def watch(self, restore: ExitStack) -> None:
        """Replaces them until `restore` is closed."""
        multihead = getattr(functional, _MULTIHEAD)
        places = [
            Place(vars(functional), _FUNCTION, self._original, self._original),
            *places_of(self._modules, self._is_meant),
        ]
        for place in places:
            restore.callback(place.restore)
            place.replace(self._instead_of(place.function))
        restore.callback(setattr, functional, _MULTIHEAD, multihead)
        again = (
            runs_without_weights(multihead, self._watching, self._failed)
            if self._change is None
            else with_output_of_sdpa(multihead, lambda: bool(self._running))
        )
        setattr(functional, _MULTIHEAD, again)
        # The fused encoder layer of torch calls nothing that could be watched.
        restore.callback(
            torch.backends.mha.set_fastpath_enabled, torch.backends.mha.get_fastpath_enabled()
        )
        torch.backends.mha.set_fastpath_enabled(False)
        own = own_code(self._modules)
        self._running.watch(restore, self._begins if own else _nothing, self.ends)

    def _begins(self) -> None:
        with harmless(self._failed):
            self._here.mode = SeesFunctions((*SDPA, FLEX), self._seen)
            self._here.mode.start()

    def ends(self) -> None:
        """No module runs any more in this thread."""
        with harmless(self._failed):
            if self._here.mode is not None:
                self._here.mode.stop()

    def _is_meant(self, value: Any) -> bool:
        return value is self._original or kernel_name(value) is not None

    def _instead_of(self, function: Any) -> Callable[..., Any]:
        return self._sdpa if function is self._original else self._kernel(function)

    def _watching(self) -> bool:
        return bool(self._running) and not recomputing()

    def _report(self, call: AttentionCall) -> None:
        if (spread := self._running.spread()) is not None:
            raise NotUnderstood(
                f"{spread}, so that this one sees some of its heads: "
                "log a probe of a model that one process runs."
            )
        if torch._C._functorch.is_batchedtensor(call.query):
            raise NotUnderstood(
                f"{self._running.name} runs under torch.func.vmap, where its numbers cannot be "
                "read: log a probe of the model without."
            )
        inner = inner_calls()
        self._sink(call) if inner is None else inner.append(call)

    @property
    def _sdpa(self) -> Callable[..., Any]:
        original = self._original

        def attention(*args: Any, **options: Any) -> Any:
            if not self._running:
                return original(*args, **options)
            self._here.by_name = True
            try:
                result = original(*args, **options)
            finally:
                self._here.by_name = False
            return self._saw_sdpa(args, options, result)

        return attention

    def _saw_sdpa(self, args: tuple[Any, ...], options: dict[str, Any], result: Any) -> Any:
        if self._change is not None:
            return self._changed(result, HEADS)
        with harmless(self._failed):
            given = {**options, **dict(zip(SDPA_ARGUMENTS, args, strict=False))}
            if self._watching() and given["query"].ndim in (3, 4):
                running = self._running
                stack = self._stacks.get(id(running.module))
                self._report(sdpa_call(running.name, running.module, stack, given, result))
        return result

    def _changed(self, result: Any, axes: str) -> Any:
        """What the model goes on with; what a watched function calls itself stays as it is."""
        if not self._running or inner_calls() is not None or self._change is None:
            return result
        name, change, batch = self._running.name, self._change, self._running.batch
        return in_heads(result, axes, batch or 1, lambda output: change(name, output))

    def _kernel(self, function: Callable[..., Any]) -> Callable[..., Any]:
        name = kernel_name(function) or ""

        @functools.wraps(function)
        def attention(*args: Any, **options: Any) -> Any:
            with watched_call() as inner:
                result = function(*args, **options)
            if self._change is not None:
                axes = kernel_axes(name, function, args, options)
                output, *others = result if isinstance(result, tuple) else (result,)
                output = self._changed(output, axes)
                return (output, *others) if isinstance(result, tuple) else output
            self._saw_kernel(name, function, args, options, result, inner)
            return result

        return attention

    def _saw_kernel(
        self,
        name: str,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        options: dict[str, Any],
        result: Any,
        inner: list[AttentionCall],
    ) -> None:
        with harmless(self._failed):
            if self._watching():
                running = self._running
                batch, path, module = running.batch, running.name, running.module
                call = kernel_call(name, function, module, path, args, options, result, batch)
                for one in inner if call is None else [replace(call, inner=tuple(inner))]:
                    self._report(one)

    def _seen(
        self, function: Any, args: tuple[Any, ...], options: dict[str, Any], result: Any
    ) -> Any:
        """What the mode saw; returns what the model goes on with."""
        if self._here.by_name:
            return result
        if function is not FLEX:
            return self._saw_sdpa(args, options, result)
        if self._change is not None:
            output, *others = result
            return (self._changed(output, HEADS), *others)
        with harmless(self._failed):
            if self._watching():
                running = self._running
                self._report(flex_call(running.name, running.module, args, options, result))
        return result


class _OfThread(threading.local):
    """What is known of the thread that runs.

    Attributes:
        by_name: whether a function runs that was called by its name, which the mode need not see.
        mode: what sees functions that have no name.
    """

    by_name = False
    mode: SeesFunctions | None = None


def _nothing() -> None:
    pass
