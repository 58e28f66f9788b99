"""The scanner against TensorBoard's own writers and readers."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.summary.writer.record_writer import masked_crc32c

from tb_attention.store.scan import Scanner
from tests.support.logs import capture, events, write
from tests.support.scanned import BLOCK, counted, recorded, rows_by_tensorboard, scanned, varint


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
