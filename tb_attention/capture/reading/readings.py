"""How the weights of a call may follow from its queries and keys.

The reading that its arguments suggest, and others.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.reading.flags import Flags, window_of
from tb_attention.capture.reading.masks import Masks
from tb_attention.capture.reading.visibility import Visibility, structure

_DEPARTURES = 3
"""In how many properties another reading may differ from the first."""

Departure = tuple[int, ...]
"""Which of its possible values each property has; 0 is that of the first reading."""


@dataclass(frozen=True, eq=False)
class Reading:
    """One way in which weights follow from queries and keys; its tensors are on the CPU.

    Attributes:
        parts: a key is seen where all of them let it be seen.
        bias: [1 or heads, queries, keys], added to the scores.
        scale: as in AttentionLayer.
        softcap: as in AttentionLayer.
        sinks: as in AttentionLayer.
        departure: how it differs from the first reading.
    """

    parts: tuple[Visibility | Flags, ...]
    bias: torch.Tensor | None
    scale: float
    softcap: float | None = None
    sinks: torch.Tensor | None = None
    departure: Departure = ()

    def seen(self, rows: list[int], keys: int) -> torch.Tensor | None:
        """bool [1 or heads, rows, keys] of some queries; None where they see all keys."""
        found = [one for part in self.parts if (one := part.seen(rows, keys)) is not None]
        return None if not found else found[0] if len(found) == 1 else found[0] & found[1]

    def visibility(self, queries: int, keys: int) -> Visibility:
        """The Visibility of all queries."""
        first = self.parts[0]
        if len(self.parts) == 1 and isinstance(first, Visibility):
            return first
        seen = self.seen(list(range(queries)), keys)
        if seen is None:
            seen = torch.ones(1, queries, keys, dtype=torch.bool)
        return structure(seen, self.bias)


def first_reading(call: AttentionCall, masks: Masks) -> Reading:
    """What the arguments say, as the function of this name means them."""
    seen = masks.of(call)
    scale = call.options.get("scaling")
    return Reading(
        (seen,),
        seen.bias,
        call.query.shape[-1] ** -0.5 if scale is None else float(scale),
        _number(call.options.get("softcap")),
        _flat(call.options.get("s_aux")) if call.implementation != "sdpa" else None,
    )


def other_readings(call: AttentionCall, masks: Masks, first: Reading) -> Iterator[Reading]:
    """What a function may make of the same arguments, the nearest to the first reading first."""
    neurons, queries, keys = call.query.shape[-1], call.query.shape[2], call.key.shape[2]
    complete, said = masks.complete(call), masks.flags(call)
    documents = masks.documents(call)
    if complete is not None:  # it has all in it, so nothing is said beside it
        said = Flags(False)
    elif said.documents is not None:
        documents = None
    masked = [True, False] if complete is not None or said.kept is not None else [True]
    causal = [(said.causal, said.start), (True, 0), (True, keys - queries), (False, 0)]
    windows = [(said.before, said.after), *_windows(call), (None, None)]
    values: tuple[list[Any], ...] = (
        _distinct([first.scale, neurons**-0.5, 1.0]),
        _distinct([first.softcap, None]),
        [first.sinks, *_sinks(call, first)],
        [True, False] if call.options.get("position_bias") is not None else [True],
        masked,
        _distinct(causal),
        _distinct(windows),
        [said.documents, documents] if documents is not said.documents else [documents],
    )
    for departure in _departures([len(one) for one in values]):
        scale, cap, sinks, biased, kept, (lower, start), (before, after), parted = (
            one[place] for one, place in zip(values, departure, strict=True)
        )
        flags = Flags(lower, start, before, after, parted, said.kept if kept else None)
        whole = complete if kept else None
        parts = (
            (flags,) if whole is None else (whole,) if not any(departure[5:]) else (whole, flags)
        )
        seen = masks.biased(whole or Visibility(False), call) if biased else whole
        bias = None if seen is None else seen.bias
        yield Reading(parts, bias, scale, cap, sinks, departure)


def _departures(counts: list[int]) -> list[Departure]:
    ways = itertools.product(*map(range, counts))
    near = [way for way in ways if 0 < sum(map(bool, way)) <= _DEPARTURES]
    return sorted(near, key=lambda way: (sum(map(bool, way)), way))


def _distinct(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and value else None


def _flat(sinks: Any) -> torch.Tensor | None:
    return sinks.detach().flatten().float().cpu() if isinstance(sinks, torch.Tensor) else None


def _sinks(call: AttentionCall, first: Reading) -> list[torch.Tensor | None]:
    """Other sinks than those of the first reading."""
    own = _flat(getattr(call.module, "sinks", None))
    found: list[torch.Tensor | None] = [] if first.sinks is None else [None]
    return [own, *found] if own is not None and len(own) == call.query.shape[1] else found


def _windows(call: AttentionCall) -> list[tuple[int | None, int | None]]:
    """Windows among the options, and of the module."""
    values = [value for name, value in call.options.items() if "window" in name]
    values += [getattr(call.module, name, None) for name in ("sliding_window", "window_size")]
    return [window for window in map(window_of, values) if window != (None, None)]
