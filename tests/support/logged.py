"""What an AttentionLogger has written, read with TensorBoard's own readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util import tensor_util

from tb_attention import schema
from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture import capture as capture_of_ids
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.tfrecord import tensor_names
from tests.support import models

IDS = [5, 6, 7, 8, 9, 5, 6, 7]


def gpt2() -> Any:
    """Two layers of four heads, for 64 positions and 99 words."""
    return models.gpt2(n_embd=32, n_head=4, vocab_size=99, n_positions=64)


def capture_of(model: Any) -> Capture:
    return capture_of_ids(model, IDS)


def plain(tokens: int = 4) -> Capture:
    """A capture of numpy arrays."""
    rng = np.random.default_rng(0)
    query, key = rng.normal(size=(2, 2, tokens, 8)).astype("f4")
    names = tuple(f"t{i}".encode() for i in range(tokens))
    return Capture(
        "plain",
        (TokenSequence(names),),
        (Stack("decoder", {0: AttentionLayer(query=query, key=key)}),),
    )


def record_files(directory: Path) -> list[Path]:
    """In the order in which they were begun: the number is the last but one part of the name."""
    files = directory.glob("plugins/attention/attention.*.tfrecord")
    return sorted(files, key=lambda path: int(path.name.split(".")[-2]))


def captures_in(directory: Path) -> list[tuple[str, int, schema.Capture, dict[str, Any]]]:
    """(tag, step, message, tensors by name) of every committed capture in the record files."""
    found = []
    for path in record_files(directory):
        tensors: dict[str, Any] = {}
        for event in EventFileLoader(str(path)).Load():
            tensors |= {
                value.tag: tensor_util.make_ndarray(value.tensor) for value in event.summary.value
            }
            first = event.summary.value[0]
            if first.metadata.plugin_data.content:
                message = parse_plugin_data(first.metadata.plugin_data.content).capture
                assert set(tensor_names(first.tag, message)) <= set(tensors), (
                    "the commit comes last"
                )
                found.append((first.tag, event.step, message, tensors))
                tensors = {}
    return found


def overviews_in(directory: Path) -> list[tuple[str, int]]:
    """(tag, step) of the small values, as TensorBoard's accumulator has them.

    The tag is that of the probe, which stands behind the name of the package.
    """
    accumulator = EventAccumulator(str(directory), size_guidance={"tensors": 0})
    accumulator.Reload()
    return sorted(
        (tag.removeprefix("tb_attention/"), event.step)
        for tag in accumulator.PluginTagToContent("attention")
        for event in accumulator.Tensors(tag)
    )


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The messages of tb_attention."""
    return [
        record.getMessage() for record in caplog.records if record.name.startswith("tb_attention")
    ]
