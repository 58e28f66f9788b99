"""Log directories at URLs.

Written through TensorBoard's own file layer to fsspec's memory:// and to s3://, read back by the
store.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event

from tb_attention.answers.weights import answer_weights
from tb_attention.attention import softmax
from tb_attention.errors import InvalidInput, LoggingFailed
from tb_attention.files import url as files_url
from tb_attention.files.write import place_at
from tb_attention.log.logger import AttentionLogger
from tb_attention.log.record_file import RecordWriter
from tests.support.indexes import index_of
from tests.support.logs import capture
from tests.support.repository import ROOT
from tests.support.stores import store_of


@pytest.fixture
def memory() -> Iterator[MemoryFileSystem]:
    """The file system behind memory://, empty."""
    files = MemoryFileSystem()
    MemoryFileSystem.store.clear()
    yield files
    MemoryFileSystem.store.clear()


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an s3 bucket in this process."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import boto3
        from moto import mock_aws

        with mock_aws():
            boto3.client("s3").create_bucket(Bucket="bucket")
            yield "s3://bucket"


def steps(url: str) -> dict[str, dict[str, list[int]]]:
    index = index_of(url)
    assert index.snapshot.problems == ()
    return {
        run: {tag: list(steps) for tag, steps in tags.items()}
        for run, tags in index.snapshot.runs.items()
    }


def files(memory: MemoryFileSystem, under: str = "/") -> dict[str, int]:
    return {path: memory.size(path) for path in memory.find(under)}


def assert_logged_and_read_back(url: str, run: str) -> None:
    with AttentionLogger(f"{url}/{run}/", strict=True) as logger:
        assert logger.directory == f"{url}/{run}"
        for step in (0, 7):
            logger.write(capture(seed=step), tag="probe", step=step)
            logger.flush()
            assert steps(url)[run]["probe"][-1] == step, (
                "what was flushed is readable while the logger is open"
            )
    store = store_of(url)
    location = store.find(run, "probe", 7)
    for number, layer in capture(seed=7).stacks[0].layers.items():
        weights = answer_weights(store, location, None, number, None).arrays["weights"]
        assert np.abs(weights - softmax.weights(layer)).max() <= 2e-3
    events = EventAccumulator(f"{url}/{run}").Reload()
    assert [event.step for event in events.Tensors("tb_attention/probe")] == [0, 7], (
        "TensorBoard's own reader finds the run"
    )


@pytest.mark.usefixtures("memory")
def test_logged_to_fsspec_and_read_back() -> None:
    assert_logged_and_read_back("memory://logs", "run")


def test_logged_to_s3_and_read_back(bucket: str) -> None:
    assert_logged_and_read_back(f"{bucket}/logs", "run")


def test_a_flush_writes_the_whole_file_until_it_is_full(memory: MemoryFileSystem) -> None:
    writer = RecordWriter("memory://logs", full=3000)
    sizes = []
    for step in range(1, 6):
        writer.write(Event(step=step, file_version="x" * 1000))
        before = files(memory)
        writer.flush()
        assert before != files(memory), "nothing is there before a flush"
        sizes.append(sorted(files(memory).values()))
    one = sizes[0][0]
    assert sizes == [[one], [2 * one], [3 * one], [one, 3 * one], [2 * one, 3 * one]]
    writer.close()
    assert len(writer.names) == 2


def test_captures_never_straddle_two_files(memory: MemoryFileSystem) -> None:
    with AttentionLogger("memory://logs/run", strict=True) as logger:
        logger._captures._run._records._full = 1  # every capture is more than that
        for step in range(4):
            logger.write(capture(), tag="probe", step=step)
    assert len(files(memory, "/logs/run/plugins")) == 4
    assert steps("memory://logs") == {"run": {"probe": [0, 1, 2, 3]}}


