"""Stitches the forward passes of a generation together to layers over all tokens.

A step with a key-value cache has queries for the new tokens only, and keys for those that the cache
still holds: all, the last ones (sliding window), or as many as it can ever hold (static). So of
each call only the rows of new keys are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer, Check, worst
from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.check import Difference, last_difference
from tb_attention.capture.recorder import PartOfLayer, Recorder
from tb_attention.capture.visibility import structure
from tb_attention.errors import InvalidInput

BEGUN = "the key-value cache was begun before the `with`: begin it before the first token is fed."

Key = tuple[str, int]
"""Name of a module, and how often it was run before in the same pass."""


@dataclass(frozen=True)
class Place:
    """Where a call belongs.

    Attributes:
        key: name of its module, and how often that was run before in the same pass.
        cross: whether its keys are those of another text.
        cached: whether its keys go on in a key-value cache.
        part: whether it is the attention inside of the next part of the tokens, such as the next of
            several images.
    """

    key: Key
    cross: bool = False
    cached: bool = False
    part: bool = False


@dataclass(frozen=True, eq=False)
class _Piece:
    """One call of a layer, with the new keys only.

    Attributes:
        layer: its masks are over the `keys` keys that the call saw, from `first` on.
        keys: number of keys that the call saw.
        first: the first of them.
        last: the values of its keys and the output of its last query, see last_difference.
    """

    layer: PartOfLayer
    keys: int
    first: int = 0
    last: tuple[torch.Tensor, torch.Tensor] | None = None


class Stitcher:
    """The layers of one example, over several forward passes.

    `begin` is called before each.
    """

    def __init__(self, config: Any) -> None:
        """config: of the model, or None."""
        self._recorder = Recorder(config)
        self._grown: dict[Key, tuple[bool, list[_Piece]]] = {}
        self._past, self._row = 0, 0
        self._longer = set[Key]()
        """Layers that may still have more than the tokens of the cache."""

    def begin(self, past: int, example: int, *, each: bool = False) -> None:
        """A forward pass begins, after `past` tokens in its cache.

        Args:
            past: the tokens after these were not accepted.
            example: row of its batch that is kept.
            each: only layers that this pass has go on with the cache.
        """
        self._recorder.settle()
        self._recorder.begin(example)
        self._row = example
        self._past, self._longer = past, set(self._grown)
        for key in () if each else tuple(self._grown):
            self._shorten(key)

    def _shorten(self, key: Key) -> None:
        if key in self._longer:
            self._longer.remove(key)
            cross, pieces = self._grown[key]
            self._grown[key] = (cross, _shortened(pieces, self._past, cross))

    def add(self, place: Place, call: AttentionCall) -> None:
        """Keeps the new rows of one call.

        Raises:
            InvalidInput: the cache has tokens that were never seen.
        """
        queries, keys = call.query.shape[2], call.key.shape[2]
        self._shorten(place.key)
        cross, pieces = self._grown.setdefault(place.key, (place.cross, []))

        def settled(before: PartOfLayer, after: PartOfLayer) -> None:
            for number, piece in enumerate(pieces):
                if piece.layer is before:
                    pieces[number] = replace(piece, layer=after)

        read = partial(self._recorder.read, call, settled=settled)
        if place.part:
            before = sum(piece.layer.keys for piece in pieces)
            pieces.append(_Piece(read(), keys, before))
        elif cross:
            new = slice(0, 0) if pieces else slice(None)
            pieces.append(_Piece(read(new), keys))
        elif place.cached:
            # The last key is that of the last query, unless the cache has room for more, as a
            # static one has.
            total = sum(piece.layer.queries for piece in pieces) + queries
            end = min(total, keys)
            if pieces and end > queries:
                _check_same(pieces[-1].layer.key[:, -1], call.key[self._row, :, end - queries - 1])
            # Of many steps with a token each, few are compared.
            compare = len(pieces) & (len(pieces) - 1) == 0
            layer = read(slice(end - queries, end), compare=compare)
            piece = _Piece(layer, keys, total - end, self._last(call, total))
            if keys > end and bool(_visible(piece)[:, :, end:].any()):
                raise InvalidInput(BEGUN)
            pieces[-1:] = [replace(one, last=None) for one in pieces[-1:]]
            pieces.append(piece)
        else:
            pieces.append(_Piece(read(), keys))

    def _last(self, call: AttentionCall, total: int) -> tuple[torch.Tensor, torch.Tensor] | None:
        """Where the call has the values of all tokens so far: these, and its last output."""
        if call.value is None or call.output is None or call.value.shape[2] < total:
            return None
        return call.value[self._row, :, :total], call.output[self._row, :, -1]

    def fork(self, past: int) -> Stitcher:
        """Another text that begins with the same `past` tokens."""
        self._recorder.settle()
        copy = Stitcher(None)
        copy._recorder = self._recorder
        copy._grown = {
            key: (cross, _shortened(pieces, past, cross))
            for key, (cross, pieces) in self._grown.items()
        }
        return copy

    def keys_of(self, key: Key) -> torch.Tensor | None:
        """[heads, tokens, neurons] of a layer, so far, without room that its cache may have."""
        _, pieces = self._grown.get(key, (False, []))
        keys = [piece.layer.key[:, : piece.layer.queries] for piece in pieces]
        return torch.cat(keys, 1) if keys else None

    def layers(self) -> dict[Key, AttentionLayer]:
        """The layers over all tokens that were fed, in the order of the first pass."""
        self._recorder.settle()
        return {
            key: shown(_joined(pieces) if cross else _without_room(_joined(pieces)))
            for key, (cross, pieces) in self._grown.items()
            if pieces
        }


def _check_same(known: torch.Tensor, key: torch.Tensor) -> None:
    """Checks the last key [heads, neurons] before a step; that of a quantized cache is near.

    Raises:
        InvalidInput: it is that of another text.
    """
    far = (key.cpu() - known).abs().max() > 0.1 * known.abs().max()
    if not torch.equal(key.cpu(), known) and bool(far):
        raise InvalidInput(
            "the rows of the key-value cache changed places between two passes, as "
            "reorder_cache and batch_select_indices do, so that their texts cannot be followed: "
            "run the model once over the whole text."
        )


def shown(layer: AttentionLayer) -> AttentionLayer:
    """Of a layer whose weights do not follow from its queries and keys, the weights alone."""
    if layer.weights is None:
        return layer
    return replace(layer, query=None, key=None, mask=None, bias=None, softcap=None, sinks=None)


def _shortened(pieces: list[_Piece], rows: int, cross: bool) -> list[_Piece]:
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
    whole = first.whole(
        weights=None,
        check=check,
        query=query,
        key=key,
        causal=found.causal,
        query_start=found.query_start,
        mask=found.mask,
        bias=found.bias,
    )
    last = pieces[-1].last
    if last is None or check.wrong or check.unchecked:
        return whole
    return replace(whole, check=worst([check, _check_of(last_difference(whole, *last))]))


def _check_of(found: Difference | None) -> Check:
    return Check() if found is None else Check(found.error, wrong=not found.passes)


def _without_room(layer: AttentionLayer) -> AttentionLayer:
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
        causal=found.causal,
        query_start=found.query_start,
        mask=found.mask,
        bias=found.bias,
    )


def _visible(piece: _Piece) -> torch.Tensor:
    return _seen(piece.layer, piece.keys)


def _seen(layer: AttentionLayer, keys: int) -> torch.Tensor:
    """Bool [1 or heads, queries, keys]: which keys a query sees."""
    everything = torch.ones(1, layer.queries, keys, dtype=torch.bool)
    seen: torch.Tensor = everything if layer.mask is None else layer.mask
    return seen.tril(layer.query_start) if layer.causal else seen


def _heads(tensor: torch.Tensor | None) -> int:
    return 1 if tensor is None else int(tensor.shape[0])
