"""LightningAttentionCallback in real Lightning Trainers.

What is logged and when, and that training is bit for bit the same.
"""

from __future__ import annotations

import copy
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tb_attention.answers.runs import answer_runs
from tb_attention.answers.weights import answer_weights
from tb_attention.errors import InvalidInput
from tb_attention.integrations.lightning import LightningAttentionCallback
from tb_attention.store.store import Store
from tests.support.models import gpt2
from tests.support.stores import store_of

PROBES = {"first": [5, 6, 7, 8], "second": [9, 8, 7, 6, 5]}
LIGHTNING = pytest.importorskip("lightning.pytorch")

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore:.*does not have many workers:UserWarning"
    ),  # on machines with more cores
    pytest.mark.filterwarnings("ignore:.*LeafSpec.*:FutureWarning"),  # Lightning asks torch so
    pytest.mark.filterwarnings("ignore:.*in eval mode at the start of training:UserWarning"),
]


def module(package: Any, model: Any) -> Any:
    """A LightningModule with a validation loop.

    It remembers the first batch of each step and the model that saw it.
    """

    class Module(package.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.net = model
            self.seen: dict[int, Any] = {}

        def training_step(self, batch: Any, index: int) -> Any:
            if self.global_step not in self.seen:
                self.seen[self.global_step] = copy.deepcopy(self.net), batch
            loss = self.net(input_ids=batch, labels=batch).loss
            self.log("loss", loss)
            return loss

        def validation_step(self, batch: Any, index: int) -> None:
            self.net(input_ids=batch)

        def configure_optimizers(self) -> Any:
            return torch.optim.AdamW(self.parameters(), lr=1e-2)

    return Module()


def fit(
    package: Any, directory: Path, callbacks: list[Any], *, dropout: float = 0.3, **options: Any
) -> Any:
    """Ten batches of four examples."""
    model = module(package, gpt2(dropout))
    torch.manual_seed(1)
    ids = torch.randint(3, 50, (40, 8), generator=torch.Generator().manual_seed(0))
    train = torch.utils.data.DataLoader(ids, batch_size=4)  # type: ignore[arg-type]
    logger = import_module(f"{package.__name__}.loggers").TensorBoardLogger(directory)
    defaults = {
        "max_epochs": 1,
        "logger": logger,
        "log_every_n_steps": 2,
        "val_check_interval": 5,
        "enable_checkpointing": False,
    }
    quiet = {
        "accelerator": "cpu",
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "default_root_dir": directory,
    }
    training = package.Trainer(callbacks=callbacks, **defaults | quiet | options)
    training.fit(model, train, torch.utils.data.DataLoader(ids[:4], batch_size=4))  # type: ignore[arg-type]
    return model


def logged(directory: Path) -> tuple[Store, str, dict[str, list[int]]]:
    """The store, the only run in it, and the steps of each tag."""
    store = store_of(directory)
    (run,) = answer_runs(store)["runs"]
    return store, run["run"], {tag["tag"]: tag["steps"] for tag in run["tags"]}


@pytest.mark.parametrize("name", ["lightning.pytorch", "pytorch_lightning"])
def test_training_is_bit_for_bit_the_same(tmp_path: Path, name: str) -> None:
    package = import_module(name)
    without = fit(package, tmp_path / "without", [])
    callback = LightningAttentionCallback(PROBES, every=3, examples=(0, 3))
    logged_too = fit(package, tmp_path / "with", [callback])
    pairs = list(zip(without.parameters(), logged_too.parameters(), strict=True))
    assert all(torch.equal(one, other) for one, other in pairs)
    assert any(
        not torch.equal(one, other)
        for one, other in zip(without.net.parameters(), gpt2(0.3).parameters(), strict=True)
    )
    _, run, steps = logged(tmp_path / "with")
    assert steps == {
        "first": [0, 3, 6, 9, 10],
        "second": [0, 3, 6, 9, 10],
        "batch/0": [0, 3, 6, 9],
        "batch/3": [0, 3, 6, 9],
    }
    assert len(list((tmp_path / "with" / run).glob("*tfevents*"))) == 1, (
        "no second event file beside the TensorBoardLogger's"
    )
    accumulator = EventAccumulator(str(tmp_path / "with" / run), size_guidance={"tensors": 0})
    accumulator.Reload()
    assert [event.step for event in accumulator.Tensors("tb_attention/first")] == [0, 3, 6, 9, 10]
    assert accumulator.Scalars("loss")


@pytest.mark.parametrize(
    ("accumulated", "precision", "tolerance"), [(1, "32-true", 2e-3), (3, "bf16-mixed", 2e-2)]
)
def test_examples_of_the_batch_are_what_the_model_sees(
    tmp_path: Path, accumulated: int, precision: str, tolerance: float
) -> None:
    callback = LightningAttentionCallback(every=2, examples=(2,), model="net", layers=[1])
    options = {
        "accumulate_grad_batches": accumulated,
        "precision": precision,
        "val_check_interval": 1.0,
    }
    trained = fit(LIGHTNING, tmp_path, [callback], dropout=0.0, **options)
    store, run, steps = logged(tmp_path)
    assert steps == {"batch": [0, 2, 4, 6, 8] if accumulated == 1 else [0, 2]}
    for step in steps["batch"]:
        model, batch = trained.seen[step]
        model.set_attn_implementation("eager")
        with torch.no_grad():
            own = model.eval()(batch[2:3], output_attentions=True).attentions[1][0]
        found = answer_weights(store, store.find(run, "batch", step), None, 1, None).arrays[
            "weights"
        ]
        np.testing.assert_allclose(found, own.numpy(), atol=tolerance)


def test_a_model_that_is_in_evaluation_mode(tmp_path: Path) -> None:
    """Lightning leaves it so, and from_pretrained gives such models."""

    class Evaluates(LIGHTNING.Callback):  # type: ignore[misc, name-defined]
        def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
            pl_module.net.eval()

    fit(LIGHTNING, tmp_path, [Evaluates(), LightningAttentionCallback(every=5, examples=(0,))])
    assert logged(tmp_path)[2] == {"batch": [0, 5]}


def test_without_tensorboard_there_is_a_run_nevertheless(tmp_path: Path) -> None:
    fit(LIGHTNING, tmp_path, [LightningAttentionCallback(PROBES, every=5)], logger=False)
    assert logged(tmp_path)[2] == {"first": [0, 5, 10], "second": [0, 5, 10]}


def test_fast_dev_run_writes_nothing(tmp_path: Path) -> None:
    fit(
        LIGHTNING,
        tmp_path,
        [LightningAttentionCallback(PROBES, every=1)],
        fast_dev_run=2,
        logger=True,
    )
    assert list(tmp_path.rglob("*.tfrecord")) == []


def test_what_was_logged_before_an_exception_is_there(tmp_path: Path) -> None:
    class Fails(LIGHTNING.Callback):  # type: ignore[misc, name-defined]
        def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
            if trainer.global_step == 4:
                raise KeyError("the training fails")

    with pytest.raises(KeyError):
        fit(
            LIGHTNING,
            tmp_path,
            [LightningAttentionCallback(PROBES, every=2, examples=(0,)), Fails()],
        )
    assert logged(tmp_path)[2] == {"first": [0, 2], "second": [0, 2], "batch": [0, 2]}


def test_wrong_parameters(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there are no probes"):
        LightningAttentionCallback()
    with pytest.raises(InvalidInput, match="no attribute 'model'"):
        fit(LIGHTNING, tmp_path, [LightningAttentionCallback(PROBES, model="model")])


def test_a_strategy_that_no_probe_can_be_run_with(tmp_path: Path) -> None:
    class FullyShardedDataParallel(torch.nn.Module):
        """As FSDP1, which Lightning has on accelerators only, wraps a LightningModule."""

        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.module = inner

    class Wraps(LIGHTNING.Callback):  # type: ignore[misc, name-defined]
        def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
            trainer.strategy.model = FullyShardedDataParallel(pl_module)

    with pytest.raises(InvalidInput, match="log examples="):
        fit(LIGHTNING, tmp_path, [Wraps(), LightningAttentionCallback(PROBES)])
