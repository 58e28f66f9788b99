"""Which text a pass of a tower goes on with, told by its cache or by the keys in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.streams.caches import cached_tokens, caches_in
from tb_attention.capture.streams.frames import Frame
from tb_attention.capture.streams.images import rows_of_images
from tb_attention.capture.streams.model_inputs import begins_later, runs_alone
from tb_attention.capture.streams.runs import Run, Runs
from tb_attention.capture.streams.stitch import BEGUN
from tb_attention.capture.streams.stream import Stream
from tb_attention.capture.streams.towers import Towers
from tb_attention.errors import InvalidInput


class Continued:
    """Finds the Stream of each call of a tower, or begins one."""

    def __init__(self, towers: Towers, runs: Runs, examples: Collection[int]) -> None:
        """examples: rows of the batch that are kept."""
        self._towers, self._runs, self._examples = towers, runs, examples

    def enters(self, frame: Frame) -> None:
        """A tower is called."""
        for around in list(frame.around())[1:]:
            around.notes["holds"] = True
        caches = caches_in(frame.given)
        pasts = [past for cache in caches if (past := cached_tokens(cache)) is not None]
        unknown = self._towers.is_own(frame.module) or begins_later(frame.given)
        if len(pasts) < len(caches) or (not caches and unknown):
            frame.notes["own"] = True  # its keys will say how many tokens are before
            return
        frame.notes["past"] = max(pasts, default=0)
        if not frame.notes["past"]:
            self._begin(self._stream(frame), frame)
        elif known := self._holding(frame, caches):
            self._continue(*known[0], frame)

    def of(self, call: AttentionCall, tower: Frame) -> Stream:
        """The text of an attention call in a tower.

        Raises:
            InvalidInput: it began before anybody watched.
        """
        if "stream" not in tower.notes and "own" in tower.notes:
            self._by_keys(call, tower)
        elif "stream" not in tower.notes:
            self._begin(self._forked(call, tower), tower)
        stream: Stream = tower.notes["stream"]
        return stream

    def leaves(self, frame: Frame, output: Any) -> None:
        """A call of a tower is done.

        Raises:
            InvalidInput: its text began before anybody watched.
        """
        if "own" in frame.notes and "stream" not in frame.notes:
            frame.notes["past"] = 0
            self._begin(self._stream(frame), frame)
        stream: Stream | None = frame.notes.get("stream")
        # What only holds other towers has no attention of its own.
        attends = self._towers.attends(frame.module)
        if stream is not None:
            if attends or "holds" not in frame.notes:
                stream.fill()
                frame.top.notes["pass"].add(stream)
            stream.ended(output)
        elif attends and output is not None:
            raise InvalidInput(BEGUN)

    def _holding(self, frame: Frame, caches: Sequence[Any]) -> list[tuple[Run, Stream]]:
        """The texts of this tower that have one of the caches, the last first."""
        return [
            (run, stream)
            for run in self._runs
            for stream in reversed(run.streams)
            if stream.tower is frame.module and any(map(stream.caches.holds, caches))
        ]

    def _continue(self, run: Run, stream: Stream, frame: Frame) -> None:
        self._begin(stream, frame)
        self._joins(run, frame.top)

    def _by_keys(self, call: AttentionCall, frame: Frame) -> None:
        """The text that a pass goes on with is told by the keys of its first call."""
        known = self._holding(frame, caches_in(frame.given)) or [
            (run, stream)
            for run in self._runs
            for stream in run.streams
            if stream.tower is frame.module
        ]
        for run, stream in known:
            if (past := stream.past_in(call)) is not None:
                frame.notes["past"] = past
                self._continue(run, stream, frame)
                return
        frame.notes["past"] = 0
        self._begin(self._stream(frame), frame)

    def _forked(self, call: AttentionCall, tower: Frame) -> Stream:
        """The stream whose cache was copied for this pass."""
        for run in self._runs:
            for stream in run.streams:
                if stream.tower is tower.module and stream.holds(call, tower.notes["past"]):
                    return stream.fork(tower)
        raise InvalidInput(BEGUN)

    def _stream(self, frame: Frame) -> Stream:
        config = getattr(frame.module, "config", self._towers.config)
        decodes, generates = (
            self._towers.decodes(frame.module),
            self._towers.generates(frame.module),
        )
        return Stream(frame, decodes, config, generates=generates)

    def _begin(self, stream: Stream, frame: Frame) -> None:
        frame.notes["stream"] = stream
        stream.begin(frame, lambda batch: self._rows(frame, batch))

    def _joins(self, run: Run, top: Frame) -> None:
        """The pass turns out to go on from another run."""
        if run is not top.notes["run"]:
            top.notes["run"].passes.remove(top.notes["pass"])
            self._runs.drop(top.notes["run"])
            run.passes.append(top.notes["pass"])
            run.open += 1
            run.generation = top.notes["run"].generation
            top.notes["run"] = self._runs.raised(run)

    def _rows(self, frame: Frame, batch: int) -> Mapping[int, Sequence[int]]:
        """Example -> its rows in a batch of this size."""
        run: Run = frame.top.notes["run"]
        generation, config = run.generation, self._towers.config
        # These run before examples are copied, to sample several texts of each.
        alone = self._towers.decodes(frame.top.module) is False or runs_alone(frame.top)
        copies = generation.copies if generation is not None and alone else 1
        prompt = None if generation is None else generation.ids
        images = rows_of_images(frame, batch, config, prompt)
        if images is not None:
            if not images:
                run.untold.add(frame.name)
            texts = {one: one // copies for one in self._examples}
            return {one: images[text] for one, text in texts.items() if text < len(images)}
        return {one: [one // copies] for one in self._examples if 0 <= one // copies < batch}
