"""Finds for each attention call the reading that agrees with its output."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from tb_attention.attention.layer import Check
from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.check import difference, weights_difference
from tb_attention.capture.eager import is_attention
from tb_attention.capture.masks import Masks
from tb_attention.capture.reading import Departure, Reading, first_reading, other_readings
from tb_attention.capture.rows import few_rows, many_rows

DROPOUT = "dropout is on, so that the model's own output is random"
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


class Understanding:
    """Understands the calls of one forward pass, for one example."""

    def __init__(self, example: int = 0) -> None:
        """example: its row in the batch."""
        self._example, self._masks = example, Masks(example)
        self._departures: dict[Departure, None] = {}
        self._in_vain = 0

    def of(self, call: AttentionCall) -> Understood:
        """How a call is read; where no reading agrees with its output, `check.wrong` is set."""
        first = first_reading(call, self._masks)
        if _dropout(call):
            return Understood(call, first, Check(unchecked=DROPOUT))
        seen = first.visibility(call.query.shape[2], call.key.shape[2])
        rows = few_rows(call, seen, self._masks)
        found = difference(call, self._example, first, rows)
        if found is None:
            return Understood(call, first, Check(unchecked=_NOT_COMPARABLE))
        if found.passes:
            return Understood(call, first, Check(found.error))
        few, rows = rows, many_rows(call, seen)
        return (
            self._inner(call, rows)
            or self._other(call, first, few, rows)
            or self._own_weights(call, first, rows)
            or Understood(call, first, Check(found.error, wrong=True))
        )

    def _inner(self, call: AttentionCall, rows: list[int]) -> Understood | None:
        """By the arguments of the one attention function that this one called itself."""
        if len(call.inner) != 1:
            return None
        inner = replace(call.inner[0], name=call.name, module=call.module, output=call.output)
        reading = first_reading(inner, self._masks)
        for one in (replace(call, mask=inner.mask, options=inner.options), inner):
            if (
                one.query.shape[2:3] + one.key.shape[2:3]
                == inner.query.shape[2:3] + inner.key.shape[2:3]
            ):
                found = difference(one, self._example, reading, rows)
                if found is not None and found.passes:
                    return Understood(one, reading, Check(found.error))
        return None

    def _other(
        self, call: AttentionCall, first: Reading, few: list[int], rows: list[int]
    ) -> Understood | None:
        """By other meanings that a function unknown to us may give its arguments."""
        if self._in_vain > _SEARCHES and not self._departures:
            return None
        readings = other_readings(call, self._masks, first)
        # What held for another layer comes first.
        for reading in sorted(readings, key=lambda one: one.departure not in self._departures):
            found = difference(call, self._example, reading, few)
            if found is not None and found.passes:
                found = difference(call, self._example, reading, rows)
            if found is not None and found.passes:
                self._departures[reading.departure] = None
                return Understood(call, reading, Check(found.error))
        self._in_vain += 1
        return None

    def _own_weights(
        self, call: AttentionCall, first: Reading, rows: list[int]
    ) -> Understood | None:
        """By the weights that the function returned, if these times the values are its output."""
        given = call.weights
        shape = (call.query.shape[1], call.query.shape[2], call.key.shape[2])
        if not isinstance(given, torch.Tensor) or given.shape[1:] != shape:
            return None
        weights = given.detach()[self._example if len(given) > 1 else 0].float()
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
