"""Writes records in the background: Event protos go in, a record file comes out.

Needs no torch and no TensorBoard.

Policy: every record goes to the operating system in one piece as soon as it is written, so a
process that is killed loses at most the record it was writing; to a URL it goes with the next
flush. fsync only where it is asked for: after a loss of power a reader skips the torn end, and
training resumes from an older checkpoint anyway.
"""

from __future__ import annotations

import itertools
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import google_crc32c

from tb_attention.files.write import Output, Place, place_at

_numbers = itertools.count()


class Record(Protocol):
    """What can be written: a protobuf message, such as tensorboard.compat.proto.event_pb2.Event."""

    def SerializeToString(self) -> bytes:  # noqa: D102  (protobuf's name)
        ...


class RecordWriter:
    """Appends records, TFRecord-framed, to a file <before><unixtime>.<host>.<pid>.<n><after> in a directory.

    Directory and file are made by the first write. After a failed write the next record goes to a
    new file, so that the torn one damages nothing that comes later; a file without a whole record
    is removed. For one thread at a time.
    """

    def __init__(
        self,
        directory: Place | str | os.PathLike[str],
        *,
        before: str = "attention.",
        after: str = ".tfrecord",
        first: Callable[[], Record] | None = None,
        full: int = 8 << 20,
    ) -> None:
        """directory: also a URL, see tb_attention.files.write.

        first: makes the record that every file begins with.

        full: bytes of a file at a URL from which on the next flush begins another one. Each flush
        writes the whole file, so that it should be small; and a reader asks for each file, so that
        there should be few.
        """
        self._place = place_at(directory) if isinstance(directory, str | os.PathLike) else directory
        self._before, self._after, self._first, self._full = before, after, first, full
        self._file: Output | None = None
        self._whole = 0
        self.names: list[str] = []
        """The files that were made, the newest last."""

    def write(self, record: Record) -> None:
        """Appends one record. Raises OSError where the disk is full or the directory cannot be written."""
        data = record.SerializeToString()
        with self._abandoned_on_failure():
            if self._file is None:
                self._open()
            self._append(data)
        self._whole += 1

    def flush(self, *, sync: bool = False) -> None:
        """Makes what was written readable where writing is not enough: at a URL.

        sync: forces it onto the disk. Raises OSError.
        """
        if self._file is not None:
            with self._abandoned_on_failure():
                self._file.flush(sync)
            if self._file.full:
                self.close()

    def close(self) -> None:
        """Flushes and closes the file; a later write makes a new one."""
        if self._file is not None:
            file, self._file, self._whole = self._file, None, 0
            file.close()

    def _open(self) -> None:
        name = f"{self._before}{int(time.time()):010}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}{self._after}"
        self._file = self._place.create(name, self._full)
        self.names.append(name)
        if self._first is not None:
            self._append(self._first().SerializeToString())

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        length = struct.pack("<Q", len(data))
        self._file.append(b"".join((length, _masked_crc(length), data, _masked_crc(data))))

    @contextmanager
    def _abandoned_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if self._file is not None:
                file, whole, self._file, self._whole = self._file, self._whole, None, 0
                if not file.abandon(keep=whole > 0):
                    self.names.pop()
            raise


def _masked_crc(data: bytes) -> bytes:
    """CRC-32C, rotated and shifted as TFRecord wants it, because a CRC of data that holds its own CRC is weak."""
    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
