"""Record files, read with TensorBoard's own readers, and the background thread.

Disks that fill up are real limits of the system.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_file_loader import (
    EventFileLoader,
    RawEventFileLoader,
)
from tensorboard.compat.proto.event_pb2 import Event

from tb_attention.log.record_file import RecordWriter
from tb_attention.record.tfrecord import FileNames
from tests.support.disk import disk_with


def read(path: Path) -> list[Event]:
    """All whole records, as TensorBoard reads them (it checks every CRC)."""
    return list(EventFileLoader(str(path)).Load())


def paths(writer: RecordWriter, directory: Path) -> list[Path]:
    """The files that the writer has made in the directory."""
    return [directory / name for name in writer.names]


def test_records_are_tfrecords(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path / "plugins" / "attention")
    assert not (tmp_path / "plugins").exists(), "nothing is made before there is something to write"
    events = [
        Event(step=step, wall_time=step / 4, file_version="x" * step * 1000) for step in range(4)
    ]
    for event in events:
        writer.write(event)
    (path,) = paths(writer, tmp_path / "plugins" / "attention")
    assert read(path) == events, "every record is readable as soon as it is written"
    writer.close()
    assert list(RawEventFileLoader(str(path)).Load()) == [
        event.SerializeToString() for event in events
    ]
    assert re.fullmatch(rf"attention\.\d{{10}}\..+\.{os.getpid()}\.\d+\.tfrecord", path.name)


def test_the_bytes_of_a_record(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path)
    writer.write(Event(step=1))
    writer.close()
    # Length 2, its masked CRC-32C, the message 10 01, its masked CRC-32C; CRCs by TensorBoard's own
    # function.
    assert (
        paths(writer, tmp_path)[0].read_bytes().hex()
        == "0200000000000000" + "78270b34" + "1001" + "766423ad"
    )


def test_every_file_begins_with_the_first_record(tmp_path: Path) -> None:
    writer = RecordWriter(
        tmp_path, names=FileNames("events."), first=lambda: Event(file_version="brain.Event:2")
    )
    for step in (1, 2):
        writer.write(Event(step=step))
        writer.close()
    assert [[event.step for event in read(path)] for path in paths(writer, tmp_path)] == [
        [0, 1],
        [0, 2],
    ]
    assert all(read(path)[0].file_version == "brain.Event:2" for path in paths(writer, tmp_path))


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    writers = [RecordWriter(tmp_path) for _ in range(3)]
    for step, writer in enumerate(writers):
        writer.write(Event(step=step))
        writer.close()
    assert sorted(event.step for path in tmp_path.iterdir() for event in read(path)) == [0, 1, 2]


def test_a_full_disk_keeps_what_was_flushed_and_gives_back_the_rest(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path)
    large = Event(step=2, file_version="x" * 5000)
    writer.write(Event(step=1))
    writer.flush()
    size = paths(writer, tmp_path)[0].stat().st_size
    writer.write(Event(step=2))
    with disk_with(3000), pytest.raises(OSError, match="too large"):
        writer.write(large)
    (kept,) = paths(writer, tmp_path)
    assert kept.stat().st_size == size, "no junk stays that would eat what is freed"
    writer.write(large)
    writer.write(Event(step=3))
    writer.close()
    assert len(writer.names) == 2
    assert [event.step for event in read(kept)] == [1]
    assert [event.step for event in read(paths(writer, tmp_path)[1])] == [2, 3]


@pytest.mark.parametrize("before", [0, 2])
def test_a_file_of_which_nothing_was_flushed_is_removed(tmp_path: Path, before: int) -> None:
    for first in (None, lambda: Event(file_version="brain.Event:2")):
        writer = RecordWriter(tmp_path, first=first)
        for _ in range(3):
            for step in range(before):
                writer.write(Event(step=step))
            with disk_with(10), pytest.raises(OSError, match="too large"):
                writer.write(Event(step=9))
        assert (list(tmp_path.iterdir()), writer.names) == ([], [])


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
def test_a_file_that_is_removed_under_the_writer_is_begun_again(
    tmp_path: Path, replaced: bool
) -> None:
    writer = RecordWriter(tmp_path / "run")
    assert not writer.removed()
    writer.write(Event(step=1))
    assert not writer.removed()
    (path,) = paths(writer, tmp_path / "run")
    path.unlink()
    if replaced:
        path.write_bytes(b"another's")
    else:
        path.parent.rmdir()
    assert (writer.removed(), writer.removed()) == (True, False)
    writer.write(Event(step=2))
    writer.close()
    assert [event.step for event in read(paths(writer, tmp_path / "run")[1])] == [2]
    assert path.exists() == replaced, "what another has written is not touched"


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    writer = RecordWriter(tmp_path / "file" / "plugins")
    with pytest.raises(NotADirectoryError):
        writer.write(Event())
    writer.close()
