"""What a logger captures of one probe, with losses, answers and effects where these are wanted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tb_attention.effects.options import Effects
from tb_attention.errors import InvalidInput
from tb_attention.log.failures import sentence
from tb_attention.record.capture import Capture
from tb_attention.record.probes import Probe

Failed = Callable[[Exception], None]


@dataclass
class EffectsClock:
    """How long measuring losses, answers and effects took.

    Attributes:
        seconds: of all captures so far.
    """

    seconds: float = 0.0

    def measured(
        self,
        captured: Capture,
        model: Any,
        probe: Probe,
        tokenizer: Any,
        effects: Effects | None,
        failed: Failed,
    ) -> Capture:
        """The capture with what is asked for; without it, and with a note, where that fails.

        Where answers cannot be compared, the effects on the loss are measured all the same.

        Args:
            captured: what was captured of the probe.
            model: the model.
            probe: what the model was given.
            tokenizer: of the model.
            effects: what of the effects of heads is measured; None: nothing.
            failed: called with what went wrong.
        """
        if effects is None and probe.answers is None:
            return captured
        from tb_attention.effects.measure import measure_effects

        begun = time.perf_counter()
        try:
            return measure_effects(
                model,
                probe.text,
                tokenizer,
                capture=captured,
                decoder=probe.decoder,
                labels=probe.labels,
                effects=effects,
                answers=probe.answers,
                at=probe.at,
            )
        # Whatever a model raises where heads are cut, its attention is logged.
        except Exception as error:  # noqa: BLE001
            failed(error)
            lost = error
        finally:
            self.seconds += time.perf_counter() - begun
        notes = (*captured.notes, f"Not all that was asked for was measured: {sentence(lost)}")
        captured = replace(captured, notes=notes)
        if isinstance(lost, InvalidInput) and effects is not None and probe.answers:
            loss_only = replace(probe, answers=None, at=None)
            return self.measured(captured, model, loss_only, tokenizer, effects, failed)
        return captured


def generated_probe(captured: Capture) -> Probe | None:
    """The text of a generation as a probe; None where its ids are not all that the model was given.

    As where there are images, an encoder, or several models.
    """
    if captured.kind != "generation" or len(captured.sequences) > 1:
        return None
    ids = captured.sequences[0].ids
    return Probe(ids) if ids and all(token >= 0 for token in ids) else None
