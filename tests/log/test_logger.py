"""AttentionLogger from the model to the files, read with TensorBoard's own readers.

And what happens where a file cannot be written.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.utils.tensorboard import SummaryWriter

from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import ALWAYS_LOGGED
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.message import read_layer
from tests.support.logged import IDS, captures_in, gpt2, overviews_in, plain, record_files


def test_from_the_model_to_the_files(tmp_path: Path) -> None:
    model = gpt2()
    with AttentionLogger(tmp_path / "run") as logger:
        for step in (0, 10):
            logger.log(model, IDS, tag="probe", step=step)
        logger.log(model, IDS[:3], tag="short", step=10)
    assert logger.directory == tmp_path / "run"
    found = captures_in(logger.directory)
    assert [(tag, step) for tag, step, _, _ in found] == [
        ("probe", 0),
        ("probe", 10),
        ("short", 10),
    ]
    assert len({message.session for _, _, message, _ in found}) == 1
    _, _, message, tensors = found[0]
    assert (message.model, message.kind, list(message.sequences[0].ids)) == (
        "GPT2LMHeadModel",
        "probe",
        IDS,
    )
    assert tensors["probe"].shape == (2, 4, len(message.metrics))
    assert set(message.metrics) == {*ALWAYS_LOGGED, "first_token_arriving"}
    model.eval()
    model.set_attn_implementation("eager")
    own = model(torch.tensor([IDS]), output_attentions=True).attentions
    for layer, expected in zip(message.stacks[0].layers, own, strict=True):
        restored = read_layer("probe", message.stacks[0], layer, tensors.__getitem__)
        np.testing.assert_allclose(
            softmax.weights(restored), expected[0].detach().numpy(), atol=2e-3
        )
    assert len(record_files(logger.directory)) == 1
    assert overviews_in(logger.directory) == [("probe", 0), ("probe", 10), ("short", 10)]


def test_the_users_summary_writer_gets_the_small_values(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as users:
        users.add_scalar("loss", 1.0, 0)
        with AttentionLogger(users) as logger:
            logger.log(gpt2(), IDS, tag="probe", step=3)
        assert [(tag, step) for tag, step, _, _ in captures_in(tmp_path)] == [("probe", 3)]
        assert overviews_in(tmp_path) == [("probe", 3)], (
            "close() flushes the SummaryWriter and leaves it open"
        )
        users.add_scalar("loss", 0.5, 1)
    assert len(list(tmp_path.glob("*tfevents*"))) == 1


def test_sessions_differ(tmp_path: Path) -> None:
    for step in (0, 1):
        with AttentionLogger(tmp_path) as logger:
            logger.write(plain(), tag="probe", step=step)
    found = captures_in(tmp_path)
    assert sorted(step for _, step, _, _ in found) == [0, 1], (
        "the names of files end in numbers, and do not sort by them"
    )
    assert len({message.session for _, _, message, _ in found}) == 2


def test_two_writers_of_one_session_and_one_event_file(tmp_path: Path) -> None:
    for step, first in ((5, True), (2, False)):
        with AttentionLogger(tmp_path, strict=True, session="shared", event_file=first) as logger:
            logger.write(plain(), tag="probe", step=step)
    assert {(step, message.session) for _, step, message, _ in captures_in(tmp_path)} == {
        (5, "shared"),
        (2, "shared"),
    }
    assert overviews_in(tmp_path) == [("probe", 5)]
    assert len(list(tmp_path.glob("*tfevents*"))) == 1


def test_flush_writes_what_was_logged(tmp_path: Path) -> None:
    logger = AttentionLogger(tmp_path)
    for step in range(12):
        logger.write(plain(), tag="probe", step=step)
    logger.flush()
    assert [step for _, step, _, _ in captures_in(tmp_path)] == list(range(12))
    assert len(overviews_in(tmp_path)) == 12
    logger.close()


def test_nowhere_to_write(tmp_path: Path) -> None:
    model = gpt2()
    with AttentionLogger(None) as logger:
        logger.log(model, IDS, tag="probe", step=0)
        with logger.capture(model, tag="batch", step=0):
            model(torch.tensor([IDS]))
        logger.capture_next(model, tag="batch", step=1)
        logger.write(plain(), tag="arrays", step=0)
        logger.flush()
    assert (logger.directory, logger.lost, logger.bytes) == (None, 0, 0)


def test_a_session_says_how_many_files_it_found(tmp_path: Path) -> None:
    for _ in range(2):
        with SummaryWriter(tmp_path) as writer, AttentionLogger(writer, strict=True) as logger:
            logger.write(plain(), tag="probe", step=5)
    first, second = (message.files for _, _, message, _ in captures_in(tmp_path))
    assert 0 < first < second
