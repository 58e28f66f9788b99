"""One text in one tower, which is a module with tokens of its own: its layers and inputs."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.streams.caches import Known, caches_in
from tb_attention.capture.streams.call import Call, is_cross
from tb_attention.capture.streams.frames import Frame, tensors_in
from tb_attention.capture.streams.lineage import NOTHING, Lineage
from tb_attention.capture.streams.model_inputs import Fed, begins_later, count_of, main_tensor
from tb_attention.capture.streams.stitch import Key, Place, Stitcher

Rows = Callable[[int], Mapping[int, Sequence[int]]]
"""Size of a batch -> example -> its rows, of which there may be several (images of one text)."""


class Stream:
    """One text in one tower; it grows where passes continue each other by a key-value cache."""

    def __init__(
        self, frame: Frame, decodes: bool | None, config: Any, *, generates: bool = False
    ) -> None:
        """Begins without tokens.

        Args:
            frame: the call of the tower in the first pass.
            decodes: whether it is the decoder of an encoder-decoder model; None of other models.
            config: of the tower.
            generates: whether it is made to generate text.
        """
        self.generates = generates
        self.tower, self.name, self.decodes, self.config = (
            frame.module,
            frame.name,
            decodes,
            config,
        )
        self.fed, self.caches = Fed(), Known()
        self.frames: list[Frame] = []
        self.calls: dict[Key, Call] = {}
        self.divided: dict[str, int] = {}
        """Modules that attend over another batch, such as the windows of an image -> its size."""
        self.rows: Mapping[int, Sequence[int]] = {}
        self._stitchers: dict[int, Stitcher] = {}
        self._pass: _Pass | None = None
        self._outputs: list[weakref.ref[torch.Tensor]] = []

    def ended(self, output: Any) -> None:
        """Keeps the output of its tower."""
        self._outputs = [weakref.ref(one) for one in tensors_in(output)]
        for cache in caches_in(output if isinstance(output, Mapping) else _named(output)):
            self.caches.add(cache)
        self._pass = None

    def gave(self, tensor: torch.Tensor) -> bool:
        """Whether its tower returned this tensor, in its last pass."""
        return any(known() is tensor for known in self._outputs)

    def begin(self, frame: Frame, rows: Rows) -> None:
        """A pass begins. rows: of its batch, which are kept."""
        self._pass = _Pass(frame, rows)
        self.frames.append(frame)
        for cache in caches_in(frame.given):
            self.caches.add(cache)

    def fill(self, call: AttentionCall | None = None) -> None:
        """Its tokens are known. call: the first one; None where the pass ends without."""
        if self._pass is None or self._pass.filled:
            return
        self._pass.filled = True
        frame, past = self._pass.frame, self._pass.frame.notes["past"]
        batch, count = _batch(frame, call), self._pass.tokens
        if count is None:
            count = 0 if call is None else call.query.shape[2]
        self.rows = self._pass.rows(batch)
        kept = {row for mine in self.rows.values() for row in mine}
        self.fed.add(frame, past, batch, count, decodes=bool(self.decodes), rows=kept)
        for row in kept:
            if not past:
                self._stitchers.setdefault(row, Stitcher(self.config))
            if row in self._stitchers:
                self._stitchers[row].begin(past, row, each="own" in frame.notes)

    def fork(self, frame: Frame) -> Stream:
        """Another text that begins with the same tokens, those that are in the frame's cache."""
        other = Stream(frame, self.decodes, self.config, generates=self.generates)
        past = frame.notes["past"]
        other.fed, other.calls = self.fed.first_tokens(past), dict(self.calls)
        other._stitchers = {row: one.fork(past) for row, one in self._stitchers.items()}
        return other

    def holds(self, call: AttentionCall, past: int) -> bool:
        """Whether these are the keys of this text, which a copy of its cache holds too."""
        return past <= self.fed.tokens and self.past_in(call, past) is not None

    def past_in(self, call: AttentionCall, past: int | None = None) -> int | None:
        """How many tokens of this text are before those of a call; None where it has other keys.

        past: where it is known; all of them, or as many as there are more keys than queries.
        """
        count = call.key.shape[2] - call.query.shape[2]
        pairs = [
            (call.key[row].cpu(), known if past is None else known[:, :past])
            for row, one in self._stitchers.items()
            if row < len(call.key) and (known := one.keys_of((call.name, 0))) is not None
        ]
        if count < 1 or not pairs or not pairs[0][1].shape[1]:
            return None
        tokens = pairs[0][1].shape[1]
        if count >= tokens:  # it has them all, and may have room for more
            return tokens if _same(pairs, slice(tokens), slice(None)) else None
        if past is None and _same(pairs, slice(count), slice(count)):
            return count  # the rest was taken out again
        # A sliding window has the last keys only.
        return tokens if _same(pairs, slice(count), slice(-count, None)) else None

    def sees(self, call: AttentionCall, entries: int, lineage: Lineage | None) -> None:
        """One call of the pass that has begun. entries: how often its module was called before."""
        self.fill(call)
        if self._pass is None:
            return
        if call.query.shape[0] != self.fed.batch:
            self.divided.setdefault(call.name, call.query.shape[0])
            return
        followed = None if lineage is None else lineage.attends(call.query, call.key)
        place = self._pass.place(call, entries, followed is not None)
        if place is None:
            return
        number, asks, asked = followed or (None, NOTHING, NOTHING)
        self.calls.setdefault(
            place.key,
            Call(
                place,
                _below(self.name, call.name),
                call.module,
                call.query.shape[2],
                call.key.shape[2],
                call.stack,
                number,
                asks,
                asked,
            ),
        )
        for stitcher in self._stitchers.values():
            stitcher.add(place, call)

    def was_there(self, row: int) -> bool:
        """Whether the batch had this row from the first pass on."""
        return row in self._stitchers

    def layers(self, row: int) -> dict[Key, AttentionLayer]:
        """The layers of one row of the batch."""
        return self._stitchers[row].layers() if row in self._stitchers else {}


