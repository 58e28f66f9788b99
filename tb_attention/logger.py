"""AttentionLogger: captures go in, and come out as record files and small values in an event file, written in the background."""

from __future__ import annotations

import itertools
import logging
import operator
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tensorboard.compat.proto import event_pb2

from tb_attention import summary
from tb_attention.captures import Capture
from tb_attention.errors import AttentionError, InvalidInput, LoggingFailed
from tb_attention.event_writer import EventWriter
from tb_attention.writer import BackgroundWriter, RecordWriter

_log = logging.getLogger(__name__)


class AttentionLogger:
    """Logs attention to TensorBoard: record files in plugins/attention of the run directory, a small value in its event file.

    The forward pass runs where `log` is called; everything else (head metrics, thumbnails, writing) in one background thread.
    What fails, such as a full disk, is told once as a warning of the logger "tb_attention.logger" and never stops the caller.
    """

    def __init__(
        self,
        where: Any,
        *,
        queue_size: int = 8,
        when_full: Literal["block", "drop"] = "block",
        float32: bool = False,
        strict: bool = False,
        session: str | None = None,
        event_file: bool = True,
    ) -> None:
        """where: a log directory, or the SummaryWriter that already writes there (torch.utils.tensorboard, tensorboardX).

        The directory may be a URL, of s3://, gs:// or whatever else TensorBoard's file layer writes. queue_size: captures that may
        wait to be written. when_full: what `log` does then: "block" waits, "drop" leaves the capture out. float32: queries and keys
        are stored in float32 and not in float16. strict: what fails raises LoggingFailed from the next call, and is not a warning.
        session: who writes, see Capture.session in proto/attention.proto; by default a new one. The processes of one job that log
        different steps to one directory share a session, and only one of them has event_file=True, because a second event file
        would hide the first. Raises InvalidInput for a place that cannot be logged to.
        """
        if queue_size < 1:
            raise InvalidInput(f"queue_size is {queue_size}: at least one capture must be able to wait.")
        if when_full not in ("block", "drop"):
            raise InvalidInput(f'when_full is {when_full!r}: it is "block" or "drop".')
        self._run = _Run(where, strict, event_file)
        self._background = BackgroundWriter(queue_size, self._run.failures.capture_lost, self._run.close)
        self._block, self._float32 = when_full == "block", float32
        self._session = session or uuid.uuid4().hex

    @property
    def directory(self) -> Path | str:
        """The run directory; a str where it is a URL."""
        return self._run.directory

    @property
    def lost(self) -> int:
        """Number of captures that could not be logged, or were dropped because the queue was full."""
        return self._run.failures.lost

    def log(
        self,
        model: Any,
        text_or_ids: Any,
        *,
        tag: str,
        step: int,
        tokenizer: Any = None,
        decoder: Any = None,
        layers: Collection[int] | None = None,
    ) -> None:
        """Runs the model on one text, or token ids, and logs its attention; see tb_attention.capture.capture.

        tag: name of the probe, followed over steps. Raises InvalidInput for an input that the model cannot take, and NoAttention.
        """
        from tb_attention.capture import capture  # needs torch, which plain arrays do not

        step = _checked(tag, step)
        if self._ready():
            with self._harmless():
                self._queue(capture(model, text_or_ids, tokenizer, decoder=decoder, layers=layers), tag, step)

    @contextmanager
    def capture(
        self,
        model: Any,
        *,
        tag: str,
        step: int,
        tokenizer: Any = None,
        examples: Collection[int] = (0,),
        layers: Collection[int] | None = None,
    ) -> Iterator[None]:
        """Logs what is done with the model inside of the `with`: a forward pass, of a training step too, or generate().

        A generation is logged over its prompt and all generated tokens but the last, which is never fed. Of several separate
        passes the last one is logged. examples: rows of the batch, or of what generate() returns; if there are several, their
        tags are tag/0, tag/1 ... Beam search, and models that only return weights, run once more over the whole text. What the
        model computes is not changed. Raises InvalidInput and NoAttention when it is left, as `log` does; nothing is logged
        where the `with` is left by an exception.
        """
        from tb_attention.capture.passes import watch_passes  # needs torch, which plain arrays do not

        step = _checked(tag, step)
        if not self._ready():
            yield
            return
        with watch_passes(model, examples) as passes:
            yield
        with self._harmless():
            for example, captured in passes.captures(tokenizer, layers).items():
                self._queue(captured, tag if len(examples) == 1 else f"{tag}/{example}", step)

    def write(self, capture: Capture, *, tag: str, step: int) -> None:
        """Logs a capture that is already there; its arrays must stay as they are until it is written (see flush).

        Raises InvalidInput where its tokens and tensors do not fit each other.
        """
        step = _checked(tag, step)
        if self._ready():
            with self._harmless():
                self._queue(capture, tag, step)

    def flush(self) -> None:
        """Returns when everything that was logged before is written."""
        self._background.submit(self._run.flush)
        self._background.flush()
        self._run.failures.raise_if_strict()

    def close(self) -> None:
        """Writes what waits and closes the files; a SummaryWriter that was given stays open. May be called twice."""
        if not self._background.closed:
            self._background.close()
            self._run.failures.tell_rest()
        self._run.failures.raise_if_strict()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _ready(self) -> bool:
        """Whether a capture made now has a place; tells why where it has none."""
        ready = not self._background.closed and (self._block or not self._background.full)
        if not ready:
            self._run.failures.dropped(self._background.closed)
        self._run.failures.raise_if_strict()
        return ready

    def _queue(self, capture: Capture, tag: str, step: int) -> None:
        events = summary.capture_events(capture, tag=tag, step=step, wall_time=time.time(), session=self._session, float32=self._float32)
        # The first event checks the capture, so that a wrong one raises here and not in the background.
        events = itertools.chain([next(events)], events)
        if not self._background.submit(self._run.writing(events), block=self._block):
            self._run.failures.dropped(self._background.closed)

    @contextmanager
    def _harmless(self) -> Iterator[None]:
        """Lets what the caller did wrong through, and nothing else."""
        try:
            yield
        except AttentionError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever a model raises, the training goes on)
            self._run.failures.capture_lost(error)
        self._run.failures.raise_if_strict()


