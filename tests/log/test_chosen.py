"""What is chosen of an AttentionLogger: steps, layers and heads, float32, one file, sync."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard import SummaryWriter

from tb_attention.answers.runs import answer_runs
from tb_attention.answers.weights import answer_weights
from tb_attention.attention import softmax
from tb_attention.errors import InvalidInput
from tb_attention.log.logger import AttentionLogger
from tests.support.logged import (
    IDS,
    capture_of,
    captures_in,
    gpt2,
    overviews_in,
    plain,
    record_files,
    warnings_in,
)
from tests.support.stores import store_of


def test_float32_on_request(tmp_path: Path) -> None:
    with AttentionLogger(tmp_path, float32=True) as logger:
        logger.write(plain(), tag="probe", step=0)
    ((_, _, _, tensors),) = captures_in(tmp_path)
    np.testing.assert_array_equal(
        tensors["probe/decoder/0/query"], plain().stacks[0].layers[0].query
    )


def test_steps_layers_and_heads_that_are_chosen(tmp_path: Path) -> None:
    model = gpt2()
    with AttentionLogger(tmp_path, strict=True, every=10, layers=[1], heads=[0, 3]) as logger:
        for step in (0, 5, 10):
            logger.log(model, IDS, tag="log", step=step)
            with logger.capture(model, tag="capture", step=step):
                model(torch.tensor([IDS]))
            logger.write(capture_of(model), tag="write", step=step)
        logger.log(model, IDS, tag="other layer", step=0, layers=[0])
    found = captures_in(tmp_path)
    expected = [
        ("capture", 0),
        ("capture", 10),
        ("log", 0),
        ("log", 10),
        ("other layer", 0),
        ("write", 0),
        ("write", 10),
    ]
    assert sorted((tag, step) for tag, step, _, _ in found) == expected
    for tag, _, message, tensors in found:
        (layer,) = message.stacks[0].layers
        assert (layer.layer, list(layer.logged_heads)) == (0 if tag == "other layer" else 1, [0, 3])
        assert tensors[f"{tag}/decoder/{layer.layer}/query"].shape == (2, len(IDS), 8)
    assert logger.bytes == sum(
        array.nbytes
        for _, _, _, tensors in found
        for name, array in tensors.items()
        if name.endswith(("query", "key", "value_norms"))
    )


def test_chosen_layers_or_heads_that_the_model_has_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for options, message in (
        ({"layers": [2]}, "layers are [2], the model has [0, 1]"),
        ({"heads": [4]}, "heads are [4], the model has 0 to 3"),
    ):
        caplog.clear()
        with AttentionLogger(tmp_path, **options) as logger:  # type: ignore[arg-type]
            logger.log(gpt2(), IDS, tag="probe", step=0)
        (said,) = warnings_in(caplog)
        assert said.startswith(f"'probe' is not logged: {message}")
    for wrong in (
        {"layers": []},
        {"heads": [-1]},
        {"every": 0},
        {"inline": True, "event_file": False},
    ):
        with pytest.raises(InvalidInput):
            AttentionLogger(tmp_path, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("writer", [str, SummaryWriter])
def test_inline_there_is_one_event_file_and_nothing_else(tmp_path: Path, writer: Any) -> None:
    where, model = writer(tmp_path), gpt2()
    with AttentionLogger(where, inline=True, scalars=["entropy"]) as logger:
        for step in (0, 1):
            logger.log(model, IDS, tag="probe", step=step)
    if isinstance(where, SummaryWriter):
        where.add_scalar("loss", 1.0, 0)
        where.close()
    assert len(list(tmp_path.iterdir())) == 1
    store = store_of(tmp_path)
    assert answer_runs(store)["problems"] == [] and list(store.steps(".", "probe")) == [0, 1]
    captured = capture_of(model)
    for number, layer in captured.stacks[0].layers.items():
        found = answer_weights(store, store.find(".", "probe", 1), None, number, None).arrays[
            "weights"
        ]
        np.testing.assert_allclose(found, softmax.weights(layer).numpy(), atol=2e-3)
    assert {("probe", 0), ("probe", 1)} <= set(overviews_in(tmp_path)), (
        "TensorBoard knows it by the value that commits it"
    )
    accumulator = EventAccumulator(str(tmp_path))
    accumulator.Reload()
    assert "attention/probe/entropy.0.mean" in accumulator.Tags()["scalars"]


def test_sync_forces_each_capture_onto_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    own = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda file: (synced.append(os.fstat(file).st_size), own(file))
    )
    users = SummaryWriter(tmp_path)
    with AttentionLogger(users, sync=True) as logger:
        for step in (0, 1):
            logger.write(plain(), tag="probe", step=step)
        # and not logger.flush(), which flushes the SummaryWriter
        logger._captures._background.flush()  # type: ignore[union-attr]
        assert overviews_in(tmp_path) == [("probe", 0), ("probe", 1)]
    assert len(synced) == 2 and synced[1] == record_files(tmp_path)[0].stat().st_size
    users.close()
