"""An AttentionLogger where a file cannot be written, a model fails, or the caller is wrong."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.tensorboard import SummaryWriter

from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput, LoggingFailed, NoAttention
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tests.support.disk import disk_with
from tests.support.logged import (
    IDS,
    captures_in,
    gpt2,
    overviews_in,
    plain,
    record_files,
    warnings_in,
)
from tests.support.stores import store_of


def test_what_the_caller_does_wrong_is_an_error(tmp_path: Path) -> None:
    model = gpt2()
    with AttentionLogger(tmp_path, strict=True) as logger:
        with pytest.raises(InvalidInput, match="65 tokens and the model 64 positions"):
            logger.log(model, [5] * 65, tag="probe", step=0)
        with pytest.raises(InvalidInput, match="needs a tokenizer"):
            logger.log(model, "a text", tag="probe", step=0)
        with pytest.raises(InvalidInput, match="name the probe"):
            logger.log(model, IDS, tag="", step=0)
        with pytest.raises(InvalidInput, match="give an integer"):
            logger.log(model, IDS, tag="probe", step=0.5)  # type: ignore[arg-type]
        with pytest.raises(InvalidInput, match="steps begin at 0"):
            logger.log(model, IDS, tag="probe", step=-1)
        with pytest.raises(NoAttention):
            logger.log(torch.nn.Embedding(99, 4), IDS, tag="probe", step=0)
        wrong = Capture("plain", (TokenSequence((b"one",)),), plain().stacks)
        with pytest.raises(InvalidInput, match="4 queries and 4 keys"):
            logger.write(wrong, tag="probe", step=0)
        logger.log(model, IDS, tag="probe", step=np.int64(7))
    assert [(tag, step) for tag, step, _, _ in captures_in(tmp_path)] == [("probe", 7)]
    for options in ({"queue_size": 0}, {"when_full": "wait"}):
        with pytest.raises(InvalidInput):
            AttentionLogger(tmp_path, **options)  # type: ignore[arg-type]


def test_a_full_disk_loses_captures_and_not_the_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = gpt2()
    with AttentionLogger(tmp_path) as logger:
        logger.log(model, IDS, tag="probe", step=0)
        logger.flush()
        (kept,) = record_files(tmp_path)
        size = kept.stat().st_size
        with disk_with(size + 1000):
            for step in (1, 2, 3):
                logger.log(model, IDS, tag="probe", step=step)
            logger.flush()
        assert kept.stat().st_size == size, "half a capture takes no room"
        logger.log(model, IDS, tag="probe", step=4)
    said = warnings_in(caplog)
    assert len(said) == 2, said
    assert (
        "File too large. This capture is lost, training goes on. Make room on the disk" in said[0]
    )
    assert said[1] == f"{logger.lost} captures were not logged to {tmp_path}."
    steps = [step for _, step, _, _ in captures_in(tmp_path)]
    assert steps[0] == 0
    assert steps[-1] == 4, "what comes after the torn record is readable"
    assert logger.lost == 5 - len(steps) > 0


def test_a_directory_that_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with AttentionLogger(tmp_path / "file" / "run") as logger:
        logger.log(gpt2(), IDS, tag="probe", step=0)
        logger.log(gpt2(), IDS, tag="probe", step=1)
    said = warnings_in(caplog)
    assert "Not a directory" in said[0]
    assert said[1:] == [f"2 captures were not logged to {tmp_path}/file/run."]


def test_a_directory_that_is_removed_is_reported_once_and_begun_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = tmp_path / "run"
    with AttentionLogger(run) as logger:
        for step in range(4):
            logger.write(plain(), tag="probe", step=step)
            logger.flush()
            if step in (0, 2):
                shutil.rmtree(run)
    (said,) = warnings_in(caplog)
    assert f"what was logged to {run} was removed while it is written" in said
    assert [step for _, step, _, _ in captures_in(run)] == [3]
    assert [step for _, step in overviews_in(run)] == [3]
    assert logger.lost == 0


def test_a_closed_summary_writer_keeps_the_record_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    users = SummaryWriter(tmp_path)
    logger = AttentionLogger(users)
    users.close()
    for step in (0, 1):
        logger.write(plain(), tag="probe", step=step)
    logger.close()
    assert [step for _, step, _, _ in captures_in(tmp_path)] == [0, 1]
    (said,) = warnings_in(caplog)
    assert "the SummaryWriter was closed: close it after AttentionLogger.close()." in said
    assert "still has the whole capture" in said
    assert len(list(tmp_path.glob("*tfevents*"))) == 1
    assert logger.lost == 0


def test_a_closed_logger(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    logger = AttentionLogger(tmp_path)
    logger.close()
    logger.close()
    logger.log(gpt2(), IDS, tag="probe", step=0)
    logger.write(plain(), tag="probe", step=0)
    logger.flush()
    (said,) = warnings_in(caplog)
    assert "is closed: what is logged now is lost" in said
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_fails_does_not_stop_the_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = gpt2()

    def fails(*_: Any) -> None:
        raise RuntimeError("out of memory")

    model.transformer.h[1].register_forward_pre_hook(fails)
    with AttentionLogger(tmp_path) as logger:
        logger.log(model, IDS, tag="probe", step=0)
        assert logger.lost == 1
    assert "out of memory. This capture is lost" in warnings_in(caplog)[0]
    strict = AttentionLogger(tmp_path, strict=True)
    with pytest.raises(LoggingFailed, match="out of memory") as raised:
        strict.log(model, IDS, tag="probe", step=0)
    assert isinstance(raised.value.__cause__, RuntimeError)
    strict.close()


def test_strict_raises_from_the_next_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    logger = AttentionLogger(tmp_path / "file", strict=True)
    logger.write(plain(), tag="probe", step=0)
    with pytest.raises(LoggingFailed, match="Not a directory"):
        logger.flush()
    logger.close()
    with pytest.raises(LoggingFailed, match="is closed"):
        logger.write(plain(), tag="probe", step=0)
    assert warnings_in(caplog) == []


def test_a_queue_that_is_full(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gate, begun = threading.Event(), threading.Event()

    class Slow:
        """An array that takes its time to be stored."""

        def __init__(self, array: Any) -> None:
            self.array, self.shape, self.ndim = array, array.shape, array.ndim

        def __array__(self, *args: Any, **options: Any) -> Any:
            begun.set()
            assert gate.wait(10)
            return self.array

    slow = plain()
    layers = {
        0: slow.stacks[0].layers[0],
        1: AttentionLayer(query=Slow(np.ones((2, 4, 8))), key=np.ones((2, 4, 8))),
    }
    dropping = AttentionLogger(tmp_path, queue_size=1, when_full="drop")
    dropping.write(Capture("slow", slow.sequences, (Stack("decoder", layers),)), tag="slow", step=0)
    assert begun.wait(10)
    for step in (1, 2, 3):
        dropping.write(plain(), tag="probe", step=step)
    assert dropping.lost == 2
    gate.set()
    dropping.flush()
    assert ("probe", 1) in [(tag, step) for tag, step, _, _ in captures_in(tmp_path)]
    dropping.close()
    assert "attention was dropped, as writing is behind" in warnings_in(caplog)[0]


def test_inline_a_full_disk_loses_captures(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with AttentionLogger(tmp_path, inline=True) as logger:
        logger.write(plain(), tag="probe", step=0)
        logger.flush()
        (file,) = tmp_path.iterdir()
        with disk_with(file.stat().st_size + 100):
            logger.write(plain(), tag="probe", step=1)
            logger.flush()
        logger.write(plain(), tag="probe", step=2)
    assert (
        logger.lost == 1
        and "This capture is lost, training goes on. Make room" in warnings_in(caplog)[0]
    )
    assert list(store_of(tmp_path).steps(".", "probe")) == [0, 2]
