"""Writes Event protos to record files; needs neither torch nor TensorBoard.

Policy: every record goes to the operating system in one piece as soon as it is written, so a
process that is killed loses at most the record it was writing; to a URL it goes with the next
flush. fsync only where it is asked for: after a loss of power a reader skips the torn end, and
training resumes from an older checkpoint anyway.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from tb_attention.files.write import Output, Place, place_at
from tb_attention.record.tfrecord import RECORD_FILES, FileNames, framed


class Message(Protocol):
    """What can be written: a protobuf message, such as tensorboard.compat.proto.event_pb2.Event."""

    def SerializeToString(self) -> bytes:  # noqa: D102  (protobuf's name)
        ...


class RecordWriter:
    """Appends records to a file in a directory.

    Directory and file are made by the first write. A failed write takes back all that was written
    since the last flush, so that half a capture takes no room on a full disk, and the next record
    goes to a new file. For one thread at a time.
    """

    def __init__(
        self,
        directory: Place | str | os.PathLike[str],
        *,
        names: FileNames = RECORD_FILES,
        first: Callable[[], Message] | None = None,
        full: int = 8 << 20,
    ) -> None:
        """Makes nothing yet.

        Each flush of a file at a URL writes the whole file, so that it should be small; and a
        reader asks for each file, so that there should be few.

        Args:
            directory: also a URL, see tb_attention.files.write.
            names: names of the files.
            first: makes the message that every file begins with.
            full: bytes of a file at a URL from which on the next flush begins another one.
        """
        self._place = place_at(directory) if isinstance(directory, str | os.PathLike) else directory
        self._names, self._first, self._full = names, first, full
        self._file: Output | None = None
        self.names: list[str] = []
        """The files that were made, the newest last."""

    def write(self, message: Message) -> None:
        """Appends one record.

        Raises:
            OSError: the disk is full, or the directory cannot be written.
        """
        data = message.SerializeToString()
        with self._abandoned_on_failure():
            if self._file is None:
                self._open()
            self._append(data)

    def removed(self) -> bool:
        """Whether the file was removed under the writer; the next record then goes to a new one."""
        if self._file is None or not self._file.removed():
            return False
        file, self._file = self._file, None
        file.close()
        return True

    def flush(self, *, sync: bool = False) -> None:
        """Keeps what was written: a failure of what comes later takes nothing of it back.

        At a URL it is what makes it readable. sync: forces it onto the disk.

        Raises:
            OSError: the disk is full, or the directory cannot be written.
        """
        if self._file is not None:
            with self._abandoned_on_failure():
                self._file.flush(sync)
            if self._file.full:
                self.close()

    def close(self) -> None:
        """Flushes and closes the file; a later write makes a new one."""
        if self._file is not None:
            file, self._file = self._file, None
            file.close()

    def _open(self) -> None:
        name = self._names.new()
        self._file = self._place.create(name, self._full)
        self.names.append(name)
        if self._first is not None:
            self._append(self._first().SerializeToString())

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        self._file.append(framed(data))

    @contextmanager
    def _abandoned_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if self._file is not None:
                file, self._file = self._file, None
                if not file.abandon():
                    self.names.pop()
            raise