def _same(pairs: Sequence[tuple[torch.Tensor, torch.Tensor]], where: slice, known: slice) -> bool:
    """Whether keys [heads, tokens, neurons] at these places are the known ones at those."""
    return all(torch.equal(one[:, where], other[:, known]) for one, other in pairs)


class _Pass:
    """The calls of one pass, by the modules that make them."""

    def __init__(self, frame: Frame, rows: Rows) -> None:
        self.frame, self.rows, self.filled = frame, rows, False
        self.tokens = count_of(frame.given)
        self.cached = bool(caches_in(frame.given)) or begins_later(frame.given)
        self._turns: dict[str, tuple[int, int, torch.Tensor | None]] = {}

    def place(self, call: AttentionCall, entries: int, followed: bool) -> Place | None:
        """Where a call belongs; None for a second one over the same queries."""
        turn, before, query = self._turns.get(call.name, (-1, 0, None))
        part = query is not None and before == entries and not followed
        if part and query is not None and query.data_ptr() == call.query.data_ptr():
            return None
        part = part and self.tokens is not None and call.query.shape[2] < self.tokens
        turn += not part
        self._turns[call.name] = (turn, entries, call.query)
        cross = is_cross(call, more=not followed and not self.cached)
        goes_on = self.cached or self.frame.notes["past"] > 0
        return Place((call.name, turn), cross, goes_on and not cross, part)


def _below(tower: str, name: str) -> str:
    """The name of a module inside of a tower, which is empty for the tower itself."""
    if not tower:
        return name
    return "" if name == tower else name.removeprefix(f"{tower}.")


def _named(output: Any) -> dict[str, Any]:
    """Parts of a tuple that may be caches."""
    parts = output if isinstance(output, tuple | list) else ()
    return {f"cache {number}": one for number, one in enumerate(parts)}


def _batch(frame: Frame, call: AttentionCall | None) -> int:
    """Number of rows that the tower is fed.

    That of its calls where tokens have no batch axis, or it is their second one, or images are one
    row.
    """
    main = main_tensor(frame.given)
    if call is None:
        return 0 if main is None else len(main)
    calls, _, queries, _ = call.query.shape
    if main is None or (main.ndim == 2 and calls < len(main) and len(main) % calls == 0):
        return calls
    if calls == 1 and main.ndim == 4 and queries > len(main) and frame.outer is not None:
        return 1  # its images are packed into one row
    second = main.ndim > 1 and tuple(main.shape[:2]) == (queries, calls)
    return calls if second else len(main)
