"""What a stack of layers is fed over its passes: ids, padding and sentences of its tokens."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

import torch

from tb_attention.capture.streams.embedded import UNKNOWN, ids_of
from tb_attention.capture.streams.frames import Frame, tensors_in
from tb_attention.capture.streams.inputs import real

_DENSE = ("inputs_embeds", "decoder_inputs_embeds", "hidden_states")
_FEATURES = ("pixel_values", "input_features", "input_values")
NO_IDS = ("attention_mask", "position_ids", "cache_position", "token_type_ids", "labels")


@dataclass(eq=False)
class Fed:
    """The tokens of one stack since a pass without a cache.

    Attributes:
        ids: [batch, tokens] of each pass, UNKNOWN where it got none.
        mask: [batch, tokens], 0 is padding.
        types: [batch, tokens], segments.
        pixels: images, in place of tokens.
        batch: number of rows.
        first: number of tokens of the first pass.
        passes: number of passes.
    """

    ids: list[torch.Tensor] = field(default_factory=list)
    mask: torch.Tensor | None = None
    types: torch.Tensor | None = None
    packed: torch.Tensor | None = None
    pixels: torch.Tensor | None = None
    batch: int = 0
    first: int = 0
    passes: int = 0

    @property
    def tokens(self) -> int:
        """Number of tokens."""
        return sum(one.shape[1] for one in self.ids)

    def add(
        self,
        frame: Frame,
        past: int,
        batch: int,
        count: int,
        *,
        decodes: bool,
        rows: Collection[int],
    ) -> None:
        """Adds a pass, over `count` tokens after `past` in its cache.

        Tokens after these were not accepted, and are forgotten.

        Args:
            frame: the call of the tower.
            past: number of tokens in the cache.
            batch: number of rows.
            count: number of tokens of the pass.
            decodes: whether the stack is the decoder of an encoder-decoder model.
            rows: of the batch, whose ids are needed.
        """
        ids = _ids(frame, batch, count, decodes)
        if ids is None:
            ids = torch.full((batch, count), UNKNOWN)
            embeddings = frame.given.get("inputs_embeds")
            if isinstance(embeddings, torch.Tensor) and embeddings.shape[:2] == (batch, count):
                for row in rows:
                    ids[row] = ids_of(embeddings[row], frame.module)
        if self.ids and self.tokens > past:
            self.ids = [torch.cat(self.ids, 1)[:, :past]] if past else []
        self.ids.append(ids.detach().cpu())
        self.batch, self.passes, self.first = batch, self.passes + 1, min(self.first, past)
        self.mask = _named(frame, "attention_mask", decodes, self.tokens)
        if self.passes == 1:
            self.first = count
            self.types = _named(frame, "token_type_ids", decodes, count)
            self.packed = _packed(frame, decodes, count)
            self.pixels = _pixels(frame)

    def has(self, count: int) -> None:
        """There turn out to be `count` tokens."""
        self.ids = [torch.full((self.batch, count), UNKNOWN)]

    def first_tokens(self, count: int) -> Fed:
        """The same, of the first `count` tokens."""
        ids = torch.cat(self.ids, 1)[:, :count]
        return replace(self, ids=[ids])

    def all_ids(self, row: int) -> tuple[int, ...]:
        """The ids of a row, UNKNOWN where there is none."""
        if not self.ids or any(row >= one.shape[0] for one in self.ids):
            return ()
        return tuple(token for one in self.ids for token in one[row].tolist())

    def segments(self, row: int) -> tuple[int, ...]:
        """The segments of the tokens of the first pass; empty where all are 0."""
        if self.types is None or row >= len(self.types) or not self.types[row].any():
            return ()
        return tuple(self.types[row].tolist())

    def documents(self, row: int) -> tuple[int, ...]:
        """The document of each token, where several are packed into the row; else empty."""
        if self.packed is None or self.passes > 1:
            return ()
        numbers = self.packed[min(row, len(self.packed) - 1)].tolist()
        kept = numbers[self.real(row)]
        return tuple(numbers) if len(set(kept)) > 1 else ()

    def real(self, row: int) -> slice:
        """The positions of the tokens that are no padding."""
        if self.mask is None or row >= len(self.mask):
            return slice(0, self.tokens)
        return real(self.mask[row][: self.tokens])


def _packed(frame: Frame, decodes: bool, count: int) -> torch.Tensor | None:
    """[batch or 1, count]: the document of each token, by the arguments of packing.

    By seq_idx, by cu_seq_lens_q, or by positions that begin again at 0.
    """
    numbers = _named(frame, "seq_idx", decodes, count)
    if numbers is not None:
        return numbers
    ends = next((one for around in _sources(frame) if (one := _ends(around)) is not None), None)
    if ends is not None and int(ends[-1]) == count:
        return torch.bucketize(torch.arange(count), ends[1:].cpu(), right=True)[None]
    positions = _named(frame, "position_ids", decodes, count)
    if positions is None:
        return None
    begins = positions[:, :count] == 0
    begins[:, 0] = False
    return begins.cumsum(1)


def _ends(frame: Frame) -> torch.Tensor | None:
    """Where the documents end that are packed into one row, by flash attention's arguments."""
    for name in ("cu_seq_lens_q", "cu_seqlens_q", "cu_seqlens"):
        one = frame.named.get(name)
        if isinstance(one, torch.Tensor) and one.ndim == 1 and len(one) > 1:
            return one
    return None