@pytest.mark.usefixtures("memory")
def test_a_capture_in_an_event_file_is_in_one() -> None:
    with AttentionLogger("memory://logs/run", strict=True, inline=True) as logger:
        for step in range(3):
            logger.write(
                capture(300, heads=8, key_heads=8, neurons=64), tag="probe", step=step
            )  # more than an event file may grow to
    assert steps("memory://logs") == {"run": {"probe": [0, 1, 2]}}
    assert len(MemoryFileSystem().find("/logs")) == 3


class Broken:
    """The file layer, which refuses to write while `broken`."""

    def __init__(self) -> None:
        self.broken = False
        self._real = files_url.file_layer()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def GFile(self, path: str, mode: str) -> Any:
        if self.broken and mode == "wb":
            raise RuntimeError("503 slow down")
        return self._real.GFile(path, mode)


def test_what_was_committed_before_a_failure_stays(
    memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    layer = Broken()
    monkeypatch.setattr("tb_attention.files.write.file_layer", lambda: layer)
    with AttentionLogger("memory://logs/run") as logger:
        for step in range(4):
            layer.broken = step == 2
            logger.write(capture(), tag="probe", step=step)
            logger.flush()
        assert logger.lost == 1
    assert steps("memory://logs") == {"run": {"probe": [0, 1, 3]}}
    (record,) = [record for record in caplog.records if "could not be logged" in record.message]
    assert "memory://logs/run" in record.message and "503 slow down" in record.message


@pytest.mark.usefixtures("memory")
def test_a_strict_logger_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Broken()
    layer.broken = True
    monkeypatch.setattr("tb_attention.files.write.file_layer", lambda: layer)
    logger = AttentionLogger("memory://logs/run", strict=True)
    logger.write(capture(), tag="probe", step=0)
    with pytest.raises(LoggingFailed, match="503 slow down"):
        logger.close()
    assert steps("memory://") == {}


@pytest.mark.usefixtures("memory")
def test_no_second_event_file_at_a_url() -> None:
    with (
        AttentionLogger("memory://logs/run", strict=True) as first,
        AttentionLogger("memory://logs/run", strict=True) as second,
    ):
        first.write(capture(), tag="probe", step=0)
        first.flush()
        second.write(capture(), tag="probe", step=1)
        with pytest.raises(
            LoggingFailed,
            match="another writer of this process has an event file in memory://logs/run",
        ):
            second.flush()


def test_a_summary_writer_at_a_url(memory: MemoryFileSystem) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter("memory://logs/run") as users, AttentionLogger(users, strict=True) as logger:
        users.add_scalar("loss", 1.0, 0)
        logger.write(capture(), tag="probe", step=3)
        logger.flush()
        assert steps("memory://logs") == {"run": {"probe": [3]}}
    assert len([path for path in files(memory) if "tfevents" in path]) == 1


def test_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboard.compat.tensorflow_stub.io import gfile

    monkeypatch.delitem(gfile._REGISTERED_FILESYSTEMS, "s3", raising=False)
    for url, advice in (
        ("s3://bucket/run", "pip install boto3"),
        ("gs://bucket/run", "pip install fsspec gcsfs"),
    ):
        with pytest.raises(
            InvalidInput,
            match=f"nothing can be written to {url}, as .* {advice}, or log to a local directory",
        ):
            AttentionLogger(url)
        index = index_of(url)
        assert advice in index.snapshot.problems[0].problem
    assert files_url.missing("memory://logs") == ""


def test_a_process_that_is_killed(tmp_path: Path) -> None:
    """At file://, which two processes share."""
    code = """
import os, signal, sys
from tests.support.logs import capture
from tb_attention import AttentionLogger
logger = AttentionLogger(sys.argv[1])
for step in range(3):
    logger.write(capture(seed=step), tag="probe", step=step)
logger.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, url := f"file://{tmp_path}/run"],
        env=environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert steps(url) == {".": {"probe": [0, 1, 2]}}
    assert steps(str(tmp_path)) == {"run": {"probe": [0, 1, 2]}}


def test_places_below_a_place(tmp_path: Path) -> None:
    assert place_at("memory://logs/").below("a", "b").path == "memory://logs/a/b"
    assert place_at(tmp_path).below("a", "b").path == tmp_path / "a" / "b"
