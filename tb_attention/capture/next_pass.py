"""Waits for the next forward pass of a model that is trained, and watches it.

Functions are replaced during that pass only, so that nothing is left replaced where a training ends
by an exception.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import ExitStack
from typing import Any

import torch

from tb_attention.capture.calls.patching import uncompiled
from tb_attention.capture.passes import Passes
from tb_attention.capture.streams.frames import is_probed


class NextPass:
    """Watches the first pass of this thread that has gradients, and none after it.

    Training mode would be no sign of it: Lightning trains a module that is in evaluation mode as it
    is.
    """

    def __init__(
        self, model: torch.nn.Module, examples: Collection[int], done: Callable[[Passes], None]
    ) -> None:
        """done: called in the forward pass, when everything in it is computed."""
        self._model, self._passes, self._done = model, Passes(model, examples), done
        self._thread = threading.get_ident()
        self._waiting, self._watching = ExitStack(), ExitStack()
        self._running = self._over = False
        # Functions: of methods, a model that is copied meanwhile would copy all that is here.
        self._waiting.enter_context(self._passes.listening())
        self._waiting.callback(
            model.register_forward_pre_hook(
                lambda *given: self._enters(*given), prepend=True
            ).remove
        )
        self._waiting.callback(
            model.register_forward_hook(
                lambda *given: self._leaves(*given), always_call=True
            ).remove
        )
        # Before the pass: what is compiled around the model cannot be left from inside of it.
        self._watching.enter_context(uncompiled())

    def cancel(self) -> bool:
        """Waits no longer. Returns whether the pass had not come."""
        waited = not self._over and not self._running
        self._give_up()
        self._waiting.close()
        return waited

    def _enters(self, module: torch.nn.Module, _: Any) -> None:
        if module is not self._model or threading.get_ident() != self._thread or is_probed():
            return
        if self._running:  # a pass was interrupted, which no hook reports
            self._give_up()
        elif torch.is_grad_enabled() and not self._over:
            self._running = True
            with self._passes.harmless():
                self._watching.enter_context(self._passes.attention())

    def _leaves(self, module: torch.nn.Module, _: Any, output: Any) -> None:
        if not self._running or module is not self._model or threading.get_ident() != self._thread:
            return
        if output is None:  # after an exception
            self._give_up()
        else:
            self.cancel()
            self._done(self._passes)

    def _give_up(self) -> None:
        """Watches no longer.

        The hooks stay until `cancel`, because torch goes through them at this moment.
        """
        self._over, self._running = True, False
        self._watching.close()
