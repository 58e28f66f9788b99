"""Finds values of the attention plugin in TFRecord files of Events, without reading tensors.

A record has its step, wall time, tags and descriptions, and where its tensors stand. Records are
framed as in record/tfrecord.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event, SessionLog

from tb_attention.files.file_state import Read
from tb_attention.record.tfrecord import FOOTER, HEADER, PLUGIN_NAME
from tb_attention.store.records import Record, footer_of, parse_event, record_at
from tb_attention.store.wire import Damaged, Window

SMALL = 1 << 16
"""Records of at most this many bytes are read whole: cheaper than jumping about in them."""

_HEAD_RECORDS = 4
"""A SummaryWriter says its purge_step in one of these first records, after two versions."""

_NAMED = b"\n" + bytes([len(PLUGIN_NAME)]) + PLUGIN_NAME.encode()
"""How plugin_name stands in the bytes of an Event: a record without it is none of ours."""


@dataclass(frozen=True, slots=True)
class Purge:
    """A SummaryWriter's purge_step: what was written before is hidden from that step on.

    Attributes:
        step: the first step that is hidden.
        wall_time: seconds since the epoch; what was written before it is hidden.
    """

    step: int
    wall_time: float


class Scanner:
    """Goes through one file that may still grow.

    Each call of `scan` continues where the last one stopped.
    """

    def __init__(self) -> None:
        self.position = 0
        self.corrupt = 0
        self.stuck = False

    def scan(self, read: Read, size: int, block: int) -> Iterator[Record]:
        """The records with values of the plugin, from where the last scan stopped.

        A record that is not complete yet is left for the next scan. One whose Event cannot be read
        is counted in `corrupt`. Where a length is damaged nothing can be found behind it: `stuck`
        is set, and the next scan tries that place again.

        Args:
            read: reads ranges of the file.
            size: number of bytes of the file that are looked at.
            block: bytes to read after a jump.
        """
        window = Window(read, block)
        self.stuck = False
        clear = 0
        while (record := self._next(window, size)) is not None:
            if record.end <= clear:
                self.position = record.end + FOOTER.size
                continue
            try:
                if record.end - record.start <= SMALL:
                    place = window.hold(record.start, record.end - record.start)
                    found = window.data.find(_NAMED, place)
                    clear = window.base + (found if found >= 0 else len(window.data))
                if record.end > clear:
                    parse_event(window, record)
                    if record.values:
                        record.footer = footer_of(window, record)
            except Damaged:
                self.corrupt += 1
                record.values.clear()
            if record.values:
                yield record
            # Not before: a record whose reader failed comes again with the next scan.
            self.position = record.end + FOOTER.size

    def _next(self, window: Window, size: int) -> Record | None:
        if self.position + HEADER.size > size:
            return None
        try:
            record = record_at(window, self.position)
        except Damaged:
            self.stuck = True
            return None
        return record if record.end + FOOTER.size <= size else None


def purge_of(read: Read, size: int) -> Purge | None:
    """What the SummaryWriter of an event file purges, which stands in its first records."""
    window = Window(read, 4096)
    offset = 0
    for _ in range(_HEAD_RECORDS):
        if offset + HEADER.size > size:
            return None
        try:
            record = record_at(window, offset)
            if record.end > min(size, offset + SMALL):
                return None
            event = Event.FromString(window.bytes(record.start, record.end))
        except (Damaged, DecodeError):
            return None
        if event.HasField("session_log") and event.session_log.status == SessionLog.START:
            return Purge(event.step, event.wall_time)
        offset = record.end + FOOTER.size
    return None