def main_tensor(given: Mapping[str, Any]) -> torch.Tensor | None:
    """The tensor that has the batch in its first axis."""
    names = ("input_ids", "decoder_input_ids", *_DENSE, *_FEATURES)
    named = (given[name] for name in names if isinstance(given.get(name), torch.Tensor))
    others = (one for one in tensors_in(given) if one.ndim > 1)
    return next(itertools.chain(named, others), None)


def count_of(given: Mapping[str, Any]) -> int | None:
    """Number of tokens that a stack is fed, where its arguments say it."""
    for name in ("input_ids", *_DENSE):
        if isinstance(one := given.get(name), torch.Tensor) and one.ndim > 1:
            return int(one.shape[1] if one.ndim == 3 or name == "input_ids" else one.shape[0])
    return None


def begins_later(given: Mapping[str, Any]) -> bool:
    """Whether its positions say that tokens are before those that are given."""
    positions = (given.get(name) for name in ("position_ids", "cache_position"))
    return any(
        isinstance(one, torch.Tensor) and one.numel() > 0 and bool(one.min() > 0)
        for one in positions
    )


def own_features(given: Mapping[str, Any]) -> bool:
    """Whether it is fed an image or sound, and so none of the text around it."""
    values = (given.get(name) for name in _FEATURES)
    return any(isinstance(one, torch.Tensor) and not is_ids(one) for one in values)


def runs_alone(top: Frame) -> bool:
    """Whether a pass is one of a tower of images or sound, for a text that another pass reads."""
    return own_features(top.given) and not any(
        is_ids(top.named.get(name)) for name in ("input_ids", "decoder_input_ids")
    )


def _sources(frame: Frame) -> Iterator[Frame]:
    """The frames whose tokens are those of this one."""
    for around in frame.around():
        yield around
        if own_features(around.given) and "input_ids" not in around.given:
            return


def _ids(frame: Frame, batch: int, count: int, decodes: bool) -> torch.Tensor | None:
    """Ids [batch, count]; of a model with other names the first argument that can be ids."""
    for around in _sources(frame):
        names = ("decoder_input_ids",) if decodes and around is not frame else ("input_ids",)
        for name in names:
            if is_ids(one := around.named.get(name)) and tuple(one.shape) == (batch, count):
                return one
    if any(name in frame.given for name in ("input_ids", *_DENSE, *_FEATURES)):
        return None
    others = [one for name, one in frame.given.items() if name not in NO_IDS and is_ids(one)]
    others += [one.T for one in others]  # some models have the batch in the second axis
    return next((one for one in others if tuple(one.shape) == (batch, count)), None)


def is_ids(one: Any) -> TypeGuard[torch.Tensor]:
    """Whether it is [batch, tokens] of integers."""
    return (
        isinstance(one, torch.Tensor)
        and one.ndim == 2
        and not one.is_floating_point()
        and one.dtype != torch.bool
    )


def _named(frame: Frame, name: str, decodes: bool, tokens: int) -> torch.Tensor | None:
    """[batch, tokens] of this name, here or around."""
    for around in _sources(frame):
        full = f"decoder_{name}" if decodes and around is not frame else name
        one = around.named.get(full)
        if isinstance(one, torch.Tensor) and one.ndim == 2 and one.shape[1] >= tokens:
            return one.detach().cpu()
    return None


def _pixels(frame: Frame) -> torch.Tensor | None:
    for around in frame.around():
        if is_ids(around.named.get("input_ids")):
            return None
        one = around.named.get("pixel_values")
        if isinstance(one, torch.Tensor) and one.ndim == 4:
            return one
    return None
