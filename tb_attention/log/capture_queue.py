"""The captures of one logger on their way to the run directory."""

from __future__ import annotations

import itertools
import operator
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tb_attention.errors import AttentionError, InvalidInput
from tb_attention.log.background import BackgroundWriter
from tb_attention.log.failures import Failures
from tb_attention.log.options import Options
from tb_attention.log.run import RunWriter
from tb_attention.record import summary
from tb_attention.record.capture import Capture


class CaptureQueue:
    """Checks captures where they are made, and writes them in the background.

    What goes wrong on either side is counted and reported in one place, and reaches the caller
    only of a strict logger.
    """

    def __init__(self, log_dir: Any, options: Options) -> None:
        """Makes nothing in the run directory before there is something to write.

        Args:
            log_dir: as AttentionLogger takes it; None: nothing is written.
            options: of the logger.
        """
        self._options = options
        self._session = options.session or uuid.uuid4().hex
        self._run: RunWriter | None = None
        self._background: BackgroundWriter | None = None
        if log_dir is not None and (options.session is not None or _process() == 0):
            self._run = RunWriter(log_dir, options)
            self._background = BackgroundWriter(
                options.queue_size, self._run.failures.capture_lost, self._run.close
            )
        self._failures = Failures(None, options.strict) if self._run is None else self._run.failures
        self.bytes = 0
        """Size of what was put in: bytes of its queries, keys and weights as they are stored."""

    @property
    def directory(self) -> Path | str | None:
        """The run directory; None where nothing is written."""
        return None if self._run is None else self._run.directory

    def below(self, name: str) -> CaptureQueue:
        """One for another run, in a directory of this name below the run directory."""
        directory = self.directory
        place = directory / name if isinstance(directory, Path) else f"{directory}/{name}"
        return CaptureQueue(None if directory is None else place, self._options)

    @property
    def lost(self) -> int:
        """Number of captures that were not logged."""
        return self._failures.lost

    def due(self, tag: str, step: Any) -> bool:
        """Whether this step is to be logged.

        Raises:
            InvalidInput: the tag is no name, or the step no number of 0 or more.
        """
        return _checked(tag, step) % self._options.every == 0

    def has_room(self) -> bool:
        """Whether a capture made now has a place; reports why where it has none."""
        if self._background is None:
            return False
        room = not self._background.closed and (self._blocks or not self._background.full)
        if not room:
            self._failures.dropped(self._background.closed)
        return room

    def put(self, capture: Capture, tag: str, step: Any) -> None:
        """Checks a capture, and leaves it to be written.

        Raises:
            InvalidInput: tokens and tensors do not fit each other, or tag or step is none.
        """
        if self._run is None or self._background is None:
            return
        events = summary.capture_events(
            capture,
            tag=tag,
            step=_checked(tag, step),
            wall_time=time.time(),
            session=self._session,
            files=self._run.files_before,
            float32=self._options.float32,
            heads=self._options.heads,
        )
        # The first event checks the capture: a wrong one raises here, not in the background.
        events = itertools.chain([next(events)], events)
        if self._background.submit(self._run.writing(events), block=self._blocks):
            self.bytes += summary.stored_bytes(
                capture, float32=self._options.float32, heads=self._options.heads
            )
        else:
            self._failures.dropped(self._background.closed)

    def effects_lost(self, tag: str, error: Exception) -> None:
        """Reports why a capture is logged without effects."""
        self._failures.effects_lost(tag, error)

    @contextmanager
    def harmless(self, tag: str) -> Iterator[None]:
        """Nothing that happens inside stops the caller, unless the logger is strict."""
        try:
            yield
        except AttentionError as error:
            self._failures.refused(tag, error)
        except Exception as error:  # noqa: BLE001  (whatever a model raises, the training goes on)
            self._failures.capture_lost(error)
        self._failures.raise_if_strict()

    def flush(self) -> None:
        """Returns when all that was put in before is written.

        Raises:
            LoggingFailed: something could not be logged; only of a strict logger.
        """
        if self._run is not None and self._background is not None:
            self._background.submit(self._run.flush)
            self._background.flush()
        self._failures.raise_if_strict()

    def close(self) -> None:
        """Writes what waits and closes the files; may be called twice.

        Raises:
            LoggingFailed: something could not be logged; only of a strict logger.
        """
        if self._background is not None and not self._background.closed:
            self._background.close()
            self._failures.tell_rest()
        self._failures.raise_if_strict()

    @property
    def _blocks(self) -> bool:
        return self._options.when_full == "block"


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
