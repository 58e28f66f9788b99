"""Record files, read with TensorBoard's own readers, and the background thread.

Disks that fill up are real limits of the system.
"""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from disk import disk_with
from tensorboard.backend.event_processing.event_file_loader import (
    EventFileLoader,
    RawEventFileLoader,
)
from tensorboard.compat.proto.event_pb2 import Event

from tb_attention.log.background import BackgroundWriter
from tb_attention.log.record_file import RecordWriter
from tb_attention.record.tfrecord import FileNames


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


def test_a_full_disk_tears_one_record_and_no_later_one(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path)
    large = Event(step=2, file_version="x" * 5000)
    writer.write(Event(step=1))
    with disk_with(3000), pytest.raises(OSError, match="too large"):
        writer.write(large)
    (torn,) = paths(writer, tmp_path)
    assert torn.stat().st_size == 3000, "the record is torn"
    writer.write(large)
    writer.write(Event(step=3))
    writer.close()
    assert len(writer.names) == 2
    assert [event.step for event in read(torn)] == [1]
    assert [event.step for event in read(paths(writer, tmp_path)[1])] == [2, 3]


def test_a_file_without_a_whole_record_is_removed(tmp_path: Path) -> None:
    for first in (None, lambda: Event(file_version="brain.Event:2")):
        writer = RecordWriter(tmp_path, first=first)
        for _ in range(3):
            with disk_with(10), pytest.raises(OSError, match="too large"):
                writer.write(Event(step=1))
        assert (list(tmp_path.iterdir()), writer.names) == ([], [])


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    writer = RecordWriter(tmp_path / "file" / "plugins")
    with pytest.raises(NotADirectoryError):
        writer.write(Event())
    writer.close()


class Gate:
    """A job that says when it begins, and waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        assert self.let_go.wait(10)


def unexpected(error: Exception) -> None:
    raise AssertionError("no job should fail") from error


def test_jobs_run_in_order_in_another_thread() -> None:
    done: list[tuple[int, int]] = []
    writer = BackgroundWriter(2, unexpected)
    for number in range(20):
        assert writer.submit(lambda number=number: done.append((number, threading.get_ident())))
    writer.flush()
    assert [number for number, _ in done] == list(range(20))
    assert threading.get_ident() not in {thread for _, thread in done}
    writer.close()


def test_a_full_queue_says_so_or_waits() -> None:
    gate, done = Gate(), []
    writer = BackgroundWriter(1, unexpected)
    writer.submit(gate)
    assert gate.begun.wait(10)
    assert writer.submit(lambda: done.append(1), block=False)
    assert writer.full
    assert not writer.submit(lambda: done.append(2), block=False)
    waiting = threading.Thread(target=writer.submit, args=(lambda: done.append(3),))
    waiting.start()
    gate.let_go.set()
    waiting.join(10)
    writer.close()
    assert done == [1, 3]


def test_a_job_that_fails_stops_nothing() -> None:
    errors: list[Exception] = []
    done: list[int] = []

    def fails() -> None:
        raise OSError("disk full")

    def closes() -> None:
        done.append(2)
        raise OSError("at the end too")

    writer = BackgroundWriter(4, errors.append, closes)
    writer.submit(fails)
    writer.submit(lambda: done.append(1))
    writer.flush()
    assert (done, [str(error) for error in errors]) == ([1], ["disk full"])
    writer.close()
    assert (done, [str(error) for error in errors]) == ([1, 2], ["disk full", "at the end too"])


def test_close_finishes_and_takes_nothing_more() -> None:
    done: list[int] = []
    writer = BackgroundWriter(8, unexpected, lambda: done.append(-1))
    for number in range(5):
        writer.submit(lambda number=number: done.append(number))
    writer.close()
    writer.close()
    assert done == [0, 1, 2, 3, 4, -1]
    assert writer.closed
    assert not writer.submit(lambda: done.append(9))
    writer.flush()


def test_a_forgotten_writer_finishes_and_ends_its_thread() -> None:
    done: list[int] = []
    threads = threading.active_count()
    writer = BackgroundWriter(8, unexpected, lambda: done.append(-1))
    writer.submit(lambda: done.append(1))
    del writer
    gc.collect()
    assert done == [1, -1]
    assert threading.active_count() == threads


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_waits_is_written_when_the_process_ends() -> None:
    code = """
import time
from tb_attention.log.background import BackgroundWriter
writer = BackgroundWriter(8, print, lambda: print("closed", flush=True))
for number in range(3):
    writer.submit(lambda number=number: (time.sleep(0.1), print(number, flush=True)))
"""
    result = run(code)
    assert (result.stdout.split(), result.stderr) == (["0", "1", "2", "closed"], "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_does_not_wait_for_a_thread_that_it_has_not() -> None:
    code = """
import os, sys
from tb_attention.log.background import BackgroundWriter
writer = BackgroundWriter(1, print)
child = os.fork()
if child == 0:
    print(writer.closed, writer.submit(print), flush=True)
    writer.flush()
    writer.close()
    sys.exit(3)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
print(writer.closed, writer.submit(lambda: None))
"""
    result = run(code)
    assert (result.stdout.splitlines(), result.stderr) == (["True False", "False True"], "")
