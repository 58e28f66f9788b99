"""Puts small values into the event file of a run: the user's SummaryWriter's, or one of our own.

TensorBoard's Python loader reads only the newest event file of a directory, so a second one beside
another writer would freeze the user's scalars. Nothing here opens one: not beside a writer of this
process, and not by using a SummaryWriter after close().
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any

from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_attention.errors import InvalidInput, LoggingFailed
from tb_attention.files.url import is_url, missing
from tb_attention.files.write import Place, place_at
from tb_attention.log.record_file import RecordWriter
from tb_attention.record.tfrecord import EVENT_FILES, event_files_of_this_process

_lock = threading.Lock()
_open: set[str] = set()
"""Directories in which an EventWriter of this process has an event file open."""
_closed: set[tuple[str, str]] = set()
"""(directory, name) of the event files that EventWriters of this process have closed."""


class EventWriter:
    """The event file of a run.

    That of the SummaryWriter that is given, or a new one in a directory, made by the first value.
    """

    def __init__(self, log_dir: Any) -> None:
        """Finds the run directory.

        Args:
            log_dir: a directory, or a SummaryWriter (torch.utils.tensorboard, tensorboardX).

        Raises:
            InvalidInput: it is neither, or cannot be written to.
        """
        self._given = None if isinstance(log_dir, str | os.PathLike) else log_dir
        self.place = place_at(_directory(log_dir))
        """The run directory."""
        self._own: RecordWriter | None = None

    def add(self, summary: summary_pb2.Summary, step: int, wall_time: float) -> None:
        """Adds the values of one Event.

        Raises:
            LoggingFailed: no event file may be opened, or the SummaryWriter is closed.
            OSError: the disk.
        """
        if self._given is not None:
            _file_writer(self._given).add_summary(
                _as_its_own(summary, self._given), step, wall_time
            )
            return
        if self._own is None:
            self._own = _opened(self.place)
        self._own.write(event_pb2.Event(step=step, wall_time=wall_time, summary=summary))

    def settle(self) -> None:
        """Makes the values in a file of our own readable, after the last one of a capture.

        So the values of a capture stay in one file.

        Raises:
            OSError: the disk.
        """
        if self._own is not None:
            self._own.flush()

    def removed(self) -> bool:
        """Whether a file of our own was removed; the next value then goes to a new one."""
        return self._own is not None and self._own.removed()

    def flush(self) -> None:
        """Hands values that the SummaryWriter keeps back to the operating system."""
        if self._given is not None and self._given.file_writer is not None:
            self._given.flush()

    def close(self) -> None:
        """Closes the file of our own; a SummaryWriter that was given stays open."""
        if self._own is not None:
            own, self._own = self._own, None
            own.close()
            identity = self.place.identity()
            with _lock:
                _open.discard(identity)
                _closed.update((identity, name) for name in own.names)


def _directory(log_dir: Any) -> str:
    directory = log_dir
    if not isinstance(log_dir, str | os.PathLike):
        directory = getattr(log_dir, "log_dir", None) or getattr(log_dir, "logdir", None)
        if not directory or not hasattr(log_dir, "file_writer"):
            raise InvalidInput(
                f"a log directory or a SummaryWriter is needed, not {type(log_dir).__name__}."
            )
    if is_url(directory) and (advice := missing(str(directory))):
        raise InvalidInput(
            f"nothing can be written to {directory}, as {advice}, or log to a local directory."
        )
    return str(directory)


def _file_writer(given: Any) -> Any:
    """That of a SummaryWriter that is open.

    The methods of a SummaryWriter would open a new event file after close().
    """
    if given.file_writer is None:
        raise LoggingFailed("the SummaryWriter was closed: close it after AttentionLogger.close().")
    return given.file_writer


def _as_its_own(summary: summary_pb2.Summary, given: Any) -> Any:
    """The summary as a message of the writer's library.

    TensorboardX has its own, which keeps fields that it does not know.
    """
    library = type(given).__module__.partition(".")[0]
    own = sys.modules.get(f"{library}.proto.summary_pb2")
    return own.Summary.FromString(summary.SerializeToString()) if own is not None else summary


def _opened(place: Place) -> RecordWriter:
    identity = place.identity()
    with _lock:
        ours = event_files_of_this_process(place.names())
        if identity in _open or any((identity, name) not in _closed for name in ours):
            raise LoggingFailed(
                f"another writer of this process has an event file in {place.path}, and a second "
                "one would hide it: "
                "give its SummaryWriter to AttentionLogger instead of the directory."
            )
        _open.add(identity)
    return RecordWriter(place, names=EVENT_FILES, first=_version, full=1 << 20)


def _version() -> event_pb2.Event:
    return event_pb2.Event(wall_time=time.time(), file_version="brain.Event:2")
