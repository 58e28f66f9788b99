"""event_file against TensorBoard's own writers and readers, and against protobuf."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import capture, events, write
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.summary.writer.record_writer import RecordWriter, masked_crc32c
from tensorboard.util.tensor_util import make_ndarray, make_tensor_proto

from tb_attention.files.read import LocalFiles, Read
from tb_attention.record.summary import tensor_proto
from tb_attention.store.scan import (
    Record,
    Scanner,
    parse_event,
    parse_tensor,
    payload_is_intact,
    record_at,
)
from tb_attention.store.wire import Window

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
            read(value.tensor[0], value.tensor[1] - value.tensor[0]),
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


def test_the_event_file_writer_of_tensorboard(tmp_path: Path) -> None:
    writer = EventFileWriter(str(tmp_path))
    for step in range(3):
        for event in events(step, of=capture(40, layers=3, seed=step)):
            writer.add_event(event)
        writer.add_event(
            event_pb2.Event(
                step=step, summary=summary_pb2.Summary(value=[{"tag": "loss", "simple_value": 1.0}])
            )
        )
    writer.close()
    (path,) = tmp_path.iterdir()
    expected = rows_by_tensorboard(path)
    assert len(expected) == 3 * (3 * 2 + 2)
    assert scanned(path.read_bytes()) == expected


def test_the_summary_writer_of_torch_with_other_summaries_between(tmp_path: Path) -> None:
    tensorboard = pytest.importorskip("torch.utils.tensorboard")
    with tensorboard.SummaryWriter(str(tmp_path)) as writer:
        for step in range(4):
            writer.add_scalar("loss", 0.5, step)
            writer.add_text("note", "attention, please", step)
            writer.add_image("picture", np.zeros((3, 300, 300), np.uint8), step)
            writer.add_histogram("weights", np.arange(10.0), step)
            for event in events(step):
                writer.file_writer.add_summary(event.summary, step, event.wall_time)
    (path,) = tmp_path.iterdir()
    expected = rows_by_tensorboard(path)
    assert len(expected) == 4 * (2 * 2 + 2)
    assert scanned(path.read_bytes()) == expected


@pytest.mark.parametrize("block", [1, 64, BLOCK])
def test_records_larger_than_what_is_read_at_once(tmp_path: Path, block: int) -> None:
    path = write(tmp_path / "a.tfrecord", events(of=capture(300, layers=2, neurons=64)))
    expected = rows_by_tensorboard(path)
    assert path.stat().st_size > 4 * 65536
    assert scanned(path.read_bytes(), block=block) == expected


def test_tensors_are_jumped_over(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.tfrecord",
        *(
            events(step, of=capture(200, layers=4, heads=12, key_heads=12, neurons=64))
            for step in range(2)
        ),
    )
    with counted(path) as (read, total):
        records = list(Scanner().scan(read, path.stat().st_size, BLOCK))
        assert len(records) == 2 * 5
        assert total() < 0.2 * path.stat().st_size


def test_other_summaries_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    scalars = [
        event_pb2.Event(
            step=step, summary=summary_pb2.Summary(value=[{"tag": "loss", "simple_value": 1.0}])
        )
        for step in range(5000)
    ]
    data = recorded(
        *(event.SerializeToString() for event in scalars),
        *(event.SerializeToString() for event in events()),
    )
    parsed = []
    monkeypatch.setattr(
        "tb_attention.store.scan.parse_event", lambda window, record: parsed.append(record)
    )
    assert scanned(data) == []
    assert len(parsed) == 3


values = st.builds(
    lambda tag, content, plugin, shape, dtype: summary_pb2.Summary.Value(
        tag=tag,
        tensor=make_tensor_proto(np.random.default_rng(0).integers(0, 9, shape).astype(dtype)),
        metadata={
            "plugin_data": {"plugin_name": plugin, "content": content},
            "display_name": tag,
            "data_class": 2,
        },
    ),
    tag=st.text(max_size=20),
    content=st.binary(max_size=200),
    plugin=st.sampled_from(["attention", "attention", "scalars", "attention2", ""]),
    shape=st.lists(st.integers(0, 30), max_size=3),
    dtype=st.sampled_from(["float16", "float32", "uint8"]),
)


def shuffled(message: event_pb2.Event | summary_pb2.Summary.Value, order: random.Random) -> bytes:
    """The message with its fields in any order, which protobuf allows."""
    fields = []
    for field, content in message.ListFields():
        if field.name == "summary":
            fields.append(
                delimited(
                    5, b"".join(delimited(1, shuffled(value, order)) for value in content.value)
                )
            )
        else:
            part = type(message)(**{field.name: content})
            fields.append(part.SerializeToString())
    order.shuffle(fields)
    return b"".join(fields)


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


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-(2**63), 2**63 - 1),
            st.floats(allow_nan=False),
            st.lists(values, max_size=4),
        ),
        max_size=5,
    ),
    st.randoms(use_true_random=False),
    st.sampled_from([1, 16, BLOCK]),
)
def test_any_event_in_any_order_of_fields(
    written: list[tuple[int, float, list[summary_pb2.Summary.Value]]],
    order: random.Random,
    block: int,
) -> None:
    made = [
        event_pb2.Event(step=step, wall_time=when, summary=summary_pb2.Summary(value=values))
        for step, when, values in written
    ]
    data = recorded(*(shuffled(event, order) for event in made))
    assert scanned(data, block=block) == [row for event in made for row in rows_of(event)]


def test_a_file_that_grows_byte_by_byte_reads_like_a_whole_one() -> None:
    data = recorded(*(event.SerializeToString() for step in range(3) for event in events(step)))
    whole = scanned(data)
    for chunk in (7, 101, 1009):
        scanner, rows = Scanner(), []
        for size in [*range(0, len(data), chunk), len(data)]:
            rows += scanned(data[:size], scanner)
            assert not scanner.corrupt and not scanner.stuck
        assert rows == whole


def test_every_torn_end_waits() -> None:
    first, second = (
        recorded(event.SerializeToString()) for event in events(of=capture(2, layers=1))
    )
    for size in range(len(second)):
        scanner = Scanner()
        assert scanned(first + second[:size], scanner) == scanned(first)
        assert (scanner.position, scanner.corrupt, scanner.stuck) == (len(first), 0, False)
        assert scanned(first + second, scanner) == scanned(second)


def test_a_damaged_length_stops_until_it_is_whole() -> None:
    records = [recorded(event.SerializeToString()) for event in events()]
    broken = bytearray(b"".join(records))
    broken[len(records[0]) + 3] ^= 1
    scanner = Scanner()
    assert scanned(bytes(broken), scanner) == scanned(records[0])
    assert scanner.stuck
    assert scanned(b"".join(records), scanner) == scanned(b"".join(records[1:]))
    assert not scanner.stuck


@pytest.mark.parametrize(
    "payload",
    [
        b"\x2a\x7f\n\tattention",
        b"\xff" * 12 + b"\n\tattention",
        b"\x2b\n\tattention",
        b"\x2a\x0d\x0a\x0bJ\t\n\tattention",
    ],
)
def test_a_record_that_is_no_event_is_counted_and_passed(payload: bytes) -> None:
    last = events()[-1].SerializeToString()
    scanner = Scanner()
    assert scanned(recorded(payload, last), scanner) == scanned(recorded(last))
    assert scanner.corrupt == 1


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_flipped_bits_never_raise(data: st.DataObject) -> None:
    whole = recorded(
        *(
            event.SerializeToString()
            for event in events(of=capture(2, layers=1, heads=1, key_heads=1, neurons=2))
        )
    )
    place = data.draw(st.integers(0, len(whole) - 1))
    broken = bytearray(whole)
    broken[place] ^= 1 << data.draw(st.integers(0, 7))
    read = reader(bytes(broken))
    found = list(Scanner().scan(read, len(broken), 16))
    intact = [payload_is_intact(read, record) for record in found]
    assert len(found) < 2 or not all(intact)


def test_a_description_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    size = 10 * 2**30
    head = b"\x4a" + varint(size)
    head = b"\x2a" + varint(len(head) + size + 6) + b"\x0a" + varint(len(head) + size) + head
    path, length = tmp_path / "sparse.tfrecord", struct.pack("<Q", len(head) + size)
    with path.open("wb") as file:
        file.write(length + struct.pack("<I", masked_crc32c(length)) + head)
        file.seek(size + 4, io.SEEK_CUR)
        file.write(recorded(events()[-1].SerializeToString()))
    with counted(path) as (read, total):
        scanner = Scanner()
        assert len(list(scanner.scan(read, path.stat().st_size, BLOCK))) == 1
        assert scanner.corrupt == 1
        assert total() < 10 * BLOCK


def test_payload_crc_is_that_of_tensorboard() -> None:
    payload = bytes(range(256)) * 9000
    data = recorded(payload)
    record = record_at(Window(reader(data), BLOCK), 0)
    assert (record.start, record.end) == (12, 12 + len(payload))
    assert struct.unpack("<I", data[-4:]) == (masked_crc32c(payload),)
    assert payload_is_intact(reader(data), record)
    assert not payload_is_intact(reader(data[:-1] + bytes([data[-1] ^ 1])), record)
    assert not payload_is_intact(reader(data[:-100]), record)


def test_the_place_of_a_tensor() -> None:
    query = np.arange(24, dtype=np.float16).reshape(2, 3, 4)
    value = summary_pb2.Summary.Value(
        tag="t", tensor=tensor_proto(query), metadata={"plugin_data": {"plugin_name": "attention"}}
    )
    data = recorded(event_pb2.Event(summary=summary_pb2.Summary(value=[value])).SerializeToString())
    window = Window(reader(data), 1)
    record = record_at(window, 0)
    parse_event(window, record)
    assert record.values[0].tensor is not None
    tensor = parse_tensor(window, *record.values[0].tensor)
    assert tensor.content is not None
    assert (tensor.dtype, tensor.shape) == (19, (2, 3, 4))
    assert np.array_equal(
        np.frombuffer(data[slice(*tensor.content)], "<f2").reshape(2, 3, 4), query
    )
    assert np.array_equal(
        make_ndarray(tensor_pb2.TensorProto.FromString(data[tensor.start : tensor.end])), query
    )


def test_a_hundred_gigabytes_of_holes(tmp_path: Path) -> None:
    path, size = tmp_path / "sparse.tfrecord", 10 * 2**30
    metadata = summary_pb2.Summary.Value(
        tag="hole", metadata={"plugin_data": {"plugin_name": "attention"}}
    ).SerializeToString()
    with path.open("wb") as file:
        for _ in range(10):
            content = b"\x08\x13\x22" + varint(size)
            tensor = b"\x42" + varint(len(content) + size) + content
            value = b"\x0a" + varint(len(metadata) + len(tensor) + size) + metadata + tensor
            head = b"\x2a" + varint(len(value) + size) + value
            length = struct.pack("<Q", len(head) + size)
            file.write(length + struct.pack("<I", masked_crc32c(length)) + head)
            file.seek(size, io.SEEK_CUR)
            file.write(b"\0\0\0\0")
    assert path.stat().st_size > 100 * 2**30
    with counted(path) as (read, total):
        records = list(Scanner().scan(read, path.stat().st_size, BLOCK))
        assert [value.tag for record in records for value in record.values] == ["hole"] * 10
        assert total() < 10 * 3 * BLOCK
