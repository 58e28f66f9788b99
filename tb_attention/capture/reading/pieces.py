"""Parts of a layer, a forward pass each, and the layer over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer, Check, worst
from tb_attention.capture.reading.check import Difference, last_difference
from tb_attention.capture.reading.recorder import PartOfLayer, without_wrappers
from tb_attention.capture.reading.value_norms import ValueNorms
from tb_attention.capture.reading.visibility import structure


@dataclass(frozen=True, eq=False)
class Piece:
    """One call of a layer, with the new keys only.

    Attributes:
        layer: its masks are over the `keys` keys that the call saw, from `first` on.
        keys: number of keys that the call saw.
        first: the first of them.
        last: the values of its keys and the output of its last query, see last_difference.
        norms: those of the values of its keys, of which the layer may have fewer by now.
    """

    layer: PartOfLayer
    keys: int
    first: int = 0
    last: tuple[torch.Tensor, torch.Tensor] | None = None
    norms: ValueNorms | None = None


def shown(layer: AttentionLayer) -> AttentionLayer:
    """Of a layer whose weights do not follow from its queries and keys, the weights alone."""
    if layer.weights is None:
        return layer
    return replace(layer, query=None, key=None, mask=None, bias=None, softcap=None, sinks=None)


def shortened(pieces: list[Piece], rows: int, cross: bool) -> list[Piece]:
    """The first rows, without tokens that were guessed and not accepted (assisted decoding).

    These are taken out of the cache again.
    """
    result = []
    for piece in pieces:
        layer, left = piece.layer, min(rows, piece.layer.queries)
        rows -= layer.queries
        if left > 0:
            rest: dict[str, Any] = {
                name: _rows(getattr(layer, name), left) for name in ("query", "mask", "bias")
            }
            key = layer.key if cross else layer.key[:, :left]
            last = piece.last if left == layer.queries else None
            result.append(replace(piece, layer=replace(layer, key=key, **rest), last=last))
    return result


def _rows(tensor: torch.Tensor | None, count: int) -> torch.Tensor | None:
    return None if tensor is None else tensor[:, :count]


def joined(pieces: list[Piece]) -> AttentionLayer:
    """The layer over all pieces; where its last query is known, it is compared once more."""
    first = pieces[0].layer
    norms = norm_fields([(piece.norms, piece.layer.keys) for piece in pieces])
    if len(pieces) == 1 and pieces[0].keys == first.keys:
        return first.whole(**norms)
    layers = [piece.layer for piece in pieces]
    query, key = (
        torch.cat([layer.query for layer in layers], 1),
        torch.cat([layer.key for layer in layers], 1),
    )
    rows, keys = query.shape[1], key.shape[1]
    seen = torch.zeros(max(_heads(layer.mask) for layer in layers), rows, keys, dtype=torch.bool)
    biases = [layer.bias for layer in layers if layer.bias is not None]
    bias = (
        torch.zeros(max(_heads(one) for one in biases), rows, keys, dtype=biases[0].dtype)
        if biases
        else None
    )
    end = 0
    for piece in pieces:
        start, end = end, end + piece.layer.queries
        width = min(piece.keys, keys - piece.first)
        where = slice(None), slice(start, end), slice(piece.first, piece.first + width)
        seen[where] = visible(piece)[:, :, :width]
        if bias is not None and piece.layer.bias is not None:
            bias[where] = piece.layer.bias[:, :, :width]
    found = structure(seen, bias)
    check = worst(layer.check for layer in layers)
    if any(layer.weights is not None for layer in layers):
        # Weights that a function returned cannot be put together.
        check = replace(check, wrong=True)
    whole = first.whole(
        weights=None,
        check=check,
        query=query,
        key=key,
        causal=found.causal,
        query_start=found.query_start,
        mask=found.mask,
        bias=found.bias,
        **norms,
    )
    last = pieces[-1].last
    if last is None or check.wrong or check.unchecked:
        return whole
    return replace(whole, check=worst([check, _check_of(last_difference(whole, *last))]))


def norm_fields(parts: Sequence[tuple[ValueNorms | None, int]]) -> dict[str, Any]:
    """The fields of a layer that say how long its values are; none where some are not known.

    parts: the norms of each part, and how many of its keys are kept.
    """
    norms, projections = [], set[str]()
    for part, keys in parts:
        if part is None or part.norms is None:
            return {}
        norms.append(part.norms[:, :keys])
        projections.add(part.projection)
    if len(projections) != 1:
        return {}  # lengths with W_O and without it cannot be compared
    return {"value_norms": torch.cat(norms, 1).cpu(), "projection": without_wrappers(*projections)}


def _check_of(found: Difference | None) -> Check:
    return Check() if found is None else Check(found.error, wrong=not found.passes)


def without_room(layer: AttentionLayer) -> AttentionLayer:
    """The layer without keys at its end that no query sees: room that a cache has for more."""
    if layer.weights is not None or layer.keys <= layer.queries:
        return layer
    seen = _seen(layer, layer.keys)
    used = int(seen.any(0).any(0).nonzero().max()) + 1 if seen.any() else 0
    keys = max(used, layer.queries)
    if keys == layer.keys:
        return layer
    bias = None if layer.bias is None else layer.bias[:, :, :keys]
    found = structure(seen[:, :, :keys], bias)
    return replace(
        layer,
        key=layer.key[:, :keys],
        value_norms=None if layer.value_norms is None else layer.value_norms[:, :keys],
        causal=found.causal,
        query_start=found.query_start,
        mask=found.mask,
        bias=found.bias,
    )


def visible(piece: Piece) -> torch.Tensor:
    """Bool [1 or heads, queries, keys]: which of the keys that the call saw a query sees."""
    return _seen(piece.layer, piece.keys)


def _seen(layer: AttentionLayer, keys: int) -> torch.Tensor:
    """Bool [1 or heads, queries, keys]: which keys a query sees."""
    everything = torch.ones(1, layer.queries, keys, dtype=torch.bool)
    seen: torch.Tensor = everything if layer.mask is None else layer.mask
    return seen.tril(layer.query_start) if layer.causal else seen


def _heads(tensor: torch.Tensor | None) -> int:
    return 1 if tensor is None else int(tensor.shape[0])
