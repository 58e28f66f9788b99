"""What tensors are made of: inputs and attention calls of one forward pass.

Followed through all that torch computes. In a model of one's own nothing else says whether a layer
continues the one before (a deeper layer) or begins with another input (a second tower, or the same
tower once more).
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, MutableMapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode, _get_current_function_mode_stack
from torch.utils.weak import WeakTensorKeyDictionary

from tb_attention.capture.frames import tensors_in

Sources = frozenset[tuple[str, int]]
"""("input", n) is the n-th tensor of the inputs, ("call", n) the n-th attention call."""

NOTHING: Sources = frozenset()


class Lineage(TorchFunctionMode):
    """Follows one forward pass in one thread, from `start` to `stop`."""

    def __init__(self, inputs: Iterable[torch.Tensor]) -> None:
        super().__init__()
        self._known: MutableMapping[torch.Tensor, Sources] = WeakTensorKeyDictionary()
        self._running: list[tuple[Any, Any]] = []
        self._last: weakref.ref[torch.Tensor] | None = None
        self._stopped = False
        self.calls = 0
        self.lost = False
        """Whether something went wrong, so that nothing is known."""
        for number, tensor in enumerate(inputs):
            self._known[tensor] = frozenset({("input", number)})

    def start(self) -> None:
        """Follows from here on."""
        self.__enter__()  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Follows no more.

        Where another mode was begun meanwhile, and not ended, ours stays, and does nothing.
        """
        self._stopped = True
        stack = _get_current_function_mode_stack()  # type: ignore[no-untyped-call]
        if stack and stack[-1] is self:
            self.__exit__(None, None, None)

    def attends(self, query: torch.Tensor, key: torch.Tensor) -> tuple[int, Sources, Sources]:
        """An attention call is done: its number, and what its queries and its keys are made of."""
        number, self.calls = self.calls, self.calls + 1
        if self._running:
            # Inside of a function of torch, such as MultiheadAttention's, nothing is followed.
            args, options = self._running[-1]
            query, key = [*args, *(options[name] for name in ("query", "key") if name in options)][
                :2
            ]
        elif self._last is not None and (result := self._last()) is not None:
            self._add(result, frozenset({("call", number)}))
        return number, self.of(query), self.of(key)

    def made(self, output: Any, since: int) -> None:
        """Notes the output of a module, in which `since` and later attention calls were made."""
        if since < self.calls:
            for tensor in tensors_in(output):
                self._add(
                    tensor, frozenset(("call", number) for number in range(since, self.calls))
                )

    def of(self, value: Any) -> Sources:
        """What a value is made of."""
        if isinstance(value, torch.Tensor):
            return self._known.get(value, NOTHING)
        return NOTHING.union(*(self.of(one) for one in tensors_in(value)))

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Computes, and notes what the result is made of."""
        options = kwargs or {}
        if self._stopped:
            return func(*args, **options)
        before = self.calls
        self._running.append((args, options))
        try:
            result = func(*args, **options)
        finally:
            self._running.pop()
        try:
            self._note(func, args, options, result, before)
        except Exception:  # noqa: BLE001  (the model goes on; `lost` says it)
            self.lost = True
        return result

    def _note(self, func: Any, args: Any, options: Any, result: Any, before: int) -> None:
        name = getattr(func, "__name__", "")
        if name == "scaled_dot_product_attention" and isinstance(result, torch.Tensor):
            self._last = weakref.ref(result)
        made = [*tensors_in(result), *tensors_in(args[:1] if name == "__setitem__" else ())]
        if made:
            sources = self.of(args) | self.of(options)
            sources |= {("call", number) for number in range(before, self.calls)}
            for tensor in made:
                self._add(tensor, sources)

    def _add(self, tensor: torch.Tensor, sources: Sources) -> None:
        if sources:
            self._known[tensor] = self._known.get(tensor, NOTHING) | sources
