"""Watches what the caller does with a model: one forward pass, or all of a generation.

Of several passes that do not continue each other by a key-value cache, the last one counts.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.calls.patching import harmless
from tb_attention.capture.calls.watch_model import watch
from tb_attention.capture.streams.continued import Continued
from tb_attention.capture.streams.frames import Frame, Frames, probing, tensors_in
from tb_attention.capture.streams.generate_hook import GenerateHook
from tb_attention.capture.streams.lineage import Lineage
from tb_attention.capture.streams.model_inputs import runs_alone
from tb_attention.capture.streams.runs import Pass, Run, Runs
from tb_attention.capture.streams.towers import Towers
from tb_attention.errors import InvalidInput


class PassWatcher:
    """Sees forward passes and generations of a model, and keeps the attention of some examples."""

    def __init__(
        self, model: torch.nn.Module, examples: Collection[int], *, ours: bool = False
    ) -> None:
        """ours: whether the passes are probes, which nobody else who watches the model sees."""
        self.model, self.towers, self.ours = model, Towers(model), ours
        self.examples = tuple(dict.fromkeys(examples))
        self.runs = Runs()
        self._texts = Continued(self.towers, self.runs, self.examples)
        self._frames = Frames(
            self.towers.watched, self, self._begins, self._ends, self._fails, ours=ours
        )
        self._generate = GenerateHook()
        self._failure: Exception | None = None
        self._lock = threading.RLock()
        self._lineages: dict[int, Lineage] = {}
        """Thread -> what follows the pass that it runs."""

    def check(self) -> None:
        """Raises what went wrong while the model ran, and InvalidInput where it did not run."""
        if self._failure is not None:
            raise self._failure
        if not self.runs:
            raise InvalidInput(
                f"{type(self.towers.inner).__name__} was not run: run it, or its generate(), "
                "inside of the `with`."
            )

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watches until it is left."""
        with ExitStack() as entered:
            if self.ours:
                entered.enter_context(probing(self))
            entered.enter_context(self.listening())
            entered.enter_context(
                watch(self.model, self._calls, self._fails, anywhere=not self.ours)
            )
            yield

    def attention(self) -> AbstractContextManager[None]:
        """Sees the attention of a pass that began while it was `listening`, and has not ended."""
        return watch(self.model, self._calls, self._fails, inside=True, anywhere=True)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Sees what the model is fed, and not its attention."""
        with ExitStack() as restore:
            restore.callback(self._follows_no_more)
            restore.enter_context(self._frames.watching())
            if hasattr(self.towers.inner, "generate"):
                restore.enter_context(self._generate.watching(self.towers.inner))
            yield

    @contextmanager
    def harmless(self) -> Iterator[None]:
        """Keeps what goes wrong here out of the caller's forward pass, for `check` to raise."""
        with harmless(self._fails):
            yield

    def _fails(self, error: Exception) -> None:
        self._failure = self._failure or error

    def _begins(self, frame: Frame) -> None:
        if self._failure is not None or self._generate.nested:
            return
        with self._lock:
            if frame.outer is None:
                self._opens(frame)
            if "pass" not in frame.top.notes:
                return
            if (lineage := frame.top.notes.get("lineage")) is not None:
                frame.notes["calls"] = lineage.calls
            if self._is_tower(frame):
                self._texts.enters(frame)

    def _opens(self, top: Frame) -> None:
        run = self.runs.begin(top, self._generate.running)
        top.notes["run"], top.notes["pass"] = run, Pass(top)
        run.passes.append(top.notes["pass"])
        run.open += 1
        if self.towers.is_own(top.module):
            self._follows_no_more()
            here = threading.get_ident()
            top.notes["lineage"] = self._lineages[here] = Lineage(tensors_in(top.given))
            self._lineages[here].start()

    def _follows_no_more(self) -> None:
        """Where a pass of this thread was interrupted, which no hook is told of."""
        if (lineage := self._lineages.pop(threading.get_ident(), None)) is not None:
            lineage.stop()

    def _is_tower(self, frame: Frame) -> bool:
        return frame.outer is None or self.towers.is_tower(frame.module)

    def _calls(self, call: AttentionCall) -> None:
        frame = self._frames.current()
        if frame is None or "pass" not in frame.top.notes or self._failure is not None:
            return
        run: Run = frame.top.notes["run"]
        if run.generation is not None and run.generation.beams and not runs_alone(frame.top):
            return
        tower = next(one for one in frame.around() if self._is_tower(one))
        entries = self._frames.entries(call.module)
        lineage = frame.top.notes.get("lineage") if self.towers.is_own(tower.module) else None
        # What is computed here is no part of the model, for whoever follows its functions.
        with self._lock, torch._C.DisableTorchFunction():
            stream = self._texts.of(call, tower)
            frame.top.notes["pass"].add(stream)
            stream.sees(call, entries, lineage)

    def _ends(self, frame: Frame, output: Any) -> None:
        if "pass" not in frame.top.notes:
            return
        lineage: Lineage | None = frame.top.notes.get("lineage")
        if lineage is not None and frame.outer is None:
            self._follows_no_more()
        elif lineage is not None and "calls" in frame.notes:
            lineage.made(output, frame.notes["calls"])
        with self._lock:
            if self._is_tower(frame):
                self._texts.leaves(frame, output)
            if frame.outer is None:
                run: Run = frame.top.notes["run"]
                run.gave(output)
                run.open -= 1
                self.runs.prune()