class _Run:
    """The files of one run directory. Used by the background thread, and knows nothing of the AttentionLogger."""

    def __init__(self, where: Any, strict: bool, event_file: bool) -> None:
        self._event_file = event_file
        self._events = EventWriter(where)
        self.directory = self._events.place.path
        self._records = RecordWriter(self._events.place.below("plugins", summary.PLUGIN_NAME))
        self.failures = _Failures(self.directory, strict)

    def writing(self, events: Iterator[event_pb2.Event]) -> Callable[[], None]:
        """The job that writes the events of one capture, the commit last, and then its small value."""

        def write() -> None:
            for event in events:
                self._records.write(event)
                last = event
            self._records.flush()
            if not self._event_file:
                return
            try:
                self._events.add(summary.overview_value(last), last.step, last.wall_time)
            except Exception as error:  # noqa: BLE001  (whatever a SummaryWriter raises, the record file is written)
                self.failures.small_value_lost(error)

        return write

    def flush(self) -> None:
        try:
            self._events.flush()
        except Exception as error:  # noqa: BLE001  (as above)
            self.failures.small_value_lost(error)

    def close(self) -> None:
        """Runs at the end of the process too, when nobody else would flush a SummaryWriter."""
        self.flush()
        try:
            self._records.close()
        finally:
            self._events.close()


class _Failures:
    """What went wrong: the first of a kind is told at once, the number at the end; or, if strict, raised from the next call.

    Told by logging and not by warnings.warn, because a warning can be turned into an exception, which would stop the training.
    """

    def __init__(self, directory: Path | str, strict: bool) -> None:
        self._directory, self._strict = directory, strict
        self._told: set[str] = set()
        self._raise: LoggingFailed | None = None
        self.lost = 0

    def capture_lost(self, error: Exception) -> None:
        self.lost += 1
        what = f"attention could not be logged to {self._directory}: {_sentence(error)} This capture is lost, training goes on."
        advice = "Make room on the disk and check that the directory can be written." if isinstance(error, OSError) else ""
        self._tell(type(error).__name__, f"{what} {advice}".rstrip(), error)

    def small_value_lost(self, error: Exception) -> None:
        what = f"the event file in {self._directory} got no head metrics: {_sentence(error)}"
        self._tell("event file", f"{what} The Attention tab still has the whole capture.", error)

    def dropped(self, closed: bool) -> None:
        self.lost += 1
        if closed:
            self._tell("closed", f"the AttentionLogger of {self._directory} is closed: what is logged now is lost.", None)
        else:
            self._tell("full", 'attention was dropped, as writing is behind: log less often, or use when_full="block".', None)

    def tell_rest(self) -> None:
        if self.lost > 1 and not self._strict:
            _log.warning("%d captures were not logged to %s.", self.lost, self._directory)

    def raise_if_strict(self) -> None:
        if self._raise is not None:
            error, self._raise = self._raise, None
            raise error

    def _tell(self, kind: str, message: str, cause: Exception | None) -> None:
        if self._strict:
            if self._raise is None:
                self._raise = LoggingFailed(message)
                self._raise.__cause__ = cause
        elif kind not in self._told:
            self._told.add(kind)
            _log.warning("%s", message)


def _sentence(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text if text.endswith(".") else f"{text}."


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
