"""The user's own logs beside ours: no tag of theirs is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer

from tb_attention import AttentionLogger, log_arrays
from tb_attention.answers.weights import answer_weights
from tests.support.stores import store_of

LIKE_A_SCALAR = [
    "loss",
    "train/loss",
    "tb_attention/loss",
    "attention/loss",
    "loss/decoder/0/query",
]


def writer_of(kind: str, directory: Path) -> Any:
    if kind == "torch":
        pytest.importorskip("torch")
        from torch.utils.tensorboard import SummaryWriter
    else:
        from tensorboardX import SummaryWriter
    return SummaryWriter(str(directory))


def arrays() -> dict[str, Any]:
    query = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    return {"query": [query], "key": [query]}


@pytest.mark.parametrize("inline", [False, True], ids=["record file", "inline"])
@pytest.mark.parametrize("first", ["probe", "scalar"])
@pytest.mark.parametrize("kind", ["tensorboardX", "torch"])
def test_a_probe_named_like_a_scalar_leaves_the_scalar(
    tmp_path: Path, kind: str, first: str, inline: bool
) -> None:
    run = tmp_path / "run"
    writer = writer_of(kind, run)
    with AttentionLogger(writer, strict=True, inline=inline, scalars=["entropy"]) as logger:
        for step in (0, 1):
            for what in ("scalar", "probe") if first == "scalar" else ("probe", "scalar"):
                for tag in LIKE_A_SCALAR:
                    if what == "scalar":
                        writer.add_scalar(tag, 1.0, step)
                    else:
                        log_arrays(logger, ["a", "b", "c"], tag=tag, step=step, **arrays())
                logger.flush()
    writer.close()
    multiplexer = EventMultiplexer()
    multiplexer.AddRunsFromDirectory(str(tmp_path))
    multiplexer.Reload()
    for tag in LIKE_A_SCALAR:
        if tag == "tb_attention/loss":
            continue  # the one name that the probe "loss" takes
        metadata = multiplexer.SummaryMetadata("run", tag)
        assert metadata.plugin_data.plugin_name == "scalars", tag
        assert [event.step for event in multiplexer.Tensors("run", tag)] == [0, 1]
    store = store_of(tmp_path)
    assert {tag: list(steps) for tag, steps in store.snapshot.runs["run"].items()} == {
        tag: [0, 1] for tag in sorted(LIKE_A_SCALAR)
    }
    assert store.snapshot.problems == ()
    for tag in LIKE_A_SCALAR:
        weights = answer_weights(store, store.find("run", tag, 1), None, 0, None).arrays["weights"]
        np.testing.assert_allclose(weights.sum(axis=2), 1, atol=1e-5)
