"""What the scanner, TensorBoard and protobuf find in a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

from tb_attention.files.file_state import Read
from tb_attention.files.local import LocalFiles
from tb_attention.store.records import Record
from tb_attention.store.scan import Scanner

Row = tuple[int, float, str, bytes, bytes]
"""step, wall time, tag, content, TensorProto"""


BLOCK = LocalFiles.block


def rows_of(event: event_pb2.Event) -> list[Row]:
    """What protobuf says."""
    return [
        (
            event.step,
            event.wall_time,
            value.tag,
            value.metadata.plugin_data.content,
            value.tensor.SerializeToString(),
        )
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "attention"
    ]


def rows_by_tensorboard(path: Path) -> list[Row]:
    """What TensorBoard's own reader says."""
    return [
        row
        for data in RawEventFileLoader(str(path)).Load()
        for row in rows_of(event_pb2.Event.FromString(data))
    ]


def rows_of_record(read: Read, record: Record) -> list[Row]:
    return [
        (
            record.step,
            record.wall_time,
            value.tag,
            value.content,
            read(value.tensor.start, value.tensor.end - value.tensor.start),
        )
        for value in record.values
        if value.tensor is not None
    ]


def scanned(data: bytes, scanner: Scanner | None = None, block: int = BLOCK) -> list[Row]:
    """What the scanner finds in the bytes, from where it stopped before."""
    read = reader(data)
    return [
        row
        for record in (scanner or Scanner()).scan(read, len(data), block)
        for row in rows_of_record(read, record)
    ]


def reader(data: bytes) -> Read:
    return lambda offset, length: data[offset : offset + length]


def recorded(*payloads: bytes) -> bytes:
    file = io.BytesIO()
    writer = RecordWriter(file)
    for payload in payloads:
        writer.write(payload)
    return file.getvalue()


@contextmanager
def counted(path: Path) -> Iterator[tuple[Read, Callable[[], int]]]:
    """Ranged reads of a file, and how many bytes they gave."""
    total = 0
    with LocalFiles().open(str(path)) as plain:

        def read(offset: int, length: int) -> bytes:
            nonlocal total
            data = plain(offset, length)
            total += len(data)
            return data

        yield read, lambda: total


def delimited(number: int, data: bytes) -> bytes:
    """A length-delimited field, as protobuf writes it."""
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def varint(number: int) -> bytes:
    """As protobuf writes it."""
    out = []
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])
