"""Compares what was understood of a call with what the attention function really returned.

For a few queries: softmax(what was understood) times the values, beside the function's own output.
It needs no knowledge of the function, and finds every wrong mask, window, document, scale, soft
cap, bias, sink and head.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.reading import Reading

_LEAST = 1e-30


@dataclass(frozen=True)
class Difference:
    """How far an output is from what was understood.

    Attributes:
        error: the largest difference of an output, divided by the largest value of its head.
        relative: the largest of a query and head, divided by the length of its output (or of the
            noise that rounding makes of it), over what its dtype allows; more than 1 is wrong.
    """

    error: float
    relative: float

    @property
    def passes(self) -> bool:
        """Whether the output is what was understood, but for rounding."""
        return self.relative <= 1


def difference(
    call: AttentionCall, example: int, reading: Reading, rows: list[int]
) -> Difference | None:
    """The difference of some queries.

    None where it cannot be computed: the output is unknown, or is not a number.
    """
    kind = call.query.device.type
    query, key = (_one(tensor, example) for tensor in (call.query, call.key))
    query = query[:, rows]
    if torch.is_autocast_enabled(kind):  # which rounds them inside of the function
        query, key = (one.to(torch.get_autocast_dtype(kind)) for one in (query, key))
    with _precisely(call.query):
        weights, tops = _weights(query, key, reading, rows)
        return _compared(call, example, weights, tops, rows)


def weights_difference(
    call: AttentionCall, example: int, weights: torch.Tensor, rows: list[int]
) -> Difference | None:
    """The difference of some queries, for given weights [heads, queries, keys]."""
    with _precisely(weights):
        some = weights[:, rows].float()
        return _compared(call, example, some, torch.zeros_like(some[:, :, 0]), rows)


def _compared(
    call: AttentionCall, example: int, weights: torch.Tensor, tops: torch.Tensor, rows: list[int]
) -> Difference | None:
    if call.value is None or call.output is None or not rows:
        return None
    value, output = _one(call.value, example).float(), _one(call.output, example)
    heads, count, _ = weights.shape
    if output.shape[::2] != (heads, value.shape[2]) or heads % len(value):
        return Difference(math.inf, math.inf)
    output = output[:, rows].float()
    # The query heads that share a head of values stand one after the other.
    shared = (len(value), -1, value.shape[1])
    away = (weights.reshape(shared) @ value).view(output.shape) - output
    largest = value.abs().amax((1, 2))[:, None].clamp_min(_LEAST)
    error = (away.abs().amax((1, 2)).view(len(value), -1) / largest).max()
    # Rounding makes noise of each term of the sum, which may be larger than the sum itself.
    squares = torch.linalg.vector_norm(value, dim=2).square()[:, :, None]
    noise = (weights.square().reshape(shared) @ squares).view(heads, count)
    length = torch.maximum(output.square().sum(2), noise).sqrt().clamp_min(_LEAST)
    relative = torch.linalg.vector_norm(away, dim=2) / length
    allowed = _allowed((call.query, call.value, call.output), tops)
    found, share = torch.stack([error, (relative / allowed).max()]).tolist()
    return Difference(found, share) if math.isfinite(found) else None


def _precisely(tensor: torch.Tensor) -> AbstractContextManager[Any]:
    """A context without the autocast around the model."""
    kind = tensor.device.type
    on = torch.is_autocast_enabled(kind)
    return torch.autocast(kind, enabled=False) if on else nullcontext()


def _one(tensor: torch.Tensor, example: int) -> torch.Tensor:
    return tensor[example if len(tensor) > 1 else 0]


def _weights(
    query: torch.Tensor, key: torch.Tensor, reading: Reading, rows: list[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """float32 [heads, rows, keys], and the largest score of each row, of either sign."""
    (heads, count, neurons), keys = query.shape, key.shape[1]
    scaled = (query.float() * reading.scale).reshape(key.shape[0], -1, neurons)
    scores = (scaled @ key.float().mT).view(heads, count, keys)
    if reading.softcap is not None:
        scores = torch.tanh(scores / reading.softcap) * reading.softcap
    if reading.bias is not None:
        scores = scores + reading.bias[:, rows].to(scores.device, torch.float32)
    seen = reading.seen(rows, keys)
    if seen is not None:
        scores = scores.masked_fill(~seen.to(scores.device), -math.inf)
    tops = scores.amax(2)
    if reading.sinks is None:
        return scores.softmax(2), tops.abs()
    sinks = reading.sinks.to(scores.device)[:, None, None].expand(heads, count, 1)
    return torch.cat([scores, sinks], 2).softmax(2)[:, :, :-1], tops.abs()


def _allowed(tensors: tuple[torch.Tensor, ...], tops: torch.Tensor) -> torch.Tensor | float:
    """What rounding may do to an output [heads, rows], as a share of its length.

    Measured: docs/design.md.
    """
    fine = all(one.element_size() > 2 for one in tensors)
    if fine and torch.get_float32_matmul_precision() == "highest":
        return 1e-3
    # Eager functions round scores to half precision, so that the error grows with them.
    return (2**-9 * (8 + 2 * tops)).clamp_max(0.3)
