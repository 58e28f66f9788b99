"""The text of a capture, in what the model is run with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from tb_attention.capture.repeated import repeated_ids
from tb_attention.capture.streams.inputs import Inputs, inputs_of
from tb_attention.record.capture import CROSS, DECODER, Capture
from tb_attention.record.probes import Repeated


@dataclass(frozen=True, eq=False)
class GivenText:
    """What the model is run with.

    Attributes:
        inputs: of a batch of 1.
        ids: [1, tokens], those that its logits are about, with padding.
        sequence: index of the text in the sequences of the capture.
        first: place of its first token in `ids`.
        fills: whether the model fills masks, and does not predict what comes next.
    """

    inputs: Inputs
    ids: torch.Tensor
    sequence: int
    first: int
    fills: bool


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
    ids = _ids(inputs)
    if ids is None:
        return None
    given = tuple(ids[0].tolist())
    by_name = sorted(
        range(len(capture.sequences)), key=lambda one: capture.sequences[one].name != DECODER
    )
    for number in by_name:
        first = _place(capture.sequences[number].ids, given)
        if first is not None:
            return GivenText(inputs, ids, number, first, _fills(capture, number))
    return None


def _ids(inputs: Inputs) -> torch.Tensor | None:
    """Of the decoder where there is one."""
    named = {
        name: one
        for value in (*inputs.arguments, inputs.options)
        if isinstance(value, dict)
        for name, one in value.items()
    }
    plain = [one for one in inputs.arguments if isinstance(one, torch.Tensor)]
    for one in (named.get("decoder_input_ids"), named.get("input_ids"), *reversed(plain)):
        if _is_ids(one):
            return one
    others = [one for one in named.values() if _is_ids(one)]
    return others[0] if others else None


def _is_ids(one: Any) -> bool:
    return (
        isinstance(one, torch.Tensor)
        and one.ndim == 2
        and one.shape[0] == 1
        and not one.is_floating_point()
        and one.dtype != torch.bool
    )


def _place(ids: tuple[int, ...], given: tuple[int, ...]) -> int | None:
    """Where a text without padding begins in the one with it."""
    starts = range(len(given) - len(ids) + 1) if ids else ()
    return next((first for first in starts if given[first : first + len(ids)] == ids), None)


def _fills(capture: Capture, sequence: int) -> bool:
    """Whether all stacks over the text look ahead."""
    names = [
        stack.name
        for stack in capture.stacks
        if stack.query_sequence == sequence and not stack.name.startswith(CROSS)
    ]
    return bool(names) and not any(name.startswith(DECODER) for name in names)
