"""Logs probes of a model, as it is and without its adapter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

from tb_attention.effects.options import Effects
from tb_attention.log.capture_queue import CaptureQueue
from tb_attention.log.measured import EffectsClock
from tb_attention.record.probes import Probe

WITHOUT_ADAPTER = "without-adapter"
"""Name of the run below another one that has the same probes of the model without its adapter."""


@dataclass(frozen=True)
class Asked:
    """What a call of `log` asks for, beside the model.

    Attributes:
        probe: what the model is given.
        tag: the tag that it is logged under.
        step: the step that it is logged at.
        tokenizer: for the texts of tokens.
        layers: numbers of the layers that are kept; None: all.
        effects: what of the effects of heads is measured; None: nothing.
    """

    probe: Probe
    tag: str
    step: int
    tokenizer: Any
    layers: Collection[int] | None
    effects: Effects | None


class ProbeLog:
    """Runs models on probes, and leaves the captures to be written."""

    def __init__(self, captures: CaptureQueue) -> None:
        """captures: of the run; a run without adapter gets another one."""
        self._captures = captures
        self._without: CaptureQueue | None = None
        self.clock = EffectsClock()

    @property
    def queues(self) -> list[CaptureQueue]:
        """That of the run, and of the run without adapter where there is one."""
        return [self._captures, *([] if self._without is None else [self._without])]

    def log(self, model: Any, asked: Asked) -> None:
        """Logs a probe.

        Raises:
            InvalidInput: the model cannot take it.
            NoAttention: no attention layer was seen.
        """
        self._log(self._captures, model, asked)

    def log_without_adapter(self, model: Any, asked: Asked) -> None:
        """Logs a probe with the adapters of the model disabled; they are then as before."""
        from tb_attention.capture.without_adapter import without_adapter

        if self._without is None:
            self._without = self._captures.below(WITHOUT_ADAPTER)
        with self._without.harmless(f"{asked.tag} without adapter"), without_adapter(model):
            self._log(self._without, model, asked)

    def _log(self, queue: CaptureQueue, model: Any, asked: Asked) -> None:
        from tb_attention.capture import capture, runs_on_all_processes

        probe, tokenizer = asked.probe, asked.tokenizer
        ready = queue.has_room()
        # One process alone would wait for the others for ever.
        if ready or runs_on_all_processes(model):
            captured = capture(
                model, probe.text, tokenizer, decoder=probe.decoder, layers=asked.layers
            )
            if ready:
                failed = partial(self._captures.effects_lost, asked.tag)
                captured = self.clock.measured(
                    captured, model, probe, tokenizer, asked.effects, failed
                )
                queue.put(captured, asked.tag, asked.step)
