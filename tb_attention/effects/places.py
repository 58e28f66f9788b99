"""The heads of a capture, numbered, and the calls of the model that they are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from tb_attention.attention.dtypes import Floats32
from tb_attention.record.capture import Capture
from tb_attention.record.effects import HeadPlace, Row


@dataclass(frozen=True)
class CutLayer:
    """One layer of a capture whose heads can be cut.

    Attributes:
        row: its stack and its index there.
        module: name of the attention module, without wrappers of the model.
        turn: 0 for the first call of the module in a pass, 1 for the second; modules that are
            shared by layers have several.
        heads: number of heads.
        queries: number of tokens that attend, without padding.
        first: number of its first head among all heads.
    """

    row: Row
    module: str
    turn: int
    heads: int
    queries: int
    first: int = 0

    @property
    def where(self) -> slice:
        """Where its heads are among all."""
        return slice(self.first, self.first + self.heads)


class Places:
    """The heads of some layers, numbered from 0 on."""

    def __init__(self, layers: Iterable[CutLayer]) -> None:
        first, numbered = 0, []
        for layer in layers:
            numbered.append(replace(layer, first=first))
            first += layer.heads
        self.layers: tuple[CutLayer, ...] = tuple(numbered)
        self.heads = tuple(
            HeadPlace(*layer.row, head) for layer in self.layers for head in range(layer.heads)
        )

    def __len__(self) -> int:
        return len(self.heads)

    def without(self, rows: Collection[Row]) -> Places:
        """The same without these layers, numbered anew."""
        return Places(layer for layer in self.layers if layer.row not in rows)

    def places(self, numbers: Iterable[int]) -> tuple[HeadPlace, ...]:
        """The heads of these numbers."""
        return tuple(self.heads[number] for number in numbers)

    def in_rows(self, values: Floats32) -> dict[Row, Floats32]:
        """Values of all heads, as (stack, layer) -> [heads]."""
        return {layer.row: values[layer.where] for layer in self.layers}


def places_of(capture: Capture) -> Places:
    """The layers of the capture that have a name in the model."""
    turns: defaultdict[str, int] = defaultdict(int)
    found = []
    for stack in capture.stacks:
        for index, layer in sorted(stack.layers.items()):
            if layer.module:
                turn = turns[layer.module]
                turns[layer.module] += 1
                found.append(
                    CutLayer((stack.name, index), layer.module, turn, layer.heads, layer.queries)
                )
    return Places(found)
