"""Stitches the forward passes of a generation together.

The calls of each step go in, layers over all tokens come out.

A step with a key-value cache has queries for the new tokens only, and keys for those that the cache
still holds: all, the last ones (sliding window), or as many as it can ever hold (static). So of
each call only the rows of new keys are kept.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer, worst
from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.recorder import PartOfLayer, Recorded, Recorder
from tb_attention.capture.understanding import Understanding
from tb_attention.capture.visibility import structure
from tb_attention.record.capture import CROSS, DECODER, ENCODER, Stack


@dataclass(frozen=True, eq=False)
class _Piece:
    """One call of a layer. layer: with the new keys only.

    Its masks are over the `keys` keys that the call saw, from `first` on.
    """

    layer: PartOfLayer
    keys: int
    first: int = 0


class Stitcher(Recorder):
    """A sink for attention calls of one example, over several forward passes.

    `begin` tells it of each.
    """

    def __init__(self, config: Any) -> None:
        """config: of the model, or None."""
        super().__init__(config)
        self._grown: dict[tuple[str, int], tuple[Recorded, list[_Piece]]] = {}
        self._turns: Counter[str] = Counter()

    def begin(self, stacks: tuple[str, ...], past: int, batch: int, example: int) -> None:
        """A forward pass begins that makes layers of these stacks, after `past` tokens in its cache; `example` of a batch is kept."""
        self._understanding = Understanding(example)
        self._batch, self._example = batch, example
        self._turns.clear()
        for key, (first, pieces) in list(self._grown.items()):
            if first.stack in stacks and not (past and first.stack == ENCODER):
                if past:
                    self._grown[key] = (first, _shortened(pieces, past, first.stack == CROSS))
                else:
                    del self._grown[key]

    def __call__(self, call: AttentionCall) -> None:
        """Keeps the new rows of one call."""
        if call.query.shape[0] != self._batch:
            return
        key = (call.name, self._turns[call.name])
        self._turns[call.name] += 1
        queries, keys = call.query.shape[2], call.key.shape[2]
        if key not in self._grown:
            recorded = self._read(call)
            # A static cache has room for all tokens from the beginning.
            new = (
                recorded.layer.key[:, :queries] if recorded.stack == DECODER else recorded.layer.key
            )
            self._grown[key] = (recorded, [_Piece(PartOfLayer.of(recorded.layer, new), keys)])
            return
        first, pieces = self._grown[key]
        if first.stack == DECODER:
            # The last key is that of the last query, unless the cache has room for more.
            total = sum(piece.layer.queries for piece in pieces) + queries
            end = min(total, keys)
            pieces.append(_Piece(self._part(call, slice(end - queries, end)), keys, total - end))
        elif first.stack == CROSS:
            pieces.append(_Piece(self._part(call, slice(0, 0)), keys))

    def _part(self, call: AttentionCall, keys: slice) -> PartOfLayer:
        part = self._read(call, keys).layer
        assert isinstance(part, PartOfLayer)
        return part

    def stacks(self) -> tuple[Stack, ...]:
        """The stacks over all tokens that were fed."""
        self._recorded = [
            replace(first, layer=_joined(pieces))
            for first, pieces in self._grown.values()
            if pieces
        ]
        return super().stacks()


def _shortened(pieces: list[_Piece], rows: int, cross: bool) -> list[_Piece]:
    """The first rows: tokens that were guessed and not accepted (assisted decoding) are taken out of the cache again."""
    result = []
    for piece in pieces:
        layer, left = piece.layer, min(rows, piece.layer.queries)
        rows -= layer.queries
        if left > 0:
            rest: dict[str, Any] = {
                name: _rows(getattr(layer, name), left) for name in ("query", "mask", "bias")
            }
            key = layer.key if cross else layer.key[:, :left]
            result.append(replace(piece, layer=replace(layer, key=key, **rest)))
    return result


def _rows(tensor: torch.Tensor | None, count: int) -> torch.Tensor | None:
    return None if tensor is None else tensor[:, :count]


def _joined(pieces: list[_Piece]) -> AttentionLayer:
    first = pieces[0].layer
    if len(pieces) == 1 and pieces[0].keys == first.keys:
        return first.whole()
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
        seen[where] = _visible(piece)[:, :, :width]
        if bias is not None and piece.layer.bias is not None:
            bias[where] = piece.layer.bias[:, :, :width]
    found = structure(seen, bias)
    check = worst(layer.check for layer in layers)
    if any(layer.weights is not None for layer in layers):
        # Weights that a function returned cannot be put together.
        check = replace(check, wrong=True)
    return first.whole(
        weights=None,
        check=check,
        query=query,
        key=key,
        causal=found.causal,
        query_start=found.query_start,
        mask=found.mask,
        bias=found.bias,
    )


def _visible(piece: _Piece) -> torch.Tensor:
    layer = piece.layer
    seen = (
        torch.ones(1, layer.queries, piece.keys, dtype=torch.bool)
        if layer.mask is None
        else layer.mask
    )
    return seen.tril(layer.query_start) if layer.causal else seen


def _heads(tensor: torch.Tensor | None) -> int:
    return 1 if tensor is None else int(tensor.shape[0])
