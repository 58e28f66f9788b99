"""The heads of a capture, numbered, and the calls of the model that they are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
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
        start: place of the first of these among the tokens that the model was given.
        projects: whether the module is the output projection, where no attention function is seen.
        first: number of its first head among all heads.
    """

    row: Row
    module: str
    turn: int
    heads: int
    queries: int
    start: int = 0
    projects: bool = False
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


def places_of(
    capture: Capture, starts: Mapping[int, int], projections: Mapping[Row, str]
) -> Places:
    """The layers of the capture whose heads can be reached in the model.

    Args:
        capture: the capture.
        starts: index of a sequence -> place of its first token among those that the model was
            given.
        projections: (stack, layer) -> name of the output projection, of layers that have no name.
    """
    turns: defaultdict[str, int] = defaultdict(int)
    found = []
    for stack in capture.stacks:
        start = starts.get(stack.query_sequence, 0)
        for index, layer in sorted(stack.layers.items()):
            row = (stack.name, index)
            name = layer.module or projections.get(row, "")
            if name:
                turn, projects = turns[name], not layer.module
                turns[name] += 1
                found.append(CutLayer(row, name, turn, layer.heads, layer.queries, start, projects))
    return Places(found)
