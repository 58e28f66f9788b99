"""Several heads cut together: those of a type, and those that do next to nothing one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tb_attention.attention.dtypes import Floats32
from tb_attention.effects.chosen import random_heads
from tb_attention.effects.exact import Cutter
from tb_attention.effects.numbers import Outcome
from tb_attention.record.effects import RANDOM

SMALL, REDUNDANT = "small", "redundant"

NEXT_TO_NOTHING = 0.001
"""A head whose effect on the loss is smaller than this, in nats, does next to nothing."""

_MORE, _TIMES = 0.01, 10
"""Heads that do next to nothing alone stand in for each other where together they change the loss
by more than so many nats, and by more than so many times the sum of what they do alone."""

_SHARE = 0.1
"""A head stands in for others where leaving it in takes so much of what their cut does back."""


@dataclass(frozen=True, eq=False)
class Together:
    """Heads that were cut together.

    Attributes:
        name: as in tb_attention.record.effects.Cut.
        heads: their numbers.
        outcome: what the text gives without them.
    """

    name: str
    heads: tuple[int, ...]
    outcome: Outcome


def cut_together(
    cutter: Cutter, sets: dict[str, tuple[int, ...]], count: int, seed: int
) -> list[Together]:
    """Cuts each set of heads, and as many random heads that are not among them.

    The control is left out where there are too few others.

    Args:
        cutter: cuts heads.
        sets: name -> numbers of heads.
        count: number of all heads.
        seed: of the random heads.
    """
    named: list[tuple[str, tuple[int, ...]]] = []
    for name, heads in sets.items():
        named.append((name, heads))
        if len(heads) <= count - len(heads):
            named.append((RANDOM, tuple(random_heads(count, len(heads), heads, seed))))
    outcomes = cutter.cut([heads for _, heads in named])
    return [
        Together(name, heads, outcome)
        for (name, heads), outcome in zip(named, outcomes, strict=True)
    ]


def small_together(cutter: Cutter, loss: float, exact: Floats32, seed: int) -> list[Together]:
    """The heads that change the loss by next to nothing alone, cut together.

    And those among them that stand in for each other, if there are any.

    Args:
        cutter: cuts heads.
        loss: with all heads.
        exact: effects of all heads on the loss, [heads].
        seed: of the random heads.
    """
    small = tuple(np.flatnonzero(np.abs(exact) < NEXT_TO_NOTHING).tolist())
    if len(small) < 2:
        return []
    found = cut_together(cutter, {SMALL: small}, len(exact), seed)
    does = found[0].outcome.loss - loss
    if not _is_more(does, exact[list(small)]):
        return found
    left = cutter.cut([tuple(one for one in small if one != head) for head in small])
    back = [does - (outcome.loss - loss) for outcome in left]
    redundant = tuple(
        head for head, one in zip(small, back, strict=True) if one > max(_MORE, _SHARE * does)
    )
    if len(redundant) < 2:
        return found
    both = cut_together(cutter, {REDUNDANT: redundant}, len(exact), seed)
    proven = _is_more(both[0].outcome.loss - loss, exact[list(redundant)])
    return found + both if proven else found


def _is_more(together: float, alone: Sequence[float] | Floats32) -> bool:
    """Whether heads do much more together than alone."""
    return together > _MORE and together > _TIMES * float(np.abs(alone).sum())
