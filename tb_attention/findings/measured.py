"""What was measured of the output at one step, as the findings look at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from tb_attention.attention.dtypes import Floats32
from tb_attention.findings.finding import at_most
from tb_attention.findings.history import History
from tb_attention.record.effects import ANSWER, LOSS, RANDOM, Cut, Effect

TIMES = 3.0
"""An effect stands out from this many times the largest effect of the random heads on."""

LEAST = {LOSS: 0.01, ANSWER: 0.05}
"""And from this on: nats of the loss, logits of an answer, which half precision rounds by 0.05."""

CONTROLS = 4
"""Nothing stands out of fewer random heads."""


@dataclass(frozen=True)
class Measured:
    """What was measured beside the capture of one step.

    Attributes:
        step: number of the step.
        effects: the numbers of the output, without the effects of single heads, which are head
            metrics.
        random: number -> sizes of the effects of its random heads.
        losses: loss of every token in nats, NaN where it was not predicted; none if not measured.
        ids: token ids of the text.
    """

    step: int
    effects: Mapping[str, Effect]
    random: Mapping[str, tuple[float, ...]]
    losses: tuple[float, ...] = ()
    ids: tuple[int, ...] = ()

    def least(self, number: str) -> float:
        """What stands out is at least this; infinite where there are too few random heads."""
        sizes = self.random.get(number, ())
        return max(LEAST[number], TIMES * max(sizes)) if len(sizes) >= CONTROLS else np.inf

    def controls(self, number: str) -> str:
        """As in "16 random heads: at most 0.02"."""
        sizes = self.random[number]
        return f"{len(sizes)} random heads: {at_most(max(sizes))}"

    def cuts(self, number: str) -> Iterator[tuple[Cut, Cut | None]]:
        """Several heads at once, each with as many random heads where these were cut too."""
        cuts = self.effects[number].cuts if number in self.effects else ()
        for cut, after in zip_longest(cuts, cuts[1:]):
            if cut.name != RANDOM:
                yield cut, after if after is not None and after.name == RANDOM else None

    def exact(self, history: History, number: str) -> Floats32:
        """Effects of all heads of the stack, NaN where not measured: float32 [layers, heads]."""
        values: Floats32 = history.of(f"{number}_effect")[list(history.steps).index(self.step)]
        return values


def heads_of(history: History, cut: Cut) -> tuple[tuple[int, int], ...]:
    """(layer, head) of those of the cut heads that are in this stack."""
    return tuple((each.layer, each.head) for each in cut.heads if each.stack == history.stack)
