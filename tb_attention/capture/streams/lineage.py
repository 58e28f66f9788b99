"""What tensors are made of: inputs and attention calls of one forward pass.

Followed through all that torch computes. In a model of one's own nothing else says whether a layer
continues the one before (a deeper layer) or begins with another input (a second tower, or the same
tower once more).
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import torch

from tb_attention.capture.calls.function_mode import Mode
from tb_attention.capture.streams.frames import tensors_in

Sources = frozenset[tuple[str, int]]
"""("input", n) is the n-th tensor of the inputs, ("call", n) the n-th attention call."""

NOTHING: Sources = frozenset()


class Lineage(Mode):
    """Follows one forward pass in one thread, from `start` to `stop`."""

    def __init__(self, inputs: Iterable[torch.Tensor]) -> None:
        super().__init__()
        self._known: dict[int, Sources] = {}
        self._alive: dict[int, weakref.ref[torch.Tensor]] = {}
        self._running: list[tuple[Any, Any]] = []
        self._last: weakref.ref[torch.Tensor] | None = None
        self.calls = 0
        self.lost = False
        """Whether something went wrong, so that nothing is known."""
        for number, tensor in enumerate(inputs):
            self._add(tensor, frozenset({("input", number)}))

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
        found = NOTHING
        for tensor in (value,) if isinstance(value, torch.Tensor) else tensors_in(value):
            found |= self._known.get(id(tensor), NOTHING)
        return found

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
        if name == "__setitem__":
            result = args[0]
        if isinstance(result, torch.Tensor):
            made: Iterable[torch.Tensor] = (result,)
            if name == "scaled_dot_product_attention":
                self._last = weakref.ref(result)
        elif isinstance(result, tuple | list) and not isinstance(result, torch.Size):
            made = tensors_in(result)
        else:
            return
        sources = self._of_arguments(args)
        if options:
            sources |= self._of_arguments(options.values())
        if before < self.calls:
            sources |= {("call", number) for number in range(before, self.calls)}
        for tensor in made if sources else ():
            self._add(tensor, sources)

    def _of_arguments(self, arguments: Iterable[Any]) -> Sources:
        """As `of`, for what the arguments of a function usually are."""
        found, known = NOTHING, self._known
        for one in arguments:
            if (sources := known.get(id(one))) is not None:
                found |= sources
            elif isinstance(one, tuple | list | dict):
                found |= self.of(one)
        return found

    def _add(self, tensor: torch.Tensor, sources: Sources) -> None:
        place, known = id(tensor), self._known
        if (before := known.get(place)) is not None:
            known[place] = before | sources
        else:
            # The place may be given to another tensor when this one is gone.
            self._alive[place] = weakref.ref(tensor, lambda _: self._forget(place))
            known[place] = sources

    def _forget(self, place: int) -> None:
        self._known.pop(place, None)
        self._alive.pop(place, None)
