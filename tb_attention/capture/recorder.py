"""Collects the attention calls of one forward pass of one example.

AttentionCalls go in, captures.Stacks come out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.understanding import Understanding
from tb_attention.record.capture import CROSS, DECODER, ENCODER, Stack

_WRAPPERS = re.compile(r"^(?:module\.|_orig_mod\.|base_model\.model\.)+")
_CROSS_NAMES = ("cross", "encoder_attn", "encdecattention")


class PartOfLayer(AttentionLayer):
    """A layer with some of the keys of a call only, and with masks over all that the call saw."""

    def __post_init__(self) -> None:
        """Checks nothing: masks fit again where the parts are joined."""

    @classmethod
    def of(cls, layer: AttentionLayer, key: torch.Tensor) -> PartOfLayer:
        """The layer with these of its keys."""
        return cls(**{**vars(layer), "key": key})

    def whole(self, **changes: Any) -> AttentionLayer:
        """A layer with masks that fit its keys, once these fields are changed."""
        return AttentionLayer(**{**vars(self), **changes})


@dataclass(frozen=True, eq=False)
class Recorded:
    """One attention layer as it was seen.

    Index: what the module itself says of its place in the stack.
    """

    stack: str
    index: int | None
    layer: AttentionLayer


def has_rotary(config: Any) -> bool:
    """Whether positions are rotary embeddings.

    Transformers 5 has rope_parameters in the config, transformers 4 rope_theta.
    """
    return bool(getattr(config, "rope_parameters", None) or getattr(config, "rope_theta", None))


class Recorder:
    """The sink for capture_attention: copies queries and keys of one example as they pass."""

    def __init__(self, config: Any, example: int = 0, batch: int | None = None) -> None:
        """config: of the model, or None. example: which one of the batch, whose size is `batch`.

        Calls with another batch size, over parts of an input such as the windows of an image, are
        left out.
        """
        self._encoder_decoder = bool(getattr(config, "is_encoder_decoder", False))
        self._rotary = has_rotary(
            config.get_text_config() if hasattr(config, "get_text_config") else config
        )
        self._example, self._batch = example, batch
        self._understanding = Understanding(example)
        self._recorded: list[Recorded] = []

    def __call__(self, call: AttentionCall) -> None:
        """Keeps what is needed of one call."""
        if self._batch in (None, call.query.shape[0]):
            self._recorded.append(self._read(call))

    def _read(self, call: AttentionCall, keys: slice = slice(None)) -> Recorded:
        """The layer of one call; of its keys, only these are copied."""
        found = self._understanding.of(call)
        of, seen = found.call, found.reading.visibility(call.query.shape[2], call.key.shape[2])
        kind = AttentionLayer if keys == slice(None) else PartOfLayer
        layer = kind(
            query=self._copied(of.query),
            key=self._copied(of.key[:, :, keys]),
            weights=found.weights,
            scale=found.reading.scale,
            causal=seen.causal,
            query_start=seen.query_start,
            mask=seen.mask,
            bias=seen.bias,
            softcap=found.reading.softcap,
            sinks=found.reading.sinks,
            module=_WRAPPERS.sub("", call.name),
            rotary=self._rotary and bool(getattr(call.module, "use_rope", True)),
            implementation=call.implementation,
            check=found.check,
        )
        index = getattr(call.module, "layer_idx", None)
        return Recorded(self._stack(call, layer), index if isinstance(index, int) else None, layer)

    def stacks(self) -> tuple[Stack, ...]:
        """The stacks in the order encoder, decoder, cross, with their layers by index."""
        encoder_first = [
            name
            for name in (ENCODER, DECODER, CROSS)
            if any(one.stack == name for one in self._recorded)
        ]
        sequences = {
            name: number
            for number, name in enumerate(name for name in encoder_first if name != CROSS)
        }
        result = []
        for name in encoder_first:
            recorded = [one for one in self._recorded if one.stack == name]
            shown = (_shown(one.layer) for one in recorded)
            layers = dict(zip(_numbers(recorded), shown, strict=True))
            query, key = (DECODER, ENCODER) if name == CROSS else (name, name)
            result.append(Stack(name, layers, sequences.get(query, 0), sequences.get(key, 0)))
        return tuple(result)

    def _copied(self, tensor: torch.Tensor) -> torch.Tensor:
        """[heads, tokens, neurons], on the CPU, in the dtype of the model.

        What is stored is decided when it is stored.
        """
        one = tensor[self._example].contiguous()
        return (
            one.clone()
            if one.device.type == "cpu" and one.data_ptr() == tensor[self._example].data_ptr()
            else one.cpu()
        )

    def _stack(self, call: AttentionCall, layer: AttentionLayer) -> str:
        if call.stack is not None:
            return call.stack
        parts = call.name.lower().split(".")
        if getattr(call.module, "is_cross_attention", False) or any(
            name in part for part in parts for name in _CROSS_NAMES
        ):
            return CROSS
        if self._encoder_decoder:
            return ENCODER if "encoder" in parts else DECODER
        # A single token has no later one to hide.
        causal = layer.causal or (
            layer.queries == 1 and bool(getattr(call.module, "is_causal", False))
        )
        return DECODER if causal else ENCODER


def _shown(layer: AttentionLayer) -> AttentionLayer:
    """Of a layer whose weights do not follow from its queries and keys, the weights alone."""
    if layer.weights is None:
        return layer
    return replace(layer, query=None, key=None, mask=None, bias=None, softcap=None, sinks=None)


def _numbers(recorded: Sequence[Recorded]) -> list[int]:
    """The index of each layer in its stack.

    What the module says, else the number in its name, else its turn.
    """
    said: Callable[[Recorded], int | None]
    for said in (lambda one: one.index, _number_in_name):
        numbers = [number for one in recorded if (number := said(one)) is not None]
        if len(set(numbers)) == len(recorded):
            return numbers
    return list(range(len(recorded)))


def _number_in_name(one: Recorded) -> int | None:
    numbers = [int(part) for part in one.layer.module.split(".") if part.isdigit()]
    return numbers[0] if numbers else None
