"""Watches what the caller does with a model: one forward pass, or all of a generation.

Of several passes that do not continue each other by a key-value cache, the last one counts.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import torch

from tb_attention.capture.attention_call import AttentionCall
from tb_attention.capture.caches import cached_tokens, caches_in
from tb_attention.capture.frames import Frame, Frames, probing, tensors_in
from tb_attention.capture.generate_hook import GenerateHook
from tb_attention.capture.images import images_of_texts
from tb_attention.capture.lineage import Lineage
from tb_attention.capture.model_inputs import is_ids, own_features
from tb_attention.capture.patching import harmless
from tb_attention.capture.runs import Pass, Run, Runs
from tb_attention.capture.streams import Stream
from tb_attention.capture.towers import Towers
from tb_attention.capture.watch_model import watch
from tb_attention.errors import InvalidInput

_BEGUN = "the key-value cache was begun before the `with`: begin it before the first token is fed."


class PassWatcher:
    """Sees forward passes and generations of a model, and keeps the attention of some examples."""

    def __init__(
        self, model: torch.nn.Module, examples: Collection[int], *, ours: bool = False
    ) -> None:
        """ours: whether the passes are probes, which nobody else who watches the model sees."""
        self.model, self.towers, self.ours = model, Towers(model), ours
        self.examples = tuple(dict.fromkeys(examples))
        self.runs = Runs()
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
                self._enters_tower(frame)

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

    def _enters_tower(self, frame: Frame) -> None:
        for around in list(frame.around())[1:]:
            around.notes["holds"] = True
        caches = caches_in(frame.given)
        frame.notes["past"] = max(map(cached_tokens, caches), default=0)
        known = [
            (run, stream)
            for run in self.runs
            for stream in run.streams
            if stream.tower is frame.module and any(map(stream.caches.holds, caches))
        ]
        if not frame.notes["past"]:
            self._begin(self._stream(frame), frame)
        elif known:
            run, stream = known[0]
            self._begin(stream, frame)
            self._joins(run, frame.top)

    def _stream(self, frame: Frame) -> Stream:
        config = getattr(frame.module, "config", self.towers.config)
        decodes, generates = self.towers.decodes(frame.module), self.towers.generates(frame.module)
        return Stream(frame, decodes, config, generates=generates)

    def _begin(self, stream: Stream, frame: Frame) -> None:
        frame.notes["stream"] = stream
        stream.begin(frame, lambda batch: self._rows(frame, batch))

    def _joins(self, run: Run, top: Frame) -> None:
        """The pass turns out to go on from another run."""
        if run is not top.notes["run"]:
            top.notes["run"].passes.remove(top.notes["pass"])
            self.runs.drop(top.notes["run"])
            run.passes.append(top.notes["pass"])
            run.open += 1
            run.generation = top.notes["run"].generation
            top.notes["run"] = self.runs.raised(run)

    def _rows(self, frame: Frame, batch: int) -> Mapping[int, Sequence[int]]:
        """Example -> its rows in a batch of this size."""
        generation, ids = frame.top.notes["run"].generation, frame.top.named.get("input_ids")
        if own_features(frame.given) and is_ids(ids):
            images = images_of_texts(ids, self.towers.config, batch)
            if images is not None:
                return {one: images[one] for one in self.examples if one < len(images)}
        # The encoder runs before examples are copied, to sample several texts of each.
        alone = generation is not None and self.towers.decodes(frame.top.module) is False
        copies = generation.copies if generation is not None and alone else 1
        return {one: [one // copies] for one in self.examples if 0 <= one // copies < batch}

    def _calls(self, call: AttentionCall) -> None:
        frame = self._frames.current()
        if frame is None or "pass" not in frame.top.notes or self._failure is not None:
            return
        run: Run = frame.top.notes["run"]
        if run.generation is not None and run.generation.beams:
            return
        tower = next(one for one in frame.around() if self._is_tower(one))
        entries = self._frames.entries(call.module)
        lineage = frame.top.notes.get("lineage") if self.towers.is_own(tower.module) else None
        with self._lock:
            if "stream" not in tower.notes:
                self._begin(self._forked(call, tower), tower)
            stream: Stream = tower.notes["stream"]
            frame.top.notes["pass"].add(stream)
            stream.sees(call, entries, lineage)

    def _forked(self, call: AttentionCall, tower: Frame) -> Stream:
        """The stream whose cache was copied for this pass."""
        for run in self.runs:
            for stream in run.streams:
                if stream.tower is tower.module and stream.holds(call, tower.notes["past"]):
                    return stream.fork(tower)
        raise InvalidInput(_BEGUN)

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
                self._leaves_tower(frame, output)
            if frame.outer is None:
                run: Run = frame.top.notes["run"]
                run.gave(output)
                run.open -= 1
                self.runs.prune()

    def _leaves_tower(self, frame: Frame, output: Any) -> None:
        stream: Stream | None = frame.notes.get("stream")
        # What only holds other towers has no attention of its own.
        attends = self.towers.attends(frame.module)
        if stream is not None:
            if attends or "holds" not in frame.notes:
                stream.fill()
                frame.top.notes["pass"].add(stream)
            stream.ended(output)
        elif attends and output is not None:
            raise InvalidInput(_BEGUN)
