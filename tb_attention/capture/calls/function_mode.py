"""Modes of torch: what sees every function of torch that is called, wherever it is known from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

_overrides: Any = torch.overrides
_ATEN: Any = torch.ops.aten.scaled_dot_product_attention

SDPA: tuple[Any, ...] = (functional.scaled_dot_product_attention, _ATEN, _ATEN.default)
"""The names by which a mode sees scaled_dot_product_attention."""


class Mode(TorchFunctionMode):
    """A mode of one thread that may end before others that began later."""

    def __init__(self) -> None:
        """Is not on yet."""
        super().__init__()
        self._below: list[Any] = []
        self._stopped = False

    def start(self) -> None:
        """Begins, in this thread."""
        self._below = _modes()
        _overrides._push_mode(self)

    def stop(self) -> None:
        """Ends for good.

        Where a pass was interrupted, a mode that was on around it may have ended ours instead of
        itself: then it is ended here.
        """
        if self._stopped:
            return
        self._stopped = True
        on = _modes()
        if any(mode is self for mode in on):
            _remove(self)
            return
        others = [one for one in self._below if not isinstance(one, Mode)]
        if left := [one for one in others if any(mode is one for mode in on)]:
            _remove(left[-1])


class SeesFunctions(Mode):
    """While it is on, hands calls of some functions to `seen`, when they are computed.

    Every function of torch that runs meanwhile takes some microseconds more.
    """

    def __init__(
        self,
        functions: tuple[Any, ...],
        seen: Callable[[Any, tuple[Any, ...], dict[str, Any], Any], Any],
    ) -> None:
        """Sees nothing yet.

        Args:
            functions: that are seen.
            seen: called with the function, its arguments by position and by name, and its result;
                what it returns is the result of the call.
        """
        super().__init__()
        self._functions, self._seen = frozenset(map(id, functions)), seen

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Computes, and looks."""
        result = func(*args, **(kwargs or {}))
        # Where torch compiles a part of a model, it traces this function too.
        if not torch.compiler.is_compiling() and id(func) in self._functions:
            return self._seen(func, args, kwargs or {}, result)
        return result


def _modes() -> list[Any]:
    """The modes that are on in this thread."""
    return list(_overrides._get_current_function_mode_stack())


def _remove(mode: Any) -> None:
    """Ends a mode; those that were begun later stay."""
    above: list[Any] = []
    while (last := _overrides._pop_mode()) is not mode:
        above.append(last)
    for one in reversed(above):
        _overrides._push_mode(one)
