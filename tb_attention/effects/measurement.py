"""Makes the passes over one text, and puts what they show into its capture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from tb_attention.effects.exact import Cutter
from tb_attention.effects.gates import Gates
from tb_attention.effects.given import GivenText
from tb_attention.effects.head_effects import estimated_effects, head_effects, head_notes
from tb_attention.effects.model_run import ModelRun
from tb_attention.effects.numbers import Numbers, token_losses
from tb_attention.effects.options import Effects
from tb_attention.effects.own_attention import own_layers
from tb_attention.effects.places import Places, places_of
from tb_attention.effects.screen import Screen, screen
from tb_attention.record.capture import Capture
from tb_attention.record.effects import ANSWER, LOSS, Effect

_NOT_CUT = (
    "The effects of heads were not measured exactly, because a pass without some of them fails "
    "({:.200})."
)


def measured(
    run: ModelRun,
    numbers: Numbers,
    given: GivenText,
    capture: Capture,
    effects: Effects | None,
) -> Capture:
    """The capture with all that is asked for.

    Args:
        run: the model, ready to run.
        numbers: that are read off its logits.
        given: the text.
        capture: of it.
        effects: what of the effects of heads is measured; None: nothing.
    """
    replaced = Effects().replace if effects is None else effects.replace
    places = Places(()) if effects is None else _places(run, given, capture)
    with run.projecting(places):
        first = screen(run, numbers, places, replaced)
        found = []
        if effects is not None and numbers.targets is not None:
            found.append(Effect(LOSS, first.outcome.loss, replaced))
        if numbers.answers is not None and first.outcome.answer is not None:
            answers = numbers.answers.answers
            found.append(Effect(ANSWER, first.outcome.answer, replaced, answers=answers))
        if effects is not None:
            capture = with_notes(capture, head_notes(capture, places, first, effects))
            if len(first.places):
                size = row_bytes(capture, first)
                cutter = Cutter(run, numbers, first, replace=effects.replace, row_bytes=size)
                found = estimated_effects(first, found)
                try:
                    found = head_effects(cutter, capture, first, effects, found)
                except Exception as error:  # noqa: BLE001  (what was measured before is kept)
                    capture = with_notes(capture, [_NOT_CUT.format(str(error))])
    capture = _with_losses(capture, given, numbers, first)
    return replace(capture, effects=(*capture.effects, *found))


def _places(run: ModelRun, given: GivenText, capture: Capture) -> Places:
    """The heads; where no attention function was seen, their projections are looked for."""
    if not (own := own_layers(capture)):
        return places_of(capture, given.starts, {})
    with run.finding(own) as projections:
        run.logits(Gates(Places(()), torch.ones(1, 0)))
    return places_of(capture, given.starts, projections.names)


def _with_losses(capture: Capture, given: GivenText, numbers: Numbers, first: Screen) -> Capture:
    if numbers.targets is None:
        return capture
    sequences = list(capture.sequences)
    sequence = sequences[given.sequence]
    losses = token_losses(numbers.targets, first.outcome)
    sequences[given.sequence] = replace(sequence, losses=losses)
    return replace(capture, sequences=tuple(sequences))


def row_bytes(capture: Capture, first: Screen) -> int:
    """Memory that a row of a batch takes: its logits, and the scores of a layer where eager."""
    layers = [layer for stack in capture.stacks for layer in stack.layers.values()]
    scores = max(layer.heads * layer.queries * layer.keys for layer in layers)
    return 4 * (first.logits + 2 * scores)


def with_notes(capture: Capture, notes: Sequence[str]) -> Capture:
    """The capture with more notes."""
    return replace(capture, notes=(*capture.notes, *notes))
