"""AttentionLogger: captures go in, and come out as record files and small values in an event file, written in the background."""

from __future__ import annotations

import itertools
import operator
import sys
import time
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from tb_attention.errors import AttentionError, InvalidInput
from tb_attention.log.background import BackgroundWriter
from tb_attention.log.failures import Failures
from tb_attention.log.options import LoggerOptions, options_of, shows_options
from tb_attention.log.run import RunWriter
from tb_attention.record import summary
from tb_attention.record.capture import Capture, chosen_layers


class AttentionLogger:
    """Logs attention to TensorBoard.

    Record files in plugins/attention of the run directory, a small value in its event file.

    The forward pass runs where `log` is called; everything else (head metrics, thumbnails, writing)
    in one background thread. What fails, be it a full disk or a text that the model cannot take, is
    told once as a warning of the logger "tb_attention.logger" and never stops the caller.
    """

    @shows_options(LoggerOptions)
    def __init__(self, log_dir: Any, **options: Unpack[LoggerOptions]) -> None:
        """Begins to log to a run directory, where nothing is made before there is something to log.

        Example:
            >>> with AttentionLogger("runs/gpt2", every=10, scalars=["entropy"]) as logger:
            ...     logger.log(model, "The doctor asked.", tag="doctor", step=0, tokenizer=words)

        Args:
            log_dir: the run directory, or the SummaryWriter that already writes there
                (torch.utils.tensorboard, tensorboardX). The directory may be a URL, of s3://, gs://
                or whatever else TensorBoard's file layer writes. None: nothing is written. In a
                distributed training that has begun (init_process_group), on all processes but the
                first nothing is written either.
            options: see tb_attention.log.options.Options.

        Raises:
            InvalidInput: options and places that cannot be used.

        """
        self._options = options_of(options, LoggerOptions)
        self._session = self._options.session or uuid.uuid4().hex
        self._run: RunWriter | None = None
        self._background: BackgroundWriter | None = None
        if log_dir is not None and (self._options.session is not None or _process() == 0):
            self._run = RunWriter(log_dir, self._options)
            self._background = BackgroundWriter(
                self._options.queue_size, self._run.failures.capture_lost, self._run.close
            )
        self._failures = (
            Failures(None, self._options.strict) if self._run is None else self._run.failures
        )
        self._next: tuple[str, Any] | None = None
        """The tag and the NextPass that is waited for."""
        self.bytes = 0
        """Size of what was logged: bytes of its queries, keys and weights as they are stored."""

    @property
    def directory(self) -> Path | str | None:
        """The run directory; a str where it is a URL, None where nothing is written."""
        return None if self._run is None else self._run.directory

    @property
    def lost(self) -> int:
        """Number of captures that could not be logged, or were dropped because the queue was full."""
        return self._failures.lost

    def log(
        self,
        model: Any,
        text_or_ids: Any,
        *,
        tag: str,
        step: int,
        tokenizer: Any = None,
        tokens: Sequence[str | bytes] | None = None,
        decoder: Any = None,
        layers: Collection[int] | None = None,
    ) -> None:
        """Runs the model on one text, or token ids, and logs its attention.

        See tb_attention.capture.capture.

        tag: name of the probe, followed over steps. tokenizer: of transformers, tokenizers,
        tiktoken or sentencepiece, a dict of characters, or anything with encode and decode; it is
        needed for a text or the messages of a chat. tokens: what token ids stand for, one by one,
        instead of a tokenizer. layers: instead of the logger's. Where the
        model's parameters are spread over processes (FSDP), all of them must call this. If strict,
        raises InvalidInput for an input that the model cannot take, and NoAttention.
        """
        from tb_attention.capture import NamedTokens, capture, runs_on_all_processes

        with self._harmless(tag):
            step = _checked(tag, step)
            if step % self._options.every:
                return
            ready = self._ready()
            # One process alone would wait for the others for ever.
            if ready or runs_on_all_processes(model):
                captured = capture(
                    model,
                    text_or_ids,
                    tokenizer if tokens is None else NamedTokens(tokens),
                    decoder=decoder,
                    layers=self._options.layers if layers is None else layers,
                )
                if ready:
                    self._queue(captured, tag, step)

    @contextmanager
    def capture(
        self,
        model: Any,
        *,
        tag: str,
        step: int,
        tokenizer: Any = None,
        tokens: Sequence[str | bytes] | None = None,
        examples: Collection[int] = (0,),
        layers: Collection[int] | None = None,
    ) -> Iterator[None]:
        """Logs what is done with the model inside of the `with`.

        A forward pass, of a training step too, or generate().

        A generation is logged over its prompt and all generated tokens but the last, which is never
        fed. Of several separate passes the last one is logged. examples: rows of the batch, or of
        what generate() returns; if there are several, their tags are tag/0, tag/1 ... Beam search,
        and models that only return weights, run once more over the whole text. What the model
        computes is not changed. If strict, raises InvalidInput and NoAttention when it is left, as
        `log` does; nothing is logged where the `with` is left by an exception.
        """
        seen = None
        with ExitStack() as watching:
            with self._harmless(tag):
                step = _checked(tag, step)
                if step % self._options.every == 0 and self._ready():
                    from tb_attention.capture import watch_passes

                    seen = watching.enter_context(watch_passes(model, examples))
            yield
        if seen is not None:
            self._log_passes(seen, tag, step, tokenizer, layers, tokens)

    def capture_next(
        self,
        model: Any,
        *,
        tag: str,
        step: int,
        tokenizer: Any = None,
        tokens: Sequence[str | bytes] | None = None,
        examples: Collection[int] = (0,),
        layers: Collection[int] | None = None,
    ) -> None:
        """Logs the next forward pass of the model that has gradients, as soon as it is done.

        For a training step that is out of sight, as in a Trainer. Arguments as in `capture`. Where
        the one before has not come to pass it is told, and forgotten.
        """
        self._expect_nothing()
        with self._harmless(tag):
            step = _checked(tag, step)
            if step % self._options.every == 0 and self._ready():
                from tb_attention.capture.next_pass import NextPass

                self._next = (
                    tag,
                    NextPass(
                        model,
                        examples,
                        lambda seen: self._log_passes(seen, tag, step, tokenizer, layers, tokens),
                    ),
                )

    def write(self, capture: Capture, *, tag: str, step: int) -> None:
        """Logs a capture that is already there.

        Its arrays must stay as they are until it is written (see flush).

        If strict, raises InvalidInput where its tokens and tensors do not fit each other.
        """
        with self._harmless(tag):
            step = _checked(tag, step)
            if step % self._options.every == 0 and self._ready():
                self._queue(
                    replace(capture, stacks=chosen_layers(capture.stacks, self._options.layers)),
                    tag,
                    step,
                )

    def flush(self) -> None:
        """Returns when everything that was logged before is written."""
        if self._run is not None and self._background is not None:
            self._background.submit(self._run.flush)
            self._background.flush()
        self._failures.raise_if_strict()

    def close(self) -> None:
        """Writes what waits and closes the files; a SummaryWriter that was given stays open.

        May be called twice.
        """
        self._expect_nothing()
        if self._background is not None and not self._background.closed:
            self._background.close()
            self._failures.tell_rest()
        self._failures.raise_if_strict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _blocks(self) -> bool:
        return self._options.when_full == "block"

    def _ready(self) -> bool:
        """Whether a capture made now has a place; tells why where it has none."""
        if self._background is None:
            return False
        ready = not self._background.closed and (self._blocks or not self._background.full)
        if not ready:
            self._failures.dropped(self._background.closed)
        return ready

    def _queue(self, capture: Capture, tag: str, step: int) -> None:
        if self._run is None or self._background is None:
            return
        events = summary.capture_events(
            capture,
            tag=tag,
            step=step,
            wall_time=time.time(),
            session=self._session,
            files=self._run.files_before,
            float32=self._options.float32,
            heads=self._options.heads,
        )
        # The first event checks the capture, so that a wrong one raises here and not in the
        # background.
        events = itertools.chain([next(events)], events)
        if self._background.submit(self._run.writing(events), block=self._blocks):
            self.bytes += summary.stored_bytes(
                capture, float32=self._options.float32, heads=self._options.heads
            )
        else:
            self._failures.dropped(self._background.closed)

    def _log_passes(
        self,
        seen: Any,
        tag: str,
        step: int,
        tokenizer: Any,
        layers: Collection[int] | None,
        tokens: Sequence[str | bytes] | None = None,
    ) -> None:
        """Logs what was seen of several examples, each under a tag of its own."""

        def name(example: int) -> str:
            return tag if len(seen.examples) == 1 else f"{tag}/{example}"

        with self._harmless(tag):
            if tokens is not None:
                from tb_attention.capture import NamedTokens

                tokenizer = NamedTokens(tokens)
            captures = seen.captures(tokenizer, self._options.layers if layers is None else layers)
            for example, captured in captures.items():
                self._queue(captured, name(example), step)
        for example, error in seen.absent.items():
            with self._harmless(name(example)):
                raise error

    def _expect_nothing(self) -> None:
        """Forgets the pass that is waited for, and tells it where it never came."""
        if self._next is not None:
            (tag, waiting), self._next = self._next, None
            if waiting.cancel():
                with self._harmless(tag):
                    raise InvalidInput(
                        "the model made no forward pass with gradients where one was waited for: give the model that is trained."
                    )

    @contextmanager
    def _harmless(self, tag: str) -> Iterator[None]:
        """Nothing that happens inside stops the caller, unless the logger is strict."""
        try:
            yield
        except AttentionError as error:
            self._failures.refused(tag, error)
        except Exception as error:  # noqa: BLE001  (whatever a model raises, the training goes on)
            self._failures.capture_lost(error)
        self._failures.raise_if_strict()


def _process() -> int:
    """Number of this process in a distributed training that torch has begun, else 0."""
    distributed: Any = getattr(sys.modules.get("torch"), "distributed", None)
    begun = distributed is not None and distributed.is_available() and distributed.is_initialized()
    return int(distributed.get_rank()) if begun else 0


def _checked(tag: str, step: Any) -> int:
    if not isinstance(tag, str) or not tag:
        raise InvalidInput(f"the tag is {tag!r}: name the probe, such as 'doctor-she'.")
    try:
        number = operator.index(step)
    except TypeError:
        raise InvalidInput(f"the step is {step!r}: give an integer.") from None
    if number < 0:
        raise InvalidInput(f"the step is {number}: steps begin at 0.")
    return number
