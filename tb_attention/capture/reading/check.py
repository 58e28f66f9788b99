"""Compares what was understood of a call with what the attention function really returned.

For a few queries: softmax(what was understood) times the values, beside the function's own output.
It needs no knowledge of the function, and finds every wrong mask, window, document, scale, soft
cap, bias, sink and head.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.reading.readings import Reading
from tb_attention.capture.reading.rounding import allowed, is_fine, precisely

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


@dataclass(frozen=True, eq=False)
class Products:
    """What was understood of a call beside what it gave, for some queries.

    Attributes:
        away: [heads, rows, any], weights times values less the output.
        output: [heads, rows, any].
        largest: [value_heads], the largest value of each.
        tops: [heads, rows], the largest score, of either sign; None where nothing is rounded to
            half precision.
    """

    away: torch.Tensor
    output: torch.Tensor
    largest: torch.Tensor
    tops: torch.Tensor | None


def difference(
    call: AttentionCall, example: int, reading: Reading, rows: list[int]
) -> Difference | None:
    """Of some queries; None where it cannot be told: the output is unknown, or is not a number."""
    if (known := _known(call, example, rows)) is None:
        return None
    query, key = _asking(call, example, rows)
    with precisely(query):
        scores = _scores(query, key, reading, rows)
        tops = None if is_fine(call) else scores.amax(2).abs()
        return _compared(_weights(scores, reading), *known, tops)


def products(
    call: AttentionCall, example: int, reading: Reading, rows: list[int], hidden: torch.Tensor
) -> Products | None:
    """What `difference` needs, to be compared later.

    Args:
        call: the call.
        example: its row in the batch.
        reading: how it is read, without soft cap, bias and sinks.
        rows: of its queries, that are compared.
        hidden: [1 or key_heads, query heads of each x rows, keys], -inf where they do not see a
            key, else 0.

    Returns:
        None where `difference` has no Products.
    """
    if (known := _known(call, example, rows)) is None:
        return None
    value, output = known
    query, key = _asking(call, example, rows)
    with precisely(query):
        (heads, count, neurons), keys = query.shape, key.shape[1]
        if output.shape != (heads, count, value.shape[2]) or heads % len(value):
            return None
        asking = query.float().reshape(len(key), -1, neurons)
        hidden = hidden.expand(len(key), *hidden.shape[1:])
        scores = torch.baddbmm(hidden, asking, key.float().mT, alpha=reading.scale)
        tops = None if is_fine(call) else scores.view(heads, count, keys).amax(2).abs()
        return _products(scores.softmax(2).view(heads, count, keys), value, output, tops)


def differences(made: Sequence[Products]) -> list[Difference | None]:
    """Of several calls with the same shapes.

    What passes here passes; what does not may still pass `difference`.
    """
    away, output, largest = (
        torch.stack([getattr(one, name) for one in made]) for name in ("away", "output", "largest")
    )
    heads = away.shape[1] // largest.shape[1]
    error = away.abs().amax((2, 3)).view(*largest.shape, heads) / largest[:, :, None]
    length = torch.linalg.vector_norm(output, dim=3).clamp_min(_LEAST)
    relative = torch.linalg.vector_norm(away, dim=3) / length
    tops = [one.tops for one in made if one.tops is not None]
    share = (relative / allowed(torch.stack(tops) if tops else None)).amax((1, 2))
    numbers = torch.stack([error.amax((1, 2)), share], 1).tolist()
    return [Difference(*pair) if math.isfinite(pair[0]) else None for pair in numbers]


def weights_difference(
    call: AttentionCall, example: int, weights: torch.Tensor, rows: list[int]
) -> Difference | None:
    """The same for weights [heads, queries, keys] that are given."""
    if (known := _known(call, example, rows)) is None:
        return None
    with precisely(weights):
        some = weights[:, rows].float()
        tops = None if is_fine(call) else torch.zeros_like(some[:, :, 0])
        return _compared(some, *known, tops)


def last_difference(
    layer: AttentionLayer, value: torch.Tensor, output: torch.Tensor
) -> Difference | None:
    """Of the last query of a layer that was put together.

    Args:
        layer: on the CPU.
        value: [value_heads, keys, any].
        output: [heads, any], of the last query.
    """
    last = slice(layer.queries - 1, layer.queries)
    with precisely(layer.query):
        half = any(one.element_size() < 4 for one in (layer.query, value, output))
        tops = softmax.scores(layer, last).amax(2).abs() if half else None
        weights = softmax.weights(layer, last)
        return _compared(weights, value.cpu().float(), output.cpu().float()[:, None], tops)


def _compared(
    weights: torch.Tensor, value: torch.Tensor, output: torch.Tensor, tops: torch.Tensor | None
) -> Difference | None:
    """Of weights [heads, rows, keys], with the other axes of Products."""
    if output.shape != (*weights.shape[:2], value.shape[2]) or len(weights) % len(value):
        return Difference(math.inf, math.inf)
    made = _products(weights, value, output, tops)
    (found,) = differences([made])
    if found is None or found.passes:
        return found
    # Rounding makes noise of each term of the sum, which may be larger than the sum itself.
    squares = torch.linalg.vector_norm(value, dim=2).square()[:, :, None]
    noise = (_shared(weights, value).square() @ squares).view(weights.shape[:2])
    length = torch.maximum(output.square().sum(2), noise).sqrt().clamp_min(_LEAST)
    relative = torch.linalg.vector_norm(made.away, dim=2) / length
    return replace(found, relative=float((relative / allowed(tops)).max()))


def _products(
    weights: torch.Tensor, value: torch.Tensor, output: torch.Tensor, tops: torch.Tensor | None
) -> Products:
    away = torch.bmm(_shared(weights, value), value).view(output.shape) - output
    # Not the largest size, which would copy all values.
    largest = torch.maximum(value.amax(1), value.amin(1).neg()).amax(1).clamp_min(_LEAST)
    return Products(away, output, largest, tops)


def _shared(weights: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """The query heads that share a head of values stand one after the other."""
    return weights.reshape(len(value), -1, weights.shape[2])


def _known(
    call: AttentionCall, example: int, rows: list[int]
) -> tuple[torch.Tensor, torch.Tensor] | None:
    """The values, and the output of some queries, in float32."""
    if not rows or call.value is None or call.output is None:
        return None
    value, output = _one(call.value, example), _one(call.output, example)
    if output.shape[1] != call.query.shape[2]:  # which then has no axes that fit
        return value.float(), output[:, :0].float()
    return value.float(), output[:, rows].float()


def _one(tensor: torch.Tensor, example: int) -> torch.Tensor:
    return tensor[example if len(tensor) > 1 else 0]


def _asking(
    call: AttentionCall, example: int, rows: list[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Some queries, and the keys, rounded as autocast does it inside of the function."""
    query, key = _one(call.query, example)[:, rows], _one(call.key, example)
    kind = query.device.type
    if not torch.is_autocast_enabled(kind):
        return query, key
    dtype = torch.get_autocast_dtype(kind)
    return query.to(dtype), key.to(dtype)


def _scores(
    query: torch.Tensor, key: torch.Tensor, reading: Reading, rows: list[int]
) -> torch.Tensor:
    """float32 [heads, rows, keys], -inf where a key is not seen."""
    (heads, count, neurons), keys = query.shape, key.shape[1]
    scaled = (query.float() * reading.scale).reshape(key.shape[0], -1, neurons)
    scores = (scaled @ key.float().mT).view(heads, count, keys)
    if reading.softcap is not None:
        scores = torch.tanh(scores / reading.softcap) * reading.softcap
    if reading.bias is not None:
        scores = scores + reading.bias[:, rows].to(scores.device, torch.float32)
    seen = reading.seen(rows, keys)
    return scores if seen is None else scores.masked_fill(~seen.to(scores.device), -math.inf)


def _weights(scores: torch.Tensor, reading: Reading) -> torch.Tensor:
    if reading.sinks is None:
        return scores.softmax(2)
    sinks = reading.sinks.to(scores.device)[:, None, None].expand(*scores.shape[:2], 1)
    return torch.cat([scores, sinks], 2).softmax(2)[:, :, :-1]
