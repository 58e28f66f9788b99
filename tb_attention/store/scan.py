"""Finds values of the attention plugin in TFRecord files of Events, without reading tensors.

A record has its step, wall time, tags and descriptions, and where its tensors stand. Records are
framed as in record/tfrecord.py.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import google_crc32c
from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import SummaryMetadata
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

from tb_attention.files.file_state import Read
from tb_attention.record.tfrecord import FOOTER, HEADER, PLUGIN_NAME, masked, masked_crc32c
from tb_attention.store.wire import LARGEST_BLOCK, Damaged, Window, fields

_DOUBLE = struct.Struct("<d")

SMALL = 1 << 16
"""Records of at most this many bytes are read whole: cheaper than jumping about in them."""

_HEAD_RECORDS = 4
"""A SummaryWriter says its purge_step in one of these first records, after two versions."""

_LARGEST_SHAPE, _MOST_NUMBERS = 256, 1 << 16
"""No shape of a capture has more bytes, and no tensor more numbers that are a field each."""

# Field number << 3 | wire type, as it stands before a field.
_EVENT_WALL_TIME, _EVENT_STEP, _EVENT_SUMMARY = 1 << 3 | 1, 2 << 3, 5 << 3 | 2
_SUMMARY_VALUE = 1 << 3 | 2
_VALUE_TAG, _VALUE_TENSOR, _VALUE_METADATA = 1 << 3 | 2, 8 << 3 | 2, 9 << 3 | 2
_TENSOR_DTYPE, _TENSOR_SHAPE, _TENSOR_CONTENT = 1 << 3, 2 << 3 | 2, 4 << 3 | 2

_NAMED = b"\n" + bytes([len(PLUGIN_NAME)]) + PLUGIN_NAME.encode()
"""How plugin_name stands in the bytes of an Event: a record without it is none of ours."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor stands in the file.

    Attributes:
        dtype: as in TensorProto.
        shape: sizes of its axes.
        start: first byte of its TensorProto.
        end: one past the last byte of its TensorProto.
        content: first byte of its raw little-endian bytes and one past the last; None where it has
            none.
    """

    dtype: int
    shape: tuple[int, ...]
    start: int
    end: int
    content: tuple[int, int] | None


@dataclass(slots=True)
class Value:
    """One Summary.Value of the plugin.

    Attributes:
        tag: its tag.
        content: plugin_data.content.
        tensor: where its tensor stands; None where it has none.
    """

    tag: str
    content: bytes
    tensor: Tensor | None


@dataclass(slots=True)
class Record:
    """One Event with values of the plugin.

    Attributes:
        offset: of its header in the file.
        start: first byte of its payload.
        end: one past the last byte of its payload.
        step: the step of the Event.
        wall_time: seconds since the epoch.
        values: the values of the plugin.
    """

    offset: int
    start: int
    end: int
    step: int = 0
    wall_time: float = 0.0
    values: list[Value] = field(default_factory=list)


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


def record_at(window: Window, offset: int) -> Record:
    """The record that begins at the offset, not yet parsed.

    Raises:
        Damaged: the length does not have its crc32c.
    """
    place = window.hold(offset, HEADER.size)
    length, crc = HEADER.unpack_from(window.data, place)
    if masked_crc32c(window.data[place : place + 8]) != crc:
        raise Damaged("the length of a record is damaged")
    start = offset + HEADER.size
    return Record(offset, start, start + length)


def parse_event(window: Window, record: Record) -> None:
    """Fills in step, wall time and the plugin's values, jumping over tensors.

    Raises:
        Damaged: the payload is no Event.
    """
    next_field, position = window.field, record.start
    while position < record.end:
        key, first, position = next_field(position, record.end)
        if key == _EVENT_WALL_TIME:
            (record.wall_time,) = _DOUBLE.unpack(window.bytes(first, position))
        elif key == _EVENT_STEP:
            record.step = first - (1 << 64) if first >> 63 else first
        elif key == _EVENT_SUMMARY:
            summary, position = position, first
            while position < summary:
                key, first, position = next_field(position, summary)
                if key == _SUMMARY_VALUE and (value := _value(window, first, position)) is not None:
                    record.values.append(value)


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


def parse_tensor(window: Window, start: int, end: int) -> Tensor:
    """Where the parts of the TensorProto between start and end stand.

    Raises:
        Damaged: it is no TensorProto.
    """
    dtype, content = 0, None
    shape: tuple[int, ...] = ()
    for number, (key, first, last) in enumerate(fields(window, start, end)):
        if number > _MOST_NUMBERS or (last - first > _LARGEST_SHAPE and key == _TENSOR_SHAPE):
            raise Damaged("a tensor has too many fields")
        if key == _TENSOR_DTYPE:
            dtype = first
        elif key == _TENSOR_SHAPE:
            shape += _shape(window.bytes(first, last))
        elif key == _TENSOR_CONTENT:
            content = (first, last)
    return Tensor(dtype, shape, start, end, content)


def payload_is_intact(read: Read, record: Record) -> bool:
    """Whether the payload has the crc32c that was written behind it.

    Reads all of it, a block at a time.
    """
    crc, position = 0, record.start
    while position < record.end:
        part = read(position, min(LARGEST_BLOCK, record.end - position))
        if not part:
            return False
        crc = google_crc32c.extend(crc, part)
        position += len(part)
    return read(record.end, FOOTER.size) == FOOTER.pack(masked(crc))


def _value(window: Window, start: int, end: int) -> Value | None:
    """The Summary.Value between start and end, or None where it belongs to another plugin."""
    tag, described = b"", b""
    tensor: Tensor | None = None
    next_field, position = window.field, start
    while position < end:
        key, first, position = next_field(position, end)
        if key == _VALUE_TENSOR:
            tensor = parse_tensor(window, first, position)
        elif key == _VALUE_TAG:
            tag = window.bytes(first, position)
        elif key == _VALUE_METADATA:
            described += window.bytes(first, position)
    name, content = _described(described)
    try:
        return Value(tag.decode(), content, tensor) if name == PLUGIN_NAME else None
    except UnicodeDecodeError as error:
        raise Damaged("a tag is no text") from error


@lru_cache(maxsize=4)
def _described(metadata: bytes) -> tuple[str, bytes]:
    """Name and content of plugin_data; kept, because all tensors of a capture have the same."""
    try:
        plugin = SummaryMetadata.FromString(metadata).plugin_data
    except DecodeError as error:
        raise Damaged("the description of a value is damaged") from error
    return plugin.plugin_name, plugin.content


@lru_cache(maxsize=64)
def _shape(message: bytes) -> tuple[int, ...]:
    """Sizes of the axes; kept, because the layers of a capture have two or three shapes."""
    try:
        return tuple(axis.size for axis in TensorShapeProto.FromString(message).dim)
    except DecodeError as error:
        raise Damaged("the shape of a tensor is damaged") from error
