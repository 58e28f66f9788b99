"""Trainings on two processes, started by torchrun as a user does.

Who writes, that none waits for ever, and right numbers. tests/support/distributed.py is what runs.
Oracle: the model's own eager weights, with the parameters that torch gathered after training.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.runs import answer_runs
from tb_attention.answers.weights import answer_weights
from tb_attention.store.store import Store
from tests.support import distributed
from tests.support.models import gpt2
from tests.support.repository import ROOT
from tests.support.stores import store_of

WAYS = [way.__name__ for way in distributed.WAYS]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with what all ways of training left."""
    directory = tmp_path_factory.mktemp("distributed")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }
    environment.pop("TENSORBOARD_LOGGING_DIR", None)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*torchrun, "-m", distributed.__name__, str(directory)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    assert "tb_attention." not in done.stderr, "no warning"
    assert "global hooks" not in done.stderr, "no warning of torch.compile"
    return directory


def eager_weights(model: Any, ids: Any) -> list[torch.Tensor]:
    model.eval()
    getattr(model, "base_model", model).set_attn_implementation("eager")
    with torch.no_grad():
        return [
            layer[0]
            for layer in model(torch.tensor([list(ids)]), output_attentions=True).attentions
        ]


@pytest.mark.filterwarnings(
    "ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"
)  # peft asks for it
@pytest.mark.parametrize("way", WAYS)
def test_right_numbers_and_one_writer(trained: Path, way: str) -> None:
    store = store_of(trained / way)
    (run,) = answer_runs(store)["runs"]
    assert {tag["tag"]: tag["steps"] for tag in run["tags"]} == {
        "probe": [0, 2, 4],
        "batch": [0, 2],
    }
    (directory,) = {path.parent for path in (trained / way).rglob("*tfevents*")}
    assert (
        len(list(directory.glob("*tfevents*")))
        == len(list(directory.glob("plugins/attention/*")))
        == 1
    )
    accumulator = EventAccumulator(str(directory), size_guidance={"tensors": 0})
    accumulator.Reload()
    assert [event.step for event in accumulator.Tensors("tb_attention/probe")] == [0, 2, 4]

    model = distributed.lora() if way == "lora_ddp" else gpt2(dropout=0.0)
    ids = answer_capture(store, run["run"], store.find(run["run"], "batch", 0))["sequences"][0][
        "ids"
    ]
    assert ids in [row["input_ids"].tolist() for row in distributed.data()]
    before = eager_weights(model, distributed.PROBE)
    assert_equal(store, run["run"], "probe", 0, before)
    assert_equal(store, run["run"], "batch", 0, eager_weights(model, ids))
    state = torch.load(trained / f"{way}.pt")
    names = {
        re.sub(r"^(module\.|_orig_mod\.)+", "", name): tensor for name, tensor in state.items()
    }
    assert not model.load_state_dict(names, strict=False).unexpected_keys
    after = eager_weights(model, distributed.PROBE)
    assert (
        max(float((one - other).abs().max()) for one, other in zip(before, after, strict=True))
        > 1e-3
    ), "it has learnt something"
    assert_equal(store, run["run"], "probe", 4, after)


def assert_equal(store: Store, run: str, tag: str, step: int, own: list[torch.Tensor]) -> None:
    for layer, expected in enumerate(own):
        found = answer_weights(store, store.find(run, tag, step), None, layer, None).arrays[
            "weights"
        ]
        np.testing.assert_allclose(found, expected.numpy(), atol=2e-3)
