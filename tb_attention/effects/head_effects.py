"""The effects of single heads: estimated, and measured by cutting them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tb_attention.effects.chosen import chosen_heads
from tb_attention.effects.cuts import Together, cut_together, small_together
from tb_attention.effects.exact import Cutter
from tb_attention.effects.numbers import token_losses
from tb_attention.effects.options import Effects
from tb_attention.effects.places import Places
from tb_attention.effects.screen import Screen
from tb_attention.effects.targets import Targets
from tb_attention.effects.typed_heads import typed_heads
from tb_attention.record.capture import Capture
from tb_attention.record.effects import LOSS, Cut, Effect, Row

_NOT_SEEN = "no attention function is seen there, and no output projection that proves to be one"


def estimated_effects(first: Screen, found: Sequence[Effect]) -> list[Effect]:
    """The numbers of the output, with the estimates of what single heads do to them."""
    estimates = {name: first.places.in_rows(one) for name, one in first.estimates.items()}
    return [replace(effect, estimate=estimates.get(effect.number, {})) for effect in found]


def head_effects(
    cutter: Cutter, capture: Capture, first: Screen, effects: Effects, found: Sequence[Effect]
) -> list[Effect]:
    """The numbers of the output, with what heads do to them, alone and together.

    Args:
        cutter: cuts heads.
        capture: by whose head metrics heads have types.
        first: what the text gave without cuts.
        effects: what is measured.
        found: the numbers, with estimates.
    """
    places = first.places
    heads, controls = chosen_heads(places, first.estimates, effects)
    outcomes = cutter.cut([(head,) for head in heads])
    together = cut_together(cutter, typed_heads(capture, places), len(places), effects.seed)
    results = []
    for effect in found:
        sign = 1 if effect.number == LOSS else -1
        exact = np.full(len(places), math.nan, np.float32)
        exact[heads] = [
            sign * (outcome.value(effect.number) - effect.value) for outcome in outcomes
        ]
        cuts = list(together)
        if effect.number == LOSS and effects.exact == "all":
            cuts += small_together(cutter, effect.value, exact, effects.seed)
        results.append(
            replace(
                effect,
                exact=places.in_rows(exact),
                controls=places.places(controls),
                cuts=tuple(
                    _cut(one, effect.number, places, cutter.numbers.targets) for one in cuts
                ),
            )
        )
    return results


def _cut(one: Together, number: str, places: Places, targets: Targets | None) -> Cut:
    losses = () if number != LOSS or targets is None else token_losses(targets, one.outcome)
    return Cut(one.name, places.places(one.heads), one.outcome.value(number), losses)


def head_notes(capture: Capture, places: Places, first: Screen, effects: Effects) -> list[str]:
    """Sentences about the heads whose effects were not measured.

    places: the heads that are known in the model.
    """
    notes = []
    known = {layer.row for layer in places.layers}
    every = [(stack.name, index) for stack in capture.stacks for index in sorted(stack.layers)]
    reasons: dict[str, list[Row]] = {}
    for row in every:
        why = first.unreached.get(row) if row in known else _NOT_SEEN
        if why is not None:
            reasons.setdefault(why, []).append(row)
    for why, rows in reasons.items():
        notes.append(f"Effects of heads were not measured in {_named(rows)}, because {why}.")
    if first.failure:
        cut = "" if effects.exact == "all" else "; only random ones are cut"
        notes.append(
            "The effects of heads were not estimated, because the backward pass of the model "
            f"{first.failure}{cut}."
        )
    return notes


def _named(rows: Sequence[Row]) -> str:
    """The layers in words: "decoder layers 0, 1", "encoder layer 3"."""
    stacks: dict[str, list[str]] = {}
    for stack, layer in rows:
        stacks.setdefault(stack, []).append(str(layer))
    return " and ".join(
        f"{stack} layer{'' if len(layers) == 1 else 's'} {', '.join(layers)}"
        for stack, layers in stacks.items()
    )
