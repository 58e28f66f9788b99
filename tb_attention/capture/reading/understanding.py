"""Finds for each attention call the reading that agrees with its output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from tb_attention.attention.layer import Check
from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.reading.check import (
    Products,
    difference,
    differences,
    products,
    weights_difference,
)
from tb_attention.capture.reading.eager import is_attention
from tb_attention.capture.reading.masks import Masks
from tb_attention.capture.reading.readings import Departure, Reading, first_reading, other_readings
from tb_attention.capture.reading.rows import few_rows, hidden_keys, many_rows

DROPOUT = "dropout is on, so that the model's own output is random"
_HELD = 16_000_000
"""So many bytes of tensors wait to be compared."""
_SEARCHES = 2
"""After this many layers that no reading agrees with, no other readings are tried."""
_NOT_COMPARABLE = "the model's own output is not known, or is no number"


@dataclass(frozen=True, eq=False)
class Understood:
    """A call, and how it is read.

    Attributes:
        call: the call whose queries and keys hold, which may be one that the call made itself.
        reading: how weights follow from them.
        check: how far the output of the reading is from the model's own.
        weights: [heads, queries, keys], where only these are known.
    """

    call: AttentionCall
    reading: Reading
    check: Check
    weights: torch.Tensor | None = None


@dataclass(eq=False)
class Learned:
    """What was learned of a model in its other calls.

    Attributes:
        surprised: whether a call was not as its arguments say.
        departures: of the readings that held then.
        in_vain: number of calls of which no reading held.
    """

    surprised: bool = False
    departures: set[Departure] = field(default_factory=set)
    in_vain: int = 0


@dataclass(frozen=True, eq=False)
class _Waiting:
    """A call that is compared later, with what is called then."""

    call: AttentionCall
    reading: Reading
    made: Products
    settled: Callable[[Understood], None]

    @property
    def size(self) -> int:
        """Bytes of its tensors, which are held meanwhile."""
        tensors = (self.call.query, self.call.key, self.call.value, self.call.output)
        return sum(one.nbytes for one in tensors if one is not None)


class Understanding:
    """Of the calls of one forward pass, for one example."""

    def __init__(self, example: int = 0, learned: Learned | None = None) -> None:
        """Knows no mask yet.

        Args:
            example: its row in the batch.
            learned: in other passes; what is learned here is added.
        """
        self._example, self._masks = example, Masks(example)
        self._learned = Learned() if learned is None else learned
        self._waiting: list[_Waiting] = []

    def of(self, call: AttentionCall, *, compare: bool = True) -> Understood:
        """How a call is read; where no reading agrees with its output, `check.wrong` is set.

        Args:
            call: the call.
            compare: whether its output must be looked at, also where all calls so far were as their
                arguments say.
        """
        first = first_reading(call, self._masks)
        if not compare and not self._learned.surprised:
            return Understood(call, first, Check())
        if _dropout(call):
            return Understood(call, first, Check(unchecked=DROPOUT))
        seen = first.visibility(call.query.shape[2], call.key.shape[2])
        rows = few_rows(call, seen, self._masks)
        found = difference(call, self._example, first, rows)
        if found is None:
            return Understood(call, first, Check(unchecked=_NOT_COMPARABLE))
        if found.passes:
            return Understood(call, first, Check(found.error))
        self._learned.surprised = True
        few, rows = rows, many_rows(call, seen)
        return (
            self._inner(call, rows)
            or self._other(call, first, few, rows)
            or self._own_weights(call, first, rows)
            or Understood(call, first, Check(found.error, wrong=True))
        )

    def later(self, call: AttentionCall, settled: Callable[[Understood], None]) -> Understood:
        """How a call is read, if it is as its arguments say; that may be found out later.

        Comparing several calls at once takes half the time.

        Args:
            call: the call.
            settled: called with how it is read, where that is found out later.
        """
        first = first_reading(call, self._masks)
        plain = first.softcap is None and first.sinks is None and first.bias is None
        if not plain or self._learned.surprised or _dropout(call):
            return self.of(call)
        seen = first.visibility(call.query.shape[2], call.key.shape[2])
        rows = few_rows(call, seen, self._masks)
        if not rows:
            return self.of(call)
        hidden = hidden_keys(call, seen, rows, self._masks)
        made = products(call, self._example, first, rows, hidden)
        if made is None:
            return self.of(call)
        one = _Waiting(call, first, made, settled)
        if one.size + sum(other.size for other in self._waiting) > _HELD:
            self.settle()
        self._waiting.append(one)
        return Understood(call, first, Check())

    def settle(self) -> None:
        """Finds out what waits."""
        waiting, self._waiting = self._waiting, []
        shapes: dict[tuple[Any, ...], list[_Waiting]] = {}
        for one in waiting:
            shapes.setdefault((one.made.away.shape, one.made.largest.shape), []).append(one)
        for alike in shapes.values():
            for one, found in zip(alike, differences([one.made for one in alike]), strict=True):
                passes = found is not None and found.passes
                if found is not None and passes:
                    one.settled(Understood(one.call, one.reading, Check(found.error)))
                else:
                    one.settled(self.of(one.call))

    def _inner(self, call: AttentionCall, rows: list[int]) -> Understood | None:
        """By the arguments of the one attention function that this one called itself."""
        if len(call.inner) != 1:
            return None
        inner = replace(call.inner[0], name=call.name, module=call.module, output=call.output)
        if (inner.query.shape[2], inner.key.shape[2]) != (call.query.shape[2], call.key.shape[2]):
            return None
        reading = first_reading(inner, self._masks)
        for one in (replace(call, mask=inner.mask, options=inner.options), inner):
            found = difference(one, self._example, reading, rows)
            if found is not None and found.passes:
                return Understood(one, reading, Check(found.error))
        return None

    def _other(
        self, call: AttentionCall, first: Reading, few: list[int], rows: list[int]
    ) -> Understood | None:
        """By other meanings that a function unknown to us may give its arguments."""
        if self._learned.in_vain > _SEARCHES and not self._learned.departures:
            return None
        readings = other_readings(call, self._masks, first)
        held = self._learned.departures
        for reading in sorted(readings, key=lambda one: one.departure not in held):
            found = difference(call, self._example, reading, few)
            if found is not None and found.passes:
                found = difference(call, self._example, reading, rows)
            if found is not None and found.passes:
                self._learned.departures.add(reading.departure)
                return Understood(call, reading, Check(found.error))
        self._learned.in_vain += 1
        return None

    def _own_weights(
        self, call: AttentionCall, first: Reading, rows: list[int]
    ) -> Understood | None:
        """By the weights that the function returned, if these times the values are its output."""
        given = call.weights
        if isinstance(given, torch.Tensor) and given.ndim == 4:
            weights = given.detach()[self._example if len(given) > 1 else 0].float()
        elif callable(given):
            weights = given(self._example)
        else:
            return None
        if weights.shape != (call.query.shape[1], call.query.shape[2], call.key.shape[2]):
            return None
        found = weights_difference(call, self._example, weights, rows)
        if found is None or not found.passes or not is_attention(weights):
            return None
        return Understood(call, first, Check(found.error), weights.cpu())


def _dropout(call: AttentionCall) -> bool:
    """Whether some weights were dropped at random."""
    said = [value for name, value in call.options.items() if "dropout" in name]
    numbers = [float(value) for value in said if isinstance(value, int | float)]
    if numbers:
        return max(numbers) > 0
    inside = (one for one in call.module.children() if isinstance(one, torch.nn.Dropout))
    return call.module.training and any(one.p > 0 for one in inside)
