"""Which modules of a model run at the moment, the outermost first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import torch

_PLAIN = ("torch.nn.modules.", "transformers.pytorch_utils", "transformers.activations")
"""Where layers are defined that have no attention, unless they have layers in them."""

_SPREADS = frozenset({"DistributedAttention"})
"""Classes that give each process some heads of the whole text: of DeepSpeed Ulysses."""


class Running:
    """In each thread for itself."""

    def __init__(
        self,
        names: Mapping[torch.nn.Module, str],
        *,
        inside: torch.nn.Module | None = None,
        anywhere: bool = False,
    ) -> None:
        """Nothing runs yet.

        Args:
            names: of the modules of a model.
            inside: one whose forward pass has begun in this thread; the watching then ends before
                it does.
            anywhere: whether what runs in other threads counts there; else only this one does.
        """
        self._names, self._inside = names, inside
        self._only = None if anywhere else threading.get_ident()
        self._threads: dict[int, list[tuple[torch.nn.Module, tuple[Any, ...]]]] = {}
        """With their arguments by position."""
        if inside is not None:
            self._modules.append((inside, ()))

    @property
    def _modules(self) -> list[tuple[torch.nn.Module, tuple[Any, ...]]]:
        """Those of this thread."""
        here = threading.get_ident()
        return self._threads.setdefault(here, []) if self._only in (None, here) else []

    def __bool__(self) -> bool:
        return bool(self._modules)

    @property
    def module(self) -> torch.nn.Module:
        """The innermost one."""
        return self._modules[-1][0]

    @property
    def name(self) -> str:
        """Of the innermost one, in the model."""
        return self._names[self.module]

    @property
    def batch(self) -> int | None:
        """How many texts go through it at once; None where that is not known."""
        batches = (_batch(args) for _, args in reversed(self._modules))
        return next((batch for batch in batches if batch is not None), None)

    def spread(self) -> str | None:
        """The name of a module that runs and spreads a text over processes, with their number."""
        for module, _ in self._modules:
            if type(module).__name__ in _SPREADS and (count := _processes(module)) > 1:
                return f"{self._names[module]} spreads its text over {count} processes"
        return None

    def watch(
        self, restore: ExitStack, begins: Callable[[], None], ends: Callable[[], None]
    ) -> None:
        """Keeps account until `restore` is closed.

        begins, ends: called when a module runs, and when none does any more.
        """

        def enters(module: torch.nn.Module, args: tuple[Any, ...]) -> None:
            if module not in self._names:
                return  # of a copy of the model, which has our hooks too
            modules = self._modules
            modules.append((module, args))
            if len(modules) == 1 and self._only in (None, threading.get_ident()):
                begins()

        def leaves(module: torch.nn.Module, _: Any, __: Any) -> None:
            modules = self._modules
            if modules and modules[-1][0] is module:
                modules.pop()
                if not modules:
                    ends()

        if self._inside is not None:
            begins()
        # One for each module: of hooks for all modules torch.compile warns.
        for module in self._names:
            if (
                isinstance(module, torch.jit.ScriptModule)
                or module is self._inside
                or calls_nothing(module)
            ):
                continue
            restore.callback(module.register_forward_pre_hook(enters).remove)
            restore.callback(module.register_forward_hook(leaves, always_call=True).remove)


def _processes(module: torch.nn.Module) -> int:
    group: Any = getattr(module, "spg", None)
    return int(group.size()) if hasattr(group, "size") else 1


def _batch(args: tuple[Any, ...]) -> int | None:
    """The first axis of ids [batch, tokens] or hidden states [batch, tokens, width]."""
    first = args[0] if args else None
    if not isinstance(first, torch.Tensor):
        return None
    axes = 3 if first.is_floating_point() else 2
    return first.shape[0] if first.ndim == axes else None


def calls_nothing(module: torch.nn.Module) -> bool:
    """Whether it is a layer such as Linear, of which a model has many.

    Hooks on these would be most of the time of a short capture.
    """
    return not module._modules and type(module).__module__.startswith(_PLAIN)
