"""The text of a capture, in what the model is run with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from tb_attention.capture.repeated import repeated_ids
from tb_attention.capture.streams.inputs import Inputs, inputs_of, real
from tb_attention.capture.streams.model_inputs import NO_IDS
from tb_attention.record.capture import CROSS, DECODER, ENCODER, Capture
from tb_attention.record.probes import Repeated


@dataclass(frozen=True, eq=False)
class GivenText:
    """What the model is run with.

    Attributes:
        inputs: of a batch of 1.
        ids: [1, tokens], those that its logits are about, with padding.
        sequence: index of the text in the sequences of the capture.
        starts: index of a sequence of the capture -> place of its first token among those that the
            model is given, which may have padding.
        fills: whether the model fills masks, and does not predict what comes next.
    """

    inputs: Inputs
    ids: torch.Tensor
    sequence: int
    starts: Mapping[int, int]
    fills: bool

    @property
    def first(self) -> int:
        """Place of the first token of the text in `ids`."""
        return self.starts[self.sequence]


def given_text(
    inner: Any, text_or_ids: Any, tokenizer: Any, decoder: Any, capture: Capture
) -> GivenText | None:
    """The text; None where its tokens have no ids, as those of an image.

    Args:
        inner: the model without wrappers.
        text_or_ids: as it was given to `capture`.
        tokenizer: likewise.
        decoder: likewise.
        capture: what came of it.
    """
    if isinstance(text_or_ids, Repeated):
        text_or_ids = repeated_ids(inner, tokenizer, text_or_ids)
    inputs = inputs_of(inner, text_or_ids, tokenizer, decoder)
    read = _read(inputs)
    if not read:
        return None
    starts = {}
    for number, sequence in enumerate(capture.sequences):
        named = [one for one in read if one.name == sequence.name]
        for one in named or read:
            if (start := one.start(sequence.ids)) is not None:
                starts[number] = start
    asked = read[-1]
    mine = [
        number
        for number in starts
        if asked.start(capture.sequences[number].ids) is not None
        and (len(read) == 1 or capture.sequences[number].name == asked.name)
    ]
    if not mine:
        return None
    return GivenText(inputs, asked.ids, mine[0], starts, _fills(capture, mine[0]))


@dataclass(frozen=True, eq=False)
class _Read:
    """Ids [1, tokens] that a part of the model is given, and its mask, 0 is padding."""

    name: str
    ids: torch.Tensor
    mask: torch.Tensor | None = None

    def start(self, ids: tuple[int, ...]) -> int | None:
        """Where a text without padding begins in it."""
        given = tuple(self.ids[0].tolist())
        starts = list(range(len(given) - len(ids) + 1)) if ids else []
        if self.mask is not None:  # padding may be a token of the text, too
            first = real(self.mask[0]).start
            starts.sort(key=lambda one: one < first)
        return next((one for one in starts if given[one : one + len(ids)] == ids), None)


def _read(inputs: Inputs) -> list[_Read]:
    """What is read, that of the decoder last."""
    named: dict[str, Any] = dict(inputs.options)
    for one in inputs.arguments:
        named |= one if isinstance(one, Mapping) else {}
    found = [
        _Read(stack, named[f"{before}input_ids"], _mask(named, before))
        for stack, before in ((ENCODER, ""), (DECODER, "decoder_"))
        if _is_ids(named.get(f"{before}input_ids"))
    ]
    if len(found) == 1 and found[0].name == ENCODER:  # the only text
        return [replace(found[0], name=DECODER)]
    plain = [one for one in inputs.arguments if _is_ids(one)]
    others = [one for name, one in named.items() if name not in NO_IDS and _is_ids(one)]
    names = (DECODER,) if len(plain or others) < 2 else (ENCODER, DECODER)
    return found or [_Read(name, one) for name, one in zip(names, plain or others, strict=False)]


def _mask(named: Mapping[str, Any], before: str) -> torch.Tensor | None:
    mask = named.get(f"{before}attention_mask")
    return mask if isinstance(mask, torch.Tensor) and mask.ndim == 2 else None


def _is_ids(one: Any) -> bool:
    return (
        isinstance(one, torch.Tensor)
        and one.ndim == 2
        and one.shape[0] == 1
        and not one.is_floating_point()
        and one.dtype != torch.bool
    )


def _fills(capture: Capture, sequence: int) -> bool:
    """Whether all stacks over the text look ahead."""
    names = [
        stack.name
        for stack in capture.stacks
        if stack.query_sequence == sequence and not stack.name.startswith(CROSS)
    ]
    return bool(names) and not any(name.startswith(DECODER) for name in names)
