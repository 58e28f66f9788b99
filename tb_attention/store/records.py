"""Records of TFRecord files with values of the plugin, parsed without reading tensors."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import lru_cache

import google_crc32c
from google.protobuf.message import DecodeError
from tensorboard.compat.proto.summary_pb2 import SummaryMetadata
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

from tb_attention.files.file_state import Read
from tb_attention.record.tfrecord import FOOTER, HEADER, PLUGIN_NAME, masked, masked_crc32c
from tb_attention.store.wire import LARGEST_BLOCK, Damaged, Window, fields

_DOUBLE = struct.Struct("<d")

_LARGEST_SHAPE, _MOST_NUMBERS = 256, 1 << 16
"""No shape of a capture has more bytes, and no tensor more numbers that are a field each."""

# Field number << 3 | wire type, as it stands before a field.
_EVENT_WALL_TIME, _EVENT_STEP, _EVENT_SUMMARY = 1 << 3 | 1, 2 << 3, 5 << 3 | 2
_SUMMARY_VALUE = 1 << 3 | 2
_VALUE_TAG, _VALUE_TENSOR, _VALUE_METADATA = 1 << 3 | 2, 8 << 3 | 2, 9 << 3 | 2
_TENSOR_DTYPE, _TENSOR_SHAPE, _TENSOR_CONTENT = 1 << 3, 2 << 3 | 2, 4 << 3 | 2


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
        footer: the masked crc32c that stands behind the payload.
    """

    offset: int
    start: int
    end: int
    step: int = 0
    wall_time: float = 0.0
    values: list[Value] = field(default_factory=list)
    footer: int = 0


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


def footer_of(window: Window, record: Record) -> int:
    """The masked crc32c that stands behind the payload of a record."""
    footer: int = FOOTER.unpack(window.bytes(record.end, record.end + FOOTER.size))[0]
    return footer


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
    try:
        read_intact(read, record, record.start, record.start)
    except Damaged:
        return False
    return True


def read_intact(read: Read, record: Record, start: int, end: int) -> bytearray:
    """The bytes from start to end of a record, of which all are read, a block at a time.

    Raises:
        Damaged: the bytes that were read do not have the crc32c that stands behind them.
    """
    crc, position = 0, record.start
    wanted = bytearray()
    while position < record.end:
        part = read(position, min(LARGEST_BLOCK, record.end - position))
        if not part:
            raise Damaged("a record is cut off")
        crc = google_crc32c.extend(crc, part)
        wanted += part[max(start - position, 0) : max(end - position, 0)]
        position += len(part)
    if read(record.end, FOOTER.size) != FOOTER.pack(masked(crc)):
        raise Damaged("a checksum is wrong")
    return wanted


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
