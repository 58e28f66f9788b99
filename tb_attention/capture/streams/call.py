"""What is known of one layer from its call in the first pass over a text."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.streams.lineage import NOTHING, Sources
from tb_attention.capture.streams.stitch import Place
from tb_attention.record.capture import CROSS

_CROSS_NAMES = ("cross", "encoder_attn", "encdecattention")


def is_cross(call: AttentionCall, more: bool) -> bool:
    """Whether a call is cross attention, by what its module says.

    more: whether one with more keys than queries is, too: where neither a cache adds keys nor
    tensors are followed. (There are fewer where an image is made smaller.)
    """
    if call.stack is not None:
        return call.stack == CROSS
    if more and call.query.shape[2] < call.key.shape[2]:
        return True
    return bool(getattr(call.module, "is_cross_attention", False)) or any(
        name in part for part in _in_layer(call.name.lower()) for name in _CROSS_NAMES
    )


def _in_layer(name: str) -> list[str]:
    """The path of a module inside of its layer; a list of layers may be called anything."""
    parts = name.split(".")
    numbers = [place for place, part in enumerate(parts) if part.isdigit()]
    return parts[numbers[-1] + 1 if numbers else 0 :] or parts


@dataclass(frozen=True, eq=False)
class Call:
    """One layer.

    Attributes:
        place: where the call belongs.
        name: of its module, below the tower.
        module: its module.
        queries: number of tokens.
        keys: number of tokens.
        hint: the stack, where the watcher knew it.
        number: number of the call, see Lineage.
        asks: what its queries were made of, see Lineage.
        asked: what its keys were made of, see Lineage.
    """

    place: Place
    name: str
    module: torch.nn.Module
    queries: int
    keys: int
    hint: str | None = None
    number: int | None = None
    asks: Sources = NOTHING
    asked: Sources = NOTHING
