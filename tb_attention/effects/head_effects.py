"""The effects of single heads: estimated, and measured by cutting them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tb_attention.effects.chosen import chosen_heads
from tb_attention.effects.exact import Cutter
from tb_attention.effects.options import Effects
from tb_attention.effects.screen import Screen
from tb_attention.record.capture import Capture
from tb_attention.record.effects import LOSS, Effect, Row


def head_effects(
    cutter: Cutter, first: Screen, effects: Effects, found: Sequence[Effect]
) -> list[Effect]:
    """The numbers of the output, with what single heads do to them.

    Args:
        cutter: cuts heads.
        first: what the text gave without cuts.
        effects: what is measured.
        found: the numbers without heads.
    """
    places = first.places
    heads, controls = chosen_heads(places, first.estimates, effects)
    outcomes = cutter.cut([(head,) for head in heads])
    results = []
    for effect in found:
        sign = 1 if effect.number == LOSS else -1
        exact = np.full(len(places), math.nan, np.float32)
        exact[heads] = [
            sign * (cut.value(effect.number) - uncut.value(effect.number))
            for cut, uncut in outcomes
        ]
        estimate = first.estimates.get(effect.number)
        results.append(
            replace(
                effect,
                estimate={} if estimate is None else places.in_rows(estimate),
                exact=places.in_rows(exact),
                controls=places.places(controls),
            )
        )
    return results


def head_notes(capture: Capture, first: Screen) -> list[str]:
    """Sentences about the heads whose effects were not measured."""
    notes = []
    unnamed = [
        (stack.name, index)
        for stack in capture.stacks
        for index, layer in stack.layers.items()
        if not layer.module
    ]
    reasons: dict[str, list[Row]] = {}
    for row in unnamed:
        reasons.setdefault("its attention function is not seen", []).append(row)
    for row, why in first.unreached.items():
        reasons.setdefault(why, []).append(row)
    for why, rows in reasons.items():
        names = ", ".join(f"{stack} {layer}" for stack, layer in rows)
        one = len(rows) == 1
        notes.append(
            f"The effects of the heads of layer{'' if one else 's'} {names} were not measured, "
            f"because {why if one else why.replace('its', 'their', 1)}."
        )
    if first.failure:
        notes.append(
            "The effects of heads were not estimated, so that only random heads are cut, because "
            f"the backward pass of the model {first.failure.removeprefix('it ')}."
        )
    return notes
