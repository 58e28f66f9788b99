"""The head metrics of a tag over its steps, one stack at a time, as the findings look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tb_attention.attention.dtypes import Floats32
from tb_attention.attention.head_types import Life, lives, types_over_steps
from tb_attention.findings.finding import heads_named


@dataclass(frozen=True, eq=False)
class History:
    """Head metrics of one stack over the steps.

    Attributes:
        steps: numbers of the steps, ascending.
        values: float32 [steps, layers, heads, metrics].
        names: names of the metrics.
        stack: name of the stack.
        layers: numbers of the layers.
        several: whether the model has several stacks, so that sentences name this one.
        keys: the tokens that are attended to at the last step; empty where they are not known.
        queries: likewise, the tokens that attend.
        single: whether only one step was logged, so that sentences need not name it.
    """

    steps: Sequence[int]
    values: Floats32
    names: Sequence[str]
    stack: str
    layers: Sequence[int]
    several: bool = False
    keys: Sequence[str] = ()
    queries: Sequence[str] = ()
    single: bool = False

    def when(self, step: int) -> str:
        """As in " at step 300"; nothing where there is no other step."""
        return "" if self.single else f" at step {step:,}"

    @cached_property
    def types(self) -> npt.NDArray[np.uint16]:
        """The types of all heads at all steps, as bits: uint16 [steps, layers, heads]."""
        return types_over_steps(self.values, self.names)

    @cached_property
    def lives(self) -> list[Life]:
        """When each head acquired a type and lost it; rows are those of `layers`."""
        return lives(self.values, self.names, self.types)

    def of(self, metric: str) -> Floats32:
        """The metric of every head: float32 [steps, layers, heads], NaN where it was not logged."""
        return (
            self.values[..., list(self.names).index(metric)]
            if metric in self.names
            else np.full_like(self.values[..., 0], np.nan)
        )

    def heads(self, places: npt.NDArray[np.intp]) -> tuple[tuple[int, int], ...]:
        """(layer, head) for places [n, 2] in the arrays."""
        return tuple((int(self.layers[row]), int(head)) for row, head in places)

    def named(self, heads: Sequence[tuple[int, int]]) -> str:
        """The heads as a sentence begins with them."""
        return heads_named(heads, self.stack, several=self.several)


def stacks(
    steps: Sequence[int], values: Floats32, names: Sequence[str], rows: Sequence[tuple[str, int]]
) -> list[History]:
    """One History for each stack.

    Args:
        steps: numbers of the steps, ascending.
        values: float32 [steps, rows, heads, metrics].
        names: names of the metrics.
        rows: (stack, layer) of each row.
    """
    stacks = list(dict.fromkeys(stack for stack, _ in rows))
    found = []
    for stack in stacks:
        places = [place for place, row in enumerate(rows) if row[0] == stack]
        found.append(
            History(
                steps,
                values[:, places],
                names,
                stack,
                [rows[place][1] for place in places],
                len(stacks) > 1,
            )
        )
    return found


def layers_of(heads: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The layers of these heads, ascending."""
    return tuple(sorted({layer for layer, _ in heads}))


def sorted_by(places: npt.NDArray[np.intp], scores: Floats32) -> npt.NDArray[np.intp]:
    """Places [n, 2] of an array of scores [layers, heads], the largest score first."""
    return places[np.argsort(-scores[tuple(places.T)], kind="stable")]
