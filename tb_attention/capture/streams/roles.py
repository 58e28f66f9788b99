"""What the attention calls of one text do: self or cross attention, which stack, which layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.streams.call import Call
from tb_attention.capture.streams.stream import Stream
from tb_attention.record.capture import CROSS, DECODER, ENCODER


@dataclass(frozen=True, eq=False)
class Unit:
    """Calls of one text that are the layers of one stack, in order.

    Attributes:
        calls: the layers.
        first: the call from which all of them go on, where tensors are followed; it may be of
            another kind of attention.
    """

    calls: Sequence[Call]
    first: Call | None = None

    @property
    def cross(self) -> bool:
        """Whether they attend to another text."""
        return self.calls[0].place.cross

    def role(self, layers: Mapping[Any, AttentionLayer], stream: Stream) -> str:
        """Name of the stack, of layers of this stream."""
        if self.cross:
            return CROSS
        if hint := next((call.hint for call in self.calls if call.hint is not None), None):
            return hint
        if stream.decodes is not None:
            return DECODER if stream.decodes else ENCODER
        mine = [layers[call.place.key] for call in self.calls if call.place.key in layers]
        if stream.generates or any(layer.causal and layer.queries > 1 for layer in mine):
            return DECODER
        # A single token has no later one to hide.
        single = all(layer.queries == 1 for layer in mine)
        meant = any(getattr(call.module, "is_causal", False) for call in self.calls)
        return DECODER if single and meant else ENCODER

    def numbered(self, layers: Mapping[Any, AttentionLayer]) -> dict[int, AttentionLayer]:
        """The index of each layer in its stack, and the layer.

        The number in the name of its module, else what the module says, else its turn.
        """
        calls = [call for call in self.calls if call.place.key in layers]
        for numbers in (
            [_number_in(call.name) for call in calls],
            [getattr(call.module, "layer_idx", None) for call in calls],
            list(range(len(calls))),
        ):
            distinct = {number for number in numbers if isinstance(number, int)}
            if len(distinct) == len(calls):
                break
        found = zip(numbers, (layers[call.place.key] for call in calls), strict=True)
        return {int(number): layer for number, layer in found if number is not None}


def units_of_modules(calls: Sequence[Call]) -> list[Unit]:
    """Self and cross attention of a tower, by the names of their modules.

    Lists of layers that number their layers alike are stacks of their own, one after the other.
    """
    units = []
    for cross in (False, True):
        mine = [call for call in calls if call.place.cross == cross]
        lists: dict[str, list[Call]] = {}
        for call in mine:
            lists.setdefault(_list_of(call.name), []).append(call)
        numbers = [number for call in mine if (number := _number_in(call.name)) is not None]
        alike = len(set(numbers)) < len(numbers) and not any(call.place.key[1] for call in mine)
        separate = alike and all(_distinct(group) for group in lists.values())
        units += [Unit(group) for group in (lists.values() if separate else [mine]) if group]
    return units


def _distinct(calls: Sequence[Call]) -> bool:
    numbers = [_number_in(call.name) for call in calls]
    return None not in numbers and len(set(numbers)) == len(numbers)


def _number_in(name: str) -> int | None:
    return next((int(part) for part in name.split(".") if part.isdigit()), None)


def _list_of(name: str) -> str:
    """The path of the list of layers."""
    parts = name.split(".")
    place = next((place for place, part in enumerate(parts) if part.isdigit()), len(parts))
    return ".".join(parts[:place])
