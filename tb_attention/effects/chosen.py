"""Which heads are cut one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

import numpy as np

from tb_attention.attention.dtypes import Floats32
from tb_attention.effects.options import Effects
from tb_attention.effects.places import Places


def chosen_heads(
    places: Places, estimates: Mapping[str, Floats32], effects: Effects
) -> tuple[list[int], list[int]]:
    """The heads of large estimates, and others that are drawn at random as their controls.

    Where all heads are cut, the controls are drawn among those that have no large estimate.

    Args:
        places: the heads.
        estimates: number -> estimated effects of all heads.
        effects: how many of them.

    Returns:
        Numbers of the heads that are cut, ascending, and of the controls among them.
    """
    largest: set[int] = set()
    for one in estimates.values():
        size = np.nan_to_num(np.abs(one), nan=np.inf)
        order = np.argsort(-size, kind="stable")
        largest.update(order[: effects.heads].tolist())
        if effects.heads:
            largest.update(layer.first + int(size[layer.where].argmax()) for layer in places.layers)
    controls = random_heads(len(places), effects.controls, largest, effects.seed)
    every = range(len(places)) if effects.exact == "all" else largest.union(controls)
    return sorted(every), controls


def random_heads(count: int, wanted: int, without: Iterable[int], seed: int) -> list[int]:
    """Numbers of `wanted` heads of `count`, or of all there are, ascending."""
    others = sorted(set(range(count)).difference(without))
    return sorted(Random(seed).sample(others, min(wanted, len(others))))
