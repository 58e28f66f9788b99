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

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.reading.pieces import (
    Piece,
    joined,
    shortened,
    shown,
    visible,
    without_room,
)
from tb_attention.capture.reading.recorder import PartOfLayer, Recorder
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


class Stitcher:
    """The layers of one example, over several forward passes.

    `begin` is called before each.
    """

    def __init__(self, config: Any) -> None:
        """config: of the model, or None."""
        self._recorder = Recorder(config)
        self._grown: dict[Key, tuple[bool, list[Piece]]] = {}
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
            self._grown[key] = (cross, shortened(pieces, self._past, cross))

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
        norms = partial(self._recorder.norms, call)
        if place.part:
            before = sum(piece.layer.keys for piece in pieces)
            pieces.append(Piece(read(), keys, before, norms=norms()))
        elif cross:
            new = slice(0, 0) if pieces else slice(None)
            pieces.append(Piece(read(new), keys, norms=norms(new)))
        elif place.cached:
            # The last key is that of the last query, unless the cache has room for more, as a
            # static one has.
            total = sum(piece.layer.queries for piece in pieces) + queries
            end = min(total, keys)
            if pieces and end > queries:
                _check_same(pieces[-1].layer.key[:, -1], call.key[self._row, :, end - queries - 1])
            # Of many steps with a token each, few are compared.
            compare = len(pieces) & (len(pieces) - 1) == 0
            new = slice(end - queries, end)
            layer = read(new, compare=compare)
            piece = Piece(layer, keys, total - end, self._last(call, total), norms(new))
            if keys > end and bool(visible(piece)[:, :, end:].any()):
                raise InvalidInput(BEGUN)
            pieces[-1:] = [replace(one, last=None) for one in pieces[-1:]]
            pieces.append(piece)
        else:
            pieces.append(Piece(read(), keys, norms=norms()))

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
            key: (cross, shortened(pieces, past, cross))
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
            key: shown(joined(pieces) if cross else without_room(joined(pieces)))
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
